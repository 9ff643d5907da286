import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Counts, Queues } from '../database/engine.ts'
import type { Sent } from './answers.ts'
import type { Scope, Token } from './auth.ts'
import { mediaTypeOf } from './media-types.ts'
import { isSafe } from './methods.ts'
import type { Operation } from './operations.ts'

/** A write that was let in, with its body, as another thread is told of it: all that its handler looks at. */
export type Order = {
  method: string
  /** The pattern of its address. */
  route: string
  params: Record<string, string>
  url: string
  headers: IncomingHttpHeaders
  body: Uint8Array | null
  id: string
  ip: string
  token: Token | null
  needed: Scope[]
  /** What its answer already says of shares of requests. */
  shares: Record<string, string>
}

/** Who does writes in another thread. */
export type Writer = {
  /** Does one. @returns its answer, also where that is a problem; what it has changed is dropped from memory by then */
  perform: (order: Order) => Promise<Sent>
}

/** What writers have done and have to do. */
export type WriterUsage = { counts: Counts; queues: Queues }

const shareHeaders = ['ratelimit', 'ratelimit-policy']

/**
 * Whether another thread may do an operation: a write whose body has come, and whose answer comes as a whole. Where requests are counted,
 * all of a client are counted in this one.
 */
export const mayBeOrdered = (request: FastifyRequest, operation: Operation): boolean =>
  !isSafe(request.method) && !operation.streams.includes(mediaTypeOf(request)) && !(operation.hasParts && request.server.config.RATE_LIMIT !== null)

/** A request as an order. */
export function orderOf(request: FastifyRequest, reply: FastifyReply): Order {
  const { method, headers, id, ip, token, needed, rawBody } = request
  return {
    method,
    route: request.routeOptions.url ?? '',
    params: { ...(request.params as Record<string, string>) },
    url: request.raw.url ?? '',
    headers,
    body: rawBody,
    id,
    ip,
    token,
    needed: [...needed],
    shares: Object.fromEntries(shareHeaders.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : []))),
  }
}

/** Bytes in a buffer of their own, which can be handed to another thread instead of copied: those of small ones lie in one with others. */
export function ownBytes<T extends Uint8Array | null>(bytes: T): { bytes: T; transferred: ArrayBuffer[] } {
  if (bytes === null || bytes.length === 0) return { bytes, transferred: [] }
  const own = bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
  return { bytes: own as T, transferred: [own.buffer as ArrayBuffer] }
}
