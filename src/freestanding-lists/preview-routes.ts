import type { FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import { revisionOfName } from '../database/name-revisions.ts'
import type { ListPreviewLinkTable } from '../database/tables.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import type { StoredList } from '../highlight-lists/store.ts'
import { send, sendPublished } from '../http/answers.ts'
import { change } from '../http/change.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import { collection, fieldsParameter, pageParameters } from '../http/pagination.ts'
import { badRequest, notFound } from '../http/problems.ts'
import { readSnapshot } from '../http/reads.ts'
import { parameter } from '../http/references.ts'
import type { App } from '../http/server.ts'
import { createListLink, listLinkOfToken, pageOfListLinks, revokeListLink } from '../previews/list-links.ts'
import { hiddenLink, lasts } from '../previews/routes.ts'
import { PreviewLinkInput, PreviewLinkPage, PreviewLink as PreviewLinkSchema, previewLinkProperties } from '../previews/schemas.ts'
import { findFreestanding, lockFreestanding, presentLists } from './routes.ts'
import { type Freestanding, loadFreestanding } from './store.ts'

const path = '/v1/highlight-lists/:list/preview-links'
const sorts = ['createdAt'] as const

/** What a link shows: the working copy as it is, or the revision that it names. */
async function shownBy(read: Read, { revision }: ListPreviewLinkTable, { working }: Freestanding): Promise<StoredList> {
  const row = revision === null || revision === working.revision ? undefined : await revisionOfName(read, working.id, revision)
  return row ? { ...(JSON.parse(row.document) as StoredList), slug: working.slug } : working
}

/**
 * GET|POST /v1/highlight-lists/{list}/preview-links, DELETE …/preview-links/{link}, GET /v1/preview/{token}/highlight-list
 */
export function listPreviewRoutes(app: App): void {
  const { PREVIEW_URL, PUBLIC_SITE_URL } = app.config

  app.get(
    path,
    operation('GET', {
      id: 'listHighlightListPreviewLinks',
      tag: 'Highlight lists',
      summary: 'List the preview links of a freestanding highlight list',
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
        const { working } = await findFreestanding(read, request)
        return collection(request, {
          sorts,
          initially: '-createdAt',
          properties: previewLinkProperties,
          page: async (page) => {
            const rows = await pageOfListLinks(read, working.id, page)
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
      id: 'createHighlightListPreviewLink',
      tag: 'Highlight lists',
      summary: 'Make a preview link of a freestanding highlight list',
      description:
        'It shows what the public would get of the working copy as it is then, or of one `revision`, until it expires or is deleted; once the working copy is published it leads to the list. At most 100 stand at a time. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      bodies: jsonBody(PreviewLinkInput),
      isBodyOptional: true,
      bodyLimit: smallBody,
      answer: PreviewLinkSchema,
      problems: ['not-found'],
    }),
    (request: FastifyRequest, reply) =>
      change(request, reply, async (tx) => {
        const { id, revision: current } = (await lockFreestanding(tx, request)).working
        const { expiresIn = lasts, revision = null } = request.body as PreviewLinkInput
        if (revision !== null && revision !== current && !(await revisionOfName(tx.read, id, revision)))
          throw badRequest({ pointer: '/revision', code: 'not-found', message: 'names no revision of this list' })
        const { row, token } = await createListLink(tx, id, revision, expiresIn)
        const url = PREVIEW_URL === null ? null : PREVIEW_URL.replaceAll('{token}', token)
        const body = { ...hiddenLink(row), url, apiUrl: `/v1/preview/${token}/highlight-list`, token }
        return { status: 201, body, location: `/v1/highlight-lists/${id}/preview-links/${row.id}` }
      }),
  )

  app.delete(
    `${path}/:link`,
    operation('DELETE', {
      id: 'deleteHighlightListPreviewLink',
      tag: 'Highlight lists',
      summary: 'Revoke a preview link of a freestanding highlight list',
      description: 'At once. Needs `content:read`.',
      scopes: ['content:read'],
      redirects: true,
      isConditional: false,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const { id } = (await lockFreestanding(tx, request)).working
        if (!(await revokeListLink(tx, id, parameter(request, 'link').toLowerCase()))) throw notFound('preview link')
        return { status: 204 }
      }),
  )

  app.get(
    '/v1/preview/:token/highlight-list',
    operation('GET', {
      id: 'getHighlightListPreview',
      tag: 'Highlight lists',
      summary: 'Open a preview link of a freestanding highlight list',
      description:
        'What the public would get of the working copy or revision that it opens, for whoever has the link: without what leads to stories that aren’t public. Once it is published it is a 308 to the list.',
      redirects: true,
      isUnlisted: true,
      answer: HighlightList,
      problems: ['not-found'],
    }),
    async (request, reply) => {
      const found = await readSnapshot(request, async (read) => {
        const link = await listLinkOfToken(read, parameter(request, 'token'))
        const list = link && (await loadFreestanding(read, link.list_id))
        if (!link || !list) throw notFound('preview')
        if (link.published_at !== null) return { location: `/v1/highlight-lists/${list.working.slug}` }
        const [own] = await presentLists(read, [await shownBy(read, link, list)], true, PUBLIC_SITE_URL)
        return { body: own?.value as HighlightList }
      })
      if (found.location !== undefined) return sendPublished(reply, found.location)
      return send(request, reply, { body: found.body, revision: found.body.revision, isUnlisted: true })
    },
  )
}
