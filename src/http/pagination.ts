import type { FastifyRequest } from 'fastify'
import type { CursorPosition, Edge, PageRequest, Rows, SortKey } from '../database/pages.ts'
import { normalAddress } from './addresses.ts'
import type { Answer } from './answers.ts'
import { noting } from './faults.ts'
import { badRequest, type Fault, quoted } from './problems.ts'
import { hashOf } from './secrets.ts'
import { suggested } from './suggestions.ts'
import Type from './type.ts'

/** The parameters of every paged collection. @param sorts the keys it sorts by @param more what else is said of them, from a space on */
export function pageParameters(sorts: readonly string[], initially: string, more = '') {
  return {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, format: 'int32', default: 20, description: 'Rows a page.' })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 8000, description: 'From `page.nextCursor` or `page.prevCursor` of the same query.' })),
    sort: Type.Optional(
      Type.String({
        maxLength: 100,
        description: `One of ${sorts.map((sort) => `\`${sort}\``).join(', ')} (\`-\` before it: descending), then \`,id\` or \`,-id\` if wanted.${more}`,
        default: initially,
        examples: [initially],
      }),
    ),
    count: Type.Optional(Type.Boolean({ default: false, description: 'Whether to count all rows, in `page.total`.' })),
  }
}

const list = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4000, description }))

const alwaysThere = ['id', 'slug', 'headline', 'status', 'language', 'publishedAt', 'updatedAt']

/** Which properties of rows to answer with. @param properties those that they have @param more what else is said of them, from a space on */
export function fieldsParameter(properties: readonly string[], more = '') {
  const always = alwaysThere.filter((name) => properties.includes(name)).map((name) => `\`${name}\``)
  const isPicked = properties.map((name) => `\`${name}\``).join(', ')
  return { fields: list(`Properties of the rows, comma-separated, of ${isPicked}.${always.length > 0 ? ` Always there: ${always.join(', ')}.` : ''}${more}`) }
}

/** A filter of a list that takes several values, which combine the same everywhere. @param maxLength the most characters that it has at a time */
export const filter = (description: string, maxLength = 1000) =>
  Type.Optional(
    Type.Array(Type.String({ maxLength }), {
      maxItems: 20,
      description: `${description} \`a,b\` is any of, repeated all of, a leading \`-\` none of.`.trimStart(),
    }),
  )
export const idsParameter = { ids: list('At most 100 ids, comma-separated: answered in this order on one page, those not found left out.') }
export const externalIdParameter = {
  externalId: list('At most 100 ids of another system, comma-separated: answered in this order on one page, those not found left out.'),
}
export const slugParameter = {
  slug: list('At most 100 slugs (ids and `ext:`, too), comma-separated: answered in this order on one page, those not found left out.'),
}

/** A comma-separated list as its parts. */
export function parts(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim())
}

/** Reads `sort`: one known key, then `id` or `-id`. */
export function parseSort(text: string, sorts: readonly string[]): SortKey {
  const [first = '', second, ...more] = text.split(',')
  const name = first.replace(/^-/, '')
  const fault = (message: string, suggestion?: string) => badRequest({ parameter: 'sort', code: 'value', message, ...(suggestion ? { suggestion } : {}) })
  if (name !== 'id' && !sorts.includes(name)) throw fault(`must be one of ${sorts.join(', ')}, with - before it for descending`, suggested(name, sorts))
  if (more.length > 0 || (second !== undefined && !/^-?id$/.test(second))) throw fault('takes one key, then id or -id if wanted')
  const isDescending = first.startsWith('-')
  return { name, isDescending, isIdDescending: second === undefined ? isDescending : second === '-id' }
}

type CursorContent = [query: string, direction: 'next' | 'prev', value: string | number | null, id: string]

function encodeCursor(content: CursorContent): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

function decodeCursor(text: string, query: string, type: 'string' | 'number'): CursorPosition {
  try {
    const [boundTo, direction, value, id, ...more] = JSON.parse(Buffer.from(text, 'base64url').toString()) as CursorContent
    const isValue = value === null || (typeof value === type && (type === 'string' || Number.isSafeInteger(value)))
    if (boundTo === query && more.length === 0 && isValue && !`${value}${id}`.includes('\0') && typeof id === 'string' && ['next', 'prev'].includes(direction))
      return { isBackward: direction === 'prev', value, id }
  } catch {
    // Fall through: what can't be read is no cursor of ours.
  }
  throw badRequest({ parameter: 'cursor', code: 'value', message: 'is not a cursor of this query; cursors are bound to filters, q and sort' })
}

// What only shapes a page, or says where it begins.
const unbound = ['limit', 'cursor', 'fields', 'count', 'include', 'around', 'replies', 'facets']

/** What a cursor is bound to: the path and every parameter but those that only shape the page. */
function queryIdentity(path: string, query: Record<string, unknown>): string {
  const bound = Object.entries(query).filter(([name]) => !unbound.includes(name))
  return hashOf(JSON.stringify([path, bound.sort(([a], [b]) => (a < b ? -1 : 1))])).slice(0, 16)
}

const identityOf = (request: FastifyRequest) => queryIdentity(request.raw.url?.split('?')[0] ?? '', request.query as Record<string, unknown>)

const cursorsOf = (identity: string, { next, prev }: { next: Edge | null; prev: Edge | null }) => ({
  nextCursor: next && encodeCursor([identity, 'next', next.value, next.id]),
  prevCursor: prev && encodeCursor([identity, 'prev', prev.value, prev.id]),
})

/** The cursors of a page that another address, without parameters, goes on with. */
export const cursorsAt = (path: string, edges: { next: Edge | null; prev: Edge | null }) => cursorsOf(queryIdentity(path, {}), edges)

/**
 * Reads the parameters of a paged collection.
 * @param initially the sort when none is asked for
 * @param keyType what is sorted by, and so what a cursor holds
 * @param isFixed whether it is the sort whatever the parameter says, which means something else here
 */
export function pageRequest(
  request: FastifyRequest,
  sorts: readonly string[],
  initially: string,
  isFixed = false,
  keyType: 'string' | 'number' = 'string',
): PageRequest {
  const { limit = 20, cursor, sort, count = false } = request.query as { limit?: number; cursor?: string; sort?: string; count?: boolean }
  const position = cursor === undefined ? null : (noting(request, () => decodeCursor(cursor, identityOf(request), keyType)) ?? null)
  const sortKey = noting(request, () => parseSort(isFixed ? initially : (sort ?? initially), sorts)) ?? parseSort(initially, sorts)
  return { limit, sort: sortKey, position, count: count === true }
}

const mostOrdered = 100

const orderedBy = ['ids', 'externalId', 'slug'] as const
type OrderedBy = (typeof orderedBy)[number]

/**
 * Reads `ids`, `externalId` or `slug`: a list that is answered in its order on one page, so nothing that pages or sorts may stand beside it.
 * @throws Problem 400 for more than 100, or for `limit`, `cursor`, `sort` or `q` beside it.
 */
export function orderedList(query: Record<string, unknown>, name: OrderedBy): string[] | null {
  const text = query[name]
  if (typeof text !== 'string') return null
  const faults: Fault[] = ['limit', 'cursor', 'sort', 'q', ...orderedBy.slice(orderedBy.indexOf(name) + 1)]
    .filter((other) => query[other] !== undefined)
    .map((parameter) => ({ parameter, code: 'combination', message: `can’t be combined with ${name}` }))
  const asked = [...new Set(parts(text))]
  if (asked.length > mostOrdered) faults.push({ parameter: name, code: 'length', message: 'must not have more than 100 values' })
  if (faults.length > 0) throw badRequest(faults)
  return asked
}

/** Reads a list of property names such as `fields`. @throws Problem 400 for one that isn't known, with the nearest. */
export function propertyNames(query: Record<string, unknown>, parameter: string, known: readonly string[]): string[] | null {
  const text = query[parameter]
  if (typeof text !== 'string') return null
  const names = parts(text)
  const faults = names
    .filter((name) => !known.includes(name))
    .map((name): Fault => {
      const near = suggested(name, known)
      return { parameter, code: 'value', message: `has no property "${quoted(name)}"`, ...(near ? { suggestion: near } : {}) }
    })
  if (faults.length > 0) throw badRequest(faults)
  return names
}

/** Whether rows are to have a property, by `fields`. */
export function asksFor({ query }: Pick<FastifyRequest, 'query'>, property: string): boolean {
  const { fields } = query as { fields?: string }
  return fields === undefined || parts(fields).includes(property)
}

/** Leaves of a row what `fields` asks for and what always comes. */
export function pickFields(row: Record<string, unknown>, fields: string[] | null): Record<string, unknown> {
  if (!fields) return row
  return Object.fromEntries(Object.entries(row).filter(([name]) => alwaysThere.includes(name) || fields.includes(name)))
}

/** The answer of a page: rows, cursors and the `Link` header (RFC 8288). */
export function pageAnswer(request: FastifyRequest, rows: Rows<Record<string, unknown>>, limit: number): Pick<Answer, 'body' | 'link'> {
  const page = {
    limit,
    ...cursorsOf(identityOf(request), rows),
    ...(rows.total === undefined ? {} : { total: rows.total }),
    ...rows.counts,
  }
  const [path, query = ''] = normalAddress(request.raw.url ?? '').split(/\?(.*)/s)
  const kept = query.split('&').filter((pair) => pair !== '' && !/^(?:cursor|around)=/.test(pair))
  const link = [
    ['next', page.nextCursor],
    ['prev', page.prevCursor],
  ]
    .filter(([, value]) => value)
    .map(([relation, value]) => `<${path}?${[...kept, `cursor=${value}`].join('&').replaceAll('>', '%3E').replaceAll('<', '%3C')}>; rel="${relation}"`)
    .join(', ')
  return { body: { data: rows.data, page }, ...(link ? { link } : {}) }
}

type Row = { id: string }

/** How a collection is read: one page of it, or what `ids`, `externalId` or `slug` ask for. */
type Collection<T extends Row> = {
  sorts: readonly string[]
  initially: string
  /** `sort` has names of its own here, which `initially` stands for. */
  isSortFixed?: boolean
  /** What is sorted by: texts, where it is left out. */
  keyType?: 'string' | 'number'
  /** What `fields` may pick. */
  properties: readonly string[]
  /** What of a row is shown; all of it where this is left out. */
  shown?: (row: T) => Record<string, unknown>
  /** Comes besides what `fields` picks. */
  included?: readonly string[]
  /** `ids` may be references by `ext:`. */
  ordered?: (asked: { ids?: string[]; slugs?: string[] }) => Promise<T[]>
  page: (page: PageRequest) => Promise<Rows<T>>
}

/** Answers a paged collection: the whole rows beside, for the keys of what is shown. */
export async function collection<T extends Row>(
  request: FastifyRequest,
  { sorts, initially, isSortFixed, keyType, properties, shown = (row) => row, included = [], ordered, page }: Collection<T>,
): Promise<Pick<Answer, 'body' | 'link'> & { rows: T[] }> {
  const query = request.query as Record<string, unknown>
  const asked = noting(request, () => propertyNames(query, 'fields', properties)) ?? null
  const fields = asked && [...asked, ...included]
  const picked = (rows: T[]) => rows.map((row) => pickFields(shown(row), fields))
  if (ordered) {
    const listed = (name: OrderedBy) => noting(request, () => orderedList(query, name)) ?? null
    const ids = listed('ids') ?? listed('externalId')?.map((externalId) => `ext:${externalId}`) ?? null
    const slugs = ids ? null : listed('slug')
    if (ids || slugs) {
      const rows = await ordered(ids ? { ids } : { slugs: slugs ?? [] })
      const total = query.count === true ? rows.length : undefined
      return { ...pageAnswer(request, { data: picked(rows), next: null, prev: null, total }, mostOrdered), rows }
    }
  }
  const wanted = pageRequest(request, sorts, initially, isSortFixed, keyType)
  const found = await page(wanted)
  return { ...pageAnswer(request, { ...found, data: picked(found.data) }, wanted.limit), rows: found.data }
}
