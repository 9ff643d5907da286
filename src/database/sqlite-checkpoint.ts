import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

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
      worker ??= new Worker(new URL(import.meta.url), { workerData: { checkpointed: file } })
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

if (!isMainThread && workerData?.checkpointed) {
  const database = new Sqlite(workerData.checkpointed)
  parentPort?.on('message', () => {
    try {
      database.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // What isn't checkpointed yet is safe in the WAL: the next checkpoint takes it.
    }
    parentPort?.postMessage('done')
  })
}
