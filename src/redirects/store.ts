import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { originAt } from '../articles/working/addresses.ts'
import type { HeldAlias } from '../articles/working/aliases.ts'
import type { Read } from '../database/engine.ts'
import { fetchPage, type PageRequest, type Rows } from '../database/pages.ts'
import { inPieces } from '../database/values.ts'
import type { TargetArticle } from '../highlight-lists/present.ts'
import type { Redirect } from './schemas.ts'

/** A redirect to a public story; none where the old address is where it is now. @param target the story as the public sees it */
function redirectOf(path: string, { slug, card }: TargetArticle, site: string | null): Redirect[] {
  const { url, ...own } = card as NonNullable<TargetArticle['card']>
  const isThere = url !== null && url.replace(/#.*/, '') === `${originAt(site, { ...own, canonicalUrl: null })}${path}`
  return isThere ? [] : [{ path, status: 308, url, apiUrl: `/v1/articles/${slug}`, article: { id: own.id, slug, headline: own.headline } }]
}

/** Redirects, and the keys of all that they show. */
export type Shown = { redirects: Redirect[]; keys: string[] }

/** Where old addresses of public stories lead, in this order. @param site the pattern of `PUBLIC_SITE_URL` */
export async function presentRedirects(read: Read, held: readonly Pick<HeldAlias, 'path' | 'articleId'>[], site: string | null): Promise<Shown> {
  const cards = await publicCards(
    read,
    held.map(({ articleId }) => articleId),
    site,
  )
  const redirects = held.flatMap(({ path, articleId }) => {
    const target = cards.get(articleId)
    return target ? redirectOf(path, target, site) : []
  })
  return { redirects, keys: keysOfCards(cards) }
}

/** A page of the old addresses of public stories, in order. */
export async function pageOfAliases(read: Read, page: PageRequest): Promise<Rows<Pick<HeldAlias, 'path' | 'articleId'>>> {
  const query = read.selectFrom('article_aliases').innerJoin('public_articles', 'public_articles.article_id', 'article_aliases.article_id')
  const found = await fetchPage(query, 'path', 'path', page)
  const paths = found.data.map(({ id }) => id)
  const rows = await inPieces(paths, (piece) => read.selectFrom('article_aliases').select(['path', 'article_id']).where('path', 'in', piece).execute())
  const owners = new Map(rows.map(({ path, article_id }) => [path, article_id]))
  return { ...found, data: paths.map((path) => ({ path, articleId: owners.get(path) as string })) }
}
