import { foldedLines } from '../../copy/words.ts'
import type { SearchCopy, Text } from '../../database/engine.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { addAll } from '../../database/values.ts'
import { articlesOf } from '../../highlight-lists/present.ts'
import { isFoundAlike, publicTexts, type SearchedParts, type SearchedTexts, searchedTextsOf } from '../working/copies.ts'
import { type Linking, textLinkRow, textLinksOf } from '../working/links.ts'
import type { Article } from '../working/schemas.ts'
import { ownAddress } from './own-addresses.ts'

/** They as folded words. */
export const foldedTexts = ({ headline, secondary, body }: SearchedTexts): SearchedTexts => ({
  headline: foldedLines(headline),
  secondary: foldedLines(secondary),
  body: foldedLines(body),
})

/** So many articles may share one millisecond, in the numbers of their search rows, before they spill into the next. */
export const perMillisecond = 2048

/** When a working copy is dated, among those that are found. */
export const dateOf = ({ published_at, created_at }: ArticleTable) => published_at ?? created_at

/** The articles that a story leads to: those of its highlight lists, and the related ones, which show their cards. */
export function targetsOf({ highlightLists = [], related = [] }: Partial<Pick<Article, 'highlightLists' | 'related'>>): {
  listed: string[]
  related: string[]
} {
  const listed: string[] = []
  for (const { items } of highlightLists) addAll(listed, articlesOf(items))
  return { listed, related: articlesOf(related) }
}

function targetRows(edition: Article) {
  const { listed, related } = targetsOf(edition)
  const rows = (ids: string[], has_card: number) => [...new Set(ids)].map((target_id) => ({ article_id: edition.id, target_id, has_card }))
  return [...rows(listed, 0), ...rows(related, 1)]
}

/** What sitemaps say of an edition, besides its times. */
export const sitemapColumns = ({ slug, topics, canonicalUrl, leadImage, seo }: Article) => ({
  slug,
  main_topic_id: topics[0]?.id ?? null,
  canonical_url: canonicalUrl,
  own_address: canonicalUrl && ownAddress(canonicalUrl),
  image_url: leadImage?.url ?? null,
  is_noindex: Number(seo?.noindex ?? false),
})

/** The month of a story, by its date. */
export const monthOf = (publishedAt: string) => publishedAt.slice(0, 7)

/** The rows by which the public finds an edition, but for its topics: those above the ones that it names are in the database. */
function publicRows(edition: Article) {
  const { id, headline, language, genre, createdAt, updatedAt } = edition
  const publishedAt = edition.publishedAt as string
  const authorIds = new Set(edition.authors.map((author) => author.id))
  return {
    public_articles: [
      {
        article_id: id,
        headline,
        language,
        genre,
        created_at: createdAt,
        updated_at: updatedAt,
        published_at: publishedAt,
        correction_count: edition.corrections.length,
        ...sitemapColumns(edition),
      },
    ],
    public_article_authors: [...authorIds].map((author_id) => ({ author_id, published_at: publishedAt, article_id: id })),
    public_article_targets: targetRows(edition),
  }
}

/** What the public finds an edition by; `topicIds` are those that it names. */
export function publicEntryOf(edition: Article) {
  return { publishedAt: edition.publishedAt as string, topicIds: edition.topics.map(({ id }) => id), rows: publicRows(edition) }
}

export type PublicEntry = ReturnType<typeof publicEntryOf>

/** What an article is found by that had no such rows before. */
export type IndexEntry = {
  articleId: string
  searched: { copy: SearchCopy; time: string; texts: Record<keyof SearchedTexts, Text>; folded: Record<keyof SearchedTexts, Text> }[]
  publicEntry: PublicEntry | null
  links: ReturnType<typeof textLinkRow>[]
}

/** What a new article is found by: its public edition, if there is one, and its working copy, where that says something else. */
export function indexEntryOf(row: ArticleTable, parts: SearchedParts, edition: Article | null): IndexEntry {
  const search = (copy: SearchCopy, time: string, texts: SearchedTexts) => ({ copy, time, texts, folded: foldedTexts(texts) })
  const isPublicAsItStands = edition !== null && edition.publishedAt === dateOf(row) && isFoundAlike(row, edition, parts)
  const searched = isPublicAsItStands ? [] : [search('working', dateOf(row), searchedTextsOf(row, parts))]
  const linksIn = (copy: SearchCopy, own: Linking) => textLinksOf(own).map((link) => textLinkRow(row.id, copy, link))
  if (!edition) return { articleId: row.id, searched, publicEntry: null, links: linksIn('working', parts) }
  const publicEntry = publicEntryOf(edition)
  return {
    articleId: row.id,
    searched: [...searched, search('public', publicEntry.publishedAt, publicTexts(edition))],
    publicEntry,
    links: [...linksIn('working', parts), ...linksIn('public', edition)],
  }
}
