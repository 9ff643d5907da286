import { type SqlBool, sql } from 'kysely'
import { parseSearch } from '../../copy/query.ts'
import { milliseconds } from '../../database/clock.ts'
import { fetchMerged, fetchPage, fetchUpTo, type PageRequest, type Rows } from '../../database/pages.ts'
import { idsOfReferences } from '../../database/slugs.ts'
import { chunked, inPieces } from '../../database/values.ts'
import { jsonSize } from '../../http/body.ts'
import { normalTime } from '../../http/formats.ts'
import { badRequest } from '../../http/problems.ts'
import { publicDocuments } from '../public/documents.ts'
import { type Document, type Parts, workingDocumentsById } from '../working/store.ts'
import { filtered, filtersOf, idOf, type ListQuery, type Source } from './filters.ts'
import { conditionsByLanguage } from './languages.ts'
import { isFoundBy, pageByRelevance, pageByTime, withSnippets } from './search.ts'
import { fewAmong, type Listing, rowsOn, totalOf, type Way, wayTo } from './ways.ts'

const countSorts = ['commentCount', 'correctionCount']

export const sorts = ['publishedAt', 'updatedAt', 'createdAt', 'scheduledAt', 'headline', 'relevance', ...countSorts]

/** Whether a list is sorted by a number, and not by a text. */
export const isByCount = (sort: unknown) => typeof sort === 'string' && countSorts.includes(sort.replace(/^-/, '').split(',')[0] as string)

/** What is sorted by count is of a period that is no longer. */
export const mostDays = 32

const columns: Record<string, string> = {
  publishedAt: 'published_at',
  updatedAt: 'updated_at',
  createdAt: 'created_at',
  scheduledAt: 'scheduled_at',
  headline: 'headline',
}

const documentsById = ({ read, shows, site }: Source, ids: readonly string[], parts: Parts) =>
  shows === 'public' ? publicDocuments(read, ids, parts, site) : workingDocumentsById(read, ids, parts, site)

// So many bytes of sections has a page at the most, unless they are of one story; and so many what is asked for by ids.
const mostOfPage = 8 * 1024 * 1024
const mostOfIds = 32 * 1024 * 1024
// So many stories are loaded at a time, where they may be long.
const atATime = 8

const sizeOf = ({ article }: Document) => jsonSize(article.sections ?? [])

/** @throws Problem 400 where what is to be sorted by a count isn’t public, or of no period, or of one that is too long */
function requirePeriod({ shows }: Source, { publishedAfter: after, publishedBefore: before }: ListQuery, name: string): void {
  const fault = (parameter: string, code: 'combination' | 'range', message: string) => badRequest({ parameter, code, message })
  if (shows === 'working') throw fault('sort', 'combination', `${name} is of public articles: leave copy out`)
  if (typeof after !== 'string') throw fault('sort', 'combination', `${name} needs publishedAfter`)
  const end = typeof before === 'string' ? Date.parse(normalTime(before)) : milliseconds()
  if (end - Date.parse(normalTime(after)) > mostDays * 86_400_000)
    throw fault('publishedAfter', 'range', `must be at most ${mostDays} days before publishedBefore, or before now, for ${name}`)
}

/** A page by how many comments or corrections the stories of a period have. */
function pageByCount({ source, filters, terms }: Listing, query: ListQuery, page: PageRequest): Promise<Rows<{ id: string }>> {
  requirePeriod(source, query, page.sort.name)
  const inPeriod = filtered(source, filters, 'published_at')
  const base = terms ? inPeriod.where(isFoundBy(source, terms)) : inPeriod
  if (page.sort.name === 'correctionCount') return fetchPage(base, 'public_articles.correction_count', 'public_articles.article_id', page)
  const counted = base.leftJoin('comment_counts', 'comment_counts.article_id', 'public_articles.article_id')
  return fetchPage(counted, sql<number>`coalesce(comment_counts.approved, 0)`, 'public_articles.article_id', page)
}

/** A page of what a search finds, in the order in which it comes to it: by relevance, or by time. */
async function pageOfFound(listing: Listing & { terms: NonNullable<Listing['terms']> }, page: PageRequest): Promise<Rows<{ id: string }>> {
  const among = await fewAmong(listing)
  const search = { ...listing, among }
  const found = await (page.sort.name === 'relevance' ? pageByRelevance(search, page) : pageByTime(search, page))
  const way: Way = among ? { kind: 'few', ids: among, bySearch: false } : { kind: 'all' }
  return page.count ? { ...found, total: await totalOf(listing, way) } : found
}

/** A page in the order of a column, or of the ids; nulls last both ways. */
async function pageInOrder(listing: Listing, page: PageRequest): Promise<Rows<{ id: string }>> {
  const { source, filters, terms } = listing
  const column = columns[page.sort.name] ?? null
  const way = await wayTo(listing, column)
  const uncounted = { ...page, count: false }
  const fetch = () => {
    // Of one language rows are kept in the order of their dates, of several they would have to be sorted.
    if (way.kind === 'all' && source.shows === 'public' && column === 'published_at' && filters.languages && filters.languages.tags.length > 1 && !terms) {
      const queries = conditionsByLanguage(filters.languages).map((condition) =>
        filtered(source, { ...filters, languages: null }, 'published_at').where(condition),
      )
      return fetchMerged(queries, 'public_articles.published_at', 'public_articles.article_id', uncounted)
    }
    const { rows, key, id } = rowsOn(listing, way, column)
    const isNullable = source.shows === 'working' && ['publishedAt', 'scheduledAt'].includes(page.sort.name)
    return fetchPage(rows, key ?? sql.ref(id), id as 'public_articles.article_id', uncounted, isNullable)
  }
  const found = await fetch()
  return page.count ? { ...found, total: await totalOf(listing, way) } : found
}

async function wholePage(found: Rows<{ id: string }>, load: (ids: readonly string[]) => Promise<Document[]>): Promise<Rows<Document>> {
  return { ...found, data: await load(found.data.map(({ id }) => id)) }
}

/** A page of articles: filtered, searched, sorted. */
export async function pageOfArticles(source: Source, query: ListQuery, page: PageRequest, parts: Parts): Promise<Rows<Document>> {
  const filters = await filtersOf(source, query)
  const terms = query.q === undefined ? null : parseSearch(query.q)
  if (terms?.length === 0) return { data: [], next: null, prev: null, ...(page.count ? { total: 0 } : {}) }
  const { name, isDescending, isIdDescending } = page.sort
  if (name === 'relevance' && !terms) throw badRequest({ parameter: 'sort', code: 'combination', message: 'relevance needs q' })
  if (name === 'scheduledAt' && source.shows === 'public')
    throw badRequest({ parameter: 'sort', code: 'combination', message: 'scheduledAt needs copy=working' })
  const isOfSearch = name === 'relevance' || (name === 'publishedAt' && source.shows === 'public' && isDescending === isIdDescending)
  const fetch = (page: PageRequest) =>
    terms && isOfSearch
      ? pageOfFound({ source, filters, terms }, page)
      : isByCount(name)
        ? pageByCount({ source, filters, terms }, query, page)
        : pageInOrder({ source, filters, terms }, page)
  const load = (ids: readonly string[]) => documentsById(source, ids, parts)
  const found = await (parts.has('sections') ? fetchUpTo(page, fetch, load, sizeOf, mostOfPage) : wholePage(await fetch(page), load))
  return terms ? { ...found, data: await withSnippets(source, found.data, terms) } : found
}

/**
 * The ids of at most so many of the articles that filters leave, the oldest first.
 * @param among those that are looked at; null: all
 */
export async function idsMatching(
  source: Source,
  query: ListQuery,
  limit: number,
  among: readonly string[] | null,
  requireRight: () => void,
): Promise<string[]> {
  const filters = await filtersOf(source, query)
  requireRight()
  const listing = { source, filters, terms: query.q === undefined ? null : parseSearch(query.q) }
  if (listing.terms?.length === 0) return []
  const { rows, id } = rowsOn(listing, await wayTo(listing, null), null)
  const key = sql<string>`${sql.ref(id)}`
  const ordered = rows.select(key.as('id')).orderBy(key).limit(limit)
  if (!among) return (await ordered.execute()).map((row) => row.id)
  const found = await inPieces([...among].sort(), (own) => ordered.where(sql<SqlBool>`${key} in (${sql.join(own)})`).execute())
  return found.slice(0, limit).map((row) => row.id)
}

/** @throws Problem 400 where sections are asked for that are too long together: there is no next page of what is named */
async function namedDocuments(source: Source, ids: readonly string[], parts: Parts): Promise<Document[]> {
  if (!parts.has('sections')) return documentsById(source, ids, parts)
  const found: Document[] = []
  let left = mostOfIds
  for (const own of chunked(ids, atATime)) {
    for (const document of await documentsById(source, own, parts)) {
      left -= sizeOf(document)
      found.push(document)
    }
    if (left < 0 && found.length > 1)
      throw badRequest({ parameter: 'include', code: 'length', message: `would answer more than ${mostOfIds} bytes of sections: name fewer articles` })
  }
  return found
}

/** Articles by ids or slugs, in the order asked, those that filters leave. @throws Problem 400 as above */
export async function orderedArticles(source: Source, query: ListQuery, asked: { ids?: string[]; slugs?: string[] }, parts: Parts): Promise<Document[]> {
  const filters = await filtersOf(source, query)
  const ids = await idsOfReferences(source.read, 'article', asked.ids ?? asked.slugs ?? [], source.shows === 'public')
  if (ids.length === 0) return []
  const rows = await filtered(source, filters)
    .where(sql<SqlBool>`${sql.ref(idOf(source))} in (${sql.join(ids)})`)
    .select(sql<string>`${sql.ref(idOf(source))}`.as('id'))
    .execute()
  const seen = new Set(rows.map(({ id }) => id))
  return namedDocuments(
    source,
    [...new Set(ids)].filter((id) => seen.has(id)),
    parts,
  )
}
