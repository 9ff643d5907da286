import { on } from 'node:events'
import { createReadStream } from 'node:fs'
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { prepareArticle } from './articles.ts'
import { linesOf } from './lines.ts'
import { kinds, slugId, type TransferRecord } from './records.ts'
import type { Batch } from './write.ts'

/** A batch, with the numbers of its first and last line, and how many bytes were read up to there; its bytes are in the buffers. */
export type BatchRead = Batch & { firstLine: number; lastLine: number; end: number; buffers: ArrayBuffer[] }

type Message = BatchRead | { fault: string }

// Small pieces of a file come later than they are wanted.
const chunk = 256 * 1024
// Each commit waits for the disk; but nothing is written before the first batch is read.
const [firstBatch, mostRecords] = [125, 1000]
// So many wait to be written while the next one is made.
const mostAhead = 1

/** A line that is no record. */
export class LineError extends Error {}

/**
 * Reads an export, in a thread of its own: what there is to be written is made out there while what came before is written.
 * @param file its path; standard input where there is none
 * @returns batches of at most a thousand records of one kind, in the order of their lines
 * @throws LineError at a line that is no record
 */
export async function* batchesOf(file: string | undefined): AsyncGenerator<BatchRead> {
  const worker = new Worker(new URL('./reader-thread.js', import.meta.url), { workerData: { imported: file ?? null }, stdin: file === undefined })
  if (worker.stdin) process.stdin.pipe(worker.stdin)
  try {
    for await (const [message] of on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[Message]>) {
      if ('fault' in message) throw new LineError(message.fault)
      yield message
      // Memory that was used before costs less than new memory.
      const buffers = message.articles ? message.buffers : []
      worker.postMessage(buffers, buffers)
    }
  } finally {
    await worker.terminate()
  }
}

/** Whether all texts in a value are well-formed Unicode without NUL. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  return typeof value !== 'object' || value === null || Object.entries(value).flat().every(isText)
}

/** @throws Error that says why a line is no record */
function recordOf(line: string): TransferRecord {
  const record = JSON.parse(line) as TransferRecord
  const { kind, id, data } = Object(record) as TransferRecord
  if (!kinds.includes(kind)) throw new Error(`its kind is none of ${kinds.join(', ')}`)
  if (typeof data !== 'object' || data === null) throw new Error('it has no data')
  if (id !== (kind === 'slug' ? slugId(data as { kind: string; slug: string }) : data.id)) throw new Error('its id is not that of its data')
  // Only what is escaped can be wrong, and hardly anything is.
  if (line.includes('\\u') && !isText(record)) throw new Error('a text in it holds NUL or half a character')
  return record
}

const bufferSize = 1 << 22
// Shorter texts go to the other thread as strings sooner than as bytes.
const longText = 500

/** Bytes in a few large buffers, which another thread is handed as they are. */
class Parcel {
  readonly buffers: ArrayBuffer[] = []
  readonly #used: ArrayBuffer[]
  #room = Buffer.alloc(0)

  /** @param used buffers to use again */
  constructor(used: ArrayBuffer[]) {
    this.#used = used
  }

  #take(size: number): Buffer {
    if (size > this.#room.length) {
      const again = size <= bufferSize ? this.#used.pop() : undefined
      const buffer = again ?? new ArrayBuffer(Math.max(size, bufferSize))
      this.buffers.push(buffer)
      this.#room = Buffer.from(buffer)
    }
    const taken = this.#room.subarray(0, size)
    this.#room = this.#room.subarray(size)
    return taken
  }

  bytes(bytes: Buffer): Uint8Array {
    const taken = this.#take(bytes.length)
    bytes.copy(taken)
    return taken
  }

  /** A value; a long text as its bytes. */
  readonly packed = <T>(value: T): T => {
    if (typeof value !== 'string' || value.length < longText) return value
    const taken = this.#take(Buffer.byteLength(value))
    taken.write(value)
    return taken as T
  }
}

async function read(file: string | null, port: MessagePort): Promise<void> {
  const input = file === null ? process.stdin : createReadStream(file, { highWaterMark: chunk })
  let [number, ahead] = [0, 0]
  let goOn = () => {}
  const used: ArrayBuffer[] = []
  port.on('message', (buffers: ArrayBuffer[]) => {
    used.push(...buffers)
    ahead--
    goOn()
  })
  let parcel = new Parcel(used)
  let batch: BatchRead | undefined
  let size = firstBatch
  async function send(): Promise<void> {
    if (!batch) return
    while (ahead > mostAhead)
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    port.postMessage(batch satisfies Message, parcel.buffers)
    ahead++
    parcel = new Parcel(used)
    batch = undefined
    size = Math.min(mostRecords, size * 2)
  }
  const fault = (error: unknown) => port.postMessage({ fault: `line ${number} is no record of an export: ${(error as Error).message}` } satisfies Message)
  for await (const { line, end } of linesOf(input)) {
    number++
    const text = line.toString()
    if (/^\s*$/.test(text)) continue
    let record: TransferRecord
    try {
      record = recordOf(text)
    } catch (error) {
      await send()
      return fault(error)
    }
    // Of two records of one id the later one holds: it changes what the other, in a batch before, has made.
    if (batch?.kind !== record.kind || batch.records.size >= size || batch.records.has(record.id)) await send()
    batch ??= { kind: record.kind, records: new Map(), articles: null, firstLine: number, lastLine: number, end, buffers: parcel.buffers }
    if (record.kind === 'article') {
      batch.articles ??= { rows: new Map(), entries: [] }
      try {
        prepareArticle(batch.articles, record.data, parcel.packed)
      } catch (error) {
        // What it has in another place than it belongs, in the words of whoever reads the file.
        return fault(error instanceof TypeError ? new Error('a part of its data has another shape than an export gives it') : error)
      }
    }
    batch.records.set(record.id, parcel.bytes(line))
    batch.lastLine = number
    batch.end = end
  }
  await send()
}

if (!isMainThread && parentPort && workerData?.imported !== undefined) {
  await read(workerData.imported, parentPort)
  parentPort.close()
}
