import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from './problems.ts'
import { hashOf } from './secrets.ts'

const window = 60_000

/**
 * Counts requests a client and minute; a token is counted by itself, else the address. Each process counts alone.
 * @returns a function that throws a 429 (RFC 6585) with `Retry-After` and `RateLimit` when the share is used up.
 */
export function rateLimiter(limit: number): (request: FastifyRequest, reply: FastifyReply) => void {
  let counts = new Map<string, number>()
  let endsAt = 0
  return (request, reply) => {
    const now = Date.now()
    if (now >= endsAt) {
      counts = new Map()
      endsAt = now + window
    }
    const { token } = request
    const client = token ? `token:${token.id ?? hashOf(token.name)}` : request.ip
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    const seconds = Math.ceil((endsAt - now) / 1000)
    const headers = { ratelimit: `"default";r=${Math.max(0, limit - count)};t=${seconds}`, 'ratelimit-policy': `"default";q=${limit};w=60` }
    reply.headers(headers)
    if (count > limit)
      throw new Problem('too-many-requests', `More than ${limit} requests a minute.`, { headers: { ...headers, 'retry-after': String(seconds) } })
  }
}
