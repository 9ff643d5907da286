import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const lines = (operations: unknown[]) => operations.map((one) => `${JSON.stringify(one)}\n`).join('')
const ndjson = { 'content-type': 'application/x-ndjson' }
const paragraphs = (texts: unknown[]) => [{ body: texts.map((text) => ({ type: 'paragraph', text })) }]
const words = (count: number) => 'word '.repeat(count)
const answersOf = (text: string): Json[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

t.test('what operations refer to counts as if it were sent', async (t) => {
  const server = await startServer(t, { BODY_LIMIT: '64 KiB' })
  const source = { id: 'a', method: 'POST', path: '/v1/articles', body: { headline: 'Source', sections: paragraphs([words(4000)]) } }
  const several = (count: number) => paragraphs(Array(count).fill({ $ref: 'a#/sections/0/body/0/text' }))
  const copies = (count: number) => ({ method: 'POST', path: '/v1/articles', body: { headline: 'Copies', sections: several(count) } })
  t.equal((await server.post('/v1/batch', { operations: [source, copies(2)] })).status, 200)
  await server.events()
  const refused = await server.post('/v1/batch', { operations: [source, copies(4)] })
  t.match(refused, { status: 413, body: { type: '/problems/payload-too-large', operation: 1 } })
  const each = await server.post('/v1/batch', { operations: [source, copies(4), copies(1)], atomic: false })
  t.strictSame(
    each.body.data.map((one: Json) => one.status),
    [201, 413, 201],
  )

  const deeper = (id: string, inner: unknown) => ({ id, method: 'PUT', path: '/v1/articles/ext:deep', body: { headline: 'Deep', custom: inner } })
  const nested = (value: unknown, depth: number): unknown => (depth === 0 ? value : { a: nested(value, depth - 1) })
  const tooDeep = await server.post('/v1/batch', { operations: [deeper('one', nested(1, 50)), deeper('two', nested({ $ref: 'one#/custom' }, 30))] })
  t.equal(tooDeep.status, 400)
  t.match(faultsOf(tooDeep)[0], /^\/operations\/1\/body\/custom(\/a)+: syntax$/)

  const long = { id: 'long', method: 'POST', path: '/v1/articles', body: { headline: 'Long', sections: paragraphs([words(2000)]) } }
  const path = '/v1/articles?q={long#/sections/0/body/0/text}'
  t.strictSame(faultsOf(await server.post('/v1/batch', { operations: [long, { method: 'GET', path }] })), ['/operations/1/path: value'])
})

t.test('a reference is an operation’s id and a JSON Pointer, and nothing that looks like it', async (t) => {
  const server = await startServer(t)
  const topic = { id: 'z', method: 'POST', path: '/v1/topics', body: { name: 'Zebra' } }
  for (const [$ref, code] of [
    ['z', 'format'],
    ['z#id', 'format'],
    ['#/id', 'format'],
    ['list#/data/length', 'not-found'],
    ['list#/data/01', 'not-found'],
    ['z#/constructor', 'not-found'],
  ] as const) {
    const operations = [
      topic,
      { id: 'list', method: 'GET', path: '/v1/topics' },
      { method: 'POST', path: '/v1/articles', body: { headline: 'x', custom: { $ref } } },
    ]
    t.strictSame(faultsOf(await server.post('/v1/batch', { operations })), [`/operations/2/body/custom: ${code}`], $ref)
  }
  const whole = [topic, { method: 'POST', path: '/v1/articles', body: { headline: 'x', custom: { topic: { $ref: 'z#' } } } }]
  t.match((await server.post('/v1/batch', { operations: whole })).body.data[1].body.custom, { topic: { name: 'Zebra' } })
})

t.test('what a batch answers at once has a bound, and what is past it isn’t done', async (t) => {
  const server = await startServer(t)
  const { id } = (await server.post('/v1/articles', { headline: 'Long', status: 'published', sections: paragraphs(Array(16).fill('w'.repeat(64_000))) })).body
  const operations = Array(70).fill({ method: 'GET', path: `/v1/articles/${id}` })
  t.match(await server.post('/v1/batch', { operations }), { status: 413, body: { type: '/problems/payload-too-large', operation: 65 } })
  const touched = [...operations.slice(0, 65), { method: 'PATCH', path: `/v1/articles/${id}`, body: { kicker: 'New' } }, { method: 'GET', path: '/v1/site' }]
  await server.events()
  const each = await server.request('POST', '/v1/batch', lines(touched), { headers: ndjson })
  t.strictSame(
    answersOf(each.text).map(({ status }) => status),
    [...Array(65).fill(200), 413, 200],
  )
  t.strictSame(await server.events(), [])
})

t.test('each line counts once against a limit, also where one of its part is refused', async (t) => {
  const server = await startServer(t, { RATE_LIMIT: '60' })
  const left = async () => Number(/;r=(\d+)/.exec((await server.get('/v1/site')).headers.get('ratelimit') ?? '')?.[1])
  const topic = (index: number) => ({ method: 'PUT', path: `/v1/topics/ext:${index}`, body: { name: `Topic ${index}` } })
  const send = async (operations: object[]) => answersOf((await server.request('POST', '/v1/batch', lines(operations), { headers: ndjson })).text)
  const before = await left()
  t.equal((await send([...Array.from({ length: 10 }, (_, index) => topic(index)), { method: 'GET', path: '/v1/topics/ext:nope' }])).at(-1)?.status, 404)
  t.equal(before - (await left()), 13, 'the request, its lines and the one that asks')
  const rest = await left()
  // The request itself is one, too.
  const statuses = (await send(Array.from({ length: rest + 5 }, (_, index) => topic(100 + index)))).map(({ status }) => status)
  t.strictSame(statuses, [...Array(rest - 1).fill(201), ...Array(6).fill(429)])
})

t.test('a line that is too long is refused by itself', async (t) => {
  const server = await startServer(t, { BODY_LIMIT: '64 KiB' })
  const topic = (name: string, more: object = {}) => ({ method: 'PUT', path: `/v1/topics/ext:${name}`, body: { name, ...more } })
  const operations = [topic('one'), topic('long', { description: 'x'.repeat(200_000) }), topic('two')]
  const answers = answersOf((await server.request('POST', '/v1/batch', lines(operations), { headers: ndjson })).text)
  t.match(answers, [
    { line: 1, status: 201 },
    { line: 2, status: 413, body: { type: '/problems/payload-too-large' } },
    { line: 3, status: 201 },
  ])
  // Without an end, and at the very end of the upload.
  const last = await server.request('POST', '/v1/batch', `${lines([topic('three')])}${'x'.repeat(65_537)}`, { headers: ndjson })
  t.match(answersOf(last.text), [{ status: 201 }, { line: 2, status: 413 }])
})

t.test('a batch answers in the form of its request, or not at all', async (t) => {
  const server = await startServer(t)
  const operation = { method: 'POST', path: '/v1/topics', body: { name: 'Twice' } }
  await server.events()
  t.equal((await server.post('/v1/batch', { operations: [operation] }, { headers: { accept: 'application/x-ndjson' } })).status, 406)
  t.equal((await server.request('POST', '/v1/batch', lines([operation]), { headers: { ...ndjson, accept: 'application/json' } })).status, 406)
  t.strictSame(await server.events(), [])
  for (const accept of ['application/x-ndjson', '*/*'])
    t.equal((await server.request('POST', '/v1/batch', lines([operation]), { headers: { ...ndjson, accept } })).status, 200, accept)
})

t.test('a working copy can be sent to an id that nobody has, planned as it is', async (t) => {
  const server = await startServer(t)
  const { id } = (await server.post('/v1/articles', { headline: 'Planned', schedule: { publish: { at: '2099-01-01T00:00:00Z' } } })).body
  const { headline, status, schedule } = (await server.get(`/v1/articles/${id}?copy=working`)).body
  const copied = await server.put('/v1/articles/ext:copy', { headline, status, schedule: { publish: { at: schedule.publish.at } } })
  t.match(copied, { status: 201, body: { status: 'scheduled', schedule: { publish: { at: '2099-01-01T00:00:00.000Z' } } } })
  t.match((await server.put('/v1/articles/ext:published', { headline, status: 'published' })).body, { status: 'published' })
  for (const other of ['unpublished', 'scheduled'])
    t.strictSame(faultsOf(await server.put('/v1/articles/ext:other', { headline, status: other })), ['/status: value'])
})

t.test('who has no token is asked for one, also where only the body needs it', async (t) => {
  const server = await startServer(t)
  const { id } = (await server.post('/v1/articles', { headline: 'Open', status: 'published' })).body
  const comment = (more: object) => server.anonymous.post(`/v1/articles/${id}/comments`, { author: { name: 'Ada' }, body: 'Text', ...more })
  for (const more of [{ externalId: 'x' }, { createdAt: '2020-01-01T00:00:00Z' }, { author: { name: 'Ada', staff: true } }]) {
    const answer = await comment(more)
    t.equal(answer.status, 401)
    t.match(answer.headers.get('www-authenticate'), /^Bearer/)
  }
})
