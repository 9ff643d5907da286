import { authorsOfArticles } from '../../authors/store.ts'
import type { Read } from '../../database/engine.ts'
import { inOrder } from '../../database/pages.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { fromJson, groupBy, inPieces } from '../../database/values.ts'
import { articlesOf, presentList, presentTarget, type TargetArticle } from '../../highlight-lists/present.ts'
import { listsOfArticles, type StoredTarget } from '../../highlight-lists/store.ts'
import { sectionsOfArticles } from '../../sections/store.ts'
import { topicsOfArticles } from '../../topics/store.ts'
import { articleUrl, shareOf } from './addresses.ts'
import { workingCards, workingTargets } from './cards.ts'
import { scheduleOf } from './schedule.ts'
import { type Article, leftOutOfRows, type Related } from './schemas.ts'

export type StoredRelated = { relation: Related['relation']; text: string | null; target: Exclude<StoredTarget, { type: 'section' }> | null }

/** An article as it is answered, with what its answer's headers need. */
export type Document = {
  id: string
  article: Partial<Article> & { id: string; revision: number }
  isPartial: boolean
  keys: string[]
  /** The keys of what it leads to and doesn't show. */
  dependsOn?: string[]
  /** The ids of the articles that it leaves out since they aren't public. */
  hidden?: string[]
  /** Its sections as JSON, in the place of the empty ones that it shows. */
  sections?: string | null
}

/** Which parts to load besides those of every row: all for a whole article. */
export type Parts = ReadonlySet<string>

export const allParts: Parts = new Set<string>(leftOutOfRows)

/** What articles lead to besides their lists, in order. */
export async function relatedOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, StoredRelated[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read.selectFrom('related').selectAll().where('article_id', 'in', ids).orderBy('article_id').orderBy('position').execute(),
  )
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

/** Related items as the API shows them; in public those whose article isn't are left out. */
export function presentRelated(
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

/** The parts of an article that are rows of their own. */
export type ArticleParts = {
  authors: Article['authors']
  topics: Article['topics']
  sections?: Article['sections']
  highlightLists?: Article['highlightLists']
  related?: Related[]
}

/** A working copy made of its row and its parts. @param parts which of those that rows leave out it has */
export function articleOf(row: ArticleTable, own: ArticleParts, parts: Parts, site: string | null): Article {
  const url = articleUrl(site, { id: row.id, slug: row.slug, canonicalUrl: row.canonical_url, publishedAt: row.published_at, topics: own.topics })
  return {
    ...ownProperties(row),
    ...own,
    source: fromJson<Article['source']>(row.source),
    ...(parts.has('copyright') ? { copyright: fromJson<Article['copyright']>(row.copyright) } : {}),
    seo: fromJson<Article['seo']>(row.seo),
    commentPolicy: row.comment_policy,
    wordCount: row.word_count,
    ...(parts.has('corrections') ? { corrections: JSON.parse(row.corrections) } : {}),
    ...(parts.has('custom') ? { custom: JSON.parse(row.custom) } : {}),
    url,
    canonicalUrl: row.canonical_url,
    ...(parts.has('share') ? { share: shareOf(url, row.headline) } : {}),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    publishedAt: row.published_at,
    hasUnpublishedChanges: Boolean(row.has_unpublished_changes),
    editorNote: row.editor_note,
    embargoUntil: row.embargo_until,
    externalId: row.external_id,
    schedule: scheduleOf(row),
  } as Article
}

/**
 * Working copies, in the order of `rows`, each kind of part in one query for all of them.
 * @param parts which of the parts that rows leave out to load
 * @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function workingDocuments(read: Read, rows: readonly ArticleTable[], parts: Parts, site: string | null): Promise<Document[]> {
  const ids = rows.map(({ id }) => id)
  const authors = await authorsOfArticles(read, ids)
  const topics = await topicsOfArticles(read, ids)
  const sections = parts.has('sections') ? await sectionsOfArticles(read, ids) : null
  const lists = parts.has('highlightLists') ? await listsOfArticles(read, ids) : null
  const related = parts.has('related') ? await relatedOfArticles(read, ids) : null
  const targets = await workingTargets(
    read,
    [...(lists?.values() ?? [])].flat().flatMap(({ items }) => articlesOf(items)),
  )
  const cards = await workingCards(
    read,
    [...(related?.values() ?? [])].flat().flatMap(({ target }) => (target?.type === 'article' ? [target.id] : [])),
    site,
  )
  return rows.map((row): Document => {
    const own = {
      authors: authors.get(row.id) ?? [],
      topics: topics.get(row.id) ?? [],
      ...(sections ? { sections: sections.get(row.id) ?? [] } : {}),
      ...(lists ? { highlightLists: (lists.get(row.id) ?? []).map((list) => presentList(list, targets, false).value) } : {}),
      ...(related ? { related: presentRelated(related.get(row.id) ?? [], cards, false).value } : {}),
    }
    return { id: row.id, article: articleOf(row, own, parts, site), isPartial: false, keys: [] }
  })
}

/** Working copies by their ids, in this order. */
export async function workingDocumentsById(read: Read, ids: readonly string[], parts: Parts, site: string | null): Promise<Document[]> {
  const rows = await inPieces(ids, (piece) => read.selectFrom('articles').selectAll().where('id', 'in', piece).execute())
  return workingDocuments(read, inOrder(ids, rows), parts, site)
}

/** One article, whole, as editors change it. */
export async function workingCopy(read: Read, row: ArticleTable, site: string | null): Promise<Article> {
  const [document] = await workingDocuments(read, [row], allParts, site)
  return document?.article as Article
}
