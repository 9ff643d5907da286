import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseSearch, type QueryTerm } from '../copy/query.ts'
import { snippetOf } from '../copy/snippet.ts'
import type { Engine, Read, SearchTier } from '../database/engine.ts'
import { type CursorPosition, fetchPage, type PageRequest, pageOf, type Rows } from '../database/pages.ts'
import { isId, ownersOfSlugs } from '../database/slugs.ts'
import { type Condition, conditionsOf, requireKnown } from '../http/filters.ts'
import { badRequest } from '../http/problems.ts'
import { normalTime } from '../http/validation.ts'
import { topicsUnder } from '../topics/store.ts'
import { publicDocuments } from './public.ts'
import { statuses } from './schemas.ts'
import { type Document, type Parts, workingDocumentsById } from './store.ts'

export const sorts = ['publishedAt', 'updatedAt', 'createdAt', 'scheduledAt', 'headline', 'relevance']

const columns: Record<string, string> = {
  publishedAt: 'published_at',
  updatedAt: 'updated_at',
  createdAt: 'created_at',
  scheduledAt: 'scheduled_at',
  headline: 'headline',
}

export type ListQuery = Record<string, unknown> & { q?: string }

/** What a list of articles is read from: the public rows, or the working copies. */
type Source = {
  read: Read
  engine: Engine
  shows: 'public' | 'working'
  site: string | null
  /** Runs a check whose faults are to be listed with the others. */
  note: <T>(check: () => T) => T | undefined
}

const tableOf = ({ shows }: Source) => (shows === 'public' ? 'public_articles' : 'articles')
const idOf = (source: Source) => (source.shows === 'public' ? 'public_articles.article_id' : 'articles.id')

function valuesCondition(column: RawBuilder<unknown>, { isNone, values }: Condition): RawBuilder<SqlBool> {
  return isNone ? sql<SqlBool>`(${column} is null or ${column} not in (${sql.join(values)}))` : sql<SqlBool>`${column} in (${sql.join(values)})`
}

async function idsOf(source: Source, kind: 'topic' | 'author', values: string[]): Promise<string[]> {
  const owners = await ownersOfSlugs(
    source.read,
    kind,
    values.filter((value) => !isId(value)),
    source.shows === 'public',
  )
  const ids = values.flatMap((value) => (isId(value) ? [value.toLowerCase()] : (owners.get(value) ?? [])))
  return kind === 'topic' && source.shows === 'working' ? topicsUnder(source.read, ids) : ids
}

async function namesCondition(source: Source, kind: 'topic' | 'author', { isNone, values }: Condition): Promise<RawBuilder<SqlBool>> {
  const ids = await idsOf(source, kind, values)
  if (ids.length === 0) return isNone ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`
  const table = sql.ref(source.shows === 'public' ? `public_article_${kind}s` : `article_${kind}s`)
  const exists = sql<SqlBool>`exists (select 1 from ${table} as named where named.article_id = ${sql.ref(idOf(source))} and named.${sql.ref(`${kind}_id`)} in (${sql.join(ids)}))`
  return isNone ? sql<SqlBool>`not ${exists}` : exists
}

function canonicalLanguages(conditions: Condition[]): Condition[] {
  return conditions.map(({ isNone, values }) => ({
    isNone,
    values: values.map((value) => {
      try {
        return Intl.getCanonicalLocales(value)[0] as string
      } catch {
        throw badRequest({ parameter: 'language', code: 'format', message: 'must be BCP 47 language tags, such as en or pt-BR' })
      }
    }),
  }))
}

const times = [
  ['published', 'published_at'],
  ['updated', 'updated_at'],
  ['scheduled', 'scheduled_at'],
] as const

async function filtersOf(source: Source, query: ListQuery): Promise<RawBuilder<SqlBool>[]> {
  const column = (name: string) => sql.ref(`${tableOf(source)}.${name}`)
  const filters: RawBuilder<SqlBool>[] = []
  const conditions = (name: string) => source.note(() => conditionsOf(query, name)) ?? []
  const status = conditions('status')
  source.note(() => requireKnown(status, 'status', statuses))
  if (source.shows === 'working') {
    for (const condition of status) filters.push(valuesCondition(column('status'), condition))
    if (query.status === undefined) filters.push(sql<SqlBool>`${column('status')} != 'trashed'`)
    if (typeof query.hasUnpublishedChanges === 'boolean')
      filters.push(sql<SqlBool>`${column('has_unpublished_changes')} = ${Number(query.hasUnpublishedChanges)}`)
  } else if (status.some(({ isNone, values }) => isNone || values.some((value) => value !== 'published')))
    source.note(() => {
      throw badRequest({ parameter: 'status', code: 'combination', message: 'needs copy=working: without it only published articles are listed' })
    })
  for (const condition of source.note(() => canonicalLanguages(conditions('language'))) ?? []) filters.push(valuesCondition(column('language'), condition))
  for (const condition of conditions('genre')) filters.push(valuesCondition(column('genre'), condition))
  for (const kind of ['topic', 'author'] as const) for (const condition of conditions(kind)) filters.push(await namesCondition(source, kind, condition))
  for (const name of ['hasUnpublishedChanges', 'scheduledAfter', 'scheduledBefore'])
    if (source.shows === 'public' && query[name] !== undefined)
      source.note(() => {
        throw badRequest({ parameter: name, code: 'combination', message: 'needs copy=working' })
      })
  for (const [name, of] of times) {
    if (source.shows === 'public' && name === 'scheduled') continue
    const [after, before] = [query[`${name}After`], query[`${name}Before`]]
    if (typeof after === 'string') filters.push(sql<SqlBool>`${column(of)} >= ${normalTime(after)}`)
    if (typeof before === 'string') filters.push(sql<SqlBool>`${column(of)} < ${normalTime(before)}`)
  }
  return filters
}

function filtered(source: Source, filters: readonly RawBuilder<SqlBool>[]) {
  // Both tables have the columns that are filtered and sorted by.
  let query = source.read.selectFrom(tableOf(source) as 'public_articles')
  for (const filter of filters) query = query.where(filter)
  return query
}

function searched(source: Source, filters: readonly RawBuilder<SqlBool>[], terms: QueryTerm[], tier: SearchTier | 'any') {
  return filtered(source, filters)
    .innerJoin('search_rows', (join) => join.on(sql<SqlBool>`search_rows.article_id = ${sql.ref(idOf(source))}`).on('search_rows.copy', '=', source.shows))
    .where(source.engine.matches(source.shows, terms, tier))
}

function tierPosition({ value }: CursorPosition): { tier: number; number: number } {
  const match = /^([012]):(-?\d{1,16})$/.exec(String(value))
  if (!match) throw badRequest({ parameter: 'cursor', code: 'value', message: 'is not a cursor of this query' })
  return { tier: Number(match[1]), number: Number(match[2]) }
}

/** A page by relevance: tier after tier, the newest first in each. */
async function pageByRelevance(
  source: Source,
  filters: readonly RawBuilder<SqlBool>[],
  terms: QueryTerm[],
  { limit, position, count }: PageRequest,
): Promise<Rows<{ id: string }>> {
  const isBackward = position?.isBackward ?? false
  const start = position ? tierPosition(position) : null
  const tiers = ([0, 1, 2] as const).filter((tier) => !start || (isBackward ? tier <= start.tier : tier >= start.tier))
  if (isBackward) tiers.reverse()
  const fetched: { sort_value: string; sort_id: string }[] = []
  for (const tier of tiers) {
    if (fetched.length > limit) break
    let query = searched(source, filters, terms, tier).select([sql<string>`${sql.ref(idOf(source))}`.as('sort_id'), 'search_rows.number'])
    if (start && tier === start.tier) query = query.where('search_rows.number', isBackward ? '>' : '<', start.number)
    const rows = await query
      .orderBy('search_rows.number', isBackward ? 'asc' : 'desc')
      .limit(limit + 1 - fetched.length)
      .execute()
    fetched.push(...rows.map(({ sort_id, number }) => ({ sort_id, sort_value: `${tier}:${number}` })))
  }
  const total = count
    ? Number(
        (
          await searched(source, filters, terms, 'any')
            .select(({ fn }) => fn.countAll<number>().as('total'))
            .executeTakeFirstOrThrow()
        ).total,
      )
    : undefined
  return pageOf(fetched, limit, position, total)
}

async function withSnippets(source: Source, documents: Document[], terms: QueryTerm[]): Promise<Document[]> {
  if (documents.length === 0) return documents
  const rows = await source.read
    .selectFrom('search_rows')
    .selectAll()
    .where('copy', '=', source.shows)
    .where(
      'article_id',
      'in',
      documents.map(({ id }) => id),
    )
    .execute()
  const texts = new Map(rows.map((row) => [row.article_id, row]))
  return documents.map((document) => {
    const text = texts.get(document.id)
    const snippet = text && [text.body, text.secondary, text.headline].map((part) => snippetOf(part, terms)).find((found) => found !== null)
    return { ...document, article: { ...document.article, ...(snippet ? { snippet } : {}) } }
  })
}

const documentsById = ({ read, shows, site }: Source, ids: readonly string[], parts: Parts) =>
  shows === 'public' ? publicDocuments(read, ids, parts, site) : workingDocumentsById(read, ids, parts, site)

/** A page of articles: filtered, searched, sorted; nulls last both ways. */
export async function pageOfArticles(source: Source, query: ListQuery, page: PageRequest, parts: Parts): Promise<Rows<Document>> {
  const filters = await filtersOf(source, query)
  const terms = query.q === undefined ? null : parseSearch(query.q)
  const documents = async (found: Rows<{ id: string }>) => {
    const data = await documentsById(
      source,
      found.data.map(({ id }) => id),
      parts,
    )
    return { ...found, data: terms ? await withSnippets(source, data, terms) : data }
  }
  if (terms?.length === 0) return { data: [], next: null, prev: null, ...(page.count ? { total: 0 } : {}) }
  const isByRelevance = page.sort.name === 'relevance'
  if (isByRelevance && !terms) throw badRequest({ parameter: 'sort', code: 'combination', message: 'relevance needs q' })
  if (isByRelevance && terms) return documents(await pageByRelevance(source, filters, terms, page))
  const base = terms ? searched(source, filters, terms, 'any') : filtered(source, filters)
  const key = page.sort.name === 'id' ? idOf(source) : `${tableOf(source)}.${columns[page.sort.name]}`
  if (page.sort.name === 'scheduledAt' && source.shows === 'public')
    throw badRequest({ parameter: 'sort', code: 'combination', message: 'scheduledAt needs copy=working' })
  const isNullable = source.shows === 'working' && ['publishedAt', 'scheduledAt'].includes(page.sort.name)
  return documents(
    await fetchPage(base as ReturnType<typeof filtered>, key as 'public_articles.published_at', idOf(source) as 'public_articles.article_id', page, isNullable),
  )
}

/** Articles by ids or slugs, in the order asked, those that filters leave. */
export async function orderedArticles(source: Source, query: ListQuery, asked: { ids?: string[]; slugs?: string[] }, parts: Parts): Promise<Document[]> {
  const owners = await ownersOfSlugs(source.read, 'article', asked.slugs ?? [], source.shows === 'public')
  const ids = asked.ids ?? (asked.slugs ?? []).flatMap((slug) => owners.get(slug) ?? [])
  if (ids.length === 0) return []
  const rows = await filtered(source, [...(await filtersOf(source, query)), sql<SqlBool>`${sql.ref(idOf(source))} in (${sql.join(ids)})`])
    .select(sql<string>`${sql.ref(idOf(source))}`.as('id'))
    .execute()
  const seen = new Set(rows.map(({ id }) => id))
  return documentsById(
    source,
    [...new Set(ids)].filter((id) => seen.has(id)),
    parts,
  )
}
