import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Author, NewEvent, Write } from '../database/handles.ts'
import { addAll } from '../database/values.ts'
import { type Answer, render, type Sent, sendRendered } from './answers.ts'
import { may, unauthorized } from './auth.ts'
import { purgedKeys } from './cache-keys.ts'
import { noting, withFaults } from './faults.ts'
import { isLine } from './formats.ts'
import { forgetOldAnswers, type IdempotencyKey, idempotencyKey, storeAnswer, storedAnswer } from './idempotency.ts'
import { jsonType, mediaTypeOf } from './media-types.ts'
import { badRequest, Problem } from './problems.ts'
import { pendingKey } from './surrogate-keys.ts'

const underWay = new Set<string>()

async function once<T>(key: IdempotencyKey | null, work: () => Promise<T>): Promise<T> {
  if (!key) return work()
  if (underWay.has(key.id))
    throw new Problem('request-in-progress', 'A request with this Idempotency-Key is still being worked on.', { headers: { 'retry-after': '1' } })
  underWay.add(key.id)
  try {
    return await work()
  } finally {
    underWay.delete(key.id)
  }
}

/** What `X-Change-Note` says of a change, where its operation takes that. @throws Problem 400 where it is no UTF-8, or too long */
function changeNote(request: FastifyRequest): string | null {
  const takesIt = request.routeOptions.config.operation && 'X-Change-Note' in request.routeOptions.config.operation.headers.properties
  const note = takesIt ? request.headers['x-change-note'] : undefined
  if (typeof note !== 'string' || note.trim() === '') return null
  // Node reads the bytes of headers as Latin-1; what clients send is UTF-8.
  const text = Buffer.from(note, 'latin1').toString()
  if (text.includes('\ufffd')) throw badRequest({ header: 'X-Change-Note', code: 'encoding', message: 'is not valid UTF-8' })
  if (text.length > 1000) throw badRequest({ header: 'X-Change-Note', code: 'length', message: 'must have at most 1000 characters' })
  if (!isLine(text)) throw badRequest({ header: 'X-Change-Note', code: 'format', message: 'must be one line without control characters' })
  return text.trim()
}

/** The name under which `X-Change-Set` gathers a change. @throws Problem 401 without a token */
function changeSet(request: FastifyRequest): string | null {
  const name = request.headers['x-change-set']
  if (typeof name !== 'string') return null
  if (!request.token) throw unauthorized('Only what a token writes is gathered by X-Change-Set.')
  return name
}

/** Who makes a change by a request, and why; in a dry run what it would append is noted at the request. */
export function authorOf(request: FastifyRequest): Author {
  const { dryRun, create } = request.query as { dryRun?: boolean; create?: boolean }
  if (dryRun && !request.token) throw unauthorized('A dry run needs a token.')
  const { token } = request
  return {
    actor: token && { tokenId: token.id, name: token.name },
    requestId: request.id,
    note: noting(request, () => changeNote(request)) ?? null,
    ...(create === false ? { makesNames: false } : {}),
    changeSet: changeSet(request),
    site: request.server.config.PUBLIC_SITE_URL,
    mayPublish: may(request, 'content:publish'),
    ...(dryRun ? { onDryRun: (events) => noteDryRun(request, events) } : {}),
  }
}

const dryRuns = new WeakMap<FastifyRequest, NewEvent[]>()

function noteDryRun(request: FastifyRequest, events: readonly NewEvent[]): void {
  const noted = dryRuns.get(request) ?? []
  addAll(noted, events)
  dryRuns.set(request, noted)
}

/** What a dry run would have appended, and which keys it would have dropped from caches. */
export function foreseen(hashKey: string, events: readonly NewEvent[]) {
  const keys = new Set(events.flatMap((event) => purgedKeys(event, (id) => pendingKey(hashKey, id))))
  return {
    events: events.map(({ type, subject, data = {}, revision: [before, after] = [null, null] }) => ({ type, subject, revision: { before, after }, data })),
    keys: [...keys],
  }
}

/** What the dry run of a request would have come to. */
export const dryRunOf = (request: FastifyRequest) => foreseen(request.server.hashKey, dryRuns.get(request) ?? [])

/** The answer of a dry run: what it would have been, and what would have come of it. */
function sendDryRun(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const dryRun = dryRunOf(request)
  const { status, ...sent } = render(request, { ...answer, body: { ...(answer.body as object | undefined), dryRun } })
  return sendRendered(reply, { ...sent, status: status === 204 ? 200 : status, headers: { ...sent.headers, 'dry-run': 'true' } })
}

/**
 * Runs a write: replay, then the change in one transaction with its preconditions, events and stored answer, then the
 * answer, which nobody gets before the commit. Authentication has come before (the route's scope). A part of a batch is done in the
 * batch's transaction; a dry run is taken back, and leaves no answer to replay.
 */
export async function change(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Write) => Promise<Answer>,
  { isLong = false, ahead }: Pick<Author, 'isLong'> & { ahead?: () => Promise<void> } = {},
): Promise<FastifyReply> {
  const { database } = request.server
  const { within } = request
  if (within) return sendRendered(reply, render(request, await within.as(authorOf(request), () => withFaults(request, () => work(within)))))
  const author = { ...authorOf(request), isLong }
  if (author.onDryRun) await ahead?.()
  if (author.onDryRun) return sendDryRun(request, reply, await database.transaction(author, (tx) => withFaults(request, () => work(tx))))
  const key = idempotencyKey(request)
  const sent = await once(key, async () => {
    const known = ahead && key && (await storedAnswer(database.read, request, key))
    if (known) return known
    await ahead?.()
    return database.transaction(author, async (tx) => {
      // The same request may be under way in another process: then this waits, and replays.
      if (key) tx.lock([`idempotency:${key.id}`])
      const replayed = key && (await storedAnswer(tx.read, request, key))
      if (replayed) return replayed
      const made = await withFaults(request, () => work(tx))
      const answer = render(request, made)
      const kept = made.keptRaw ? render(request, { ...made, raw: made.keptRaw }) : answer
      if (key && !made.isUnfinished) await storeAnswer(tx, key, kept, request.needed, made.articleId ?? null)
      return answer
    })
  })
  if (key) forgetOldAnswers(database)
  return sendRendered(reply, sent)
}

/**
 * The same for a write that is done in transactions of its own, each of which stays done: with a key no other one of this process does it meanwhile.
 * @param check finds all that is wrong with the request, before anything is done
 * @param parts does them, and gives what is to be done, or no more than said, with the stored answer
 */
export function changeInParts<Checked>(
  request: FastifyRequest,
  reply: FastifyReply,
  check: () => Promise<Checked>,
  parts: (checked: Checked) => Promise<(tx: Write) => Promise<Answer>>,
): Promise<FastifyReply> {
  let last: Awaited<ReturnType<typeof parts>>
  const ahead = async () => {
    last = await parts(await withFaults(request, check))
  }
  return change(request, reply, (tx) => last(tx), { ahead })
}

/** Answers from the store where the request's key has an answer already: before the body is looked at. */
export async function replay(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const isDry = new URLSearchParams(request.raw.url?.split(/\?(.*)/s)[1]).get('dryRun') === 'true'
  // Without a token nothing is tried.
  const key = isDry && !request.token ? null : idempotencyKey(request)
  const stored = key && !underWay.has(key.id) && (await storedAnswer(request.server.database.read, request, key))
  // What is streamed is answered part by part.
  const isStreamed = request.routeOptions.config.operation?.streams.includes(mediaTypeOf(request))
  if (!stored || isStreamed) return undefined
  return sendRendered(reply, isDry ? unchanged(stored) : stored)
}

/** What a dry run foresees of a request that is done already: that it is answered again, and does nothing. */
function unchanged({ status, headers, body }: Sent): Sent {
  const said = { ...(body.length > 0 ? JSON.parse(body.toString()) : {}), dryRun: { events: [], keys: [] } }
  return {
    status: status === 204 ? 200 : status,
    headers: { ...headers, 'content-type': headers['content-type'] ?? jsonType, 'dry-run': 'true' },
    body: Buffer.from(JSON.stringify(said)),
  }
}
