import type { FastifyRequest } from 'fastify'
import { createParameter, findArticle, lockWritable, workingAnswer, writeProblems } from '../articles/api/lookup.ts'
import { replaceArticle } from '../articles/api/save.ts'
import { changing } from '../articles/public/changing.ts'
import { makeNames, resolveArticle } from '../articles/working/resolve.ts'
import { documentAt, loadRevision } from '../articles/working/revisions.ts'
import { WorkingArticle } from '../articles/working/schemas.ts'
import { diff } from '../copy/diff.ts'
import type { Read } from '../database/engine.ts'
import type { RevisionTable } from '../database/tables.ts'
import { without } from '../database/values.ts'
import { send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { noteHeader, operation } from '../http/operations.ts'
import { asksFor, collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { continueParts, restoredInput, withFormerParts } from './restore.ts'
import { RevisionDiff, RevisionPage, revisionProperties, WholeRevision } from './schemas.ts'
import { withoutDerived } from './shown.ts'
import { pageOfRevisions, revisionOf } from './store.ts'

const path = '/v1/articles/:article/revisions'
const sorts = ['number'] as const

/** The revision of a number that may be no number. @throws Problem 404 */
async function findRevision(read: Read, articleId: string, text: string): Promise<RevisionTable> {
  const row = /^[1-9]\d{0,8}$/.test(text) ? await loadRevision(read, articleId, Number(text)) : undefined
  if (!row) throw notFound('revision')
  return row
}

/**
 * GET /v1/articles/{article}/revisions, GET …/revisions/{number}, GET …/revisions/{number}/diff, POST …/revisions/{number}/restore
 */
export function revisionRoutes(app: App): void {
  const { config } = app

  app.get(
    path,
    operation('GET', {
      id: 'listRevisions',
      tag: 'Articles',
      summary: 'List the revisions of an article',
      description:
        'The newest first: who changed its working copy, when, and what, as a JSON Patch against the revision before, without what follows from other properties. A page ends early where it would have more than 8 MiB of `changes`. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      isPaged: true,
      query: { ...pageParameters(sorts, '-number'), ...fieldsParameter(revisionProperties) },
      answer: RevisionPage,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const article = await findArticle(read, request, true)
        return collection(request, {
          sorts,
          initially: '-number',
          keyType: 'number',
          properties: revisionProperties,
          included: ['number'],
          shown: ({ id: _, ...revision }) => revision,
          page: (page) => pageOfRevisions(read, article.id, page, asksFor(request, 'changes')),
        })
      })
      return send(request, reply, answer)
    },
  )

  app.get(
    `${path}/:number`,
    operation('GET', {
      id: 'getRevision',
      tag: 'Articles',
      summary: 'Get an article as it was',
      description: 'Whole, at one of its revisions. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      answer: WholeRevision,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const body = await readSnapshot(request, async (read) => {
        const article = await findArticle(read, request, true)
        const row = await findRevision(read, article.id, parameter(request, 'number'))
        return { ...revisionOf(row), article: without(await documentAt(read, article.id, row.number), 'translations') }
      })
      return send(request, reply, { body })
    },
  )

  app.get(
    `${path}/:number/diff`,
    operation('GET', {
      id: 'diffRevisions',
      tag: 'Articles',
      summary: 'Compare two revisions of an article',
      description:
        'What turns the revision `against` into this one, as a JSON Patch, without what follows from other properties (`revision`, `updatedAt`, `wordCount`, `share` …). Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      query: {
        against: Type.Integer({
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          format: 'int64',
          description: 'The number of the other revision.',
          examples: [1],
        }),
      },
      answer: RevisionDiff,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const body = await readSnapshot(request, async (read) => {
        const article = await findArticle(read, request, true)
        const to = await findRevision(read, article.id, parameter(request, 'number'))
        const from = await findRevision(read, article.id, String(request.query.against))
        return {
          from: from.number,
          to: to.number,
          operations: withoutDerived(diff(await documentAt(read, article.id, from.number), await documentAt(read, article.id, to.number))),
        }
      })
      return send(request, reply, { body })
    },
  )

  app.post(
    `${path}/:number/restore`,
    operation('POST', {
      id: 'restoreRevision',
      tag: 'Articles',
      summary: 'Make an article again what it was',
      description:
        'Its words and parts become those of the revision, in a new revision; slug, old addresses, status, dates, plans and comment policy stay. An author or a topic that it names and that is gone is found by its name, or made again. Needs `content:write`.',
      scopes: ['content:write'],
      redirects: true,
      isConditional: true,
      headers: noteHeader,
      query: createParameter,
      status: 200,
      answer: WorkingArticle,
      problems: [...writeProblems, 'translation-taken'],
    }),
    (request: FastifyRequest, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockWritable(tx, request)
        requireMatch(request, row.revision)
        const { number } = await findRevision(tx.read, row.id, parameter(request, 'number'))
        const current = await changing(tx, row)
        const document = await documentAt(tx.read, row.id, number)
        const content = await resolveArticle(tx, await restoredInput(tx.read, document), withFormerParts(current, document), false, config)
        await continueParts(tx, current, document, content)
        return workingAnswer(await replaceArticle(tx, current, await makeNames(tx, content), undefined))
      }),
  )
}
