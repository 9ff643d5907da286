import type { Config } from '../config.ts'
import { neutralised } from '../copy/neutral.ts'
import { plainUrl } from '../copy/urls.ts'
import type { Read } from '../database/engine.ts'
import type { Author, Database, Write } from '../database/handles.ts'
import { findByReference, isId } from '../database/slugs.ts'
import { chunked } from '../database/values.ts'
import { type Fault, Problem } from '../http/problems.ts'
import type { CommentImportInput, CommentImportResult } from './import-schemas.ts'
import { importComment } from './taking.ts'
import { faultsOfShown, readBody } from './writing.ts'

// So many comments are one change: longer ones keep others waiting.
const piece = 200

/** A comment to import, and where in what was sent it stands; or what is wrong with it. */
export type ImportLine = { line: number; input: CommentImportInput } | { line: number; errors: Fault[] }

const articleFault: Fault = { pointer: '/article', code: 'not-found', message: 'names no article' }

/** The id of the article that a reference names: an id, a slug, current or old, or `ext:` and an external id. */
async function articleId(read: Read, reference: string): Promise<string | null> {
  if (!isId(reference)) return (await findByReference(read, 'article', reference))?.id ?? null
  return (await read.selectFrom('articles').select('id').where('id', '=', reference.toLowerCase()).executeTakeFirst())?.id ?? null
}

async function importOne(tx: Write, config: Config, given: ImportLine, articles: ReadonlyMap<string, string | null>): Promise<CommentImportResult> {
  const { line } = given
  const failed = (errors: readonly Fault[]): CommentImportResult => ({ line, result: 'failed', id: null, errors: [...errors] })
  if ('errors' in given) return failed(given.errors)
  const { article, account = null, ...input } = given.input
  const id = articles.get(article)
  if (!id) return failed([articleFault])
  const { author } = input
  const body = neutralised(input.body)
  const shown = readBody(body)
  const faults = faultsOfShown(body, shown)
  if (faults.length > 0) return failed(faults)
  const candidate = {
    body,
    ...shown,
    name: neutralised(author.name),
    email: author.email ?? null,
    url: author.url ? plainUrl(author.url) : null,
    account,
    address: null,
    form: null,
  }
  try {
    const { row, isNew } = await importComment(tx, { config }, id, input, candidate)
    return { line, result: isNew ? 'created' : 'unchanged', id: row?.id ?? null, errors: [] }
  } catch (error) {
    // It was refused before anything of it was written.
    if (error instanceof Problem && ['bad-request', 'conflict', 'external-id-taken'].includes(error.type)) return failed(error.extras.errors ?? [])
    throw error
  }
}

/**
 * Imports comments, some at a time, each part as a change of its own; one that can’t be taken keeps no other out. What is there
 * already, by its external id, stays what it is: so what was broken off can be sent again.
 * @param read reads one: only when its turn comes, since many take their time
 * @returns what came of each, in their order
 */
export async function importComments<T>(
  database: Database,
  config: Config,
  author: Author,
  lines: readonly T[],
  read: (line: T) => ImportLine,
): Promise<CommentImportResult[]> {
  const results: CommentImportResult[] = []
  for (const given of chunked(lines, piece)) {
    const part = given.map(read)
    results.push(
      ...(await database.transaction(author, async (tx) => {
        const references = new Set(part.flatMap((line) => ('input' in line ? [line.input.article] : [])))
        const articles = new Map<string, string | null>()
        for (const reference of references) articles.set(reference, await articleId(tx.read, reference))
        tx.lock([...new Set([...articles.values()].filter((id) => id !== null))].map((id) => `comments:${id}`))
        const made: CommentImportResult[] = []
        for (const line of part) made.push(await importOne(tx, config, line, articles))
        return made
      })),
    )
  }
  return results
}
