import { type RawBuilder, sql } from 'kysely'
import { onePath } from '../../copy/urls.ts'
import type { Read, SearchCopy } from '../../database/engine.ts'
import { fetchPage, type PageRequest, type Rows } from '../../database/pages.ts'
import type { Tables } from '../../database/tables.ts'
import { addAll, chunked, groupBy } from '../../database/values.ts'
import { draftsOf, wordsOfDraft } from '../../highlight-lists/drafts.ts'
import { publicCards } from '../public/documents.ts'
import { ownAddress } from '../public/own-addresses.ts'
import { articleUrl, originAt } from '../working/addresses.ts'
import { aliasesOfArticles, holdersOfAliases } from '../working/aliases.ts'
import { workingCards } from '../working/cards.ts'
import { completed } from '../working/copies.ts'
import { type Page, pageAt, tailOf } from '../working/links.ts'
import type { ArticleLink } from './link-schemas.ts'

/** What is linked to: an article, as one of its copies. @param site the pattern of `PUBLIC_SITE_URL` */
type Target = { read: Read; id: string; copy: SearchCopy; site: string | null }

/**
 * What the links of texts are compared with: pages with any query, pages with a query to which a campaign may add, pages with this one
 * alone, and the ends of addresses by the site's pattern; but for those pages with more of a query that are other stories'.
 */
type Addresses = { pages: string[]; withQuery: Page[]; exact: Page[]; tails: Tail[]; ofOthers: Page[] }

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
async function addressesOf(target: Target): Promise<Addresses> {
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

type Selected<Row> = RawBuilder<Row>

/** The links of texts to an article, each once. */
function textLinks(
  { id, copy }: Target,
  { pages, withQuery, exact, tails, ofOthers }: Addresses,
): Selected<{ article_id: string; section_id: string; anchor: string }> {
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

/** What leads to an article by its id: `as` with the id of the story, or of the freestanding list. */
function leadingTo({ id, copy }: Target): RawBuilder<unknown>[] {
  const freestanding = sql`select distinct list.id as source, 'list' as kind from highlight_items as item inner join highlight_lists as list on list.id = item.list_id
    where item.target_article_id = ${id} and list.article_id is null`
  if (copy === 'public')
    return [
      sql`select article_id as source, case has_card when 1 then 'related' else 'highlight' end as kind from public_article_targets
        where target_id = ${id} and article_id <> ${id}`,
      freestanding,
    ]
  return [
    sql`select distinct list.article_id as source, 'highlight' as kind from highlight_items as item inner join highlight_lists as list on list.id = item.list_id
      where item.target_article_id = ${id} and list.article_id <> ${id}`,
    sql`select distinct article_id as source, 'related' as kind from related where target_article_id = ${id} and article_id <> ${id}`,
    // What a list is to be is in its draft.
    sql`${freestanding} and not exists (select 1 from list_drafts where list_id = list.id)`,
    sql`select list_id as source, 'list' as kind from list_drafts where document like ${`%"${id}"%`}`,
  ]
}

type Found = { source: string; kind: 'highlight' | 'related' | 'text' | 'list' }

const hasAll = (query: string, own: string) => `&${query.slice(1)}&`.includes(`&${own.slice(1)}&`)
const isAmong = (pages: readonly Page[], { page, query }: Page) => pages.some((own) => own.page === page && (own.query === '' || hasAll(query, own.query)))

/** Whether an address that stands in no text leads to an article: as in isOneOf, but for those of its pattern that it never had. */
function leadsTo({ pages, withQuery, exact, ofOthers }: Addresses, address: string): boolean {
  const page = pageAt(address)
  if (!page) return false
  const isOwn = pages.includes(page.page) || isAmong(withQuery, page)
  return (isOwn && !isAmong(ofOthers, page)) || exact.some((one) => one.page === page.page && one.query === page.query)
}

// Far more items than all freestanding lists have that lead to an address.
const mostItems = 10_000

/** The freestanding lists with an item that leads to an article by an address. */
async function listsByAddress({ read, copy }: Target, addresses: Addresses): Promise<string[]> {
  const items = await read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select(['list_id', 'target_url as url'])
    .where('article_id', 'is', null)
    .where('target_url', 'is not', null)
    .orderBy('list_id')
    .limit(mostItems)
    .execute()
  const drafts = copy === 'working' ? await read.selectFrom('list_drafts').selectAll().execute() : []
  const ofDrafts = drafts.flatMap((draft) =>
    wordsOfDraft(draft).items.map(({ target }) => ({ list_id: draft.list_id, url: target?.type === 'url' ? target.url : null })),
  )
  // What a list is to be is in its draft.
  const drafted = new Set(drafts.map(({ list_id }) => list_id))
  const all = [...items.filter(({ list_id }) => !drafted.has(list_id)), ...ofDrafts]
  return [...new Set(all.filter(({ url }) => url && leadsTo(addresses, url)).map(({ list_id }) => list_id))]
}

type Lists = ArticleLink['highlightLists']

/** The articles that link, as the copy says, with those of their lists that lead to the target. @param byAddress lists that do by an address */
async function linkingArticles(
  { read, id, copy }: Target,
  ids: readonly string[],
  byAddress: ReadonlySet<string>,
): Promise<Map<string, { article: ArticleLink['article']; lists: Lists }>> {
  if (ids.length === 0) return new Map()
  if (copy === 'public') {
    const rows = await read
      .selectFrom('articles')
      .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
      .select(['articles.id', 'editions.document'])
      .where('articles.id', 'in', ids)
      .execute()
    return new Map(
      rows.map((row) => {
        const { slug, headline, highlightLists } = completed(JSON.parse(row.document))
        const lists = highlightLists.filter((list) => byAddress.has(list.id) || list.items.some(({ target }) => target?.type === 'article' && target.id === id))
        return [
          row.id,
          { article: { id: row.id, slug, headline, status: 'published' }, lists: lists.map((list) => ({ id: list.id, slug: null, title: list.title })) },
        ]
      }),
    )
  }
  const rows = await read.selectFrom('articles').select(['id', 'slug', 'headline', 'status']).where('id', 'in', ids).execute()
  const listed = await read
    .selectFrom('highlight_lists')
    .select(['id', 'title', 'article_id'])
    .where('article_id', 'in', ids)
    .where(({ or, exists, selectFrom, eb }) =>
      or([
        exists(selectFrom('highlight_items').select('highlight_items.id').whereRef('list_id', '=', 'highlight_lists.id').where('target_article_id', '=', id)),
        ...(byAddress.size > 0 ? [eb('id', 'in', [...byAddress])] : []),
      ]),
    )
    .orderBy('position')
    .execute()
  const lists = groupBy(listed, (list) => list.article_id)
  return new Map(
    rows.map((row) => [row.id, { article: row, lists: (lists.get(row.id) ?? []).map((list) => ({ id: list.id, slug: null, title: list.title })) }]),
  )
}

async function freestandingLists({ read, copy }: Target, ids: readonly string[]): Promise<Map<string, Lists[number]>> {
  if (ids.length === 0) return new Map()
  const rows = await read.selectFrom('highlight_lists').select(['id', 'slug', 'title']).where('id', 'in', ids).execute()
  const drafts = copy === 'working' ? await draftsOf(read, ids) : new Map()
  return new Map(
    rows.map((row) => {
      const draft = drafts.get(row.id)
      return [row.id, draft ? { ...row, title: wordsOfDraft(draft).title } : row]
    }),
  )
}

/** A link with the id by which it is paged, and that of what links. */
export type FoundLink = ArticleLink & { id: string }

/** A page of what links to an article: in public what public stories and freestanding lists have, else what working copies have. */
export async function pageOfLinks(target: Target, page: PageRequest): Promise<Rows<FoundLink>> {
  const { read } = target
  const addresses = await addressesOf(target)
  const texts = textLinks(target, addresses)
  const kind = sql`case when anchor <> '' then 'text' when section_id = '' then 'related' else 'highlight' end`
  const lists = await listsByAddress(target, addresses)
  const all = sql.join(
    [
      ...leadingTo(target),
      sql`select article_id as source, ${kind} as kind from (${texts}) as text_link`,
      ...(lists.length > 0 ? [sql`select id as source, 'list' as kind from highlight_lists where id in (${sql.join(lists)})`] : []),
    ],
    sql` union `,
  )
  const query = read.selectFrom(sql<{ source: string; id: string }>`(select source, source || ' ' || kind as id from (${all}) as found)`.as('link'))
  const rows = await fetchPage(query, 'link.source', 'link.id', page)
  const found = rows.data.map(({ id }) => id.split(' ') as [Found['source'], Found['kind']])
  const of = (...kinds: Found['kind'][]) => found.filter(([, kind]) => kinds.includes(kind)).map(([source]) => source)
  const sources = [...new Set(of('highlight', 'related', 'text'))]
  const links =
    sources.length === 0
      ? []
      : (
          await sql<Pick<Tables['text_links'], 'article_id' | 'section_id' | 'anchor'>>`select * from (${texts}) as text_link
            where article_id in (${sql.join(sources)}) order by article_id, anchor`.execute(read as never)
        ).rows
  const linking = groupBy(
    links.filter(({ anchor }) => anchor !== ''),
    ({ article_id }) => article_id,
  )
  const byAddress = new Set(links.flatMap(({ anchor, section_id }) => (anchor === '' && section_id !== '' ? [section_id] : [])))
  const articles = await linkingArticles(target, sources, byAddress)
  const freestanding = await freestandingLists(target, of('list'))
  return {
    ...rows,
    data: found.map(([source, kind]): FoundLink => {
      const own = articles.get(source)
      const list = freestanding.get(source)
      return {
        id: `${source} ${kind}`,
        as: kind === 'list' ? 'highlight' : kind,
        article: own?.article ?? null,
        highlightLists: list ? [list] : kind === 'highlight' ? (own?.lists ?? []) : [],
        sections: kind === 'text' ? (linking.get(source) ?? []).map(({ section_id, anchor }) => ({ id: section_id, anchor })) : [],
      }
    }),
  }
}
