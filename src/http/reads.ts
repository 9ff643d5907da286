import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import { normalAddress } from './addresses.ts'
import { type Answer, noBody, render, send, sendRendered } from './answers.ts'
import { type Coding, codingFor, type Entry } from './cache.ts'
import { isNotModified } from './conditional.ts'
import { withFaults } from './faults.ts'

/**
 * Reads for a request from one commit: the public from a replica, where there is one; whoever bears a token, and so may
 * have written, from where it was written.
 */
export function readSnapshot<T>(request: FastifyRequest, work: (read: Read) => Promise<T>): Promise<T> {
  const { database } = request.server
  if (request.within) {
    const { read } = request.within
    return withFaults(request, () => work(read))
  }
  const checked = (read: Read) => withFaults(request, () => work(read))
  return request.token ? database.snapshot(checked) : database.snapshotOfReplica(checked)
}

/** Does what reads events or counts, which are written at the commit: in a batch as if they were written already. */
export const asCommitted = <T>({ within }: FastifyRequest, work: () => Promise<T>): Promise<T> => (within ? within.asCommitted(work) : work())

/** The same for all that a request reads, as `readSnapshot`. */
export const readCommitted = <T>(request: FastifyRequest, work: (read: Read) => Promise<T>): Promise<T> =>
  asCommitted(request, () => readSnapshot(request, work))

async function sendEntry(request: FastifyRequest, reply: FastifyReply, address: string, entry: Entry): Promise<FastifyReply> {
  const wanted = codingFor(request.headers['accept-encoding'], entry)
  const variant = await request.server.cache.variant(address, entry, wanted)
  const coding: Coding = variant === entry.ready.identity ? 'identity' : wanted
  const headers: Record<string, string> = { ...entry.headers, etag: variant.tag }
  if (isNotModified(request.headers['if-none-match'], variant.tag)) {
    const { 'content-type': _, ...rest } = headers
    return sendRendered(reply, { status: 304, headers: rest, body: noBody })
  }
  return sendRendered(reply, { status: 200, headers: coding === 'identity' ? headers : { ...headers, 'content-encoding': coding }, body: variant.body })
}

/**
 * Answers a read that the public may make. What the public gets is kept in memory, and made once for all who ask at once; who
 * bears a token is answered from the database.
 */
export async function answerRead(request: FastifyRequest, reply: FastifyReply, work: (read: Read) => Promise<Answer>): Promise<FastifyReply> {
  const { cache, follower, proof } = request.server
  if (request.token || request.within || request.faults.length > 0) return send(request, reply, await readSnapshot(request, work))
  const plain = normalAddress(request.raw.url ?? '')
  // What an address answers first has its place; each other type has one of its own.
  const address = request.answerType === request.routeOptions.config.operation?.produces[0] ? plain : `${request.answerType} ${plain}`
  const entry = await cache.fill(address, () =>
    readSnapshot(request, async (read) => {
      request.server.metrics.count('cacheMiss')
      const mayKeep = await follower.isCaughtUp(read)
      const answer = await work(read)
      const keys = [...(answer.keys ?? []), ...(answer.dependsOn ?? [])]
      return { sent: render(request, answer), keys, mayKeep: mayKeep && answer.isPublic === true, counts: answer.counts }
    }),
  )
  if (proof.socket === request.raw.socket) proof.entry = entry
  // What is read here is answered or is a problem, never nothing.
  return sendEntry(request, reply, address, entry as Entry)
}
