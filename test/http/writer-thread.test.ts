import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Test } from 'tap'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const server = await startServer(t, { WRITER_THREAD: 'on', COMMENT_RATES: 'address=1000', WRITE_RATE_LIMIT: '1000' })
const { get, post, put, patch, anonymous, events } = server

const authorized = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
const hasLimits = !process.env.TEST_DATABASE_URL && spawnSync('prlimit', ['--version']).status === 0

/** Starts a process of its own, and waits until its thread is there. */
async function serve(t: Test, database?: string) {
  const url = database ?? (await emptyDatabase(t))
  const running = run(t, ['serve'], {
    // A file that may not grow is an error then, and not the end.
    env: {
      DATABASE_URL: url,
      ADMIN_TOKEN: adminToken,
      PORT: '0',
      WRITER_THREAD: 'on',
      LOG_LEVEL: 'silent',
      METRICS: 'open',
      NODE_OPTIONS: '--import data:text/javascript,process.on(%22SIGXFSZ%22,()=>{})',
    },
  })
  const [, address = ''] = await running.sees(/answers on (\S+)/)
  await until('the thread', async () => /^broadsheet_writer_thread 1$/m.test(await (await fetch(`${address}/metrics`)).text()))
  return { ...running, url: address }
}

const story = (headline: string) => ({ headline, status: 'published', authors: [{ name: 'Ann' }], sections: [{ heading: 'One' }] })

t.test('the thread does the writes: this one runs no statement for them', async (t) => {
  const before = server.database.engine.counts.statements
  const { body } = await post('/v1/articles', story('A storm'))
  t.equal(body.headline, 'A storm')
  t.strictSame(await events(), ['author.created', 'article.created', 'section.created', 'article.published'])
  t.equal(server.database.engine.counts.statements, before)
  const { text } = await get('/metrics')
  t.match(text, /^broadsheet_writer_thread 1$/m)
  const written = Number(/^broadsheet_database_write_statements_total (\d+)$/m.exec(text)?.[1])
  t.ok(written > before, 'and they are counted')
})

t.test('whoever has the answer to a write reads what it wrote, also where it was in memory', async (t) => {
  const { body } = await post('/v1/articles', story('Tide 0'))
  const address = `/v1/articles/${body.id}`
  for (let turn = 1; turn <= 30; turn++) {
    t.equal((await anonymous.get(address)).body.headline, `Tide ${turn - 1}`)
    await patch(`${address}?apply=both`, { headline: `Tide ${turn}` })
  }
  for (let count = 0; count < 10; count++) {
    t.equal((await anonymous.get(address)).body.commentCount, count)
    t.equal((await anonymous.post(`${address}/comments`, { author: { name: 'Reader' }, body: `Wind ${count}` })).status, 201)
  }
  t.equal((await post(`${address}/unpublish`)).status, 200)
  t.equal((await anonymous.get(address)).status, 410)
  await events()
})

t.test('what it refuses is said as ever: with each fault in its place, and under the id of the request', async (t) => {
  const headers = { 'x-request-id': 'from-the-client' }
  const wrong = await post('/v1/articles', { headlin: 'A storm' }, { headers })
  t.equal(wrong.status, 400)
  t.strictSame(faultsOf(wrong), ['/headlin: unknown', '/headline: required'])
  t.equal(wrong.body.instance, 'from-the-client')
  t.equal(wrong.headers.get('x-request-id'), 'from-the-client')
  t.equal((await anonymous.post('/v1/articles', story('Nobody'))).status, 401)
  const { body, headers: sent } = await post('/v1/articles', story('Ebb'))
  const stale = { headers: { 'if-match': sent.get('etag') as string } }
  t.equal((await patch(`/v1/articles/${body.id}`, { headline: 'Flood' }, stale)).status, 200)
  t.equal((await patch(`/v1/articles/${body.id}`, { headline: 'Ebb again' }, stale)).status, 412)
  await patch(`/v1/articles/${body.id}?apply=both`, { slug: 'high-water' })
  const moved = await patch('/v1/articles/ebb?apply=both', { kicker: 'Moved' })
  t.equal(moved.status, 308)
  t.equal(moved.headers.get('location'), '/v1/articles/high-water?apply=both')
  await events()
})

t.test('shares of requests are counted where they come in, and said with those of comments', async (t) => {
  const { body } = await post('/v1/articles', story('Swell'))
  const { headers } = await anonymous.post(`/v1/articles/${body.id}/comments`, { author: { name: 'Reader' }, body: 'One more' })
  t.match(headers.get('ratelimit'), /^"write";r=\d+;t=\d+, "comments-address";r=\d+;t=\d+$/)
  await events()
})

t.test('RATE_LIMIT counts the parts of a batch with all else', async (t) => {
  const limited = await startServer(t, { WRITER_THREAD: 'on', RATE_LIMIT: '5' })
  const operations = ['One', 'Two', 'Three'].map((headline) => ({ method: 'POST', path: '/v1/articles', body: { headline } }))
  t.equal((await limited.post('/v1/batch', { operations })).status, 200)
  t.equal((await limited.post('/v1/articles', { headline: 'Four' })).headers.get('ratelimit')?.slice(0, 13), '"default";r=0')
  t.equal((await limited.post('/v1/articles', { headline: 'Five' })).status, 429)
})

t.test('a key is answered once, a dry run leaves nothing, and a batch is one change', async (t) => {
  const headers = { 'idempotency-key': 'once' }
  const first = await post('/v1/articles', story('Lighthouse'), { headers })
  const again = await post('/v1/articles', story('Lighthouse'), { headers })
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.equal(again.text, first.text)
  t.equal((await post('/v1/articles', story('Another'), { headers })).status, 422)
  await events()
  const dry = await post('/v1/articles?dryRun=true', story('Buoy'))
  t.equal(dry.headers.get('dry-run'), 'true')
  t.equal((await get('/v1/articles/buoy')).status, 404)
  t.strictSame(await events(), [])
  const operations = ['Mast', 'Sail'].map((headline) => ({ method: 'POST', path: '/v1/articles', body: story(headline) }))
  const batch = await post('/v1/batch', { operations: [...operations, { method: 'GET', path: '/v1/articles?q=sail' }] })
  t.equal(batch.body.succeeded, 3)
  t.strictSame(
    batch.body.data[2].body.data.map(({ headline }: Json) => headline),
    ['Sail'],
  )
  const refused = await post('/v1/batch', { operations: [...operations, { method: 'PUT', path: '/v1/articles/mast', body: {} }] })
  t.equal(refused.status, 400)
  t.equal(refused.body.operation, 2)
  await events()
  const typo = await post('/v1/articles/changes', { filter: { q: 'mast' }, replaceText: { find: 'Mast', with: 'Masthead' }, apply: 'both' })
  t.equal(typo.body.changed, 1)
  t.equal((await anonymous.get('/v1/articles/mast')).body.headline, 'Masthead')
  await events()
})

t.test('lines are still streamed, and written beside what the thread writes', async (t) => {
  const lines = Array.from({ length: 150 }, (_, index) =>
    JSON.stringify({ method: 'PUT', path: `/v1/topics/ext:wire:${index}`, body: { name: `Topic ${index}` } }),
  )
  const headers = { 'content-type': 'application/x-ndjson' }
  const [streamed, ...others] = await Promise.all([
    post('/v1/batch', `${lines.join('\n')}\n`, { headers }),
    ...Array.from({ length: 20 }, (_, index) => put(`/v1/topics/ext:desk:${index}`, { name: `Desk ${index}` })),
  ])
  t.equal(streamed.text.trim().split('\n').length, 150)
  t.notMatch(streamed.text, /"status":[45]/)
  for (const { status } of others) t.equal(status, 201)
  t.equal((await events()).length, 170)
})

t.test(
  'a disk that is full makes writes a 503, and readiness degraded until it is well again',
  { skip: hasLimits ? false : 'it takes prlimit, and a file' },
  async (t) => {
    const { url, child } = await serve(t)
    const limit = (bytes: number | 'unlimited') => execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`])
    const write = async (headline: string) =>
      (
        await fetch(`${url}/v1/articles`, {
          method: 'POST',
          headers: authorized,
          body: JSON.stringify({ ...story(headline), sections: [{ body: [{ type: 'paragraph', text: 'x'.repeat(60_000) }] }] }),
        })
      ).status
    const readiness = async () => (await (await fetch(`${url}/health/ready`)).json()) as Json
    t.equal(await write('Before'), 201)
    t.strictSame(await readiness(), { status: 'ok' })
    limit(4096)
    t.equal(await write('Too much'), 503)
    t.strictSame(await readiness(), { status: 'degraded' })
    t.equal((await fetch(`${url}/v1/articles/before`)).status, 200)
    t.equal((await fetch(`${url}/v1/articles/too-much`)).status, 404)
    limit('unlimited')
    t.equal(await write('After'), 201)
    await until('it is well again', async () => (await readiness()).status === 'ok')
  },
)

t.test('a database that ends with the process is written without it', async (t) => {
  const { sees } = run(t, ['serve'], { env: { DATABASE_URL: 'sqlite::memory:', ADMIN_TOKEN: adminToken, PORT: '0', WRITER_THREAD: 'on', METRICS: 'open' } })
  const [, url] = await sees(/answers on (\S+)/)
  const written = await fetch(`${url}/v1/articles`, { method: 'POST', headers: authorized, body: JSON.stringify(story('Fog')) })
  t.equal(written.status, 201)
  t.equal((await fetch(`${url}/v1/articles/fog`)).status, 200)
  t.match(await (await fetch(`${url}/metrics`)).text(), /^broadsheet_writer_thread 0$/m)
})

t.test('a server that is told to stop answers the writes that have come, and keeps them', async (t) => {
  const database = await emptyDatabase(t)
  const { url, child, ends, stderr } = await serve(t, database)
  const operations = Array.from({ length: 100 }, (_, index) => ({ method: 'POST', path: '/v1/articles', body: story(`Story ${index}`) }))
  const asked = request(`${url}/v1/batch`, { method: 'POST', headers: { ...authorized, expect: '100-continue' } })
  const answered = once(asked, 'response')
  asked.flushHeaders()
  await once(asked, 'continue')
  asked.end(JSON.stringify({ operations }))
  child.kill('SIGTERM')
  const [answer] = (await answered) as [IncomingMessage]
  t.equal(answer.statusCode, 200)
  answer.resume()
  t.equal(await ends, 0)
  t.equal(stderr(), '')
  const again = await serve(t, database)
  t.equal(((await (await fetch(`${again.url}/v1/articles?count=true&limit=1`)).json()) as Json).page.total, 100)
})
