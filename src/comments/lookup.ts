import type { FastifyRequest } from 'fastify'
import { isPublic } from '../articles/api/lookup.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { isId } from '../database/slugs.ts'
import type { CommentTable } from '../database/tables.ts'
import { inPieces } from '../database/values.ts'
import { notFound } from '../http/problems.ts'
import { locked, parameter } from '../http/references.ts'
import { commentById } from './lists.ts'
import { isVisible } from './shown.ts'

export async function isArticlePublic(read: Read, row: CommentTable): Promise<boolean> {
  const article = await read.selectFrom('articles').select('edition_number').where('id', '=', row.article_id).executeTakeFirst()
  return article !== undefined && isPublic(article)
}

/** The comment that has an id, or an external id after `ext:`, if there is one. */
export async function commentOfId(read: Read, id: string): Promise<CommentTable | undefined> {
  if (id.startsWith('ext:')) return read.selectFrom('comments').selectAll().where('external_id', '=', id.slice(4)).executeTakeFirst()
  return isId(id) ? (await commentById(read, { id: id.toLowerCase() }))[0] : undefined
}

/** The ids that references name: ids as they are, external ids after `ext:` as whose they are. */
export async function idsOfReferences(read: Read, references: readonly string[]): Promise<string[]> {
  const externalIds = references.filter((one) => one.startsWith('ext:')).map((one) => one.slice(4))
  const rows = await inPieces(externalIds, (piece) => read.selectFrom('comments').select(['id', 'external_id']).where('external_id', 'in', piece).execute())
  const named = new Map(rows.map(({ id, external_id }) => [`ext:${external_id}`, id]))
  return references.map((one) => named.get(one) ?? one.toLowerCase())
}

/** The comment that a path names. @throws Problem 404 */
export async function findComment(read: Read, request: FastifyRequest): Promise<CommentTable> {
  const row = await commentOfId(read, parameter(request, 'comment'))
  if (!row) throw notFound('comment')
  return row
}

/** The same, where the public sees it, be it as a tombstone. @throws Problem 404 */
export async function findVisibleComment(read: Read, request: FastifyRequest): Promise<CommentTable> {
  const row = await findComment(read, request)
  if (!isVisible(row) || !(await isArticlePublic(read, row))) throw notFound('comment')
  return row
}

/** A comment to change: those of one article change one after the other, since their counts hang together. @throws Problem 404 */
export const lockComment = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ article_id }) => `comments:${article_id}`,
    () => findComment(tx.read, request),
    ({ updated_at }) => updated_at,
  )
