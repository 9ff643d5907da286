import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Read } from '../../database/engine.ts'
import type { Condition } from '../../http/filters.ts'
import { parts } from '../../http/pagination.ts'
import { badRequest } from '../../http/problems.ts'

/** What a list is read from. */
type Source = { read: Read; note: <T>(check: () => T) => T | undefined }

/** A table of articles whose languages are filtered by. */
type Table = 'public_articles' | 'articles'

/** The language tags that articles have, in order: each is one seek of an index. */
async function languagesIn(read: Read, table: Table): Promise<string[]> {
  const { rows } = await sql<{ language: string }>`with recursive tags(language) as (
    select min(language) from ${sql.table(table)}
    union all select (select min(articles.language) from ${sql.table(table)} as articles where articles.language > tags.language) from tags where tags.language is not null
  ) select language from tags where language is not null`.execute(read as never)
  return rows.map(({ language }) => language)
}

function canonical(value: string, parameter: string): string {
  try {
    return Intl.getCanonicalLocales(value)[0] as string
  } catch {
    throw badRequest({ parameter, code: 'format', message: 'must be BCP 47 language tags, such as en or pt-BR' })
  }
}

/** The tags that are more general, the nearest first, as a lookup comes to them (RFC 4647, 3.4). */
function moreGeneral(tag: string): string[] {
  const shorter = tag.replace(/(?:-[^-])?-[^-]+$/, '')
  return shorter === tag ? [] : [shorter, ...moreGeneral(shorter)]
}

/**
 * Those of some tags that a range finds, the best first: it itself, those that are more specific (RFC 4647, 3.3.1), and, for readers,
 * those that are more general.
 */
function matching(range: string, tags: readonly string[], isForReaders: boolean): string[] {
  const own = tags.filter((tag) => tag === range)
  const specific = tags.filter((tag) => tag.startsWith(`${range}-`))
  return [...own, ...specific, ...(isForReaders ? moreGeneral(range).filter((tag) => tags.includes(tag)) : [])]
}

/** Which languages articles are to have, the best first; and whether each group of translations is to be there once, in its best. */
export type Languages = { tags: string[]; isOnce: boolean }

type Asked = { wanted: string[][]; leftOut: string[]; fallbacks: string[] }

/** @throws Problem 400 for what is no language, and for a fallback from nothing */
function askedFor(conditions: readonly Condition[], fallback: string | undefined): Asked {
  const asked = conditions.map(({ isNone, values }) => ({ isNone, ranges: [...new Set(values.map((value) => canonical(value, 'language')))] }))
  const wanted = asked.flatMap(({ isNone, ranges }) => (isNone ? [] : [ranges]))
  if (fallback !== undefined && wanted.length === 0)
    throw badRequest({ parameter: 'fallback', code: 'combination', message: 'needs a language to fall back from, as in language=fr&fallback=en' })
  return {
    wanted,
    leftOut: asked.flatMap(({ isNone, ranges }) => (isNone ? ranges : [])),
    fallbacks: parts(fallback).map((part) => (part === '*' ? part : canonical(part, 'fallback'))),
  }
}

/** @throws Problem 400 for what is no language */
export const requireLanguages = (conditions: readonly Condition[]): void => void askedFor(conditions, undefined)

/**
 * The languages that `language` and `fallback` ask for, of those that there are; null where neither does.
 * @param conditions what `language` says @param fallback what `fallback` says, `*` for any
 */
export async function languagesAsked(
  { read, note }: Source,
  table: Table,
  conditions: readonly Condition[],
  fallback: string | undefined,
): Promise<Languages | null> {
  const asked = note(() => askedFor(conditions, fallback))
  if (!asked || conditions.length === 0) return null
  const known = await languagesIn(read, table)
  const leftOut = new Set(asked.leftOut.flatMap((range) => matching(range, known, false)))
  const tags = known.filter((tag) => !leftOut.has(tag))
  const isForReaders = table === 'public_articles'
  const [first = tags, ...others] = asked.wanted.map((ranges) => ranges.flatMap((range) => matching(range, tags, isForReaders)))
  const inAll = first.filter((tag) => others.every((more) => more.includes(tag)))
  const next = asked.fallbacks.flatMap((range) => (range === '*' ? tags : matching(range, tags, isForReaders)))
  return { tags: [...new Set([...inAll, ...next])], isOnce: fallback !== undefined }
}

// As an expression it keeps an engine from beginning with all of a language, in the place of the row, or of the order that is asked for.
const other = sql`coalesce(other.language, '')`

/** That a row's group has a story in one of some languages, or in a better one than the row's. */
function isBetterThere(table: Table, isBetter: RawBuilder<SqlBool>): RawBuilder<SqlBool> {
  // The languages of public rows are those of the editions.
  return table === 'articles'
    ? sql<SqlBool>`exists (select 1 from articles as other
        where other.translation_group = articles.translation_group and other.status <> 'trashed' and ${isBetter})`
    : sql<SqlBool>`exists (select 1 from articles as own inner join articles as grouped on grouped.translation_group = own.translation_group
        inner join public_articles as other on other.article_id = grouped.id where own.id = public_articles.article_id and ${isBetter})`
}

const isOneOf = (column: RawBuilder<unknown>, tags: readonly string[]) => sql<SqlBool>`${column} in (${sql.join(tags)})`

/**
 * The condition that rows are of these languages, and where each group is to be there once, that none of it is in a better one.
 * @param column the language of a row
 */
export function languageCondition(table: Table, { tags, isOnce }: Languages, column: RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (tags.length === 0) return sql<SqlBool>`1 = 0`
  const language = isOnce ? sql`coalesce(${column}, '')` : column
  if (!isOnce || tags.length === 1) return isOneOf(language, tags)
  const ranks = tags.map((tag, rank) => sql`when ${tag} then ${sql.lit(rank)}`)
  const rankOf = (column: RawBuilder<unknown>) => sql`case ${column} ${sql.join(ranks, sql` `)} end`
  return sql<SqlBool>`${isOneOf(language, tags)} and not ${isBetterThere(table, sql`${isOneOf(other, tags)} and ${rankOf(other)} < ${rankOf(language)}`)}`
}

/** The same of public rows as one condition for each language: rows of one are kept in the order of their dates. */
export const conditionsByLanguage = ({ tags, isOnce }: Languages): RawBuilder<SqlBool>[] =>
  tags.map((tag, rank) => {
    const isOwn = sql<SqlBool>`public_articles.language = ${tag}`
    if (!isOnce || rank === 0) return isOwn
    return sql<SqlBool>`${isOwn} and not ${isBetterThere('public_articles', isOneOf(other, tags.slice(0, rank)))}`
  })
