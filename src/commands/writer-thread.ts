import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Logger } from 'pino'
import { buildApp } from '../app.ts'
import { ownBytes } from '../http/orders.ts'
import { mailbox } from './mailbox.ts'
import { connectTo, noteStart } from './open.ts'
import type { Asked, Told, WriterData } from './writer.ts'

// A thread: does the writes that it is asked for, with connections of its own to the database, and listens nowhere.
const { config, key } = workerData as WriterData
const port = parentPort as MessagePort
const database = connectTo(config, true)
const app = await buildApp(config, database, key)
const { counts, queues } = database.engine
const tell = mailbox<Told>(port)

// Ahead of the answer to the request: the other thread has dropped what it kept when it hears that.
database.onCommit((events, { requestId }) =>
  tell({ committed: events.map(({ type, subject, data, revision, seq }) => ({ type, subject, data, revision, seq }) as (typeof events)[number]), requestId }),
)

let last = { ...counts }
/** What was done since this was asked last. */
function usage() {
  const { statements, waits } = counts
  const since = { statements: statements - last.statements, waits: waits - last.waits }
  last = { statements, waits }
  return { counts: since, queues: queues() }
}

async function perform({ number, order }: Extract<Asked, { order: unknown }>): Promise<void> {
  const { body, ...sent } = await app.perform(order)
  const { bytes, transferred } = ownBytes(body)
  tell({ number, sent: { ...sent, body: bytes }, usage: usage(), isFailing: database.isFailing() }, transferred)
}

async function end(): Promise<void> {
  await app.close()
  await database.close()
  // What it has logged last is not on its way yet.
  await new Promise<void>((resolve) => (app.log as Logger).flush(() => resolve()))
  process.exit()
}

port.on('message', (all: Asked[]) => {
  for (const asked of all) void ('order' in asked ? perform(asked) : end())
})
// One that can't write is none; and what is still in the log is in the database before anybody waits for it.
await database.transaction({ actor: null, requestId: null }, noteStart)
// What was used for loading is given back, as the server does once it is quiet.
globalThis.gc?.({ type: 'major', flavor: 'last-resort' })
tell({ isReady: true })
