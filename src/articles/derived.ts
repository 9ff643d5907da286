import { SEARCH_BOUNDARY, words } from '../copy/words.ts'
import type { Write } from '../database/connect.ts'
import type { SearchCopy } from '../database/engine.ts'
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

/** A number that sorts as its time does, free among the search rows of a copy. */
async function searchNumber(tx: Write, copy: SearchCopy, time: string, current: number | undefined): Promise<number> {
  let first = Math.max(-furthest, Math.min(furthest, Date.parse(time))) * perMillisecond
  if (current !== undefined && current >= first && current < first + perMillisecond) return current
  for (;;) {
    const { last } = await tx.read
      .selectFrom('search_rows')
      .select(({ fn }) => fn.max<number | null>('number').as('last'))
      .where('copy', '=', copy)
      .where('number', '>=', first)
      .where('number', '<', first + perMillisecond)
      .executeTakeFirstOrThrow()
    if (last === null) return first
    if (last < first + perMillisecond - 1) return last + 1
    first += perMillisecond
  }
}

type Texts = { headline: string; secondary: string; body: string }

async function writeSearchRow(tx: Write, copy: SearchCopy, articleId: string, time: string, texts: Texts | null): Promise<void> {
  const current = await tx.read.selectFrom('search_rows').select('number').where('article_id', '=', articleId).where('copy', '=', copy).executeTakeFirst()
  if (current) {
    await tx.engine.writeSearch(tx, copy, current.number, null)
    await tx.deleteFrom('search_rows').where('article_id', '=', articleId).where('copy', '=', copy).execute()
  }
  if (!texts) return
  const number = await searchNumber(tx, copy, time, current?.number)
  await tx
    .insertInto('search_rows')
    .values({ copy, number, article_id: articleId, ...texts })
    .execute()
  await tx.engine.writeSearch(tx, copy, number, foldedTexts(texts))
}

// A sign that no query holds stands between texts that only happen to be neighbours: no phrase reaches over it.
const folded = (text: string) =>
  text
    .split('\n')
    .map((line) => words(line).join(' '))
    .join(` ${SEARCH_BOUNDARY} `)

const foldedTexts = ({ headline, secondary, body }: Texts): Texts => ({ headline: folded(headline), secondary: folded(secondary), body: folded(body) })

/** Takes an article out of search, before it is deleted. */
export async function removeSearchRows(tx: Write, { id, created_at }: ArticleTable): Promise<void> {
  for (const copy of ['public', 'working'] as const) await writeSearchRow(tx, copy, id, created_at, null)
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

/** Makes a working copy found by what it says now. */
export async function writeWorkingSearch(tx: Write, article: ArticleTable): Promise<void> {
  const sections = await sectionsOfArticle(tx.read, article.id)
  const texts = textsOf({ headline: article.headline, standfirst: article.standfirst, sections })
  await writeSearchRow(tx, 'working', article.id, article.published_at ?? article.created_at, texts)
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

/** Takes an article from what the public finds. */
export async function removePublicRows(tx: Write, { id, created_at }: ArticleTable): Promise<void> {
  for (const table of publicTables) await tx.deleteFrom(table).where('article_id', '=', id).execute()
  await writeSearchRow(tx, 'public', id, created_at, null)
}

/** Makes the rows by which the public finds an article those of an edition. */
export async function writePublicRows(tx: Write, article: ArticleTable, edition: Article): Promise<void> {
  // The rows hold the topics above those named, so the tree must stay as it is.
  await tx.lock(['topics'], true)
  await removePublicRows(tx, article)
  const topicIds = await topicsWithAncestors(
    tx,
    edition.topics.map(({ id }) => id),
  )
  const rows = publicRows(edition, topicIds)
  for (const table of publicTables) await insertRows(tx, table, rows[table])
  for (const topicId of topicIds) await markSlugPublic(tx, 'topic', topicId)
  for (const { author_id } of rows.public_article_authors) await markSlugPublic(tx, 'author', author_id)
  await markSlugPublic(tx, 'article', article.id, edition.slug)
  await writeSearchRow(tx, 'public', article.id, edition.publishedAt as string, textsOf(edition))
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
  async function search(copy: SearchCopy, articleId: string, time: string, texts: Texts, words: Texts): Promise<void> {
    let number = await searchNumber(tx, copy, time, undefined)
    while (indexed[copy].has(number)) number++
    indexed[copy].set(number, words)
    rows.search_rows.push({ copy, number, article_id: articleId, ...texts })
  }
  for (const { row, sections, edition } of articles) {
    const texts = textsOf({ ...row, sections })
    const words = foldedTexts(texts)
    await search('working', row.id, row.published_at ?? row.created_at, texts, words)
    if (!edition) continue
    const isSame = edition.headline === row.headline && edition.standfirst === row.standfirst && saysTheSame(edition.sections, sections)
    const publicTexts = isSame ? texts : textsOf(edition)
    await search('public', row.id, edition.publishedAt as string, publicTexts, isSame ? words : foldedTexts(publicTexts))
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
