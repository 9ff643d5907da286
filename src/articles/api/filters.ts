import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Engine, Read } from '../../database/engine.ts'
import { idsByReference } from '../../database/slugs.ts'
import { type Condition, conditionsOf, requireKnown } from '../../http/filters.ts'
import { normalTime } from '../../http/formats.ts'
import { badRequest } from '../../http/problems.ts'
import { topicsUnder } from '../../topics/store.ts'
import { statuses } from '../working/schemas.ts'
import { type Languages, languageCondition, languagesAsked } from './languages.ts'

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

export const tableOf = ({ shows }: Source) => (shows === 'public' ? 'public_articles' : 'articles')
export const idOf = (source: Source) => (source.shows === 'public' ? 'public_articles.article_id' : 'articles.id')

/** How a condition names a column of the listed rows. */
type Column = (name: string) => RawBuilder<unknown>

function valuesCondition(column: RawBuilder<unknown>, { isNone, values }: Condition): RawBuilder<SqlBool> {
  return isNone ? sql<SqlBool>`(${column} is null or ${column} not in (${sql.join(values)}))` : sql<SqlBool>`${column} in (${sql.join(values)})`
}

async function idsOf(source: Source, kind: 'topic' | 'author', values: string[]): Promise<string[]> {
  const owners = await idsByReference(source.read, kind, values, source.shows === 'public')
  const ids = values.flatMap((value) => owners.get(value) ?? [])
  return kind === 'topic' && source.shows === 'working' ? topicsUnder(source.read, ids) : ids
}

/** Topics or authors that articles are to name, or not. */
export type Naming = { kind: 'topic' | 'author'; isNone: boolean; ids: string[] }

const namesOf = (source: Source, kind: Naming['kind']) => sql.table(source.shows === 'public' ? `public_article_${kind}s` : `article_${kind}s`)

function namingCondition(source: Source, { kind, isNone, ids }: Naming): RawBuilder<SqlBool> {
  if (ids.length === 0) return isNone ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`
  const exists = sql<SqlBool>`exists (select 1 from ${namesOf(source, kind)} as named where named.article_id = ${sql.ref(idOf(source))} and named.${sql.ref(`${kind}_id`)} in (${sql.join(ids)}))`
  return isNone ? sql<SqlBool>`not ${exists}` : exists
}

const times = [
  ['published', 'published_at'],
  ['updated', 'updated_at'],
  ['scheduled', 'scheduled_at'],
] as const

/** A filter whose rows an index has. */
export type Indexed = {
  /** The ids of its articles. */
  ids: RawBuilder<unknown>
  /** What it asks of the rows of the index. */
  where: RawBuilder<SqlBool>
  /** Its column, for a filter of the rows themselves. */
  column: string | null
  /** Of public rows, one that has them in the order of their dates: itself, so that it is left out of the other conditions. */
  inOrder: Naming | 'language' | 'genre' | null
}

/** What a query asks of the rows: conditions, the languages and names apart, since these may be the way to find the rows. */
export type Filters = {
  conditions: { column: string; of: (column: Column) => RawBuilder<SqlBool> }[]
  languages: Languages | null
  namings: Naming[]
  indexed: Indexed[]
  published: { after: string | null; before: string | null }
}

/** The columns that an index of the rows begins with, by which they can be filtered. */
const indexedColumns = {
  public: ['genre', 'published_at', 'updated_at'],
  working: ['status', 'genre', 'has_unpublished_changes', 'published_at', 'updated_at', 'scheduled_at'],
}

export async function filtersOf(source: Source, query: ListQuery): Promise<Filters> {
  const conditions: Filters['conditions'] = []
  const indexed: Indexed[] = []
  const table = sql.table(tableOf(source))
  const id = sql.ref(idOf(source))
  const rowsWhere = (where: RawBuilder<SqlBool>) => ({ where, ids: sql`select ${id} as id from ${table} where ${where}` })
  const asked = (name: string) => source.note(() => conditionsOf(query, name)) ?? []
  const plain = (column: string) => sql.ref(`${tableOf(source)}.${column}`)
  const add = (column: string, isWay: boolean, inOrder: Indexed['inOrder'], of: Filters['conditions'][number]['of']) => {
    conditions.push({ column, of })
    if (isWay && indexedColumns[source.shows].includes(column)) indexed.push({ ...rowsWhere(of(plain)), column, inOrder })
  }
  const status = asked('status')
  source.note(() => requireKnown(status, 'status', statuses))
  if (source.shows === 'working') {
    for (const { isNone, values } of status) {
      const wanted = { isNone: false, values: statuses.filter((one) => values.includes(one) !== isNone) }
      if (wanted.values.length === 0) conditions.push({ column: 'status', of: () => sql<SqlBool>`1 = 0` })
      else add('status', true, null, (column) => valuesCondition(column('status'), wanted))
    }
    if (query.status === undefined) add('status', false, null, (column) => sql<SqlBool>`${column('status')} != 'trashed'`)
    const has = query.hasUnpublishedChanges
    if (typeof has === 'boolean')
      add('has_unpublished_changes', has, null, (column) => sql<SqlBool>`${column('has_unpublished_changes')} = ${sql.lit(Number(has))}`)
  } else if (status.some(({ isNone, values }) => isNone || values.some((value) => value !== 'published')))
    source.note(() => {
      throw badRequest({ parameter: 'status', code: 'combination', message: 'needs copy=working: without it only published articles are listed' })
    })
  const languages = await languagesAsked(source, tableOf(source), asked('language'), query.fallback)
  if (languages && languages.tags.length > 0)
    indexed.push({
      ...rowsWhere(sql<SqlBool>`${plain('language')} in (${sql.join(languages.tags)})`),
      column: 'language',
      inOrder: source.shows === 'public' && languages.tags.length === 1 ? 'language' : null,
    })
  for (const condition of asked('genre'))
    add('genre', !condition.isNone, source.shows === 'public' && !condition.isNone && condition.values.length === 1 ? 'genre' : null, (column) =>
      valuesCondition(column('genre'), condition),
    )
  const namings: Naming[] = []
  for (const kind of ['topic', 'author'] as const)
    for (const { isNone, values } of asked(kind)) namings.push({ kind, isNone, ids: await idsOf(source, kind, values) })
  for (const naming of namings)
    if (!naming.isNone && naming.ids.length > 0) {
      const where = sql<SqlBool>`${sql.ref(`${naming.kind}_id`)} in (${sql.join(naming.ids)})`
      const ids = sql`select article_id as id from ${namesOf(source, naming.kind)} where ${where}`
      indexed.push({ ids, where, column: null, inOrder: source.shows === 'public' && naming.ids.length === 1 ? naming : null })
    }
  for (const name of ['hasUnpublishedChanges', 'scheduledAfter', 'scheduledBefore'])
    if (source.shows === 'public' && query[name] !== undefined)
      source.note(() => {
        throw badRequest({ parameter: name, code: 'combination', message: 'needs copy=working' })
      })
  for (const [name, at] of times) {
    if (source.shows === 'public' && name === 'scheduled') continue
    const [after, before] = [query[`${name}After`], query[`${name}Before`]]
    const bounds = (column: Column) => [
      ...(typeof after === 'string' ? [sql<SqlBool>`${column(at)} >= ${normalTime(after)}`] : []),
      ...(typeof before === 'string' ? [sql<SqlBool>`${column(at)} < ${normalTime(before)}`] : []),
    ]
    if (bounds(plain).length > 0) add(at, true, null, (column) => sql<SqlBool>`(${sql.join(bounds(column), sql` and `)})`)
  }
  const { publishedAfter: after, publishedBefore: before } = query
  const published = { after: typeof after === 'string' ? normalTime(after) : null, before: typeof before === 'string' ? normalTime(before) : null }
  return { conditions, languages, namings, indexed, published }
}

/**
 * The conditions of some filters. An engine without statistics is kept from beginning with a column that they name, which may have a
 * million rows: how the rows are found is chosen by how many each filter has.
 * @param plain the columns whose indexes it may use
 */
export function conditionsIn(source: Source, { conditions, languages, namings }: Filters, ...plain: string[]): RawBuilder<SqlBool>[] {
  const column: Column = (name) => {
    const own = sql.ref(`${tableOf(source)}.${name}`)
    return plain.includes(name) ? own : source.engine.unindexed(own)
  }
  return [
    ...conditions.map(({ of }) => of(column)),
    ...(languages ? [languageCondition(tableOf(source), languages, column('language'))] : []),
    ...namings.map((naming) => namingCondition(source, naming)),
  ]
}

// Both tables have the columns that are filtered and sorted by.
export const listedRows = (source: Source) => source.read.selectFrom(tableOf(source) as 'public_articles')

/** The rows that filters leave. @param plain the columns whose indexes an engine may use */
export const filtered = (source: Source, filters: Filters, ...plain: string[]) =>
  conditionsIn(source, filters, ...plain).reduce((query, condition) => query.where(condition), listedRows(source))
