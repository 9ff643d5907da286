import type { SearchCopy, SearchTexts } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import { addRows, insertTables, rowSet, type TableRows } from '../../database/rows.ts'
import { markSlugPublic } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { chunked } from '../../database/values.ts'
import { sectionsOfArticle } from '../../sections/store.ts'
import { type SearchedTexts, searchedTexts, searchedTextsOf } from '../working/copies.ts'
import type { Article } from '../working/schemas.ts'
import { dateOf, foldedTexts, type IndexEntry, type PublicEntry, perMillisecond, publicEntryOf } from './index-values.ts'

// Within 2^53, where numbers are exact: about the years 1831 to 2109.
const furthest = 2 ** 42

const lastNumber = prepared<{ copy: SearchCopy; first: number; end: number }, { last: number | null }>((db, { copy, first, end }) =>
  db
    .selectFrom('search_rows')
    .select(({ fn }) => fn.max<number | null>('number').as('last'))
    .where('copy', '=', copy)
    .where('number', '>=', first)
    .where('number', '<', end),
)

/** A number that sorts as its time does, free among the search rows of a copy. */
async function searchNumber(tx: Write, copy: SearchCopy, time: string, current: number | undefined): Promise<number> {
  let first = Math.max(-furthest, Math.min(furthest, Date.parse(time))) * perMillisecond
  if (current !== undefined && current >= first && current < first + perMillisecond) return current
  for (;;) {
    const [found] = await lastNumber(tx, { copy, first, end: first + perMillisecond })
    const last = found?.last ?? null
    if (last === null) return first
    if (last < first + perMillisecond - 1) return last + 1
    first += perMillisecond
  }
}

type SearchRow = SearchedTexts & { number: number }

const areSameTexts = (one: SearchedTexts, other: SearchedTexts) =>
  one.headline === other.headline && one.secondary === other.secondary && one.body === other.body

async function removeSearchRow(tx: Write, copy: SearchCopy, articleId: string, { number }: SearchRow): Promise<void> {
  await tx.engine.writeSearch(tx, copy, number, null)
  await tx.deleteFrom('search_rows').where('article_id', '=', articleId).where('copy', '=', copy).execute()
}

/** Makes the search row of a copy say these texts, as of a time; where it does so already, nothing is written. */
async function writeSearchRow(
  tx: Write,
  copy: SearchCopy,
  articleId: string,
  time: string,
  texts: SearchedTexts,
  current: SearchRow | undefined,
): Promise<void> {
  const number = await searchNumber(tx, copy, time, current?.number)
  if (current && current.number === number && areSameTexts(current, texts)) return
  if (current) await removeSearchRow(tx, copy, articleId, current)
  await tx
    .insertInto('search_rows')
    .values({ copy, number, article_id: articleId, ...texts })
    .execute()
  await tx.engine.writeSearch(tx, copy, number, foldedTexts(texts))
}

const rowsOfArticle = prepared<{ id: string }, SearchRow & { copy: SearchCopy }>((db, { id }) =>
  db.selectFrom('search_rows').select(['copy', 'number', 'headline', 'secondary', 'body']).where('article_id', '=', id),
)

async function searchRowsOf(tx: Write, articleId: string): Promise<Partial<Record<SearchCopy, SearchRow>>> {
  return Object.fromEntries((await rowsOfArticle(tx, { id: articleId })).map(({ copy, ...row }) => [copy, row]))
}

/** Removes all index rows of an article, before it is deleted or rewritten. */
export async function removeIndexRows(tx: Write, articleId: string): Promise<void> {
  await removePublicTables(tx, articleId)
  const rows = await searchRowsOf(tx, articleId)
  for (const copy of ['public', 'working'] as const) if (rows[copy]) await removeSearchRow(tx, copy, articleId, rows[copy])
}

/** Makes a working copy found by what it says now: by a row of its own where that isn't what the public finds it by. */
export async function writeWorkingSearch(tx: Write, article: ArticleTable): Promise<void> {
  const sections = await sectionsOfArticle(tx.read, article.id)
  const texts = searchedTextsOf(article, sections)
  const rows = await searchRowsOf(tx, article.id)
  const listed = await tx.read.selectFrom('public_articles').select('published_at').where('article_id', '=', article.id).executeTakeFirst()
  const isShared = rows.public && listed?.published_at === dateOf(article) && areSameTexts(rows.public, texts)
  if (!isShared) await writeSearchRow(tx, 'working', article.id, dateOf(article), texts, rows.working)
  else if (rows.working) await removeSearchRow(tx, 'working', article.id, rows.working)
}

/** The topics that articles name, with all above them. */
async function topicsWithAncestors(tx: Write, topicIds: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  let ids = [...topicIds]
  while (ids.length > 0) {
    const rows = await tx.read.selectFrom('topics').select(['id', 'parent_id']).where('id', 'in', ids).execute()
    for (const { id } of rows) found.add(id)
    ids = rows.flatMap(({ parent_id }) => (parent_id !== null && !found.has(parent_id) ? [parent_id] : []))
  }
  return found
}

const publicTables = ['public_articles', 'public_article_topics', 'public_article_authors', 'public_article_targets'] as const

async function removePublicTables(tx: Write, articleId: string): Promise<void> {
  for (const table of publicTables) await tx.deleteFrom(table).where('article_id', '=', articleId).execute()
}

/** A public article's topics, with those above them. */
const topicRows = (articleId: string, publishedAt: string, topicIds: Iterable<string>) =>
  [...topicIds].map((topic_id) => ({ topic_id, published_at: publishedAt, article_id: articleId }))

/** Adds the rows by which the public finds an article. @param topicIds those that it names, with all above them */
function addPublicRows(tables: TableRows, articleId: string, { publishedAt, rows }: PublicEntry, topicIds: Iterable<string>): void {
  for (const [table, own] of Object.entries(rows)) addRows(tables, table as keyof typeof rows, own)
  addRows(tables, 'public_article_topics', topicRows(articleId, publishedAt, topicIds))
}

/** Takes an article from what the public finds. */
export async function removePublicRows(tx: Write, article: ArticleTable): Promise<void> {
  await removePublicTables(tx, article.id)
  const { public: searched } = await searchRowsOf(tx, article.id)
  if (searched) await removeSearchRow(tx, 'public', article.id, searched)
  await writeWorkingSearch(tx, article)
}

/** Makes the rows by which the public finds an article those of an edition. */
export async function writePublicRows(tx: Write, article: ArticleTable, edition: Article): Promise<void> {
  // The rows hold the topics above those named, so the tree must stay as it is.
  await tx.lock(['topics'], true)
  await removePublicTables(tx, article.id)
  const entry = publicEntryOf(edition)
  const topicIds = await topicsWithAncestors(tx, entry.topicIds)
  const tables: TableRows = new Map()
  addPublicRows(tables, article.id, entry, topicIds)
  await insertTables(tx, tables)
  for (const topicId of topicIds) await markSlugPublic(tx, 'topic', topicId)
  for (const { author_id } of entry.rows.public_article_authors) await markSlugPublic(tx, 'author', author_id)
  await markSlugPublic(tx, 'article', article.id, edition.slug)
  const { public: current } = await searchRowsOf(tx, article.id)
  await writeSearchRow(tx, 'public', article.id, entry.publishedAt, searchedTexts(edition), current)
  await writeWorkingSearch(tx, article)
}

/** Follows a topic that moved in the tree: the public rows of all articles under it. */
export async function refreshTopicRows(tx: Write, topicIds: readonly string[]): Promise<void> {
  const articles = new Map<string, string>()
  for (const ids of chunked(topicIds)) {
    const rows = await tx.read.selectFrom('public_article_topics').select(['article_id', 'published_at']).where('topic_id', 'in', ids).execute()
    for (const row of rows) articles.set(row.article_id, row.published_at)
  }
  for (const [articleId, publishedAt] of articles) {
    const row = await tx.read
      .selectFrom('articles')
      .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
      .select('editions.document')
      .where('articles.id', '=', articleId)
      .executeTakeFirstOrThrow()
    const { topics } = JSON.parse(row.document) as Article
    const named = await topicsWithAncestors(
      tx,
      topics.map(({ id }) => id),
    )
    await tx.deleteFrom('public_article_topics').where('article_id', '=', articleId).execute()
    await tx.engine.insertRows(tx, 'public_article_topics', rowSet(topicRows(articleId, publishedAt, named)))
    for (const topicId of named) await markSlugPublic(tx, 'topic', topicId)
  }
}

/** Writes what many articles are found by that had no such rows before. What was public is said by their slugs already. */
export async function insertIndexEntries(tx: Write, articles: readonly IndexEntry[]): Promise<void> {
  await tx.lock(['topics'], true)
  const tables: TableRows = new Map()
  const ancestors = new Map<string, Promise<Set<string>>>()
  const indexed = { public: new Map<number, SearchTexts>(), working: new Map<number, SearchTexts>() }
  for (const { articleId, searched, publicEntry: entry } of articles) {
    for (const { copy, time, texts, folded } of searched) {
      let number = await searchNumber(tx, copy, time, undefined)
      while (indexed[copy].has(number)) number++
      indexed[copy].set(number, folded)
      addRows(tables, 'search_rows', [{ copy, number, article_id: articleId, ...texts }])
    }
    if (!entry) continue
    const topicIds = new Set<string>()
    for (const id of entry.topicIds) {
      const above = ancestors.get(id) ?? topicsWithAncestors(tx, [id])
      ancestors.set(id, above)
      for (const topicId of await above) topicIds.add(topicId)
    }
    addPublicRows(tables, articleId, entry, topicIds)
  }
  // One index after the other: each would make the other write out what it has gathered.
  for (const copy of ['working', 'public'] as const) for (const [number, folded] of indexed[copy]) await tx.engine.writeSearch(tx, copy, number, folded)
  await insertTables(tx, tables)
}
