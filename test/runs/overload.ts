import { setTimeout as sleep } from 'node:timers/promises'
import { generate, type Outcome } from './generator.ts'
import { type Kind, stories } from './requests.ts'
import { emptyDatabase, fill, load, quantile, type Server, serve, table } from './server.ts'

const crowd = 500
const unloadedPart = 0.6
const times = 10
// A crowd is let in until it is known to be one; what is answered in these first seconds is told apart.
const onset = 2
// The probes' own rates: enough answers for a p99, too few to be a load.
const [memoryRate, readyRate] = [100, 50]

type Row = (string | number)[]

const head = ['what', 'sent/s', '2xx/s', '503/s', 'p50', 'p99', 'p99 at first', '503 p99', 'sent late p99', 'other', '']

function rowOf(name: string, { seconds, due, accepted, atFirst, refused, other, withoutRetryAfter, unanswered, unsent, sentLate }: Outcome): Row {
  const strange = { ...other, ...(withoutRetryAfter ? { withoutRetryAfter } : {}), ...(unanswered ? { unanswered } : {}), ...(unsent ? { unsent } : {}) }
  return [
    name,
    due / seconds,
    (accepted.length + atFirst.length) / seconds,
    refused.length / seconds,
    quantile([...accepted], 0.5),
    quantile([...accepted], 0.99),
    quantile([...atFirst], 0.99),
    quantile([...refused], 0.99),
    quantile([...sentLate], 0.99),
    Object.entries(strange)
      .map(([what, count]) => `${what} ${count}`)
      .join(', '),
    load(),
  ]
}

// No address is asked for twice, in whichever part of the run.
let used = 0
function next(count: number): number {
  used += count
  return used - count
}

/** What a kind of requests gets at a rate, and what stories in memory and the probe get meanwhile. */
async function beside(
  server: Server,
  kind: Kind,
  rate: number,
  connections: number,
  seconds: number,
): Promise<{ load: Outcome; memory: Outcome; ready: Outcome }> {
  const common = { port: server.port, seconds, from: 0, onset }
  const [load, memory, ready] = await Promise.all([
    generate({ ...common, kind, rate, connections, from: next(Math.ceil(rate * seconds * 1.2)) }),
    generate({ ...common, kind: 'memory', rate: memoryRate, connections: 8 }),
    generate({ ...common, kind: 'ready', rate: readyRate, connections: 4 }),
  ])
  return { load, memory, ready }
}

/** How many of a kind the server answers a second, where a few connections ask as fast as they are answered. */
async function capacityOf(server: Server, kind: Kind, seconds: number): Promise<Outcome> {
  return generate({ port: server.port, kind, rate: 0, connections: 8, seconds, from: next(40_000) })
}

async function tried(server: Server, kind: Kind, seconds: number): Promise<{ rows: Row[]; verdict: string }> {
  await generate({ port: server.port, kind, rate: 0, connections: 4, seconds: 1, from: next(20_000) })
  const full = await capacityOf(server, kind, seconds)
  const capacity = full.accepted.length / full.seconds
  const calm = await beside(server, kind, capacity * unloadedPart, crowd, seconds)
  await server.quiet()
  const much = await beside(server, kind, capacity * times, crowd, seconds)
  await server.quiet()
  const [before, after] = [calm, much].map(({ load: { accepted } }) => quantile([...accepted], 0.99)) as [number, number]
  return {
    rows: [
      rowOf(`${kind}: 8 connections, as fast as answered`, full),
      rowOf(`${kind}: ${unloadedPart * 100} % of that`, calm.load),
      rowOf('  memory meanwhile', calm.memory),
      rowOf('  /health/ready meanwhile', calm.ready),
      rowOf(`${kind}: ${times} times that`, much.load),
      rowOf('  memory meanwhile', much.memory),
      rowOf('  /health/ready meanwhile', much.ready),
    ],
    verdict: `${kind}: p99 ${before.toFixed(1)} → ${after.toFixed(1)} ms, ${(after / before).toFixed(2)} times; ${((100 * much.load.accepted.length) / (much.load.seconds - onset) / capacity).toFixed(0)} % of the capacity is answered`,
  }
}

/** A crowd that comes at once, and only once, is answered. */
async function bursts(server: Server): Promise<Row[]> {
  const rows: Row[] = []
  for (const [kind, count] of [
    ['search', 200],
    ['list', 200],
    ['create', 100],
    ['comment', 200],
  ] as const) {
    await server.quiet()
    await sleep(1500)
    // All are due within a hundredth of a second.
    const outcome = await generate({ port: server.port, kind, rate: count * 100, connections: count, seconds: 0.01, from: next(count * 2) })
    rows.push([
      `${count} × ${kind} at once`,
      String(outcome.accepted.length),
      String(outcome.refused.length),
      quantile([...outcome.accepted], 0.5),
      Math.max(...outcome.accepted),
      Object.entries(outcome.other).join(),
      load(),
    ])
  }
  return rows
}

/**
 * At ten times what the server can do, those that are let in are answered in at most twice the time that they take without a crowd, all
 * others are refused at once; what is in memory, and whoever watches the server, goes first. At a fixed rate, whether or not answers come.
 */
export async function overload(postgresUrl: string | null, { seconds = '5', only = '', rounds = '1' }: Record<string, string | undefined>): Promise<void> {
  const database = await emptyDatabase(only.includes('postgres') ? postgresUrl : null)
  await fill(database.url, stories)
  const kinds = (['search', 'list', 'create', 'comment'] as const).filter(
    (kind) => only.replace('postgres', '').includes(kind) || !/[a-z]/.test(only.replace('postgres', '')),
  )
  for (let round = 0; round < Number(rounds); round++) {
    const server = await serve(database.url)
    const verdicts: string[] = []
    const rows: Row[] = []
    for (const kind of kinds) {
      const { rows: own, verdict } = await tried(server, kind, Number(seconds))
      rows.push(...own)
      verdicts.push(verdict)
    }
    table(head, rows)
    console.log(verdicts.join('\n'))
    table(['burst', '2xx', '503', 'p50', 'longest', 'other', ''], await bursts(server))
    await server.stop()
  }
  await database.drop()
}
