import type { FastifyRequest } from 'fastify'
import { commentRules } from '../config.ts'
import type { Read } from '../database/engine.ts'
import { idsByReference } from '../database/slugs.ts'
import type { CommentHistoryTable, CommentReportTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { noting } from '../http/faults.ts'
import { type Condition, conditionsOf, requireKnown } from '../http/filters.ts'
import { normalTime } from '../http/formats.ts'
import { jsonBody, mediumBody, operation } from '../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, filter, idsParameter, pageParameters } from '../http/pagination.ts'
import { badRequest, conflict } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { TimeInput } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { topicsUnder } from '../topics/store.ts'
import { pageOfHistory } from './history.ts'
import { commentById } from './lists.ts'
import { findComment, idsOfReferences } from './lookup.ts'
import { type Decision, decide, lockComments } from './moderation.ts'
import {
  type CommentHistoryEntry,
  CommentHistoryPage,
  type CommentReport,
  CommentReportPage,
  ModerationInput,
  type ModerationResult,
  ModerationResults,
} from './moderation-schemas.ts'
import { orderedComments, pageOfQueue, type QueueFilters } from './queue.ts'
import { pageOfReports } from './reports.ts'
import { type Lesson, learn } from './rules/learned.ts'
import { CommentPage, commentProperties, commentStatuses } from './schemas.ts'
import { commentOf } from './shown.ts'

const ruleNames = Object.keys(commentRules)
const sorts = ['createdAt', 'updatedAt', 'reports'] as const
const one = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description }))
const time = (description: string) => Type.Optional({ ...TimeInput, description })

const filters = {
  status: filter(`Of ${commentStatuses.join(', ')}.`, 200),
  article: filter('Articles by id or slug.', 4000),
  topic: filter('Comments on articles of these topics, or of those under them, by id or slug.', 4000),
  flag: filter(`Comments that fell under a rule, of ${ruleNames.join(', ')}.`, 200),
  author: one('Words of the author’s name.'),
  email: one('The author’s e-mail address, whole.'),
  account: one('The site’s id of the author.'),
  ip: one('The hashed address, as comments show it to moderators.'),
  q: one('Words in the comment or in the author’s name: all must occur; "…" is a phrase, a trailing `*` a prefix.'),
  reports: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, format: 'int32', description: 'At least so many reports that no moderator has decided on.' }),
  ),
  featured: Type.Optional(Type.Boolean({ description: 'Whether they are featured.' })),
  pinned: Type.Optional(Type.Boolean({ description: 'Whether they are pinned.' })),
  createdAfter: time('This time or later.'),
  createdBefore: time('Earlier than this time.'),
  updatedAfter: time('This time or later.'),
  updatedBefore: time('Earlier than this time.'),
}

type Query = Partial<Record<'author' | 'email' | 'account' | 'ip' | 'q' | 'createdAfter' | 'createdBefore' | 'updatedAfter' | 'updatedBefore', string>> & {
  reports?: number
  featured?: boolean
  pinned?: boolean
}

async function idsOf(read: Read, kind: 'article' | 'topic', values: readonly string[]): Promise<string[]> {
  const owners = await idsByReference(read, kind, values)
  const ids = values.flatMap((value) => owners.get(value) ?? [])
  return kind === 'topic' ? topicsUnder(read, ids) : ids
}

async function filtersOf(read: Read, request: FastifyRequest): Promise<QueueFilters> {
  const query = request.query as Query
  const conditions = (name: string, known?: readonly string[]): Condition[] =>
    noting(request, () => {
      const found = conditionsOf(request.query as Record<string, unknown>, name)
      if (known) requireKnown(found, name, known)
      return found
    }) ?? []
  const named = (kind: 'article' | 'topic') =>
    Promise.all(conditions(kind).map(async ({ isNone, values }) => ({ isNone, values: await idsOf(read, kind, values) })))
  const at = (text: string | undefined) => (text === undefined ? undefined : normalTime(text))
  const { author, email, account, ip, q, reports } = query
  return {
    statuses: conditions('status', commentStatuses),
    flags: conditions('flag', ruleNames),
    articles: await named('article'),
    topics: await named('topic'),
    ...{ author, email, account, ip, q, reports },
    isFeatured: query.featured,
    isPinned: query.pinned,
    createdAfter: at(query.createdAfter),
    createdBefore: at(query.createdBefore),
    updatedAfter: at(query.updatedAfter),
    updatedBefore: at(query.updatedBefore),
  }
}

export const historyEntry = (row: CommentHistoryTable): CommentHistoryEntry => ({
  id: row.id,
  at: row.at,
  by: { kind: row.by_kind, name: row.by_name },
  action: row.action,
  statusBefore: row.status_before,
  status: row.status,
  reason: row.reason,
  note: row.note,
  authorName: row.author_name,
  body: row.body,
})

export const reportOf = (row: CommentReportTable): CommentReport => ({
  id: row.id,
  reason: row.reason as CommentReport['reason'],
  text: row.text,
  createdAt: row.created_at,
  settledAt: row.settled_at,
})

const { sort: _, ...unsorted } = pageParameters(['id'], 'id')

/** GET /v1/comments, POST /v1/comments/moderation, GET /v1/comments/{comment}/history, GET /v1/comments/{comment}/reports */
export function commentModerationRoutes(app: App): void {
  app.get(
    '/v1/comments',
    operation('GET', {
      id: 'listComments',
      tag: 'Comments',
      summary: 'List comments of all articles',
      description:
        'The moderation queue, oldest first: comments of every status, with what only moderators see. With `count=true` `page.statuses` has how many there are of each status under the other filters.',
      scopes: ['comments:moderate'],
      isPaged: true,
      query: { ...pageParameters(sorts, 'createdAt'), ...fieldsParameter(commentProperties), ...idsParameter, ...externalIdParameter, ...filters },
      answer: CommentPage,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const wanted = await filtersOf(read, request)
        const { engine } = app.database
        return collection(request, {
          sorts,
          initially: 'createdAt',
          keyType: /^-?reports/.test(request.query.sort ?? '') ? 'number' : 'string',
          properties: commentProperties,
          ordered: async ({ ids = [] }) => (await orderedComments(read, engine, wanted, await idsOfReferences(read, ids))).map((row) => commentOf(row, true)),
          page: async (page) => {
            const rows = await pageOfQueue(read, engine, wanted, page)
            return { ...rows, data: rows.data.map((row) => commentOf(row, true)) }
          },
        })
      })
      return send(request, reply, answer)
    },
  )

  app.post(
    '/v1/comments/moderation',
    operation('POST', {
      id: 'moderateComments',
      tag: 'Comments',
      summary: 'Decide on many comments',
      description:
        'Up to 1,000 at once. All of them or none: where one isn’t there that is a 400, and where one is deleted or can’t be featured a 409, that names each; with `"atomic": false` each that can be, with a result each. Another decision undoes it.',
      scopes: ['comments:moderate'],
      bodies: jsonBody(ModerationInput),
      bodyLimit: mediumBody,
      answer: ModerationResults,
      status: 200,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { ids: given, atomic = true, ...decision } = request.body as ModerationInput
        if (Object.keys(decision).length === 0)
          throw badRequest({ pointer: '', code: 'required', message: 'must say what to decide: status, reason, note or featured' })
        const ids = await idsOfReferences(tx.read, given)
        const rows = await lockComments(tx, ids)
        const outcomes = ids.map((id) => ({ id, row: rows.get(id), fault: faultOf(rows.get(id), decision) }))
        const faults = outcomes.flatMap(({ fault }, index) => (fault ? [{ pointer: `/ids/${index}`, ...messages[fault] }] : []))
        if (atomic && faults.length > 0) throw faults.some(({ code }) => code === 'not-found') ? badRequest(faults) : conflict(faults)
        const data: ModerationResult[] = []
        const lessons: Lesson[] = []
        for (const { id, row, fault } of outcomes) {
          // What was decided on an answer has changed the counts of those above it.
          const [current] = row && !fault ? await commentById(tx.read, { id }) : []
          if (!current) data.push({ id, result: fault ?? 'not-found', status: row?.status ?? null })
          else {
            const changed = await decide(tx, current, decision as Decision, lessons)
            data.push({ id, result: changed === current ? 'unchanged' : 'changed', status: changed.status })
          }
        }
        await learn(tx, lessons)
        return { body: { data, changed: data.filter(({ result }) => result === 'changed').length } }
      }),
  )

  app.get(
    '/v1/comments/:comment/history',
    operation('GET', {
      id: 'listCommentHistory',
      tag: 'Comments',
      summary: 'List what was done to a comment',
      description: 'Decisions, edits with what it said before, and what readers’ reports did; oldest first.',
      scopes: ['comments:moderate'],
      isPaged: true,
      query: unsorted,
      answer: CommentHistoryPage,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const { id } = await findComment(read, request)
        return collection<CommentHistoryEntry>(request, {
          sorts: [],
          initially: 'id',
          properties: [],
          page: async (page) => {
            const rows = await pageOfHistory(read, id, page)
            return { ...rows, data: rows.data.map(historyEntry) }
          },
        })
      })
      return send(request, reply, answer)
    },
  )

  app.get(
    '/v1/comments/:comment/reports',
    operation('GET', {
      id: 'listCommentReports',
      tag: 'Comments',
      summary: 'List the reports of a comment',
      description: 'What readers said is wrong with it, oldest first; those that a decision has settled have `settledAt`.',
      scopes: ['comments:moderate'],
      isPaged: true,
      query: unsorted,
      answer: CommentReportPage,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const { id } = await findComment(read, request)
        return collection<CommentReport>(request, {
          sorts: [],
          initially: 'id',
          properties: [],
          page: async (page) => {
            const rows = await pageOfReports(read, id, page)
            return { ...rows, data: rows.data.map(reportOf) }
          },
        })
      })
      return send(request, reply, answer)
    },
  )
}

const messages = {
  'not-found': { code: 'not-found', message: 'names no comment' },
  deleted: { code: 'conflict', message: 'is deleted: there is nothing left to decide on' },
  'not-approved': { code: 'conflict', message: 'isn’t approved: what isn’t shown can’t be featured' },
} as const

/** Why a decision can’t be made on a comment; null where it can. */
function faultOf(row: { status: string } | undefined, { status, featured }: Pick<ModerationInput, 'status' | 'featured'>): keyof typeof messages | null {
  if (!row) return 'not-found'
  if (row.status === 'deleted') return 'deleted'
  return featured && (status ?? row.status) !== 'approved' ? 'not-approved' : null
}
