import type { FastifyRequest } from 'fastify'
import type { Write } from '../database/handles.ts'
import type { Fault } from './problems.ts'

/** A request that stands in the body of another. */
export type InnerRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
  /** Whether values of other answers were put into its body. */
  isMade: boolean
  /** What is wrong with its body as JSON. */
  faults: Fault[]
  /** Whether the client’s limits have counted it already; who counts it now says so. */
  isCounted: boolean
  onCounted: () => void
}

/** What it was answered; the body is its bytes, JSON but for a text, none where there is nothing to say. */
export type InnerAnswer = { status: number; headers: Record<string, string>; body: Buffer }

/** Does the operation that an inner request names, as for the outer one and, where there is one, in its transaction. @throws Problem as the operation does */
export type Dispatch = (outer: FastifyRequest, inner: InnerRequest, within: Write | null) => Promise<InnerAnswer>
