import type { FastifyRequest } from 'fastify'
import type { CommentTable } from '../database/tables.ts'
import { requireScope } from '../http/auth.ts'
import { isLine } from '../http/formats.ts'
import { badRequest, Problem } from '../http/problems.ts'
import Type from '../http/type.ts'
import { emailKey } from './search.ts'
import type { Person, Standing } from './standings.ts'

/** Who a request speaks for: somebody a site knows by an id, or whoever is behind an address. */
export type Reader = {
  account: string | null
  /** What the site calls them, where it says so. */
  name: string | null
  /** The address, hashed, as it is kept with a comment; null where the site is who asks. */
  ipHash: string | null
  /** The same with all keys that may have been used, the current one first. */
  hashes: string[]
  /** The names by which votes and reports are theirs, the current one first. */
  keys: string[]
}

export const readerHeaders = {
  'Comment-Author': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Whom a token with `comments:write` speaks for: your id of a reader who is signed in. Reads without a token take no notice of it.',
    }),
  ),
  'Comment-Author-Name': Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'What that reader is called, in UTF-8.' })),
}

export const editHeader = {
  'Comment-Edit-Token': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The `editToken` from the comment’s 201: lets its writer change or delete it for a while.' }),
  ),
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
 * Who a request speaks for: to be asked before a change begins.
 * @throws Problem 401 or 403 where it names somebody without `comments:write`; 400 where the name can’t be read
 */
export async function readerOf(request: FastifyRequest): Promise<Reader> {
  const account = textOf(request, 'Comment-Author')
  const name = textOf(request, 'Comment-Author-Name')
  if (account !== null || name !== null) requireScope(request, 'comments:write')
  if (account === null && name !== null) throw badRequest({ header: 'Comment-Author-Name', code: 'combination', message: 'goes with Comment-Author' })
  // What comes through a site comes from the site’s address.
  if (account !== null) return { account, name, ipHash: null, hashes: [], keys: [`account:${account}`] }
  const hashes = await request.server.addressHashes(request.ip, request.within)
  return { account, name, ipHash: hashes[0] ?? null, hashes, keys: hashes.map((hash) => `address:${hash}`) }
}

/** The same where the reader is somebody whom a site knows; others are nobody in particular. */
export async function knownReader(request: FastifyRequest): Promise<Reader | null> {
  // Without a token there is nobody to speak for others, and what all readers get is kept.
  return request.token === null || request.headers['comment-author'] === undefined ? null : readerOf(request)
}

/** What is known of who a request speaks for. @param email what they give as their e-mail address */
export function personOf(reader: Reader, email: string | null = null): Person {
  const key = emailKey(email)
  // A site vouches for whom it knows: then the address is the site’s own.
  const known: Person = reader.account === null ? reader.hashes.map((value) => ({ kind: 'ip', value })) : [{ kind: 'account', value: reader.account }]
  return key === null ? known : [...known, { kind: 'email', value: key }]
}

/** What is known of who wrote a comment. */
export function writerOf({ account, email_key, ip_hash }: CommentTable): Person {
  const known: [Person[number]['kind'], string | null][] = [
    ['account', account],
    ['email', email_key],
    ['ip', ip_hash],
  ]
  return known.flatMap(([kind, value]) => (value === null ? [] : [{ kind, value }]))
}

/** @throws Problem 403 where somebody is banned */
export function requireNotBanned({ ban }: Standing): void {
  if (ban) throw new Problem('banned', 'Whoever sends this may not comment here.', ban.expires_at === null ? {} : { until: ban.expires_at })
}
