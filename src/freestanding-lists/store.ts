import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision, markNamePublic, revisionOfName } from '../database/name-revisions.ts'
import { menusNaming } from '../database/name-uses.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { formerSlugsOf, idsOfReferences, markSlugPublic, releaseSlugs } from '../database/slugs.ts'
import type { ListDraftTable } from '../database/tables.ts'
import { chunked, presentIds } from '../database/values.ts'
import { draftsOf, listWordsOf, withDraft } from '../highlight-lists/drafts.ts'
import { articlesOf, withoutGone } from '../highlight-lists/present.ts'
import {
  insertLists,
  itemRows,
  type ListContent,
  listEvent,
  type PlacedList,
  type StoredItem,
  type StoredList,
  saveList,
  withItems,
} from '../highlight-lists/store.ts'
import { endListLinks } from '../previews/list-links.ts'

/** What is planned for a list; `revision` is null where the working copy of that time goes out. */
export type ListPlan = { at: string; revision: number | null }

/** A freestanding list: what editors have, what the public has, if it has it, and what is planned. */
export type Freestanding = { working: StoredList; published: StoredList | null; plan: ListPlan | null }

/** Whether the public would get other words if the working copy were published now. */
export const hasUnpublishedChanges = ({ working, published }: Freestanding) => !published || !isDeepStrictEqual(listWordsOf(working), listWordsOf(published))

const planOf = (draft: ListDraftTable | undefined): ListPlan | null => (draft?.publish_at ? { at: draft.publish_at, revision: draft.publish_revision } : null)

/** Freestanding lists that are public, by their ids, in this order. */
async function publicById(read: Read, ids: readonly string[]): Promise<StoredList[]> {
  if (ids.length === 0) return []
  const query = read.selectFrom('highlight_lists').selectAll().where('article_id', 'is', null).where('is_public', '=', 1)
  return inOrder(ids, await withItems(read, await query.where('id', 'in', ids).execute()))
}

/** Freestanding lists as editors have them, by their ids, in this order. */
async function workingById(read: Read, ids: readonly string[]): Promise<Freestanding[]> {
  if (ids.length === 0) return []
  const rows = await read.selectFrom('highlight_lists').selectAll().where('article_id', 'is', null).where('id', 'in', ids).execute()
  const unpublished = new Set(rows.filter((row) => !row.is_public).map(({ id }) => id))
  const drafts = await draftsOf(read, ids)
  const lists = (await withItems(read, rows)).map((list) => {
    const draft = drafts.get(list.id)
    return { id: list.id, working: withDraft(list, draft), published: unpublished.has(list.id) ? null : list, plan: planOf(draft) }
  })
  return inOrder(ids, lists).map(({ id: _, ...list }) => list)
}

/** A list as editors have it. */
export async function loadFreestanding(read: Read, id: string): Promise<Freestanding | null> {
  return (await workingById(read, [id]))[0] ?? null
}

/** A list as the public has it; null where it isn’t public. */
export async function loadPublicList(read: Read, id: string): Promise<StoredList | null> {
  return (await publicById(read, [id]))[0] ?? null
}

export const listSorts = { createdAt: 'created_at', updatedAt: 'updated_at', id: 'id' } as const

const idsOf = ({ data }: Rows<{ id: string }>) => data.map(({ id }) => id)
const columnOf = (page: PageRequest) => listSorts[page.sort.name as keyof typeof listSorts]

export async function pageOfPublicLists(read: Read, page: PageRequest): Promise<Rows<StoredList>> {
  const query = read.selectFrom('highlight_lists').where('article_id', 'is', null).where('is_public', '=', 1)
  const found = await fetchPage(query, columnOf(page), 'id', page)
  return { ...found, data: await publicById(read, idsOf(found)) }
}

// It changed when its draft did.
const workingRows = sql<{
  id: string
  created_at: string
  updated_at: string
}>`(select id, created_at, coalesce(list_drafts.updated_at, highlight_lists.updated_at) as updated_at
  from highlight_lists left join list_drafts on list_id = id where article_id is null)`

export async function pageOfWorkingLists(read: Read, page: PageRequest): Promise<Rows<Freestanding>> {
  const found = await fetchPage(read.selectFrom(workingRows.as('list')), columnOf(page), 'id', page)
  return { ...found, data: await workingById(read, idsOf(found)) }
}

async function idsAsked(read: Read, { ids, slugs = [] }: { ids?: string[]; slugs?: string[] }, isPublic = false): Promise<string[]> {
  return [...new Set(await idsOfReferences(read, 'highlight-list', ids ?? slugs, isPublic))]
}

/** Public lists by ids or slugs, in the order asked; those not found are left out. */
export const orderedPublicLists = async (read: Read, asked: { ids?: string[]; slugs?: string[] }) => publicById(read, await idsAsked(read, asked, true))

/** The same of working copies. */
export const orderedWorkingLists = async (read: Read, asked: { ids?: string[]; slugs?: string[] }) => workingById(read, await idsAsked(read, asked))

type ListNames = { slug: string; externalId: string | null }

/** Keeps what editors alone have of a list; nothing is to be kept where that is what the public has, and nothing is planned. */
async function saveDraft(tx: Write, list: Freestanding): Promise<Freestanding> {
  const { working, published, plan } = list
  const { id, revision } = working
  if (revision === published?.revision && !plan) tx.run(tx.deleteFrom('list_drafts').where('list_id', '=', id))
  else {
    const own = { revision, document: JSON.stringify(listWordsOf(working)), updated_at: working.updatedAt }
    const row = { ...own, publish_at: plan?.at ?? null, publish_revision: plan?.revision ?? null }
    const insert = tx.insertInto('list_drafts').values({ list_id: id, ...row })
    tx.run(insert.onConflict((conflict) => conflict.column('list_id').doUpdateSet(row)))
  }
  return list
}

/**
 * Makes a list: public at once, or a working copy alone.
 * @param content with the last revision that it had, where it was deleted and comes back
 */
export async function createFreestanding(
  tx: Write,
  content: ListContent & Pick<PlacedList, 'formerRevision' | 'createdAt'>,
  names: ListNames,
  isPublic: boolean,
): Promise<void> {
  const placed = { ...content, articleId: null, position: 0, ...names }
  // What isn’t public has its words in its draft alone.
  const rows = isPublic ? insertLists(tx, [placed]) : insertLists(tx, [{ ...placed, title: null, style: 'bulleted', items: [] }], 'working')
  for (const row of rows) {
    const working = { ...row, ...names, ...listWordsOf(content) }
    if (!isPublic) await saveDraft(tx, { working, published: null, plan: null })
    await keepRevision(tx, 'highlight-list', null, tx.now, working, isPublic)
  }
}

/** @param was what was planned until then @param more what else there is to say */
function about(
  tx: Write,
  type: 'highlight-list.published' | 'highlight-list.scheduled',
  { id, revision }: StoredList,
  was: ListPlan | null,
  more: object = {},
): void {
  tx.append({ type, subject: { type: 'highlight-list', id }, data: { articleId: null, ...more, ...(was ? { was } : {}) }, revision: [revision, revision] })
}

/** Makes words, as a revision has them, what the public has, and takes the plan as done. */
async function putOut(tx: Write, { working, published, plan }: Freestanding, words: StoredList): Promise<Freestanding> {
  const { id, slug, externalId = null } = working
  const { title, style, items, revision } = words
  const values = { title, style, slug, external_id: externalId, revision, updated_at: tx.now }
  tx.update('highlight_lists', ['id', id], { ...values, is_public: 1 })
  if (!isDeepStrictEqual(published?.items, items)) {
    tx.run(tx.deleteFrom('highlight_items').where('list_id', '=', id))
    tx.insert('highlight_items', itemRows(id, items))
  }
  if (!published) markSlugPublic(tx, 'highlight-list', slug as string)
  markNamePublic(tx, id, revision)
  await endListLinks(tx, id)
  about(tx, 'highlight-list.published', working, plan, { revision })
  const now = { ...working, title, style, items, revision, updatedAt: tx.now }
  return saveDraft(tx, { working: revision === working.revision ? now : working, published: now, plan: null })
}

/** Takes a plan as done, or as cancelled, that makes nothing public. */
function dropPlan(tx: Write, list: Freestanding): Promise<Freestanding> | Freestanding {
  if (!list.plan) return list
  about(tx, 'highlight-list.scheduled', list.working, list.plan)
  return saveDraft(tx, { ...list, plan: null })
}

const hasOtherNames = ({ working, published }: Freestanding) => published?.slug !== working.slug || published?.externalId !== working.externalId

const isNewToPublic = (list: Freestanding) => hasUnpublishedChanges(list) || hasOtherNames(list)

/** Publishes the working copy of a list, and takes the plan as done. @returns it as it is now */
export async function publishFreestanding(tx: Write, list: Freestanding): Promise<Freestanding> {
  return isNewToPublic(list) ? putOut(tx, list, list.working) : dropPlan(tx, list)
}

/** Earlier items of a list, without those articles that are gone, of which nobody deletes another meanwhile; what it has by now keeps the text that it has. */
export async function presentItems(tx: Write, items: readonly StoredItem[], list: Pick<Freestanding, 'working' | 'published'> | null): Promise<StoredItem[]> {
  const ids = [...new Set(articlesOf(items))]
  for (const piece of chunked(ids))
    tx.lock(
      piece.map((id) => `article:${id}`),
      true,
    )
  const now = [...(list?.published?.items ?? []), ...(list?.working.items ?? [])]
  return withoutGone(items, await presentIds(tx.read, 'articles', ids), new Map(now.map(({ id, text }) => [id, text])))
}

/** Does what is planned for a list. */
export async function performPlan(tx: Write, list: Freestanding): Promise<Freestanding> {
  const { working, plan } = list
  const pinned = plan?.revision ?? working.revision
  if (pinned === working.revision) return publishFreestanding(tx, list)
  const kept = await revisionOfName(tx.read, working.id, pinned)
  if (!kept) return dropPlan(tx, list)
  const document = JSON.parse(kept.document) as StoredList
  const words = { ...document, items: await presentItems(tx, document.items, list) }
  return hasUnpublishedChanges({ ...list, working: words }) ? putOut(tx, list, words) : dropPlan(tx, list)
}

/** Plans when a list is to be published, or with null cancels that. @returns it as it is now */
export async function planFreestanding(tx: Write, list: Freestanding, plan: ListPlan | null): Promise<Freestanding> {
  if (isDeepStrictEqual(plan, list.plan)) return list
  if (!plan) return dropPlan(tx, list)
  about(tx, 'highlight-list.scheduled', list.working, list.plan)
  return saveDraft(tx, { ...list, plan })
}

/**
 * Makes a list what `content` says: its working copy, and where it is to be published at once what the public has, too.
 * @returns it as it is now
 */
export async function replaceFreestanding(tx: Write, before: Freestanding, content: ListContent, names: ListNames, publishes: boolean): Promise<Freestanding> {
  const { working, published, plan } = before
  if (publishes && published?.revision === working.revision && !plan) {
    const after = saveList(tx, published, content, { position: 0, ...names }, false)
    if (after.revision !== published.revision) await keepRevision(tx, 'highlight-list', published, published.updatedAt, after)
    return { working: after, published: after, plan }
  }
  const next = { ...working, ...names, ...listWordsOf(content) }
  // What changes nothing, neither in public, leaves what is planned as it is.
  if (isDeepStrictEqual(next, working)) return publishes && isNewToPublic(before) ? publishFreestanding(tx, before) : before
  const after = { ...next, revision: working.revision + 1, updatedAt: tx.now }
  if (!published) tx.update('highlight_lists', ['id', working.id], { slug: names.slug, external_id: names.externalId })
  // Who may not publish doesn’t change what is planned to go out.
  const isPinned = plan?.revision === null && !tx.author.mayPublish
  listEvent(tx, 'updated', working, 'working', undefined, isPinned ? { was: plan } : {})
  await keepRevision(tx, 'highlight-list', working, working.updatedAt, after, false)
  const list = await saveDraft(tx, { working: after, published, plan: isPinned ? { ...plan, revision: working.revision } : plan })
  // Where the public has these words already, all that comes of it is the working copy.
  return publishes ? publishFreestanding(tx, list) : list
}

export async function deleteFreestanding(tx: Write, { working, published, plan }: Freestanding): Promise<void> {
  const { id, revision } = working
  // What it was last is kept, so that it can come back.
  if (!(await revisionOfName(tx.read, id, revision))) await keepRevision(tx, 'highlight-list', null, working.updatedAt, working)
  const former = await formerSlugsOf(tx.read, 'highlight-list', id)
  await tx.deleteFrom('highlight_lists').where('id', '=', id).execute()
  await releaseSlugs(tx, 'highlight-list', id)
  listEvent(tx, 'deleted', working, published ? null : 'working', undefined, { ...former, ...(plan ? { was: plan } : {}), ...(await menusNaming(tx.read, id)) })
}
