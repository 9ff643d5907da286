import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import { normalAddress } from './addresses.ts'
import { type Answer, rendered } from './answers.ts'
import { codingFor, type Entry, type Variant } from './cache.ts'
import { isNotModified } from './conditional.ts'
import { hasSeveralHosts, requestId } from './lifecycle.ts'
import { admission } from './overload.ts'
import type { App } from './server.ts'

// What is made anew for each answer, and what a 304 hasn't.
const ofBody = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'x-request-id', 'content-length', 'content-type', 'content-encoding'])
// These differ between an entry's variants, and these between answers.
const ofVariant = new Set([...ofBody, 'etag'])
const ofAnswer = new Set([...ofVariant, 'cache-control', 'vary', 'surrogate-key', 'cache-tag', 'link'])

type Headers = Record<string, unknown>

/** The lines of headers (RFC 9112), without those that are left out. */
function linesOf(headers: Headers, leftOut: ReadonlySet<string>): string {
  let lines = ''
  for (const name in headers) if (!leftOut.has(name) && headers[name] !== undefined) lines += `${name}: ${headers[name]}\r\n`
  return lines
}

/** The heads of an answer and of its 304, up to what is made anew. @param shared the lines that both have */
function headsOf(shared: string, type: unknown, coding: unknown, length: number): Variant['head'] {
  const coded = coding === undefined || coding === 'identity' ? '' : `content-encoding: ${coding}\r\n`
  return [`HTTP/1.1 200 OK\r\n${shared}content-type: ${type}\r\n${coded}content-length: ${length}\r\n`, `HTTP/1.1 304 Not Modified\r\n${shared}`]
}

/**
 * A read that needs nothing of its request but its address: none where the common way must say why.
 * @returns what the public gets
 */
export type PlainRead = { address: RegExp; read: (read: Read, match: RegExpExecArray) => Promise<Answer | null> }

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads of what is not in memory that need nothing of their request but its address. */
    plainReads: PlainRead[]
  }
}

/** What Node's `ServerResponse` keeps for itself. */
type Inside = ServerResponse & { _header: string | null; _hasBody: boolean }

const [mostForms, longestForm] = [1000, 500]

const takesJson = (accept: string | undefined) => accept === undefined || accept === '*/*' || accept === 'application/json'

/**
 * Answers public reads that are in memory on the server's own `request` event, ahead of the router: what is kept are bytes and
 * all headers as the first answer went out with, so there is no work left that a hook could do. This is the one place where
 * requests go around Fastify; whatever isn't plain (a token, an `Origin` where origins are listed, another `Accept`), counted or
 * logged goes the common way, in its turn.
 */
export function answerFromMemory(app: App): void {
  const { config, cache, database, log, metrics, plainReads } = app
  const isCounted = config.RATE_LIMIT !== null || ['debug', 'trace'].includes(log.level)
  const admit = admission(app)

  /** Whether all that matters of a request is its address, and the coding that it accepts. */
  function isPlain({ method, headers, rawHeaders, httpVersionMinor }: IncomingMessage, { shouldKeepAlive }: ServerResponse): boolean {
    if (method !== 'GET' || headers.authorization !== undefined || headers.host === undefined || !takesJson(headers.accept)) return false
    if (hasSeveralHosts({ rawHeaders })) return false
    if (config.CORS_ORIGINS !== '*' && headers.origin !== undefined) return false
    // Who closes the connection, or sends a body with a GET, has no hurry.
    return shouldKeepAlive && httpVersionMinor === 1 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
  }

  function answer({ headers }: IncomingMessage, response: ServerResponse, { head, tag, body }: Variant): void {
    const [whole, notModified] = head as [string, string]
    const id = requestId(headers['x-request-id'])
    const isKnown = headers['if-none-match'] !== undefined && isNotModified(headers['if-none-match'], tag)
    metrics.count(isKnown ? 'memory304' : 'memory200')
    // Node checks each header of each answer; these have been checked when the first one went out.
    const inside = response as Inside
    inside.statusCode = isKnown ? 304 : 200
    inside._header = `${isKnown ? notModified : whole}x-request-id: ${id}\r\n${lastLines()}`
    if (isKnown) {
      inside._hasBody = false
      response.end()
    } else response.end(body)
  }

  // The lines that the hooks add to every such answer; known once one has gone the common way.
  let common: string | undefined

  /** Makes an answer that isn't in memory, without the router and its hooks. */
  async function make(request: IncomingMessage, response: ServerResponse, { address, read }: PlainRead, otherwise: () => void): Promise<void> {
    const url = request.url as string
    const entry = await cache.fill(url, async () => {
      const found = await read(database.read, address.exec(url) as RegExpExecArray)
      if (!found?.isPublic) return null
      metrics.count('cacheMiss')
      return { sent: rendered(app, found), keys: [...(found.keys ?? []), ...(found.dependsOn ?? [])], mayKeep: true }
    })
    if (!entry) return otherwise()
    const wanted = codingFor(request.headers['accept-encoding'], entry)
    const variant = await cache.variant(url, entry, wanted)
    const coding = variant === entry.ready.identity ? 'identity' : wanted
    const { headers } = entry
    variant.head ??= headsOf(`${common}${linesOf(headers, ofVariant)}etag: ${variant.tag}\r\n`, headers['content-type'], coding, variant.body.length)
    answer(request, response, variant)
  }

  // Addresses as they are written often, and the one form under which they are kept.
  const forms = new Map<string, string>()

  /** What is kept for an address, also where it is written otherwise; what can't be read is left to the common way. */
  function keptAt(url: string): Entry | undefined {
    const kept = cache.get(url)
    if (kept || url.length > longestForm || !/[?%]/.test(url)) return kept
    let form = forms.get(url)
    if (form === undefined) {
      try {
        form = normalAddress(url)
      } catch {
        return undefined
      }
      if (forms.size >= mostForms) forms.clear()
      forms.set(url, form)
    }
    return cache.get(form)
  }

  /** Answers from memory, or says how else the request is to be answered: null where it is answered. */
  function otherwiseAnswered(request: IncomingMessage, response: ServerResponse, otherwise: () => void): (() => void) | null {
    if (isCounted) return otherwise
    const url = request.url as string
    const entry = keptAt(url)
    if (entry) {
      const variant = entry.ready[codingFor(request.headers['accept-encoding'], entry)]
      if (!variant?.head || !isPlain(request, response)) return otherwise
      entry.isUsed = true
      answer(request, response, variant)
      return null
    }
    const plain = common !== undefined && config.CORS_ORIGINS === '*' && !database.hasReplicas ? plainReads.find(({ address }) => address.test(url)) : undefined
    if (!plain || !isPlain(request, response)) return otherwise
    return () => void make(request, response, plain, otherwise).catch(otherwise)
  }

  let second = 0
  let lines = ''
  /** `Date` and the connection's lines, made once a second. */
  function lastLines(): string {
    const now = Date.now()
    if (now - second >= 1000) {
      second = now - (now % 1000)
      lines = `Date: ${new Date(second).toUTCString()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(app.server.keepAliveTimeout / 1000)}\r\n\r\n`
    }
    return lines
  }

  app.addHook('onSend', (request: FastifyRequest, reply, payload, done) => {
    const { variant } = request
    if (variant && request.method === 'GET' && reply.statusCode === 200) {
      const headers = reply.getHeaders()
      variant.head ??= headsOf(linesOf(headers, ofBody), headers['content-type'], headers['content-encoding'], variant.body.length)
      common ??= linesOf(headers, ofAnswer)
    }
    done(null, payload)
  })
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onListen', () => {
    const [route] = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
    if (!route) return
    app.server.removeListener('request', route)
    app.server.on('request', (request, response) => {
      const otherwise = () => route.call(app.server, request, response)
      const begin = () => {
        const answer = isClosing ? otherwise : otherwiseAnswered(request, response, otherwise)
        if (answer) admit(request, response, answer)
      }
      // What another process has taken down isn't answered here, either.
      const change = app.follower.look()
      if (change) void change.then(begin)
      else begin()
    })
  })
}
