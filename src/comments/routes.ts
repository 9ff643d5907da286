import type { FastifyRequest } from 'fastify'
import { findReadable, readProblems } from '../articles/api/lookup.ts'
import type { Read } from '../database/engine.ts'
import type { Rows } from '../database/pages.ts'
import type { CommentTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { may } from '../http/auth.ts'
import { operation } from '../http/operations.ts'
import { collection, cursorsAt, fieldsParameter, pageParameters, parts, pickFields } from '../http/pagination.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { answerRead, readSnapshot } from '../http/reads.ts'
import { Enum } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import Type from '../http/type.ts'
import { ancestorsOf, pageOfReplies, pageOfVisible, repliesUnder } from './lists.ts'
import { commentOfId, findComment, findVisibleComment, isArticlePublic } from './lookup.ts'
import { editHeader, knownReader, readerHeaders } from './readers.ts'
import { Comment, CommentPage, commentProperties } from './schemas.ts'
import { commentOf, isVisible, ownComment } from './shown.ts'
import { votesOf } from './votes.ts'
import { closingTime, isOwnComment } from './writing.ts'

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
  const reader = await knownReader(request)
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
      return { ...pickFields(rest, picked), replies }
    })
    return { ...(shown.get(row.id) as Comment), replies: { data, page: cursorsAt(`/v1/comments/${row.id}/replies`, own ?? { next: null, prev: null }) } }
  }
  return { ...page, data: page.data.map(nest) }
}

/**
 * GET /v1/articles/{article}/comments, GET /v1/comments/{comment}, GET /v1/comments/{comment}/replies
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
        return { body: found.body, link: found.link, isPublic: shows === 'public' && (await knownReader(request)) === null, keys: [`comments:${article.id}`] }
      })
    },
  )

  app.get(
    '/v1/comments/:comment',
    operation('GET', {
      id: 'getComment',
      tag: 'Comments',
      summary: 'Get a comment',
      description:
        'Anyone, where it is approved and its article public; its writer, by `Comment-Edit-Token` or as the reader whom `Comment-Author` names, also while it waits; `comments:moderate` sees every comment, whole.',
      isOpen: true,
      headers: { ...editHeader, ...readerHeaders },
      answer: Comment,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const isModerator = may(request, 'comments:moderate')
      const reader = await knownReader(request)
      const { row, isOwn, myVote } = await readSnapshot(request, async (read) => {
        const found = await findComment(read, request)
        const isOwn = isOwnComment(request, found, reader)
        if (!isModerator && !((isOwn || isVisible(found)) && (await isArticlePublic(read, found)))) throw notFound('comment')
        const votes = reader && (await votesOf(read, reader.keys, [found.id]))
        return { row: found, isOwn, myVote: votes ? (votes.get(found.id) ?? 0) : undefined }
      })
      // What only its writer sees is nobody else’s to keep.
      if (isOwn && !isModerator)
        return send(request, reply, { body: { ...ownComment(row), ...(myVote === undefined ? {} : { myVote }) }, revision: row.revision, variesByToken: true })
      return send(request, reply, {
        body: commentOf(row, isModerator, myVote),
        revision: row.revision,
        isPublic: !isModerator && reader === null,
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
        const parent = await findVisibleComment(read, request)
        const found = await collection<Comment>(request, {
          ...ordered(request.query),
          page: async (page) => {
            const rows = await pageOfReplies(read, parent, page)
            return { ...rows, data: [...(await shownTo(read, request, rows.data)).values()] }
          },
        })
        return { body: found.body, link: found.link, isPublic: (await knownReader(request)) === null, keys: [`comments:${parent.article_id}`] }
      }),
  )
}
