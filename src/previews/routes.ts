import { findArticle, lockArticle } from '../articles/lookup.ts'
import { Article } from '../articles/schemas.ts'
import { workingCopy } from '../articles/store.ts'
import type { PreviewLinkTable } from '../database/tables.ts'
import { send } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { jsonBody, operation } from '../http/operations.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { reading } from '../http/reading.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { documentAt, loadRevision } from '../revisions/store.ts'
import { type PreviewLink, PreviewLinkInput, PreviewLink as PreviewLinkSchema, PreviewLinks } from './schemas.ts'
import { articleOfLink, createLink, linkOfToken, linksOfArticle, revokeLink } from './store.ts'

const path = '/v1/articles/:article/preview-links'
const initially = 3600

const hidden = ({ id, revision, expires_at }: PreviewLinkTable): PreviewLink => ({ id, url: null, apiUrl: null, token: null, revision, expiresAt: expires_at })

/**
 * GET|POST /v1/articles/{article}/preview-links, DELETE /v1/articles/{article}/preview-links/{link}, GET /v1/preview/{token}
 */
export function previewRoutes(app: App): void {
  const { PREVIEW_URL, PUBLIC_SITE_URL } = app.config

  app.get(
    path,
    operation('GET', {
      id: 'listPreviewLinks',
      tag: 'Articles',
      summary: 'List the preview links of an article',
      description: 'Those that still open it, the newest first, without their tokens. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      answer: PreviewLinks,
      problems: [404],
    }),
    async (request, reply) => {
      const links = await reading(request, async (read) => linksOfArticle(read, (await findArticle(read, request, true)).id))
      return send(request, reply, { body: { data: links.map(hidden) } })
    },
  )

  app.post(
    path,
    operation('POST', {
      id: 'createPreviewLink',
      tag: 'Articles',
      summary: 'Make a preview link of an article',
      description:
        'It opens the working copy as it is then, or one `revision`, until it expires, is deleted, or the article is published. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      bodies: jsonBody(PreviewLinkInput),
      isBodyOptional: true,
      answer: PreviewLinkSchema,
      problems: [404],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { id } = await lockArticle(tx, request, true)
        const { expiresIn = initially, revision = null } = request.body as PreviewLinkInput
        if (revision !== null && !(await loadRevision(tx.read, id, revision)))
          throw badRequest({ pointer: '/revision', code: 'not-found', message: 'names no revision of this article' })
        const { row, token } = await createLink(tx, id, revision, expiresIn)
        const url = PREVIEW_URL === null ? null : PREVIEW_URL.replaceAll('{token}', token)
        return { status: 201, body: { ...hidden(row), url, apiUrl: `/v1/preview/${token}`, token }, location: `/v1/articles/${id}/preview-links/${row.id}` }
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
      problems: [404],
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
      description: 'The working copy or revision that it opens, read-only, for whoever has the link.',
      answer: Article,
      problems: [404],
    }),
    async (request, reply) => {
      const article = await reading(request, async (read) => {
        const link = await linkOfToken(read, parameter(request, 'token'))
        const row = link && (await articleOfLink(read, link))
        if (!link || !row || row.status === 'trashed') throw notFound('preview')
        if (link.revision !== null) return documentAt(read, link.article_id, link.revision)
        return workingCopy(read, row, PUBLIC_SITE_URL)
      })
      return send(request, reply.header('x-robots-tag', 'noindex'), { body: article, revision: article.revision })
    },
  )
}
