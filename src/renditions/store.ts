import { requirePublic } from '../articles/api/lookup.ts'
import { keysOfCards, publicCards } from '../articles/public/documents.ts'
import { firstThatSays, ownAddress } from '../articles/public/own-addresses.ts'
import { isOfSite, namesIn } from '../articles/working/addresses.ts'
import { holderOfAlias, withLess } from '../articles/working/aliases.ts'
import { type Page, pageAt } from '../articles/working/links.ts'
import type { Article } from '../articles/working/schemas.ts'
import { onePath } from '../copy/urls.ts'
import type { Read } from '../database/engine.ts'
import { idsOfReferences } from '../database/slugs.ts'
import { articlesOf } from '../highlight-lists/present.ts'
import type { Source } from './source.ts'

/** The ids that an address names by the site's pattern, also by old slugs: the one whose address it is first. */
async function byPattern(read: Read, page: Page, address: string, site: string): Promise<string[]> {
  const found = await idsOfReferences(read, 'article', namesIn(page, site), true)
  if (found.length < 2) return found
  const cards = await publicCards(read, found, site)
  const isAt = (id: string) => ownAddress(cards.get(id)?.card?.url ?? '') === ownAddress(address)
  return [...found.filter(isAt), ...found.filter((id) => !isAt(id))]
}

/** What a story says is its own address, of what an address may be: whole, or with less of its query, also as a path of the site. */
function ownAt(read: Read, { host, origin, pathname, search }: URL, site: string): ReturnType<typeof firstThatSays> {
  const paths = [...withLess(onePath(pathname + search)), pathname.replace(/\/$/, '')]
  return firstThatSays(
    read,
    paths.flatMap((path) => [origin + path, ...(isOfSite(host, site) && path !== '' ? [path] : [])]),
  )
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

/** The first of these stories that is public, else the first that was; null where there is none. @throws Problem 404, 410, 451 where none is public */
async function firstPublic(read: Read, ids: readonly (string | null | undefined)[]): Promise<string | null> {
  const found = ids.filter((id) => typeof id === 'string')
  const cards = await publicCards(read, found, null)
  const id = found.find((one) => cards.get(one)?.card) ?? found[0] ?? null
  if (id) await requirePublic(read, id)
  return id
}

/**
 * The public story whose address this is: by its `canonicalUrl`, by the pattern of the site, also with an old slug, or by an address
 * that it had elsewhere, on the site itself; what says more of the query goes before what says less. Null where it is nobody's.
 * @param site the pattern of `PUBLIC_SITE_URL` @throws Problem 404, 410, 451 where the public doesn't see the story
 */
export async function storyAt(read: Read, address: string, site: string): Promise<string | null> {
  const [page, url] = [pageAt(address), URL.parse(address)]
  if (!page || !url) return null
  const alias = isOfSite(url.host, site) ? await holderOfAlias(read, url.pathname + url.search, true) : null
  const own = await ownAt(read, url, site)
  const queryOf = (found: string | undefined) => found?.split(/\?(.*)/s)[1] ?? ''
  const [ownQuery, oldQuery] = [queryOf(own?.address), queryOf(alias?.path)]
  const isOlds = oldQuery !== '' && !site.includes('?') && oldQuery.length > ownQuery.length
  return firstPublic(read, [
    isOlds ? alias?.articleId : null,
    ownQuery !== '' || own?.address === url.origin + onePath(url.pathname + url.search) ? own?.id : null,
    ...(await byPattern(read, page, address, site)),
    own?.id,
    alias?.articleId,
  ])
}
