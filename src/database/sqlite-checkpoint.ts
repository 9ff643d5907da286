import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Checkpoints the write-ahead log (WAL) of a SQLite file, in a thread of its own. */
export type Checkpointer = {
  /** Begins, unless it is at it; who writes meanwhile makes the log longer. */
  start: () => void
  /** Waits until it isn't at it. */
  done: () => Promise<void>
  close: () => Promise<void>
}

/** Makes one; its thread starts with the first one that is begun. @param file the database's path */
export function checkpointer(file: string): Checkpointer {
  let worker: Worker | undefined
  let underWay: Promise<unknown> | null = null
  return {
    start() {
      if (underWay) return
      worker ??= new Worker(new URL('./sqlite-checkpoint-thread.js', import.meta.url), {
        workerData: { file },
        resourceLimits: { maxYoungGenerationSizeMb: 1 },
      })
      underWay = once(worker, 'message').finally(() => {
        underWay = null
      })
      worker.postMessage('checkpoint')
    },
    async done() {
      await underWay
    },
    async close() {
      await underWay
      await worker?.terminate()
    },
  }
}
