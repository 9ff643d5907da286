import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

// Asks a server every few milliseconds whether it lives, in a thread of its own: what the rest of the program does must not
// look like the server's slowness.
const { port } = workerData as { port: number }
const every = 5
const question = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'

let longest = 0
let askedAt: number | null = null
let begunAt = 0
let socket: Socket

function ask(): void {
  askedAt = performance.now()
  socket.write(question)
}

const waited = () => (askedAt === null ? 0 : performance.now() - Math.max(askedAt, begunAt))

function open(): void {
  socket = connect(port, '127.0.0.1', ask)
  socket.setNoDelay(true)
  socket.on('data', () => {
    longest = Math.max(longest, waited())
    askedAt = null
    setTimeout(ask, every)
  })
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(open, 100))
}

parentPort?.on('message', (message: 'begin' | 'end') => {
  if (message === 'begin') {
    longest = 0
    begunAt = performance.now()
  } else parentPort?.postMessage(Math.max(longest, waited()))
})
open()
