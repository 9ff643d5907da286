import type { FastifyReply, RouteHandlerMethod } from 'fastify'
import type { Operation } from './operations.ts'

/** A route as its operations are done away from their connection. */
export type Route = { url: string; handler: RouteHandlerMethod; operation: Operation }

/** What a handler answers is kept instead of sent. */
export class KeptReply {
  statusCode = 200
  readonly kept: Record<string, string>
  body: Buffer<ArrayBuffer> = Buffer.alloc(0)

  /** @param kept the headers that it has already */
  constructor(kept: Record<string, string> = {}) {
    this.kept = kept
  }

  code(status: number): this {
    this.statusCode = status
    return this
  }
  header(name: string, value: unknown): this {
    this.kept[name.toLowerCase()] = String(value)
    return this
  }
  headers(values: Record<string, unknown>): this {
    for (const [name, value] of Object.entries(values)) if (value !== undefined) this.header(name, value)
    return this
  }
  getHeader(name: string): string | undefined {
    return this.kept[name.toLowerCase()]
  }
  send(body?: Buffer<ArrayBuffer> | string): this {
    this.body = typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0))
    return this
  }

  /** As what handlers take. */
  get asReply(): FastifyReply {
    return this as unknown as FastifyReply
  }
}
