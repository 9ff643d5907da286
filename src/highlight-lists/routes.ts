import type { FastifyReply, FastifyRequest } from 'fastify'
import { v7 as newId } from 'uuid'
import { targetsOf } from '../articles/cards.ts'
import { copyParameter, findReadable, lockArticle, requireWritable } from '../articles/lookup.ts'
import { touch } from '../articles/touch.ts'
import type { Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { movedIds } from '../database/moves.ts'
import type { ArticleTable } from '../database/tables.ts'
import { type Answer, send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { desired } from '../http/desired.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { type Fault, notFound } from '../http/problems.ts'
import { reading } from '../http/reading.ts'
import { parameter, readOnlyFaults } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import { sectionsOfArticle } from '../sections/store.ts'
import { articlesOf, type Presented, presentList } from './present.ts'
import { type ListContent, resolveItems, resolveLists, type TargetSections } from './resolve.ts'
import { HighlightList, HighlightListInput, HighlightListPatch, HighlightLists, HighlightListsInput } from './schemas.ts'
import { listsOfArticle, type StoredList, saveLists } from './store.ts'

const path = '/v1/articles/:article/highlight-lists'

function findList(request: FastifyRequest, lists: readonly StoredList[]): StoredList {
  const found = lists.find(({ id }) => id === parameter(request, 'list').toLowerCase())
  if (!found) throw notFound('highlight list')
  return found
}

async function presented(read: Read, lists: readonly StoredList[], isPublic: boolean): Promise<Presented<HighlightList>[]> {
  const articles = await targetsOf(
    read,
    lists.flatMap(({ items }) => articlesOf(items)),
  )
  return lists.map((list) => presentList(list, articles, isPublic))
}

async function sectionsFor(read: Read, articleId: string): Promise<TargetSections> {
  const sections = await sectionsOfArticle(read, articleId)
  return {
    byId: new Map(sections.map((section) => [section.id, section])),
    byAnchor: new Map(sections.map((section) => [section.anchor, section])),
    removed: new Map(),
  }
}

/** Saves the lists of an article, and raises its revision where anything changed. */
async function save(
  tx: Write,
  article: ArticleTable,
  before: readonly StoredList[],
  after: readonly ListContent[],
  moved: ReadonlySet<string>,
): Promise<ArticleTable> {
  return (await saveLists(tx, article.id, before, after, moved)) ? touch(tx, article.id) : article
}

async function answerOf(read: Read, articleId: string, id: string): Promise<Answer> {
  const list = (await listsOfArticle(read, articleId)).find((own) => own.id === id) as StoredList
  const [shown] = await presented(read, [list], false)
  return { body: shown?.value, revision: list.revision }
}

function positionFaults(position: number | undefined | null, others: number): Fault[] {
  return typeof position === 'number' && (position < 0 || position > others)
    ? [{ pointer: '/position', code: 'range', message: `must be from 0 to ${others}` }]
    : []
}

/**
 * GET|POST|PUT /v1/articles/{article}/highlight-lists, GET|PUT|PATCH|DELETE /v1/articles/{article}/highlight-lists/{list}
 */
export function articleListRoutes(app: App): void {
  app.get(
    path,
    operation('GET', {
      id: 'listArticleHighlightLists',
      tag: 'Highlight lists',
      summary: 'List the highlight lists of an article',
      description: 'All of them, in their order. The tag goes by the article’s revision.',
      isOpen: true,
      redirects: true,
      query: copyParameter,
      answer: HighlightLists,
      problems: [404],
    }),
    async (request, reply) => {
      const answer = await reading(request, async (read): Promise<Answer> => {
        const { article, shows } = await findReadable(read, request)
        const lists = await presented(read, await listsOfArticle(read, article.id), shows === 'public')
        const keys = [`article:${article.id}`, ...lists.map(({ value }) => `highlight-list:${value.id}`)]
        return {
          body: { data: lists.map(({ value }) => value) },
          revision: article.revision,
          isPublic: shows === 'public',
          isPartial: lists.some((list) => list.isPartial),
          keys,
        }
      })
      return send(request, reply, answer)
    },
  )

  app.post(
    path,
    operation('POST', {
      id: 'createArticleHighlightList',
      tag: 'Highlight lists',
      summary: 'Add a highlight list to an article',
      description: 'Last where `position` is left out. Needs `content:write`, and `content:publish` where the article is public.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(HighlightListInput),
      answer: HighlightList,
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockArticle(tx, request, true)
        requireWritable(request, article)
        const before = await listsOfArticle(tx.read, article.id)
        const input = request.body as HighlightListInput
        const faults = [...readOnlyFaults(input, null), ...positionFaults(input.position, before.length)]
        const items = await resolveItems(tx, input.items ?? [], [], await sectionsFor(tx.read, article.id), '/items', faults)
        refuse(faults)
        const content: ListContent = { id: newId(), title: input.title ?? null, style: input.style ?? 'bulleted', items }
        await save(tx, article, before, (before as ListContent[]).toSpliced(input.position ?? before.length, 0, content), new Set())
        return { ...(await answerOf(tx.read, article.id, content.id)), status: 201, location: `/v1/articles/${article.id}/highlight-lists/${content.id}` }
      }),
  )

  app.put(
    path,
    operation('PUT', {
      id: 'replaceArticleHighlightLists',
      tag: 'Highlight lists',
      summary: 'Replace all highlight lists of an article',
      description: 'In one transaction, also to reorder them; a known `id` keeps its list. `If-Match` goes by the article’s revision.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(HighlightListsInput),
      answer: HighlightLists,
      problems: [404, 409],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockArticle(tx, request, true)
        requireWritable(request, article)
        requireMatch(request, article.revision)
        const before = await listsOfArticle(tx.read, article.id)
        const faults: Fault[] = []
        const after = await resolveLists(tx, (request.body as HighlightListsInput).data, before, await sectionsFor(tx.read, article.id), '/data', faults)
        refuse(faults)
        const { revision } = await save(
          tx,
          article,
          before,
          after,
          movedIds(
            before.map(({ id }) => id),
            after.map(({ id }) => id),
          ),
        )
        const lists = await presented(tx.read, await listsOfArticle(tx.read, article.id), false)
        return { body: { data: lists.map(({ value }) => value) }, revision }
      }),
  )

  app.get(
    `${path}/:list`,
    operation('GET', {
      id: 'getArticleHighlightList',
      tag: 'Highlight lists',
      summary: 'Get a highlight list of an article',
      description: 'By id.',
      isOpen: true,
      redirects: true,
      query: copyParameter,
      answer: HighlightList,
      problems: [404],
    }),
    async (request, reply) => {
      const answer = await reading(request, async (read): Promise<Answer> => {
        const { article, shows } = await findReadable(read, request)
        const list = findList(request, await listsOfArticle(read, article.id))
        const [shown] = await presented(read, [list], shows === 'public')
        return {
          body: shown?.value,
          revision: list.revision,
          isPublic: shows === 'public',
          isPartial: shown?.isPartial,
          keys: [`article:${article.id}`, `highlight-list:${list.id}`],
        }
      })
      return send(request, reply, answer)
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const article = await lockArticle(tx, request, true)
      requireWritable(request, article)
      const before = await listsOfArticle(tx.read, article.id)
      const own = findList(request, before)
      const [current] = await presented(tx.read, [own], false)
      const { input, isPatch } = desired<HighlightListInput>(request, (current as Presented<HighlightList>).value, HighlightListInput)
      const faults = [...readOnlyFaults(input, own), ...positionFaults(input.position, before.length - 1)]
      if (isPatch && input.position === undefined) faults.push({ pointer: '/position', code: 'required', message: 'can’t be removed' })
      const items = await resolveItems(tx, input.items ?? [], own.items, await sectionsFor(tx.read, article.id), '/items', faults)
      refuse(faults)
      const content: ListContent = { id: own.id, title: input.title ?? null, style: input.style ?? 'bulleted', items }
      const position = input.position ?? own.position
      const after = (before as ListContent[]).filter(({ id }) => id !== own.id).toSpliced(position, 0, content)
      await save(tx, article, before, after, new Set(position === own.position ? [] : [own.id]))
      return answerOf(tx.read, article.id, own.id)
    })

  app.put(
    `${path}/:list`,
    operation('PUT', {
      id: 'replaceArticleHighlightList',
      tag: 'Highlight lists',
      summary: 'Replace a highlight list of an article',
      description: 'Keeps its `position` where it is left out; items keep their ids where the body names them.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(HighlightListInput),
      answer: HighlightList,
      problems: [404, 409],
    }),
    write,
  )

  app.patch(
    `${path}/:list`,
    operation('PATCH', {
      id: 'patchArticleHighlightList',
      tag: 'Highlight lists',
      summary: 'Change a highlight list of an article',
      description: 'With a merge patch or a JSON Patch.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: patchBodies(HighlightListPatch),
      answer: HighlightList,
      problems: [404],
    }),
    write,
  )

  app.delete(
    `${path}/:list`,
    operation('DELETE', {
      id: 'deleteArticleHighlightList',
      tag: 'Highlight lists',
      summary: 'Delete a highlight list of an article',
      description: 'With its items.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      answer: null,
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await lockArticle(tx, request, true)
        requireWritable(request, article)
        const before = await listsOfArticle(tx.read, article.id)
        const own = findList(request, before)
        requireMatch(request, own.revision)
        await save(
          tx,
          article,
          before,
          before.filter(({ id }) => id !== own.id),
          new Set(),
        )
        return { status: 204 }
      }),
  )
}
