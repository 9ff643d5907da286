import cors from '@fastify/cors'
import Fastify, { LogController } from 'fastify'
import { aroundRoutes } from './around/routes.ts'
import { AROUND_SCHEMAS } from './around/schemas.ts'
import { FACET_SCHEMAS } from './articles/api/facet-schemas.ts'
import { articleListRoutes } from './articles/api/highlight-list-routes.ts'
import { articleLinkRoutes } from './articles/api/link-routes.ts'
import { ARTICLE_LINK_SCHEMAS } from './articles/api/link-schemas.ts'
import { articleCollectionRoutes } from './articles/api/list-routes.ts'
import { requirePublic } from './articles/api/lookup.ts'
import { ARTICLE_PAGE_SCHEMAS } from './articles/api/page-schemas.ts'
import { publicationRoutes } from './articles/api/publication-routes.ts'
import { articleRoutes } from './articles/api/routes.ts'
import { sectionRoutes } from './articles/api/section-routes.ts'
import { refreshTopicRows } from './articles/public/index-rows.ts'
import { commentCount } from './articles/public/publish.ts'
import { articlePlans, startScheduler } from './articles/public/scheduler.ts'
import { ARTICLE_INPUT_SCHEMAS } from './articles/working/input-schemas.ts'
import { plannedNaming } from './articles/working/revisions.ts'
import { ARTICLE_SCHEMAS } from './articles/working/schemas.ts'
import { authorRoutes } from './authors/routes.ts'
import { AUTHOR_SCHEMAS } from './authors/schemas.ts'
import { batchRoutes } from './batch/routes.ts'
import { BATCH_SCHEMAS } from './batch/schemas.ts'
import { articleChangeRoutes } from './bulk/change-routes.ts'
import { mergeRoutes } from './bulk/merge-routes.ts'
import { BULK_SCHEMAS } from './bulk/schemas.ts'
import { isRevertingName } from './change-sets/lineage.ts'
import { changeSetRoutes } from './change-sets/routes.ts'
import { CHANGE_SET_SCHEMAS } from './change-sets/schemas.ts'
import { addressHashes } from './comments/addresses.ts'
import { commentImportRoutes } from './comments/import-routes.ts'
import { COMMENT_IMPORT_SCHEMAS } from './comments/import-schemas.ts'
import { COMMENT_INPUT_SCHEMAS, PatchedComment } from './comments/input-schemas.ts'
import { commentModerationRoutes } from './comments/moderation-routes.ts'
import { COMMENT_MODERATION_SCHEMAS } from './comments/moderation-schemas.ts'
import { commenterRoutes } from './comments/privacy-routes.ts'
import { COMMENTER_SCHEMAS } from './comments/privacy-schemas.ts'
import { commentReaderRoutes } from './comments/reader-routes.ts'
import { commentRoutes } from './comments/routes.ts'
import { COMMENT_SCHEMAS } from './comments/schemas.ts'
import { commentStandingRoutes } from './comments/standing-routes.ts'
import { startCommentSweeper } from './comments/sweeper.ts'
import { commentWritingRoutes } from './comments/writing-routes.ts'
import type { Config } from './config.ts'
import type { Database } from './database/handles.ts'
import { follow } from './events/follow.ts'
import { eventRoutes } from './events/routes.ts'
import { EVENT_SCHEMAS } from './events/schemas.ts'
import { startHub } from './feeds/hub.ts'
import { feedRoutes } from './feeds/routes.ts'
import { FEED_SCHEMAS } from './feeds/schemas.ts'
import { listPlans } from './freestanding-lists/due.ts'
import { listPreviewRoutes } from './freestanding-lists/preview-routes.ts'
import { listPublicationRoutes } from './freestanding-lists/publication-routes.ts'
import { freestandingListRoutes } from './freestanding-lists/routes.ts'
import { FREESTANDING_LIST_SCHEMAS } from './freestanding-lists/schemas.ts'
import { HIGHLIGHT_LIST_SCHEMAS } from './highlight-lists/schemas.ts'
import { createCache } from './http/cache.ts'
import { answerClientError } from './http/client-errors.ts'
import { installDispatch } from './http/dispatch.ts'
import { DRY_RUN_SCHEMAS } from './http/dry-run.ts'
import { Health, healthRoutes } from './http/health.ts'
import { invalidate } from './http/invalidation.ts'
import { compilersFactory, frameworkErrors, installAddresses, installLifecycle, originForm, requestId } from './http/lifecycle.ts'
import { logOptions } from './http/log.ts'
import { answerFromMemory } from './http/memory.ts'
import { installMetrics } from './http/metrics.ts'
import { describeRoutes, serveDocument } from './http/openapi.ts'
import { CountedResponse } from './http/overload.ts'
import { installPages } from './http/pages.ts'
import { JsonPatch } from './http/patches.ts'
import { installPerforming } from './http/performing.ts'
import { PROBLEM_SCHEMAS } from './http/problem-schemas.ts'
import { exposedHeaders } from './http/public-headers.ts'
import { createLimits } from './http/rate-limit.ts'
import { type Named, SHARED_SCHEMAS } from './http/schemas.ts'
import type { App } from './http/server.ts'
import { installStopping } from './http/stopping.ts'
import { createValidator } from './http/validation.ts'
import { nameRevisionRoutes } from './names/routes.ts'
import { NAME_REVISION_SCHEMAS } from './names/schemas.ts'
import { previewRoutes } from './previews/routes.ts'
import { PREVIEW_SCHEMAS } from './previews/schemas.ts'
import { redirectRoutes } from './redirects/routes.ts'
import { REDIRECT_SCHEMAS } from './redirects/schemas.ts'
import { renditionRoutes } from './renditions/routes.ts'
import { RENDITION_SCHEMAS } from './renditions/schemas.ts'
import { revisionRoutes } from './revisions/routes.ts'
import { REVISION_SCHEMAS } from './revisions/schemas.ts'
import { SECTION_SCHEMAS } from './sections/schemas.ts'
import { siteRoutes } from './site/routes.ts'
import { SITE_SCHEMAS } from './site/schemas.ts'
import { sitemapRoutes } from './sitemaps/routes.ts'
import { tokenRoutes } from './tokens/routes.ts'
import { TOKEN_SCHEMAS } from './tokens/schemas.ts'
import { tokenFinder, tokenNow } from './tokens/store.ts'
import { topicRoutes } from './topics/routes.ts'
import { TOPIC_SCHEMAS } from './topics/schemas.ts'

const schemas = [
  ...SHARED_SCHEMAS,
  ...PROBLEM_SCHEMAS,
  JsonPatch,
  ...DRY_RUN_SCHEMAS,
  Health,
  ...AUTHOR_SCHEMAS,
  ...TOPIC_SCHEMAS,
  ...SECTION_SCHEMAS,
  ...HIGHLIGHT_LIST_SCHEMAS,
  ...FREESTANDING_LIST_SCHEMAS,
  ...SITE_SCHEMAS,
  ...ARTICLE_SCHEMAS,
  ...ARTICLE_INPUT_SCHEMAS,
  ...FACET_SCHEMAS,
  ...ARTICLE_PAGE_SCHEMAS,
  ...ARTICLE_LINK_SCHEMAS,
  ...AROUND_SCHEMAS,
  ...COMMENT_SCHEMAS,
  ...COMMENT_INPUT_SCHEMAS,
  ...COMMENT_MODERATION_SCHEMAS,
  ...COMMENTER_SCHEMAS,
  ...COMMENT_IMPORT_SCHEMAS,
  ...TOKEN_SCHEMAS,
  ...REVISION_SCHEMAS,
  ...NAME_REVISION_SCHEMAS,
  ...PREVIEW_SCHEMAS,
  ...REDIRECT_SCHEMAS,
  ...RENDITION_SCHEMAS,
  ...FEED_SCHEMAS,
  ...EVENT_SCHEMAS,
  ...BATCH_SCHEMAS,
  ...BULK_SCHEMAS,
  ...CHANGE_SET_SCHEMAS,
] as Named[]

// What it has compiled holds for each server of this process.
const validator = createValidator([...schemas, PatchedComment])

/** A number of hops as Fastify takes it: the nearest ones are trusted. */
const trustedProxies = (value: Config['TRUST_PROXY']) => (typeof value === 'number' ? (_address: string, hop: number) => hop < value : value)

/**
 * The server: what is registered, in order.
 * @param hashKey the key under which readers' addresses, and what isn't public, are hashed
 * @param isDescribed whether the document of its routes is to be made
 */
export async function buildApp(config: Config, database: Database, hashKey: string, isDescribed = false): Promise<App> {
  const limits = createLimits(config, () => app.metrics.count('rateLimit'))
  const app = Fastify({
    logger: logOptions(config),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    bodyLimit: config.BODY_LIMIT,
    trustProxy: trustedProxies(config.TRUST_PROXY),
    schemaController: { compilersFactory },
    routerOptions: { maxParamLength: 100_000, querystringParser: () => ({}) },
    rewriteUrl: ({ url = '/' }) => originForm(url),
    requestTimeout: config.REQUEST_TIMEOUT * 1000,
    // Who asks while it closes has reached it in time.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Node takes the longer of two times for the whole request.
    http: {
      ServerResponse: CountedResponse,
      requireHostHeader: false,
      connectionsCheckingInterval: 1000,
      headersTimeout: Math.min(60, config.REQUEST_TIMEOUT) * 1000,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: frameworkErrors(limits),
  }) as unknown as App
  app.decorate('config', config)
  app.decorate('database', database)
  const cache = createCache(config.CACHE_BYTES, (articleId) => commentCount(database.read, articleId))
  const follower = invalidate(database, cache, follow, (err) => app.log.error({ err }, 'what others change can’t be followed; nothing is kept in memory'))
  app.decorate('cache', cache)
  app.decorate('follower', follower)
  app.decorate('plainReads', [])
  app.decorate('proof', { socket: null, entry: null })
  app.decorate('hashKey', hashKey)
  app.decorate('addressHashes', addressHashes(database, config.COMMENT_ADDRESS_RETENTION))
  app.decorate('requirePublic', requirePublic)
  app.decorate('tokenNow', tokenNow)
  app.decorate('isRevertingName', isRevertingName)
  app.decorate('stopping', { isStopping: false })
  app.addHook('onListen', follower.start)
  app.addHook('onClose', follower.stop)
  app.decorate('validator', validator)

  // Who has sent all of a request may close that half of the connection, and is answered, however long it takes (RFC 9112, 9.6).
  Object.assign(app.server, { httpAllowHalfOpen: true })
  // An expectation that nobody here can meet is no reason not to answer (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  const methodsAt = installAddresses(app)
  await app.register(cors, {
    origin: config.CORS_ORIGINS,
    exposedHeaders,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    strictPreflight: false,
    maxAge: 7200,
  })
  installLifecycle(app, app.validator, tokenFinder(database, config.ADMIN_TOKEN), limits, methodsAt)
  app.decorate('dispatch', installDispatch(app, limits))
  app.decorate('perform', installPerforming(app, app.validator))
  app.decorate('writer', null)
  app.decorate('writerUsage', { counts: { statements: 0, waits: 0 }, queues: {} })
  app.decorate('metrics', installMetrics(app))
  installStopping(app)
  if (isDescribed) await describeRoutes(app, schemas)
  // What only the document tells of them needn't be kept.
  else app.addHook('onRoute', (route) => void delete route.schema)
  serveDocument(app)

  articleCollectionRoutes(app)
  articleRoutes(app)
  publicationRoutes(app)
  revisionRoutes(app)
  previewRoutes(app)
  redirectRoutes(app)
  renditionRoutes(app)
  feedRoutes(app)
  sectionRoutes(app)
  articleListRoutes(app)
  articleLinkRoutes(app)
  aroundRoutes(app)
  freestandingListRoutes(app)
  listPublicationRoutes(app)
  listPreviewRoutes(app)
  commentRoutes(app)
  commentWritingRoutes(app)
  commentReaderRoutes(app)
  commentModerationRoutes(app)
  commentStandingRoutes(app)
  commenterRoutes(app)
  commentImportRoutes(app)
  authorRoutes(app, plannedNaming)
  topicRoutes(app, refreshTopicRows, plannedNaming)
  siteRoutes(app)
  sitemapRoutes(app)
  nameRevisionRoutes(app)
  tokenRoutes(app)
  eventRoutes(app)
  batchRoutes(app)
  articleChangeRoutes(app)
  mergeRoutes(app)
  changeSetRoutes(app)
  healthRoutes(app)
  installPages(app)
  startScheduler(app, [articlePlans, listPlans])
  startCommentSweeper(app)
  startHub(app)
  answerFromMemory(app)
  await app.ready()
  return app
}
