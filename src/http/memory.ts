import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { v7 as newId } from 'uuid'
import { codingFor } from './cache.ts'
import { isNotModified } from './conditional.ts'
import { givenRequestId } from './lifecycle.ts'
import type { App } from './server.ts'

// These are made anew for each answer, by Node or here.
const own = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'x-request-id', 'content-length'])

/** All headers of an answer that is about to be sent, in the flat form that Node writes as it is. */
function flatHeaders(reply: FastifyReply, length: number): string[] {
  const head = Object.entries(reply.getHeaders()).flatMap(([name, value]) => (own.has(name) || value === undefined ? [] : [name, String(value)]))
  return [...head, 'content-length', String(length)]
}

const bodyHeaders = new Set(['content-length', 'content-type', 'content-encoding'])

const withoutBody = (head: readonly string[]) => head.filter((_, index) => !bodyHeaders.has(head[index - (index % 2)] as string))

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
  // Random numbers for each request would cost more than all the rest.
  const run = newId()
  let count = 0
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
    const id = givenRequestId(headers['x-request-id']) ?? `${run}-${(count++).toString(36)}`
    if (isNotModified(headers['if-none-match'], variant.tag)) {
      variant.emptyHead ??= withoutBody(variant.head)
      response.writeHead(304, [...variant.emptyHead, 'x-request-id', id]).end()
    } else response.writeHead(200, [...variant.head, 'x-request-id', id]).end(variant.body)
    return true
  }

  app.addHook('onSend', (request: FastifyRequest, reply, payload, done) => {
    const { variant } = request
    if (variant && request.method === 'GET' && reply.statusCode === 200) variant.head ??= flatHeaders(reply, variant.body.length)
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
