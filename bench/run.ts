import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { articleId, writeContent } from './content.ts'
import { generator, type LoadRequest, load, type Measured, pinned } from './load.ts'
import { authorization, type Scenario, scenarios, token } from './scenarios.ts'
import { type Served, start } from './servers.ts'

const { values: options } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000' },
    scale: { type: 'string' },
    short: { type: 'boolean', default: false },
    processes: { type: 'string', default: '1' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '32' },
    profile: { type: 'boolean', default: false },
    against: { type: 'string' },
    postgres: { type: 'string' },
    'writer-thread': { type: 'boolean', default: false },
  },
})
const [rounds, seconds, connections, processes] = [options.rounds, options.seconds, options.connections, options.processes].map(Number) as [
  number,
  number,
  number,
  number,
]
const root = join(import.meta.dirname, '..')
const folder = join(root, 'bench/data')
mkdirSync(folder, { recursive: true })

/** Reads past memory, each at its first page: what a size of the archive costs. */
const cold: [string, string][] = [
  ['article', ''],
  ['list', '/v1/articles'],
  ['filter topic', '/v1/articles?topic=topic-3'],
  ['filter author', '/v1/articles?author=author-7'],
  ['filter language', '/v1/articles?language=de'],
  ['filter genre', '/v1/articles?genre=news'],
  ['filter publishedBefore', '/v1/articles?publishedBefore=2020-06-01T00:00:00Z'],
  ['filter updatedAfter', '/v1/articles?updatedAfter=2020-01-01T01:00:00Z'],
  ['search rare', '/v1/articles?q=777'],
  ['search middling', '/v1/articles?q=w01700'],
  ['search common', '/v1/articles?q=harbour'],
  ['search two common', '/v1/articles?q=storm+council'],
]

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number

function contentFile(articles: number, isShort: boolean): string {
  return join(folder, `content-${articles}${isShort ? '-short' : ''}.ndjson`)
}

/** The database with so many articles, built by import where it isn't there yet. @returns its file, and how fast it was built */
async function database(articles: number, isShort: boolean): Promise<{ file: string; perSecond: number | null }> {
  const file = join(folder, `content-${articles}${isShort ? '-short' : ''}.db`)
  if (existsSync(file)) return { file, perSecond: null }
  const content = contentFile(articles, isShort)
  await writeContent(content, articles, isShort ? 'short' : 'full', articles <= 1000 ? 20 : 0)
  const begun = performance.now()
  // An older version can't open what a newer one has made.
  execFileSync(process.execPath, [(other ?? own).main, 'import', content], {
    env: { PATH: process.env.PATH, DATABASE_URL: `sqlite:${file}` },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const perSecond = articles / ((performance.now() - begun) / 1000)
  rmSync(content)
  return { file, perSecond }
}

/** A checkout of the server. */
type Checkout = { main: string; flags: string[] }

const checkout = (folder: string): Checkout => ({
  main: join(folder, 'bin/broadsheet.js'),
  flags: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).config.node_flags.split(' '),
})
const own = checkout(root)
const other = options.against ? checkout(options.against) : null

function serve(url: string, env: Record<string, string> = {}, nodeOptions: string[] = [], core = processes > 1 ? null : 0, from = own): Promise<Served> {
  const { main, flags } = from
  const thread: Record<string, string> = options['writer-thread'] && from === own ? { WRITER_THREAD: 'on' } : {}
  const workers = processes > 1 ? ['--workers', String(processes)] : []
  return start(
    [...flags, ...nodeOptions, main, 'serve', ...workers],
    { ADMIN_TOKEN: token, PORT: '0', WRITE_RATE_LIMIT: 'off', COMMENT_RATES: 'off', DATABASE_URL: url, ...thread, ...env },
    core,
  )
}

type Row = Record<string, string | number>

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits))

function summary(measured: Measured[]): Measured {
  const of = (name: keyof Measured) => median(measured.map((one) => one[name]))
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    requests: of('requests'),
    errors: measured.reduce((sum, one) => sum + one.errors, 0),
  }
}

/** The limit of a scenario in one round. */
type Limit = { measure: () => Promise<Measured>; stop: () => Promise<void> }

/** A limit that is a program of its own, or what better-sqlite3 alone does with a copy of the database. */
async function limitOf({ limit, items = 1 }: Scenario, requests: LoadRequest[], file: string, size: number, { url }: Served): Promise<Limit> {
  if (limit === 'reads') {
    const reads = requests.filter(({ method }) => method === 'GET')
    return { measure: () => load(url, reads, connections, seconds, 1, false), stop: async () => {} }
  }
  const programs: Partial<Record<Scenario['limit'], string[]>> = { constant: ['bench/limit.ts', String(size)], row: ['bench/row.ts', file] }
  const [program, ...argument] = programs[limit] ?? []
  if (program) {
    const served = await start([join(root, program), ...argument])
    const reads = requests.filter(({ method }) => method === 'GET')
    await load(served.url, reads, connections, 1, 1)
    return { measure: () => load(served.url, reads, connections, seconds, 1), stop: served.stop }
  }
  return {
    measure: async () => {
      const [command = '', ...args] = pinned(0, [process.execPath, join(root, 'bench/durable.ts'), limit, String(seconds), file, String(items)])
      return { requestsPerSecond: Number(spawnSync(command, args, { encoding: 'utf8' }).stdout), p50: 0, p99: 0, requests: 0, errors: 0 }
    },
    stop: async () => {},
  }
}

const ratios = (one: Measured[], others: Measured[], of: keyof Measured) => one.map((measured, index) => measured[of] / (others[index] as Measured)[of])

/** The median of some ratios with the least and the greatest of them. */
const spread = (values: number[]) =>
  values.every(Number.isFinite) ? `${rounded(median(values))} (${rounded(Math.min(...values))}–${rounded(Math.max(...values))})` : ''

async function measure(scenario: Scenario, [server, older]: Served[], articles: number, file: string | null): Promise<Row> {
  const { url } = server as Served
  const requests = await scenario.requests(articles, url)
  const sample = await fetch(url + (requests[0] as LoadRequest).path, { headers: { 'accept-encoding': 'identity' } })
  const size = (await sample.arrayBuffer()).byteLength
  const limit = file === null ? null : await limitOf(scenario, requests, file, size, server as Served)
  const [measured, bound, before, alone, single, cpu]: [Measured[], Measured[], Measured[], Measured[], Measured[], number[]] = [[], [], [], [], [], []]
  const { items = 1 } = scenario
  const round = async ({ url }: Served) => {
    const own = load(url, requests, scenario.connections ?? connections, seconds, 1)
    if (scenario.meanwhile) await load(url, scenario.meanwhile, 8, seconds, 1, false, true)
    const { requestsPerSecond, ...rest } = await own
    return { ...rest, requestsPerSecond: requestsPerSecond * items }
  }
  if (!scenario.isWrite) for (const { url } of older ? [server as Served, older] : [server as Served]) await load(url, requests, connections, 1, 1)
  for (let count = 0; count < rounds; count++) {
    if (limit) bound.push(await limit.measure())
    if (older) before.push(await round(older))
    if (scenario.oneByOne) single.push(await load(url, scenario.oneByOne, 1, seconds, 1))
    if (scenario.meanwhile) alone.push(await load(url, requests, connections, seconds, 1))
    const used = (server as Served).cpuSeconds()
    const one = await round(server as Served)
    cpu.push((((server as Served).cpuSeconds() - used) / one.requests) * 1000)
    measured.push(one)
  }
  await limit?.stop()
  const [mine, most] = [summary(measured), summary(bound)]
  return {
    scenario: scenario.name,
    'requests/s': Math.round(mine.requestsPerSecond),
    ...(limit ? { 'limit/s': Math.round(most.requestsPerSecond), ratio: spread(ratios(measured, bound, 'requestsPerSecond')) } : {}),
    ...(single.length > 0 ? { 'to one by one': spread(ratios(measured, single, 'requestsPerSecond')) } : {}),
    p50: rounded(mine.p50),
    p99: rounded(mine.p99),
    'p99 ratio': alone.length > 0 ? spread(ratios(measured, alone, 'p99')) : most.p99 ? rounded(mine.p99 / most.p99) : '',
    ...(older
      ? {
          'before/s': Math.round(summary(before).requestsPerSecond),
          'to before': spread(ratios(measured, before, 'requestsPerSecond')),
          'p99 before': rounded(summary(before).p99),
        }
      : {}),
    'CPU s/1000': rounded(median(cpu), 4),
    'RSS MB': Math.round((server as Served).residentMegabytes()),
    errors: mine.errors,
  }
}

/** How long a start takes as a user does it, on all cores, in milliseconds. */
async function timeToFirstAnswer(file: string): Promise<number> {
  const begun = performance.now()
  const server = await serve(`sqlite:${file}`, {}, [], null)
  const ready = await fetch(`${server.url}/v1/articles/${articleId(0)}`)
  const time = performance.now() - begun
  if (!ready.ok) throw new Error(`the server answers ${ready.status}`)
  await server.stop()
  return time
}

/** The median time of a read that no memory helps with, in microseconds, over one connection. */
async function coldTime(server: Served, path: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 60; round++) {
    const begun = performance.now()
    const answer = await fetch(server.url + path, { headers: { ...authorization, 'accept-encoding': 'identity' } })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    times.push((performance.now() - begun) * 1000)
  }
  return median(times)
}

/** The path of a page that so many rows lie before. */
async function deepPage(server: Served, pages: number): Promise<string> {
  let path = '/v1/articles?limit=100&fields=id'
  for (let page = 0; page < pages / 5; page++) {
    const { page: at } = (await (await fetch(server.url + path, { headers: authorization })).json()) as { page: { nextCursor: string | null } }
    if (!at.nextCursor) return path
    path = `/v1/articles?limit=100&fields=id&cursor=${at.nextCursor}`
  }
  return path.replace('limit=100&fields=id', 'limit=20')
}

async function scale(sizes: number[]): Promise<Row[]> {
  const table = new Map<string, Row>()
  for (const articles of sizes) {
    const { file, perSecond } = await database(articles, options.short)
    const started: number[] = []
    for (let round = 0; round < rounds; round++) started.push(await timeToFirstAnswer(file))
    const server = await serve(`sqlite:${file}`)
    const note = (read: string, value: number) => table.set(read, { ...(table.get(read) ?? { read }), [`${articles}`]: Math.round(value) })
    if (perSecond !== null) note('import, articles/s', perSecond)
    note('start to first answer, ms', median(started))
    for (const [name, path] of cold) note(`${name}, µs`, await coldTime(server, path || `/v1/articles/${articleId(Math.floor(articles / 2))}`))
    note('page 10,000 or the last, µs', await coldTime(server, await deepPage(server, 10_000)))
    for (const name of ['article', 'list', 'search']) {
      const scenario = scenarios.find((one) => one.name === name) as Scenario
      const requests = await scenario.requests(articles, server.url)
      // What is in memory was asked for before.
      await load(server.url, requests, connections, 1, 1)
      note(`${name} from memory, requests/s`, (await load(server.url, requests, connections, seconds, 1)).requestsPerSecond)
    }
    note('RSS, MB', server.residentMegabytes())
    await server.stop()
  }
  const [first, ...others] = sizes
  return [...table.values()].map((row) => ({
    ...row,
    ...Object.fromEntries(others.map((size) => [`${size} / ${first}`, rounded(Number(row[size]) / Number(row[String(first)]))])),
  }))
}

/** A database for one scenario: what is written doesn't stay for the next. */
function copyOf(file: string, name = 'run'): string {
  const copy = join(folder, `${name}.db`)
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
  execFileSync('cp', [file, copy])
  return copy
}

const importedStories = 3000

/** Runs the import of a file into an empty database. @returns how many stories a second */
function importInto(url: string, content: string, { main }: Checkout, stories: number): number {
  const begun = performance.now()
  execFileSync(process.execPath, [main, 'import', content], { env: { PATH: process.env.PATH, DATABASE_URL: url }, stdio: ['ignore', 'inherit', 'inherit'] })
  return stories / ((performance.now() - begun) / 1000)
}

/** An empty database on a server of PostgreSQL. @returns its URL */
async function emptyPostgres(server: string, name: string): Promise<string> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.query(`create database ${name}`)
  await client.end()
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}

/** A database on a server of PostgreSQL with so many articles. @returns its URL */
async function postgresCopy(server: string, articles: number, index: number): Promise<string> {
  const url = await emptyPostgres(server, `broadsheet_bench_${index}`)
  const content = contentFile(articles, false)
  if (!existsSync(content)) await writeContent(content, articles, 'full', articles <= 1000 ? 20 : 0)
  importInto(url, content, other ?? own, articles)
  return url
}

/** How many whole stories a second come in. */
async function measureImport(): Promise<Row> {
  const content = contentFile(importedStories, false)
  if (!existsSync(content)) await writeContent(content, importedStories, 'full', 0)
  const empty = async () => {
    if (options.postgres) return emptyPostgres(options.postgres, 'broadsheet_bench_import')
    const file = join(folder, 'import.db')
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
    return `sqlite:${file}`
  }
  const [mine, before]: number[][] = [[], []]
  for (let count = 0; count < Math.min(rounds, 5); count++) {
    if (other) before?.push(importInto(await empty(), content, other, importedStories))
    mine?.push(importInto(await empty(), content, own, importedStories))
  }
  rmSync(content)
  return { scenario: 'import', 'requests/s': Math.round(median(mine ?? [])), ...(other ? { 'before/s': Math.round(median(before ?? [])) } : {}) }
}

async function profile(file: string, articles: number): Promise<void> {
  const profiles = join(folder, 'profiles')
  const scenario = scenarios.find(({ name }) => name === (options.only ?? 'article')) as Scenario
  const server = await serve(`sqlite:${copyOf(file)}`, scenario.env, ['--cpu-prof', `--cpu-prof-dir=${profiles}`])
  await load(server.url, await scenario.requests(articles, server.url), connections, 8, 1)
  await server.stop()
  console.log(`The profile is in ${profiles}: open it with the developer tools of a browser.`)
}

const articles = Number(options.articles)
if (options.profile) await profile((await database(articles, false)).file, articles)
else {
  let rows: Row[] = []
  if (options.scale) rows = await scale(options.scale.split(',').map(Number))
  else {
    const { file } = await database(articles, false)
    const isChosen = (name: string) => !options.only || options.only.split(',').includes(name)
    for (const scenario of scenarios.filter(({ name }) => isChosen(name))) {
      const checkouts = other ? [own, other] : [own]
      const [copies, servers]: [string[], Served[]] = [[], []]
      // One after the other: the first writes the file that the second imports, too.
      for (const index of checkouts.keys())
        copies.push(options.postgres ? await postgresCopy(options.postgres, articles, index) : `sqlite:${copyOf(file, `run-${index}`)}`)
      for (const [index, one] of checkouts.entries()) servers.push(await serve(copies[index] as string, scenario.env, [], undefined, one))
      rows.push(await measure(scenario, servers, articles, options.postgres ? null : (copies[0] as string).slice('sqlite:'.length)))
      for (const server of servers) await server.stop()
    }
    if (isChosen('import')) rows.push(await measureImport())
  }
  console.log(`\n${generator}, ${connections} connections, ${rounds} rounds of ${seconds} s, ${processes} process(es), Node ${process.version}\n`)
  console.table(rows)
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ at: new Date().toISOString(), options, rows }, null, 2)}\n`)
}
