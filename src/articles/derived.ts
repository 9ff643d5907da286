import { foldedLines } from '../copy/words.ts'
import type { Write } from '../database/connect.ts'
import type { SearchCopy } from '../database/engine.ts'
import { prepared } from '../database/prepared.ts'
import { markSlugPublic } from '../database/slugs.ts'
import type { ArticleTable } from '../database/tables.ts'
import { chunked } from '../database/values.ts'
import type { Block } from '../sections/blocks.ts'
import { sectionsOfArticle } from '../sections/store.ts'
import { textOf } from '../sections/text.ts'
import type { Article } from './schemas.ts'
import { targetsOf } from './store.ts'

// So many articles may share one millisecond before they spill into the next.
const perMillisecond = 2048
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

type Texts = { headline: string; secondary: string; body: string }

type SearchRow = Texts & { number: number }

const areSameTexts = (one: Texts, other: Texts) => one.headline === other.headline && one.secondary === other.secondary && one.body === other.body

async function removeSearchRow(tx: Write, copy: SearchCopy, articleId: string, { number }: SearchRow): Promise<void> {
  await tx.engine.writeSearch(tx, copy, number, null)
  await tx.deleteFrom('search_rows').where('article_id', '=', articleId).where('copy', '=', copy).execute()
}

/** Makes the search row of a copy say these texts, as of a time; where it does so already, nothing is written. */
async function writeSearchRow(tx: Write, copy: SearchCopy, articleId: string, time: string, texts: Texts, current: SearchRow | undefined): Promise<void> {
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

const foldedTexts = ({ headline, secondary, body }: Texts): Texts => ({
  headline: foldedLines(headline),
  secondary: foldedLines(secondary),
  body: foldedLines(body),
})

/** Takes an article out of all that it is found by, before it is deleted or written anew. */
export async function removeDerived(tx: Write, articleId: string): Promise<void> {
  await removePublicTables(tx, articleId)
  const rows = await searchRowsOf(tx, articleId)
  for (const copy of ['public', 'working'] as const) if (rows[copy]) await removeSearchRow(tx, copy, articleId, rows[copy])
}

type Searched = { headline: string; standfirst: string | null; sections: readonly { heading: string | null; body: readonly Block[] }[] }

function textsOf({ headline, standfirst, sections }: Searched): Texts {
  const lines = (texts: (string | null)[]) => texts.filter(Boolean).join('\n')
  return {
    headline,
    secondary: lines([standfirst, ...sections.map(({ heading }) => heading)]),
    body: lines(sections.map(({ body }) => textOf(body))),
  }
}

/** When a working copy is dated, among those that are found. */
const dateOf = ({ published_at, created_at }: ArticleTable) => published_at ?? created_at

/** Makes a working copy found by what it says now: by a row of its own where that isn't what the public finds it by. */
export async function writeWorkingSearch(tx: Write, article: ArticleTable): Promise<void> {
  const sections = await sectionsOfArticle(tx.read, article.id)
  const texts = textsOf({ headline: article.headline, standfirst: article.standfirst, sections })
  const rows = await searchRowsOf(tx, article.id)
  const shown = await tx.read.selectFrom('public_articles').select('published_at').where('article_id', '=', article.id).executeTakeFirst()
  const isShared = rows.public && shown?.published_at === dateOf(article) && areSameTexts(rows.public, texts)
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

type Rows = Record<string, unknown>[]

/** A public article's topics, with those above them. */
const topicRows = (articleId: string, publishedAt: string, topicIds: Iterable<string>) =>
  [...topicIds].map((topic_id) => ({ topic_id, published_at: publishedAt, article_id: articleId }))

function targetRows(edition: Article) {
  const { listed, led } = targetsOf(edition)
  const rows = (ids: string[], has_card: number) => [...new Set(ids)].map((target_id) => ({ article_id: edition.id, target_id, has_card }))
  return [...rows(listed, 0), ...rows(led, 1)]
}

/** The rows by which the public finds an edition. @param topicIds those that it names, with all above them */
function publicRows(edition: Article, topicIds: Iterable<string>) {
  const { id, headline, language, genre, createdAt, updatedAt } = edition
  const publishedAt = edition.publishedAt as string
  const authorIds = new Set(edition.authors.map((author) => author.id))
  return {
    public_articles: [{ article_id: id, headline, language, genre, created_at: createdAt, updated_at: updatedAt, published_at: publishedAt }],
    public_article_topics: topicRows(id, publishedAt, topicIds),
    public_article_authors: [...authorIds].map((author_id) => ({ author_id, published_at: publishedAt, article_id: id })),
    public_article_targets: targetRows(edition),
  }
}

type PublicTable = keyof ReturnType<typeof publicRows>

const publicTables: PublicTable[] = ['public_articles', 'public_article_topics', 'public_article_authors', 'public_article_targets']

async function insertRows(tx: Write, table: PublicTable | 'search_rows', rows: Rows): Promise<void> {
  if (rows.length > 0) await tx.engine.insertRows(tx, table, rows)
}

async function removePublicTables(tx: Write, articleId: string): Promise<void> {
  for (const table of publicTables) await tx.deleteFrom(table).where('article_id', '=', articleId).execute()
}

/** Takes an article from what the public finds. */
export async function removePublicRows(tx: Write, article: ArticleTable): Promise<void> {
  await removePublicTables(tx, article.id)
  const { public: shown } = await searchRowsOf(tx, article.id)
  if (shown) await removeSearchRow(tx, 'public', article.id, shown)
  await writeWorkingSearch(tx, article)
}

/** Makes the rows by which the public finds an article those of an edition. */
export async function writePublicRows(tx: Write, article: ArticleTable, edition: Article): Promise<void> {
  // The rows hold the topics above those named, so the tree must stay as it is.
  await tx.lock(['topics'], true)
  await removePublicTables(tx, article.id)
  const topicIds = await topicsWithAncestors(
    tx,
    edition.topics.map(({ id }) => id),
  )
  const rows = publicRows(edition, topicIds)
  for (const table of publicTables) await insertRows(tx, table, rows[table])
  for (const topicId of topicIds) await markSlugPublic(tx, 'topic', topicId)
  for (const { author_id } of rows.public_article_authors) await markSlugPublic(tx, 'author', author_id)
  await markSlugPublic(tx, 'article', article.id, edition.slug)
  const { public: shown } = await searchRowsOf(tx, article.id)
  await writeSearchRow(tx, 'public', article.id, edition.publishedAt as string, textsOf(edition), shown)
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
    await insertRows(tx, 'public_article_topics', topicRows(articleId, publishedAt, named))
    for (const topicId of named) await markSlugPublic(tx, 'topic', topicId)
  }
}

/** Whether sections are the same ones in the same state. */
function saysTheSame(one: readonly { id: string; revision: number }[], other: readonly { id: string; revision: number }[]): boolean {
  return one.length === other.length && one.every(({ id, revision }, index) => id === other[index]?.id && revision === other[index]?.revision)
}

/** What new articles are found by: their working copy's sections, and their public edition. */
export type Derived = { row: ArticleTable; sections: readonly (Searched['sections'][number] & { id: string; revision: number })[]; edition: Article | null }

/** Writes what many articles are found by that had no such rows before. What was public is said by their slugs already. */
export async function insertDerived(tx: Write, articles: readonly Derived[]): Promise<void> {
  await tx.lock(['topics'], true)
  const rows: Record<PublicTable | 'search_rows', Rows> = {
    public_articles: [],
    public_article_topics: [],
    public_article_authors: [],
    public_article_targets: [],
    search_rows: [],
  }
  const ancestors = new Map<string, Promise<Set<string>>>()
  const indexed = { public: new Map<number, Texts>(), working: new Map<number, Texts>() }
  async function search(copy: SearchCopy, articleId: string, time: string, texts: Texts): Promise<void> {
    let number = await searchNumber(tx, copy, time, undefined)
    while (indexed[copy].has(number)) number++
    indexed[copy].set(number, foldedTexts(texts))
    rows.search_rows.push({ copy, number, article_id: articleId, ...texts })
  }
  for (const { row, sections, edition } of articles) {
    const isSame = edition && edition.headline === row.headline && edition.standfirst === row.standfirst && saysTheSame(edition.sections, sections)
    if (!isSame || edition.publishedAt !== dateOf(row)) await search('working', row.id, dateOf(row), textsOf({ ...row, sections }))
    if (!edition) continue
    await search('public', row.id, edition.publishedAt as string, textsOf(edition))
    const topicIds = new Set<string>()
    for (const topic of edition.topics) {
      const above = ancestors.get(topic.id) ?? topicsWithAncestors(tx, [topic.id])
      ancestors.set(topic.id, above)
      for (const topicId of await above) topicIds.add(topicId)
    }
    const own = publicRows(edition, topicIds)
    for (const table of publicTables) rows[table].push(...own[table])
  }
  // One index after the other: each would make the other write out what it has gathered.
  for (const copy of ['working', 'public'] as const) for (const [number, words] of indexed[copy]) await tx.engine.writeSearch(tx, copy, number, words)
  for (const table of [...publicTables, 'search_rows'] as const) await insertRows(tx, table, rows[table])
}
