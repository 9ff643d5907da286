import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bodyRequests } from './hostile/bodies.ts'
import { commentRequests } from './hostile/comments.ts'
import { addThreads, asker, type Content, makeContent } from './hostile/content.ts'
import { patchRequests } from './hostile/patches.ts'
import { readRequests } from './hostile/reads.ts'
import { type Hostile, isWriter, type Sent } from './hostile/request.ts'
import { send } from './hostile/send.ts'
import { type Server, startServer } from './hostile/server.ts'
import { textRequests } from './hostile/texts.ts'
import { connectionRequests, writeRequests } from './hostile/writes.ts'

// Sends the server what is meant to hold it up, one request at a time, and measures for how long each keeps its event loop from
// answering anybody else. Run by hand, `npm run hostile`, on an idle machine; `-- --only PART` sends those whose
// name has it, `-- --from PART` begins with the first of them.
const all: Hostile[] = [...patchRequests, ...commentRequests, ...connectionRequests, ...writeRequests, ...readRequests, ...textRequests, ...bodyRequests]

/** For how many milliseconds one request may hold the event loop. */
const limitOf = ({ who }: Hostile) => (isWriter(who) ? 500 : 100)
// What another process of the machine did doesn't happen again and again.
const mostTries = 3
const hopeless = 3000

type Row = Hostile & { status: number | string; milliseconds: number; loop: number; cpu: number; held: number; fault: string; log: string }

async function measured(server: Server, hostile: Hostile, sent: Sent): Promise<Row> {
  await server.quiet()
  const before = server.usage()
  server.watch()
  const { status, milliseconds } = await send(server.port, sent)
  const held = await server.watched()
  if (status !== 'timeout') await server.quiet()
  // Compressing, a checkpoint and what comes of a broken connection happen after the answer.
  const after = server.usage()
  const longest = Math.max(held, await server.watched())
  const loop = after.loop - before.loop
  // A thread that waits for a processor is not held up by its request.
  const isOver = Math.min(longest, loop) > limitOf(hostile)
  const fault = server.isRunning() ? (Number(status) >= 500 || status === 'timeout' ? String(status) : isOver ? 'over' : '') : 'ended'
  return { ...hostile, status, milliseconds, loop, cpu: after.all - before.all, held: longest, fault, log: server.log() }
}

const number = (value: number) => value.toFixed(value < 10 ? 1 : 0).padStart(8)

function lineOf({ name, who, status, milliseconds, loop, cpu, held, fault }: Row): string {
  return `${name.slice(0, 60).padEnd(61)}${who.padEnd(18)}${String(status).padEnd(12)}${[milliseconds, loop, cpu, held].map(number).join('')}  ${fault}`
}

const head = `${'name'.padEnd(61)}${'who'.padEnd(18)}${'status'.padEnd(12)}${['answer', 'loop', 'cpu', 'held'].map((title) => title.padStart(8)).join('')}  (ms)`

/** What each kind of request needs once only: schemas are compiled, statements prepared and functions made fast. */
async function warmUp(send: (hostile: Hostile) => Promise<unknown>): Promise<void> {
  for (const hostile of all.filter(({ name }) =>
    /^(comment text|block text|page|read q|patch \w+): (addresses|Hangul|labels|a\*|tests of the whole)/.test(name),
  ))
    await send(hostile)
}

async function run(folder: string, chosen: Hostile[]): Promise<Row[]> {
  let server = await startServer(folder)
  const content: Content = await makeContent(asker(() => server))
  await server.stop()
  addThreads(folder, content)
  server = await startServer(folder)
  const prepared = async (hostile: Hostile, tries = 0): Promise<Sent> => {
    const sent = await hostile.request(content)
    const token = content.tokens[hostile.who]
    // The same address once more would be answered from memory.
    const path = sent.method === 'GET' ? `${sent.path}${sent.path.includes('?') ? '' : '?'}${'&'.repeat(tries)}` : sent.path
    return {
      ...sent,
      path: tries === 0 ? sent.path : path,
      headers: token === undefined ? sent.headers : { authorization: `Bearer ${token}`, ...sent.headers },
    }
  }
  const rows: Row[] = []
  try {
    await warmUp(async (hostile) => send(server.port, await prepared(hostile)))
    console.log(head)
    for (const hostile of chosen) {
      let best: Row | null = null
      for (let tries = 0; tries < mostTries && (best === null || (best.fault === 'over' && best.held < hopeless)); tries++) {
        let row: Row
        try {
          row = await measured(server, hostile, await prepared(hostile, tries))
        } catch (error) {
          console.log(`${hostile.name}: can’t be prepared: ${(error as Error).message}`)
          break
        }
        if (best === null || row.held < best.held) best = row
        if (row.fault === '' || row.fault === 'over') continue
        if (!server.isRunning() || row.fault === 'timeout') {
          await server.stop('SIGKILL')
          server = await startServer(folder)
        }
        break
      }
      if (!best) continue
      rows.push(best)
      console.log(lineOf(best))
      if (best.log) console.log(`  ${best.log.slice(0, 600).replaceAll('\n', '\n  ')}`)
    }
  } finally {
    await server.stop('SIGKILL')
  }
  return rows
}

const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, from: { type: 'string', default: '' } } })
const chosen = all.slice(all.findIndex(({ name }) => name.includes(values.from))).filter(({ name }) => name.includes(values.only))
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-hostile-'))
// Nothing stays behind, however it ends.
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const rows = await run(folder, chosen)
console.log(
  `\n${head}\n${rows
    .toSorted((a, b) => b.held - a.held)
    .map(lineOf)
    .join('\n')}`,
)
const faulty = rows.filter(({ fault }) => fault !== '')
console.log(`\n${rows.length} requests, ${faulty.length} over a limit or failed: ${faulty.map(({ name, who }) => `${name} (${who})`).join('; ')}`)
process.exitCode = faulty.length > 0 ? 1 : 0
