import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t, { BODY_LIMIT: '64 KiB' })

// That each answer is one that the document lists is checked wherever tests ask.
t.test('a replay of a vote or a report says that its story was taken down', async (t) => {
  const { id } = await createShort(server, 'Voted on')
  const comment = (await server.anonymous.post(`/v1/articles/${id}/comments`, { author: { name: 'Ada' }, body: 'A word' })).body.id
  const acts = [
    ['votes', { value: 1 }],
    ['reports', { reason: 'spam' }],
  ] as const
  const send = ([name, body]: (typeof acts)[number]) => server.anonymous.post(`/v1/comments/${comment}/${name}`, body, { headers: { 'idempotency-key': name } })
  for (const act of acts) t.equal((await send(act)).status, 200)
  await server.post(`/v1/articles/${id}/unpublish`, { reason: 'legal' })
  for (const act of acts) t.match(await send(act), { status: 451, body: { type: '/problems/unavailable-for-legal-reasons' } })
})

t.test('a malformed Content-Type is nothing to a write without a body, and told to the others', async (t) => {
  const { id } = await createShort(server, 'Typed', { status: 'draft' })
  for (const type of ['', 'garbage', 'a/b/c', ';']) {
    const headers = { headers: { 'content-type': type } }
    t.equal((await server.request('DELETE', `/v1/articles/${id}`, undefined, headers)).status, 204, `"${type}"`)
    t.equal((await server.request('POST', `/v1/articles/${id}/restore`, undefined, headers)).status, 200, `"${type}"`)
    const refused = await server.request('PUT', '/v1/site', '{"name":"x"}', headers)
    t.match(refused, { status: 415, body: { type: '/problems/unsupported-media-type' } })
    t.equal(refused.headers.get('accept-post'), 'application/json')
  }
})

t.test('a body that is too large is refused also where none is taken', async (t) => {
  const { id } = await createShort(server, 'Large', { status: 'draft' })
  const body = JSON.stringify('x'.repeat(100_000))
  t.equal((await server.request('DELETE', `/v1/articles/${id}`, body, { headers: { 'content-type': 'application/json' } })).status, 413)
})

t.test('a note is kept, and looked at, where the document has it', async (t) => {
  const noted = (text: string) => ({ headers: { 'x-change-note': text } })
  const noteOf = async (path: string) => (await server.get(`${path}/revisions?sort=-number&limit=1`)).body.data[0].note
  const { id: topic } = (await server.post('/v1/topics', { name: 'Noted' }, noted('why'))).body
  t.equal(await noteOf(`/v1/topics/${topic}`), 'why')
  const { id } = await createShort(server, 'Noted', { status: 'draft' })
  await server.post(`/v1/articles/${id}/publish`, { at: '2099-01-01T00:00:00Z' }, noted('for the fair'))
  t.equal(await noteOf(`/v1/articles/${id}`), 'for the fair')
  t.equal((await server.post('/v1/authors', { name: 'Noted' }, noted('n'.repeat(1001)))).status, 400)
  const operation = { method: 'POST', path: '/v1/authors', headers: { 'X-Change-Note': 'batched' }, body: { name: 'Noted too' } }
  const author = (await server.post('/v1/batch', { operations: [operation] })).body.data[0].body.id
  t.equal(await noteOf(`/v1/authors/${author}`), 'batched')
  t.equal((await server.post('/v1/tokens', { name: 'Noted', scopes: ['content:read'] }, noted('n'.repeat(1001)))).status, 201, 'which keeps none')
})
