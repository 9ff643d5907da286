import type { FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { type PlannedNaming, usesOfName } from '../database/name-uses.ts'
import type { AuthorTable } from '../database/tables.ts'
import type { Answer } from '../http/answers.ts'
import { send } from '../http/answers.ts'
import { may, requirePermission, requireScope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { isToBeMade } from '../http/external-ids.ts'
import { jsonBody, mediumBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { collection, externalIdParameter, fieldsParameter, idsParameter, pageParameters, slugParameter } from '../http/pagination.ts'
import { atParameter, nameAt, timeOfPast } from '../http/past.ts'
import { Problem } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { type Found, findVisible, locked, parameter, readOnlyFaults } from '../http/references.ts'
import { replacementFrom } from '../http/replacement.ts'
import type { App } from '../http/server.ts'
import { refuse } from '../http/validation.ts'
import { Author, AuthorCreate, AuthorInput, AuthorPage, AuthorPatch } from './schemas.ts'
import { authorOf, createAuthor, deleteAuthor, isPlannedAuthor, loadAuthor, orderedAuthors, pageOfAuthors, replaceAuthor } from './store.ts'

const properties = Object.keys(Author.properties)

const authorAnswer = (row: AuthorTable): Answer => ({ body: authorOf(row), revision: row.revision })

/** The author that a path names, for one who sees all or what is public. @throws Problem 404; Redirect for an old slug */
export const findAuthor = (read: Read, request: FastifyRequest, seesAll: boolean) =>
  findVisible(read, 'author', parameter(request, 'author'), seesAll, (id) => loadAuthor(read, id))

/** The same, for a change. */
export const lockAuthor = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ row }) => `author:${row.id}`,
    () => findAuthor(tx.read, request, true),
    ({ row }) => row.updated_at,
  )

/** @throws Problem 403 where the change would show in public, now or by a plan, without `content:publish` */
export async function requireAuthorWritable(read: Read, request: FastifyRequest, { row, isPublic }: Found<AuthorTable>): Promise<void> {
  if (may(request, 'content:publish')) return
  const what = isPublic ? 'is public' : (await isPlannedAuthor(read, row.id)) && 'is named by a story that is planned to be public'
  if (what) requirePermission(request, 'content:publish', `The author ${what}, so changing it needs the scope content:publish.`)
}

/** Makes an author of a request's body. */
async function make(tx: Write, request: FastifyRequest): Promise<Answer> {
  const input = request.body as AuthorInput
  refuse(readOnlyFaults(input, null))
  const row = await createAuthor(tx, input)
  return { ...authorAnswer(row), status: 201, location: `/v1/authors/${row.id}` }
}

/**
 * GET|POST /v1/authors, GET|PUT|PATCH|DELETE /v1/authors/{author}
 */
export function authorRoutes(app: App, plannedNaming: PlannedNaming): void {
  app.get(
    '/v1/authors',
    operation('GET', {
      id: 'listAuthors',
      tag: 'Authors',
      summary: 'List authors',
      description: 'By name. The public sees those whom a public article names; `content:read` sees all.',
      isOpen: true,
      isPaged: true,
      query: {
        ...pageParameters(['name'], 'name'),
        ...fieldsParameter(Object.keys(Author.properties)),
        ...idsParameter,
        ...externalIdParameter,
        ...slugParameter,
      },
      answer: AuthorPage,
    }),
    async (request, reply) => {
      const seesAll = may(request, 'content:read')
      const answer = await readSnapshot(request, (read) =>
        collection(request, {
          sorts: ['name'],
          initially: 'name',
          properties,
          ordered: (asked) => orderedAuthors(read, seesAll, asked),
          page: (page) => pageOfAuthors(read, seesAll, page),
        }),
      )
      const keys = ['list', ...answer.rows.map(({ id }) => `author:${id}`)]
      return send(request, reply, { ...answer, isPublic: !seesAll, variesByToken: true, keys })
    },
  )

  app.post(
    '/v1/authors',
    operation('POST', {
      id: 'createAuthor',
      tag: 'Authors',
      summary: 'Create an author',
      description: 'Needs `content:write`. A slug is made from the name where none is given.',
      scopes: ['content:write'],
      headers: noteHeader,
      bodies: jsonBody(AuthorCreate),
      bodyLimit: mediumBody,
      answer: Author,
      links: { read: ['getAuthor', 'author'], change: ['patchAuthor', 'author'] },
      problems: ['slug-taken', 'external-id-taken'],
    }),
    (request, reply) => change(request, reply, (tx) => make(tx, request)),
  )

  app.get(
    '/v1/authors/:author',
    operation('GET', {
      id: 'getAuthor',
      tag: 'Authors',
      summary: 'Get an author',
      description: 'By id or slug. One whom no public article names is a 404 to the public. `at` needs `content:read`.',
      isOpen: true,
      redirects: true,
      query: atParameter('What it was at this time: 404 where it wasn’t there.'),
      answer: Author,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const at = timeOfPast(request)
      if (at !== undefined) {
        requireScope(request, 'content:read')
        const body = await readSnapshot(request, async (read) => {
          const { row } = await findAuthor(read, request, true)
          return nameAt(read, { state: authorOf(row), changedAt: row.updated_at }, at)
        })
        return send(request, reply, { body, revision: body.revision })
      }
      const seesAll = may(request, 'content:read')
      const { row, isPublic } = await readSnapshot(request, (read) => findAuthor(read, request, seesAll))
      return send(request, reply, { ...authorAnswer(row), isPublic: isPublic && !seesAll, variesByToken: true, keys: [`author:${row.id}`, 'list'] })
    },
  )

  const write = (request: FastifyRequest, reply: Parameters<typeof change>[1]) =>
    change(request, reply, async (tx) => {
      if (request.method === 'PUT' && (await isToBeMade(tx, request, 'author', 'author'))) return make(tx, request)
      const found = await lockAuthor(tx, request)
      const current = authorOf(found.row)
      const { input, isPatch } = replacementFrom<AuthorInput>(request, current, AuthorInput)
      refuse(readOnlyFaults(input, current))
      const kept = isPatch ? {} : { externalId: found.row.external_id }
      const row = await replaceAuthor(tx, found, { ...kept, ...input }, input.slug ?? (isPatch ? null : undefined))
      // To send again what is so already takes no more than to write at all.
      if (row !== found.row) await requireAuthorWritable(tx.read, request, found)
      return authorAnswer(row)
    })

  app.put(
    '/v1/authors/:author',
    operation('PUT', {
      id: 'replaceAuthor',
      tag: 'Authors',
      summary: 'Replace an author',
      makes: true,
      description:
        'Needs `content:write`, and `content:publish` where the author is public, or named by a story that is planned to be. Keeps the slug and the `externalId` where they are left out.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(AuthorInput),
      bodyLimit: mediumBody,
      answer: Author,
      problems: ['not-found', 'conflict', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.patch(
    '/v1/authors/:author',
    operation('PATCH', {
      id: 'patchAuthor',
      tag: 'Authors',
      summary: 'Change an author',
      description: 'Needs `content:write`, and `content:publish` where the author is public, or named by a story that is planned to be.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: patchBodies(AuthorPatch),
      bodyLimit: mediumBody,
      answer: Author,
      problems: ['not-found', 'slug-taken', 'external-id-taken'],
    }),
    write,
  )

  app.delete(
    '/v1/authors/:author',
    operation('DELETE', {
      id: 'deleteAuthor',
      tag: 'Authors',
      summary: 'Delete an author',
      description: 'Needs `content:write`. One whom an article names is a 409 with the count.',
      scopes: ['content:write'],
      redirects: true,
      answer: null,
      problems: ['not-found', 'in-use'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const found = await lockAuthor(tx, request)
        requireMatch(request, found.row.revision)
        const { articles: count, lists } = await usesOfName(tx.read, 'author', found.row.id, plannedNaming)
        if (count > 0) throw new Problem('in-use', `${count} articles name this author.`, { count, list: lists[0], lists })
        await deleteAuthor(tx, found.row)
        return { status: 204 }
      }),
  )
}
