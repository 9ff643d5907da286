import { setTimeout as sleep } from 'node:timers/promises'
import { bytesOf, Connection } from './connection.ts'
import { stories } from './requests.ts'
import { emptyDatabase, fill, jsonOf, load, type Server, serve, table } from './server.ts'

const most = 220
const codings = [undefined, 'gzip', 'br'] as const
const crowd = 60
const start = Date.UTC(2020, 0, 1)

type Row = (string | number)[]

/** Asks for addresses over so many connections, each as soon as the one before it was answered. */
async function askAll(server: Server, count: number, connections: number, pathOf: (index: number) => string, codingOf: (index: number) => string | undefined) {
  const statuses: Record<string, number> = {}
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = new Connection(server.port)
      while (next < count) {
        const index = next++
        const coding = codingOf(index)
        const answer = await new Promise<{ status: number } | null>((resolve) =>
          connection.send(bytesOf({ path: pathOf(index), headers: coding === undefined ? {} : { 'accept-encoding': coding } }), resolve),
        )
        const status = answer?.status ?? 'broken'
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status === 503) await sleep(20)
      }
      connection.close()
    }),
  )
  return Object.entries(statuses)
    .map(([status, number]) => `${status}: ${number}`)
    .join(', ')
}

/** What a step makes of the server's memory: the most while it runs and what stays. */
async function step(server: Server, name: string, work: () => Promise<string>): Promise<Row> {
  let peak = server.resident()
  const timer = setInterval(() => {
    peak = Math.max(peak, server.resident())
  }, 50)
  const answers = await work()
  await sleep(2000)
  clearInterval(timer)
  const own = (await server.admin('GET', '/metrics')).body.toString()
  const metric = (which: string) => Number(new RegExp(`^${which} (\\S+)`, 'm').exec(own)?.[1] ?? Number.NaN) / 2 ** 20
  return [
    name,
    peak,
    server.resident(),
    metric('nodejs_heap_size_used_bytes'),
    metric('nodejs_heap_size_total_bytes'),
    metric('nodejs_external_memory_bytes'),
    metric('broadsheet_cache_bytes'),
    peak <= most ? 'holds' : `over ${most}`,
    answers,
    load(),
  ]
}

const time = (index: number) => new Date(start + index * 1000).toISOString()
const ids = (index: number) =>
  Array.from({ length: 100 }, (_, place) => `${(index * 100 + place).toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`).join(',')

const slugs = (index: number) =>
  Array.from({ length: 100 }, (_, place) =>
    `story-${(index * 31 + place * 17) % stories}-not-there-in-all-of-the-lists-`.slice(0, 38 - (place % 3)).replace(/-$/, ''),
  ).join(',')

/** A list at another address each time: every second one with an address of some 4,000 characters. */
function listAt(index: number): string {
  if (index % 2 === 0) return `/v1/articles?limit=${1 + (index % 100)}&publishedAfter=${time(index)}`
  return index % 4 === 1 ? `/v1/articles?ids=${ids(index)}` : `/v1/articles?slug=${slugs(index)}`
}

async function makeLarge(server: Server): Promise<string[]> {
  const made: string[] = []
  for (let index = 0; index < crowd; index++) {
    const text = (part: number) =>
      Array.from({ length: 1300 }, (_, word) => `w${((word * 7919 + part * 104_729 + index * 1_299_709) % 100_003).toString(36)}`).join(' ')
    const sections = Array.from({ length: 80 }, (_, part) => ({ heading: `Part ${part}`, body: [{ type: 'paragraph', text: text(part) }] }))
    made.push(jsonOf(await server.admin('POST', '/v1/articles', { headline: `Large ${index}`, status: 'published', sections })).id)
  }
  return made
}

/**
 * The server's resident memory: of one server idle and while large answers are compressed for a crowd, and of another after many
 * addresses that differ, and when such a crowd comes then.
 */
export async function memory(_postgresUrl: string | null, { rounds = '20000' }: Record<string, string | undefined>): Promise<void> {
  const database = await emptyDatabase(null)
  await fill(database.url, stories)
  const maker = await serve(database.url)
  const large = await makeLarge(maker)
  await maker.stop()
  const count = Number(rounds)
  const distinct = (server: Server) => askAll(server, count, 32, listAt, (index) => codings[Math.floor(index / 4) % 3])
  const compressed = (server: Server) =>
    askAll(
      server,
      crowd,
      crowd,
      (index) => `/v1/articles/${large[index]}`,
      () => 'br',
    )
  const rows: Row[] = []
  const fresh = await serve(database.url)
  rows.push(await step(fresh, 'idle', async () => ''))
  rows.push(await step(fresh, `brotli of ${crowd} large answers at once`, () => compressed(fresh)))
  rows.push(await step(fresh, 'the same once more', () => compressed(fresh)))
  await fresh.stop()
  const server = await serve(database.url)
  rows.push(await step(server, `${count} addresses`, () => distinct(server)))
  rows.push(await step(server, `then brotli of ${crowd} large answers at once`, () => compressed(server)))
  rows.push(
    await step(server, 'then gzip of them', () =>
      askAll(
        server,
        crowd,
        crowd,
        (index) => `/v1/articles/${large[index]}`,
        () => 'gzip',
      ),
    ),
  )
  table(['resident memory, MB', 'peak', 'after', 'heap', 'of', 'external', 'cache', '', 'answers', ''], rows)
  await server.stop()
}
