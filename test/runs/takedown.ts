import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, bytesOf, Connection, clock } from './connection.ts'
import { adminToken, emptyDatabase, fill, jsonOf, load, quantile, type Server, serve, table } from './server.ts'

// Readers of the story ask again a millisecond later; those of what isn’t in memory fill the pool of connections in bursts.
const [readers, coldReaders, coldPause] = [16, 12, 80]
// So many answers in a row that the story is there mean that it is kept in memory, whichever of the readers asked first.
const inARow = 40
const settled = 25
const longestWait = 10_000

/** What readers of the story see at one process. */
type Watched = { server: Server; row: number; inMemory: boolean; last: Answer[] }

const story = '/v1/articles/taken-down'

/** How answers from memory end: what the common way adds stands elsewhere. */
const isFromMemory = ({ head }: Answer) => /\r\nx-request-id: [^\r]+\r\nDate: /.test(head)

/** How long one of the processes answers 200 after another one has answered that the story is taken down. */
async function measure(name: string, databaseUrl: string | null, rounds: number): Promise<(string | number)[][]> {
  const database = await emptyDatabase(databaseUrl)
  await fill(database.url, 300, 'short')
  const servers = [await serve(database.url), await serve(database.url)] as const
  const [a] = servers
  await a.admin('POST', '/v1/articles', {
    headline: 'Taken down',
    slug: 'taken-down',
    status: 'published',
    sections: [{ heading: 'One', body: [{ type: 'paragraph', text: 'What must not be read any more. '.repeat(20) }] }],
  })
  let isOver = false
  const watched: Watched[] = servers.map((server) => ({ server, row: 0, inMemory: false, last: [] }))
  const connections: Connection[] = []
  for (const watch of watched) {
    const request = bytesOf({ path: story })
    for (let index = 0; index < readers; index++) {
      const connection = new Connection(watch.server.port)
      connections.push(connection)
      const again = (): void =>
        connection.send(request, (answer) => {
          if (isOver) return
          if (answer) {
            watch.row = answer.status === 200 ? watch.row + 1 : 0
            watch.inMemory = answer.status === 200 && isFromMemory(answer)
            watch.last.push(answer)
          }
          setTimeout(again, 1)
        })
      again()
    }
  }
  let [cold, coldRefused] = [0, 0]
  for (const { port } of servers)
    for (let index = 0; index < coldReaders; index++) {
      const connection = new Connection(port)
      connections.push(connection)
      const again = (): void => {
        const time = new Date(Date.UTC(2019, 0, 1) + cold++ * 1000).toISOString()
        connection.send(bytesOf({ path: `/v1/articles?limit=5&publishedAfter=${time}` }), (answer) => {
          if (answer?.status === 503) coldRefused++
          if (!isOver) setTimeout(again, coldPause)
        })
      }
      again()
    }

  let writesRefused = 0
  /** A change, asked again where the server has too much to do. */
  async function change(path: string, body: unknown): Promise<Answer> {
    for (;;) {
      const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
      const answer = await a.ask({ method: 'POST', path, headers, body: JSON.stringify(body) })
      if (answer.status === 200) return answer
      if (answer.status !== 503) throw new Error(`${path}: ${answer.status} ${answer.body}`)
      writesRefused++
      await sleep(100)
    }
  }

  const found: { late: number[]; any: number[]; gap: number[]; load: string }[] = []
  const begun = clock()
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await change(`${story}/publish`, {})
    for (const watch of watched) watch.row = 0
    for (const since = clock(); !watched.every(({ row, inMemory }) => row >= inARow && inMemory); await sleep(1))
      if (clock() - since > longestWait) throw new Error(`round ${round}: the story isn’t in memory everywhere`)
    for (const watch of watched) watch.last = []
    const { arrivedAt } = await change(`${story}/unpublish`, { reason: 'legal' })
    // Until nobody has seen it for a while, and all that were asked before have been answered.
    const lastSeen = (): number =>
      Math.max(arrivedAt, ...watched.flatMap(({ last }) => last.filter(({ status }) => status === 200).map((one) => one.arrivedAt)))
    while (clock() - lastSeen() < settled || watched.some(({ row, last }) => row > 0 || last.length === 0)) {
      if (clock() - arrivedAt > longestWait) throw new Error(`round ${round}: the story stays`)
      await sleep(5)
    }
    const end = clock()
    const seen = watched.map(({ last }) => last.filter((answer) => answer.status === 200 && answer.askedAt > arrivedAt))
    found.push({
      any: watched.map(({ last }) => Math.max(0, ...last.filter(({ status }) => status === 200).map((one) => one.arrivedAt - arrivedAt))),
      late: seen.map((answers) => Math.max(0, ...answers.map((one) => one.arrivedAt - arrivedAt))),
      gap: watched.map(({ last }) => {
        const times = [arrivedAt, ...last.map((one) => one.arrivedAt).filter((time) => time > arrivedAt), end]
        return Math.max(...times.slice(1).map((time, index) => time - (times[index] as number)))
      }),
      load: load(),
    })
    // On a machine that is busy with other things a reader may be refused: that shows nothing of the story.
    const wrong = watched.flatMap(({ last }) => last.filter(({ status }) => ![200, 451, 503].includes(status)))
    if (wrong[0]) throw new Error(`round ${round}: ${wrong[0].status} ${wrong[0].body}`)
    if (found.at(-1)?.late.some((time) => time > 100)) console.log(`  ${name}, round ${round}: ${JSON.stringify(found.at(-1))}`)
  }
  const seconds = (clock() - begun) / 1000
  isOver = true
  const notice = jsonOf(await servers[1].ask({ path: story }))
  if (notice.status !== 451) throw new Error('it isn’t 451 in the end')
  for (const connection of connections) connection.close()
  for (const server of servers) await server.stop()
  await database.drop()
  console.log(
    `  ${name}: ${rounds} rounds in ${seconds.toFixed(0)} s, ${cold} cold reads (${coldRefused} refused), ${writesRefused} writes refused and asked again`,
  )
  return ['A, which wrote', 'B, the other'].flatMap((process, index) => {
    const rowOf = (kind: 'late' | 'any', says: string) => {
      const times = found.map((round) => round[kind][index] as number)
      return [
        `${name}: ${process}, ${says}`,
        String(rounds),
        String(times.filter((time) => time > 0).length),
        quantile(times, 0.5),
        quantile(times, 0.99),
        Math.max(...times),
        load(),
      ]
    }
    return [rowOf('late', 'asked after'), rowOf('any', 'asked at any time')]
  })
}

/**
 * A legal take-down holds in every process at once: two processes of one database, whose readers ask for the story and for what isn't
 * in memory. Each round takes it down at A, and sees for how long A and B still answer 200 from when A's answer had arrived.
 */
export async function takedown(postgresUrl: string | null, { rounds = '2000', only = '' }: Record<string, string | undefined>): Promise<void> {
  const rows: (string | number)[][] = []
  for (const [name, url] of [['SQLite', null], ...(postgresUrl ? [['PostgreSQL', postgresUrl]] : [])] as [string, string | null][])
    if (name.includes(only)) rows.push(...(await measure(name, url, Number(rounds))))
  table(['200 after A’s answer', 'rounds', 'with any', 'p50 ms', 'p99 ms', 'longest ms', ''], rows)
}
