import type { FastifyRequest } from 'fastify'
import { readProblems } from '../articles/api/lookup.ts'
import type { Write } from '../database/handles.ts'
import type { CommentTable } from '../database/tables.ts'
import { change } from '../http/change.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import { notFound } from '../http/problems.ts'
import type { App } from '../http/server.ts'
import { VoteInput } from './input-schemas.ts'
import { isArticlePublic, lockComment } from './lookup.ts'
import { ReportInput, ReportReceipt } from './moderation-schemas.ts'
import { personOf, type Reader, readerHeaders, readerOf, requireNotBanned } from './readers.ts'
import { reportComment } from './reports.ts'
import { Comment } from './schemas.ts'
import { commentOf } from './shown.ts'
import { standingOf } from './standings.ts'
import { castVote } from './votes.ts'

/** A comment that a reader votes on or reports: one that the public sees whole. @throws Problem 403 where the reader is banned; 404 */
async function lockShown(tx: Write, request: FastifyRequest, reader: Reader): Promise<CommentTable> {
  requireNotBanned(await standingOf(tx.read, personOf(reader)))
  const row = await lockComment(tx, request)
  if (row.status !== 'approved' || !(await isArticlePublic(tx.read, row))) throw notFound('comment')
  return row
}

/** POST /v1/comments/{comment}/votes, POST /v1/comments/{comment}/reports */
export function commentReaderRoutes(app: App): void {
  app.post(
    '/v1/comments/:comment/votes',
    operation('POST', {
      id: 'voteOnComment',
      tag: 'Comments',
      summary: 'Vote on a comment',
      description:
        'For it, against it, or neither: one vote a reader, who is known by `Comment-Author`, else by the address; another vote takes the place of the first. `myVote` in the answer is the vote as it is now.',
      isOpen: true,
      headers: readerHeaders,
      bodies: jsonBody(VoteInput),
      bodyLimit: smallBody,
      answer: Comment,
      status: 200,
      problems: [...readProblems, 'banned'],
    }),
    async (request, reply) => {
      const reader = await readerOf(request)
      return change(request, reply, async (tx) => {
        const row = await lockShown(tx, request, reader)
        const { value } = request.body as VoteInput
        const voted = (await castVote(tx, row, reader.keys, value)) ?? row
        return { body: commentOf(voted, false, value), revision: voted.revision, articleId: row.article_id }
      })
    },
  )

  app.post(
    '/v1/comments/:comment/reports',
    operation('POST', {
      id: 'reportComment',
      tag: 'Comments',
      summary: 'Report a comment',
      description:
        'Tells moderators what is wrong with it: one report a reader, who is known by `Comment-Author`, else by the address; the first one holds. `COMMENT_REPORTS_TO_HIDE` of them send it back to the queue.',
      isOpen: true,
      headers: readerHeaders,
      bodies: jsonBody(ReportInput),
      bodyLimit: smallBody,
      answer: ReportReceipt,
      status: 200,
      problems: [...readProblems, 'banned'],
    }),
    async (request, reply) => {
      const reader = await readerOf(request)
      return change(request, reply, async (tx) => {
        const row = await lockShown(tx, request, reader)
        const { reason, text = null } = request.body as ReportInput
        const report = await reportComment(tx, row, reader.keys, { reason, text }, app.config.COMMENT_REPORTS_TO_HIDE)
        return { body: { commentId: row.id, reason: report.reason, at: report.created_at }, articleId: row.article_id }
      })
    },
  )
}
