import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { QueryTerm } from '../../copy/query.ts'
import { conditionsIn, type Filters, filtered, type Indexed, idOf, type listedRows, type Naming, type Source } from './filters.ts'
import { countedUpTo, foundBy, isFoundBy } from './search.ts'

/**
 * Fewer articles than this are found by their filter and sorted sooner than an order is followed until it comes to enough of them: of
 * a million articles it comes to 21 of 2,000 after 10,500.
 */
const few = 2000

/** The same of a search. */
const fewFound = 5000

/** A filter, or the search, by which rows may be found; and how many there are of it, as far as it is few. */
type Narrowing = { by: Indexed | 'search'; count: number }

const isFew = ({ by, count }: Narrowing) => count < (by === 'search' ? fewFound : few)

/** How the rows of a list are found. */
export type Way =
  /** The few articles that a filter or the search has, which are then sorted. */
  | { kind: 'few'; ids: RawBuilder<unknown>; bySearch: boolean }
  /** The rows of a filter that has them in the order of their dates. */
  | { kind: 'in order'; by: NonNullable<Indexed['inOrder']> }
  /** The rows in the order that is asked for, until there are enough. */
  | { kind: 'all' }

async function countsOf({ source, terms }: Pick<Listing, 'source' | 'terms'>, ways: readonly Indexed[]): Promise<Narrowing[]> {
  const counts = [
    ...ways.map(({ ids }) => sql`(select count(*) from (${ids} limit ${sql.lit(few)}) as counted)`),
    ...(terms ? [countedUpTo(source, terms, fewFound)] : []),
  ]
  const named = counts.map((count, index) => sql`${count} as ${sql.ref(`c${index}`)}`)
  const { rows } = await sql<Record<string, number>>`select ${sql.join(named)}`.execute(source.read as never)
  const row = rows[0] ?? {}
  const by = [...ways, ...(terms ? (['search'] as const) : [])]
  return by.map((one, index) => ({ by: one, count: Number(row[`c${index}`]) })).sort((one, other) => one.count - other.count)
}

/** What is listed: of where, by which filters, and the words of its search. */
export type Listing = { source: Source; filters: Filters; terms: QueryTerm[] | null }

const ids = (listing: Listing, by: Narrowing['by']) => (by === 'search' ? foundBy(listing.source, listing.terms ?? []) : by.ids)

/** How the rows of a list are found soonest in an order: by the filter with the fewest articles, where it has few. @param column that of the order */
export async function wayTo(listing: Listing, column: string | null): Promise<Way> {
  const { indexed } = listing.filters
  const ordered = column === 'published_at' ? indexed.filter(({ inOrder }) => inOrder !== null) : []
  // What limits the order itself is no other way.
  const ways = indexed.filter((way) => way.column !== column)
  const [only] = ways
  if (!listing.terms && ways.length === 0) return { kind: 'all' }
  if (!listing.terms && ways.length === 1 && only?.inOrder && ordered.length === 1) return { kind: 'in order', by: only.inOrder }
  const narrowings = await countsOf(listing, ways)
  const inOrder = narrowings.flatMap(({ by }) => (by !== 'search' && ordered.includes(by) ? (by.inOrder ?? []) : []))[0]
  const narrowest = narrowings.find(isFew)?.by
  if (narrowest && (narrowest === 'search' || inOrder === undefined || narrowest.inOrder !== inOrder))
    return { kind: 'few', ids: ids(listing, narrowest), bySearch: narrowest === 'search' }
  return inOrder === undefined ? { kind: 'all' } : { kind: 'in order', by: inOrder }
}

/** The few articles among which a search looks, by the filter that has the fewest; null where none has few. */
export async function fewAmong({ source, filters }: Omit<Listing, 'terms'>): Promise<RawBuilder<unknown> | null> {
  const ways = source.shows === 'public' ? filters.indexed.filter(({ column }) => column !== 'published_at') : filters.indexed
  if (ways.length === 0) return null
  const [narrowest] = await countsOf({ source, terms: null }, ways)
  return narrowest && isFew(narrowest) ? ids({ source, filters, terms: null }, narrowest.by) : null
}

const isIn = (source: Source, some: RawBuilder<unknown>) => sql<SqlBool>`${sql.ref(idOf(source))} in (${some})`

type ListedRows = ReturnType<typeof listedRows>

/** The public articles that name one topic or author, in the order of their dates, which is how they are kept. */
function named({ source, filters, terms }: Listing, naming: Naming): ListedRows {
  const { after, before } = filters.published
  const rest = {
    ...filters,
    conditions: filters.conditions.filter(({ column }) => column !== 'published_at'),
    namings: filters.namings.filter((other) => other !== naming),
  }
  let rows = source.read
    .selectFrom(`public_article_${naming.kind}s as named_rows` as 'public_article_topics as named_rows')
    .where(`named_rows.${naming.kind}_id` as 'named_rows.topic_id', '=', naming.ids[0] as string)
  if (after !== null) rows = rows.where('named_rows.published_at', '>=', after)
  if (before !== null) rows = rows.where('named_rows.published_at', '<', before)
  const others = [...conditionsIn(source, rest), ...(terms ? [isFoundBy(source, terms)] : [])]
  if (others.length === 0) return rows as unknown as ListedRows
  const joined = rows.innerJoin('public_articles', 'public_articles.article_id', 'named_rows.article_id')
  return others.reduce((query, condition) => query.where(condition), joined) as unknown as ListedRows
}

/** The rows of a list, to be put into the order of a column. */
export function rowsOn(listing: Listing, way: Way, column: string | null) {
  const { source, filters, terms } = listing
  if (way.kind === 'in order' && typeof way.by !== 'string')
    return { rows: named(listing, way.by), key: sql.ref('named_rows.published_at'), id: 'named_rows.article_id' as const }
  const own = column === null ? null : sql.ref(`${source.shows === 'public' ? 'public_articles' : 'articles'}.${column}`)
  const plain = [...(column === null ? [] : [column]), ...(way.kind === 'in order' ? [way.by as string] : [])]
  const rows = way.kind === 'few' ? filtered(source, filters).where(isIn(source, way.ids)) : filtered(source, filters, ...plain)
  const searched =
    terms === null || (way.kind === 'few' && way.bySearch)
      ? rows
      : rows.where(way.kind === 'few' ? isIn(source, foundBy(source, terms, way.ids)) : isFoundBy(source, terms))
  return { rows: searched, key: own && (way.kind === 'few' ? source.engine.unindexed(own) : own), id: idOf(source) as 'public_articles.article_id' }
}

/** How many articles a list has. @param way by which its rows are found */
export async function totalOf(listing: Listing, way: Way): Promise<number> {
  const { source, filters, terms } = listing
  const naming = filters.indexed.flatMap(({ inOrder }) => (typeof inOrder === 'object' ? (inOrder ?? []) : []))[0]
  const columns = ['language', ...filters.conditions.map(({ column }) => column)]
  const every = () => (terms ? filtered(source, filters).where(isIn(source, foundBy(source, terms))) : filtered(source, filters, ...columns))
  if (terms && source.shows === 'public' && filters.conditions.length + filters.namings.length === 0 && !filters.languages) {
    const { rows } = await sql<{ total: number }>`select ${countedUpTo(source, terms, null)} as total`.execute(source.read as never)
    return Number(rows[0]?.total)
  }
  const rows = way.kind === 'few' ? rowsOn(listing, way, null).rows : naming ? named(listing, naming) : every()
  const { total } = await rows.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  return Number(total)
}
