import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

/** Writes home what is in the log of a SQLite file, in a thread of its own. */
export type Checkpointer = {
  /** Begins, unless it is at it; who writes meanwhile makes the log longer. */
  start: () => void
  /** Waits until it isn't at it. */
  done: () => Promise<void>
  close: () => Promise<void>
}

/** Starts the thread. @param file the database's path */
export function checkpointer(file: string): Checkpointer {
  const worker = new Worker(new URL(import.meta.url), { workerData: { checkpointed: file } })
  let underWay: Promise<unknown> | null = null
  return {
    start() {
      if (underWay) return
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
      await worker.terminate()
    },
  }
}

if (!isMainThread && workerData?.checkpointed) {
  const database = new Sqlite(workerData.checkpointed)
  parentPort?.on('message', () => {
    try {
      database.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // What isn't home yet is safe in the log: it goes with the next one.
    }
    parentPort?.postMessage('done')
  })
}
