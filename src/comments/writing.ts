import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { requirePublic } from '../articles/api/lookup.ts'
import type { Config } from '../config.ts'
import { milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { ArticleTable, CommentTable } from '../database/tables.ts'
import { may, requireScope } from '../http/auth.ts'
import { badRequest, conflict, notFound, Problem } from '../http/problems.ts'
import { readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import { hashOf, sameSecret } from '../http/secrets.ts'
import { refuse } from '../http/validation.ts'
import { noteHistory } from './history.ts'
import { commentOfId, isArticlePublic } from './lookup.ts'
import { decide } from './moderation.ts'
import { type CommentInput, PatchedComment } from './schemas.ts'
import { commentOf, isVisible, ownComment } from './shown.ts'
import { bodyColumns, changeComment } from './store.ts'

/**
 * The role in which a request may change a comment: a moderator, or the writer with a valid edit token in time.
 * @throws Problem 404 to who can't see it, as if there were none; 401 or 403 to who can, and may not
 */
export async function roleOf(read: Read, request: FastifyRequest, row: CommentTable): Promise<'moderator' | 'writer'> {
  const given = request.headers['comment-edit-token']
  const moderates = may(request, 'comments:moderate')
  if (given === undefined && moderates) {
    request.needed.add('comments:moderate')
    return 'moderator'
  }
  const isOwn = given !== undefined && row.edit_token_hash !== null && sameSecret(hashOf(String(given)), row.edit_token_hash)
  const seesIt = moderates || isOwn || (isVisible(row) && (await isArticlePublic(read, row)))
  if (!seesIt) throw notFound('comment')
  if (given === undefined) requireScope(request, 'comments:moderate')
  if (!isOwn) throw new Problem('forbidden', 'Comment-Edit-Token is not this comment’s.')
  // What a reader could change unseen would show when the story does again.
  await requirePublic(read, row.article_id)
  const endsAt = Date.parse(row.created_at) + request.server.config.COMMENT_EDIT_WINDOW * 1000
  if (milliseconds() > endsAt) throw new Problem('edit-window-over', 'The time in which this comment could be changed is over.')
  return 'writer'
}

const day = 24 * 60 * 60 * 1000

/** When an article stops taking comments by itself; null where it doesn’t. */
export function closingTime({ comments_close_at, published_at }: ArticleTable, { COMMENTS_CLOSE_AFTER: days }: Config): string | null {
  if (comments_close_at !== null || days === null || published_at === null) return comments_close_at
  return new Date(Date.parse(published_at) + days * day).toISOString()
}

/** @throws Problem 403 where an article takes no comments, or no longer */
export function requireOpen(article: ArticleTable, config: Config): void {
  if (article.comment_policy === 'closed') throw new Problem('comments-closed', 'This article takes no comments.')
  const closedAt = closingTime(article, config)
  if (closedAt !== null && Date.parse(closedAt) <= milliseconds()) throw new Problem('comments-closed', 'This article takes comments no longer.', { closedAt })
}

/** What a new comment answers. @throws Problem 400 where that isn't a comment that can be seen under the same article */
export async function answeredBy(tx: Write, input: CommentInput, articleId: string): Promise<CommentTable | null> {
  if (!input.parentId) return null
  const parent = await commentOfId(tx.read, input.parentId)
  if (!parent || parent.article_id !== articleId || parent.status !== 'approved')
    throw badRequest({ pointer: '/parentId', code: 'not-found', message: 'names no comment of this article that can be replied to' })
  return parent
}

/** Changes a comment as a patch says, in a role; anything else that it names is refused. @throws Problem 403; 400; 409 */
export async function patchComment(request: FastifyRequest, tx: Write, row: CommentTable, role: 'moderator' | 'writer'): Promise<CommentTable> {
  const current = role === 'moderator' ? commentOf(row, true) : ownComment(row)
  const judged = { reason: row.moderation_reason, note: row.moderation_note }
  const { input, names } = replacementFrom<PatchedComment>(request, role === 'moderator' ? { ...current, ...judged } : current, PatchedComment)
  const { author, body, status, reason = null, note = null, pinned, featured } = input
  refuse(readOnlyFaults(input, current))
  if (status === 'deleted') throw badRequest({ pointer: '/status', code: 'value', message: 'can’t be set: send DELETE' })
  const given = { body, author_name: author.name, author_url: author.url ?? null }
  const saysOther = !isDeepStrictEqual({ body: row.body, author_name: row.author_name, author_url: row.author_url }, given)
  if (role === 'moderator') {
    if (saysOther) throw new Problem('forbidden', 'What a comment says is its writer’s to change, with Comment-Edit-Token.')
    for (const [name, value] of Object.entries({ pinned, featured }))
      if (value && names(name) && status !== 'approved') throw conflict({ pointer: `/${name}`, code: 'conflict', message: 'what isn’t approved isn’t shown' })
    return decide(tx, row, {
      reason,
      note,
      ...(names('status') ? { status } : {}),
      ...(names('pinned') ? { pinned } : {}),
      ...(names('featured') ? { featured } : {}),
    })
  }
  const judges = status !== row.status || pinned !== current.pinned || featured !== current.featured
  if (judges || input.reason !== undefined || input.note !== undefined)
    throw new Problem('forbidden', 'status, reason, note, pinned and featured are a moderator’s to change.', { requiredScope: 'comments:moderate' })
  if (!saysOther) return row
  const { comment_policy } = await tx.read.selectFrom('articles').select('comment_policy').where('id', '=', row.article_id).executeTakeFirstOrThrow()
  // Else what a moderator let pass could become anything.
  const isAgainPending = comment_policy === 'moderated' && row.status === 'approved'
  const values: Partial<CommentTable> = { ...given, ...bodyColumns(body), edited_at: tx.now, ...(isAgainPending ? { status: 'pending' } : {}) }
  const changed = await changeComment(tx, row, values)
  noteHistory(tx, row, changed, { by_kind: 'writer', action: 'edited', author_name: row.author_name, body: row.body })
  return changed
}
