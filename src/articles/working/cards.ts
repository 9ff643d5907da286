import { authorsOfArticles } from '../../authors/store.ts'
import type { Read } from '../../database/engine.ts'
import { fromJson, inPieces, pick } from '../../database/values.ts'
import type { ArticleCard } from '../../highlight-lists/card-schemas.ts'
import type { TargetArticle } from '../../highlight-lists/present.ts'
import { topicsOfArticles } from '../../topics/store.ts'
import { articleUrl } from './addresses.ts'
import { digestsOf } from './digests.ts'
import type { Article } from './schemas.ts'

/** What is shown of an article where another leads to it. */
export const cardOf = (article: Article): ArticleCard =>
  pick(article, 'id', 'slug', 'headline', 'kicker', 'standfirst', 'excerpt', 'readingTime', 'leadImage', 'authors', 'topics', 'publishedAt', 'updatedAt', 'url')

const columns = [
  'id',
  'slug',
  'status',
  'language',
  'headline',
  'kicker',
  'standfirst',
  'lead_image',
  'word_count',
  'canonical_url',
  'published_at',
  'updated_at',
] as const

async function cardRows(read: Read, ids: readonly string[]) {
  const rows = await inPieces([...new Set(ids)], (piece) => read.selectFrom('articles').select(columns).where('id', 'in', piece).execute())
  return rows
}

/** What editors see of the articles that an article's own lists lead to. */
export async function workingTargets(read: Read, ids: readonly string[]): Promise<Map<string, TargetArticle>> {
  return new Map((await cardRows(read, ids)).map((row) => [row.id, { slug: row.slug, isPublic: row.status === 'published' }]))
}

/** Articles with their cards, as freestanding lists and `related` show them to editors. @param site the pattern of `PUBLIC_SITE_URL` */
export async function workingCards(read: Read, ids: readonly string[], site: string | null): Promise<Map<string, TargetArticle>> {
  const rows = await cardRows(read, ids)
  const found = rows.map(({ id }) => id)
  const [authors, topics] = [await authorsOfArticles(read, found), await topicsOfArticles(read, found)]
  const digests = await digestsOf(read, rows)
  return new Map(
    rows.map((row) => {
      const own = topics.get(row.id) ?? []
      const card = {
        id: row.id,
        slug: row.slug,
        headline: row.headline,
        kicker: row.kicker,
        standfirst: row.standfirst,
        ...digests.get(row.id),
        leadImage: fromJson<never>(row.lead_image),
        authors: authors.get(row.id) ?? [],
        topics: own,
        publishedAt: row.published_at,
        updatedAt: row.updated_at,
        url: articleUrl(site, { id: row.id, slug: row.slug, canonicalUrl: row.canonical_url, publishedAt: row.published_at, topics: own }),
      }
      return [row.id, { slug: row.slug, isPublic: row.status === 'published', card }]
    }),
  )
}
