import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import type { Config } from '../config.ts'
import type { Read } from '../database/engine.ts'
import { normalAddress } from './addresses.ts'
import { type Answer, rendered } from './answers.ts'
import { type Coding, codingFor, type Entry, type Variant } from './cache.ts'
import { isNotModified } from './conditional.ts'
import { hasSeveralHosts, requestId } from './lifecycle.ts'
import { jsonType } from './media-types.ts'
import { admission, type CountedResponse } from './overload.ts'
import { commonHeaders, commonVary } from './public-headers.ts'
import type { App } from './server.ts'

/** The lines of headers (RFC 9112). */
const linesOf = (headers: Record<string, string>): string => Object.entries(headers).reduce((lines, [name, value]) => `${lines}${name}: ${value}\r\n`, '')

/** The heads of a public answer and of its 304, up to what differs each time: by the configuration and the answer alone. */
function headsOf(config: Config, { headers }: Entry, { tag, body }: Variant, coding: Coding): [whole: string, notModified: string] {
  const { 'content-type': type, vary = '', ...own } = headers
  const shared = linesOf({ ...commonHeaders(config), vary: commonVary(config, vary), ...own, etag: tag })
  const coded = coding === 'identity' ? '' : `content-encoding: ${coding}\r\n`
  return [`HTTP/1.1 200 OK\r\n${shared}content-type: ${type}\r\n${coded}content-length: ${body.length}\r\n`, `HTTP/1.1 304 Not Modified\r\n${shared}`]
}

/**
 * A read of JSON that needs nothing of its request but its address: none where the common way must say why.
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

// In milliseconds.
const provenAgainAfter = 1000

/** The answer to one public read through a socket of its own, but for what each answer has of its own; its head's lines are sorted. */
async function answerThrough(server: Server, onSocket: (socket: Duplex) => void = () => {}): Promise<string> {
  const [near, far] = duplexPair()
  onSocket(far)
  server.emit('connection', Object.assign(far, { remoteAddress: '127.0.0.1' }))
  let text = ''
  const whole = new Promise<string>((resolve, reject) => {
    near.setEncoding('latin1').on('data', (more: string) => {
      text += more
      const end = text.indexOf('\r\n\r\n')
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
      if (end >= 0 && text.length >= end + 4 + length) resolve(text)
    })
    near.on('close', () => reject(new Error('the connection was closed')))
  })
  near.write('GET /v1/articles?limit=1 HTTP/1.1\r\nhost: localhost\r\nx-request-id: fast-path\r\n\r\n')
  const [head = '', body] = (await whole).split('\r\n\r\n')
  near.destroy()
  const [status, ...lines] = head.split('\r\n').filter((line) => !/^date:/i.test(line))
  return [status, ...lines.sort(), '', body].join('\n')
}

const takes = (accept: string | undefined, type: string) => accept === undefined || accept === '*/*' || accept === type

/**
 * Answers public reads that are in memory on the server's own `request` event, ahead of the router: what is kept are bytes and
 * all headers, by the configuration, so there is no work left that a hook could do. At the start it is tried whether it answers as the
 * router does; else it stays off. This is the one place where
 * requests go around Fastify; whatever isn't plain (a token, an `Origin` where origins are listed, another `Accept`), counted or
 * logged goes the common way, in its turn.
 */
export function answerFromMemory(app: App): void {
  const { config, cache, database, log, metrics, plainReads } = app
  const isCounted = !config.FAST_PATH || config.RATE_LIMIT !== null || ['debug', 'trace'].includes(log.level)
  const admit = admission(app)
  // Nothing goes this way until it has been seen to answer as the router does, on sockets of its own.
  let isProven = false
  const checks = new WeakSet<object>()
  let answeredChecks = 0

  /** Whether all that matters of a request for this media type is its address, and the coding that it accepts. */
  function isPlain({ method, headers, rawHeaders, httpVersionMinor }: IncomingMessage, { shouldKeepAlive }: ServerResponse, type: string): boolean {
    if (method !== 'GET' || headers.authorization !== undefined || headers.host === undefined || !takes(headers.accept, type)) return false
    if (hasSeveralHosts({ rawHeaders })) return false
    if (config.CORS_ORIGINS !== '*' && headers.origin !== undefined) return false
    // Who closes the connection, or sends a body with a GET, has no hurry.
    return shouldKeepAlive && httpVersionMinor === 1 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
  }

  function answer({ headers, socket }: IncomingMessage, response: ServerResponse, entry: Entry, variant: Variant, coding: Coding): void {
    variant.head ??= headsOf(config, entry, variant, coding)
    const [whole, notModified] = variant.head
    const { tag, body } = variant
    const id = requestId(headers['x-request-id'])
    const isKnown = headers['if-none-match'] !== undefined && isNotModified(headers['if-none-match'], tag)
    if (checks.has(socket)) answeredChecks++
    else metrics.count(isKnown ? 'memory304' : 'memory200')
    // Node checks each header of each answer; these have been checked when the first one went out.
    const inside = response as Inside
    inside.statusCode = isKnown ? 304 : 200
    inside._header = `${isKnown ? notModified : whole}x-request-id: ${id}\r\n${lastLines()}`
    if (isKnown) {
      inside._hasBody = false
      response.end()
    } else response.end(body)
  }

  /** Makes an answer that isn't in memory, without the router and its hooks. */
  async function make(request: IncomingMessage, response: ServerResponse, { address, read }: PlainRead, otherwise: () => void): Promise<void> {
    const url = request.url as string
    const entry = await cache.fill(url, async () => {
      const found = await read(database.read, address.exec(url) as RegExpExecArray)
      if (!found?.isPublic) return null
      metrics.count('cacheMiss')
      return { sent: rendered(app, found), keys: [...(found.keys ?? []), ...(found.dependsOn ?? [])], mayKeep: true, counts: found.counts }
    })
    if (!entry) return otherwise()
    const wanted = codingFor(request.headers['accept-encoding'], entry)
    const variant = await cache.variant(url, entry, wanted)
    answer(request, response, entry, variant, variant === entry.ready.identity ? 'identity' : wanted)
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
    if (isCounted || !(isProven || checks.has(request.socket))) return otherwise
    const url = request.url as string
    const entry = keptAt(url) ?? (checks.has(request.socket) ? app.proof.entry : undefined)
    if (entry) {
      const coding = codingFor(request.headers['accept-encoding'], entry)
      const variant = entry.ready[coding]
      if (!variant || !isPlain(request, response, entry.type)) return otherwise
      entry.isUsed = true
      answer(request, response, entry, variant, coding)
      return null
    }
    const plain = config.CORS_ORIGINS === '*' && !database.hasReplicas ? plainReads.find(({ address }) => address.test(url)) : undefined
    if (!plain || !isPlain(request, response, jsonType)) return otherwise
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

  /** Answers one request both ways, through sockets. @returns the answers; null where none was given from memory, since nothing is kept yet */
  async function tried(): Promise<[router: string, memory: string] | null> {
    const router = await answerThrough(app.server, (socket) => {
      app.proof.socket = socket
    })
    const before = answeredChecks
    const memory = await answerThrough(app.server, (socket) => checks.add(socket))
    Object.assign(app.proof, { socket: null, entry: null })
    return answeredChecks === before ? null : [router, memory]
  }

  async function prove(): Promise<void> {
    const answers = await tried().catch((error) => void log.warn({ err: error }, 'the fast path could not be tried'))
    if (isClosing) return
    if (!answers) setTimeout(prove, provenAgainAfter).unref()
    else if (answers[0] === answers[1]) isProven = true
    else log.error({ router: answers[0], memory: answers[1] }, 'the fast path would answer otherwise than the router; it stays off')
  }

  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onListen', () => {
    const [route] = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
    if (!route) return
    app.server.removeListener('request', route)
    app.server.on('request', (request, response: CountedResponse) => {
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
    if (!isCounted) void prove()
  })
}
