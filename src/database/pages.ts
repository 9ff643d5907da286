import { type Expression, type ReferenceExpression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { chunked } from './values.ts'

/** One key to sort by, then the id. */
export type SortKey = { name: string; isDescending: boolean; isIdDescending: boolean }

/** The row beside which a page begins. */
export type CursorPosition = { isBackward: boolean; value: string | number | null; id: string }

export type PageRequest = { limit: number; sort: SortKey; position: CursorPosition | null; count: boolean }

export type Edge = { value: string | number | null; id: string }

/** A page of rows with the edges its cursors are made of. */
export type Rows<T> = {
  data: T[]
  next: Edge | null
  prev: Edge | null
  total?: number
  /** What else is counted, beside `total`. */
  counts?: Record<string, unknown>
}

type Keyed = { sort_value: string | number | null; sort_id: string }

/** Rows after a position in the order of a key and the id. */
function beyond(key: Expression<unknown>, id: Expression<unknown>, sort: SortKey, { value, id: at, isBackward }: CursorPosition) {
  const after = (isDescending: boolean) => sql.raw(isDescending !== isBackward ? '<' : '>')
  // One row comparison is one range of an index where both directions agree.
  if (sort.isDescending === sort.isIdDescending) return sql<SqlBool>`(${key}, ${id}) ${after(sort.isDescending)} (${value}, ${at})`
  return sql<SqlBool>`(${key} ${after(sort.isDescending)} ${value} or (${key} = ${value} and ${id} ${after(sort.isIdDescending)} ${at}))`
}

/** The rows from a position on, one more than a page has, in the direction of the position. */
async function fetchRows<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  { limit, sort, position }: Omit<PageRequest, 'count'>,
): Promise<Keyed[]> {
  const keyRef = typeof key === 'string' ? sql.ref(key) : sql`${key as Expression<unknown>}`
  const idRef = sql.ref(id as string)
  const isBackward = position?.isBackward ?? false
  const direction = (isDescending: boolean) => (isDescending !== isBackward ? 'desc' : 'asc')
  let page = query.select([keyRef.as('sort_value'), idRef.as('sort_id')])
  if (position) page = page.where(beyond(keyRef, idRef, sort, position))
  page = page.orderBy(keyRef, direction(sort.isDescending)).orderBy(idRef, direction(sort.isIdDescending))
  return (await page.limit(limit + 1).execute()) as unknown as Keyed[]
}

/** The same where the key, a text, may be null: those without one come last both ways, so each index is followed in its order. */
async function fetchNullableRows<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  { limit, sort, position }: Omit<PageRequest, 'count'>,
): Promise<Keyed[]> {
  const keyRef = typeof key === 'string' ? sql.ref(key) : sql`${key as Expression<unknown>}`
  const isBackward = position?.isBackward ?? false
  const isAtNull = position?.value === null
  const rows: Keyed[] = []
  for (const isNull of isBackward ? [true, false] : [false, true]) {
    // What comes before the position, in its direction.
    if (position && isNull !== isAtNull && isNull === isBackward) continue
    if (rows.length > limit) break
    const start = position && isNull === isAtNull ? position : null
    const part = query.where(isNull ? sql<SqlBool>`${keyRef} is null` : sql<SqlBool>`${keyRef} > ''`)
    // Without a position it is read forward, so what is read backward is turned around.
    const isTurned = isBackward && !start
    const isIdDescending = sort.isIdDescending !== isTurned
    const isDescending = isNull ? isIdDescending : sort.isDescending !== isTurned
    const page = {
      limit: limit - rows.length,
      sort: { ...sort, isDescending, isIdDescending },
      position: start && isNull ? { ...start, value: start.id } : start,
    }
    const found = await fetchRows(part, isNull ? id : key, id, page)
    rows.push(...(isNull ? found.map((row) => ({ ...row, sort_value: null })) : found))
  }
  return rows
}

async function countOf<DB, TB extends keyof DB>(query: SelectQueryBuilder<DB, TB, object>): Promise<number> {
  const counted = (await query.select(sql<number>`count(*)`.as('total')).executeTakeFirst()) as { total: number } | undefined
  return Number(counted?.total ?? 0)
}

/**
 * Fetches one page by keyset, never by offset, forward or backward.
 * @param query filters, without selection
 * @param key the column sorted by, or what is made of columns; may be null, then last both ways
 */
export async function fetchPage<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  page: PageRequest,
  isNullable = false,
): Promise<Rows<{ id: string }>> {
  const fetched = await (isNullable ? fetchNullableRows : fetchRows)(query, key, id, page)
  return pageOf(fetched, page.limit, page.position, page.count ? await countOf(query) : undefined)
}

/**
 * Fetches one page of the rows of several queries that have none in common: each gives its own in order, which one for all would have to
 * sort. What would come after a whole page isn't looked for.
 */
export async function fetchMerged<DB, TB extends keyof DB>(
  queries: readonly SelectQueryBuilder<DB, TB, object>[],
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  page: PageRequest,
): Promise<Rows<{ id: string }>> {
  const { limit, sort, position, count } = page
  const isBackward = position?.isBackward ?? false
  const isFalling = sort.isDescending !== isBackward
  const compared = (one: unknown, other: unknown, isDescending: boolean) =>
    one === other ? 0 : String(one) < String(other) === (isDescending === isBackward) ? -1 : 1
  const inOrder = (one: Keyed, other: Keyed) =>
    compared(one.sort_value, other.sort_value, sort.isDescending) || compared(one.sort_id, other.sort_id, sort.isIdDescending)
  let fetched: Keyed[] = []
  for (const query of queries) {
    const last = fetched[limit]?.sort_value
    const rows = last === undefined ? query : query.where(sql<SqlBool>`${sql.ref(key as string)} ${sql.raw(isFalling ? '>=' : '<=')} ${last}`)
    fetched = [...fetched, ...(await fetchRows(rows, key, id, page))].sort(inOrder).slice(0, limit + 1)
  }
  let total = count ? 0 : undefined
  if (total !== undefined) for (const query of queries) total += await countOf(query)
  return pageOf(fetched, limit, position, total)
}

/** Fetches the page that has a row in its middle, as far as there are rows on both sides. @param at the row, which the query gives */
export async function fetchAround<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  page: PageRequest,
  at: Edge,
): Promise<Rows<{ id: string }>> {
  const before = await fetchPage(query, key, id, { ...page, limit: Math.floor((page.limit - 1) / 2), position: { ...at, isBackward: true }, count: false })
  const after = await fetchPage(query, key, id, { ...page, limit: page.limit - 1 - before.data.length, position: { ...at, isBackward: false } })
  return { ...after, data: [...before.data, { id: at.id }, ...after.data], prev: before.prev }
}

/** Makes a page of one row more than its limit, fetched in the direction of the position. */
export function pageOf(fetched: Keyed[], limit: number, position: CursorPosition | null, total?: number): Rows<{ id: string }> {
  const isBackward = position?.isBackward ?? false
  const hasMore = fetched.length > limit
  const rows = fetched.slice(0, limit)
  if (isBackward) rows.reverse()
  const edge = (row: Keyed | undefined): Edge | null =>
    row ? { value: row.sort_value, id: row.sort_id } : position && { value: position.value, id: position.id }
  return {
    data: rows.map((row) => ({ id: row.sort_id })),
    next: isBackward || hasMore ? edge(rows.at(-1)) : null,
    prev: (isBackward ? hasMore : position !== null) ? edge(rows[0]) : null,
    ...(total === undefined ? {} : { total }),
  }
}

// So many rows are loaded at a time, where they may be long.
const atATime = 8

/**
 * Fetches a page of what may be long: as many rows as don’t get too long together, those that are nearest to where it begins, one at least.
 * A page that ends early has its own next one.
 * @param load gives what rows are, in their order @param sizeOf in bytes or characters, of which a page has at most so many
 */
export async function fetchUpTo<T>(
  page: PageRequest,
  fetch: (page: PageRequest) => Promise<Rows<{ id: string }>>,
  load: (ids: readonly string[]) => Promise<readonly T[]>,
  sizeOf: (one: T) => number,
  most: number,
): Promise<Rows<T>> {
  const found = await fetch(page)
  const isBackward = page.position?.isBackward ?? false
  const ids = found.data.map(({ id }) => id)
  const data: T[] = []
  let left = most
  for (const own of chunked(isBackward ? ids.toReversed() : ids, atATime))
    for (const one of left < 0 ? [] : await load(own)) {
      left -= sizeOf(one)
      if (left >= 0 || data.length === 0) data.push(one)
    }
  const { next, prev } = data.length < ids.length && left < 0 ? await fetch({ ...page, limit: data.length, count: false }) : found
  return { ...found, next, prev, data: isBackward ? data.toReversed() : data }
}

/** Puts rows in the order in which their ids were found. */
export function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
