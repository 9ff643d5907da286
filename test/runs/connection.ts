import { connect, type Socket } from 'node:net'

/** An answer, and when it was asked for and arrived: milliseconds of the machine's monotonic clock, the same in all its threads and processes. */
export type Answer = { status: number; head: string; body: Buffer; askedAt: number; arrivedAt: number }

export type Ask = { method?: string; path: string; headers?: Record<string, string>; body?: string }

/** The monotonic clock of the machine, in milliseconds. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6

const headEnd = Buffer.from('\r\n\r\n')

/** The bytes of a request. */
export function bytesOf({ method = 'GET', path, headers = {}, body }: Ask): Buffer {
  const length = body === undefined ? (method === 'GET' ? {} : { 'content-length': '0' }) : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ host: 'localhost', ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`)
}

/** One connection that is kept alive, with one request on it at a time; opened again when it breaks. */
export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #isOpen = false
  #bytes: Buffer = Buffer.alloc(0)
  #waiting: { askedAt: number; done: (answer: Answer | null) => void } | null = null

  constructor(port: number) {
    this.#port = port
  }

  get isFree(): boolean {
    return this.#waiting === null
  }

  #open(): Socket {
    const socket = connect(this.#port, '127.0.0.1')
    socket.setNoDelay(true)
    this.#socket = socket
    this.#isOpen = true
    this.#bytes = Buffer.alloc(0)
    socket.on('data', (data) => this.#take(data))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#isOpen = false
      this.#end(null)
    })
    return socket
  }

  #end(answer: Answer | null): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.done(answer)
  }

  #take(data: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data])
    const end = this.#bytes.indexOf(headEnd)
    if (end === -1 || !this.#waiting) return
    const head = this.#bytes.toString('latin1', 0, end)
    const start = end + headEnd.length
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#bytes.length < start + length) return
    const body = this.#bytes.subarray(start, start + length)
    this.#bytes = this.#bytes.subarray(start + length)
    this.#end({ status: Number(head.slice(9, 12)), head, body, askedAt: this.#waiting.askedAt, arrivedAt: clock() })
  }

  /** Sends a request's bytes, and calls back with the answer, or null where the connection broke. */
  send(request: Buffer, done: (answer: Answer | null) => void): void {
    const socket = this.#isOpen && this.#socket ? this.#socket : this.#open()
    this.#waiting = { askedAt: clock(), done }
    socket.write(request)
  }

  /** The answer to a request. @throws where the connection breaks */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.send(bytesOf(ask), (answer) => (answer ? resolve(answer) : reject(new Error(`the connection broke at ${ask.method ?? 'GET'} ${ask.path}`))))
    })
  }

  close(): void {
    this.#socket?.destroy()
  }
}
