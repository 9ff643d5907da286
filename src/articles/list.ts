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

/** Topics or authors that articles are to name, or not. */
type Naming = { kind: 'topic' | 'author'; isNone: boolean; ids: string[] }

function namingCondition(source: Source, { kind, isNone, ids }: Naming): RawBuilder<SqlBool> {
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

/** What a query asks of the rows: conditions, and the names apart, since one of them may be the way to find the rows. */
type Filters = { conditions: RawBuilder<SqlBool>[]; namings: Naming[] }

async function filtersOf(source: Source, query: ListQuery): Promise<Filters> {
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
  const namings: Naming[] = []
  for (const kind of ['topic', 'author'] as const)
    for (const { isNone, values } of conditions(kind)) namings.push({ kind, isNone, ids: await idsOf(source, kind, values) })
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
  return { conditions: filters, namings }
}

const conditionsIn = (source: Source, { conditions, namings }: Filters) => [...conditions, ...namings.map((naming) => namingCondition(source, naming))]

// Both tables have the columns that are filtered and sorted by.
const rowsOf = (source: Source) => source.read.selectFrom(tableOf(source) as 'public_articles')

function filtered(source: Source, filters: Filters) {
  return conditionsIn(source, filters).reduce((query, condition) => query.where(condition), rowsOf(source))
}

/** The public articles that name one topic or author, in the order of their dates, which is how they are kept. */
function named(source: Source, { conditions, namings }: Filters, naming: Naming) {
  const rest = { conditions, namings: namings.filter((other) => other !== naming) }
  const rows = source.read
    .selectFrom(`public_article_${naming.kind}s as named_rows` as 'public_article_topics as named_rows')
    .where(`named_rows.${naming.kind}_id` as 'named_rows.topic_id', '=', naming.ids[0] as string)
  const others = conditionsIn(source, rest)
  if (others.length === 0) return rows
  const joined = rows.innerJoin('public_articles', 'public_articles.article_id', 'named_rows.article_id')
  return others.reduce((query, condition) => query.where(condition), joined)
}

/** What a search finds, narrowed by filters: the hits come first, since only they come in order at any size. */
function searched(source: Source, filters: Filters, terms: QueryTerm[], tier: SearchTier | 'any') {
  const { table, number, where } = source.engine.hits(source.shows, terms, tier)
  const hits = source.read
    .selectFrom(table as 'search_rows')
    .crossJoin('search_rows as found')
    .where('found.copy', '=', source.shows)
    .where(sql<SqlBool>`found.number = ${number}`)
    .where(sql<SqlBool>`${where}`)
  const conditions = conditionsIn(source, filters)
  return { number, hits, conditions }
}

function withArticles(source: Source, { hits, conditions }: ReturnType<typeof searched>) {
  const joined = hits.crossJoin(tableOf(source) as 'public_articles').where(sql<SqlBool>`${sql.ref(idOf(source))} = found.article_id`)
  return conditions.reduce((query, condition) => query.where(condition), joined)
}

function tierPosition({ value }: CursorPosition): { tier: number; number: number } {
  const match = /^([012]):(-?\d{1,16})$/.exec(String(value))
  if (!match) throw badRequest({ parameter: 'cursor', code: 'value', message: 'is not a cursor of this query' })
  return { tier: Number(match[1]), number: Number(match[2]) }
}

/** A page by relevance: tier after tier, the newest first in each. */
async function pageByRelevance(source: Source, filters: Filters, terms: QueryTerm[], { limit, position, count }: PageRequest): Promise<Rows<{ id: string }>> {
  const isBackward = position?.isBackward ?? false
  const start = position ? tierPosition(position) : null
  const tiers = ([0, 1, 2] as const).filter((tier) => !start || (isBackward ? tier <= start.tier : tier >= start.tier))
  if (isBackward) tiers.reverse()
  const fetched: { sort_value: string; sort_id: string }[] = []
  for (const tier of tiers) {
    if (fetched.length > limit) break
    const search = searched(source, filters, terms, tier)
    const matching = search.conditions.length > 0 ? withArticles(source, search) : search.hits
    let query = matching.select(['found.article_id as sort_id', search.number.as('number')])
    if (start && tier === start.tier) query = query.where(sql<SqlBool>`${search.number} ${sql.raw(isBackward ? '>' : '<')} ${start.number}`)
    const rows = await query
      .orderBy(search.number, isBackward ? 'asc' : 'desc')
      .limit(limit + 1 - fetched.length)
      .execute()
    fetched.push(...rows.map(({ sort_id, number }) => ({ sort_id, sort_value: `${tier}:${number}` })))
  }
  const total = count
    ? Number(
        (
          await withArticles(source, searched(source, filters, terms, 'any'))
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
  const naming = filters.namings.find(({ isNone, ids }) => !isNone && ids.length === 1)
  if (source.shows === 'public' && page.sort.name === 'publishedAt' && naming && !terms)
    return documents(await fetchPage(named(source, filters, naming), 'named_rows.published_at', 'named_rows.article_id', page))
  const base = terms ? withArticles(source, searched(source, filters, terms, 'any')) : filtered(source, filters)
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
  const rows = await filtered(source, await filtersOf(source, query))
    .where(sql<SqlBool>`${sql.ref(idOf(source))} in (${sql.join(ids)})`)
    .select(sql<string>`${sql.ref(idOf(source))}`.as('id'))
    .execute()
  const seen = new Set(rows.map(({ id }) => id))
  return documentsById(
    source,
    [...new Set(ids)].filter((id) => seen.has(id)),
    parts,
  )
}
