import type { FastifyRequest } from 'fastify'
import { may, requireScope } from '../http/auth.ts'
import { isLine } from '../http/formats.ts'
import { badRequest } from '../http/problems.ts'
import { keyedHash } from '../http/secrets.ts'
import Type from '../http/type.ts'

/** Who a request speaks for: somebody a site knows by an id, or whoever is behind an address. */
export type Reader = {
  account: string | null
  /** What the site calls them, where it says so. */
  name: string | null
  /** The address, hashed. */
  ipHash: string
  /** The names by which votes and reports are theirs, the current one first. */
  keys: string[]
}

export const readerHeaders = {
  'Comment-Author': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Whom a token with `comments:write` speaks for: your id of a reader who is signed in.' }),
  ),
  'Comment-Author-Name': Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'What that reader is called, in UTF-8.' })),
}

/** A header’s text: Node reads its bytes as Latin-1, and what clients send is UTF-8. */
function textOf(request: FastifyRequest, name: 'Comment-Author' | 'Comment-Author-Name'): string | null {
  const given = request.headers[name.toLowerCase()]
  if (given === undefined) return null
  const text = Buffer.from(String(given), 'latin1').toString().trim()
  if (text.includes('\ufffd')) throw badRequest({ header: name, code: 'encoding', message: 'is not valid UTF-8' })
  if (text === '' || !isLine(text)) throw badRequest({ header: name, code: 'format', message: 'must be one line without control characters, not blank' })
  return text
}

/**
 * Who a request speaks for.
 * @throws Problem 401 or 403 where it names somebody without `comments:write`; 400 where the name can’t be read
 */
export function readerOf(request: FastifyRequest): Reader {
  const account = textOf(request, 'Comment-Author')
  const name = textOf(request, 'Comment-Author-Name')
  if (account !== null || name !== null) requireScope(request, 'comments:write')
  if (account === null && name !== null) throw badRequest({ header: 'Comment-Author-Name', code: 'combination', message: 'goes with Comment-Author' })
  const ipHash = keyedHash(request.server.hashKey, request.ip)
  return { account, name, ipHash, keys: account === null ? [`address:${ipHash}`] : [`account:${account}`] }
}

/** The same where the reader is somebody whom a site knows; others are nobody in particular. */
export function knownReader(request: FastifyRequest): Reader | null {
  return may(request, 'comments:write') && request.headers['comment-author'] !== undefined ? readerOf(request) : null
}
