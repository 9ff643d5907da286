import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const lines = (operations: object[]) => operations.map((one) => `${JSON.stringify(one)}\n`).join('')
const ndjson = { 'content-type': 'application/x-ndjson' }

t.test('what is permanently deleted in a batch leaves no trace of what the batch did to it', async (t) => {
  const server = await startServer(t)
  const operations = (name: string) => [
    { method: 'PUT', path: `/v1/articles/ext:${name}?publish=true`, body: { headline: `Secret ${name}` } },
    { method: 'POST', path: `/v1/articles/ext:${name}/unpublish`, body: { reason: 'legal', notice: 'Secret notice' } },
    { method: 'POST', path: `/v1/articles/ext:${name}/preview-links`, body: {} },
    { method: 'DELETE', path: `/v1/articles/ext:${name}?permanent=true` },
  ]
  await server.events()
  for (const atomic of [true, false]) {
    const options = { headers: { 'idempotency-key': `deletes-${atomic}`, 'x-change-set': 'secret' } }
    const body = { operations: operations(String(atomic)), atomic }
    t.equal((await server.post('/v1/batch', body, options)).body.failed, 0)
    t.strictSame(await server.events(), ['article.deleted'])
    const again = await server.post('/v1/batch', body, options)
    t.strictSame(
      again.body.data.map(({ status }: Json) => status),
      [410, 410, 410, 204],
    )
    t.notMatch(again.text, /Secret/)
  }
  t.equal((await server.request('POST', '/v1/batch', lines(operations('lines')), { headers: ndjson })).status, 200)
  t.strictSame(await server.events(), ['article.deleted'])
  const dry = (await server.post('/v1/batch?dryRun=true', { operations: operations('dry') })).body.dryRun
  t.strictSame(
    dry.events.map(({ type }: Json) => type),
    ['article.deleted'],
  )
  t.notMatch((await server.get('/v1/events?limit=100')).text, 'Secret')
  t.match((await server.get('/v1/change-sets/secret')).body.types, { 'article.deleted': 2 })

  // One that is taken back keeps its events.
  const kept = await createShort(server, 'Kept', { status: 'draft' })
  await server.events()
  const some = [
    { method: 'PATCH', path: `/v1/articles/${kept.id}`, body: { kicker: 'Now' } },
    { method: 'POST', path: '/v1/batch', body: {} },
  ]
  t.equal((await server.post('/v1/batch', { operations: some, atomic: false })).body.failed, 1)
  t.strictSame(await server.events(), ['article.updated'])

  // What the public has of it goes with it, from every cache.
  const { id } = await createShort(server, 'Seen')
  const seen = () => server.anonymous.get('/v1/articles')
  t.match((await seen()).body.data, [{ id }])
  const ends = [
    { method: 'POST', path: `/v1/articles/${id}/unpublish`, body: {} },
    { method: 'DELETE', path: `/v1/articles/${id}?permanent=true` },
  ]
  t.equal((await server.post('/v1/batch', { operations: ends })).body.failed, 0)
  t.match((await server.get('/v1/events?limit=1&sort=-seq')).body.data[0], { type: 'article.deleted', data: { wasPublic: true } })
  t.strictSame((await seen()).body.data, [])
})

t.test('no replay brings back what was deleted or erased since', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'About it')
  const comment = (email: string) => ({
    method: 'POST',
    path: `/v1/articles/${id}/comments`,
    body: { author: { name: 'Jane Doe', email }, body: 'My private words' },
  })
  for (const [key, end] of [
    ['erased', () => server.delete('/v1/commenters/jane@mail.example')],
    ['deleted', (made: string) => server.delete(`/v1/comments/${made}`)],
  ] as const) {
    const send = () => server.post('/v1/batch', { operations: [comment('jane@mail.example')] }, { headers: { 'idempotency-key': key } })
    const made = (await send()).body.data[0].body.id
    t.equal((await send()).headers.get('idempotency-replayed'), 'true')
    t.ok((await end(made)).status < 300)
    const again = await send()
    t.equal(again.body.data[0].status, 410)
    t.notMatch(again.text, /private|Jane|jane/)
  }
  const headers = { ...ndjson, 'idempotency-key': 'words' }
  const send = () =>
    server.request('POST', '/v1/batch', lines([{ method: 'PUT', path: '/v1/articles/ext:x2', body: { headline: 'Secret words' } }]), { headers })
  t.match((await send()).text, 'secret-words')
  await server.delete('/v1/articles/ext:x2?permanent=true')
  const again = await send()
  t.notMatch(again.text, 'secret-words')
  t.match(again.text, '/problems/gone')

  // One that is gone is answered so by itself, and the rest goes on.
  const many = Array.from({ length: 230 }, (_, index): object => ({
    method: 'PUT',
    path: `/v1/articles/ext:rest-${index}`,
    body: { headline: `Rest ${index}` },
  }))
  many.splice(102, 1, { method: 'DELETE', path: '/v1/articles/ext:rest-5?permanent=true' })
  const all = (operations: object[]) => server.request('POST', '/v1/batch', lines(operations), { headers: { ...ndjson, 'idempotency-key': 'rest' } })
  await all(many.slice(0, 200))
  await server.events()
  const whole = (await all(many)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.strictSame(
    whole.map(({ status }) => status),
    many.map((_, index) => (index === 5 ? 410 : index === 102 ? 204 : 201)),
  )
  t.equal((await server.events()).length, 30)
  t.equal((await server.get('/v1/articles/ext:rest-5')).status, 404)
  t.equal((await all(many)).text.trim().split('\n').length, 230)
})

t.test('a token that is revoked or may do less does no more of a batch', async (t) => {
  const server = await startServer(t)
  const make = async (name: string) => (await server.post('/v1/tokens', { name, scopes: ['admin'] })).body
  const another = { method: 'POST', path: '/v1/tokens', body: { name: 'back', scopes: ['admin'] } }
  const less = (id: string) => ({ method: 'PATCH', path: `/v1/tokens/${id}`, body: { scopes: ['content:read'] } })
  const revoke = (id: string) => ({ method: 'DELETE', path: `/v1/tokens/${id}` })
  for (const [change, status] of [
    [less, 403],
    [revoke, 401],
  ] as const) {
    const one = await make('own')
    const ask = (body: object) => server.post('/v1/batch', body, { token: one.secret })
    t.match(await ask({ operations: [change(one.id), another] }), { status, body: { operation: 1 } }, 'all or nothing')
    const each = await ask({ operations: [change(one.id), another, another], atomic: false })
    t.strictSame(
      each.body.data.map((done: Json) => done.status),
      [status === 403 ? 200 : 204, status, status],
    )
  }

  const { id, secret } = (await server.post('/v1/tokens', { name: 'leaked', scopes: ['content:write'] })).body
  const line = (number: number) => `${JSON.stringify({ method: 'PUT', path: `/v1/articles/ext:leak-${number}`, body: { headline: `Leak ${number}` } })}\n`
  const part = (first: number) => Array.from({ length: 100 }, (_, index) => line(first + index)).join('')
  const upload = httpRequest(`${server.url}/v1/batch`, { method: 'POST', headers: { ...ndjson, authorization: `Bearer ${secret}` } })
  upload.write(part(0))
  const [answer] = (await once(upload, 'response')) as [IncomingMessage]
  let text = ''
  answer.setEncoding('utf8').on('data', (more) => {
    text += more
  })
  while (text.split('\n').length <= 100) await once(answer, 'data')
  t.equal((await server.delete(`/v1/tokens/${id}`)).status, 204)
  upload.end(part(100))
  await once(answer, 'end')
  const answers = text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one))
  t.match(answers.at(-1), { status: 401, body: { type: '/problems/unauthorized' } })
  t.equal(answers.length, 101)
  t.equal((await server.get('/v1/articles/ext:leak-100')).status, 404)
  t.equal((await server.get('/v1/articles/ext:leak-99')).status, 200)
})

t.test('an operation that is one too many says when to come again', async (t) => {
  const server = await startServer(t, { COMMENT_RATES: 'person=1' })
  const site = await server.tokenWith('comments:write')
  const { id } = await createShort(server, 'About it')
  const comment = (text: string) => ({
    method: 'POST',
    path: `/v1/articles/${id}/comments`,
    headers: { 'Comment-Author': 'ada' },
    body: { author: { name: 'Ada' }, body: text },
  })
  const operations = [comment('One'), comment('Two')]
  const all = await server.post('/v1/batch', { operations }, { token: site })
  t.equal(all.status, 429)
  t.match(all.headers.get('ratelimit'), /"comments-person";r=0/)
  t.ok(all.headers.get('retry-after'))
  const each = await server.post('/v1/batch', { operations, atomic: false }, { token: site })
  t.match(each.body.data, [{ status: 201 }, { status: 429, headers: { 'Retry-After': /^\d+$/, RateLimit: /"comments-person";r=0/ } }])
})
