import { onePath } from '../../copy/urls.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { preparedList } from '../../database/prepared.ts'
import { groupBy, inPieces } from '../../database/values.ts'
import { type Fault, Problem, quoted } from '../../http/problems.ts'

/** So many old addresses an article may have. */
export const mostAliases = 100

// Also what an index of a database takes as a key.
const longestAlias = 2000

/** Old addresses, as input, in their one form. @param faults gets what is wrong with them */
export function resolveAliases(given: readonly string[], faults: Fault[]): string[] {
  const aliases = given.map(onePath)
  for (const [index, alias] of aliases.entries()) {
    const pointer = `/aliases/${index}`
    if (alias.length > longestAlias)
      faults.push({ pointer, code: 'length', message: `must have at most ${longestAlias} characters when it is percent-encoded` })
    if (aliases.indexOf(alias) < index) faults.push({ pointer, code: 'duplicate', message: 'is the same address as one before it' })
  }
  return aliases
}

/** The old addresses of articles, in order. */
export async function aliasesOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read.selectFrom('article_aliases').select(['article_id', 'path']).where('article_id', 'in', ids).orderBy('article_id').orderBy('position').execute(),
  )
  return new Map([...groupBy(rows, (row) => row.article_id)].map(([id, own]) => [id, own.map(({ path }) => path)]))
}

/** An old address, and whose article it is; of one that was found for a path also that path, and with how much less of its query it was looked for. */
export type HeldAlias = { path: string; articleId: string; tried?: readonly string[] }

const aliasRows = preparedList<{ path: string; article_id: string; was_public: number }>((db, paths) =>
  db.selectFrom('article_aliases').innerJoin('articles', 'articles.id', 'article_id').select(['path', 'article_id', 'was_public']).where('path', 'in', paths),
)

// Of so many parameters any run may be what is meant; of more as many at the beginning or at the end.
const mostParameters = 20

/** A path, in its one form, and what it may be besides what a campaign adds to its query, before and behind it: the more of it is left, the earlier. */
export function withLess(path: string): string[] {
  const [bare = '', query] = path.split(/\?(.*)/s)
  const parameters = query === undefined ? [] : query.split('&')
  const found = [path]
  for (let count = Math.min(parameters.length - 1, mostParameters); count > 0; count--) {
    const last = parameters.length - count
    const starts = parameters.length <= mostParameters ? Array.from({ length: last + 1 }, (_, start) => start) : [0, last]
    for (const start of starts) found.push(`${bare}?${parameters.slice(start, start + count).join('&')}`)
  }
  return [...new Set([...found, bare])]
}

/**
 * The old addresses that paths name, by these: each as it is, else with less of its query, to which campaigns add, or without it.
 * @param wasPublic whether only articles count that are or were public
 */
export async function holdersOfAliases(read: Read, paths: readonly string[], wasPublic = false): Promise<Map<string, HeldAlias>> {
  const asked = new Map(paths.map((path) => [path, withLess(onePath(path))]))
  const rows = await inPieces([...new Set([...asked.values()].flat())], (piece) => aliasRows(read, piece))
  const known = new Map(rows.filter(({ was_public }) => was_public === 1 || !wasPublic).map((row) => [row.path, row.article_id]))
  const held = new Map<string, HeldAlias>()
  for (const [asking, candidates] of asked) {
    const path = candidates.find((candidate) => known.has(candidate))
    if (path !== undefined) held.set(asking, { path, articleId: known.get(path) as string, tried: candidates.slice(0, candidates.indexOf(path) + 1) })
  }
  return held
}

/** The old address that a path names, or null; as in holdersOfAliases. */
export const holderOfAlias = async (read: Read, path: string, wasPublic = false): Promise<HeldAlias | null> =>
  (await holdersOfAliases(read, [path], wasPublic)).get(path) ?? null

/**
 * Makes old addresses an article's.
 * @param before those that it has @throws Problem 409 with its holder where another article has one
 */
export async function saveAliases(tx: Write, articleId: string, before: readonly string[], aliases: readonly string[]): Promise<void> {
  const added = aliases.filter((alias) => !before.includes(alias))
  if (added.length > 0) {
    tx.lock(added.map((alias) => `alias:${alias}`))
    await requireFree(tx.read, articleId, aliases, added)
  }
  if (before.length > 0) tx.run(tx.deleteFrom('article_aliases').where('article_id', '=', articleId))
  tx.insert(
    'article_aliases',
    aliases.map((path, position) => ({ path, article_id: articleId, position })),
  )
}

async function requireFree(read: Read, articleId: string, aliases: readonly string[], added: readonly string[]): Promise<void> {
  const held = await read.selectFrom('article_aliases').select(['path', 'article_id']).where('path', 'in', added).where('article_id', '<>', articleId).execute()
  const taken = held.sort((one, other) => aliases.indexOf(one.path) - aliases.indexOf(other.path))
  const [first] = taken
  if (!first) return
  throw new Problem('alias-taken', `The address ${quoted(first.path)} is another article’s.`, {
    errors: taken.map(({ path }): Fault => ({ pointer: `/aliases/${aliases.indexOf(path)}`, code: 'conflict', message: 'belongs to another article' })),
    holder: { type: 'article', id: first.article_id },
  })
}
