import type { Read } from '../database/engine.ts'
import { idsOfReferences } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision, revisionOfName } from '../database/name-revisions.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { ownersOfSlugs, releaseSlugs } from '../database/slugs.ts'
import { insertLists, type ListContent, listEvent, type StoredList, saveList, withItems } from '../highlight-lists/store.ts'

/** Freestanding lists by their ids, in this order. */
async function freestandingById(read: Read, ids: string[]): Promise<StoredList[]> {
  if (ids.length === 0) return []
  return inOrder(
    ids,
    await withItems(read, await read.selectFrom('highlight_lists').selectAll().where('article_id', 'is', null).where('id', 'in', ids).execute()),
  )
}

export async function loadFreestanding(read: Read, id: string): Promise<StoredList | null> {
  return (await freestandingById(read, [id]))[0] ?? null
}

export const listSorts = { createdAt: 'created_at', updatedAt: 'updated_at', id: 'id' } as const

export async function pageOfFreestanding(read: Read, page: PageRequest): Promise<Rows<StoredList>> {
  const column = listSorts[page.sort.name as keyof typeof listSorts]
  const found = await fetchPage(read.selectFrom('highlight_lists').where('article_id', 'is', null), column, 'id', page)
  return {
    ...found,
    data: await freestandingById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

/** Freestanding lists by ids or slugs, in the order asked; those not found are left out. */
export async function orderedFreestanding(read: Read, asked: { ids?: string[]; slugs?: string[] }): Promise<StoredList[]> {
  if (asked.ids) return freestandingById(read, await idsOfReferences(read, 'highlight-list', asked.ids))
  const owners = await ownersOfSlugs(read, 'highlight-list', asked.slugs ?? [])
  return freestandingById(read, [...new Set((asked.slugs ?? []).flatMap((slug) => owners.get(slug) ?? []))])
}

type ListNames = { slug: string; externalId: string | null }

/** @param content with the last revision that it had, where it was deleted and comes back */
export async function createFreestanding(tx: Write, content: ListContent & { formerRevision?: number }, names: ListNames): Promise<void> {
  for (const list of insertLists(tx, [{ ...content, articleId: null, position: 0, ...names }]))
    await keepRevision(tx, 'highlight-list', null, tx.now, { ...list, ...names })
}

export async function replaceFreestanding(tx: Write, before: StoredList, content: ListContent, names: ListNames): Promise<void> {
  const after = saveList(tx, before, content, { position: 0, ...names }, false)
  if (after.revision !== before.revision) await keepRevision(tx, 'highlight-list', before, before.updatedAt, after)
}

export async function deleteFreestanding(tx: Write, list: StoredList): Promise<void> {
  const { id, revision } = list
  // What it was last is kept, so that it can come back.
  if (!(await revisionOfName(tx.read, id, revision))) await keepRevision(tx, 'highlight-list', null, list.updatedAt, list)
  await tx.deleteFrom('highlight_lists').where('id', '=', id).execute()
  await releaseSlugs(tx, 'highlight-list', id)
  listEvent(tx, 'deleted', list)
}
