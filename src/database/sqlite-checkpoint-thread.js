// JavaScript, since to take the types out of TypeScript would cost this thread more memory than all else that it does.
import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

const database = new Sqlite(workerData.file)
parentPort.on('message', () => {
  try {
    database.pragma('wal_checkpoint(PASSIVE)')
  } catch {
    // What isn't checkpointed yet is safe in the WAL: the next checkpoint takes it.
  }
  parentPort.postMessage('done')
})
