import { isDeepStrictEqual } from 'node:util'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { HighlightItemTable, HighlightListTable } from '../database/tables.ts'
import { differs, groupBy, inPieces } from '../database/values.ts'

export type StoredTarget =
  | { type: 'section'; id: string; anchor: string; heading?: string | null }
  | { type: 'article'; id: string }
  | { type: 'url'; url: string }
export type StoredItem = { id: string; text: string | null; target: StoredTarget | null }

/** A highlight list with its targets as they are stored: of articles, only the id. */
export type StoredList = {
  id: string
  revision: number
  articleId: string | null
  slug: string | null
  title: string | null
  style: 'bulleted' | 'numbered'
  position: number
  /** Only a freestanding list has it. */
  externalId?: string | null
  items: StoredItem[]
  createdAt: string
  updatedAt: string
}

/** A highlight list as it is to be stored. */
export type ListContent = { id: string; title: string | null; style: 'bulleted' | 'numbered'; items: StoredItem[] }

type ItemRow = Omit<HighlightItemTable, 'list_id' | 'position'> & { anchor: string | null; heading: string | null }

/** An item of its row, with the anchor and heading of the section that it leads to. */
export function itemOf({ id, text, target_type, target_section_id, target_article_id, target_url, anchor, heading }: ItemRow): StoredItem {
  let target: StoredTarget | null = null
  if (target_type === 'url' && target_url) target = { type: 'url', url: target_url }
  if (target_type === 'article' && target_article_id) target = { type: 'article', id: target_article_id }
  if (target_type === 'section' && target_section_id && anchor) target = { type: 'section', id: target_section_id, anchor, heading }
  return { id, text, target }
}

async function itemsOf(read: Read, listIds: readonly string[]): Promise<Map<string, StoredItem[]>> {
  const rows = await inPieces(listIds, (ids) =>
    read
      .selectFrom('highlight_items as item')
      .leftJoin('sections', 'sections.id', 'item.target_section_id')
      .select(['item.id', 'list_id', 'text', 'target_type', 'target_section_id', 'target_article_id', 'target_url', 'sections.anchor', 'sections.heading'])
      .where('list_id', 'in', ids)
      .orderBy('list_id')
      .orderBy('item.position')
      .execute(),
  )
  return new Map([...groupBy(rows, (row) => row.list_id)].map(([id, own]) => [id, own.map(itemOf)]))
}

/** Lists of their rows. */
export async function withItems(read: Read, rows: HighlightListTable[]): Promise<StoredList[]> {
  const items = await itemsOf(
    read,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    id: row.id,
    revision: row.revision,
    articleId: row.article_id,
    slug: row.slug,
    title: row.title,
    style: row.style,
    position: row.position,
    ...(row.article_id === null ? { externalId: row.external_id } : {}),
    items: items.get(row.id) ?? [],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }))
}

/** The highlight lists of several articles, in their order. */
export async function listsOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, StoredList[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read.selectFrom('highlight_lists').selectAll().where('article_id', 'in', ids).orderBy('article_id').orderBy('position').execute(),
  )
  return groupBy(await withItems(read, rows), (list) => list.articleId as string)
}

/** The highlight lists of one article, in their order. */
export async function listsOfArticle(read: Read, articleId: string): Promise<StoredList[]> {
  return (await listsOfArticles(read, [articleId])).get(articleId) ?? []
}

/** The rows of a list’s items. */
export const itemRows = (listId: string, items: readonly StoredItem[]) =>
  items.map(({ id, text, target }, position) => ({
    id,
    list_id: listId,
    position,
    text,
    target_type: target?.type ?? null,
    target_section_id: target?.type === 'section' ? target.id : null,
    target_article_id: target?.type === 'article' ? target.id : null,
    target_url: target?.type === 'url' ? target.url : null,
  }))

/** An item's target by what it names: an anchor follows its section. */
const namedBy = ({ id, text, target }: StoredItem) => ({ id, text, target: target?.type === 'section' ? { type: target.type, id: target.id } : target })

/** @param copy `working` where the public sees nothing of it @param after its revision from now on */
export const listEvent = (
  tx: Write,
  verb: 'created' | 'updated' | 'deleted',
  { id, articleId, revision }: { id: string; articleId: string | null; revision: number },
  copy: 'working' | null = null,
  after = revision + 1,
  more: object = {},
) =>
  tx.append({
    type: `highlight-list.${verb}`,
    subject: { type: 'highlight-list', id },
    data: { articleId, ...(copy ? { copy } : {}), ...more },
    revision: [verb === 'created' ? null : revision, verb === 'deleted' ? null : after],
  })

/** Makes a list what `after` says. @returns it as it is now; that of before where nothing changed */
export function saveList(
  tx: Write,
  before: StoredList,
  after: ListContent,
  place: Pick<PlacedList, 'position' | 'slug' | 'externalId'>,
  isMoved: boolean,
): StoredList {
  const values = { title: after.title, style: after.style, slug: place.slug, ...('externalId' in place ? { externalId: place.externalId } : {}) }
  const hasNewItems = !isDeepStrictEqual(before.items.map(namedBy), after.items.map(namedBy))
  const isOwnChange = isMoved || hasNewItems || differs<object>(before, values)
  if (!isOwnChange && before.position === place.position) return before
  const own = isOwnChange ? { revision: before.revision + 1, updated_at: tx.now } : {}
  const { externalId, ...columns } = values
  const { title, style, slug, position } = before
  const now = { ...columns, ...(externalId === undefined ? {} : { external_id: externalId }), position: place.position, ...own }
  tx.update('highlight_lists', ['id', before.id], now, { title, style, slug, position })
  if (hasNewItems) {
    tx.run(tx.deleteFrom('highlight_items').where('list_id', '=', before.id))
    tx.insert('highlight_items', itemRows(before.id, after.items))
  }
  if (isOwnChange) listEvent(tx, 'updated', before)
  return { ...before, ...values, position: place.position, items: after.items, ...(isOwnChange ? { revision: before.revision + 1, updatedAt: tx.now } : {}) }
}

/**
 * A list in its place: one of an article, or with a slug a freestanding one; `formerRevision` is the last that it had, and `createdAt`
 * when it was made, where it comes back.
 */
export type PlacedList = ListContent & {
  articleId: string | null
  slug: string | null
  externalId?: string | null
  position: number
  formerRevision?: number
  createdAt?: string
}

/** A list as it is made. */
export const newList = ({ id, articleId, slug, title, style, position, items, formerRevision = 0, createdAt }: PlacedList, now: string): StoredList => ({
  id,
  revision: formerRevision + 1,
  articleId,
  slug,
  title,
  style,
  position,
  items,
  createdAt: createdAt ?? now,
  updatedAt: now,
})

/** Makes new lists. @param copy `working` where the public sees nothing of them @returns them as they are now */
export function insertLists(tx: Write, lists: readonly PlacedList[], copy: 'working' | null = null): StoredList[] {
  tx.insert(
    'highlight_lists',
    lists.map(({ id, articleId, slug, title, style, position, externalId = null, formerRevision = 0, createdAt }) => ({
      id,
      revision: formerRevision + 1,
      article_id: articleId,
      slug,
      title,
      style,
      position,
      external_id: externalId,
      is_public: Number(copy === null),
      created_at: createdAt ?? tx.now,
      updated_at: tx.now,
    })),
  )
  tx.insert(
    'highlight_items',
    lists.flatMap(({ id, items }) => itemRows(id, items)),
  )
  for (const { id, articleId, formerRevision = 0 } of lists) listEvent(tx, 'created', { id, articleId, revision: formerRevision }, copy)
  return lists.map((list) => newList(list, tx.now))
}

/** The lists of an article in their places. */
export const placedLists = (articleId: string, lists: readonly ListContent[]): PlacedList[] =>
  lists.map((content, position) => ({ ...content, articleId, slug: null, position }))

/**
 * Makes the highlight lists of an article what `after` says, and appends their events.
 * @param moved the lists that changed places, not those that only made room
 * @returns them as they are now; those of before where nothing changed
 */
export function saveLists(
  tx: Write,
  articleId: string,
  before: readonly StoredList[],
  after: readonly ListContent[],
  moved: ReadonlySet<string>,
): readonly StoredList[] {
  const earlier = new Map(before.map((list) => [list.id, list]))
  const staying = new Set(after.map(({ id }) => id))
  for (const list of before) {
    const { id } = list
    if (staying.has(id)) continue
    tx.run(tx.deleteFrom('highlight_lists').where('id', '=', id))
    listEvent(tx, 'deleted', list)
  }
  const places = placedLists(articleId, after)
  if (before.length === 0) return after.length === 0 ? before : insertLists(tx, places)
  const lists = places.map((content) => {
    const known = earlier.get(content.id)
    return known ? saveList(tx, known, content, content, moved.has(content.id)) : (insertLists(tx, [content])[0] as StoredList)
  })
  const isSame = lists.length === before.length && lists.every((list, index) => list === before[index])
  return isSame ? before : lists
}
