import { includeParameter, renderingsOf } from '../articles/api/include.ts'
import { findArticle, lockArticle, lockWritable } from '../articles/api/lookup.ts'
import { countLinks, createLink, mostLinks, pageOfLinks, revokeLink } from '../articles/working/preview-links.ts'
import { renderedArticle } from '../articles/working/renderings.ts'
import { loadRevision } from '../articles/working/revisions.ts'
import { Article } from '../articles/working/schemas.ts'
import type { PreviewLinkTable } from '../database/tables.ts'
import { send, sendPublished } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import { collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { badRequest, conflict, notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { openPreview } from './open.ts'
import { type PreviewLink, PreviewLinkInput, PreviewLinkPage, PreviewLink as PreviewLinkSchema, previewLinkProperties } from './schemas.ts'

const path = '/v1/articles/:article/preview-links'
/** How long a link stands where nobody says, in seconds. */
export const lasts = 3600
const sorts = ['createdAt'] as const

/** A link without its secret. */
export const hiddenLink = ({ id, revision, expires_at }: Pick<PreviewLinkTable, 'id' | 'revision' | 'expires_at'>): PreviewLink => ({
  id,
  url: null,
  apiUrl: null,
  token: null,
  revision,
  expiresAt: expires_at,
})

/**
 * GET|POST /v1/articles/{article}/preview-links, DELETE /v1/articles/{article}/preview-links/{link}, GET /v1/preview/{token}
 */
export function previewRoutes(app: App): void {
  const { EMBED_HOSTS, PREVIEW_URL, PUBLIC_SITE_URL } = app.config

  app.get(
    path,
    operation('GET', {
      id: 'listPreviewLinks',
      tag: 'Articles',
      summary: 'List the preview links of an article',
      description: 'Those that still open it, the newest first, without their tokens; at most 100 stand at a time. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      isPaged: true,
      query: { ...pageParameters(sorts, '-createdAt'), ...fieldsParameter(previewLinkProperties) },
      answer: PreviewLinkPage,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const { id } = await findArticle(read, request, true)
        return collection(request, {
          sorts,
          initially: '-createdAt',
          properties: previewLinkProperties,
          page: async (page) => {
            const rows = await pageOfLinks(read, id, page)
            return { ...rows, data: rows.data.map(hiddenLink) }
          },
        })
      })
      return send(request, reply, answer)
    },
  )

  app.post(
    path,
    operation('POST', {
      id: 'createPreviewLink',
      tag: 'Articles',
      summary: 'Make a preview link of an article',
      description:
        'It shows what the public would get of the working copy as it is then, or of one `revision`, until it expires or is deleted, or the article is taken down or trashed; once the article is published it leads there. At most 100 stand at a time. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      bodies: jsonBody(PreviewLinkInput),
      isBodyOptional: true,
      bodyLimit: smallBody,
      answer: PreviewLinkSchema,
      problems: ['not-found', 'in-trash'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { id } = await lockWritable(tx, request)
        const { expiresIn = lasts, revision = null } = request.body as PreviewLinkInput
        if (revision !== null && !(await loadRevision(tx.read, id, revision)))
          throw badRequest({ pointer: '/revision', code: 'not-found', message: 'names no revision of this article' })
        if ((await countLinks(tx.read, id)) >= mostLinks)
          throw conflict({ pointer: '', code: 'length', message: `an article has at most ${mostLinks} preview links that stand: revoke one first` })
        const { row, token } = await createLink(tx, id, revision, expiresIn)
        const url = PREVIEW_URL === null ? null : PREVIEW_URL.replaceAll('{token}', token)
        return { status: 201, body: { ...hiddenLink(row), url, apiUrl: `/v1/preview/${token}`, token }, location: `/v1/articles/${id}/preview-links/${row.id}` }
      }),
  )

  app.delete(
    `${path}/:link`,
    operation('DELETE', {
      id: 'deletePreviewLink',
      tag: 'Articles',
      summary: 'Revoke a preview link',
      description: 'At once. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      isConditional: false,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { id } = await lockArticle(tx, request, true)
        if (!(await revokeLink(tx, id, parameter(request, 'link').toLowerCase()))) throw notFound('preview link')
        return { status: 204 }
      }),
  )

  app.get(
    '/v1/preview/:token',
    operation('GET', {
      id: 'getPreview',
      tag: 'Articles',
      summary: 'Open a preview link',
      description:
        'What the public would get of the working copy or revision that it opens, for whoever has the link: nothing that only editors see, and no card of another unpublished story. Once the story is published it is a 308 to it; so is a link of a freestanding list, to `/v1/preview/{token}/highlight-list`.',
      redirects: true,
      query: includeParameter,
      answer: Article,
      isUnlisted: true,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const wanted = renderingsOf(request)
      const found = await readSnapshot(request, (read) => openPreview(read, parameter(request, 'token'), PUBLIC_SITE_URL))
      if ('location' in found) return sendPublished(reply, found.location)
      const { article } = found
      return send(request, reply, { body: renderedArticle(article, { wanted, hosts: EMBED_HOSTS }), revision: article.revision, isUnlisted: true })
    },
  )
}
