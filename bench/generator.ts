import { readFileSync } from 'node:fs'
import { bytesOf, Connection, clock } from '../test/runs/connection.ts'
import type { LoadRequest, Measured } from './load.ts'

// A program: sends what the file of its argument says in turn over so many connections, for so many seconds, each asking again as soon as it was
// answered. The first answers of each connection warm it, and aren't counted.
const { port, requests, connections, seconds, first } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  port: number
  requests: LoadRequest[]
  connections: number
  seconds: number
  /** What stands for NUMBER in the first body that has it; the next one has the next number. */
  first: number
}
const warming = 3

const ready = requests.map((request) => (request.body?.includes('NUMBER') ? request : bytesOf(request)))
let taken = 0
function nextRequest(): Buffer {
  const number = taken++
  const request = ready[number % ready.length] as Buffer | LoadRequest
  return Buffer.isBuffer(request) ? request : bytesOf({ ...request, body: (request.body as string).replaceAll('NUMBER', String(first + number)) })
}

const all = Array.from({ length: connections }, () => new Connection(port))
const times: number[] = []
let [isCounting, begun, errors, cold, running] = [false, 0, 0, connections, connections]

async function run(connection: Connection): Promise<void> {
  for (let answered = 0; !isCounting || clock() < begun + seconds * 1000; answered++) {
    const [asked, wasCounting] = [clock(), isCounting]
    const answer = await new Promise<{ status: number } | null>((resolve) => connection.send(nextRequest(), resolve))
    if (answered === warming && --cold === 0) [isCounting, begun] = [true, clock()]
    if (!wasCounting) continue
    times.push(clock() - asked)
    if (!answer || (answer.status >= 300 && answer.status !== 304)) errors++
  }
  connection.close()
  if (--running > 0) return
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  const elapsed = (clock() - begun) / 1000
  const measured: Measured = { requestsPerSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), requests: times.length, errors }
  console.log(JSON.stringify(measured))
}

for (const connection of all) void run(connection)
