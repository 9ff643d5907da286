import { authorsOfArticles } from '../authors/store.ts'
import type { Read } from '../database/engine.ts'
import { inOrder } from '../database/pages.ts'
import type { ArticleTable } from '../database/tables.ts'
import { chunked, fromJson, groupBy } from '../database/values.ts'
import { articlesOf, presentList, presentTarget, type TargetArticle } from '../highlight-lists/present.ts'
import { listsOfArticles, type StoredTarget } from '../highlight-lists/store.ts'
import { sectionsOfArticles } from '../sections/store.ts'
import { topicsOfArticles } from '../topics/store.ts'
import { cardsOf, keysOfCards, targetsOf } from './cards.ts'
import { type Article, leftOutOfRows, type Related } from './schemas.ts'
import { articleUrl, shareOf } from './urls.ts'

export type StoredRelated = { relation: Related['relation']; text: string | null; target: Exclude<StoredTarget, { type: 'section' }> | null }

/** An article as it is answered, with what its answer's headers need. */
export type Document = { id: string; article: Partial<Article> & { id: string; revision: number }; isPartial: boolean; keys: string[] }

/** Which parts to load besides those of every row: all for a whole article. */
export type Parts = ReadonlySet<string>

export const allParts: Parts = new Set<string>(leftOutOfRows)

/** What articles lead to besides their lists, in order. */
export async function relatedOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, StoredRelated[]>> {
  const rows = []
  for (const ids of chunked(articleIds))
    rows.push(...(await read.selectFrom('related').selectAll().where('article_id', 'in', ids).orderBy('article_id').orderBy('position').execute()))
  return new Map(
    [...groupBy(rows, (row) => row.article_id)].map(([id, own]) => [
      id,
      own.map((row): StoredRelated => {
        let target: StoredRelated['target'] = null
        if (row.target_type === 'url' && row.target_url) target = { type: 'url', url: row.target_url }
        if (row.target_type === 'article' && row.target_article_id) target = { type: 'article', id: row.target_article_id }
        return { relation: row.relation, text: row.text, target }
      }),
    ]),
  )
}

function presentRelated(
  items: readonly StoredRelated[],
  cards: ReadonlyMap<string, TargetArticle>,
  isPublic: boolean,
): { value: Related[]; isPartial: boolean } {
  const value = items.flatMap(({ relation, text, target }) => {
    const shown = presentTarget(target, cards, isPublic)
    return shown || !target ? [{ relation, text, target: shown }] : []
  })
  return { value, isPartial: value.length < items.length }
}

function ownProperties(row: ArticleTable) {
  return {
    id: row.id,
    revision: row.revision,
    slug: row.slug,
    status: row.status,
    publishedRevision: row.published_revision,
    language: row.language,
    headline: row.headline,
    alternativeHeadline: row.alternative_headline,
    kicker: row.kicker,
    standfirst: row.standfirst,
    slugline: row.slugline,
    dateline: row.dateline,
    genre: row.genre,
    leadImage: fromJson<Article['leadImage']>(row.lead_image),
  }
}

/**
 * Articles as they are answered, in the order of `rows`, each kind of part in one query for all of them.
 * @param shows the public edition, or the working copy with what only editors see
 * @param parts which of the parts that rows leave out to load
 * @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function documentsOf(
  read: Read,
  rows: readonly ArticleTable[],
  shows: 'public' | 'working',
  parts: Parts,
  site: string | null,
): Promise<Document[]> {
  const ids = rows.map(({ id }) => id)
  const isPublic = shows === 'public'
  const authors = await authorsOfArticles(read, ids)
  const topics = await topicsOfArticles(read, ids)
  const sections = parts.has('sections') ? await sectionsOfArticles(read, ids) : null
  const lists = parts.has('highlightLists') ? await listsOfArticles(read, ids) : null
  const related = parts.has('related') ? await relatedOfArticles(read, ids) : null
  const counts =
    isPublic && parts.has('commentCount') && ids.length > 0 ? await read.selectFrom('comment_counts').selectAll().where('article_id', 'in', ids).execute() : []
  const approved = new Map(counts.map((row) => [row.article_id, row.approved]))
  const targets = lists
    ? await targetsOf(
        read,
        [...lists.values()].flat().flatMap(({ items }) => articlesOf(items)),
      )
    : new Map()
  const cards = related
    ? await cardsOf(
        read,
        [...related.values()].flat().flatMap(({ target }) => (target?.type === 'article' ? [target.id] : [])),
        site,
      )
    : new Map()

  return rows.map((row): Document => {
    const ownAuthors = authors.get(row.id) ?? []
    const ownTopics = topics.get(row.id) ?? []
    const presentedLists = (lists?.get(row.id) ?? []).map((list) => presentList(list, targets, isPublic))
    const presentedRelated = presentRelated(related?.get(row.id) ?? [], cards, isPublic)
    const url = articleUrl(site, { id: row.id, slug: row.slug, canonicalUrl: row.canonical_url, publishedAt: row.published_at, topics: ownTopics })
    const shownTargets = presentedLists.flatMap(({ value }) => value.items.flatMap(({ target }) => (target?.type === 'article' ? [target.id] : [])))
    const shownCards = new Map(
      presentedRelated.value.flatMap(({ target }) => (target?.type === 'article' ? [[target.id, cards.get(target.id)]] : [])) as [string, TargetArticle][],
    )
    const article = {
      ...ownProperties(row),
      authors: ownAuthors,
      topics: ownTopics,
      ...(sections ? { sections: sections.get(row.id) ?? [] } : {}),
      ...(lists ? { highlightLists: presentedLists.map(({ value }) => value) } : {}),
      ...(related ? { related: presentedRelated.value } : {}),
      source: fromJson<Article['source']>(row.source),
      ...(parts.has('copyright') ? { copyright: fromJson<Article['copyright']>(row.copyright) } : {}),
      seo: fromJson<Article['seo']>(row.seo),
      commentPolicy: row.comment_policy,
      ...(isPublic && parts.has('commentCount') ? { commentCount: approved.get(row.id) ?? 0 } : {}),
      wordCount: row.word_count,
      ...(parts.has('corrections') ? { corrections: JSON.parse(row.corrections) } : {}),
      ...(parts.has('custom') ? { custom: JSON.parse(row.custom) } : {}),
      url,
      canonicalUrl: row.canonical_url,
      ...(parts.has('share') ? { share: shareOf(url, row.headline) } : {}),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      publishedAt: row.published_at,
      ...(isPublic ? {} : { editorNote: row.editor_note, externalId: row.external_id }),
    }
    const keys = [
      `article:${row.id}`,
      ...ownAuthors.map(({ id }) => `author:${id}`),
      ...ownTopics.map(({ id }) => `topic:${id}`),
      ...presentedLists.map(({ value }) => `highlight-list:${value.id}`),
      ...shownTargets.map((id) => `article:${id}`),
      ...keysOfCards(shownCards),
    ]
    return { id: row.id, article, keys, isPartial: presentedRelated.isPartial || presentedLists.some((list) => list.isPartial) }
  })
}

/** Articles by their ids, in this order. */
export async function documentsById(read: Read, ids: readonly string[], shows: 'public' | 'working', parts: Parts, site: string | null): Promise<Document[]> {
  const rows: ArticleTable[] = []
  for (const piece of chunked(ids)) rows.push(...(await read.selectFrom('articles').selectAll().where('id', 'in', piece).execute()))
  return documentsOf(read, inOrder(ids, rows), shows, parts, site)
}

/** One article, whole, as editors change it. */
export async function workingCopy(read: Read, row: ArticleTable, site: string | null): Promise<Article> {
  const [document] = await documentsOf(read, [row], 'working', allParts, site)
  return document?.article as Article
}
