import type { FastifyRequest } from 'fastify'
import { isPublic } from '../articles/api/lookup.ts'
import { replaceArticle } from '../articles/api/save.ts'
import { writeArticle } from '../articles/api/write.ts'
import { changing } from '../articles/public/changing.ts'
import { lastEdition } from '../articles/public/editions.ts'
import type { ArticleInput } from '../articles/working/input-schemas.ts'
import { makeNames, resolveArticle } from '../articles/working/resolve.ts'
import { type Change, diff } from '../copy/diff.ts'
import type { Author, Write } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import type { ArticleTable } from '../database/tables.ts'
import { inTurns } from '../database/turns.ts'
import { chunked } from '../database/values.ts'
import { jsonSize } from '../http/body.ts'
import { withFaults } from '../http/faults.ts'
import { problemOf } from '../http/lifecycle.ts'
import { badRequest } from '../http/problems.ts'
import { patchBy } from '../http/replacement.ts'
import { withoutDerived } from '../revisions/shown.ts'
import type { ArticleChangeResult } from './schemas.ts'
import type { Transform } from './transforms.ts'

/** How each article is changed. */
export type ManyChanges = {
  transform: Transform
  /** Whether of what is public the public edition is changed, too. */
  isBoth: boolean
  isMinor: boolean
  isPublished: boolean
  /** How many bytes may still be answered of what would change of each; null where nothing of it is. */
  diffs: { left: number } | null
  author: Author
  /** Whether what is in the trash is changed, too, which else can’t be. */
  isTrashToo?: boolean
}

// So many share a transaction, all of whose events are then few enough for two statements, and so many transactions are under way.
const piece = 24
const atOnce = 3

/** A request that patches one article, in the place of the one that changes many. */
function patchOf(request: FastifyRequest, id: string, query: object, transform: Transform): FastifyRequest {
  const headers = { 'content-type': 'application/merge-patch+json' }
  const values = { method: 'PATCH', params: { article: id }, query, headers, body: {}, faults: [], bodyLimit: request.server.config.BODY_LIMIT }
  const inner: FastifyRequest = Object.create(request, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, writable: true }])))
  patchBy(inner, transform as (current: object) => object)
  return inner
}

async function changeTrashed(request: FastifyRequest, tx: Write, id: string, transform: Transform): Promise<ArticleTable> {
  const current = await changing(tx, await tx.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
  const content = await resolveArticle(tx, transform(current.copy) as ArticleInput, current, true, request.server.config)
  return (await replaceArticle(tx, current, await makeNames(tx, content), current.row.slug)).row
}

const stateOf = prepared<{ id: string }, Pick<ArticleTable, 'revision' | 'slug' | 'edition_number' | 'status'>>((db, { id }) =>
  db.selectFrom('articles').select(['revision', 'slug', 'edition_number', 'status']).where('id', '=', id),
)

async function changeOne(
  request: FastifyRequest,
  tx: Write,
  id: string,
  { isTrashToo = false, transform, isBoth, isMinor, isPublished, diffs }: ManyChanges,
): Promise<ArticleChangeResult> {
  // What is compared with what comes of it must not change in between.
  tx.lock([`article:${id}`])
  const [before] = await stateOf(tx, { id })
  // It was deleted since it was found.
  if (!before) return { id, slug: null, result: 'unchanged', revision: null }
  if (isTrashToo && before.status === 'trashed') {
    const { slug, revision } = await changeTrashed(request, tx, id, transform)
    return { id, slug, result: revision === before.revision ? 'unchanged' : 'changed', revision }
  }
  const correctsBoth = isBoth && isPublic(before)
  const goesPublic = correctsBoth || isPublished
  const query = { ...(correctsBoth ? { apply: 'both' } : {}), ...(isPublished ? { publish: true } : {}), ...(isMinor && goesPublic ? { minor: true } : {}) }
  const inner = patchOf(request, id, query, transform)
  let own: object | undefined
  const hasDiffs = diffs !== null && diffs.left > 0
  if (hasDiffs) {
    patchBy(inner, (current) => {
      own ??= structuredClone(current)
      return transform(current as never)
    })
  }
  const edition = hasDiffs && correctsBoth ? await lastEdition(tx.read, id) : null
  const { row, copy, kept } = await withFaults(inner, () => writeArticle(tx, inner, request.server.config, { publishesChanged: true }))
  const isChanged = row.revision !== before.revision || row.edition_number !== before.edition_number
  const status: Change[] = row.status === before.status ? [] : [{ op: 'replace', path: '/status', value: row.status }]
  const shown: Pick<ArticleChangeResult, 'diff' | 'publicDiff'> = {
    ...(own && isChanged ? { diff: [...diffOf(own, copy), ...status] } : {}),
    ...(edition && isChanged ? { publicDiff: diffOf(edition.document, kept.last?.document ?? edition.document) } : {}),
  }
  if (diffs) diffs.left -= jsonSize(shown)
  return { id, slug: row.slug, result: isChanged ? 'changed' : 'unchanged', revision: row.revision, ...shown }
}

/** What an editor changed between two copies. */
const diffOf = (before: object, after: object) => withoutDerived(diff(JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after))))

/** An article that could not be changed, so that those of its transaction are tried each by itself. */
class FailedError extends Error {}

async function changePiece(request: FastifyRequest, tx: Write, ids: readonly string[], changes: ManyChanges, isEach: boolean): Promise<ArticleChangeResult[]> {
  const { engine } = tx
  const results: ArticleChangeResult[] = []
  const afterEach = inTurns(tx, 8)
  for (const id of ids) {
    const work = () => changeOne(request, tx, id, changes)
    try {
      results.push(await (isEach ? tx.attempt(work) : work()))
    } catch (error) {
      if (engine.isRetryable(error) || engine.isBusy(error) || engine.isUnavailable(error)) throw error
      if (!isEach) throw new FailedError('one of them can’t be changed', { cause: error })
      const problem = problemOf(error as Error, request)
      const row = await tx.read.selectFrom('articles').select(['slug', 'revision']).where('id', '=', id).executeTakeFirst()
      results.push({ id, slug: row?.slug ?? null, result: 'failed', revision: row?.revision ?? null, problem: problem.toBody(request.id) })
    }
    await afterEach()
  }
  return results
}

/**
 * Changes articles, some in a transaction; one that can't be changed is answered so and keeps no other out.
 * @param ids of articles, in whose order the results are
 */
export async function changeMany(request: FastifyRequest, ids: readonly string[], changes: ManyChanges): Promise<ArticleChangeResult[]> {
  const { database } = request.server
  const pieces = chunked(ids, piece)
  const results: ArticleChangeResult[][] = pieces.map(() => [])
  const author = { ...changes.author, isLong: true }
  let next = 0
  const worker = async () => {
    for (let index = next++; index < pieces.length; index = next++) {
      const own = pieces[index] as string[]
      const run = (isEach: boolean) => database.transaction(author, (tx) => changePiece(request, tx, own, changes, isEach))
      // Most often all can be changed, and then none needs a way back of its own.
      results[index] = await run(false).catch((error) => {
        if (error instanceof FailedError) return run(true)
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results.flat()
}

/** @throws Problem 400 for more articles than one request changes */
export function requireFew(ids: readonly string[], most: number): void {
  if (ids.length > most)
    throw badRequest({ pointer: '/filter', code: 'range', message: `finds more than ${most} articles: narrow it, and send several requests` })
}
