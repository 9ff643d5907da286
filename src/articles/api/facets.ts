import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Static } from 'typebox'
import { parseSearch, type QueryTerm } from '../../copy/query.ts'
import type { CountedKind } from '../../database/tables.ts'
import type { ArticleFacets } from './facet-schemas.ts'
import { conditionsIn, type Filters, filtersOf, type ListQuery, type Source } from './filters.ts'
import { hitsIn } from './search.ts'

export const facetNames: readonly CountedKind[] = ['topic', 'author', 'language', 'genre']

const mostValues = 20

/** So many stories of a list with filters are looked at, the newest first. */
export const mostLookedAt = 1000

type Counted = { kind: CountedKind; value: string; count: number }

/** What public stories have, as it is counted where they change. */
async function allCounted({ read }: Source, names: readonly CountedKind[]): Promise<Counted[]> {
  const most = names.map(
    (kind) =>
      sql`select * from (select kind, value, count from public_counts where kind = ${kind} and count > 0 order by count desc, value desc limit ${mostValues}) as ${sql.table(kind)}`,
  )
  return (await sql<Counted>`${sql.join(most, sql` union all `)}`.execute(read as never)).rows
}

/** The newest stories among which those of the list are, by one index: hits of the search, a topic’s, an author’s, or all of a language or genre. */
function walked(source: Source, filters: Filters, terms: QueryTerm[] | null) {
  if (terms) {
    const { number, hits } = hitsIn(source, 'public', terms, 'any')
    return hits.select('found.article_id').orderBy(number, 'desc').limit(mostLookedAt)
  }
  const ways = filters.indexed.filter(({ inOrder }) => inOrder !== null)
  const way = ways.find(({ inOrder }) => typeof inOrder === 'object') ?? ways.at(-1)
  const table = way && typeof way.inOrder === 'object' ? `public_article_${way.inOrder?.kind}s` : 'public_articles'
  const conditions = way ? [way.where] : []
  const { after, before } = filters.published
  if (after !== null) conditions.push(sql<SqlBool>`published_at >= ${after}`)
  if (before !== null) conditions.push(sql<SqlBool>`published_at < ${before}`)
  return conditions
    .reduce((rows, condition) => rows.where(condition), source.read.selectFrom(table as 'public_articles'))
    .select('article_id')
    .orderBy('published_at', 'desc')
    .orderBy('article_id', 'desc')
    .limit(mostLookedAt)
}

/** How the stories that were found are counted by what they have. */
const groups: Record<CountedKind, RawBuilder<unknown>> = {
  topic: sql`select topic_id as value from matched cross join public_article_topics as own where own.article_id = matched.article_id`,
  author: sql`select author_id as value from matched cross join public_article_authors as own where own.article_id = matched.article_id`,
  language: sql`select language as value from matched`,
  genre: sql`select genre as value from matched where genre is not null`,
}

type Looked = { kind: CountedKind | 'walked'; value: string; count: number }

/** The same of a list with filters: of the newest of its stories. */
async function someCounted(source: Source, filters: Filters, terms: QueryTerm[] | null, names: readonly CountedKind[]) {
  const conditions = [sql<SqlBool>`public_articles.article_id = walked.article_id`, ...conditionsIn(source, filters)]
  const most = names.map(
    (kind) =>
      sql`select * from (select ${sql.lit(kind)} as kind, value, count(*) as count from (${groups[kind]}) as one
        group by value order by count desc, value desc limit ${mostValues}) as ${sql.table(kind)}`,
  )
  const { rows } = await sql<Looked>`with walked as materialized ${walked(source, filters, terms)},
    matched as materialized (select public_articles.article_id, language, genre from walked cross join public_articles where ${sql.join(conditions, sql` and `)})
    ${sql.join([...most, sql`select 'walked', '', count(*) from walked`], sql` union all `)}`.execute(source.read as never)
  const looked = rows.find(({ kind }) => kind === 'walked')?.count ?? 0
  return { counted: rows.filter((row): row is Counted => row.kind !== 'walked'), isComplete: looked < mostLookedAt }
}

/** The values with what they name. */
async function named({ read }: Source, kind: CountedKind, counted: readonly Counted[]) {
  if (kind === 'language' || kind === 'genre' || counted.length === 0) return counted.map(({ value, count }) => ({ value, count }))
  const ids = counted.map(({ value }) => value)
  const rows =
    kind === 'topic'
      ? await read.selectFrom('topics').select(['id', 'slug', 'name', 'kind']).where('id', 'in', ids).execute()
      : await read.selectFrom('authors').select(['id', 'slug', 'name']).where('id', 'in', ids).execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  return counted.flatMap(({ value, count }) => {
    const row = byId.get(value)
    return row ? [{ ...row, count }] : []
  })
}

/** Counts what the public stories of a list have, without looking at all of them. */
export async function facetsOf(source: Source, query: ListQuery, names: readonly CountedKind[]): Promise<Static<typeof ArticleFacets>> {
  const filters = await filtersOf(source, query)
  const terms = query.q === undefined ? null : parseSearch(query.q)
  const isFiltered = filters.conditions.length + filters.namings.length > 0 || filters.languages !== null || terms !== null
  const { counted, isComplete } =
    terms?.length === 0
      ? { counted: [], isComplete: true }
      : isFiltered
        ? await someCounted(source, filters, terms, names)
        : { counted: await allCounted(source, names), isComplete: true }
  const facets: Record<string, unknown> = {}
  for (const name of names)
    facets[name] = await named(
      source,
      name,
      counted.filter(({ kind }) => kind === name),
    )
  return { isComplete, ...facets }
}
