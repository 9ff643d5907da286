import { isDeepStrictEqual } from 'node:util'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { HighlightListTable } from '../database/tables.ts'
import { chunked, differs, groupBy, inPieces } from '../database/values.ts'

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
  items: StoredItem[]
  createdAt: string
  updatedAt: string
}

/** A highlight list as it is to be stored. */
export type ListContent = { id: string; title: string | null; style: 'bulleted' | 'numbered'; items: StoredItem[] }

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
  return new Map(
    [...groupBy(rows, (row) => row.list_id)].map(([id, own]) => [
      id,
      own.map((row): StoredItem => {
        let target: StoredTarget | null = null
        if (row.target_type === 'url' && row.target_url) target = { type: 'url', url: row.target_url }
        if (row.target_type === 'article' && row.target_article_id) target = { type: 'article', id: row.target_article_id }
        if (row.target_type === 'section' && row.target_section_id && row.anchor)
          target = { type: 'section', id: row.target_section_id, anchor: row.anchor, heading: row.heading }
        return { id: row.id, text: row.text, target }
      }),
    ]),
  )
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

async function saveItems(tx: Write, listId: string, items: readonly StoredItem[]): Promise<void> {
  await tx.deleteFrom('highlight_items').where('list_id', '=', listId).execute()
  const rows = items.map(({ id, text, target }, position) => ({
    id,
    list_id: listId,
    position,
    text,
    target_type: target?.type ?? null,
    target_section_id: target?.type === 'section' ? target.id : null,
    target_article_id: target?.type === 'article' ? target.id : null,
    target_url: target?.type === 'url' ? target.url : null,
  }))
  for (const piece of chunked(rows, 100)) await tx.insertInto('highlight_items').values(piece).execute()
}

/** An item's target by what it names: an anchor follows its section. */
const namedBy = ({ id, text, target }: StoredItem) => ({ id, text, target: target?.type === 'section' ? { type: target.type, id: target.id } : target })

export const listEvent = (tx: Write, verb: 'created' | 'updated' | 'deleted', id: string, articleId: string | null) =>
  tx.append({ type: `highlight-list.${verb}`, subject: { type: 'highlight-list', id }, data: { articleId } })

/** Makes a list what `after` says. @returns whether it changed */
export async function saveList(
  tx: Write,
  before: StoredList,
  after: ListContent,
  place: { position: number; slug: string | null },
  isMoved: boolean,
): Promise<boolean> {
  const values = { title: after.title, style: after.style, slug: place.slug }
  const hasNewItems = !isDeepStrictEqual(before.items.map(namedBy), after.items.map(namedBy))
  const isOwnChange = isMoved || hasNewItems || differs<object>(before, values)
  if (!isOwnChange && before.position === place.position) return false
  await tx
    .updateTable('highlight_lists')
    .set({ ...values, position: place.position, ...(isOwnChange ? { revision: before.revision + 1, updated_at: tx.now } : {}) })
    .where('id', '=', before.id)
    .execute()
  if (hasNewItems) await saveItems(tx, before.id, after.items)
  if (isOwnChange) listEvent(tx, 'updated', before.id, before.articleId)
  return true
}

export async function insertList(
  tx: Write,
  { id, title, style, items }: ListContent,
  place: { articleId: string | null; slug: string | null; position: number },
): Promise<void> {
  await tx
    .insertInto('highlight_lists')
    .values({ id, revision: 1, article_id: place.articleId, slug: place.slug, title, style, position: place.position, created_at: tx.now, updated_at: tx.now })
    .execute()
  await saveItems(tx, id, items)
  listEvent(tx, 'created', id, place.articleId)
}

/**
 * Makes the highlight lists of an article what `after` says, and appends their events.
 * @param moved the lists that changed places, not those that only made room
 * @returns whether anything changed
 */
export async function saveLists(
  tx: Write,
  articleId: string,
  before: readonly StoredList[],
  after: readonly ListContent[],
  moved: ReadonlySet<string>,
): Promise<boolean> {
  const earlier = new Map(before.map((list) => [list.id, list]))
  const staying = new Set(after.map(({ id }) => id))
  let isChanged = false
  for (const { id } of before) {
    if (staying.has(id)) continue
    await tx.deleteFrom('highlight_lists').where('id', '=', id).execute()
    listEvent(tx, 'deleted', id, articleId)
    isChanged = true
  }
  for (const [position, content] of after.entries()) {
    const known = earlier.get(content.id)
    if (known) isChanged = (await saveList(tx, known, content, { position, slug: null }, moved.has(content.id))) || isChanged
    else {
      await insertList(tx, content, { articleId, slug: null, position })
      isChanged = true
    }
  }
  return isChanged
}

/**
 * Lets go of what is deleted: items that point at it stay, with the words it last showed where they have none of their own, and
 * go where there are no such words.
 * @param publicWords those for freestanding lists, which are public at once
 * @returns the articles whose lists changed
 */
export async function clearTargets(
  tx: Write,
  column: 'target_section_id' | 'target_article_id',
  targetId: string,
  words: string | null,
  publicWords: string | null = words,
): Promise<string[]> {
  const items = await tx.read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select(['highlight_items.id', 'list_id', 'article_id', 'text'])
    .where(column, '=', targetId)
    .execute()
  for (const { id, article_id, text } of items) {
    const keptText = text ?? (article_id === null ? publicWords : words)
    if (keptText === null) await tx.deleteFrom('highlight_items').where('id', '=', id).execute()
    else
      await tx
        .updateTable('highlight_items')
        .set({ text: keptText, target_type: null, target_section_id: null, target_article_id: null })
        .where('id', '=', id)
        .execute()
  }
  const lists = new Map(items.map((item) => [item.list_id, item.article_id]))
  for (const [id, articleId] of lists) {
    await tx
      .updateTable('highlight_lists')
      .set(({ eb }) => ({ revision: eb('revision', '+', 1), updated_at: tx.now }))
      .where('id', '=', id)
      .execute()
    listEvent(tx, 'updated', id, articleId)
  }
  return [...new Set([...lists.values()].filter((id) => id !== null))]
}
