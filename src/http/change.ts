import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Write } from '../database/connect.ts'
import { type Answer, render, sendRendered } from './answers.ts'
import { withFaults } from './faults.ts'
import { forgetOldAnswers, type IdempotencyKey, idempotencyKey, storeAnswer, storedAnswer } from './idempotency.ts'
import { Problem } from './problems.ts'

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

/**
 * Runs a write: replay, then the change in one transaction with its preconditions, events and stored answer, then the
 * answer, which nobody gets before the commit. Authentication has come before (the route's scope).
 */
export async function change(request: FastifyRequest, reply: FastifyReply, work: (tx: Write) => Promise<Answer>): Promise<FastifyReply> {
  const { database } = request.server
  const key = idempotencyKey(request)
  const actor = request.token && { tokenId: request.token.id, name: request.token.name }
  const sent = await once(key, () =>
    database.transaction({ actor, requestId: request.id }, async (tx) => {
      // The same request may be under way in another process: then this waits, and replays.
      if (key) await tx.lock([`idempotency:${key.id}`])
      const replayed = key && (await storedAnswer(tx.read, key))
      if (replayed) return replayed
      const answer = render(request, await withFaults(request, () => work(tx)))
      if (key) await storeAnswer(tx, key, answer)
      return answer
    }),
  )
  if (key) forgetOldAnswers(database)
  return sendRendered(reply, sent)
}

/** Answers from the store where the request's key has an answer already: before the body is looked at. */
export async function replay(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const key = idempotencyKey(request)
  const stored = key && !underWay.has(key.id) && (await storedAnswer(request.server.database.read, key))
  return stored ? sendRendered(reply, stored) : undefined
}
