import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { tooLarge } from './body.ts'
import { Problem } from './problems.ts'

// So many bytes of bodies that aren’t whole yet are held in all; past that only small ones are taken.
const [mostArriving, alwaysTaken] = [256 * 1024 * 1024, 64 * 1024]
let arriving = 0

/** The client broke off its upload: there is nobody to answer. */
export class BrokenOffError extends Error {}

// What is sent after an early answer is read to its end, so that the answer can be: within these bounds.
const drainedTimes = 4
const drainedWithin = 2000

/**
 * Reads a request's body.
 * @param limit the most bytes it may have
 * @throws Problem 413 past that, as soon as that is known; 503 where too much is arriving from all; BrokenOffError where it doesn't arrive whole
 */
export function readBody(raw: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(raw.headers['content-length']) > limit) return reject(tooLarge(limit))
    const parts: Buffer[] = []
    let size = 0
    const stop = () => {
      arriving -= size
      raw.off('data', take).off('end', finish).off('error', fail).off('close', fail)
    }
    const take = (part: Buffer) => {
      size += part.length
      arriving += part.length
      parts.push(part)
      if (size <= limit && (arriving <= mostArriving || size <= alwaysTaken)) return
      stop()
      reject(size > limit ? tooLarge(limit) : new Problem('unavailable', 'Too much is being sent at once.', { headers: { 'retry-after': '5' } }))
    }
    const finish = () => {
      stop()
      resolve(Buffer.concat(parts, size))
    }
    const fail = () => {
      stop()
      // What comes of the broken connection later concerns nobody.
      raw.on('error', () => {})
      reject(new BrokenOffError('the client broke off its upload'))
    }
    raw.on('data', take).on('end', finish).on('error', fail).on('close', fail)
  })
}

/** Whether some of a request's body is still to come. */
export const isArriving = ({ raw: { headers, complete, destroyed } }: FastifyRequest) =>
  !complete && !destroyed && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)

/**
 * Reads on, to nowhere, what is still to come of a body before its request is answered: a client that is still sending, whose
 * connection was closed meanwhile, would never see the answer.
 */
export async function drain({ raw, server }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const most = drainedTimes * server.config.BODY_LIMIT
  const isWhole = await new Promise<boolean>((resolve) => {
    let size = 0
    const end = (whole: boolean) => {
      clearTimeout(timer)
      raw.off('data', take).off('end', finish).off('close', finish)
      resolve(whole)
    }
    const take = (part: Buffer) => {
      size += part.length
      if (size > most) end(false)
    }
    const finish = () => end(true)
    const timer = setTimeout(() => end(false), drainedWithin)
    raw.on('error', () => {})
    raw.on('data', take).on('end', finish).on('close', finish)
  })
  if (!isWhole) reply.header('connection', 'close')
}
