import { type RawBuilder, sql } from 'kysely'
import { onePath } from '../../copy/urls.ts'
import type { Read, SearchCopy } from '../../database/engine.ts'
import { addAll, chunked } from '../../database/values.ts'
import { publicCards } from '../public/documents.ts'
import { ownAddress } from '../public/own-addresses.ts'
import { articleUrl, originAt } from '../working/addresses.ts'
import { aliasesOfArticles, holdersOfAliases } from '../working/aliases.ts'
import { workingCards } from '../working/cards.ts'
import { type Page, pageAt, tailOf } from '../working/links.ts'

/** What is linked to: an article, as one of its copies. @param site the pattern of `PUBLIC_SITE_URL` */
export type Target = { read: Read; id: string; copy: SearchCopy; site: string | null }

/**
 * What the links of texts are compared with: pages with any query, pages with a query to which a campaign may add, pages with this one
 * alone, and the ends of addresses by the site's pattern; but for those pages with more of a query that are other stories'.
 */
export type Addresses = { pages: string[]; withQuery: Page[]; exact: Page[]; tails: Tail[]; ofOthers: Page[] }

/** How an address ends, the whole as a pattern of SQL in small letters, and how many slashes it has. */
type Tail = { tail: string; like: string; slashes: number }

// Of one that was renamed very often the slugs of most use are the same as those of any other.
const mostSlugs = 100

async function slugsOf({ read, id, copy }: Target): Promise<string[]> {
  let query = read.selectFrom('slugs').select('slug').where('kind', '=', 'article').where('owner_id', '=', id).orderBy('is_current', 'desc').orderBy('slug')
  if (copy === 'public') query = query.where('was_public', '=', 1)
  return (await query.limit(mostSlugs).execute()).map(({ slug }) => slug)
}

/** How addresses end that name a story by its slug or id, where the pattern of the site has that last in its path. */
function tailsOf(site: string, host: string, names: { slug: string[]; id: string[] }): Tail[] {
  const [address = ''] = site.replace(/^[^/]*\/\/[^/?#]*/, '').split(/[?#]/)
  const [, name, ending = ''] = /\/\{(slug|id)\}(\.[a-z]{1,5})?\/?$/.exec(address) ?? []
  if (name === undefined) return []
  const folders = address.slice(0, address.lastIndexOf(`{${name}}`))
  const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&')
  const path = folders
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? '%' : literal(part)))
    .join('')
  return names[name as 'slug' | 'id'].flatMap((own) => {
    const tail = tailOf(`${host}/${own}`)
    const slashes = address.replace(/\/$/, '').split('/').length - 1
    return tail === null ? [] : [{ tail, like: (literal(host) + path + literal(own + ending)).toLowerCase(), slashes }]
  })
}

/** That a query has another's parameters, in their order and without others between. @param query with its `?` */
const hasParameters = (query: string) => sql`replace('&' || substr(query, 2) || '&', ${`&${query.slice(1)}&`}, '') <> '&' || substr(query, 2) || '&'`

const isOneOf = (pages: readonly Page[]): RawBuilder<unknown> =>
  sql`page in (${sql.join(pages.map(({ page }) => page))}) and (${sql.join(
    pages.map(({ page, query }) => (query === '' ? sql`page = ${page}` : sql`(page = ${page} and ${hasParameters(query)})`)),
    sql` or `,
  )})`

// Each may have some two hundred addresses in it, so that some at a time are looked up.
const mostQueries = 500
const atATime = 50
// So many addresses of other stories are left out for each way that they may be written.
const mostOthers = 100

/** What old addresses of an article are linked to as, where that isn't another one's with more of its query. */
async function oldPages({ read, id, copy }: Target, origin: string): Promise<Page[]> {
  const aliases = (await aliasesOfArticles(read, [id])).get(id) ?? []
  const old = aliases.flatMap((alias) => [pageAt(origin + alias) ?? []].flat().map((page) => ({ ...page, path: alias.replace(/\?.*$/s, '') })))
  if (old.length === 0) return []
  // What is just another's old address needs no look.
  const isAnothers = sql.join(
    old.map(
      ({ page, path }) => sql`(page = ${page} and exists (select 1 from article_aliases where path = ${path} || text_links.query and article_id <> ${id}))`,
    ),
    sql` or `,
  )
  const linked = await sql<Page>`select distinct page, query from text_links where copy = ${copy} and query <> '' and ${isOneOf(old)} and not (${isAnothers})
    order by page, query limit ${sql.lit(mostQueries)}`.execute(read as never)
  const asked = linked.rows.flatMap((link) => old.filter(({ page }) => page === link.page).map(({ path }) => ({ ...link, address: path + link.query })))
  const found: Page[] = [...old]
  for (const own of chunked(asked, atATime)) {
    const holders = await holdersOfAliases(
      read,
      own.map(({ address }) => address),
      copy === 'public',
    )
    addAll(
      found,
      own.filter(({ address }) => holders.get(address)?.articleId === id),
    )
  }
  return found
}

/** The pages that others have with more of a query than a story has: as old addresses on the site, or as what they say is their own. */
async function pagesOfOthers({ read, id }: Target, urls: readonly string[]): Promise<Page[]> {
  const own = urls.flatMap((address) => {
    const url = URL.parse(address)
    return url ? [{ origin: url.origin, path: onePath(url.pathname + url.search), whole: ownAddress(address) }] : []
  })
  if (own.length === 0) return []
  const among = (column: RawBuilder<unknown>, starts: readonly string[]) =>
    sql`(${sql.join(
      starts
        .map((start) => (start.includes('?') ? [`${start}&`, `${start}'`] : [`${start}?`, `${start}@`]))
        .map(([first, end]) => sql`(${column} > ${first} and ${column} < ${end})`),
      sql` or `,
    )})`
  const paths = own.map(({ path }) => path)
  const [{ origin }] = own as [(typeof own)[number]]
  const aliases = await sql<{ address: string }>`select path as address from article_aliases where article_id <> ${id} and ${among(sql`path`, paths)}
    limit ${sql.lit(mostOthers)}`.execute(read as never)
  const canonical = await sql<{ address: string }>`select own_address as address from public_articles where article_id <> ${id}
    and ${among(sql`substr(own_address, 1, 500)`, [...paths, ...own.map(({ whole }) => whole)])} limit ${sql.lit(mostOthers)}`.execute(read as never)
  return [...aliases.rows, ...canonical.rows].flatMap(({ address }) => pageAt(address.startsWith('/') ? origin + address : `https://${address}`) ?? [])
}

/** All addresses by which texts may link to an article. */
export async function addressesOf(target: Target): Promise<Addresses> {
  const { read, id, copy, site } = target
  const card = (await (copy === 'public' ? publicCards : workingCards)(read, [id], site)).get(id)?.card
  if (!card) return { pages: [], withQuery: [], exact: [], tails: [], ofOthers: [] }
  const slugs = await slugsOf(target)
  const named = (slug: string) => ({ id, slug, canonicalUrl: null, publishedAt: card.publishedAt, topics: card.topics })
  const urls = [card.url, ...slugs.map((slug) => articleUrl(site, named(slug)))]
  const own = urls.flatMap((url) => (url === null ? [] : (pageAt(url) ?? [])))
  const others = await pagesOfOthers(target, [...new Set(urls.flatMap((url) => url ?? []))])
  const origin = originAt(site, named(card.slug))
  const host = origin === null ? undefined : pageAt(origin)?.page
  return {
    // A campaign's parameters lead to the same page.
    pages: own.filter(({ query }) => query === '').map(({ page }) => page),
    withQuery: own.filter(({ query }) => query !== ''),
    exact: origin === null ? [] : await oldPages(target, origin),
    tails: site === null || host === undefined ? [] : tailsOf(site, host, { slug: slugs, id: [id] }),
    ofOthers: others,
  }
}

/** The links of texts to an article, each once. */
export function textLinks(
  { id, copy }: Target,
  { pages, withQuery, exact, tails, ofOthers }: Addresses,
): RawBuilder<{ article_id: string; section_id: string; anchor: string }> {
  const select = (condition: RawBuilder<unknown>) =>
    sql`select article_id, section_id, anchor from text_links where copy = ${copy} and article_id <> ${id} and ${condition}`
  const isOwn = ofOthers.length > 0 ? sql`not (${isOneOf(ofOthers)})` : sql`1 = 1`
  const found = [
    ...(pages.length > 0 ? [select(sql`page in (${sql.join(pages)}) and ${isOwn}`)] : []),
    ...(withQuery.length > 0 ? [select(sql`${isOneOf(withQuery)} and ${isOwn}`)] : []),
    ...(exact.length > 0
      ? [select(sql`page in (${sql.join(exact.map(({ page }) => page))}) and page || query in (${sql.join(exact.map(({ page, query }) => page + query))})`)]
      : []),
    ...(tails.length > 0
      ? [
          select(
            sql`tail in (${sql.join(tails.map(({ tail }) => tail))}) and (${sql.join(
              tails.map(
                ({ like, slashes }) => sql`(lower(page) like ${like} escape '\\' and length(page) - length(replace(page, '/', '')) = ${sql.lit(slashes)})`,
              ),
              sql` or `,
            )}) and ${isOwn}`,
          ),
        ]
      : []),
  ]
  return sql`${sql.join(found.length > 0 ? found : [select(sql`1 = 0`)], sql` union `)}`
}

const hasAll = (query: string, own: string) => `&${query.slice(1)}&`.includes(`&${own.slice(1)}&`)
const isAmong = (pages: readonly Page[], { page, query }: Page) => pages.some((own) => own.page === page && (own.query === '' || hasAll(query, own.query)))

/** Whether an address that stands in no text leads to an article: as in isOneOf, but for those of its pattern that it never had. */
export function leadsTo({ pages, withQuery, exact, ofOthers }: Addresses, address: string): boolean {
  const page = pageAt(address)
  if (!page) return false
  const isOwn = pages.includes(page.page) || isAmong(withQuery, page)
  return (isOwn && !isAmong(ofOthers, page)) || exact.some((one) => one.page === page.page && one.query === page.query)
}
