import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Config } from '../config.ts'
import type { AppendedEvent } from '../database/handles.ts'
import type { Sent } from '../http/answers.ts'
import { type Order, ownBytes, type Writer, type WriterUsage } from '../http/orders.ts'
import type { App } from '../http/server.ts'
import { mailbox } from './mailbox.ts'

export type WriterData = { config: Config; key: string }

/** What the thread is asked: to do a write, or to end once it has done all. */
export type Asked = { number: number; order: Order } | { isOver: true }

/** What it tells: that it can be asked, what is committed by which request, and what a write was answered, and whether the database can’t be written. */
export type Told =
  | { isReady: true }
  | { committed: AppendedEvent[]; requestId: string | null }
  | { number: number; sent: Sent; usage: WriterUsage; isFailing: boolean }

type Waiting = { id: string; resolve: (sent: Sent) => void; reject: (error: Error) => void }

/**
 * Starts the thread that does writes, so that nobody who reads waits for them (`WRITER_THREAD`); until it is there, and where it can't be,
 * they are done without it.
 * @returns what ends it, when it has done all that it was asked for
 */
export function startWriter(app: App, key: string): () => Promise<void> {
  const { config, database, log, writerUsage } = app
  // What ends with its connection no thread can open.
  if (!config.WRITER_THREAD || database.engine.isPrivate) return async () => {}
  const worker = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: { config, key } satisfies WriterData })
  const ask = mailbox<Asked>(worker)
  const waiting = new Map<number, Waiting>()
  // What drops from memory what a request has changed, by the request's id.
  const drops = new Map<string, Promise<void>>()
  let number = 0
  let [isOver, onIdle] = [false, () => {}]

  function note({ counts, queues }: WriterUsage): void {
    writerUsage.counts.statements += counts.statements
    writerUsage.counts.waits += counts.waits
    writerUsage.queues = queues
  }

  function drop(events: readonly AppendedEvent[], requestId: string | null): void {
    const dropped = database.tell(events, { actor: null, requestId })
    if (requestId === null) return
    const all: Promise<void> = Promise.all([drops.get(requestId), dropped]).then(() => {
      if (drops.get(requestId) === all) drops.delete(requestId)
    })
    drops.set(requestId, all)
  }

  async function answer(number: number, { body, ...sent }: Sent): Promise<void> {
    const { id, resolve } = waiting.get(number) as Waiting
    await drops.get(id)
    waiting.delete(number)
    resolve({ ...sent, body: Buffer.from(body.buffer, body.byteOffset, body.length) })
    if (waiting.size === 0) onIdle()
  }

  const writer: Writer = {
    perform: (order) =>
      new Promise((resolve, reject) => {
        waiting.set(++number, { id: order.id, resolve, reject })
        const { bytes, transferred } = ownBytes(order.body)
        ask({ number, order: { ...order, body: bytes } }, transferred)
      }),
  }
  function hear(told: Told): void {
    if ('committed' in told) drop(told.committed, told.requestId)
    else if ('sent' in told) {
      note(told.usage)
      database.noteFailing(told.isFailing)
      void answer(told.number, told.sent)
    } else if (!isOver) app.writer = writer
  }

  worker.on('message', (all: Told[]) => all.forEach(hear))
  worker.on('error', (error) => {
    const [wasReady, wasEnding] = [app.writer !== null, isOver]
    Object.assign(app, { writer: null })
    isOver = true
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    onIdle()
    // What went wrong may have been in the middle of anything: all ends, as it would without a thread.
    if (wasReady) throw error
    const message = wasEnding ? 'the thread for writes ended with an error' : 'the thread for writes could not be started; they are done without it'
    log.warn({ err: error }, message)
  })

  return async () => {
    app.writer = null
    if (isOver) return
    isOver = true
    if (waiting.size > 0)
      await new Promise<void>((resolve) => {
        onIdle = resolve
      })
    ask({ isOver: true })
    if (worker.threadId > 0) await once(worker, 'exit')
  }
}
