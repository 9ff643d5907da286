import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Write } from '../database/connect.ts'
import type { ArticleTable } from '../database/tables.ts'
import { type Answer, send } from '../http/answers.ts'
import { may, requireScope } from '../http/auth.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { desired, requirePermission } from '../http/desired.ts'
import { noting } from '../http/faults.ts'
import { mediaTypeOf } from '../http/media-types.ts'
import { jsonBody, noteHeader, operation, patchBodies } from '../http/operations.ts'
import { collection, fieldsParameter, idsParameter, pageParameters, propertyNames, slugParameter } from '../http/pagination.ts'
import { reading } from '../http/reading.ts'
import { TimeInput } from '../http/schemas.ts'
import type { App } from '../http/server.ts'
import { createdInput } from './input.ts'
import { type ListQuery, orderedArticles, pageOfArticles, sorts } from './list.ts'
import { copyParameter, findReadable, isPublic, lockArticle, requireWritable } from './lookup.ts'
import { resolveArticle } from './resolve.ts'
import { createArticle, currentOf, deleteArticle, replaceArticle } from './save.ts'
import { Article, ArticleCreate, ArticleInput, ArticlePage, ArticlePatch, articleProperties, leftOutOfRows } from './schemas.ts'
import { allParts, documentsOf, workingCopy } from './store.ts'

const several = (description: string) => Type.Optional(Type.Array(Type.String({ maxLength: 4000 }), { maxItems: 20, description }))
const time = (description: string) => Type.Optional({ ...TimeInput, description })
const severalValues = '`a,b` is any of, repeated all of, a leading `-` none of.'

const filters = {
  ...copyParameter,
  status: several(`With \`copy=working\`: what the public has now. ${severalValues}`),
  topic: several(`Topics by id or slug, with those under them. ${severalValues}`),
  author: several(`Authors by id or slug. ${severalValues}`),
  language: several(`BCP 47. ${severalValues}`),
  genre: several(severalValues),
  publishedAfter: time('This time or later.'),
  publishedBefore: time('Earlier than this time.'),
  updatedAfter: time('This time or later.'),
  updatedBefore: time('Earlier than this time.'),
  q: Type.Optional(
    Type.String({ maxLength: 500, description: 'Words that must all occur; `"…"` is a phrase, a trailing `*` a prefix. The order is `relevance` then.' }),
  ),
}

const publishPermission = (request: FastifyRequest, doing: string) =>
  requirePermission(may(request, 'content:publish'), 'content:publish', `${doing} needs the scope content:publish.`)

/** A patch of the comment policy alone, by one who may moderate but not write. */
function isPolicyAlone(request: FastifyRequest): boolean {
  const names = Object.keys(request.body as object)
  return (
    mediaTypeOf(request) !== 'application/json-patch+json' &&
    names.includes('commentPolicy') &&
    names.every((name) => ['commentPolicy', 'revision'].includes(name))
  )
}

/**
 * GET|POST /v1/articles, GET|PUT|PATCH|DELETE /v1/articles/{article}
 */
export function articleRoutes(app: App): void {
  const { config } = app
  const site = config.PUBLIC_SITE_URL

  async function working(tx: Write, row: ArticleTable): Promise<Answer> {
    return { body: await workingCopy(tx.read, row, site), revision: row.revision }
  }

  async function publicAnswer(read: Write['read'], row: ArticleTable): Promise<Answer> {
    const [document] = await documentsOf(read, [row], 'public', allParts, site)
    return { body: document?.article, revision: row.revision, isPublic: true, isPartial: document?.isPartial, keys: document?.keys }
  }

  app.get(
    '/v1/articles',
    operation('GET', {
      id: 'listArticles',
      tag: 'Articles',
      summary: 'List and search articles',
      description:
        'Published articles, the newest first; with `copy=working` and `content:read` working copies, drafts too. Rows leave out the long parts unless `include` or `fields` asks for them.',
      isOpen: true,
      isPaged: true,
      query: {
        ...pageParameters(sorts, '-publishedAt'),
        ...filters,
        ...fieldsParameter,
        include: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: `Of what rows leave out: ${leftOutOfRows.join(', ')}.` })),
        ...idsParameter,
        ...slugParameter,
      },
      answer: ArticlePage,
    }),
    async (request, reply) => {
      const query = request.query as ListQuery
      if (query.copy === 'working') requireScope(request, 'content:read')
      const shows = query.copy === 'working' ? 'working' : 'public'
      const properties = articleProperties[shows]
      const mayInclude = leftOutOfRows.filter((name) => properties.includes(name))
      const include = noting(request, () => propertyNames(query, 'include', mayInclude)) ?? []
      const fields = noting(request, () => propertyNames(query, 'fields', properties)) ?? []
      const parts = new Set([...include, ...fields])
      const answer = await reading(request, async (read) => {
        const source = { read, engine: app.database.engine, shows, site, note: <T>(check: () => T) => noting(request, check) } as const
        return collection(request, {
          sorts,
          initially: query.q === undefined ? '-publishedAt' : 'relevance',
          properties,
          included: [...include, 'snippet'],
          ordered: async (asked) => (await orderedArticles(source, query, asked, parts)).map(({ article }) => article),
          page: async (page) => {
            const rows = await pageOfArticles(source, query, page, parts)
            return { ...rows, data: rows.data.map(({ article }) => article) }
          },
        })
      })
      return send(request, reply, { ...answer, isPublic: shows === 'public', keys: ['list', ...answer.rows.map(({ id }) => `article:${id}`)] })
    },
  )

  app.post(
    '/v1/articles',
    operation('POST', {
      id: 'createArticle',
      tag: 'Articles',
      summary: 'Create an article',
      description:
        'Whole, in one transaction: sections, highlight lists, authors and topics. Also from the text of a page, as `text/plain` or as `fromText`. Needs `content:write`, and `content:publish` for `"status": "published"`.',
      scopes: ['content:write'],
      headers: noteHeader,
      bodies: {
        ...jsonBody(ArticleCreate),
        'text/plain': Type.String({
          description: 'The text of a page; its first line is the headline.',
          examples: ['Harbour reopens\n\nBackground:\nCrews worked through the night.'],
        }),
      },
      answer: Article,
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const input = createdInput(request)
        if (input.status === 'published') publishPermission(request, 'Publishing')
        if (input.publishedAt) publishPermission(request, 'Setting publishedAt')
        const content = await resolveArticle(tx, input, null, false, config)
        const row = await createArticle(tx, content, input.slug, input.status ?? 'draft')
        return { ...(await working(tx, row)), status: 201, location: `/v1/articles/${row.id}` }
      }),
  )

  app.get(
    '/v1/articles/:article',
    operation('GET', {
      id: 'getArticle',
      tag: 'Articles',
      summary: 'Get a whole article',
      description:
        'By id or slug. Published articles are public; a draft is answered to `content:read`, as is `copy=working`: the copy that can be edited and sent back with `PUT`.',
      isOpen: true,
      redirects: true,
      query: copyParameter,
      answer: Article,
      problems: [404],
    }),
    async (request, reply) => {
      const answer = await reading(request, async (read): Promise<Answer> => {
        const { article, shows } = await findReadable(read, request)
        if (shows === 'public') return publicAnswer(read, article)
        return { body: await workingCopy(read, article, site), revision: article.revision }
      })
      return send(request, reply, answer)
    },
  )

  async function write(tx: Write, request: FastifyRequest): Promise<ArticleTable> {
    const row = await lockArticle(tx, request, true)
    requireWritable(request, row)
    const current = await currentOf(tx, row, site)
    const { input, isPatch, names } = desired<ArticleInput>(request, current.copy, ArticleInput)
    const status = isPatch && names('status') ? (input.status ?? row.status) : row.status
    if (status !== row.status) publishPermission(request, 'Publishing and withdrawing')
    const content = await resolveArticle(tx, input, current, isPatch, config)
    if (content.columns.published_at !== row.published_at) publishPermission(request, 'Setting publishedAt')
    return replaceArticle(tx, current, content, input.slug ?? (isPatch ? null : undefined), status)
  }

  /** Sets the comment policy for one who moderates, who is answered as the public is. */
  async function setCommentPolicy(tx: Write, request: FastifyRequest, row: ArticleTable): Promise<Answer> {
    const current = await currentOf(tx, row, site)
    const { input } = desired<ArticleInput>(request, current.copy, ArticleInput)
    const content = await resolveArticle(tx, input, current, true, config)
    const answer = await publicAnswer(tx.read, await replaceArticle(tx, current, content, undefined, row.status))
    return { ...answer, isPublic: false }
  }

  app.put(
    '/v1/articles/:article',
    operation('PUT', {
      id: 'replaceArticle',
      tag: 'Articles',
      summary: 'Replace an article',
      description:
        'Whole; parts keep their ids where the body names them. Keeps `slug, anchor, status, publishedAt, commentPolicy, editorNote, externalId` where they are left out; everything else left out takes its default. Needs `content:write`, and `content:publish` where the article is public.',
      scopes: ['content:write'],
      headers: noteHeader,
      redirects: true,
      bodies: jsonBody(ArticleInput),
      answer: Article,
      problems: [404, 409],
    }),
    (request, reply) => change(request, reply, async (tx) => working(tx, await write(tx, request))),
  )

  app.patch(
    '/v1/articles/:article',
    operation('PATCH', {
      id: 'patchArticle',
      tag: 'Articles',
      summary: 'Change an article',
      description:
        'With a merge patch or a JSON Patch of the working copy. `"status": "published"` publishes, `"draft"` withdraws. Needs `content:write`, and `content:publish` where the article is public; a merge patch of a public article’s `commentPolicy` alone needs only `comments:moderate`, and is answered with the public article.',
      scopes: ['content:write', 'comments:moderate'],
      headers: noteHeader,
      redirects: true,
      bodies: patchBodies(ArticlePatch),
      answer: Article,
      problems: [404],
    }),
    (request: FastifyRequest, reply: FastifyReply) =>
      change(request, reply, async (tx) => {
        if (isPolicyAlone(request) && may(request, 'comments:moderate') && !may(request, 'content:publish')) {
          const row = await lockArticle(tx, request, may(request, 'content:read'))
          if (isPublic(row)) return setCommentPolicy(tx, request, row)
        }
        requireScope(request, 'content:write')
        return working(tx, await write(tx, request))
      }),
  )

  app.delete(
    '/v1/articles/:article',
    operation('DELETE', {
      id: 'deleteArticle',
      tag: 'Articles',
      summary: 'Delete an article',
      description: 'With its sections, highlight lists and comments. Needs `content:write`, and `content:publish` where the article is public.',
      scopes: ['content:write'],
      redirects: true,
      answer: null,
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const row = await lockArticle(tx, request, true)
        requireMatch(request, row.revision)
        requireWritable(request, row)
        await deleteArticle(tx, row)
        return { status: 204 }
      }),
  )
}
