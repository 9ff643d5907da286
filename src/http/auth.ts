import type { FastifyRequest } from 'fastify'
import { Problem } from './problems.ts'

/** What a token may do. `content:publish` includes `content:write`, which includes `content:read`; `admin` includes all. */
export const scopes = ['content:read', 'content:write', 'content:publish', 'comments:moderate', 'comments:write', 'events:read', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** A valid token; `id` is null for the operator's ADMIN_TOKEN. */
export type Token = { id: string | null; name: string; scopes: Scope[] }

/** Finds a valid token by its secret, or null. */
export type TokenFinder = (secret: string) => Promise<Token | null>

const ladder: Scope[] = ['content:read', 'content:write', 'content:publish']

/** Whether scopes cover another, by the order of `scopes`. */
export function covers(held: readonly Scope[], wanted: Scope): boolean {
  if (held.includes('admin') || held.includes(wanted)) return true
  const rung = ladder.indexOf(wanted)
  return rung >= 0 && held.some((scope) => ladder.indexOf(scope) > rung)
}

/** Whether the request's token has a scope. */
export function may(request: FastifyRequest, scope: Scope): boolean {
  return request.token !== null && covers(request.token.scopes, scope)
}

function forbidden(scope: Scope, detail: string): Problem {
  return new Problem('forbidden', detail, {
    requiredScope: scope,
    headers: { 'www-authenticate': `Bearer realm="broadsheet", error="insufficient_scope", scope="${scope}"` },
  })
}

/** Requires a scope, and remembers that it was needed: so does a replay. @throws Problem 401 without a token, 403 with too small a one. */
export function requireScope(request: FastifyRequest, scope: Scope): void {
  request.needed.add(scope)
  if (may(request, scope)) return
  if (!request.token) throw unauthorized(`This needs a token with the scope ${scope}.`)
  throw forbidden(scope, `This needs the scope ${scope}, which the token doesn’t have.`)
}

/** The same, for what only shows when the resource is known, or the body. @throws Problem 401 without a token, 403 with too small a one */
export function requirePermission(request: FastifyRequest, scope: Scope, detail: string): void {
  request.needed.add(scope)
  if (may(request, scope)) return
  throw request.token ? forbidden(scope, detail) : unauthorized(detail)
}

export function unauthorized(detail: string, error = ''): Problem {
  return new Problem('unauthorized', detail, { headers: { 'www-authenticate': `Bearer realm="broadsheet"${error && `, error="${error}"`}` } })
}

/**
 * The token that a request bears (RFC 6750), or null without an `Authorization` header.
 * @throws Problem 401 when the header holds anything but a valid token.
 */
export async function authenticate(request: FastifyRequest, find: TokenFinder): Promise<Token | null> {
  const header = request.headers.authorization
  if (header === undefined) return null
  const secret = /^Bearer +([^\s]+) *$/i.exec(header)?.[1]
  const token = secret === undefined ? null : await find(secret)
  if (!token) throw invalidToken()
  return token
}

/** What who has a token is answered that isn't valid, or not any more (RFC 6750, 3.1). */
export const invalidToken = () => unauthorized('The token is not valid: it is unknown, revoked, expired or misspelt.', 'invalid_token')
