import { change } from '../http/change.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import { notFound } from '../http/problems.ts'
import type { App } from '../http/server.ts'
import { isArticlePublic, lockComment } from './lookup.ts'
import { readerHeaders, readerOf } from './readers.ts'
import { Comment, VoteInput } from './schemas.ts'
import { commentOf } from './shown.ts'
import { castVote } from './votes.ts'

/** POST /v1/comments/{comment}/votes */
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
      problems: ['not-found', 'conflict'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const reader = readerOf(request)
        const row = await lockComment(tx, request)
        if (row.status !== 'approved' || !(await isArticlePublic(tx.read, row))) throw notFound('comment')
        const { value } = request.body as VoteInput
        const voted = (await castVote(tx, row, reader.keys, value)) ?? row
        return { body: commentOf(voted, false, value), revision: voted.revision, articleId: row.article_id }
      }),
  )
}
