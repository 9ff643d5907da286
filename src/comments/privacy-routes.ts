import { send } from '../http/answers.ts'
import { authorOf, changeInParts } from '../http/change.ts'
import { operation } from '../http/operations.ts'
import { collection, pageParameters } from '../http/pagination.ts'
import { notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { historyEntry, reportOf } from './moderation-routes.ts'
import { commenterOf, eraseComments, eraseTrace, historiesOf, pageOfCommenter, traceOf } from './privacy.ts'
import { CommenterErasure, CommenterExport } from './privacy-schemas.ts'
import { commentOf } from './shown.ts'
import { standingAnswer } from './standing-routes.ts'

const sorts = ['createdAt'] as const
// So many comments are erased in one change.
const piece = 200
// So many are tried in a dry run, which is one change.
const mostTried = 10_000

/** GET|DELETE /v1/commenters/{commenter} */
export function commenterRoutes(app: App): void {
  app.get(
    '/v1/commenters/:commenter',
    operation('GET', {
      id: 'exportCommenter',
      tag: 'Comments',
      summary: 'Export what is kept about a person',
      description:
        'By an e-mail address or a site’s own id: comments of every status with their histories, a page at a time, and votes, reports, bans and trust. Votes and reports by address are nobody’s.',
      scopes: ['comments:moderate'],
      isPaged: true,
      query: pageParameters(sorts, 'createdAt'),
      answer: CommenterExport,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const commenter = commenterOf(parameter(request, 'commenter'))
        const { body, link, rows } = await collection<CommenterExport['comments']['data'][number]>(request, {
          sorts,
          initially: 'createdAt',
          properties: [],
          page: async (page) => {
            const found = await pageOfCommenter(read, commenter, page)
            const histories = await historiesOf(
              read,
              found.data.map(({ id }) => id),
            )
            return { ...found, data: found.data.map((row) => ({ ...commentOf(row, true), history: (histories.get(row.id) ?? []).map(historyEntry) })) }
          },
        })
        const { votes, reports, standings } = await traceOf(read, commenter)
        if (rows.length === 0 && votes.length === 0 && reports.length === 0 && standings.length === 0) throw notFound('commenter')
        return {
          link,
          body: {
            comments: body,
            votes: votes.map(({ comment_id, value, created_at }) => ({ commentId: comment_id, value, createdAt: created_at })),
            reports: reports.map((row) => ({ ...reportOf(row), commentId: row.comment_id })),
            bans: standings.filter(({ mark }) => mark === 'ban').map(standingAnswer),
            trusts: standings.filter(({ mark }) => mark === 'trust').map(standingAnswer),
          },
        }
      })
      return send(request, reply, answer)
    },
  )

  app.delete(
    '/v1/commenters/:commenter',
    operation('DELETE', {
      id: 'eraseCommenter',
      isAlone: true,
      tag: 'Comments',
      summary: 'Erase what is kept about a person',
      description:
        'By an e-mail address or a site’s own id: their comments with their histories (those with replies stay as tombstones), their votes and reports, which count on and are nobody’s, bans and trust, and what answers kept for `Idempotency-Key` say of them. This can’t be undone.',
      scopes: ['comments:moderate'],
      isConditional: false,
      answer: CommenterErasure,
      problems: ['not-found'],
    }),
    (request, reply) =>
      changeInParts(
        request,
        reply,
        async () => commenterOf(parameter(request, 'commenter')),
        async (commenter) => {
          const author = authorOf(request)
          let comments = 0
          // Each part is a change of its own: where one fails, the next try goes on from there.
          for (let erased = piece; erased === piece; ) {
            erased = await app.database.transaction(author, (tx) => eraseComments(tx, commenter, author.onDryRun ? mostTried : piece))
            comments += erased
            // What is taken back would be found again.
            if (author.onDryRun) break
          }
          return async (tx) => {
            const trace = await eraseTrace(tx, commenter)
            const total = { comments, ...trace }
            if (Object.values(total).every((count) => count === 0)) throw notFound('commenter')
            return { body: total }
          }
        },
      ),
  )
}
