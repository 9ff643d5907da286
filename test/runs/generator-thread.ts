import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, bytesOf, Connection, clock } from './connection.ts'
import type { Outcome, Stream } from './generator.ts'
import { requestOf } from './requests.ts'

const { kind, port, rate, connections, seconds, from, onset = 0 } = workerData as Stream
// What is still on its way when the time is over is waited for so long.
const patience = 3000

const free = Array.from({ length: connections }, () => new Connection(port))
const all = [...free]
const begun = clock()
const end = begun + seconds * 1000
const accepted: number[] = []
const atFirst: number[] = []
const refused: number[] = []
const sentLate: number[] = []
const other: Record<string, number> = {}
let [withoutRetryAfter, due, passed, taken, underWay, unsent] = [0, 0, 0, 0, 0, 0]

function note(answer: Answer | null, dueAt: number): void {
  const waited = clock() - dueAt
  if (!answer) other.broken = (other.broken ?? 0) + 1
  else if (answer.status < 300) (dueAt < begun + onset * 1000 ? atFirst : accepted).push(waited)
  else if (answer.status === 503) {
    refused.push(waited)
    if (!/\r\nretry-after: \d/i.test(answer.head)) withoutRetryAfter++
  } else other[answer.status] = (other[answer.status] ?? 0) + 1
}

/** Sends what is due next on a connection that is free. */
function send(dueAt: number, connection: Connection): void {
  sentLate.push(clock() - dueAt)
  underWay++
  connection.send(bytesOf(requestOf(kind, from + taken++)), (answer) => {
    underWay--
    note(answer, dueAt)
    if (rate > 0) free.push(connection)
    else if (clock() < end) send(clock(), connection)
  })
}

/** Sends all that is due and finds a connection. */
function tick(): void {
  const now = clock()
  due = rate > 0 ? Math.floor(((Math.min(now, end) - begun) / 1000) * rate) + 1 : 0
  for (; passed < due; passed++) {
    const connection = free.shift()
    if (connection) send(begun + (passed / rate) * 1000, connection)
    else unsent++
  }
  const isOver = now >= end && underWay === 0
  if (!isOver && now < end + patience) {
    if (rate > 500) setImmediate(tick)
    else setTimeout(tick, 1)
    return
  }
  const outcome: Outcome = {
    seconds,
    due: Math.max(due, taken),
    accepted: Float64Array.from(accepted),
    atFirst: Float64Array.from(atFirst),
    refused: Float64Array.from(refused),
    other,
    withoutRetryAfter,
    unanswered: underWay,
    unsent,
    sentLate: Float64Array.from(sentLate),
  }
  for (const connection of all) connection.close()
  parentPort?.postMessage(outcome)
}

if (rate === 0) for (const connection of free.splice(0)) send(clock(), connection)
tick()
