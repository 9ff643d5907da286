import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { Kysely } from 'kysely'
import { pageOfReplies, pageOfVisible, repliesUnder } from '../src/comments/lists.ts'
import { connect } from '../src/database/connect.ts'
import type { Read } from '../src/database/engine.ts'
import type { PageRequest, SortKey } from '../src/database/pages.ts'
import type { CommentTable, Tables } from '../src/database/tables.ts'
import { type LoadRequest, load, type Measured } from './load.ts'
import { authorization, token } from './scenarios.ts'
import { start } from './servers.ts'

/** What comments cost under a story of 100 and of 100,000, and under a comment with 100 and with 10,000 replies; with the query plans. */
const { values: options } = parseArgs({
  options: { many: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '10' }, seconds: { type: 'string', default: '1' } },
})
const [many, rounds, seconds] = [options.many, options.rounds, options.seconds].map(Number) as [number, number, number]
const few = 100
const root = join(import.meta.dirname, '..')
const file = join(root, 'bench/data/threads.db')
for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })

const server = await start(
  [join(root, 'bin/broadsheet.js'), 'serve'],
  { ADMIN_TOKEN: token, PORT: '0', WRITE_RATE_LIMIT: 'off', COMMENT_RATES: 'off', CACHE_BYTES: '1 KiB', LOG_LEVEL: 'error', DATABASE_URL: `sqlite:${file}` },
  0,
)
const send = async (method: string, path: string, body: string, type = 'application/json') => {
  const answer = await fetch(server.url + path, { method, headers: { ...authorization, 'content-type': type }, body })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json() as Promise<{ id: string; data: { id: string }[] }>
}

/** A story with so many comments, of which a tenth (but a hundred at the least) answer its first. */
async function story(name: string, count: number) {
  const { id } = await send('POST', '/v1/articles', JSON.stringify({ headline: `A story with ${name} comments`, status: 'published' }))
  const replies = Math.max(few, count / 10)
  const line = (number: number) =>
    JSON.stringify({
      article: id,
      externalId: `${name}-${number}`,
      parentId: number > 0 && number <= replies ? `ext:${name}-0` : null,
      author: { name: `Reader ${number}` },
      body: `What reader number ${number} says of it, in some twenty words, as readers write them under a story that they liked.`,
      createdAt: new Date(Date.UTC(2024, 0, 1) + number * 1000).toISOString(),
    })
  let first = ''
  let middle = ''
  for (let start = 0; start < count + replies; start += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, count + replies - start) }, (_, index) => start + index)
    const { data } = await send('POST', '/v1/comments/import', numbers.map(line).join('\n'), 'application/x-ndjson')
    first ||= data[0]?.id ?? ''
    middle = data[Math.floor(data.length / 2)]?.id ?? middle
  }
  return { id, first, middle }
}

const stories = [await story('few', few), await story('many', many)] as const
type Story = (typeof stories)[0]

const get = (path: string): LoadRequest => ({ method: 'GET', path })
const requests: Record<string, (of: Story) => LoadRequest> = {
  'flat, oldest': ({ id }) => get(`/v1/articles/${id}/comments`),
  'flat, newest, counted': ({ id }) => get(`/v1/articles/${id}/comments?sort=newest&count=true`),
  'flat, top': ({ id }) => get(`/v1/articles/${id}/comments?sort=top`),
  'flat, around one': ({ id, middle }) => get(`/v1/articles/${id}/comments?around=${middle}`),
  tree: ({ id }) => get(`/v1/articles/${id}/comments?view=tree`),
  'tree, top': ({ id }) => get(`/v1/articles/${id}/comments?view=tree&sort=top`),
  replies: ({ first }) => get(`/v1/comments/${first}/replies`),
  'replies, newest, counted': ({ first }) => get(`/v1/comments/${first}/replies?sort=newest&count=true`),
  'a reply': ({ id, first }) => ({
    method: 'POST',
    path: `/v1/articles/${id}/comments`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ author: { name: 'Reader' }, body: 'A reply of some words: NUMBER.', parentId: first }),
  }),
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
const rows: Record<string, string | number>[] = []
for (const [name, request] of Object.entries(requests)) {
  const measured: [Measured[], Measured[]] = [[], []]
  for (let round = 0; round < rounds; round++)
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      measured[index].push(await load(server.url, [request(stories[index])], 8, seconds, 1, request(stories[index]).method === 'POST'))
  const ratios = measured[0].map((one, round) => one.requestsPerSecond / (measured[1][round] as Measured).requestsPerSecond)
  const perSecond = measured.map((all) => Math.round(median(all.map(({ requestsPerSecond }) => requestsPerSecond))))
  const spread = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2)).join('–')
  rows.push({
    request: name,
    [`${few} (req/s)`]: perSecond[0] ?? 0,
    [`${many} (req/s)`]: perSecond[1] ?? 0,
    'times as long': `${median(ratios).toFixed(2)} (${spread})`,
  })
  if (measured.flat().some(({ errors }) => errors > 0)) throw new Error(`${name} was answered with errors`)
}
await server.stop()
console.table(rows)

const database = connect(`sqlite:${file}`)
const statements: { sql: string; parameters: readonly unknown[] }[] = []
const reader = new Kysely<Tables>({ dialect: database.engine.read, log: ({ query: { sql, parameters } }) => void statements.push({ sql, parameters }) })
const read = reader as unknown as Read
const page = (sort: SortKey): PageRequest => ({
  limit: 20,
  sort,
  position: { isBackward: false, value: sort.name === 'rank' ? 5 : '2024-01-01T00:10:00.000Z', id: 'x' },
  count: false,
})
const by = (name: string, isDescending: boolean): SortKey => ({ name, isDescending, isIdDescending: isDescending })
const [first] = (await read.selectFrom('comments').selectAll().where('id', '=', stories[1].first).execute()) as [CommentTable]
const plain = new Database(file, { readonly: true })
const looks: Record<string, () => Promise<unknown>> = {
  'flat, oldest': () => pageOfVisible(read, stories[1].id, { isTree: false }, page(by('createdAt', false))),
  'flat, top': () => pageOfVisible(read, stories[1].id, { isTree: false }, page(by('rank', true))),
  'tree, newest': () => pageOfVisible(read, stories[1].id, { isTree: true }, page(by('createdAt', true))),
  'tree, top': () => pageOfVisible(read, stories[1].id, { isTree: true }, page(by('rank', true))),
  replies: () => pageOfReplies(read, first, page(by('createdAt', false))),
  'first replies': () => repliesUnder(read, [first], 3, []),
}
for (const [name, look] of Object.entries(looks)) {
  statements.length = 0
  await look()
  const [{ sql, parameters }] = statements as [(typeof statements)[0]]
  const plan = plain.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[]
  console.log(`${name}: ${plan.map(({ detail }) => detail).join('; ')}`)
}
plain.close()
await reader.destroy()
await database.close()
