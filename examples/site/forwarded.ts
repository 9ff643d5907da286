import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from './site.ts'

const taken = ['content-type', 'cache-control', 'etag', 'last-modified', 'surrogate-key', 'link']

/** What the API makes and the site hands on: feeds and sitemaps, with what caches are told of them. */
export function forwardedRoutes({ app, options: { apiUrl, siteUrl } }: Site): void {
  const forward = (address: (request: FastifyRequest) => string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : ''
    const tag = request.headers['if-none-match']
    const answer = await fetch(`${apiUrl}${address(request)}${query}`, { headers: tag ? { 'If-None-Match': tag } : {}, signal: AbortSignal.timeout(10_000) })
    if (answer.status === 404) return reply.callNotFound()
    for (const name of taken) if (answer.headers.has(name)) reply.header(name, answer.headers.get(name))
    return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()))
  }
  const parameter = (request: FastifyRequest, name: string) => encodeURIComponent((request.params as Record<string, string>)[name] ?? '')

  const feeds = { '/feed.xml': 'rss', '/atom.xml': 'atom', '/feed.json': 'json' }
  for (const [path, format] of Object.entries(feeds))
    app.get(
      path,
      forward(() => `/v1/feeds/${format}`),
    )
  app.get(
    '/story/:slug/comments.xml',
    forward((request) => `/v1/articles/${parameter(request, 'slug')}/comments/feeds/rss`),
  )
  app.get(
    '/sitemap.xml',
    forward(() => '/sitemap.xml'),
  )
  app.get(
    '/sitemaps/:name',
    forward((request) => `/sitemaps/${parameter(request, 'name')}`),
  )
  app.get('/robots.txt', async (_request, reply) =>
    reply.type('text/plain').send(`User-agent: *\nDisallow: /search\nDisallow: /preview\nDisallow: /comment/\n\nSitemap: ${siteUrl}/sitemap.xml\n`),
  )
}
