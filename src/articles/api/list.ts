import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseSearch, type QueryTerm } from '../../copy/query.ts'
import { markedLine, snippetOf } from '../../copy/snippet.ts'
import type { Engine, Read, SearchCopy, SearchTier } from '../../database/engine.ts'
import { idsOfReferences } from '../../database/external-ids.ts'
import { type CursorPosition, fetchMerged, fetchPage, type PageRequest, pageOf, type Rows } from '../../database/pages.ts'
import { idsByReference, ownersOfSlugs } from '../../database/slugs.ts'
import { type Condition, conditionsOf, requireKnown } from '../../http/filters.ts'
import { normalTime } from '../../http/formats.ts'
import { badRequest } from '../../http/problems.ts'
import { topicsUnder } from '../../topics/store.ts'
import { publicDocuments } from '../public/documents.ts'
import { perMillisecond } from '../public/index-values.ts'
import { statuses } from '../working/schemas.ts'
import { type Document, type Parts, workingDocumentsById } from '../working/store.ts'
import { conditionsByLanguage, type Languages, languageCondition, languagesAsked } from './languages.ts'

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

export type ListQuery = Record<string, unknown> & { q?: string; fallback?: string }

/** What a list of articles is read from: the public rows, or the working copies. */
export type Source = {
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
  const owners = await idsByReference(source.read, kind, values, source.shows === 'public')
  const ids = values.flatMap((value) => owners.get(value) ?? [])
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

const times = [
  ['published', 'published_at'],
  ['updated', 'updated_at'],
  ['scheduled', 'scheduled_at'],
] as const

/** What a query asks of the rows: conditions, and the languages and names apart, since these may be the way to find the rows. */
export type Filters = {
  conditions: RawBuilder<SqlBool>[]
  languages: Languages | null
  namings: Naming[]
  /** The one of the conditions, if there is one, whose rows an index has in the order of their dates. */
  narrow: RawBuilder<SqlBool> | undefined
}

export async function filtersOf(source: Source, query: ListQuery): Promise<Filters> {
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
  const languages = await languagesAsked(source, tableOf(source), conditions('language'), query.fallback)
  let narrow = languages?.tags.length === 1 && !languages.isOnce ? languageCondition(tableOf(source), languages) : undefined
  for (const condition of conditions('genre')) {
    const filter = valuesCondition(column('genre'), condition)
    filters.push(filter)
    if (!condition.isNone && condition.values.length === 1) narrow = filter
  }
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
  return { conditions: filters, languages, namings, narrow }
}

export const conditionsIn = (source: Source, { conditions, languages, namings }: Pick<Filters, 'conditions' | 'languages' | 'namings'>) => [
  ...conditions,
  ...(languages ? [languageCondition(tableOf(source), languages)] : []),
  ...namings.map((naming) => namingCondition(source, naming)),
]

// Both tables have the columns that are filtered and sorted by.
const listedRows = (source: Source) => source.read.selectFrom(tableOf(source) as 'public_articles')

function filtered(source: Source, filters: Filters) {
  return conditionsIn(source, filters).reduce((query, condition) => query.where(condition), listedRows(source))
}

/** The public articles that name one topic or author, in the order of their dates, which is how they are kept. */
function named(source: Source, { namings, ...filters }: Filters, naming: Naming) {
  const rest = { ...filters, namings: namings.filter((other) => other !== naming) }
  const rows = source.read
    .selectFrom(`public_article_${naming.kind}s as named_rows` as 'public_article_topics as named_rows')
    .where(`named_rows.${naming.kind}_id` as 'named_rows.topic_id', '=', naming.ids[0] as string)
  const others = conditionsIn(source, rest)
  if (others.length === 0) return rows
  const joined = rows.innerJoin('public_articles', 'public_articles.article_id', 'named_rows.article_id')
  return others.reduce((query, condition) => query.where(condition), joined)
}

/** What a search finds among the rows of one copy; working copies that have no row of their own are found by what is public of them. */
export function hitsIn(source: Source, copy: SearchCopy, terms: QueryTerm[], tier: SearchTier | 'any') {
  const { table, number, where } = source.engine.hits(copy, terms, tier)
  const hits = source.read
    .selectFrom(table as 'search_rows')
    .crossJoin('search_rows as found')
    .where('found.copy', '=', copy)
    .where(sql<SqlBool>`found.number = ${number}`)
    .where(sql<SqlBool>`${where}`)
  const own = sql<SqlBool>`exists (select 1 from search_rows as own where own.article_id = found.article_id and own.copy = 'working')`
  return { number, hits: copy === 'public' && source.shows === 'working' ? hits.where(sql<SqlBool>`not ${own}`) : hits }
}

const copiesOf = ({ shows }: Source): SearchCopy[] => (shows === 'public' ? ['public'] : ['working', 'public'])

/** The articles that a search finds, narrowed by filters, in any order. */
function searched(source: Source, filters: Filters, terms: QueryTerm[]) {
  const found = copiesOf(source).map((copy) => {
    const { hits } = hitsIn(source, copy, terms, 'any')
    return sql<SqlBool>`${sql.ref(idOf(source))} in ${hits.select('found.article_id')}`
  })
  return filtered(source, filters).where(sql<SqlBool>`(${sql.join(found, sql` or `)})`)
}

type TierPosition = { tier: number; number: number; id: string }

function tierPosition({ value, id }: CursorPosition): TierPosition {
  const match = /^([012]):(-?\d{1,16})$/.exec(String(value))
  if (!match) throw badRequest({ parameter: 'cursor', code: 'value', message: 'is not a cursor of this query' })
  return { tier: Number(match[1]), number: Number(match[2]), id }
}

type Found = { id: string; number: number }

/** The millisecond of a search row's number, in which articles go by their ids: their numbers go by when they were indexed. */
const timeOf = (number: number) => Math.floor(number / perMillisecond)

/**
 * The newest that a search finds within a tier, or, backward, the oldest: the hits come first, since only they come in order at
 * any size. Of those that share the last one's time there are more than `limit`, where they are needed to tell which comes last.
 */
async function hitsInTier(
  source: Source,
  filters: Filters,
  copy: SearchCopy,
  terms: QueryTerm[],
  tier: SearchTier,
  { start, isBackward, limit }: { start: TierPosition | null; isBackward: boolean; limit: number },
): Promise<Found[]> {
  const { number, hits } = hitsIn(source, copy, terms, tier)
  const conditions = conditionsIn(source, filters)
  const joined = hits.crossJoin(tableOf(source) as 'public_articles').where(sql<SqlBool>`${sql.ref(idOf(source))} = found.article_id`)
  let query = (conditions.length > 0 ? conditions.reduce((rows, condition) => rows.where(condition), joined) : hits).select([
    'found.article_id as id',
    number.as('number'),
  ])
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

async function foundInTier(source: Source, filters: Filters, terms: QueryTerm[], tier: SearchTier, place: Parameters<typeof hitsInTier>[5]): Promise<Found[]> {
  const found: Found[] = []
  for (const copy of copiesOf(source)) found.push(...(await hitsInTier(source, filters, copy, terms, tier, place)))
  const forward = (a: Found, b: Found) => timeOf(b.number) - timeOf(a.number) || (a.id < b.id ? 1 : -1)
  return found.sort(place.isBackward ? (a, b) => forward(b, a) : forward).slice(0, place.limit)
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
    const place = { start: start?.tier === tier ? start : null, isBackward, limit: limit + 1 - fetched.length }
    const found = await foundInTier(source, filters, terms, tier, place)
    fetched.push(...found.map(({ id, number }) => ({ sort_id: id, sort_value: `${tier}:${number}` })))
  }
  const counted = count ? await searched(source, filters, terms).select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow() : undefined
  return pageOf(fetched, limit, position, counted && Number(counted.total))
}

async function withSnippets(source: Source, documents: Document[], terms: QueryTerm[]): Promise<Document[]> {
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

const documentsById = ({ read, shows, site }: Source, ids: readonly string[], parts: Parts) =>
  shows === 'public' ? publicDocuments(read, ids, parts, site) : workingDocumentsById(read, ids, parts, site)

/** @throws Problem 400 where what is to be sorted by a count isn’t public, or of no period, or of one that is too long */
function requirePeriod({ shows }: Source, { publishedAfter: after, publishedBefore: before }: ListQuery, name: string): void {
  const fault = (parameter: string, code: 'combination' | 'range', message: string) => badRequest({ parameter, code, message })
  if (shows === 'working') throw fault('sort', 'combination', `${name} is of public articles: leave copy out`)
  if (typeof after !== 'string') throw fault('sort', 'combination', `${name} needs publishedAfter`)
  const end = typeof before === 'string' ? Date.parse(normalTime(before)) : Date.now()
  if (end - Date.parse(normalTime(after)) > mostDays * 86_400_000)
    throw fault('publishedAfter', 'range', `must be at most ${mostDays} days before publishedBefore, or before now, for ${name}`)
}

/** A page by how many comments or corrections the stories of a period have. */
function pageByCount(source: Source, query: ListQuery, base: ReturnType<typeof filtered>, page: PageRequest): Promise<Rows<{ id: string }>> {
  requirePeriod(source, query, page.sort.name)
  if (page.sort.name === 'correctionCount') return fetchPage(base, 'public_articles.correction_count', 'public_articles.article_id', page)
  const counted = base.leftJoin('comment_counts', 'comment_counts.article_id', 'public_articles.article_id')
  return fetchPage(counted, sql<number>`coalesce(comment_counts.approved, 0)`, 'public_articles.article_id', page)
}

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
  if (source.shows === 'public' && page.sort.name === 'publishedAt' && filters.languages && filters.languages.tags.length > 1 && !terms) {
    const queries = conditionsByLanguage(filters.languages).map((condition) => filtered(source, { ...filters, languages: null }).where(condition))
    return documents(await fetchMerged(queries, 'public_articles.published_at', 'public_articles.article_id', page))
  }
  const base = terms ? searched(source, filters, terms) : filtered(source, filters)
  if (isByCount(page.sort.name)) return documents(await pageByCount(source, query, base, page))
  const key = page.sort.name === 'id' ? idOf(source) : `${tableOf(source)}.${columns[page.sort.name]}`
  if (page.sort.name === 'scheduledAt' && source.shows === 'public')
    throw badRequest({ parameter: 'sort', code: 'combination', message: 'scheduledAt needs copy=working' })
  const isNullable = source.shows === 'working' && ['publishedAt', 'scheduledAt'].includes(page.sort.name)
  return documents(await fetchPage(base, key as 'public_articles.published_at', idOf(source) as 'public_articles.article_id', page, isNullable))
}

/** The ids of at most so many of the articles that filters leave, the oldest first. */
export async function idsMatching(source: Source, query: ListQuery, limit: number): Promise<string[]> {
  const filters = await filtersOf(source, query)
  const terms = query.q === undefined ? null : parseSearch(query.q)
  if (terms?.length === 0) return []
  const rows = terms ? searched(source, filters, terms) : filtered(source, filters)
  const id = sql.ref(idOf(source))
  const found = await rows.select(sql<string>`${id}`.as('id')).orderBy(id).limit(limit).execute()
  return found.map((row) => row.id)
}

/** Articles by ids or slugs, in the order asked, those that filters leave. */
export async function orderedArticles(source: Source, query: ListQuery, asked: { ids?: string[]; slugs?: string[] }, parts: Parts): Promise<Document[]> {
  const owners = await ownersOfSlugs(source.read, 'article', asked.slugs ?? [], source.shows === 'public')
  const ids = asked.ids ? await idsOfReferences(source.read, 'article', asked.ids) : (asked.slugs ?? []).flatMap((slug) => owners.get(slug) ?? [])
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
