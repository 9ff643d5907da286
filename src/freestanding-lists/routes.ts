import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { copyParameter } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards, publicCardsAt } from '../articles/public/documents.ts'
import { workingCards } from '../articles/working/cards.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { publicRevisionAt } from '../database/name-revisions.ts'
import { articlesOf, type Presented, presentList } from '../highlight-lists/present.ts'
import { resolveItems } from '../highlight-lists/resolve.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import type { ListContent, StoredList } from '../highlight-lists/store.ts'
import { type Answer, send } from '../http/answers.ts'
import { may, requirePermission, requireScope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { claimExternalId, isToBeMade } from '../http/external-ids.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, idsParameter, pageParameters, slugParameter } from '../http/pagination.ts'
import { atParameter, sinceBeforeRevisions, timeOfPast } from '../http/past.ts'
import { conflict, type Fault } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { findVisible, locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import { refuse } from '../http/validation.ts'
import { performOverdueList } from './due.ts'
import { FreestandingListCreate, FreestandingListInput, FreestandingListPatch, HighlightListPage, publishParameter } from './schemas.ts'
import {
  createFreestanding,
  deleteFreestanding,
  type Freestanding,
  hasUnpublishedChanges,
  loadFreestanding,
  loadPublicList,
  orderedPublicLists,
  orderedWorkingLists,
  pageOfPublicLists,
  pageOfWorkingLists,
  replaceFreestanding,
} from './store.ts'

const path = '/v1/highlight-lists'
const sorts = ['createdAt', 'updatedAt']

type PresentedList = Presented<HighlightList> & { id: string; keys: string[]; hidden: string[] }

/** Lists as the public, or editors, see their words. @param at when the public saw them so; undefined: now */
export async function presentLists(read: Read, lists: readonly StoredList[], isPublic: boolean, site: string | null, at?: string): Promise<PresentedList[]> {
  const ids = lists.flatMap(({ items }) => articlesOf(items))
  const cards = await (at !== undefined ? publicCardsAt(read, ids, at) : (isPublic ? publicCards : workingCards)(read, ids, site))
  return lists.map((list) => {
    const own = new Map(
      articlesOf(list.items).flatMap((id) => (cards.has(id) ? [[id, cards.get(id)]] : [])) as [string, NonNullable<ReturnType<typeof cards.get>>][],
    )
    const hidden = articlesOf(list.items).filter((id) => !cards.has(id))
    return { ...presentList(list, cards, isPublic), id: list.id, keys: [`highlight-list:${list.id}`, ...keysOfCards(own)], hidden }
  })
}

/** Lists as editors see them: their working copies, with what is public and planned of each. */
async function presentWorking(read: Read, lists: readonly Freestanding[], site: string | null): Promise<PresentedList[]> {
  const working = lists.map((list) => list.working)
  return (await presentLists(read, working, false, site)).map((own, index) => {
    const list = lists[index] as Freestanding
    const more = {
      hasUnpublishedChanges: hasUnpublishedChanges(list),
      publishedRevision: list.published?.revision ?? null,
      schedule: { publish: list.plan },
    }
    return { ...own, value: { ...own.value, ...more } }
  })
}

/** The list that a path names, as the public has it. @throws Problem 404 where it isn’t public; Redirect for an old slug */
async function findPublicList(read: Read, request: FastifyRequest): Promise<StoredList> {
  const load = async (id: string) => {
    const row = await loadPublicList(read, id)
    return row && { row, isPublic: true }
  }
  return (await findVisible(read, 'highlight-list', parameter(request, 'list'), false, load)).row
}

/** The list that a path names, for one who sees all. @throws Problem 404; Redirect for an old slug */
export async function findFreestanding(read: Read, request: FastifyRequest): Promise<Freestanding> {
  const load = async (id: string) => {
    const list = await loadFreestanding(read, id)
    return list && { row: { slug: list.working.slug, list }, isPublic: list.published !== null }
  }
  return (await findVisible(read, 'highlight-list', parameter(request, 'list'), true, load)).row.list
}

/** The same, for a change. What is due for it is done first. */
export async function lockFreestanding(tx: Write, request: FastifyRequest): Promise<Freestanding> {
  const list = await locked(
    tx,
    ({ working: { id } }) => `highlight-list:${id}`,
    () => findFreestanding(tx.read, request),
    ({ working }) => working.updatedAt,
  )
  return performOverdueList(tx, list)
}

/** A list as editors see it. */
export async function workingListAnswer(read: Read, list: Freestanding, site: string | null): Promise<Answer> {
  const [own] = await presentWorking(read, [list], site)
  return { body: own?.value, revision: list.working.revision }
}

/** Whether a write is public at once. @throws Problem 403 where it would be, without `content:publish` */
export function publishesAtOnce(request: FastifyRequest): boolean {
  const { publish = true } = request.query as { publish?: boolean }
  if (publish)
    requirePermission(request, 'content:publish', 'What shows in public at once needs the scope content:publish; publish=false changes the working copy alone.')
  return publish
}

const wish = (input: { slug?: string | null; title?: string | null }) => ({ given: input.slug ?? undefined, text: input.title ?? '', fallback: 'list' })

function contentOf(id: string, input: FreestandingListInput, items: ListContent['items']): ListContent {
  return { id, title: input.title ?? null, style: input.style ?? 'bulleted', items }
}

/** @throws Problem 409 where a working copy would change what the whole list is called, which is public at once */
function requireNames({ working }: Freestanding, hasSameSlug: boolean, externalId: string | null): void {
  const changed = [...(hasSameSlug ? [] : ['slug']), ...(externalId === (working.externalId ?? null) ? [] : ['externalId'])]
  if (changed.length > 0)
    throw conflict(
      changed.map((name) => ({ pointer: `/${name}`, code: 'conflict', message: 'is that of the public list, too: change it without publish=false' })),
    )
}

/** What the public had of a list at a time. @throws Problem 404 where it wasn’t public */
async function listAt(read: Read, present: StoredList, at: string): Promise<StoredList> {
  const row = await publicRevisionAt(read, present.id, at)
  if (!row) return sinceBeforeRevisions(read, { state: present, changedAt: present.updatedAt }, at)
  return { ...(JSON.parse(row.document) as StoredList), updatedAt: row.public_from as string }
}

/** What is planned is read-only here: it has addresses of its own. */
const planFaults = (input: FreestandingListInput, plan: Freestanding['plan']): Fault[] =>
  input.schedule === undefined || isDeepStrictEqual(input.schedule, { publish: plan })
    ? []
    : [{ pointer: '/schedule', code: 'read-only', message: 'is read-only here: POST …/publish with `at` plans, DELETE …/schedule cancels' }]

/**
 * GET|POST /v1/highlight-lists, GET|PUT|PATCH|DELETE /v1/highlight-lists/{list}
 */
export function freestandingListRoutes(app: App): void {
  const { config } = app
  const site = config.PUBLIC_SITE_URL

  async function make(tx: Write, request: FastifyRequest): Promise<Answer> {
    const publishes = publishesAtOnce(request)
    const input = request.body as FreestandingListInput
    const faults = [...readOnlyFaults({ ...input, articleId: input.articleId ?? undefined }, null), ...planFaults(input, null)]
    const items = await resolveItems(tx, input.items ?? [], [], null, '/items', faults)
    refuse(faults)
    const id = newId()
    const { externalId = null } = input
    if (externalId !== null) await claimExternalId(tx, 'highlight-list', id, externalId)
    const slug = await firstSlug(tx, 'highlight-list', id, wish(input), publishes)
    await createFreestanding(tx, contentOf(id, input, items), { slug, externalId }, publishes)
    const list = (await loadFreestanding(tx.read, id)) as Freestanding
    return { ...(await workingListAnswer(tx.read, list, site)), status: 201, location: `${path}/${id}` }
  }

  app.get(
    path,
    operation('GET', {
      id: 'listHighlightLists',
      tag: 'Highlight lists',
      summary: 'List freestanding highlight lists',
      description:
        'Such as a front page’s top stories, with the cards of their articles; `slug=a,b` answers several in that order. Items whose article isn’t public are left out. With `copy=working` it is working copies, also of lists that aren’t public.',
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
        const shown = (all: PresentedList[]) => {
          for (const own of all) {
            for (const key of own.keys) keys.add(key)
            for (const id of own.hidden) hidden.add(id)
          }
          return all.map(({ value }) => value)
        }
        const forPublic = async (lists: readonly StoredList[]) => shown(await presentLists(read, lists, true, site))
        const forEditors = async (lists: readonly Freestanding[]) => shown(await presentWorking(read, lists, site))
        return collection(request, {
          sorts,
          initially: '-createdAt',
          properties: Object.keys(HighlightList.properties),
          ordered: async (asked) => (isPublic ? forPublic(await orderedPublicLists(read, asked)) : forEditors(await orderedWorkingLists(read, asked))),
          page: async (page) => {
            if (isPublic) {
              const rows = await pageOfPublicLists(read, page)
              return { ...rows, data: await forPublic(rows.data) }
            }
            const rows = await pageOfWorkingLists(read, page)
            return { ...rows, data: await forEditors(rows.data) }
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
      description:
        'It is public at once, which needs `content:publish`; with `publish=false` and `content:write` it isn’t there for the public until it is published. A slug is made from the title where none is given.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: publishParameter,
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
      description:
        'By id or slug, with the cards of its articles; with `at` both as they were then, as far as the articles are public now. `copy=working` is the working copy; so is what editors get of a list that isn’t public.',
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
        if (!isPublic) return workingListAnswer(read, await findFreestanding(read, request), site)
        if (at === undefined && may(request, 'content:read')) {
          const list = await findFreestanding(read, request)
          if (!list.published) return workingListAnswer(read, list, site)
        }
        const present = await findPublicList(read, request)
        const list = at === undefined ? present : await listAt(read, present, at)
        const [own] = await presentLists(read, [list], true, site, at)
        const dependsOn = articlesOf(list.items).map((id) => `article:${id}`)
        return { body: own?.value, revision: list.revision, isPublic, isPartial: own?.isPartial, keys: own?.keys, hidden: own?.hidden, dependsOn }
      })
    },
  )

  const write = (request: FastifyRequest, reply: FastifyReply) =>
    change(request, reply, async (tx) => {
      if (request.method === 'PUT' && (await isToBeMade(tx, request, 'highlight-list', 'list'))) return make(tx, request)
      const publishes = publishesAtOnce(request)
      const list = await lockFreestanding(tx, request)
      const before = list.working
      const current = (await workingListAnswer(tx.read, list, site)).body as HighlightList
      const { input, isPatch } = replacementFrom<FreestandingListInput>(request, current, FreestandingListInput)
      const faults = [...readOnlyFaults(input, before), ...planFaults(input, list.plan)]
      const items = await resolveItems(tx, input.items ?? [], before.items, null, '/items', faults)
      refuse(faults)
      const isPublic = publishes || list.published !== null
      const isKept = input.slug === before.slug || (input.slug === undefined && !isPatch)
      const externalId = input.externalId ?? (isPatch ? null : (before.externalId ?? null))
      if (isPublic && !publishes) requireNames(list, isKept, externalId)
      if (externalId !== null && externalId !== before.externalId) await claimExternalId(tx, 'highlight-list', before.id, externalId)
      const slug = isKept ? (before.slug as string) : await claimSlug(tx, 'highlight-list', before.id, wish(input), isPublic)
      return workingListAnswer(tx.read, await replaceFreestanding(tx, list, contentOf(before.id, input, items), { slug, externalId }, publishes), site)
    })

  app.put(
    `${path}/:list`,
    operation('PUT', {
      id: 'replaceHighlightList',
      tag: 'Highlight lists',
      summary: 'Replace a freestanding highlight list',
      makes: true,
      description:
        'Keeps its slug and `externalId` where they are left out. The working copy is published at once, whole, which needs `content:publish`; with `publish=false` and `content:write` the public sees nothing of it until it is published.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: publishParameter,
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
      description:
        'With a merge patch or a JSON Patch. The working copy is published at once, whole, which needs `content:publish`; with `publish=false` and `content:write` the public sees nothing of it until it is published.',
      scopes: ['content:write'],
      headers: noteHeader,
      query: publishParameter,
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
      description: 'Needs `content:write`, and `content:publish` where it is public or planned to be.',
      scopes: ['content:write'],
      redirects: true,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const list = await lockFreestanding(tx, request)
        requireMatch(request, list.working.revision)
        if (list.published || list.plan)
          requirePermission(request, 'content:publish', 'Deleting a list that is public, or planned to be, needs the scope content:publish.')
        await deleteFreestanding(tx, list)
        return { status: 204 }
      }),
  )
}
