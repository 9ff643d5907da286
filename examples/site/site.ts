import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Answers, type Client, connect, isProblem, ProblemError } from './api.ts'
import { commentRoutes } from './comments.ts'
import { forwardedRoutes } from './forwarded.ts'
import { bareFrame, type Content, type Frame, frameOf, layout } from './layout.ts'
import { problemPage, type Trouble } from './pages/problem.ts'
import { readingRoutes } from './reading.ts'

export type Options = {
  /** Where the API is. */
  apiUrl: string
  /** Where readers find this site. */
  siteUrl: string
  /** How many proxies stand before it, whose word for a reader’s address is taken. */
  proxies?: number
}

/** What reads a page: gives what draws it, or the address that readers are sent to instead. */
export type Read = (request: FastifyRequest, answers: Answers) => Promise<string | ((frame: Frame) => Content)>

export type Site = {
  app: FastifyInstance
  client: Client
  options: Options
  /** A page at an address. */
  page: (path: string, read: Read) => void
  /** Draws what was read, and sends it. */
  send: (request: FastifyRequest, reply: FastifyReply, read: Read, status?: number) => Promise<FastifyReply>
}

const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; script-src 'self'; font-src 'self'; connect-src 'self'; img-src * data:; frame-src https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
}

const compress = promisify(gzip)

const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', woff2: 'font/woff2' }

/** A file: a text, unless it is a font. */
const contentOf = (url: URL): string | Buffer => (url.pathname.endsWith('.woff2') ? readFileSync(fileURLToPath(url)) : readFileSync(fileURLToPath(url), 'utf8'))

/** Serves a file; with its version in the address browsers keep it for ever. */
function file(app: FastifyInstance, path: string, url: URL): void {
  app.get(path, async (request, reply) =>
    reply
      .header('Content-Type', types[url.pathname.split('.').at(-1) ?? ''])
      .header('Cache-Control', (request.query as { v?: string }).v ? 'public, max-age=31536000, immutable' : 'public, max-age=86400')
      .send(contentOf(url)),
  )
}

/** What an error means for a reader. The API’s own words are only for them where a story was taken down. */
function troubleOf(error: unknown): Trouble {
  if (!isProblem(error)) {
    const { name, cause, statusCode } = error as { name: string; cause?: unknown; statusCode?: number }
    // What `fetch` throws where there is no answer, and what time is up with.
    const isAway = name === 'TimeoutError' || (name === 'TypeError' && cause !== undefined)
    return { status: statusCode ?? (isAway ? 503 : 500) }
  }
  const { status } = error
  if (isProblem(error, 'gone', 'unavailable-for-legal-reasons')) return { ...(error.problem as Partial<Trouble>), status }
  return status < 500 ? { status, detail: status === 400 ? error.message : undefined } : { status: 503 }
}

/** Builds the site, ready to listen. */
export function buildSite(options: Options): FastifyInstance {
  const { proxies = 0 } = options
  const app = Fastify({ trustProxy: (_address, hop) => hop < proxies, bodyLimit: 65_536, routerOptions: { ignoreTrailingSlash: true } })
  const client = connect(options.apiUrl)
  // While the API is away, its pages still have their frame.
  let lastFrame = bareFrame

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders)
  })
  // Texts go compressed to whoever takes it; feeds and sitemaps keep the tags of the API, so they go as they came.
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string') return payload
    reply.header('Vary', 'Accept-Encoding')
    if (payload.length < 1000 || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return payload
    reply.header('Content-Encoding', 'gzip').removeHeader('Content-Length')
    return compress(payload)
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )

  function sendPage(request: FastifyRequest, reply: FastifyReply, frame: Frame, content: Content, headers: Record<string, string>, status = 200) {
    const { text } = layout(frame, content)
    // A weak one: it is the same page, compressed or not.
    const tag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
    reply.headers(headers).type('text/html; charset=utf-8')
    if (status !== 200) return reply.code(status).send(text)
    reply.header('ETag', tag)
    return request.headers['if-none-match']?.includes(tag.slice(2)) ? reply.code(304).send() : reply.send(text)
  }

  async function send(request: FastifyRequest, reply: FastifyReply, read: Read, status?: number): Promise<FastifyReply> {
    const answers = new Answers()
    const [frame, draw] = await Promise.all([frameOf(client, answers), read(request, answers)])
    lastFrame = frame
    if (typeof draw === 'string') return reply.headers(answers.cacheHeaders()).redirect(draw, 308)
    return sendPage(request, reply, frame, draw(frame), answers.cacheHeaders(), status)
  }

  async function sendTrouble(request: FastifyRequest, reply: FastifyReply, trouble: Trouble): Promise<FastifyReply> {
    lastFrame = await frameOf(client, new Answers()).catch(() => lastFrame)
    if (trouble.status === 503) reply.header('Retry-After', '60')
    return sendPage(request, reply, lastFrame, problemPage(trouble), { 'Cache-Control': 'private, no-store' }, trouble.status)
  }

  app.setErrorHandler(async (error, request, reply) => {
    const trouble = troubleOf(error)
    if (trouble.status >= 500) console.error(`${request.method} ${request.url}:`, error instanceof ProblemError ? error.message : error)
    return sendTrouble(request, reply, trouble)
  })

  // What isn’t here may be an address of the paper’s former site.
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET') return sendTrouble(request, reply, { status: 404 })
    const { data } = await client.get('/v1/redirects', { query: { path: request.url } })
    return reply.redirect((data as { url: string }).url, 308)
  })

  const site: Site = { app, client, options, send, page: (path, read) => app.get(path, (request, reply) => send(request, reply, read)) }
  readingRoutes(site)
  commentRoutes(site)
  forwardedRoutes(site)
  for (const name of ['style.css', 'script.js']) file(app, `/${name}`, new URL(name, import.meta.url))
  const fonts = new URL('files/', import.meta.resolve('@fontsource-variable/newsreader/package.json'))
  file(app, '/fonts/newsreader.woff2', new URL('newsreader-latin-opsz-normal.woff2', fonts))
  file(app, '/fonts/newsreader-italic.woff2', new URL('newsreader-latin-wght-italic.woff2', fonts))
  mediaRoute(app)
  return app
}

/** The pictures of the demonstration newsroom. */
function mediaRoute(app: FastifyInstance): void {
  app.get('/media/:name', async (request, reply) => {
    const { name } = request.params as { name: string }
    if (!/^[a-z-]+\.svg$/.test(name)) return reply.callNotFound()
    try {
      const drawing = contentOf(new URL(`media/${name}`, import.meta.url))
      return reply.type('image/svg+xml').header('Cache-Control', 'public, max-age=86400').send(drawing)
    } catch {
      return reply.callNotFound()
    }
  })
}
