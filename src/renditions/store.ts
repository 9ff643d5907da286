import { requirePublic } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { storiesThatSay } from '../articles/public/own-addresses.ts'
import { nameIn } from '../articles/working/addresses.ts'
import { holderOfAlias } from '../articles/working/aliases.ts'
import { type Page, pageAt } from '../articles/working/links.ts'
import type { Article } from '../articles/working/schemas.ts'
import type { Read } from '../database/engine.ts'
import { isId, slugOwner } from '../database/slugs.ts'
import { articlesOf } from '../highlight-lists/present.ts'
import type { Source } from './source.ts'

/** The id that an address names by the site's pattern, also by an old slug; null where it is no such address. */
async function byPattern(read: Read, page: Page, site: string): Promise<string | null> {
  const name = nameIn(page, site)
  if (name === null) return null
  if (isId(name)) return name.toLowerCase()
  const owner = await slugOwner(read, 'article', name)
  return owner?.was_public ? owner.owner_id : null
}

const isOfSite = (host: string, site: string) => URL.parse(site.replace(/\{\w+\}/g, 'x'))?.host === host

/** The id that an address names by one that its story had elsewhere, on the site itself. */
async function byAlias(read: Read, address: string, site: string): Promise<string | null> {
  const { host, pathname, search } = new URL(address)
  if (!isOfSite(host, site)) return null
  return (await holderOfAlias(read, pathname + search, true))?.articleId ?? null
}

/** The id of the public story that says that an address is its own: whole, or as a path of the site. @param query whether with it, or without */
async function byOwnAddress(read: Read, address: string, site: string, query: 'with-query' | 'without-query'): Promise<string | null> {
  const { origin, host, pathname, search } = new URL(address)
  const paths = query === 'with-query' ? [pathname + search] : [pathname, pathname.replace(/\/$/, '')]
  const [first = null] = await storiesThatSay(read, [...paths.map((path) => origin + path), ...(isOfSite(host, site) ? paths : [])])
  return first
}

/** The public stories that highlights lead to, as renditions name them, by id, and the keys of what they show of them. */
export async function highlightedStories(
  read: Read,
  articles: readonly Pick<Article, 'highlightLists'>[],
  site: string | null,
): Promise<{ targets: Source['targets']; keys: string[] }> {
  const ids = articles.flatMap(({ highlightLists }) => highlightLists.flatMap(({ items }) => articlesOf(items)))
  const cards = await publicCards(read, ids, site)
  return { targets: new Map([...cards].flatMap(([id, { card }]) => (card ? [[id, card]] : []))), keys: keysOfCards(cards) }
}

/**
 * The public story whose address this is: by its `canonicalUrl`, by the pattern of the site, also with an old slug, or by an address
 * that it had elsewhere;
 * null where it is nobody's.
 * @param site the pattern of `PUBLIC_SITE_URL` @throws Problem 404, 410, 451 where the public doesn't see the story
 */
export async function storyAt(read: Read, address: string, site: string): Promise<string | null> {
  const page = pageAt(address)
  const id =
    page &&
    ((await byOwnAddress(read, address, site, 'with-query')) ??
      (await byPattern(read, page, site)) ??
      (await byOwnAddress(read, address, site, 'without-query')) ??
      (await byAlias(read, address, site)))
  if (id) await requirePublic(read, id)
  return id
}
