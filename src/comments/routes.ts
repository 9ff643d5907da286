import type { FastifyRequest } from 'fastify'
import { findArticle, findReadable, readProblems } from '../articles/api/lookup.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { isId, ownersOfSlugs } from '../database/slugs.ts'
import type { CommentTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { may } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { noting } from '../http/faults.ts'
import { type Condition, conditionsOf, requireKnown } from '../http/filters.ts'
import { jsonBody, operation, patchBodies, smallBody } from '../http/operations.ts'
import { collection, fieldsParameter, idsParameter, pageParameters, severalValues } from '../http/pagination.ts'
import { conflict, notFound, Problem } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { locked, parameter } from '../http/references.ts'
import { Enum } from '../http/schemas.ts'
import { hashOf, keyedHash, newSecret } from '../http/secrets.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { answeredBy, isArticlePublic, patchedValues, roleOf } from './rules.ts'
import { Comment, CommentInput, CommentPage, CommentPatch, CreatedComment, commentProperties, commentStatuses } from './schemas.ts'
import {
  changeComment,
  commentOf,
  createComment,
  deleteComment,
  isVisible,
  loadComment,
  orderedComments,
  ownComment,
  pageOfQueue,
  pageOfReplies,
  pageOfVisible,
} from './store.ts'

const sorts = ['createdAt'] as const
const order = { oldest: 'createdAt', newest: '-createdAt' } as const

const editHeader = {
  'Comment-Edit-Token': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The `editToken` from the comment’s 201: lets its writer change or delete it for a while.' }),
  ),
}

const { sort: _, ...unsorted } = pageParameters(sorts, 'createdAt')

async function findComment(read: Read, request: FastifyRequest): Promise<CommentTable> {
  const id = parameter(request, 'comment').toLowerCase()
  const row = isId(id) ? await loadComment(read, id) : undefined
  if (!row) throw notFound('comment')
  return row
}

/** A comment to change: those of one article change one after the other, since their counts hang together. */
const lockComment = (tx: Write, request: FastifyRequest) =>
  locked(
    tx,
    ({ article_id }) => `comments:${article_id}`,
    () => findComment(tx.read, request),
    ({ updated_at }) => updated_at,
  )

async function articleConditions(read: Read, request: FastifyRequest): Promise<Condition[]> {
  const conditions = conditionsOf(request.query as Record<string, unknown>, 'article')
  return Promise.all(
    conditions.map(async ({ isNone, values }) => {
      const owners = await ownersOfSlugs(
        read,
        'article',
        values.filter((value) => !isId(value)),
      )
      return { isNone, values: values.flatMap((value) => (isId(value) ? [value.toLowerCase()] : (owners.get(value) ?? []))) }
    }),
  )
}

/**
 * GET|POST /v1/articles/{article}/comments, GET /v1/comments, GET|PATCH|DELETE /v1/comments/{comment}, GET /v1/comments/{comment}/replies
 */
export function commentRoutes(app: App): void {
  app.get(
    '/v1/articles/:article/comments',
    operation('GET', {
      id: 'listArticleComments',
      tag: 'Comments',
      summary: 'List the comments on an article',
      description: 'Approved ones, oldest first, flat; a comment that is gone but has replies stays as a tombstone.',
      isOpen: true,
      redirects: true,
      isPaged: true,
      query: {
        ...unsorted,
        ...fieldsParameter(commentProperties),
        view: Type.Optional(Enum(['flat'], { description: '`flat`: one after the other, whatever they answer.' })),
        sort: Type.Optional(Enum(['oldest', 'newest'], { description: 'Default: oldest.' })),
      },
      answer: CommentPage,
      problems: readProblems,
    }),
    async (request, reply) => {
      return answerRead(request, reply, async (read) => {
        const { article, shows } = await findReadable(read, request)
        const initially = order[request.query.sort ?? 'oldest']
        const found = await collection(request, {
          sorts,
          initially,
          isSortFixed: true,
          properties: commentProperties,
          page: async (page) => {
            const rows = await pageOfVisible(read, article.id, page)
            return { ...rows, data: rows.data.map((row) => commentOf(row, false)) }
          },
        })
        return { body: found.body, link: found.link, isPublic: shows === 'public', keys: [`comments:${article.id}`] }
      })
    },
  )

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
      bodies: jsonBody(CommentInput),
      bodyLimit: smallBody,
      answer: CreatedComment,
      links: { read: ['getComment', 'comment'], replies: ['listReplies', 'comment'], change: ['patchComment', 'comment'] },
      problems: [...readProblems, 'forbidden', 'comments-closed'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await findArticle(tx.read, request, false)
        tx.lock([`comments:${article.id}`])
        if (article.comment_policy === 'closed') throw new Problem('comments-closed', 'This article takes no comments.')
        const input = request.body as CommentInput
        const answered = await answeredBy(tx, input, article.id)
        const editToken = newSecret('bshe_')
        const isVerified = may(request, 'comments:write')
        if (isVerified) request.needed.add('comments:write')
        const row = await createComment(tx, {
          articleId: article.id,
          answered,
          mostDepth: app.config.COMMENT_MAX_DEPTH,
          status: article.comment_policy === 'open' ? 'approved' : 'pending',
          author: { name: input.author.name, url: input.author.url ?? null, email: input.author.email ?? null },
          isVerified,
          body: input.body,
          ipHash: keyedHash(app.hashKey, request.ip),
          editTokenHash: hashOf(editToken),
        })
        return {
          status: 201,
          body: { ...ownComment(row), editToken },
          revision: row.revision,
          location: `/v1/comments/${row.id}`,
          articleId: article.id,
        }
      }),
  )

  app.get(
    '/v1/comments',
    operation('GET', {
      id: 'listComments',
      tag: 'Comments',
      summary: 'List comments of all articles',
      description: 'The moderation queue, oldest first: comments of every status, with what only moderators see.',
      scopes: ['comments:moderate'],
      isPaged: true,
      query: {
        ...pageParameters(sorts, 'createdAt'),
        ...fieldsParameter(commentProperties),
        ...idsParameter,
        status: Type.Optional(
          Type.Array(Type.String({ maxLength: 200 }), {
            maxItems: 20,
            description: `Of ${commentStatuses.join(', ')}. ${severalValues}`,
          }),
        ),
        article: Type.Optional(Type.Array(Type.String({ maxLength: 4000 }), { maxItems: 20, description: `Articles by id or slug. ${severalValues}` })),
      },
      answer: CommentPage,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const statuses = noting(request, () => conditionsOf(request.query, 'status')) ?? []
        noting(request, () => requireKnown(statuses, 'status', commentStatuses))
        const articles = await articleConditions(read, request)
        return collection(request, {
          sorts,
          initially: 'createdAt',
          properties: commentProperties,
          ordered: async ({ ids = [] }) => (await orderedComments(read, statuses, articles, ids)).map((row) => commentOf(row, true)),
          page: async (page) => {
            const rows = await pageOfQueue(read, statuses, articles, page)
            return { ...rows, data: rows.data.map((row) => commentOf(row, true)) }
          },
        })
      })
      return send(request, reply, answer)
    },
  )

  app.get(
    '/v1/comments/:comment',
    operation('GET', {
      id: 'getComment',
      tag: 'Comments',
      summary: 'Get a comment',
      description: 'Anyone, where it is approved and its article public; `comments:moderate` sees every comment, whole.',
      isOpen: true,
      answer: Comment,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const isModerator = may(request, 'comments:moderate')
      const row = await readSnapshot(request, async (read) => {
        const found = await findComment(read, request)
        if (!isModerator && !(isVisible(found) && (await isArticlePublic(read, found)))) throw notFound('comment')
        return found
      })
      return send(request, reply, {
        body: commentOf(row, isModerator),
        revision: row.revision,
        isPublic: !isModerator,
        isPartial: !isModerator && row.status !== 'approved' && row.status !== 'deleted',
        variesByToken: true,
        keys: [`comments:${row.article_id}`],
      })
    },
  )

  app.get(
    '/v1/comments/:comment/replies',
    operation('GET', {
      id: 'listReplies',
      tag: 'Comments',
      summary: 'List the replies to a comment',
      description: 'Those right under it, oldest first, as the public sees them; what is gone but has replies stays as a tombstone.',
      isOpen: true,
      isPaged: true,
      query: {
        ...unsorted,
        ...fieldsParameter(commentProperties),
        sort: Type.Optional(Enum(['oldest', 'newest'], { description: 'Default: oldest.' })),
      },
      answer: CommentPage,
      problems: ['not-found'],
    }),
    async (request, reply) =>
      answerRead(request, reply, async (read) => {
        const parent = await findComment(read, request)
        if (!isVisible(parent) || !(await isArticlePublic(read, parent))) throw notFound('comment')
        const found = await collection(request, {
          sorts,
          initially: order[request.query.sort ?? 'oldest'],
          isSortFixed: true,
          properties: commentProperties,
          page: async (page) => {
            const rows = await pageOfReplies(read, parent.id, page)
            return { ...rows, data: rows.data.map((row) => commentOf(row, false)) }
          },
        })
        return { body: found.body, link: found.link, isPublic: true, keys: [`comments:${parent.article_id}`] }
      }),
  )

  app.patch(
    '/v1/comments/:comment',
    operation('PATCH', {
      id: 'patchComment',
      tag: 'Comments',
      summary: 'Moderate or edit a comment',
      description:
        'A moderator’s `status` and `reason`, or, with `Comment-Edit-Token` and in time, the writer’s `body`, `author.name` and `author.url`. Under a `moderated` policy an edit makes an approved comment pending again.',
      isOpen: true,
      headers: editHeader,
      bodies: patchBodies(CommentPatch),
      bodyLimit: smallBody,
      answer: Comment,
      problems: [...readProblems, 'conflict', 'edit-window-over'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockComment(tx, request)
        const role = await roleOf(tx.read, request, row)
        if (row.status === 'deleted') throw conflict({ pointer: '', code: 'conflict', message: 'is deleted: there is nothing left to change' })
        const values = await patchedValues(request, tx, row, role)
        const changed = Object.keys(values).length > 0 ? await changeComment(tx, row, values) : row
        return { body: role === 'moderator' ? commentOf(changed, true) : ownComment(changed), revision: changed.revision, articleId: row.article_id }
      }),
  )

  app.delete(
    '/v1/comments/:comment',
    operation('DELETE', {
      id: 'deleteComment',
      tag: 'Comments',
      summary: 'Delete a comment',
      description: 'By a moderator, or by its writer with `Comment-Edit-Token` and in time. One with replies stays as a tombstone.',
      isOpen: true,
      headers: editHeader,
      answer: null,
      problems: [...readProblems, 'conflict', 'edit-window-over'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockComment(tx, request)
        await roleOf(tx.read, request, row)
        requireMatch(request, row.revision)
        if (row.status === 'deleted') throw notFound('comment')
        await deleteComment(tx, row)
        return { status: 204 }
      }),
  )
}
