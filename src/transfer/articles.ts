import { type IndexEntry, indexEntryOf } from '../articles/public/index-values.ts'
import { completed } from '../articles/working/copies.ts'
import type { Article } from '../articles/working/schemas.ts'
import { relatedOf } from '../articles/working/store.ts'
import { addRows, type TableRows } from '../database/rows.ts'
import type { ArticleTable, TableName } from '../database/tables.ts'
import { itemOf } from '../highlight-lists/store.ts'
import { type Exported, laterNames, storedRow } from './records.ts'

type Row = Record<string, unknown>

/** The tables of an article's parts. */
export const partTables = [
  'article_authors',
  'article_topics',
  'article_aliases',
  'related',
  'sections',
  'highlight_lists',
  'revisions',
  'editions',
  'article_heads',
  'article_mentions',
  'preview_links',
] as const

const numbered = (rows: readonly Row[], more: Row) => rows.map((row, position) => ({ ...row, position, ...more }))

/** The rows of a list's items. */
export const itemRows = (listId: unknown, items: readonly Row[]) => numbered(items, { list_id: listId })

/** All that is to be written of articles, as far as that can be told without the database. */
export type PreparedArticles = { rows: TableRows; entries: IndexEntry[] }

/** Adds what is to be written of an article. @param change what is made of each value of a row, and of each text to be searched */
export function prepareArticle({ rows, entries }: PreparedArticles, record: Row, change: <T>(value: T) => T = (value) => value): void {
  const { authors, topics, related, aliases, sections, highlight_lists, revisions, editions, mentions, preview_links, head, ...article } = record as Row &
    Record<string, Row[]>
  const own = { article_id: record.id }
  const lists = (highlight_lists ?? []) as (Row & { items: Row[] })[]
  const add = (table: TableName, more: readonly Row[]) => addRows(rows, table, more, change)
  const of = (table: Exported, parts: readonly Row[] | undefined) => (parts ?? []).map((row) => ({ ...storedRow(table, row), ...own }))
  const authorships = (authors ?? []).map(({ id, role }) => ({ author_id: id, role }))
  add('articles', [storedRow('articles', { ...laterNames.articles, ...article })])
  add('article_authors', numbered(authorships, own))
  add(
    'article_topics',
    (topics ?? []).map((topic_id, position) => ({ topic_id, position, ...own })),
  )
  add(
    'article_aliases',
    (aliases ?? []).map((path, position) => ({ path, position, ...own })),
  )
  add('related', numbered(related ?? [], own))
  add(
    'sections',
    of('sections', sections).map((row, place) => ({ ...row, place })),
  )
  add(
    'highlight_lists',
    lists.map(({ items: _, ...list }, position) => ({ ...list, ...own, slug: null, position })),
  )
  for (const { id, items } of lists) add('highlight_items', itemRows(id, items))
  add('revisions', of('revisions', revisions))
  add('editions', of('editions', editions))
  add(
    'article_mentions',
    (mentions ?? []).map((target_id) => ({ target_id, ...own })),
  )
  add('preview_links', of('preview_links', preview_links))
  if (head) add('article_heads', of('article_heads', [{ document: head }] as Row[]))
  const entry = indexEntryOfRecord(record)
  for (const { texts, folded } of entry.searched)
    for (const one of [texts, folded]) for (const name of ['headline', 'secondary', 'body'] as const) one[name] = change(one[name])
  entries.push(entry)
}

function indexEntryOfRecord(record: Row): IndexEntry {
  const {
    sections = [],
    highlight_lists: lists = [],
    related: relatedRows = [],
    editions,
    ...article
  } = record as unknown as ArticleTable & {
    sections?: Article['sections']
    highlight_lists?: (Article['highlightLists'][number] & { items: Parameters<typeof itemOf>[0][] })[]
    related?: Parameters<typeof relatedOf>[0][]
    editions?: { number: number; document: Article; sections: Article['sections'] }[]
  }
  // What is searched of a row is read as the row is stored.
  const row = storedRow('articles', article) as unknown as ArticleTable
  const edition = editions?.find(({ number }) => number === row.edition_number)
  // Content of before there were editions has no such column.
  if (!edition && typeof row.edition_number === 'number') throw new Error(`edition ${row.edition_number} is not among its editions`)
  const related = relatedRows.map(relatedOf) as Article['related']
  const highlightLists = lists.map((list) => ({ ...list, items: list.items.map(itemOf) })) as Article['highlightLists']
  return indexEntryOf(row, { sections, highlightLists, related }, edition ? completed({ ...edition.document, sections: edition.sections }) : null)
}
