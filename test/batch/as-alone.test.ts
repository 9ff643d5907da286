import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const batch = (operations: unknown[], more: object = {}, options = {}) => server.post('/v1/batch', { operations, ...more }, options)
const statuses = ({ body }: { body: Json }) => body.data.map(({ status }: { status: number }) => status)

t.test('comments of a batch stand in its order, also those from elsewhere', async (t) => {
  const { id } = await createShort(server, 'Commented')
  const topics = Array.from({ length: 30 }, (_, index) => ({ method: 'POST', path: '/v1/topics', body: { name: `Topic ${index}` } }))
  const comment = (body: string, more: object = {}) => ({
    method: 'POST',
    path: `/v1/articles/${id}/comments`,
    body: { author: { name: body }, body, ...more },
  })
  const { body } = await batch([...topics, comment('first', { externalId: 'c-1' }), comment('second'), comment('third', { status: 'approved' })])
  t.equal(body.failed, 0)
  const times = body.data.slice(30).map((one: Json) => one.body.createdAt)
  t.equal(new Set(times).size, 1, 'all are of its time')
})

t.test('a read in a batch finds the events and the counts of what was written before', async (t) => {
  const written = [
    {
      id: 'a',
      method: 'POST',
      path: '/v1/articles',
      headers: { 'X-Change-Set': 'seen' },
      body: { headline: 'Seen', status: 'published', topics: [{ name: 'Seen topic' }], authors: [{ name: 'Seen author' }] },
    },
    { method: 'POST', path: '/v1/articles', body: { headline: 'Like it', status: 'published', topics: [{ name: 'Seen topic' }] } },
  ]
  const reads = [
    '/v1/topics?q=seen&count=articles',
    '/v1/topics/seen-topic?include=articleCount',
    '/v1/events?changeSet=seen',
    '/v1/change-sets/seen',
    '/v1/events?subject={a#/id}',
    '/v1/articles?facets=topic,author',
    '/v1/articles/{a#/id}/similar',
  ].map((path) => ({ method: 'GET', path }))
  const operations = [...written, ...reads]
  for (const query of ['?dryRun=true', '']) {
    const before = await server.get('/v1/events?limit=1&sort=-seq')
    const answer = await server.post(`/v1/batch${query}`, { operations })
    t.equal(answer.status, 200)
    const [topics, one, events, set, ofStory, facets, similar] = answer.body.data.slice(2).map(({ body }: Json) => body)
    t.match(topics.data, [{ name: 'Seen topic', articleCount: 2 }])
    t.equal(one.articleCount, 2)
    t.strictSame(events.data.map(({ type }: Json) => type).sort(), ['article.created', 'article.published', 'author.created', 'topic.created'])
    t.match(set, { name: 'seen', events: 4 })
    t.equal(ofStory.data.length, 2)
    t.ok(facets.facets.topic.some(({ name, count }: Json) => name === 'Seen topic' && count === 2))
    t.match(similar.data, [{ headline: 'Like it' }])
    if (query !== '') t.equal((await server.get('/v1/events?limit=1&sort=-seq')).text, before.text, 'nothing is left of a dry run')
    if (query !== '') t.equal(answer.body.dryRun.events.length, 6)
  }
  t.match((await server.get('/v1/change-sets/seen')).body, { events: 4 }, 'each is counted once')
  t.match((await server.get('/v1/topics?q=seen&count=articles')).body.data, [{ articleCount: 2 }])
  const seqs = (await server.get('/v1/events?limit=6&sort=-seq')).body.data.map(({ seq }: Json) => seq)
  t.equal(new Set(seqs).size, 6)
})

t.test('what was read so and is refused or deleted after all leaves no event, and no count', async (t) => {
  const look = { method: 'GET', path: '/v1/events?changeSet=undone' }
  const headers = { 'X-Change-Set': 'undone' }
  const make = { id: 'n', method: 'POST', path: '/v1/articles', headers, body: { headline: 'Undone', status: 'published', topics: [{ name: 'Undone topic' }] } }
  const refused = await batch([make, look, { method: 'GET', path: '/v1/articles/nowhere' }])
  t.match(refused, { status: 404, body: { operation: 2 } })
  t.equal((await server.get('/v1/change-sets/undone')).status, 404)
  const each = await batch([{ method: 'GET', path: '/v1/change-sets/none' }, make, { method: 'GET', path: '/v1/change-sets/none' }, look], { atomic: false })
  t.strictSame(statuses(each), [404, 201, 404, 200])
  t.equal(each.body.data[3].body.data.length, 3)
  t.match((await server.get('/v1/change-sets/undone')).body, { events: 3 })

  await server.events()
  const permanent = { method: 'DELETE', path: '/v1/articles/{n#/id}?permanent=true', headers }
  const gone = await batch([make, look, permanent, look].map((one) => ('headers' in one ? { ...one, headers: { 'X-Change-Set': 'gone-again' } } : one)))
  t.strictSame(statuses(gone), [201, 200, 204, 200])
  t.strictSame(await server.events(), ['article.deleted'])
  t.match((await server.get('/v1/change-sets/gone-again')).body, { events: 1, types: { 'article.deleted': 1 } })
})

t.test('what was permanently deleted counts in no change set', async (t) => {
  const inSet = { headers: { 'x-change-set': 'forgotten' } }
  const { id } = (await server.post('/v1/articles', { headline: 'Forgotten', sections: [{ heading: 'a', body: [] }] }, inSet)).body
  await server.patch(`/v1/articles/${id}`, { kicker: 'x' }, inSet)
  const { id: other } = (await server.post('/v1/topics', { name: 'Kept' }, inSet)).body
  t.match((await server.get('/v1/change-sets/forgotten')).body, { events: 4, resources: 2 })
  await server.delete(`/v1/articles/${id}?permanent=true`)
  t.match((await server.get('/v1/change-sets/forgotten')).body, { events: 1, resources: 1, list: '/v1/events?changeSet=forgotten' })
  t.match((await server.get('/v1/events?changeSet=forgotten')).body.data, [{ subject: { id: other } }])

  const alone = { headers: { 'x-change-set': 'all-forgotten' } }
  const story = (await server.post('/v1/articles', { headline: 'Alone' }, alone)).body
  await server.delete(`/v1/articles/${story.id}?permanent=true`)
  t.equal((await server.get('/v1/change-sets/all-forgotten')).status, 404)
})

t.test('text, numbers and depth that one operation can’t have refuse that one', async (t) => {
  const topic = (name: string) => ({ method: 'POST', path: '/v1/topics', body: { name } })
  const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) })
  const story = (levels: number) => ({ method: 'POST', path: '/v1/articles', body: { headline: 'Deep', custom: nested(levels) } })
  const faulty = [topic('a\u0000'), topic('half \ud800'), { method: 'POST', path: '/v1/articles', body: { headline: 'n', custom: { n: 'BIG' } } }, story(63)]
  const send = (atomic: boolean, operations: unknown[]) =>
    server.request('POST', '/v1/batch', JSON.stringify({ atomic, operations }).replaceAll('"BIG"', '12345678901234567890'), {
      headers: { 'content-type': 'application/json' },
    })
  const each = await send(false, [topic('before'), ...faulty, story(62), topic('after')])
  t.equal(each.status, 200, each.text.slice(0, 500))
  t.strictSame(statuses(each), [201, 400, 400, 400, 400, 201, 201])
  t.match(
    each.body.data.slice(1, 5).map(({ body }: Json) => body.errors[0]),
    [{ pointer: '/name', code: 'encoding' }, { pointer: '/name', code: 'encoding' }, { pointer: '/custom/n', code: 'range' }, { code: 'syntax' }],
  )
  const all = await send(true, [topic('not made'), faulty[0]])
  t.match(all, { status: 400, body: { operation: 1, errors: [{ pointer: '/operations/1/body/name', code: 'encoding' }] } })
  t.match((await server.get('/v1/topics?q=not')).body.data, [])
  t.equal((await send(false, Array(200).fill(faulty[0]))).status, 400)
  t.equal((await send(false, [{ ...topic('x'), id: 'a\u0000' }])).status, 400, 'which isn’t in a body')
  for (const path of ['/v1/articles/%zz', '/v1/articles/%ff']) {
    const alone = await server.get(path)
    const [{ status, body }] = (await batch([{ method: 'GET', path }], { atomic: false })).body.data
    t.strictSame([status, body.errors[0].code], [alone.status, 'encoding'])
  }
})

t.test('a batch is replayed without what was deleted since, or by itself', async (t) => {
  const key = (name: string) => ({ headers: { 'idempotency-key': name } })
  const make = (id: string, headline: string) => ({ id, method: 'POST', path: '/v1/articles', body: { headline, status: 'published' } })
  const list = {
    id: 'l',
    method: 'POST',
    path: '/v1/highlight-lists',
    body: { title: 'Kept list', items: [{ target: { type: 'article', id: { $ref: 'two#/id' } } }] },
  }
  const operations = [
    make('one', 'Deleted by itself'),
    { method: 'DELETE', path: '/v1/articles/{one#/id}?permanent=true' },
    make('two', 'Deleted later'),
    list,
    { id: 't', method: 'POST', path: '/v1/topics', body: { name: 'Kept topic' } },
  ]
  const first = await batch(operations, {}, key('parts'))
  t.strictSame(statuses(first), [201, 204, 201, 201, 201])
  const [, , two, kept, topic] = first.body.data
  const again = await batch(operations, {}, key('parts'))
  t.strictSame([again.status, again.headers.get('idempotency-replayed'), ...statuses(again)], [200, 'true', 410, 204, 201, 201, 201])
  t.match(again.body.data[0].body, { type: '/problems/gone' })
  t.strictSame(again.body.data[4], topic)

  t.equal((await server.delete(`/v1/articles/${two.body.id}?permanent=true`)).status, 204)
  const later = await batch(operations, {}, key('parts'))
  t.strictSame(statuses(later), [410, 204, 410, 201, 201])
  t.match(later.body, { succeeded: 3, failed: 2 })
  t.strictSame(later.body.data[3].body, { id: kept.body.id, slug: kept.body.slug, revision: 1 }, 'of what tells of it, what a script needs')
  t.notMatch(later.text, /Deleted/)

  const changes = { filter: { ids: `${(await createShort(server, 'Stays')).id},${(await createShort(server, 'Goes')).id}` }, patch: { kicker: 'k' } }
  const changed = (await server.post('/v1/articles/changes', changes, key('many'))).body
  const [stays, goes] = changed.data
  await server.delete(`/v1/articles/${goes.id}?permanent=true`)
  const replayed = await server.post('/v1/articles/changes', changes, key('many'))
  t.equal(replayed.headers.get('idempotency-replayed'), 'true')
  t.strictSame(replayed.body, { ...changed, data: [stays, { id: goes.id, slug: null, revision: null, result: 'changed' }] })
})

t.test('a replay has nothing of what a read answered', async (t) => {
  const { id } = await createShort(server, 'Read and gone')
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Read twice' })
  const reads = [
    `/v1/articles/${id}/renditions/text`,
    `/v1/articles/${id}/revisions`,
    `/v1/articles/${id}/renditions/ans`,
    '/v1/oembed?url=https%3A%2F%2Fnews.example%2Fread-and-gone',
  ]
  const operations = [...reads.map((path) => ({ method: 'GET', path })), { id: 'made', method: 'POST', path: '/v1/topics', body: { name: 'Made beside' } }]
  const send = () => batch(operations, { atomic: false }, { headers: { 'idempotency-key': 'reads' } })
  const lines = () =>
    server.request('POST', '/v1/batch', operations.map((one) => `${JSON.stringify(one)}\n`).join(''), {
      headers: { 'idempotency-key': 'read-lines', 'content-type': 'application/x-ndjson' },
    })
  const first = await send()
  t.strictSame(statuses(first), [200, 200, 200, 200, 201])
  t.match(first.text, /Read twice/)
  t.match((await lines()).text, /Read twice/)
  const again = await send()
  t.strictSame(statuses(again), [200, 200, 200, 200, 201])
  t.strictSame(again.body.data[0], { status: 200, headers: {}, body: null })
  t.strictSame(again.body.data[4], first.body.data[4])
  await server.delete(`/v1/articles/${id}?permanent=true`)
  for (const replay of [await send(), await lines()]) {
    t.equal(replay.status, 200)
    t.notMatch(replay.text, /read.(?:and|twice)/i)
  }
})
