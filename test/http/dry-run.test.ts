import { startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('a dry run answers what would have been, and leaves nothing', async (t) => {
  await server.events()
  const dry = await server.post('/v1/articles?dryRun=true', {
    headline: 'Dry',
    slug: 'dry',
    externalId: 'dry',
    status: 'published',
    topics: [{ name: 'Land' }],
  })
  t.equal(dry.status, 201)
  t.equal(dry.headers.get('dry-run'), 'true')
  const { id, dryRun } = dry.body
  t.match(dry.body, { headline: 'Dry', slug: 'dry', status: 'published', topics: [{ name: 'Land' }] })
  t.match(dryRun.events, [
    { type: 'topic.created', revision: { before: null, after: 1 } },
    { type: 'article.created', subject: { type: 'article', id } },
    { type: 'article.published' },
  ])
  t.ok([`article:${id}`, 'list'].every((key) => dryRun.keys.includes(key)))
  t.strictSame(await server.events(), [])
  for (const path of [`/v1/articles/${id}`, '/v1/articles/dry', '/v1/articles/ext:dry', '/v1/topics/land']) t.equal((await server.get(path)).status, 404)
  const real = await server.post('/v1/articles', { headline: 'Dry', slug: 'dry', externalId: 'dry' })
  t.match(real, { status: 201, body: { slug: 'dry' } })
  t.equal(real.body.dryRun, undefined)
})

t.test('it makes all checks', async (t) => {
  const { id } = (await server.post('/v1/topics', { name: 'Sea' })).body
  t.equal((await server.patch(`/v1/topics/${id}?dryRun=true`, { name: '' })).status, 400)
  t.equal((await server.post('/v1/topics?dryRun=true', { name: 'Sea', slug: 'sea' })).status, 409)
  t.equal((await server.patch(`/v1/topics/${id}?dryRun=true`, { name: 'Ocean' }, { headers: { 'if-match': '"7"' } })).status, 412)
  const reader = await server.tokenWith('content:read')
  t.equal((await server.patch(`/v1/topics/${id}?dryRun=true`, { name: 'Ocean' }, { token: reader })).status, 403)
  t.equal((await server.get(`/v1/topics/${id}`)).body.name, 'Sea')
})

t.test('where there is nothing to answer it says what would come of it', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Stays', status: 'published' })).body
  await server.events()
  const dry = await server.delete(`/v1/articles/${id}?dryRun=true`)
  t.match(dry, { status: 200, body: { dryRun: { events: [{ type: 'article.trashed', data: {} }], keys: [`article:${id}`] } } })
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).status, 200)
  t.strictSame(await server.events(), [])
})

t.test('it leaves nothing to replay, and foresees what would be replayed', async (t) => {
  const options = { headers: { 'idempotency-key': 'dry' } }
  const dry = await server.post('/v1/authors?dryRun=true', { name: 'Ada' }, options)
  t.equal(dry.status, 201)
  const real = await server.post('/v1/authors', { name: 'Ada' }, options)
  t.match(real, { status: 201, body: { slug: 'ada' } })
  t.equal(real.headers.get('idempotency-replayed'), null)
  const { dryRun, ...replayed } = (await server.post('/v1/authors?dryRun=true', { name: 'Ada' }, options)).body
  t.strictSame(replayed, real.body)
  t.strictSame(dryRun, { events: [], keys: [] })
  const refused = await server.post('/v1/authors?dryRun=true', { name: 'Another' }, options)
  t.match(refused, { status: 422, body: { type: '/problems/idempotency-key-reused' } })
  const anonymous = await server.anonymous.post('/v1/authors?dryRun=true', { name: 'Ada' }, options)
  t.equal(anonymous.status, 401)
})

t.test('readers can’t try rules out', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Open', status: 'published', commentPolicy: 'open' })).body
  const comment = { author: { name: 'Reader' }, body: 'Words.' }
  t.equal((await server.anonymous.post(`/v1/articles/${id}/comments?dryRun=true`, comment)).status, 401)
  t.equal((await server.anonymous.get(`/v1/articles/${id}/comments`)).body.data.length, 0)
})

t.test('imports and erasures can be tried, too', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Old', status: 'published' })).body
  const line = JSON.stringify({
    article: id,
    externalId: 'old:1',
    author: { name: 'Reader', email: 'reader@mail.example' },
    body: 'Old words.',
    createdAt: '2020-01-01T00:00:00Z',
  })
  const options = { headers: { 'content-type': 'application/x-ndjson' } }
  const dry = await server.request('POST', '/v1/comments/import?dryRun=true', line, options)
  t.match(dry.body, { created: 1, dryRun: { events: [{ type: 'comment.created' }] } })
  t.equal((await server.request('POST', '/v1/comments/import', line, options)).body.created, 1, 'it was not there')
  t.match((await server.delete('/v1/commenters/reader@mail.example?dryRun=true')).body, { comments: 1 })
  t.match((await server.delete('/v1/commenters/reader@mail.example')).body, { comments: 1 })
})
