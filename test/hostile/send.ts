import { Agent, type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sent } from './request.ts'

export const patience = 60_000
const slowFor = 15_000

/** What came back: the status, or a word for why there is none. */
export type Outcome = { status: number | string; text: string; milliseconds: number }

function single(port: number, sent: Sent, agent: Agent | false): Promise<Outcome> {
  const begun = performance.now()
  return new Promise((resolve) => {
    const done = (status: number | string, text = '') => {
      clearTimeout(timer)
      resolve({ status, text, milliseconds: performance.now() - begun })
    }
    const length = sent.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent.body)) }
    const outgoing: ClientRequest = request(
      { host: '127.0.0.1', port, method: sent.method, path: sent.path, headers: { ...length, ...sent.headers }, agent },
      (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece) => pieces.push(piece))
        response.on('end', () => done(response.statusCode ?? 0, Buffer.concat(pieces).toString()))
        response.on('error', () => done('broken off'))
      },
    )
    const timer = setTimeout(() => {
      done('timeout')
      outgoing.destroy()
    }, patience)
    outgoing.on('error', (error: Error & { code?: string }) => done(error.code ?? error.message))
    outgoing.end(sent.body)
  })
}

const each = (sent: Sent, index: number): Sent => (sent.pathOf ? { ...sent, path: sent.pathOf(index) } : sent)

function headOf({ method, path, headers = {}, body = '' }: Sent): string {
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': String(Buffer.byteLength(body)) })
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** Sends the half of a body and goes away. */
async function aborted(port: number, sent: Sent): Promise<Outcome> {
  const begun = performance.now()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(headOf(sent))
  const body = Buffer.from(sent.body ?? '')
  await new Promise((resolve) => socket.write(body.subarray(0, body.length / 2), resolve))
  socket.destroy()
  return { status: 'aborted', text: '', milliseconds: performance.now() - begun }
}

/** Sends a byte a second for a while. */
async function slow(port: number, sent: Sent): Promise<Outcome> {
  const begun = performance.now()
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isClosed = false
  socket.on('error', () => {})
  socket.on('data', (data) => (text += data))
  socket.on('close', () => (isClosed = true))
  socket.write(headOf(sent))
  const body = Buffer.from(sent.body ?? '')
  for (let index = 0; index < body.length && !isClosed && performance.now() - begun < slowFor; index++) {
    socket.write(body.subarray(index, index + 1))
    await sleep(1000)
  }
  socket.destroy()
  return { status: isClosed ? 'closed' : text === '' ? 'still open' : text.slice(9, 12), text, milliseconds: performance.now() - begun }
}

/** Sends requests all at once on one connection, and waits for all answers. */
async function pipelined(port: number, sent: Sent): Promise<Outcome> {
  const begun = performance.now()
  const count = sent.times ?? 1
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const requests = Array.from({ length: count }, (_, index) => `${headOf(each(sent, index))}${sent.body ?? ''}`)
  let answers = 0
  let first = ''
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
    setTimeout(resolve, patience).unref()
    socket.on('data', (data) => {
      first ||= data.subarray(9, 12).toString()
      answers += data.toString('latin1').split('HTTP/1.1 ').length - 1
      if (answers >= count) resolve()
    })
  })
  socket.write(requests.join(''))
  await ended
  socket.destroy()
  const milliseconds = performance.now() - begun
  return { status: answers >= count ? `${first} all` : milliseconds >= patience ? 'timeout' : `${answers} of all`, text: '', milliseconds }
}

/** Sends a request in its manner, and waits for the answer. */
export async function send(port: number, sent: Sent): Promise<Outcome> {
  if (sent.manner === 'aborted') return aborted(port, sent)
  if (sent.manner === 'slow') return slow(port, sent)
  if (sent.manner === 'pipelined') return pipelined(port, sent)
  if (sent.times === undefined) return single(port, sent, false)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const begun = performance.now()
  let last: Outcome = { status: 'none', text: '', milliseconds: 0 }
  for (let index = 0; index < sent.times && performance.now() - begun < patience; index++) last = await single(port, each(sent, index), agent)
  agent.destroy()
  return { ...last, milliseconds: performance.now() - begun }
}
