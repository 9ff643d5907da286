import type { FastifyRequest } from 'fastify'
import { findArticle, findReadable, readProblems } from '../articles/api/lookup.ts'
import type { Read } from '../database/engine.ts'
import type { Rows } from '../database/pages.ts'
import type { CommentTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { may, requirePermission } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { jsonBody, operation, patchBodies, smallBody } from '../http/operations.ts'
import { collection, cursorsAt, fieldsParameter, pageParameters, parts, pick } from '../http/pagination.ts'
import { badRequest, conflict, notFound } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { Enum } from '../http/schemas.ts'
import { hashOf, newSecret } from '../http/secrets.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { ancestorsOf, pageOfReplies, pageOfVisible, repliesUnder } from './lists.ts'
import { commentOfId, findComment, findVisible, isArticlePublic, lockComment } from './lookup.ts'
import { knownReader, personOf, readerHeaders, readerOf, requireNotBanned } from './readers.ts'
import { Comment, CommentInput, CommentPage, CommentPatch, CreatedComment, commentProperties } from './schemas.ts'
import { commentOf, isVisible, ownComment } from './shown.ts'
import { standingOf } from './standings.ts'
import { createComment, deleteComment } from './store.ts'
import { votesOf } from './votes.ts'
import { answeredBy, closingTime, patchComment, requireOpen, roleOf } from './writing.ts'

const sorts = ['createdAt', 'rank'] as const
const order = { oldest: 'createdAt', newest: '-createdAt', top: '-rank' } as const
type Order = keyof typeof order

const sortParameter = {
  sort: Type.Optional(
    Enum(['oldest', 'newest', 'top'], {
      description: '`top`: by the lower bound of what their votes are worth (Wilson), so that few votes count less than many. Default: oldest.',
    }),
  ),
}

const editHeader = {
  'Comment-Edit-Token': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The `editToken` from the comment’s 201: lets its writer change or delete it for a while.' }),
  ),
}

const { sort: _, ...unsorted } = pageParameters(sorts, 'createdAt')

const ordered = ({ sort = 'oldest' }: { sort?: Order }) => ({
  sorts,
  initially: order[sort],
  isSortFixed: true,
  keyType: sort === 'top' ? ('number' as const) : ('string' as const),
  properties: commentProperties,
})

/** The comment that a page is to hold. @throws Problem 400 where it isn’t seen under the article, or a page is named otherwise, too */
async function aroundOf(read: Read, { around, cursor }: { around?: string; cursor?: string }, articleId: string): Promise<CommentTable | undefined> {
  if (around === undefined) return
  if (cursor !== undefined) throw badRequest({ parameter: 'around', code: 'combination', message: 'can’t be combined with cursor' })
  const row = await commentOfId(read, around)
  if (!row || row.article_id !== articleId || !isVisible(row))
    throw badRequest({ parameter: 'around', code: 'not-found', message: 'names no comment that is seen under this article' })
  return row
}

/** Rows as they are shown to a request, each with the reader’s own vote where the reader is known. */
async function shownTo(read: Read, request: FastifyRequest, rows: readonly CommentTable[]): Promise<Map<string, Comment>> {
  const reader = knownReader(request)
  const ids = rows.map(({ id }) => id)
  const votes = reader && (await votesOf(read, reader.keys, ids))
  return new Map(rows.map((row) => [row.id, commentOf(row, false, votes ? (votes.get(row.id) ?? 0) : undefined)]))
}

type Shown = Comment & { replies?: { data: object[]; page: object } }

/** A page with the first replies to each of its comments, and to those. @param path what leads down to a comment that is to be among them */
async function asTree(read: Read, request: FastifyRequest, page: Rows<CommentTable>, path: CommentTable[]): Promise<Rows<Shown>> {
  const { replies: each = 3, fields } = request.query as { replies?: number; fields?: string }
  const replies = await repliesUnder(read, page.data, each, path)
  const all = [...page.data, ...[...replies.values()].flatMap(({ data }) => data)]
  const shown = await shownTo(read, request, all)
  const picked = fields === undefined ? null : parts(fields)
  const nest = (row: CommentTable): Shown => {
    const own = replies.get(row.id)
    const data = (own?.data ?? []).map((reply) => {
      const { replies, ...rest } = nest(reply)
      return { ...pick(rest, picked), replies }
    })
    return { ...(shown.get(row.id) as Comment), replies: { data, page: cursorsAt(`/v1/comments/${row.id}/replies`, own ?? { next: null, prev: null }) } }
  }
  return { ...page, data: page.data.map(nest) }
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
      description:
        'Approved ones; a comment that is gone but has replies stays as a tombstone. `view=tree` pages through those that answer nothing, each with its first replies, and those with theirs: oldest first, at most 500 a page; the rest is at `/v1/comments/{comment}/replies`.',
      isOpen: true,
      redirects: true,
      isPaged: true,
      headers: readerHeaders,
      query: {
        ...unsorted,
        ...fieldsParameter(commentProperties),
        view: Type.Optional(
          Enum(['flat', 'tree'], { description: '`flat`: one after the other, whatever they answer. `tree`: each with those that answer it. Default: flat.' }),
        ),
        ...sortParameter,
        replies: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 20, format: 'int32', default: 3, description: 'In `view=tree`: how many replies each comment comes with.' }),
        ),
        featured: Type.Optional(Type.Boolean({ description: 'Only those that the newsroom features, or doesn’t.' })),
        pinned: Type.Optional(Type.Boolean({ description: 'Only the one that is pinned, or the others.' })),
        around: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 100,
            description: 'A comment: the page that has it, also as a reply, with cursors both ways. A link to a comment.',
          }),
        ),
      },
      answer: CommentPage,
      problems: readProblems,
    }),
    async (request, reply) => {
      return answerRead(request, reply, async (read) => {
        const { article, shows } = await findReadable(read, request)
        const { query } = request
        const isTree = query.view === 'tree'
        if (query.replies !== undefined && !isTree) throw badRequest({ parameter: 'replies', code: 'combination', message: 'goes with view=tree' })
        const chosen = { is_featured: query.featured, is_pinned: query.pinned }
        for (const name of ['featured', 'pinned'] as const)
          if (query[name] !== undefined && (isTree || query.around !== undefined))
            throw badRequest({ parameter: name, code: 'combination', message: 'can’t be combined with view=tree or around' })
        const around = await aroundOf(read, query, article.id)
        const path = around && isTree ? [...(await ancestorsOf(read, around)), around] : []
        const found = await collection<Shown>(request, {
          ...ordered(query),
          included: ['replies'],
          page: async (page) => {
            const rows = await pageOfVisible(read, article.id, { isTree, ...chosen }, page, path[0] ?? around)
            const counts = { ...rows.counts, closesAt: closingTime(article, app.config) }
            if (isTree) return asTree(read, request, { ...rows, counts }, path)
            return { ...rows, counts, data: [...(await shownTo(read, request, rows.data)).values()] }
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
      headers: readerHeaders,
      bodies: jsonBody(CommentInput),
      bodyLimit: smallBody,
      answer: CreatedComment,
      links: { read: ['getComment', 'comment'], replies: ['listReplies', 'comment'], change: ['patchComment', 'comment'] },
      problems: [...readProblems, 'forbidden', 'comments-closed', 'banned'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const article = await findArticle(tx.read, request, false)
        tx.lock([`comments:${article.id}`])
        const input = request.body as CommentInput
        const reader = readerOf(request)
        const isStaff = input.author.staff === true
        if (isStaff) requirePermission(request, 'comments:moderate', 'Writing as staff')
        else requireOpen(article, app.config)
        const standing = isStaff ? null : await standingOf(tx.read, personOf(reader, input.author.email ?? null))
        if (standing) requireNotBanned(standing)
        const answered = await answeredBy(tx, input, article.id)
        const editToken = newSecret('bshe_')
        const isVerified = may(request, 'comments:write')
        if (isVerified) request.needed.add('comments:write')
        const row = await createComment(tx, {
          articleId: article.id,
          answered,
          mostDepth: app.config.COMMENT_MAX_DEPTH,
          status: isStaff || standing?.isTrusted || article.comment_policy === 'open' ? 'approved' : 'pending',
          author: { name: input.author.name, url: input.author.url ?? null, email: input.author.email ?? null },
          account: reader.account,
          isVerified,
          isStaff,
          flags: [],
          body: input.body,
          ipHash: reader.ipHash,
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
      description: 'Those right under it, as the public sees them; what is gone but has replies stays as a tombstone.',
      isOpen: true,
      isPaged: true,
      headers: readerHeaders,
      query: { ...unsorted, ...fieldsParameter(commentProperties), ...sortParameter },
      answer: CommentPage,
      problems: ['not-found'],
    }),
    async (request, reply) =>
      answerRead(request, reply, async (read) => {
        const parent = await findVisible(read, request)
        const found = await collection<Comment>(request, {
          ...ordered(request.query),
          page: async (page) => {
            const rows = await pageOfReplies(read, parent, page)
            return { ...rows, data: [...(await shownTo(read, request, rows.data)).values()] }
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
        'A moderator’s `status`, `reason`, `note`, `pinned` and `featured`, or, with `Comment-Edit-Token` and in time, the writer’s `body`, `author.name` and `author.url`. Under a `moderated` policy an edit makes an approved comment pending again.',
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
        const changed = await patchComment(request, tx, row, role)
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
