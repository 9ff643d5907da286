import { currentTime } from '../database/clock.ts'
import type { CommentStandingTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { normalTime } from '../http/formats.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import { collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { CommenterStanding, CommenterStandingInput, CommenterStandingPage } from './moderation-schemas.ts'
import { emailKey } from './search.ts'
import { forgetExpired, loadStanding, type Person, pageOfStandings, removeStanding, setStanding } from './standings.ts'

export const standingAnswer = (row: CommentStandingTable): CommenterStanding => ({
  id: row.id,
  account: row.kind === 'account' ? row.value : null,
  email: row.kind === 'email' ? row.value : null,
  ip: row.kind === 'ip' ? row.value : null,
  reason: row.reason,
  expiresAt: row.expires_at,
  by: row.by_name,
  createdAt: row.created_at,
})

/** Whom an input names. @throws Problem 400 where that isn’t exactly one */
function personOf({ account, email, ip }: CommenterStandingInput): Person[number] {
  const named: Person = []
  if (account) named.push({ kind: 'account', value: account })
  if (email) named.push({ kind: 'email', value: emailKey(email) as string })
  if (ip) named.push({ kind: 'ip', value: ip })
  const [one, ...others] = named
  if (!one || others.length > 0) throw badRequest({ pointer: '', code: 'combination', message: 'must name exactly one of account, email and ip' })
  return one
}

const marks = [
  {
    mark: 'ban',
    path: '/v1/comment-bans',
    one: 'Ban',
    what: 'ban',
    verb: 'Ban somebody from commenting',
    effect: 'Their comments, votes and reports are refused with 403.',
    undo: 'Lift a ban',
  },
  {
    mark: 'trust',
    path: '/v1/comment-trusts',
    one: 'Trust',
    what: 'trust',
    verb: 'Trust somebody',
    effect: 'Their comments are approved at once, whatever the policy or a rule says.',
    undo: 'Trust somebody no longer',
  },
] as const

const sorts = ['createdAt'] as const

/** GET|POST /v1/comment-bans, DELETE /v1/comment-bans/{standing}, and the same of /v1/comment-trusts */
export function commentStandingRoutes(app: App): void {
  for (const { mark, path, one, what, verb, effect, undo } of marks) {
    app.get(
      path,
      operation('GET', {
        id: `listComment${one}s`,
        tag: 'Comments',
        summary: mark === 'ban' ? 'List who is banned' : 'List who is trusted',
        description: 'Who it holds for now, the newest first.',
        scopes: ['comments:moderate'],
        isPaged: true,
        query: { ...pageParameters(sorts, '-createdAt'), ...fieldsParameter(Object.keys(CommenterStanding.properties)) },
        answer: CommenterStandingPage,
      }),
      async (request, reply) => {
        const answer = await readSnapshot(request, (read) =>
          collection<CommenterStanding>(request, {
            sorts,
            initially: '-createdAt',
            properties: Object.keys(CommenterStanding.properties),
            page: async (page) => {
              const rows = await pageOfStandings(read, mark, page)
              return { ...rows, data: rows.data.map(standingAnswer) }
            },
          }),
        )
        return send(request, reply, answer)
      },
    )

    app.post(
      path,
      operation('POST', {
        id: `createComment${one}`,
        tag: 'Comments',
        summary: verb,
        description: `By \`account\`, \`email\` or \`ip\`. ${effect} The same person again takes the new reason and end.`,
        scopes: ['comments:moderate'],
        bodies: jsonBody(CommenterStandingInput),
        bodyLimit: smallBody,
        answer: CommenterStanding,
        links: { undo: [`deleteComment${one}`, 'standing'] },
      }),
      (request, reply) =>
        change(request, reply, async (tx) => {
          const input = request.body as CommenterStandingInput
          const person = personOf(input)
          const expiresAt = input.expiresAt ? normalTime(input.expiresAt) : null
          if (expiresAt !== null && expiresAt <= currentTime()) throw badRequest({ pointer: '/expiresAt', code: 'range', message: 'must be in the future' })
          await forgetExpired(tx, currentTime())
          const row = await setStanding(tx, mark, person, input.reason ?? null, expiresAt)
          return { status: 201, body: standingAnswer(row), location: `${path}/${row.id}` }
        }),
    )

    app.delete(
      `${path}/:standing`,
      operation('DELETE', {
        id: `deleteComment${one}`,
        tag: 'Comments',
        summary: undo,
        description: `It has no effect from then on.`,
        scopes: ['comments:moderate'],
        isConditional: false,
        answer: null,
        problems: ['not-found'],
      }),
      (request, reply) =>
        change(request, reply, async (tx) => {
          const row = await loadStanding(tx.read, mark, parameter(request, 'standing').toLowerCase())
          if (!row) throw notFound(what)
          removeStanding(tx, row)
          return { status: 204 }
        }),
    )
  }
}
