import { type Expression, type ReferenceExpression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'

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

/** Rows after a position in the order: two branches, since nulls come last both ways. */
function beyond(key: Expression<unknown>, id: Expression<unknown>, sort: SortKey, { value, id: at, isBackward }: CursorPosition) {
  const after = (isDescending: boolean) => sql.raw(isDescending !== isBackward ? '<' : '>')
  const beyondId = sql<SqlBool>`${id} ${after(sort.isIdDescending)} ${at}`
  if (value === null) return isBackward ? sql<SqlBool>`(${key} is not null or ${beyondId})` : sql<SqlBool>`(${key} is null and ${beyondId})`
  const further = sql<SqlBool>`(${key} ${after(sort.isDescending)} ${value} or (${key} = ${value} and ${beyondId}))`
  return isBackward ? sql<SqlBool>`(${key} is not null and ${further})` : sql<SqlBool>`(${key} is null or ${further})`
}

/** The rows from a position on, one more than a page has, in the direction of the position. */
async function fetchRows<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
  key: ReferenceExpression<DB, TB>,
  id: ReferenceExpression<DB, TB>,
  { limit, sort, position }: PageRequest,
  isNullable: boolean,
): Promise<Keyed[]> {
  const keyRef = typeof key === 'string' ? sql.ref(key) : sql`${key as Expression<unknown>}`
  const idRef = sql.ref(id as string)
  const isBackward = position?.isBackward ?? false
  const direction = (isDescending: boolean) => (isDescending !== isBackward ? 'desc' : 'asc')
  let page = query.select([keyRef.as('sort_value'), idRef.as('sort_id')])
  if (position) page = page.where(isNullable ? beyond(keyRef, idRef, sort, position) : beyondNotNull(keyRef, idRef, sort, position))
  if (isNullable) page = page.orderBy(sql`${keyRef} is null`, isBackward ? 'desc' : 'asc')
  page = page.orderBy(keyRef, direction(sort.isDescending)).orderBy(idRef, direction(sort.isIdDescending))
  return (await page.limit(limit + 1).execute()) as unknown as Keyed[]
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
  const fetched = await fetchRows(query, key, id, page, isNullable)
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
    fetched = [...fetched, ...(await fetchRows(rows, key, id, page, false))].sort(inOrder).slice(0, limit + 1)
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

// For a column without nulls one row comparison is one range of an index where both directions agree.
function beyondNotNull(key: Expression<unknown>, id: Expression<unknown>, sort: SortKey, position: CursorPosition) {
  if (sort.isDescending !== sort.isIdDescending) return beyond(key, id, sort, position)
  const operator = sql.raw(sort.isDescending !== position.isBackward ? '<' : '>')
  return sql<SqlBool>`(${key}, ${id}) ${operator} (${position.value}, ${position.id})`
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

/** Puts rows in the order in which their ids were found. */
export function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
