import type { FastifyRequest } from 'fastify'
import { findArticle, readProblems } from '../articles/api/lookup.ts'
import { milliseconds } from '../database/clock.ts'
import { send } from '../http/answers.ts'
import { may } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { jsonBody, operation, patchBodies, smallBody } from '../http/operations.ts'
import { conflict, notFound } from '../http/problems.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { CommentInput, CommentPatch } from './input-schemas.ts'
import { commentOfId, lockComment } from './lookup.ts'
import { countComment } from './rates.ts'
import { editHeader, knownReader, readerHeaders, readerOf, requireNotBanned, writerOf } from './readers.ts'
import { newStamp } from './rules/stamp.ts'
import { Comment, CommentStamp, CreatedComment } from './schemas.ts'
import { commentOf, ownComment } from './shown.ts'
import { standingOf } from './standings.ts'
import { deleteComment } from './store.ts'
import { candidateOf, judgedAgain, type Outside, outsideOf, takeComment } from './taking.ts'
import { patchComment, roleOf } from './writing.ts'

/** POST /v1/articles/{article}/comments, GET /v1/comment-stamp, PATCH|DELETE /v1/comments/{comment} */
export function commentWritingRoutes(app: App): void {
  const askOutside = outsideOf(app)

  /** What the operator’s files and classifier say of what an edit would make of a comment, as far as the request says it. */
  async function askEdited(request: FastifyRequest): Promise<Omit<Outside, 'reader'>> {
    const { body, author } = (Array.isArray(request.body) ? {} : request.body) as Partial<CommentInput>
    const row =
      typeof body === 'string' && app.config.COMMENT_CLASSIFIER_URL !== null
        ? await commentOfId(request.within?.read ?? app.database.read, parameter(request, 'comment'))
        : undefined
    const isAsked = row !== undefined && row.author_name !== null && !may(request, 'comments:moderate') && request.faults.length === 0
    const candidate = {
      body: body ?? '',
      name: author?.name ?? row?.author_name ?? '',
      email: row?.author_email ?? null,
      url: row?.author_url ?? null,
      account: row?.account ?? null,
      address: null,
    }
    return askOutside(candidate, row?.article_id ?? '', isAsked, request.within !== null)
  }

  app.post(
    '/v1/articles/:article/comments',
    operation('POST', {
      id: 'createComment',
      tag: 'Comments',
      summary: 'Comment on an article',
      description:
        'Anyone, where the article’s `commentPolicy` lets them: `open` shows it at once, `moderated` when a moderator approved it, `closed` is a 403. With `comments:write` the author is `verified`.',
      isOpen: true,
      redirects: true,
      headers: readerHeaders,
      bodies: jsonBody(CommentInput),
      bodyLimit: smallBody,
      answer: CreatedComment,
      links: { read: ['getComment', 'comment'], replies: ['listReplies', 'comment'], change: ['patchComment', 'comment'] },
      problems: [...readProblems, 'forbidden', 'comments-closed', 'banned', 'external-id-taken'],
    }),
    async (request, reply) => {
      const input = request.body as CommentInput
      const reader = await readerOf(request)
      const candidate = candidateOf(request, input, reader)
      const isAsked = app.config.COMMENT_CLASSIFIER_URL !== null && !may(request, 'comments:moderate') && request.faults.length === 0
      // Nobody else is asked about what can’t be taken.
      const { id } = isAsked && !request.within ? await findArticle(app.database.read, request, false) : { id: '' }
      const outside = { reader, ...(await askOutside(candidate, id, isAsked, request.within !== null)) }
      return change(request, reply, async (tx) => {
        const article = await findArticle(tx.read, request, false)
        const { row, editToken } = await takeComment(tx, request, reply, article, candidate, outside)
        return {
          status: 201,
          body: { ...ownComment(row), editToken },
          revision: row.revision,
          location: `/v1/comments/${row.id}`,
          articleId: article.id,
        }
      })
    },
  )

  app.get(
    '/v1/comment-stamp',
    operation('GET', {
      id: 'getCommentStamp',
      tag: 'Comments',
      summary: 'Get a stamp for a form',
      description:
        'When a form was loaded, signed, to be sent as `stamp` with its comment within a day: what comes too soon after, or without one, falls under the rules `too-fast` and `stamp-missing`.',
      answer: CommentStamp,
    }),
    (request, reply) => send(request, reply, { body: { stamp: newStamp(app.hashKey, milliseconds()) } }),
  )

  app.patch(
    '/v1/comments/:comment',
    operation('PATCH', {
      id: 'patchComment',
      tag: 'Comments',
      summary: 'Moderate or edit a comment',
      description:
        'A moderator’s `status`, `reason`, `note`, `pinned` and `featured`, or, with `Comment-Edit-Token` and in time, the writer’s `body`, `author.name` and `author.url`. Under a `moderated` policy an edit makes an approved comment pending again.',
      isOpen: true,
      headers: { ...editHeader, ...readerHeaders },
      bodies: patchBodies(CommentPatch),
      bodyLimit: smallBody,
      answer: Comment,
      problems: [...readProblems, 'conflict', 'edit-window-over', 'banned'],
    }),
    async (request, reply) => {
      const reader = await knownReader(request)
      const outside = await askEdited(request)
      return change(request, reply, async (tx) => {
        const row = await lockComment(tx, request)
        const role = await roleOf(tx.read, request, row, reader)
        if (row.status === 'deleted') throw conflict({ pointer: '', code: 'conflict', message: 'is deleted: there is nothing left to change' })
        if (role === 'writer') requireNotBanned(await standingOf(tx.read, writerOf(row)))
        // An edit counts as a comment does.
        if (role === 'writer')
          await countComment(tx, reply, app.config, { address: row.ip_hash, person: row.account ?? row.email_key, articleId: row.article_id })
        const changed = await patchComment(request, tx, row, role, (candidate) => judgedAgain(tx, app, row, candidate, outside))
        return { body: role === 'moderator' ? commentOf(changed, true) : ownComment(changed), revision: changed.revision, articleId: row.article_id }
      })
    },
  )

  app.delete(
    '/v1/comments/:comment',
    operation('DELETE', {
      id: 'deleteComment',
      tag: 'Comments',
      summary: 'Delete a comment',
      description: 'By a moderator, or by its writer with `Comment-Edit-Token` and in time. One with replies stays as a tombstone.',
      isOpen: true,
      headers: { ...editHeader, ...readerHeaders },
      answer: null,
      problems: [...readProblems, 'conflict', 'edit-window-over'],
    }),
    async (request, reply) => {
      const reader = await knownReader(request)
      return change(request, reply, async (tx) => {
        const row = await lockComment(tx, request)
        await roleOf(tx.read, request, row, reader)
        requireMatch(request, row.revision)
        if (row.status === 'deleted') throw notFound('comment')
        await deleteComment(tx, row)
        return { status: 204 }
      })
    },
  )
}
