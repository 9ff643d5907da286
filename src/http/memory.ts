import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { codingFor } from './cache.ts'
import { isNotModified } from './conditional.ts'
import { requestId } from './lifecycle.ts'
import type { App } from './server.ts'

// These are made anew for each answer.
const own = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'x-request-id', 'content-length'])
const ofBody = new Set(['content-length', 'content-type', 'content-encoding'])

/** The head of an answer (RFC 9112) as it is about to be sent, up to what is made anew. */
function headOf(reply: FastifyReply, status: 200 | 304, length: number): string {
  const headers = { ...reply.getHeaders(), 'content-length': length }
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (own.has(name) && name !== 'content-length') || value === undefined || (status === 304 && ofBody.has(name)) ? [] : [`${name}: ${value}\r\n`],
  )
  return `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Modified'}\r\n${lines.join('')}`
}

/** What Node's `ServerResponse` keeps for itself. */
type Inside = ServerResponse & { _header: string | null; _hasBody: boolean; _contentLength: number }

const takesJson = (accept: string | undefined) => accept === undefined || accept === '*/*' || accept === 'application/json'

/**
 * Answers public reads that are in memory on the server's own `request` event, ahead of the router: what is kept are bytes and
 * all headers as the first answer went out with, so there is no work left that a hook could do. This is the one place where
 * requests go around Fastify; whatever isn't plain (a token, an `Origin` where origins are listed, another `Accept`), counted or
 * logged goes the common way.
 */
export function answerFromMemory(app: App): void {
  const { config, cache, log } = app
  const logsReads = ['debug', 'trace'].includes(log.level)
  if (config.RATE_LIMIT !== null || logsReads) return

  function isAnswered(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET') return false
    const entry = cache.get(request.url as string)
    if (!entry) return false
    const { headers } = request
    if (headers.authorization !== undefined || headers.host === undefined || !takesJson(headers.accept)) return false
    if (config.CORS_ORIGINS !== '*' && headers.origin !== undefined) return false
    const variant = entry.ready[codingFor(headers['accept-encoding'], entry.size)]
    if (!variant?.head) return false
    entry.isUsed = true
    // Who closes the connection, or sends a body with a GET, has no hurry.
    if (!response.shouldKeepAlive || request.httpVersionMinor !== 1 || headers['content-length'] !== undefined) return false
    entry.isUsed = true
    const id = requestId(headers['x-request-id'])
    const isKnown = headers['if-none-match'] !== undefined && isNotModified(headers['if-none-match'], variant.tag)
    // Node checks each header of each answer; these have been checked when the first one went out.
    const inside = response as Inside
    inside.statusCode = isKnown ? 304 : 200
    inside._header = `${isKnown ? variant.head[1] : variant.head[0]}x-request-id: ${id}\r\n${lastLines()}`
    if (isKnown) {
      inside._hasBody = false
      response.end()
    } else response.end(variant.body)
    return true
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
    if (variant && request.method === 'GET' && reply.statusCode === 200) variant.head ??= [headOf(reply, 200, variant.body.length), headOf(reply, 304, 0)]
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
      if (isClosing || !isAnswered(request, response)) route.call(app.server, request, response)
    })
  })
}
