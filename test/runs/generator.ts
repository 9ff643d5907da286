import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Kind } from './requests.ts'

/**
 * What is sent for so many seconds: `rate` a second whether or not the answers come (0: each connection asks again as soon as it was
 * answered), over at most so many connections, one request at a time on each. What is due in the first `onset` seconds is told apart.
 */
export type Stream = { kind: Kind; port: number; rate: number; connections: number; seconds: number; from: number; onset?: number }

/** Times in milliseconds, from when a request was due; `sentLate` is how much of it the generator itself took. */
export type Outcome = {
  seconds: number
  due: number
  accepted: Float64Array
  atFirst: Float64Array
  refused: Float64Array
  other: Record<string, number>
  withoutRetryAfter: number
  unanswered: number
  /** What was due while all connections waited for answers. */
  unsent: number
  sentLate: Float64Array
}

/** Sends a stream from a thread of its own. */
export async function generate(stream: Stream): Promise<Outcome> {
  const worker = new Worker(new URL('./generator-thread.ts', import.meta.url), { workerData: stream })
  const [outcome] = await once(worker, 'message')
  await worker.terminate()
  return outcome as Outcome
}
