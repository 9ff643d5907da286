import { SEARCH_BOUNDARY, words } from '../copy/words.ts'
import type { Write } from '../database/connect.ts'
import type { SearchCopy } from '../database/engine.ts'
import { markSlugPublic } from '../database/slugs.ts'
import type { ArticleTable } from '../database/tables.ts'
import { chunked } from '../database/values.ts'
import type { EventType } from '../events/types.ts'
import { recordRevision } from '../revisions/store.ts'
import { sectionsOfArticle } from '../sections/store.ts'
import { textOf } from '../sections/text.ts'
import { workingCopy } from './store.ts'

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

async function writeSearchRow(tx: Write, copy: SearchCopy, article: ArticleTable, texts: Texts | null): Promise<void> {
  const current = await tx.read.selectFrom('search_rows').select('number').where('article_id', '=', article.id).where('copy', '=', copy).executeTakeFirst()
  if (current) {
    await tx.engine.writeSearch(tx, copy, current.number, null)
    await tx.deleteFrom('search_rows').where('article_id', '=', article.id).where('copy', '=', copy).execute()
  }
  if (!texts) return
  const number = await searchNumber(tx, copy, article.published_at ?? article.created_at, current?.number)
  await tx
    .insertInto('search_rows')
    .values({ copy, number, article_id: article.id, ...texts })
    .execute()
  // A sign that no query holds stands between texts that only happen to be neighbours: no phrase reaches over it.
  const folded = (text: string) =>
    text
      .split('\n')
      .map((line) => words(line).join(' '))
      .join(` ${SEARCH_BOUNDARY} `)
  await tx.engine.writeSearch(tx, copy, number, { headline: folded(texts.headline), secondary: folded(texts.secondary), body: folded(texts.body) })
}

/** Takes an article out of search, before it is deleted. */
export async function removeSearchRows(tx: Write, article: ArticleTable): Promise<void> {
  for (const copy of ['public', 'working'] as const) await writeSearchRow(tx, copy, article, null)
}

async function writeSearchRows(tx: Write, article: ArticleTable): Promise<void> {
  const sections = await sectionsOfArticle(tx.read, article.id)
  const lines = (texts: (string | null)[]) => texts.filter(Boolean).join('\n')
  const texts = {
    headline: article.headline,
    secondary: lines([article.standfirst, ...sections.map(({ heading }) => heading)]),
    body: lines(sections.map(({ body }) => textOf(body))),
  }
  await writeSearchRow(tx, 'working', article, texts)
  await writeSearchRow(tx, 'public', article, article.status === 'published' ? texts : null)
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

async function writeTopicRows(tx: Write, articleId: string, publishedAt: string): Promise<void> {
  await tx.deleteFrom('public_article_topics').where('article_id', '=', articleId).execute()
  const named = await tx.read.selectFrom('article_topics').select('topic_id').where('article_id', '=', articleId).execute()
  for (const topicId of await topicsWithAncestors(
    tx,
    named.map((row) => row.topic_id),
  )) {
    await tx.insertInto('public_article_topics').values({ topic_id: topicId, published_at: publishedAt, article_id: articleId }).execute()
    await markSlugPublic(tx, 'topic', topicId)
  }
}

/** Makes the public's rows of an article what it is now; none where it isn't public. */
export async function writePublicRows(tx: Write, article: ArticleTable): Promise<void> {
  // The rows hold the topics above those named, so the tree must stay as it is.
  await tx.lock(['topics'], true)
  for (const table of ['public_articles', 'public_article_topics', 'public_article_authors'] as const)
    await tx.deleteFrom(table).where('article_id', '=', article.id).execute()
  if (article.status !== 'published' || article.published_at === null) return
  const { id, headline, language, genre, created_at, updated_at, published_at } = article
  await tx.insertInto('public_articles').values({ article_id: id, headline, language, genre, created_at, updated_at, published_at }).execute()
  await writeTopicRows(tx, id, published_at)
  const authors = await tx.read.selectFrom('article_authors').select('author_id').distinct().where('article_id', '=', id).execute()
  for (const { author_id } of authors) {
    await tx.insertInto('public_article_authors').values({ author_id, published_at, article_id: id }).execute()
    await markSlugPublic(tx, 'author', author_id)
  }
  await markSlugPublic(tx, 'article', id)
}

/** Follows a topic that moved in the tree: the public rows of all articles under it. */
export async function refreshTopicRows(tx: Write, topicIds: readonly string[]): Promise<void> {
  const articles = new Map<string, string>()
  for (const ids of chunked(topicIds)) {
    const rows = await tx.read
      .selectFrom('article_topics')
      .innerJoin('public_articles', 'public_articles.article_id', 'article_topics.article_id')
      .select(['public_articles.article_id', 'public_articles.published_at'])
      .where('topic_id', 'in', ids)
      .execute()
    for (const row of rows) articles.set(row.article_id, row.published_at)
  }
  for (const [articleId, publishedAt] of articles) await writeTopicRows(tx, articleId, publishedAt)
}

/**
 * Records that an article or one of its parts changed: its revision rises, and what is derived from it follows.
 * @param events the types of the article's own events
 * @returns the article as it is now
 */
export async function touch(tx: Write, articleId: string, events: readonly EventType[] = ['article.updated']): Promise<ArticleTable> {
  const before = await tx.read.selectFrom('articles').selectAll().where('id', '=', articleId).executeTakeFirstOrThrow()
  const revision = before.revision + 1
  const { count } = await tx.read
    .selectFrom('sections')
    .select(({ fn }) => fn.sum<number | null>('word_count').as('count'))
    .where('article_id', '=', articleId)
    .executeTakeFirstOrThrow()
  const values = { revision, published_revision: before.status === 'published' ? revision : null, updated_at: tx.now, word_count: Number(count ?? 0) }
  await tx.updateTable('articles').set(values).where('id', '=', articleId).execute()
  const article = { ...before, ...values }
  for (const type of events) tx.append({ type, subject: { type: 'article', id: articleId } })
  await writeDerived(tx, article)
  await recordRevision(tx, await workingCopy(tx.read, article, tx.author.site ?? null))
  return article
}

/** Writes what is derived from an article: public rows and search rows. */
export async function writeDerived(tx: Write, article: ArticleTable): Promise<void> {
  await writePublicRows(tx, article)
  await writeSearchRows(tx, article)
}
