import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Write } from '../database/handles.ts'
import { type Answer, render, sendRendered } from './answers.ts'
import { may } from './auth.ts'
import { noting, withFaults } from './faults.ts'
import { isLine } from './formats.ts'
import { forgetOldAnswers, type IdempotencyKey, idempotencyKey, storeAnswer, storedAnswer } from './idempotency.ts'
import { badRequest, Problem } from './problems.ts'

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

/** What `X-Change-Note` says of a change. @throws Problem 400 where it is no UTF-8, or too long */
function changeNote(request: FastifyRequest): string | null {
  const note = request.headers['x-change-note']
  if (typeof note !== 'string' || note.trim() === '') return null
  // Node reads the bytes of headers as Latin-1; what clients send is UTF-8.
  const text = Buffer.from(note, 'latin1').toString()
  if (text.includes('\ufffd')) throw badRequest({ header: 'X-Change-Note', code: 'encoding', message: 'is not valid UTF-8' })
  if (text.length > 1000) throw badRequest({ header: 'X-Change-Note', code: 'length', message: 'must have at most 1000 characters' })
  if (!isLine(text)) throw badRequest({ header: 'X-Change-Note', code: 'format', message: 'must be one line without control characters' })
  return text.trim()
}

/**
 * Runs a write: replay, then the change in one transaction with its preconditions, events and stored answer, then the
 * answer, which nobody gets before the commit. Authentication has come before (the route's scope).
 */
export async function change(request: FastifyRequest, reply: FastifyReply, work: (tx: Write) => Promise<Answer>): Promise<FastifyReply> {
  const { config, database } = request.server
  const key = idempotencyKey(request)
  const actor = request.token && { tokenId: request.token.id, name: request.token.name }
  const note = noting(request, () => changeNote(request)) ?? null
  const sent = await once(key, () =>
    database.transaction({ actor, requestId: request.id, note, site: config.PUBLIC_SITE_URL, mayPublish: may(request, 'content:publish') }, async (tx) => {
      // The same request may be under way in another process: then this waits, and replays.
      if (key) tx.lock([`idempotency:${key.id}`])
      const replayed = key && (await storedAnswer(tx.read, request, key))
      if (replayed) return replayed
      const made = await withFaults(request, () => work(tx))
      const answer = render(request, made)
      if (key) await storeAnswer(tx, key, answer, request.needed, made.articleId ?? null)
      return answer
    }),
  )
  if (key) forgetOldAnswers(database)
  return sendRendered(reply, sent)
}

/** Answers from the store where the request's key has an answer already: before the body is looked at. */
export async function replay(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const key = idempotencyKey(request)
  const stored = key && !underWay.has(key.id) && (await storedAnswer(request.server.database.read, request, key))
  return stored ? sendRendered(reply, stored) : undefined
}
