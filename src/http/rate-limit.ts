import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { milliseconds } from '../database/clock.ts'
import { isSafe } from './methods.ts'
import { Problem } from './problems.ts'
import { hashOf } from './secrets.ts'

const window = 60_000

// Who has more addresses than these shares what is left of them with all others of that minute.
const mostClients = 100_000
const everyoneElse = 'everyone else'

/** What a limit says of one more request. */
export type Share = { name: string; limit: number; left: number; seconds: number; isOver: boolean }

/** Counts requests a client and minute, in this process. */
function counter(name: string, limit: number): (client: string) => Share {
  let counts = new Map<string, number>()
  let endsAt = 0
  return (client) => {
    const now = milliseconds()
    // Also where the clock was set back.
    if (now >= endsAt || now < endsAt - window) {
      counts = new Map()
      endsAt = now + window
    }
    const key = counts.size < mostClients || counts.has(client) ? client : everyoneElse
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return { name, limit, left: Math.max(0, limit - count), seconds: Math.ceil((endsAt - now) / 1000), isOver: count > limit }
  }
}

/** Says in an answer what is left of shares, beside what it says already. */
export function addShares(reply: FastifyReply, shares: readonly Share[]): void {
  // A change that is tried again says it again.
  const isNew = (part: string) => part !== '' && !shares.some(({ name }) => part.startsWith(`"${name}"`))
  const add = (header: string, values: string[]) => {
    const before = String(reply.getHeader(header) ?? '').split(', ')
    reply.header(header, [...before.filter(isNew), ...values].join(', '))
  }
  if (shares.length === 0) return
  add(
    'ratelimit',
    shares.map(({ name, left, seconds }) => `"${name}";r=${left};t=${seconds}`),
  )
  add(
    'ratelimit-policy',
    shares.map(({ name, limit }) => `"${name}";q=${limit};w=60`),
  )
}

/** 429 for a share that is used up. @param what there were too many of */
export const tooMany = ({ limit, seconds }: Share, what: string): Problem =>
  new Problem('too-many-requests', `More than ${limit} ${what} a minute.`, { headers: { 'retry-after': String(seconds) } })

/** What counts as one client by its address: an IPv4 address, or the /64 of an IPv6 one, which is what a household gets. */
export function clientOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped || !address.includes(':')) return mapped ?? address
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'))
  const [front, back] = [groupsOf(head), groupsOf(tail ?? '')]
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** Counts a request where limits are set, by its token or else its address. @throws Problem 429 (RFC 6585) with `Retry-After` and `RateLimit` */
export type Limits = (request: FastifyRequest, reply: FastifyReply) => void

/**
 * The limits of the configuration: `RATE_LIMIT` of all requests, `WRITE_RATE_LIMIT` of the writes of clients without a token.
 * @param onRefused is called for each request that is refused
 */
export function createLimits({ RATE_LIMIT, WRITE_RATE_LIMIT }: Config, onRefused: () => void): Limits {
  const all = RATE_LIMIT === null ? null : counter('default', RATE_LIMIT)
  const writes = WRITE_RATE_LIMIT === null ? null : counter('write', WRITE_RATE_LIMIT)
  return (request, reply) => {
    const { token } = request
    const address = clientOf(request.ip)
    const isWrite = !isSafe(request.method)
    const shares = [all?.(token ? `token:${token.id ?? hashOf(token.name)}` : address), isWrite && !token ? writes?.(address) : undefined].filter(
      (share) => share !== undefined,
    )
    if (shares.length === 0) return
    addShares(reply, shares)
    const over = shares.find(({ isOver }) => isOver)
    if (!over) return
    onRefused()
    const what = over.name === 'write' ? 'writes without a token' : 'requests'
    throw tooMany(over, what)
  }
}
