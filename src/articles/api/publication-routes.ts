import type { FastifyRequest } from 'fastify'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { change } from '../../http/change.ts'
import { requireMatch } from '../../http/conditional.ts'
import { normalTime } from '../../http/formats.ts'
import { jsonBody, noteHeader, operation, smallBody } from '../../http/operations.ts'
import { badRequest, type ProblemType } from '../../http/problems.ts'
import { Enum } from '../../http/schemas.ts'
import type { App } from '../../http/server.ts'
import Type from '../../http/type.ts'
import { refuse } from '../../http/validation.ts'
import { changing } from '../public/changing.ts'
import { publishArticle, reschedule, restoreArticle, unpublishArticle } from '../public/publish.ts'
import { PublishInput, type Schedule, UnpublishInput } from '../working/publication-schemas.ts'
import { loadRevision } from '../working/revisions.ts'
import { pastFaults, scheduleOf } from '../working/schedule.ts'
import { WorkingArticle } from '../working/schemas.ts'
import { createParameter, lockArticle, lockWritable, workingAnswer, writeProblems } from './lookup.ts'

/** What a POST that makes nothing new declares: it is conditional and answers 200 with the article. */
const declared = {
  tag: 'Articles',
  redirects: true,
  isConditional: true,
  status: 200,
  answer: WorkingArticle,
  problems: writeProblems as readonly ProblemType[],
} as const

/** A time that was given, where it is still to come; what has just passed, or isn't given, means now. @throws Problem 400 for what is over a minute past */
export function timeToCome(given: string | null | undefined, now: string): string | null {
  const at = typeof given === 'string' ? normalTime(given) : null
  refuse(pastFaults(at, now, '/at'))
  return at !== null && at > now ? at : null
}

/**
 * POST /v1/articles/{article}/publish, POST …/unpublish, DELETE …/schedule, POST …/restore
 */
export function publicationRoutes(app: App): void {
  /** The article, as the request expects it. */
  async function expected(tx: Write, request: FastifyRequest): Promise<ArticleTable> {
    const row = await lockWritable(tx, request)
    requireMatch(request, row.revision)
    return row
  }

  app.post(
    '/v1/articles/:article/publish',
    operation('POST', {
      ...declared,
      id: 'publishArticle',
      links: { read: ['getArticle', 'article'], comments: ['listArticleComments', 'article'], takeDown: ['unpublishArticle', 'article'] },
      summary: 'Publish an article',
      description:
        'Makes an edition of its working copy, or of one `revision`: now, or `at` a time. With `If-Match` what the editor read is what goes out. A `minor` one leaves `updatedAt` as it is. An author or a topic that a revision names and that is gone is found by its name, or made again. Before `embargoUntil` it is a 409. Needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      problems: [...writeProblems, 'embargoed', 'translation-taken'],
      query: createParameter,
      bodies: jsonBody(PublishInput),
      isBodyOptional: true,
      bodyLimit: smallBody,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await expected(tx, request)
        const input = request.body as PublishInput
        const [revision, isMinor] = [input.revision ?? null, input.minor ?? false]
        if (revision !== null && !(await loadRevision(tx.read, row.id, revision)))
          throw badRequest({ pointer: '/revision', code: 'not-found', message: 'names no revision of this article' })
        const at = timeToCome(input.at, tx.now)
        const article = await changing(tx, row)
        if (at === null) return workingAnswer(await publishArticle(tx, article, { revision, isMinor }))
        return workingAnswer(await reschedule(tx, article, { ...scheduleOf(row), publish: { at, revision, minor: isMinor } }))
      }),
  )

  app.post(
    '/v1/articles/:article/unpublish',
    operation('POST', {
      ...declared,
      id: 'unpublishArticle',
      summary: 'Take an article down',
      description:
        'Now, or `at` a time: the public gets 410 with the headline and the notice, or, for `legal` reasons, 451 with the notice alone, until it is published again. Needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      bodies: jsonBody(UnpublishInput),
      isBodyOptional: true,
      bodyLimit: smallBody,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await expected(tx, request)
        const input = request.body as UnpublishInput
        const takedown = { reason: input.reason ?? 'editorial', notice: input.notice ?? null } as const
        const at = timeToCome(input.at, tx.now)
        const article = await changing(tx, row)
        if (at === null) return workingAnswer(await unpublishArticle(tx, article, takedown))
        return workingAnswer(await reschedule(tx, article, { ...scheduleOf(row), unpublish: { at, ...takedown } }))
      }),
  )

  app.delete(
    '/v1/articles/:article/schedule',
    operation('DELETE', {
      id: 'deleteSchedule',
      tag: 'Articles',
      summary: 'Cancel what is planned for an article',
      description: 'Both times, or one of them with `only`. Needs `content:publish`.',
      scopes: ['content:publish'],
      headers: noteHeader,
      redirects: true,
      query: { only: Type.Optional(Enum(['publish', 'unpublish'], { description: 'Cancels this alone.' })) },
      answer: null,
      problems: writeProblems,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await expected(tx, request)
        const { only } = request.query
        const planned = scheduleOf(row)
        const schedule: Schedule = {
          publish: only === 'unpublish' ? planned.publish : null,
          unpublish: only === 'publish' ? planned.unpublish : null,
        }
        await reschedule(tx, await changing(tx, row), schedule)
        return { status: 204 }
      }),
  )

  app.post(
    '/v1/articles/:article/restore',
    operation('POST', {
      ...declared,
      id: 'restoreArticle',
      summary: 'Bring an article back from the trash',
      description: 'With all that is its own: a draft again, or unpublished where it had been public. Needs `content:write`.',
      scopes: ['content:write'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockArticle(tx, request, true)
        requireMatch(request, row.revision)
        return workingAnswer(await restoreArticle(tx, await changing(tx, row)))
      }),
  )
}
