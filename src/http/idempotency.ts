import type { FastifyRequest } from 'fastify'
import { type SqlBool, sql } from 'kysely'
import { milliseconds } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Database, Write } from '../database/handles.ts'
import type { IdempotencyKeyTable } from '../database/tables.ts'
import type { Sent } from './answers.ts'
import { may, requireScope, type Scope } from './auth.ts'
import { Problem } from './problems.ts'
import { hashOf } from './secrets.ts'

/** A key that a client gave, as it is stored: whose it is, and what it was given with. */
export type IdempotencyKey = { id: string; fingerprint: string }

const secretMembers = ['secret', 'editToken']
const goneStatus = 410
const keptFor = 24 * 60 * 60 * 1000

/** The request's `Idempotency-Key`, if it has one: it belongs to one token or address, method and path. */
export function idempotencyKey(request: FastifyRequest): IdempotencyKey | null {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !['POST', 'PATCH'].includes(request.method)) return null
  const [path, asked = ''] = request.raw.url?.split(/\?(.*)/s) ?? ['']
  // A dry run tries what the request without it would do.
  const query = asked
    .split('&')
    .filter((pair) => pair !== 'dryRun=true')
    .join('&')
  const owner = request.token ? `token:${request.token.id ?? 'admin'}` : `address:${request.ip}`
  // For whom a site speaks is part of what it says.
  const reader = ['comment-author', 'comment-author-name'].flatMap((name) => (request.headers[name] === undefined ? [] : [name, request.headers[name]]))
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  return {
    id: hashOf(JSON.stringify([owner, request.method, path, key])),
    fingerprint: hashOf(
      JSON.stringify([mediaType, query, hashOf((request.rawBody ?? '').toString('base64')), request.headers['comment-edit-token'] ?? null, ...reader]),
    ),
  }
}

/** Whoever asks again must still be able to do what the first request needed, and to see what it was about. */
async function requireReplayable(read: Read, request: FastifyRequest, { scopes, article_id }: IdempotencyKeyTable): Promise<void> {
  for (const scope of JSON.parse(scopes ?? '[]') as Scope[]) {
    requireScope(request, scope)
    // Where more is done now, and kept with it, it needs this, too.
    request.needed.add(scope)
  }
  // What editors see of a story doesn't end when it is taken down.
  if (article_id !== null && !may(request, 'content:read')) await request.server.requirePublic(read, article_id)
}

/**
 * The first answer to the same request, where there is one.
 * @throws Problem 410 when what it made is deleted; 422 when the key was used with another body, media type, query or edit token; 403 where the token may no longer do
 * what the answer needed; 404, 410 or 451 where what it tells of isn't public any more.
 */
export async function storedAnswer(read: Read, request: FastifyRequest, key: IdempotencyKey): Promise<Sent | null> {
  const since = new Date(milliseconds() - keptFor).toISOString()
  const row = await read.selectFrom('idempotency_keys').selectAll().where('id', '=', key.id).where('created_at', '>', since).executeTakeFirst()
  if (!row) return null
  if (row.status === goneStatus) throw goneSince()
  if (row.fingerprint !== key.fingerprint)
    throw new Problem('idempotency-key-reused', 'This Idempotency-Key was used with another body, media type, query or edit token.')
  await requireReplayable(read, request, row)
  return { status: row.status, headers: { ...JSON.parse(row.headers), 'idempotency-replayed': 'true' }, body: Buffer.from(row.body) }
}

/** An answer without what only its first reader may know. */
export function withoutSecrets(body: string): string {
  if (![...secretMembers, 'apiUrl'].some((member) => body.includes(`"${member}"`))) return body
  const value = JSON.parse(body)
  // In an answer to a batch they stand in the answers to its parts.
  const parts = Array.isArray(value.data) ? (value.data as { body?: unknown }[]).flatMap(({ body }) => (typeof body === 'object' && body ? [body] : [])) : []
  for (const part of [value, ...parts]) redactSecrets(part as Record<string, unknown>)
  return JSON.stringify(value)
}

function redactSecrets(value: Record<string, unknown>): void {
  // A preview link's addresses hold its token.
  const members = 'apiUrl' in value ? [...secretMembers, 'token', 'apiUrl', 'url'] : secretMembers
  for (const member of members) if (member in value) value[member] = null
}

const forgottenEvery = 60_000
const forgottenAt = new WeakMap<Database, number>()

/** Forgets answers past their day: at most once a minute, behind the request. */
export function forgetOldAnswers(database: Database): void {
  const now = milliseconds()
  if (now - (forgottenAt.get(database) ?? 0) < forgottenEvery) return
  forgottenAt.set(database, now)
  const before = new Date(now - keptFor).toISOString()
  const forgotten = database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.deleteFrom('idempotency_keys').where('created_at', '<=', before).execute()
  })
  // What is missed here, the next minute forgets.
  forgotten.catch(() => {})
}

const nothingLeft = { status: goneStatus, headers: '{}', body: '' }

/** What was permanently deleted in a transaction, whose own answer is kept after that. */
const deletedIn = new WeakMap<Write, string[]>()

/**
 * Forgets what answers said of something that is permanently deleted; the keys stay, so that a late repetition doesn't make it once more.
 * @param articleId the article that all of them tell of, where there is one, but for those of batches
 */
export async function forgetAnswersOn(tx: Write, id: string, articleId?: string): Promise<void> {
  deletedIn.set(tx, [...(deletedIn.get(tx) ?? []), id])
  let query = tx.read.selectFrom('idempotency_keys').select('id').where('body', 'like', `%${id}%`)
  if (articleId !== undefined)
    query = query.where((where) => where.or([where('article_id', '=', articleId), where.and([where('article_id', 'is', null), where('status', '=', 200)])]))
  await forgetIn(tx, await query.execute(), saying([id]))
}

async function forgetIn(tx: Write, rows: readonly { id: string }[], concerns: Concerns): Promise<void> {
  // One at a time, since they may be large.
  for (const row of rows) {
    const { body } = await tx.read.selectFrom('idempotency_keys').select('body').where('id', '=', row.id).executeTakeFirstOrThrow()
    const left = without(body, concerns, tx.author.requestId)
    await tx
      .updateTable('idempotency_keys')
      .set(left === null ? nothingLeft : { body: left })
      .where('id', '=', row.id)
      .execute()
  }
}

/** Whether something that an answer says is about what is to be forgotten. */
type Concerns = (value: unknown) => boolean

const saying =
  (ids: readonly string[]): Concerns =>
  (value) => {
    const text = JSON.stringify(value) ?? ''
    return ids.some((id) => text.includes(id))
  }

type Part = { id?: string; status: number; headers: Record<string, string>; body: unknown }
type Result = { id: string; result: string; type?: string; slug?: string | null }

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'body' in value
const isResult = (value: unknown): value is Result => typeof value === 'object' && value !== null && 'result' in value && 'id' in value

/** The answer to an operation of a batch: that it is gone, where it was about that, or else no more than what it was about. */
function shortened({ id, status, headers, body }: Part, concerns: Concerns, requestId: string): Part {
  const own = id === undefined ? {} : { id }
  const about = Object.fromEntries(Object.entries((body ?? {}) as object).filter(([name]) => ['id', 'slug', 'revision'].includes(name)))
  if (concerns(about) || concerns(headers)) return { ...own, status: goneStatus, headers: {}, body: goneSince().toBody(requestId) }
  return { ...own, status, headers, body: about }
}

const bare = ({ type, id, result, slug }: Result) => ({
  ...(type === undefined ? {} : { type }),
  id,
  ...(slug === undefined ? {} : { slug: null, revision: null }),
  result,
})

/**
 * An answer without what it says of something, where that is one of many things: of the lines and the operations of a batch, and of
 * what came of many articles. Null where it is about that alone.
 */
function without(text: string, concerns: Concerns, requestId: string | null): string | null {
  const value: unknown = text === '' ? null : JSON.parse(text)
  if (Array.isArray(value)) return JSON.stringify(value.map((line) => (concerns(line) ? { status: goneStatus, headers: {}, body: 'null' } : line)))
  const { data, failed } = (value ?? {}) as { data?: unknown; failed?: unknown }
  if (Array.isArray(data) && data.length > 0 && data.every(isPart)) {
    const parts = data.map((part) => (concerns(part) ? shortened(part, concerns, requestId ?? '') : part))
    const succeeded = parts.filter(({ status }) => status < 400).length
    return JSON.stringify({ ...(value as object), data: parts, succeeded, failed: parts.length - succeeded })
  }
  const results = Array.isArray(data) ? data : Array.isArray(failed) ? failed : []
  if (results.length === 0 || !results.every(isResult)) return null
  const left = results.map((one) => (concerns(one) ? bare(one) : one))
  return JSON.stringify({ ...(value as object), [Array.isArray(data) ? 'data' : 'failed']: left })
}

/** What is answered to a repetition of what made something that is deleted by now. */
export const goneSince = () => new Problem('gone', 'What the first request with this Idempotency-Key made has been deleted since.')

/** Forgets what answers said of somebody, by a name that stands in them as a whole text, in lower case or not. */
export async function forgetAnswersNaming(tx: Write, name: string): Promise<void> {
  const text = JSON.stringify(name).toLowerCase()
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await tx.read.selectFrom('idempotency_keys').select('id').where(sql<SqlBool>`lower(body) like ${pattern} escape '\\'`).execute()
  await forgetIn(tx, rows, (value) => (JSON.stringify(value) ?? '').toLowerCase().includes(text))
}

/**
 * Keeps an answer of 2xx in the change's own transaction, without its secrets.
 * @param needed the scopes that it needed @param articleId the article that it tells of, if any
 */
export async function storeAnswer(tx: Write, key: IdempotencyKey, sent: Sent, needed: ReadonlySet<Scope>, articleId: string | null): Promise<void> {
  const text = sent.body.toString()
  const gone = deletedIn.get(tx)?.filter((id) => text.includes(id)) ?? []
  const kept = withoutSecrets(text)
  const left = gone.length === 0 ? kept : without(kept, saying(gone), tx.author.requestId)
  const values = {
    fingerprint: key.fingerprint,
    ...(left === null ? nothingLeft : { status: sent.status, headers: JSON.stringify(sent.headers), body: left }),
    created_at: tx.now,
    scopes: JSON.stringify([...needed]),
    article_id: articleId,
  }
  await tx
    .insertInto('idempotency_keys')
    .values({ id: key.id, ...values })
    // An answer past its day may still lie there.
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute()
}
