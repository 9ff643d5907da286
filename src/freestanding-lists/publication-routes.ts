import { timeToCome } from '../articles/api/publication-routes.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import { change } from '../http/change.ts'
import { requireMatch } from '../http/conditional.ts'
import { jsonBody, operation, smallBody } from '../http/operations.ts'
import type { App } from '../http/server.ts'
import { lockFreestanding, workingListAnswer } from './routes.ts'
import { ListPublishInput } from './schemas.ts'
import { planFreestanding, publishFreestanding } from './store.ts'

/**
 * POST /v1/highlight-lists/{list}/publish, DELETE …/schedule
 */
export function listPublicationRoutes(app: App): void {
  const site = app.config.PUBLIC_SITE_URL

  app.post(
    '/v1/highlight-lists/:list/publish',
    operation('POST', {
      id: 'publishHighlightList',
      tag: 'Highlight lists',
      summary: 'Publish a freestanding highlight list',
      description:
        'Its working copy becomes what the public has: now, or `at` a time, as it is then. With `If-Match` what the editor read is what goes out now. Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      isConditional: true,
      bodies: jsonBody(ListPublishInput),
      isBodyOptional: true,
      bodyLimit: smallBody,
      status: 200,
      answer: HighlightList,
      links: { read: ['getHighlightList', 'list'] },
      problems: ['not-found', 'conflict'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const list = await lockFreestanding(tx, request)
        requireMatch(request, list.working.revision)
        const at = timeToCome((request.body as ListPublishInput).at, tx.now)
        const after = at === null ? await publishFreestanding(tx, list) : await planFreestanding(tx, list, { at, revision: null })
        return workingListAnswer(tx.read, after, site)
      }),
  )

  app.delete(
    '/v1/highlight-lists/:list/schedule',
    operation('DELETE', {
      id: 'deleteHighlightListSchedule',
      tag: 'Highlight lists',
      summary: 'Cancel what is planned for a freestanding highlight list',
      description: 'Its working copy stays. Needs `content:publish`.',
      scopes: ['content:publish'],
      redirects: true,
      answer: null,
      problems: ['not-found'],
    }),
    (request, reply) =>
      change(request, reply, async (tx) => {
        const list = await lockFreestanding(tx, request)
        requireMatch(request, list.working.revision)
        await planFreestanding(tx, list, null)
        return { status: 204 }
      }),
  )
}
