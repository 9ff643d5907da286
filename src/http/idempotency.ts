import type { FastifyRequest } from 'fastify'
import type { Database, Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import type { Sent } from './answers.ts'
import { Problem } from './problems.ts'
import { hashOf } from './secrets.ts'

/** A key that a client gave, as it is stored: whose it is, and what it was given with. */
export type IdempotencyKey = { id: string; fingerprint: string }

const secretMembers = ['secret', 'editToken']
const keptFor = 24 * 60 * 60 * 1000

/** The request's `Idempotency-Key`, if it has one: it belongs to one token or address, method and path. */
export function idempotencyKey(request: FastifyRequest): IdempotencyKey | null {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !['POST', 'PATCH'].includes(request.method)) return null
  const [path, query = ''] = request.raw.url?.split(/\?(.*)/s) ?? ['']
  const owner = request.token ? `token:${request.token.id ?? 'admin'}` : `address:${request.ip}`
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  return {
    id: hashOf(JSON.stringify([owner, request.method, path, key])),
    fingerprint: hashOf(JSON.stringify([mediaType, query, hashOf((request.rawBody ?? '').toString('base64'))])),
  }
}

/**
 * The first answer to the same request, where there is one.
 * @throws Problem 422 when the key was used with another body, media type or query.
 */
export async function storedAnswer(read: Read, key: IdempotencyKey): Promise<Sent | null> {
  const since = new Date(Date.now() - keptFor).toISOString()
  const row = await read.selectFrom('idempotency_keys').selectAll().where('id', '=', key.id).where('created_at', '>', since).executeTakeFirst()
  if (!row) return null
  if (row.fingerprint !== key.fingerprint) throw new Problem('idempotency-key-reused', 'This Idempotency-Key was used with another body, media type or query.')
  return { status: row.status, headers: { ...JSON.parse(row.headers), 'idempotency-replayed': 'true' }, body: Buffer.from(row.body) }
}

function withoutSecrets(body: string): string {
  if (![...secretMembers, 'apiUrl'].some((member) => body.includes(`"${member}"`))) return body
  const value = JSON.parse(body)
  // A preview link's addresses hold its token.
  const members = 'apiUrl' in value ? [...secretMembers, 'token', 'apiUrl', 'url'] : secretMembers
  for (const member of members) if (member in value) value[member] = null
  return JSON.stringify(value)
}

const forgottenEvery = 60_000
const forgottenAt = new WeakMap<Database, number>()

/** Forgets answers past their day: at most once a minute, behind the request. */
export function forgetOldAnswers(database: Database): void {
  const now = Date.now()
  if (now - (forgottenAt.get(database) ?? 0) < forgottenEvery) return
  forgottenAt.set(database, now)
  const before = new Date(now - keptFor).toISOString()
  const forgotten = database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.deleteFrom('idempotency_keys').where('created_at', '<=', before).execute()
  })
  // What is missed here, the next minute forgets.
  forgotten.catch(() => {})
}

/** Keeps an answer of 2xx in the change's own transaction, without its secrets. */
export async function storeAnswer(tx: Write, key: IdempotencyKey, sent: Sent): Promise<void> {
  const { status, headers } = sent
  const values = { fingerprint: key.fingerprint, status, headers: JSON.stringify(headers), body: withoutSecrets(sent.body.toString()), created_at: tx.now }
  await tx
    .insertInto('idempotency_keys')
    .values({ id: key.id, ...values })
    // An answer past its day may still lie there.
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute()
}
