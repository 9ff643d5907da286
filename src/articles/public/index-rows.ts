import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { SearchCopy, SearchTexts } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { prepared, preparedList, preparedWrite } from '../../database/prepared.ts'
import { addRows, insertTables, type TableRows } from '../../database/rows.ts'
import { markSlugsPublic } from '../../database/slugs.ts'
import { chunked, inPieces, without } from '../../database/values.ts'
import { completed, publicTexts, type SearchedTexts, searchedTexts } from '../working/copies.ts'
import type { Article } from '../working/schemas.ts'
import type { Changing, Kept, SearchRow } from './changing.ts'
import { dateOf, foldedTexts, type IndexEntry, monthOf, type PublicEntry, perMillisecond, publicEntryOf } from './index-values.ts'
import { forgetTextLinks, removeTextLinks, writeTextLinks } from './text-links.ts'

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

/**
 * Where the numbers of a millisecond begin, in the first half of them. FTS5 finds rows that were replaced by the lowest bits of their
 * numbers: where all are those of whole milliseconds it compares them one by one.
 */
const beginning = (millisecond: number) => Math.imul(millisecond, 0x9e3779b1) >>> 22

/** A number that sorts as its time does, free among the search rows of a copy. @param current the one that it has, which it keeps where that does so well */
async function searchNumber(tx: Write, copy: SearchCopy, time: string, current: number | undefined): Promise<number> {
  const millisecond = Math.max(-furthest, Math.min(furthest, Date.parse(time)))
  for (let own = millisecond; ; own++) {
    const [first, end] = [own * perMillisecond, (own + 1) * perMillisecond]
    // Older versions began with the first.
    if (own === millisecond && current !== undefined && current > first && current < end) return current
    // Of stories of one time, as those of an archive are, each sees what the one before has taken.
    tx.lock([`search-number:${copy}:${own}`])
    const [found] = await lastNumber(tx, { copy, first, end })
    const next = Math.max(first + beginning(own), (found?.last ?? first - 1) + 1)
    if (next < end) return next
  }
}

const areSameTexts = (one: SearchedTexts, other: SearchedTexts) =>
  one.headline === other.headline && one.secondary === other.secondary && one.body === other.body

const deleteSearchRow = preparedWrite<{ copy: SearchCopy; number: number }>((db, { copy, number }) =>
  db.deleteFrom('search_rows').where('copy', '=', copy).where('number', '=', number),
)

const updateSearchRow = preparedWrite<SearchRow & { copy: SearchCopy }>((db, { copy, number, headline, secondary, body }) =>
  db.updateTable('search_rows').set({ headline, secondary, body }).where('copy', '=', copy).where('number', '=', number),
)

function removeSearchRow(tx: Write, copy: SearchCopy, { search }: Pick<Kept, 'search'>): void {
  const current = search[copy]
  if (!current) return
  tx.engine.removeSearch(tx, copy, current.number)
  deleteSearchRow(tx, { copy, number: current.number })
  delete search[copy]
}

/** Makes the search row of a copy say these texts, as of a time; where it does so already, nothing is written. */
async function writeSearchRow(tx: Write, copy: SearchCopy, articleId: string, time: string, texts: SearchedTexts, { search }: Kept): Promise<void> {
  const current = search[copy]
  const number = await searchNumber(tx, copy, time, current?.number)
  if (current && current.number === number) {
    if (areSameTexts(current, texts)) return
    updateSearchRow(tx, { copy, number, ...texts })
  } else {
    removeSearchRow(tx, copy, { search })
    tx.insert('search_rows', [{ copy, number, article_id: articleId, ...texts }])
  }
  tx.engine.writeSearch(tx, copy, new Map([[number, foldedTexts(texts)]]))
  search[copy] = { number, ...texts }
}

const rowsOfArticle = prepared<{ id: string }, SearchRow & { copy: SearchCopy }>((db, { id }) =>
  db.selectFrom('search_rows').select(['copy', 'number', 'headline', 'secondary', 'body']).where('article_id', '=', id),
)

const dateInPublic = prepared<{ id: string }, { published_at: string }>((db, { id }) =>
  db.selectFrom('public_articles').select('published_at').where('article_id', '=', id),
)

/** Removes all index rows of an article, before it is deleted or rewritten. */
export async function removeIndexRows(tx: Write, articleId: string): Promise<void> {
  forgetTextLinks(tx, articleId)
  const [listed] = await dateInPublic(tx, { id: articleId })
  if (listed) tx.noteMonth({ month: monthOf(listed.published_at), stories: -1 })
  await removePublicTables(tx, articleId)
  const search = Object.fromEntries((await rowsOfArticle(tx, { id: articleId })).map(({ copy, ...row }) => [copy, row]))
  for (const copy of ['public', 'working'] as const) removeSearchRow(tx, copy, { search })
}

/** Makes a working copy found by what it says now: by a row of its own where that isn't what the public finds it by. */
export async function writeWorkingSearch(tx: Write, { row, copy, kept }: Changing): Promise<void> {
  const inPublic = kept.listedAt === dateOf(row) ? kept.search.public : undefined
  const texts = searchedTexts(copy)
  if (inPublic && areSameTexts(inPublic, texts)) removeSearchRow(tx, 'working', kept)
  else await writeSearchRow(tx, 'working', row.id, dateOf(row), texts, kept)
}

/** The topics that articles name, with all above them. */
async function topicsWithAncestors(tx: Write, topicIds: readonly string[]): Promise<Set<string>> {
  return new Set((await inPieces(topicIds, (ids) => treeAbove(tx, ids))).map(({ id }) => id))
}

const treeAbove = preparedList<{ id: string }>((db, ids) => ({
  compile: () =>
    sql`with recursive tree(id, parent_id) as (
      select id, parent_id from topics where id in (${sql.join(ids)})
      union select topics.id, topics.parent_id from topics inner join tree on topics.id = tree.parent_id
    ) select id from tree`.compile(db),
}))

type Listed = { language: string; genre: string | null }
type Counted = { topicIds: Iterable<string>; authorIds: Iterable<string>; listed: readonly Listed[] }

function countListed(tx: Write, listed: readonly Listed[], by: 1 | -1): void {
  for (const { language, genre } of listed) {
    tx.count('language', language, by)
    if (genre !== null) tx.count('genre', genre, by)
  }
}

/** Counts an article that the public finds from now on, or no more. */
function count(tx: Write, { topicIds, authorIds, listed }: Counted, by: 1 | -1): void {
  for (const id of topicIds) tx.count('topic', id, by)
  for (const id of authorIds) tx.count('author', id, by)
  countListed(tx, listed, by)
}

const countedOf = ({ rows }: PublicEntry, topicIds: Iterable<string>): Counted => ({
  topicIds,
  authorIds: rows.public_article_authors.map(({ author_id }) => author_id),
  listed: rows.public_articles,
})

const removeListed = prepared<{ id: string }, Listed>((db, { id }) =>
  db.deleteFrom('public_articles').where('article_id', '=', id).returning(['language', 'genre']),
)
const removeTopics = prepared<{ id: string }, { topic_id: string }>((db, { id }) =>
  db.deleteFrom('public_article_topics').where('article_id', '=', id).returning('topic_id'),
)
const removeAuthors = prepared<{ id: string }, { author_id: string }>((db, { id }) =>
  db.deleteFrom('public_article_authors').where('article_id', '=', id).returning('author_id'),
)
const removeTargets = preparedWrite<{ id: string }>((db, { id }) => db.deleteFrom('public_article_targets').where('article_id', '=', id))

async function removePublicTables(tx: Write, id: string): Promise<void> {
  // Who follows the tree writes these rows, too.
  tx.lock(['topics'], true)
  removeTargets(tx, { id })
  const [listed, topics, authors] = await Promise.all([removeListed(tx, { id }), removeTopics(tx, { id }), removeAuthors(tx, { id })])
  count(tx, { topicIds: topics.map(({ topic_id }) => topic_id), authorIds: authors.map(({ author_id }) => author_id), listed }, -1)
}

/** A public article's topics, with those above them. */
const topicRows = (articleId: string, publishedAt: string, topicIds: Iterable<string>) =>
  [...topicIds].map((topic_id) => ({ topic_id, published_at: publishedAt, article_id: articleId }))

/** Adds the rows by which the public finds an article, and counts it. @param topicIds those that it names, with all above them */
function addPublicRows(tx: Write, tables: TableRows, articleId: string, entry: PublicEntry, topicIds: ReadonlySet<string>): void {
  const { publishedAt, rows } = entry
  count(tx, countedOf(entry, topicIds), 1)
  for (const [table, own] of Object.entries(rows)) addRows(tables, table as keyof typeof rows, own)
  addRows(tables, 'public_article_topics', topicRows(articleId, publishedAt, topicIds))
}

/** Takes an article from what the public finds. */
export async function removePublicRows(tx: Write, { row, kept }: Changing): Promise<void> {
  await removePublicTables(tx, row.id)
  removeTextLinks(tx, 'public', row.id, kept)
  removeSearchRow(tx, 'public', kept)
  if (kept.listedAt !== null) tx.noteMonth({ month: monthOf(kept.listedAt), stories: -1 })
  kept.listedAt = null
}

/** What of an edition stands in the sitemap of its month. */
const inSitemap = ({ rows }: PublicEntry) => rows.public_articles.map((row) => without(row, 'headline', 'genre', 'language', 'created_at'))

/** Says what changes of the months in which an article was and is. */
function noteMonths(tx: Write, { listedAt }: Kept, entry: PublicEntry, earlier: PublicEntry | null): void {
  const [before, now] = [listedAt === null ? null : monthOf(listedAt), monthOf(entry.publishedAt)]
  if (before !== null && before !== now) tx.noteMonth({ month: before, stories: -1 })
  if (before !== now) tx.noteMonth({ month: now, stories: 1 })
  else if (!earlier || !isDeepStrictEqual(inSitemap(entry), inSitemap(earlier))) tx.noteMonth({ month: now, stories: 0 })
}

/** Makes the rows by which the public finds an article those of an edition. @param before the one that is public until now */
export async function writePublicRows(tx: Write, { row, kept }: Changing, edition: Article, before: Article | null): Promise<void> {
  const entry = publicEntryOf(edition)
  const earlier = before && publicEntryOf(before)
  const { public_articles: listed, ...others } = entry.rows
  if (
    earlier &&
    isDeepStrictEqual([entry.publishedAt, entry.topicIds, others], [earlier.publishedAt, earlier.topicIds, without(earlier.rows, 'public_articles')])
  ) {
    // Only what it says of itself in lists may be another.
    for (const values of listed) tx.update('public_articles', ['article_id', row.id], values, earlier.rows.public_articles[0])
    countListed(tx, earlier.rows.public_articles, -1)
    countListed(tx, listed, 1)
  } else {
    // A slug that an author gets meanwhile is to be public, too.
    tx.lock(
      entry.rows.public_article_authors.map(({ author_id }) => `author:${author_id}`),
      true,
    )
    // The rows hold the topics above those named, so the tree must stay as it is.
    tx.lock(['topics'], true)
    if (earlier) await removePublicTables(tx, row.id)
    const topicIds = await topicsWithAncestors(tx, entry.topicIds)
    const tables: TableRows = new Map()
    addPublicRows(tx, tables, row.id, entry, topicIds)
    insertTables(tx, tables)
    markSlugsPublic(tx, 'topic', [...topicIds])
    markSlugsPublic(
      tx,
      'author',
      entry.rows.public_article_authors.map(({ author_id }) => author_id),
    )
  }
  noteMonths(tx, kept, entry, earlier)
  kept.listedAt = entry.publishedAt
  writeTextLinks(tx, 'public', row.id, edition, kept)
  await writeSearchRow(tx, 'public', row.id, entry.publishedAt, publicTexts(edition), kept)
}

/** Makes an article found by what its editions say by now, of which something was redacted. */
export async function refreshSearch(tx: Write, changed: Changing): Promise<void> {
  const { row, kept } = changed
  if (kept.listedAt === null || !kept.last) return
  await writeSearchRow(tx, 'public', row.id, kept.listedAt, publicTexts(kept.last.document), kept)
  await writeWorkingSearch(tx, changed)
}

/** Follows a topic that moved in the tree: the public rows of all articles under it. */
export async function refreshTopicRows(tx: Write, topicIds: readonly string[]): Promise<void> {
  const articleIds = new Set<string>()
  for (const ids of chunked(topicIds)) {
    const rows = await tx.read.selectFrom('public_article_topics').select('article_id').where('topic_id', 'in', ids).execute()
    for (const { article_id } of rows) articleIds.add(article_id)
  }
  await refreshRows(tx, [...articleIds])
}

// Their editions are read whole.
const refreshedAtOnce = 50

/** The same of some articles; of one that isn’t public, or no more, there are none. */
export async function refreshRows(tx: Write, articleIds: readonly string[]): Promise<void> {
  // Else one could be published, moved in time or taken down between what is read of it and what is written.
  tx.lock(['topics'])
  for (const ids of chunked(articleIds, refreshedAtOnce)) {
    const rows = await tx.read
      .selectFrom('public_articles')
      .innerJoin('articles', 'articles.id', 'public_articles.article_id')
      .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
      .select(['articles.id', 'public_articles.published_at', 'editions.document'])
      .where('articles.id', 'in', ids)
      .execute()
    // Where one isn’t public, an older version may have left some.
    for (const id of ids) for (const { topic_id } of await removeTopics(tx, { id })) tx.count('topic', topic_id, -1)
    for (const { id, published_at, document } of rows) {
      const { topics } = completed(JSON.parse(document))
      const named = await topicsWithAncestors(
        tx,
        topics.map((topic) => topic.id),
      )
      for (const topicId of named) tx.count('topic', topicId, 1)
      tx.insert('public_article_topics', topicRows(id, published_at, named))
      markSlugsPublic(tx, 'topic', [...named])
    }
  }
}

/** Writes what many articles are found by that had no such rows before. What was public is said by their slugs already. */
export async function insertIndexEntries(tx: Write, articles: readonly IndexEntry[]): Promise<void> {
  tx.lock(['topics'], true)
  const tables: TableRows = new Map()
  const indexed = { public: new Map<number, SearchTexts>(), working: new Map<number, SearchTexts>() }
  const [searched, trees] = await Promise.all([
    Promise.all(
      articles.flatMap(({ articleId, searched }) =>
        searched.map(async (row) => ({ articleId, ...row, number: await searchNumber(tx, row.copy, row.time, undefined) })),
      ),
    ),
    treesOf(tx, new Set(articles.flatMap(({ publicEntry }) => publicEntry?.topicIds ?? []))),
  ])
  for (const { articleId, copy, texts, folded, number: free } of searched) {
    let number = free
    while (indexed[copy].has(number)) number++
    indexed[copy].set(number, folded)
    addRows(tables, 'search_rows', [{ copy, number, article_id: articleId, ...texts }])
  }
  for (const { links } of articles) addRows(tables, 'text_links', links)
  for (const { articleId, publicEntry } of articles) {
    if (!publicEntry) continue
    addPublicRows(tx, tables, articleId, publicEntry, new Set(publicEntry.topicIds.flatMap((id) => trees.get(id) ?? [])))
    tx.noteMonth({ month: monthOf(publicEntry.publishedAt), stories: 1 })
  }
  for (const copy of ['working', 'public'] as const) if (indexed[copy].size > 0) tx.engine.writeSearch(tx, copy, indexed[copy])
  insertTables(tx, tables)
}

/** Topics with those above each. */
async function treesOf(tx: Write, topicIds: ReadonlySet<string>): Promise<Map<string, string[]>> {
  return new Map(await Promise.all([...topicIds].map(async (id): Promise<[string, string[]]> => [id, [...(await topicsWithAncestors(tx, [id]))]])))
}
