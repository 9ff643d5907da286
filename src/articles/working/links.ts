import { oneForm } from '../../copy/urls.ts'
import { linksOf } from '../../sections/text.ts'
import type { Article } from './schemas.ts'

/** A page that is linked to: its address without scheme, `www.`, query and fragment, and its query, with `?`, or empty. */
export type Page = { page: string; query: string }

/** Where something of a copy leads to: the text of a section, an item of a highlight list (its id, and no anchor), or a related item (neither). */
export type TextLink = Page & { section_id: string; anchor: string }

type Item = { target: { type: string; url?: string } | null }

/** What of a copy may lead to an address. */
export type Linking = { sections: Article['sections']; highlightLists: readonly { id: string; items: readonly Item[] }[]; related: readonly Item[] }

// Far more than any story has; what they cost is bounded so.
const mostLinks = 1000
// What an index of a database takes as a key.
const longestAddress = 2000

/** A page by its address, in one form; null for one that is none, or too long. */
export function pageAt(address: string): Page | null {
  const url = URL.parse(address)
  if (!url) return null
  const page = url.host.replace(/^www\./, '') + oneForm(url.pathname).replace(/\/$/, '')
  const query = oneForm(url.search)
  return page.length + query.length > longestAddress ? null : { page, query }
}

/** What a slug or an id may be in an address: its host and the last part of its path, without its ending; null where that is none. */
export function tailOf(page: string): string | null {
  const [, host, name] = /^([^/]+)\/(?:.*\/)?([a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[a-z]{1,5})?$/.exec(page) ?? []
  return name === undefined || name.length > 200 ? null : `${host}/${name}`
}

/** Where the items and texts of a copy lead to, of very many the first. */
export function textLinksOf({ sections, highlightLists, related }: Linking): TextLink[] {
  const links = new Map<string, TextLink>()
  const add = (section_id: string, anchor: string, addresses: readonly string[]) => {
    for (const address of addresses) {
      if (links.size >= mostLinks) return
      const found = pageAt(address)
      if (found) links.set(`${section_id} ${found.page}${found.query}`, { section_id, anchor, ...found })
    }
  }
  const addressesOf = (items: readonly Item[]) => items.flatMap(({ target }) => target?.url ?? [])
  add('', '', addressesOf(related))
  for (const { id, items } of highlightLists) add(id, '', addressesOf(items))
  for (const { id, anchor, body } of sections) if (links.size < mostLinks) add(id, anchor, linksOf(body, mostLinks))
  return [...links.values()]
}

/** The row of a link. */
export const textLinkRow = (articleId: string, copy: 'public' | 'working', { section_id, anchor, page, query }: TextLink) => ({
  article_id: articleId,
  copy,
  section_id,
  anchor,
  page,
  query,
  tail: tailOf(page),
})
