import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { articleId, writeContent } from './content.ts'
import { generator, type LoadRequest, load, type Measured, pinned } from './load.ts'
import { type Served, start } from './servers.ts'

const { values: options } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000' },
    scale: { type: 'string' },
    short: { type: 'boolean', default: false },
    processes: { type: 'string', default: '1' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '32' },
    profile: { type: 'boolean', default: false },
  },
})
const [rounds, seconds, connections, processes] = [options.rounds, options.seconds, options.connections, options.processes].map(Number) as [
  number,
  number,
  number,
  number,
]
const root = join(import.meta.dirname, '..')
const main = join(root, 'bin/broadsheet.js')
const folder = join(root, 'bench/data')
const token = 'bench-admin-token-0123456789-0123456789'
const authorization = { authorization: `Bearer ${token}` }
mkdirSync(folder, { recursive: true })

type Scenario = {
  name: string
  isWrite: boolean
  limit: 'constant' | 'row' | 'comment' | 'article'
  env?: Record<string, string>
  requests: (articles: number, url: string) => Promise<LoadRequest[]>
}

const get = (path: string, headers?: Record<string, string>): LoadRequest => ({ method: 'GET', path, ...(headers ? { headers } : {}) })
const indices = (articles: number) => Array.from({ length: Math.min(articles, 1000) }, (_, index) => Math.floor((index * articles) / Math.min(articles, 1000)))
const json = { 'content-type': 'application/json' }
const comment = (index: number): LoadRequest => ({
  method: 'POST',
  path: `/v1/articles/${articleId(index)}/comments`,
  headers: json,
  body: JSON.stringify({
    author: { name: 'Reader' },
    body: 'A comment of some twenty words, as readers write them under a story that they liked, or did not like.',
  }),
})

const paragraphs = Array.from({ length: 3 }, (_, index) => ({
  type: 'paragraph',
  text: `Sixty words or so of a paragraph ${index}. ${'Words of a story that someone wrote. '.repeat(8)}`,
}))
const points = { type: 'list', ordered: true, items: [1, 2, 3].map((number) => ({ label: `Point ${number}`, text: 'what it is about, in some words' })) }
const newStory = JSON.stringify({
  headline: 'A new story',
  sections: Array.from({ length: 5 }, (_, index) => ({ heading: `Part ${index}`, body: [...paragraphs, points] })),
  highlightLists: [{ items: [0, 1, 2, 3].map((index) => ({ text: 'A highlight', target: { type: 'section', anchor: `part-${index}` } })) }],
})

/** Indices that few are asked for often and most seldom, by Zipf's law; always the same. */
function zipf(articles: number, count: number): number[] {
  const weights = Array.from({ length: articles }, (_, rank) => 1 / (rank + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let state = 42
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let rest = (state / 2 ** 32) * total
    return Math.max(
      0,
      weights.findIndex((weight) => {
        rest -= weight
        return rest <= 0
      }),
    )
  })
}

const scenarios: Scenario[] = [
  {
    name: 'article',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
  },
  {
    name: 'article-304',
    isWrite: false,
    limit: 'constant',
    requests: async (articles, url) =>
      Promise.all(
        indices(Math.min(articles, 200)).map(async (index) => {
          const path = `/v1/articles/${articleId(index)}`
          const { headers } = await fetch(url + path, { headers: { 'accept-encoding': 'identity' } })
          return get(path, { 'if-none-match': headers.get('etag') ?? '' })
        }),
      ),
  },
  {
    name: 'article-cold',
    isWrite: false,
    limit: 'row',
    env: { CACHE_BYTES: '1 KiB' },
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}`)),
  },
  {
    name: 'list',
    isWrite: false,
    limit: 'constant',
    requests: async () => [get('/v1/articles'), get('/v1/articles?limit=20&sort=headline'), get('/v1/articles?topic=topic-3')],
  },
  {
    name: 'comments',
    isWrite: false,
    limit: 'constant',
    requests: async (articles) => indices(articles).map((index) => get(`/v1/articles/${articleId(index)}/comments`)),
  },
  {
    name: 'search',
    isWrite: false,
    limit: 'constant',
    requests: async () => ['harbour', 'storm council', 'w01700', '"budget school"'].map((q) => get(`/v1/articles?q=${encodeURIComponent(q)}`)),
  },
  { name: 'post-comment', isWrite: true, limit: 'comment', requests: async (articles) => indices(articles).map(comment) },
  {
    name: 'create-article',
    isWrite: true,
    limit: 'article',
    requests: async () => [{ method: 'POST', path: '/v1/articles', headers: { ...json, ...authorization }, body: newStory }],
  },
  {
    name: 'mixed',
    isWrite: true,
    limit: 'constant',
    requests: async (articles) =>
      zipf(Math.min(articles, 1000), 4000).map((index, turn) => (turn % 20 === 19 ? comment(index) : get(`/v1/articles/${articleId(index)}`))),
  },
]

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
  execFileSync(process.execPath, [main, 'import', content], {
    env: { PATH: process.env.PATH, DATABASE_URL: `sqlite:${file}` },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const perSecond = articles / ((performance.now() - begun) / 1000)
  rmSync(content)
  return { file, perSecond }
}

const flags: string[] = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).config.node_flags.split(' ')

function serve(file: string, env: Record<string, string> = {}, nodeOptions: string[] = [], core = processes > 1 ? null : 0): Promise<Served> {
  const workers = processes > 1 ? ['--workers', String(processes)] : []
  return start(
    [...flags, ...nodeOptions, main, 'serve', ...workers],
    { ADMIN_TOKEN: token, PORT: '0', WRITE_RATE_LIMIT: 'off', DATABASE_URL: `sqlite:${file}`, ...env },
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

async function measure(scenario: Scenario, server: Served, articles: number, file: string): Promise<Row> {
  const requests = await scenario.requests(articles, server.url)
  const sample = await fetch(server.url + (requests[0] as LoadRequest).path, { headers: { 'accept-encoding': 'identity' } })
  const size = (await sample.arrayBuffer()).byteLength
  const programs: Partial<Record<Scenario['limit'], string[]>> = { constant: ['bench/limit.ts', String(size)], row: ['bench/row.ts', file] }
  const [program, ...argument] = programs[scenario.limit] ?? []
  const limit = program ? await start([join(root, program), ...argument]) : null
  const [own, bound, cpu]: [Measured[], Measured[], number[]] = [[], [], []]
  if (!scenario.isWrite) await load(server.url, requests, connections, 1, 1)
  for (let round = 0; round < rounds; round++) {
    if (limit)
      bound.push(
        await load(
          limit.url,
          requests.filter(({ method }) => method === 'GET'),
          connections,
          seconds,
          1,
        ),
      )
    else {
      const [command = '', ...args] = pinned(0, [process.execPath, join(root, 'bench/durable.ts'), scenario.limit, String(seconds)])
      bound.push({ requestsPerSecond: Number(spawnSync(command, args, { encoding: 'utf8' }).stdout), p50: 0, p99: 0, requests: 0, errors: 0 })
    }
    const before = server.cpuSeconds()
    const measured = await load(server.url, requests, connections, seconds, 1)
    cpu.push(((server.cpuSeconds() - before) / measured.requests) * 1000)
    own.push(measured)
  }
  await limit?.stop()
  const [mine, most] = [summary(own), summary(bound)]
  return {
    scenario: scenario.name,
    'requests/s': Math.round(mine.requestsPerSecond),
    'limit/s': Math.round(most.requestsPerSecond),
    ratio: rounded(mine.requestsPerSecond / most.requestsPerSecond),
    p50: rounded(mine.p50),
    p99: rounded(mine.p99),
    'p99 ratio': most.p99 ? rounded(mine.p99 / most.p99) : '',
    'CPU s/1000': rounded(median(cpu), 4),
    'RSS MB': Math.round(server.residentMegabytes()),
    errors: mine.errors,
  }
}

/** How long a start takes as a user does it, on all cores, in milliseconds. */
async function timeToFirstAnswer(file: string): Promise<number> {
  const begun = performance.now()
  const server = await serve(file, {}, [], null)
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
    const server = await serve(file)
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
function copyOf(file: string): string {
  const copy = join(folder, 'run.db')
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
  execFileSync('cp', [file, copy])
  return copy
}

async function profile(file: string, articles: number): Promise<void> {
  const profiles = join(folder, 'profiles')
  const scenario = scenarios.find(({ name }) => name === (options.only ?? 'article')) as Scenario
  const server = await serve(copyOf(file), scenario.env, ['--cpu-prof', `--cpu-prof-dir=${profiles}`])
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
    for (const scenario of scenarios) {
      if (options.only && !options.only.split(',').includes(scenario.name)) continue
      const copy = copyOf(file)
      const server = await serve(copy, scenario.env)
      rows.push(await measure(scenario, server, articles, copy))
      await server.stop()
    }
  }
  console.log(`\n${generator}, ${connections} connections, ${rounds} rounds of ${seconds} s, ${processes} process(es), Node ${process.version}\n`)
  console.table(rows)
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ at: new Date().toISOString(), options, rows }, null, 2)}\n`)
}
