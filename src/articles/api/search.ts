import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { QueryTerm } from '../../copy/query.ts'
import { markedLine, snippetOf } from '../../copy/snippet.ts'
import type { SearchCopy, SearchTier } from '../../database/engine.ts'
import { type CursorPosition, type PageRequest, pageOf, type Rows } from '../../database/pages.ts'
import { badRequest } from '../../http/problems.ts'
import { perMillisecond } from '../public/index-values.ts'
import type { Document } from '../working/store.ts'
import { conditionsIn, type Filters, idOf, type Source, tableOf } from './filters.ts'

/**
 * What a search finds among the rows of one copy; working copies that have no row of their own are found by what is public of them.
 * @param among the ids of the few articles among which it looks: what it finds is then compared with their numbers as it comes
 */
export function hitsIn(source: Source, copy: SearchCopy, terms: QueryTerm[], tier: SearchTier | 'any', among: RawBuilder<unknown> | null = null) {
  const { table, number, where } = source.engine.hits(copy, terms, tier)
  const all = source.read
    .selectFrom(table as 'search_rows')
    .crossJoin('search_rows as found')
    .where('found.copy', '=', copy)
    .where(sql<SqlBool>`found.number = ${number}`)
    .where(sql<SqlBool>`${where}`)
  const numbers = sql`select number from search_rows where copy = ${copy} and article_id in (${among ?? sql``})`
  const hits = among === null ? all : all.where(sql<SqlBool>`${source.engine.unindexed(number)} in (${numbers})`)
  const own = sql<SqlBool>`exists (select 1 from search_rows as own where own.article_id = found.article_id and own.copy = 'working')`
  return { number, hits: copy === 'public' && source.shows === 'working' ? hits.where(sql<SqlBool>`not ${own}`) : hits }
}

const copiesOf = ({ shows }: Source): SearchCopy[] => (shows === 'public' ? ['public'] : ['working', 'public'])

/** The ids of all that a search finds. @param among as in hitsIn */
export const foundBy = (source: Source, terms: QueryTerm[], among: RawBuilder<unknown> | null = null): RawBuilder<unknown> =>
  sql.join(
    copiesOf(source).map(
      (copy) => sql`select id from ${hitsIn(source, copy, terms, 'any', among).hits.select('found.article_id as id')} as ${sql.ref(`in_${copy}`)}`,
    ),
    sql` union all `,
  )

/** How many a search finds, at most so many of each copy where there is a limit; what is of both copies may count twice. */
export const countedUpTo = (source: Source, terms: QueryTerm[], limit: number | null): RawBuilder<number> =>
  sql`(${sql.join(
    copiesOf(source).map((copy) => {
      const { table, where } = source.engine.hits(copy, terms, 'any')
      return sql`(select count(*) from (select 1 from ${sql.table(table)} where ${where} ${limit === null ? sql`` : sql`limit ${sql.lit(limit)}`}) as counted)`
    }),
    sql` + `,
  )})`

/** That a search finds a listed row: by the numbers of all that it finds, which take a tenth of the time that their articles take. */
export function isFoundBy(source: Source, terms: QueryTerm[]): RawBuilder<SqlBool> {
  const numberOf = (copy: SearchCopy) => sql`(select own.number from search_rows as own where own.article_id = ${sql.ref(idOf(source))} and own.copy = ${copy})`
  const isHit = (copy: SearchCopy) => {
    const { table, number, where } = source.engine.hits(copy, terms, 'any')
    return sql<SqlBool>`${numberOf(copy)} in (select ${number} from ${sql.table(table)} where ${where})`
  }
  return source.shows === 'public' ? isHit('public') : sql<SqlBool>`(${isHit('working')} or (${numberOf('working')} is null and ${isHit('public')}))`
}

type TierPosition = { tier: number; number: number; id: string }

const noCursor = () => badRequest({ parameter: 'cursor', code: 'value', message: 'is not a cursor of this query' })

function tierPosition({ value, id }: CursorPosition): TierPosition {
  const match = /^([012]):(-?\d{1,16})$/.exec(String(value))
  if (!match) throw noCursor()
  return { tier: Number(match[1]), number: Number(match[2]), id }
}

type Found = { id: string; number: number }

/** The millisecond of a search row's number, in which articles go by their ids: their numbers go by when they were indexed. */
const timeOf = (number: number) => Math.floor(number / perMillisecond)

const numberAt = (time: string | number) => new Date(time).getTime() * perMillisecond

// A full millisecond spills into the next ones.
const spilled = 1000 * perMillisecond

/** A search: where it looks, for what, and among which few articles, where its filters have few. */
export type Search = { source: Source; filters: Filters; terms: QueryTerm[]; among: RawBuilder<unknown> | null }

type Place = { start: TierPosition | null; isBackward: boolean; limit: number }

/**
 * The newest that a search finds within a tier, or, backward, the oldest: the hits come first, since only they come in order at
 * any size. Of those that share the last one's time there are more than `limit`, where they are needed to tell which comes last.
 */
async function hitsInTier({ source, filters, terms, among }: Search, copy: SearchCopy, tier: SearchTier | 'any', place: Place): Promise<Found[]> {
  const { start, isBackward, limit } = place
  const { number, hits } = hitsIn(source, copy, terms, tier, among)
  const conditions = conditionsIn(source, filters)
  const joined = hits.crossJoin(tableOf(source) as 'public_articles').where(sql<SqlBool>`${sql.ref(idOf(source))} = found.article_id`)
  let query = (conditions.length > 0 ? conditions.reduce((rows, condition) => rows.where(condition), joined) : hits).select([
    'found.article_id as id',
    number.as('number'),
  ])
  if (source.shows === 'public') {
    const { after, before } = filters.published
    if (after !== null) query = query.where(sql<SqlBool>`${number} >= ${numberAt(after)}`)
    if (before !== null) query = query.where(sql<SqlBool>`${number} < ${numberAt(before) + spilled}`)
  }
  if (start) {
    const first = timeOf(start.number) * perMillisecond
    query = isBackward
      ? query.where(sql<SqlBool>`${number} >= ${first}`).where(sql<SqlBool>`(${number} >= ${first + perMillisecond} or found.article_id > ${start.id})`)
      : query.where(sql<SqlBool>`${number} < ${first + perMillisecond}`).where(sql<SqlBool>`(${number} < ${first} or found.article_id < ${start.id})`)
  }
  const found = await query
    .orderBy(number, isBackward ? 'asc' : 'desc')
    .limit(limit)
    .execute()
  const [before, last] = found.slice(-2)
  if (found.length < limit || !last || timeOf(before?.number ?? 0) !== timeOf(last.number)) return found
  const [from, to] = isBackward ? [last.number + 1, (timeOf(last.number) + 1) * perMillisecond] : [timeOf(last.number) * perMillisecond, last.number]
  const others = await query.where(sql<SqlBool>`${number} >= ${from}`).where(sql<SqlBool>`${number} < ${to}`).execute()
  return [...found, ...others]
}

async function foundInTier(search: Search, tier: SearchTier | 'any', place: Place): Promise<Found[]> {
  const found: Found[] = []
  for (const copy of copiesOf(search.source)) found.push(...(await hitsInTier(search, copy, tier, place)))
  const forward = (a: Found, b: Found) => timeOf(b.number) - timeOf(a.number) || (a.id < b.id ? 1 : -1)
  return found.sort(place.isBackward ? (a, b) => forward(b, a) : forward).slice(0, place.limit)
}

/** A page by relevance: tier after tier, the newest first in each. */
export async function pageByRelevance(search: Search, { limit, position }: PageRequest): Promise<Rows<{ id: string }>> {
  const isBackward = position?.isBackward ?? false
  const start = position ? tierPosition(position) : null
  const tiers = ([0, 1, 2] as const).filter((tier) => !start || (isBackward ? tier <= start.tier : tier >= start.tier))
  if (isBackward) tiers.reverse()
  const fetched: { sort_value: string; sort_id: string }[] = []
  for (const tier of tiers) {
    if (fetched.length > limit) break
    const place = { start: start?.tier === tier ? start : null, isBackward, limit: limit + 1 - fetched.length }
    const found = await foundInTier(search, tier, place)
    fetched.push(...found.map(({ id, number }) => ({ sort_id: id, sort_value: `${tier}:${number}` })))
  }
  return pageOf(fetched, limit, position)
}

/** A page of public articles by when they were published, which is how a search comes to them. */
export async function pageByTime(search: Search, { limit, position, sort }: PageRequest): Promise<Rows<{ id: string }>> {
  const start = position && { tier: 0, number: numberAt(String(position.value)), id: position.id }
  // No time, or one whose number no engine has.
  if (start && !(Math.abs(start.number) < 2 ** 62)) throw noCursor()
  const isBackward = (position?.isBackward ?? false) === sort.isDescending
  const found = await foundInTier(search, 'any', { start, isBackward, limit: limit + 1 })
  return pageOf(
    found.map(({ id, number }) => ({ sort_id: id, sort_value: new Date(timeOf(number)).toISOString() })),
    limit,
    position,
  )
}

export async function withSnippets(source: Source, documents: Document[], terms: QueryTerm[]): Promise<Document[]> {
  if (documents.length === 0) return documents
  const rows = await source.read
    .selectFrom('search_rows')
    .selectAll()
    .where('copy', 'in', copiesOf(source))
    .where(
      'article_id',
      'in',
      documents.map(({ id }) => id),
    )
    // A row of the working copy's own comes after, and so instead of, what is public.
    .orderBy('copy')
    .execute()
  const texts = new Map(rows.map((row) => [row.article_id, row]))
  return documents.map((document) => {
    const text = texts.get(document.id)
    const snippet = text && [text.body, text.secondary, text.headline].map((part) => snippetOf(part, terms)).find((found) => found !== null)
    const headlineSnippet = markedLine(document.article.headline ?? '', terms)
    return { ...document, article: { ...document.article, ...(snippet ? { snippet } : {}), headlineSnippet } }
  })
}
