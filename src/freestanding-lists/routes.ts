import type { FastifyReply, FastifyRequest } from 'fastify'
import { v7 as newId } from 'uuid'
import { copyParameter } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { workingCards } from '../articles/working/cards.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { articlesOf, type Presented, presentList } from '../highlight-lists/present.ts'
import { resolveItems } from '../highlight-lists/resolve.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import type { ListContent, StoredList } from '../highlight-lists/store.ts'
import { type Answer, send } from '../http/answers.ts'
import { requireScope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { claimExternalId, isToBeMade } from '../http/external-ids.ts'
import { jsonBody, operation, patchBodies } from '../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, idsParameter, pageParameters, slugParameter } from '../http/pagination.ts'
import { atParameter, nameAt, timeOfPast } from '../http/past.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { findVisible, locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import { refuse } from '../http/validation.ts'
import { FreestandingListCreate, FreestandingListInput, FreestandingListPatch, HighlightListPage } from './schemas.ts'
import { createFreestanding, deleteFreestanding, loadFreestanding, orderedFreestanding, pageOfFreestanding, replaceFreestanding } from './store.ts'

const path = '/v1/highlight-lists'
const sorts = ['createdAt', 'updatedAt']

type PresentedList = Presented<HighlightList> & { id: string; keys: string[]; hidden: string[] }

async function presentLists(read: Read, lists: readonly StoredList[], isPublic: boolean, site: string | null): Promise<PresentedList[]> {
  const cards = await (isPublic ? publicCards : workingCards)(
    read,
    lists.flatMap(({ items }) => articlesOf(items)),
    site,
  )
  return lists.map((list) => {
    const own = new Map(
      articlesOf(list.items).flatMap((id) => (cards.has(id) ? [[id, cards.get(id)]] : [])) as [string, NonNullable<ReturnType<typeof cards.get>>][],
    )
    const hidden = articlesOf(list.items).filter((id) => !cards.has(id))
    return { ...presentList(list, cards, isPublic), id: list.id, keys: [`highlight-list:${list.id}`, ...keysOfCards(own)], hidden }
  })
}

/** Everybody sees freestanding lists; what they lead to may be hidden. */
export async function findFreestanding(read: Read, request: FastifyRequest): Promise<StoredList> {
  const load = async (id: string) => {
    const row = await loadFreestanding(read, id)
    return row && { row, isPublic: true }
  }
  return (await findVisible(read, 'highlight-list', parameter(request, 'list'), true, load)).row
}

/** The same, for a change. */
export const lockFreestanding = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ id }) => `highlight-list:${id}`,
    () => findFreestanding(tx.read, request),
    ({ updatedAt }) => updatedAt,
  )

/** A list as editors see it. */
export async function workingListAnswer(read: Read, id: string, site: string | null): Promise<Answer> {
  const list = (await loadFreestanding(read, id)) as StoredList
  const [own] = await presentLists(read, [list], false, site)
  return { body: own?.value, revision: list.revision }
}

const wish = (input: { slug?: string | null; title?: string | null }) => ({ given: input.slug ?? undefined, text: input.title ?? '', fallback: 'list' })

function contentOf(id: string, input: FreestandingListInput, items: ListContent['items']): ListContent {
  return { id, title: input.title ?? null, style: input.style ?? 'bulleted', items }
}

/**
 * GET|POST /v1/highlight-lists, GET|PUT|PATCH|DELETE /v1/highlight-lists/{list}
 */
export function freestandingListRoutes(app: App): void {
  const { config } = app
  const site = config.PUBLIC_SITE_URL

  async function make(tx: Write, request: FastifyRequest): Promise<Answer> {
    const input = request.body as FreestandingListInput
    const faults = readOnlyFaults({ ...input, articleId: input.articleId ?? undefined }, null)
    const items = await resolveItems(tx, input.items ?? [], [], null, '/items', faults)
    refuse(faults)
    const id = newId()
    const { externalId = null } = input
    if (externalId !== null) await claimExternalId(tx, 'highlight-list', id, externalId)
    await createFreestanding(tx, contentOf(id, input, items), { slug: await firstSlug(tx, 'highlight-list', id, wish(input), true), externalId })
    return { ...(await workingListAnswer(tx.read, id, site)), status: 201, location: `${path}/${id}` }
  }

  app.get(
    path,
    operation('GET', {
      id: 'listHighlightLists',
      tag: 'Highlight lists',
      summary: 'List freestanding highlight lists',
      description:
        'Such as a front page’s top stories, with the cards of their articles; `slug=a,b` answers several in that order. Items whose article isn’t public are left out, but for `copy=working`.',
      isOpen: true,
      isPaged: true,
      query: {
        ...pageParameters(sorts, '-createdAt'),
        ...copyParameter,
        ...fieldsParameter(Object.keys(HighlightList.properties)),
        ...idsParameter,
        ...externalIdParameter,
        ...slugParameter,
      },
      answer: HighlightListPage,
    }),
    async (request, reply) => {
      const isPublic = (request.query as { copy?: string }).copy === undefined
      if (!isPublic) requireScope(request, 'content:read')
      const answer = await readSnapshot(request, (read) => {
        const keys = new Set(['list'])
        const hidden = new Set<string>()
        const present = async (lists: StoredList[]) => {
          const all = await presentLists(read, lists, isPublic, site)
          for (const own of all) {
            for (const key of own.keys) keys.add(key)
            for (const id of own.hidden) hidden.add(id)
          }
          return all.map(({ value }) => value)
        }
        return collection(request, {
          sorts,
          initially: '-createdAt',
          properties: Object.keys(HighlightList.properties),
          ordered: async (asked) => present(await orderedFreestanding(read, asked)),
          page: async (page) => {
            const rows = await pageOfFreestanding(read, page)
            return { ...rows, data: await present(rows.data) }
          },
        }).then((found) => ({ ...found, keys: [...keys], hidden: [...hidden] }))
      })
      return send(request, reply, { ...answer, isPublic })
    },
  )

  app.post(
    path,
    operation('POST', {
      id: 'createHighlightList',
      tag: 'Highlight lists',
      summary: 'Create a freestanding highlight list',
      description: 'It is public at once, so it needs `content:publish`. A slug is made from the title where none is given.',
      scopes: ['content:publish'],
      bodies: jsonBody(FreestandingListCreate),
      answer: HighlightList,
      links: { read: ['getHighlightList', 'list'], change: ['patchHighlightList', 'list'] },
      problems: ['slug-taken', 'external-id-taken'],
    }),
    (request, reply) => change(request, reply, (tx) => make(tx, request)),
  )

  app.get(
    `${path}/:list`,
    operation('GET', {
      id: 'getHighlightList',
      tag: 'Highlight lists',
      summary: 'Get a freestanding highlight list',
      description: 'By id or slug, with the cards of its articles; with `at` as it was then, as far as what it leads to is public now.',
      isOpen: true,
      redirects: true,
      query: { ...copyParameter, ...atParameter('What was public of it at this time: 404 where nothing was.') },
      answer: HighlightList,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const isPublic = request.query.copy === undefined
      if (!isPublic) requireScope(request, 'content:read')
      const at = timeOfPast(request)
      if (at !== undefined && !isPublic) refuse([{ parameter: 'at', code: 'combination', message: 'is of what was public: leave copy out' }])
      return answerRead(request, reply, async (read): Promise<Answer> => {
        const present = await findFreestanding(read, request)
        const list = at === undefined ? present : await nameAt(read, { state: present, changedAt: present.updatedAt }, at)
        const [own] = await presentLists(read, [list], isPublic, site)
        const dependsOn = articlesOf(list.items).map((id) => `article:${id}`)
        return { body: own?.value, revision: list.revision, isPublic, isPartial: own?.isPartial, keys: own?.keys, hidden: own?.hidden, dependsOn }
      })
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      if (request.method === 'PUT' && (await isToBeMade(tx, request, 'highlight-list', 'list'))) return make(tx, request)
      const before = await lockFreestanding(tx, request)
      const current = (await workingListAnswer(tx.read, before.id, site)).body as HighlightList
      const { input, isPatch } = replacementFrom<FreestandingListInput>(request, current, FreestandingListInput)
      const faults = readOnlyFaults(input, before)
      const items = await resolveItems(tx, input.items ?? [], before.items, null, '/items', faults)
      refuse(faults)
      const isKept = input.slug === before.slug || (input.slug === undefined && !isPatch)
      const slug = isKept ? (before.slug as string) : await claimSlug(tx, 'highlight-list', before.id, wish(input), true)
      const externalId = input.externalId ?? (isPatch ? null : (before.externalId ?? null))
      if (externalId !== null && externalId !== before.externalId) await claimExternalId(tx, 'highlight-list', before.id, externalId)
      await replaceFreestanding(tx, before, contentOf(before.id, input, items), { slug, externalId })
      return workingListAnswer(tx.read, before.id, site)
    })

  app.put(
    `${path}/:list`,
    operation('PUT', {
      id: 'replaceHighlightList',
      tag: 'Highlight lists',
      summary: 'Replace a freestanding highlight list',
      makes: true,
      description: 'Keeps its slug and `externalId` where they are left out. Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      bodies: jsonBody(FreestandingListInput),
      answer: HighlightList,
      problems: ['not-found', 'conflict', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.patch(
    `${path}/:list`,
    operation('PATCH', {
      id: 'patchHighlightList',
      tag: 'Highlight lists',
      summary: 'Change a freestanding highlight list',
      description: 'With a merge patch or a JSON Patch. Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      bodies: patchBodies(FreestandingListPatch),
      answer: HighlightList,
      problems: ['not-found', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.delete(
    `${path}/:list`,
    operation('DELETE', {
      id: 'deleteHighlightList',
      tag: 'Highlight lists',
      summary: 'Delete a freestanding highlight list',
      description: 'Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const list = await lockFreestanding(tx, request)
        requireMatch(request, list.revision)
        await deleteFreestanding(tx, list)
        return { status: 204 }
      }),
  )
}
