import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { ownAddress, storiesThatSay } from '../articles/public/own-addresses.ts'
import { namesIn, originAt, originOf, someOrigin } from '../articles/working/addresses.ts'
import type { HeldAlias } from '../articles/working/aliases.ts'
import { pageAt } from '../articles/working/links.ts'
import type { Read } from '../database/engine.ts'
import { fetchPage, type PageRequest, type Rows } from '../database/pages.ts'
import { idsOfReferences } from '../database/slugs.ts'
import { inPieces } from '../database/values.ts'
import type { Redirect } from './schemas.ts'

/** The slugs or the id of the story that may be at a path now; none where none can be, by the pattern. */
function namesAt(path: string, site: string | null): string[] {
  const page = site === null ? null : pageAt(someOrigin(site) + path)
  return page ? namesIn(page, site as string) : []
}

/** The path of an address, and its query, in their one form. */
const pathOf = (address: string) => ownAddress(address).replace(/^[^/]*/, '')

/** Whether a public story is at one of these paths now, by the pattern or by what it says of itself. */
export async function isTaken(read: Read, paths: readonly string[], site: string | null): Promise<boolean> {
  if (site === null) return false
  const names = new Set(paths.flatMap((path) => namesAt(path, site)))
  const named = await idsOfReferences(read, 'article', [...names], true)
  const addresses = paths.flatMap((path) => [path, someOrigin(site) + path])
  const ids = [...named, ...(await storiesThatSay(read, addresses))]
  const own = new Set(addresses.map(ownAddress))
  return [...(await publicCards(read, ids, site)).values()].some(({ card }) => card?.url && (own.has(ownAddress(card.url)) || own.has(pathOf(card.url))))
}

/** Redirects, and the keys of all that they show. */
export type Shown = { redirects: Redirect[]; keys: string[] }

/**
 * Where old addresses of public stories lead, in this order; those where a story is now lead nowhere.
 * @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function presentRedirects(read: Read, held: readonly HeldAlias[], site: string | null): Promise<Shown> {
  const holders = await publicCards(
    read,
    held.map(({ articleId }) => articleId),
    site,
  )
  const addressed = held.flatMap(({ path, articleId, tried = [path] }) => {
    const { slug, card } = holders.get(articleId) ?? {}
    const origin = card && originAt(site, { ...card, canonicalUrl: null })
    return slug && card ? [{ path, slug, card, paths: tried, addresses: tried.map((one) => `${origin}${one}`) }] : []
  })
  const names = addressed.flatMap(({ paths }) => paths.flatMap((path) => namesAt(path, site)))
  const there = await idsOfReferences(read, 'article', [...new Set(names)], true)
  if (site !== null)
    there.push(
      ...(await storiesThatSay(
        read,
        addressed.flatMap(({ paths, addresses }) => [...paths, ...addresses]),
      )),
    )
  const others = await publicCards(
    read,
    there.filter((id) => !holders.has(id)),
    site,
  )
  const cards = new Map([...holders, ...others])
  // Of a host that is made of the story one that comes may be any.
  const placeOf = site !== null && someOrigin(site) !== originOf(site) ? pathOf : ownAddress
  const taken = new Set([...cards.values()].flatMap(({ card }) => (card?.url ? [placeOf(card.url)] : [])))
  const redirects = addressed.flatMap(({ path, slug, card: { id, url, headline }, addresses }): Redirect[] =>
    addresses.some((address) => taken.has(placeOf(address)))
      ? []
      : [{ path, status: 308, url, apiUrl: `/v1/articles/${slug}`, article: { id, slug, headline } }],
  )
  return { redirects, keys: keysOfCards(cards) }
}

/** A page of the old addresses of public stories, in order. */
export async function pageOfAliases(read: Read, page: PageRequest): Promise<Rows<HeldAlias>> {
  const query = read.selectFrom('article_aliases').innerJoin('public_articles', 'public_articles.article_id', 'article_aliases.article_id')
  const found = await fetchPage(query, 'path', 'path', page)
  const paths = found.data.map(({ id }) => id)
  const rows = await inPieces(paths, (piece) => read.selectFrom('article_aliases').select(['path', 'article_id']).where('path', 'in', piece).execute())
  const owners = new Map(rows.map(({ path, article_id }) => [path, article_id]))
  return { ...found, data: paths.map((path) => ({ path, articleId: owners.get(path) as string })) }
}
