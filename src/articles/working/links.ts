import { oneForm } from '../../copy/urls.ts'
import { linksOf } from '../../sections/text.ts'
import type { Article } from './schemas.ts'

/** A page that is linked to: its address without scheme, `www.`, query and fragment, and its query, with `?`, or empty. */
export type Page = { page: string; query: string }

/** Where the text of a section links to. */
export type TextLink = Page & { section_id: string; anchor: string }

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

/** Where the texts of a copy link to, of very many the first. */
export function textLinksOf(sections: Article['sections']): TextLink[] {
  const links = new Map<string, TextLink>()
  for (const { id, anchor, body } of sections) {
    if (links.size >= mostLinks) break
    for (const address of linksOf(body, mostLinks)) {
      const found = pageAt(address)
      if (found && links.size < mostLinks) links.set(`${id} ${found.page}${found.query}`, { section_id: id, anchor, ...found })
    }
  }
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
