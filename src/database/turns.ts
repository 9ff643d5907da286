import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Write } from './handles.ts'

// So long, in milliseconds, a long change works before the event loop has its turn.
const turnLasts = 1

/**
 * What a change of many things does after each of them, or after some: what else would wait for the commit, so that this has less to do in
 * one turn; and after a millisecond of work it gives the event loop its turn.
 * @param together after how many things; until then reads of the full-text index in the same change don't see what it has written there
 */
export function inTurns(tx: Write, together: number): () => Promise<void> {
  let began = performance.now()
  let count = 0
  return async () => {
    if (++count % together === 0) tx.runLate()
    if (performance.now() - began <= turnLasts) return
    await nextTurn()
    began = performance.now()
  }
}
