import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Read } from '../../database/engine.ts'
import { newId } from '../../database/ids.ts'
import { movedIds } from '../../database/moves.ts'
import { articlesOf } from '../../highlight-lists/present.ts'
import { resolveItems, resolveLists } from '../../highlight-lists/resolve.ts'
import {
  HighlightList,
  HighlightListCreate,
  HighlightListInput,
  HighlightListPatch,
  HighlightLists,
  HighlightListsInput,
} from '../../highlight-lists/schemas.ts'
import type { ListContent } from '../../highlight-lists/store.ts'
import { listsOfArticle } from '../../highlight-lists/store.ts'
import { type Answer, send } from '../../http/answers.ts'
import { change } from '../../http/change.ts'
import { requireMatch } from '../../http/conditional.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../../http/operations.ts'
import type { Fault } from '../../http/problems.ts'
import { readSnapshot } from '../../http/reads.ts'
import { readOnlyFaults } from '../../http/references.ts'
import type { App } from '../../http/server.ts'
import { refuse } from '../../http/validation.ts'
import { changing } from '../public/changing.ts'
import { publicDocument } from '../public/documents.ts'
import { applyParameter, partAppliesToBoth } from './correct.ts'
import { changed, correct, findList, listOf, positionFaults, presented, save, targetsAmong } from './highlight-list-write.ts'
import { copyParameter, findReadable, lockWritable, readProblems, writeProblems } from './lookup.ts'

const path = '/v1/articles/:article/highlight-lists'

type Readable = Pick<Answer, 'isPublic' | 'isPartial' | 'keys' | 'hidden' | 'revision'> & { lists: HighlightList[] }

/** The lists of an article as a request is to see them, and whether as the public does. */
async function readable(read: Read, request: FastifyRequest): Promise<Readable> {
  const { article, shows } = await findReadable(read, request)
  if (shows === 'working') return { lists: await presented(read, await listsOfArticle(read, article.id)), revision: article.revision }
  const { article: edition, isPartial, hidden } = await publicDocument(read, article.id, new Set(['highlightLists']), null)
  const keys = [`article:${article.id}`, ...edition.highlightLists.flatMap(keysOf)]
  return { lists: edition.highlightLists, revision: edition.revision, isPublic: true, isPartial, keys, hidden }
}

/** The keys of what a list shows, by which caches are purged. */
const keysOf = ({ id, items }: HighlightList) => [`highlight-list:${id}`, ...articlesOf(items).map((id) => `article:${id}`)]

const listAnswer = (list: HighlightList): Answer => ({ body: list, revision: list.revision })

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
      problems: readProblems,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read): Promise<Answer> => {
        const { lists, ...rest } = await readable(read, request)
        return { body: { data: lists }, ...rest }
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
      description: 'Last where `position` is left out. Needs `content:write`.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(HighlightListCreate),
      answer: HighlightList,
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await changing(tx, await lockWritable(tx, request))
        const before: readonly ListContent[] = article.lists
        const input = request.body as HighlightListInput
        const faults = [...readOnlyFaults(input, null), ...positionFaults(input.position, before.length)]
        const items = await resolveItems(tx, input.items ?? [], [], targetsAmong(article.copy.sections), '/items', faults)
        refuse(faults)
        const content: ListContent = { id: newId(), title: input.title ?? null, style: input.style ?? 'bulleted', items }
        const after = await save(tx, article, before.toSpliced(input.position ?? before.length, 0, content), new Set())
        return { ...listAnswer(listOf(after, content.id)), status: 201, location: `/v1/articles/${after.row.id}/highlight-lists/${content.id}` }
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
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockWritable(tx, request)
        requireMatch(request, row.revision)
        const article = await changing(tx, row)
        const before = article.lists
        const faults: Fault[] = []
        const after = await resolveLists(tx, (request.body as HighlightListsInput).data, before, targetsAmong(article.copy.sections), '/data', faults)
        refuse(faults)
        const moved = movedIds(
          before.map(({ id }) => id),
          after.map(({ id }) => id),
        )
        const { copy } = await save(tx, article, after, moved)
        return { body: { data: copy.highlightLists }, revision: copy.revision }
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
      problems: readProblems,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read): Promise<Answer> => {
        const { lists, keys, ...rest } = await readable(read, request)
        const list = findList(request, lists)
        return { ...rest, body: list, revision: list.revision, keys: keys && [...keys.slice(0, 1), ...keysOf(list)] }
      })
      return send(request, reply, answer)
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      const isBoth = partAppliesToBoth(request)
      const article = await changing(tx, await lockWritable(tx, request))
      if (isBoth) return listAnswer(await correct(tx, request, article))
      const own = findList(request, article.lists)
      const { after, moved } = await changed(tx, request, article.lists, own, listOf(article, own.id), targetsAmong(article.copy.sections))
      return listAnswer(listOf(await save(tx, article, after, moved), own.id))
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
      problems: writeProblems,
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
      query: applyParameter,
      redirects: true,
      bodies: patchBodies(HighlightListPatch),
      answer: HighlightList,
      problems: [...writeProblems, 'embargoed'],
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
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await changing(tx, await lockWritable(tx, request))
        const own = findList(request, article.lists)
        requireMatch(request, own.revision)
        const others = article.lists.filter(({ id }) => id !== own.id)
        await save(tx, article, others, new Set())
        return { status: 204 }
      }),
  )
}
