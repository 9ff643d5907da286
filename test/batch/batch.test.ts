import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { adminToken, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const batch = (operations: unknown[], more: object = {}, query = '') => server.post(`/v1/batch${query}`, { operations, ...more })
const statuses = ({ body }: { body: Json }) => body.data.map(({ status }: { status: number }) => status)

t.test('operations are done in order, in one transaction, and refer to earlier answers', async (t) => {
  await server.events()
  const answer = await batch([
    { id: 'topic', method: 'POST', path: '/v1/topics', body: { name: 'Shipping' } },
    { id: 'lead', method: 'PUT', path: '/v1/articles/ext:wire-1?publish=true', body: { headline: 'Lead', topics: [{ id: { $ref: 'topic#/id' } }] } },
    { method: 'POST', path: '/v1/articles/{lead#/id}/sections', body: { heading: 'Background' } },
    { method: 'PATCH', path: '/v1/articles/{lead#/slug}', headers: { 'If-Match': '"2"' }, body: { kicker: 'Now' } },
    { method: 'PATCH', path: '/v1/articles/ext:wire-1', body: [{ op: 'replace', path: '/kicker', value: 'Later' }] },
    { method: 'GET', path: '/v1/articles/{lead#/id}?copy=working' },
    { method: 'DELETE', path: '/v1/articles/ext:wire-1' },
  ])
  t.equal(answer.status, 200)
  t.strictSame(statuses(answer), [201, 201, 201, 200, 200, 200, 204])
  t.match(answer.body, { succeeded: 7, failed: 0 })
  const [topic, lead, , , , read, gone] = answer.body.data
  t.match(lead, { id: 'lead', headers: { Location: `/v1/articles/${lead.body.id}` }, body: { topics: [{ id: topic.body.id }], status: 'published' } })
  t.match(read.body, { kicker: 'Later', revision: 4, sections: [{ heading: 'Background' }] }, 'a read sees what was written before')
  t.strictSame(gone, { status: 204, headers: {}, body: null })
  t.strictSame(await server.events(), [
    'topic.created',
    'article.created',
    'article.published',
    'section.created',
    'article.updated',
    'article.updated',
    'article.updated',
    'article.trashed',
  ])
})

t.test('a read finds the words that were written before it, and not those of what was taken back', async (t) => {
  const story = (headline: string) => ({ method: 'POST', path: '/v1/articles', body: { headline, status: 'published' } })
  const found = { method: 'GET', path: '/v1/articles?q=quagmire&sort=createdAt' }
  const search = ({ body }: Json) => body.data.map(({ headline }: { headline: string }) => headline)
  const operations = [story('A quagmire'), found, story('Another quagmire'), { method: 'POST', path: '/v1/articles', body: {} }, found]
  const { body } = await batch(operations, { atomic: false })
  t.strictSame(statuses({ body }), [201, 200, 201, 400, 200])
  t.strictSame(search(body.data[1]), ['A quagmire'])
  t.strictSame(search(body.data[4]), ['A quagmire', 'Another quagmire'])
  t.strictSame(search(await server.get('/v1/articles?q=quagmire&sort=createdAt')), ['A quagmire', 'Another quagmire'], 'and so do all others')
  const rename = { method: 'PATCH', path: '/v1/articles/{made#/id}?publish=true', body: { headline: 'A peatbog' } }
  t.strictSame(statuses(await batch([{ ...story('A fen'), id: 'made' }, story('A marsh'), rename])), [201, 201, 200])
  t.strictSame((await server.get('/v1/articles?q=fen')).body.data, [], 'the last of what was written of one story holds')
  t.equal((await server.get('/v1/articles?q=peatbog')).body.data.length, 1)
  t.equal((await batch([story('A third quagmire'), { method: 'GET', path: '/v1/articles/nowhere' }])).status, 404)
  t.equal((await server.get('/v1/articles?q=quagmire')).body.data.length, 2)
})

t.test('one that is refused undoes all, and says which it was and where', async (t) => {
  await server.events()
  const refused = await batch([
    { method: 'POST', path: '/v1/authors', body: { name: 'Ada' } },
    { method: 'POST', path: '/v1/articles', body: { headline: 'Fine', sections: [{ anchor: 'Not an anchor' }] } },
  ])
  t.match(refused, { status: 400, body: { operation: 1, errors: [{ pointer: '/operations/1/body/sections/0/anchor' }] } })
  t.match(await batch([{ method: 'GET', path: '/v1/articles/nowhere' }]), { status: 404, body: { operation: 0 } })
  t.match(await batch([{ method: 'GET', path: '/v1/articles?limit=0' }]), {
    status: 400,
    body: { errors: [{ pointer: '/operations/0/path', message: /^limit: / }] },
  })
  const { id } = (await server.post('/v1/authors', { name: 'Bo' })).body
  await server.events()
  const stale = [
    { method: 'POST', path: '/v1/authors', body: { name: 'Cy' } },
    { method: 'PATCH', path: `/v1/authors/${id}`, headers: { 'if-match': '"9"' }, body: { jobTitle: 'x' } },
  ]
  t.match(await batch(stale), { status: 412, body: { operation: 1, currentRevision: 1 } })
  t.strictSame(await server.events(), [], 'nothing was done')
  t.strictSame((await server.get('/v1/authors')).body.data.length, 1)
  const each = await batch(stale, { atomic: false })
  t.strictSame(statuses(each), [201, 412])
  t.match(each.body, { succeeded: 1, failed: 1, data: [{}, { body: { type: '/problems/precondition-failed' } }] })
  t.strictSame(await server.events(), ['author.created'])
})

t.test('what one of several was in the middle of is taken back alone', async (t) => {
  await server.post('/v1/topics', { name: 'Taken', slug: 'taken' })
  await server.events()
  const each = await batch(
    [
      { method: 'POST', path: '/v1/articles', body: { headline: 'One', status: 'published' } },
      // Its new topic is made before its slug turns out to be another’s.
      { id: 'bad', method: 'POST', path: '/v1/articles', body: { headline: 'Two', slug: 'one', topics: [{ name: 'Never made' }] } },
      { method: 'PATCH', path: '/v1/articles/{bad#/id}', body: { kicker: 'x' } },
      { method: 'POST', path: '/v1/articles', body: { headline: 'Three', status: 'published' } },
    ],
    { atomic: false },
  )
  t.strictSame(statuses(each), [201, 409, 400, 201])
  t.strictSame(await server.events(), ['article.created', 'article.published', 'article.created', 'article.published'])
  t.strictSame((await server.get('/v1/topics?slug=never-made')).body.data, [])
  t.equal((await server.anonymous.get('/v1/articles?q=three')).body.data.length, 1, 'and what came after it is found')
})

t.test('each operation needs its own permissions', async (t) => {
  const token = await server.tokenWith('content:write')
  const operations = [
    { method: 'POST', path: '/v1/articles', body: { headline: 'Draft' } },
    { method: 'POST', path: '/v1/articles', body: { headline: 'Public', status: 'published' } },
    { method: 'GET', path: '/v1/events' },
  ]
  const each = await server.post('/v1/batch', { operations, atomic: false }, { token })
  t.strictSame(statuses(each), [201, 403, 403])
  t.match(await server.post('/v1/batch', { operations }, { token }), { status: 403, body: { operation: 1, requiredScope: 'content:publish' } })
  t.equal((await server.anonymous.post('/v1/batch', { operations })).status, 401)
})

t.test('what a client has already is no failure', async (t) => {
  const topic = await server.post('/v1/topics', { name: 'Had' })
  const { etag } = Object.fromEntries((await server.get(`/v1/topics/${topic.body.id}`)).headers) as { etag: string }
  const answer = await batch([{ method: 'GET', path: `/v1/topics/${topic.body.id}`, headers: { 'If-None-Match': etag } }])
  t.match(answer.body, { succeeded: 1, failed: 0, data: [{ status: 304, body: null }] })
})

t.test('what is no operation is refused', async (t) => {
  const faults = async (operation: object) => (await batch([{ method: 'GET', path: '/v1/articles', ...operation }])).body
  t.match(await faults({ path: '/v1/nothing' }), { status: 404 })
  t.match(await faults({ path: '/health' }), { status: 400 })
  t.match(await faults({ path: '/v1/batch', method: 'POST' }), { status: 400 })
  t.match(await faults({ method: 'POST', body: { headline: 'x' }, headers: { 'Idempotency-Key': 'k' } }), {
    errors: [{ pointer: '/operations/0/headers/Idempotency-Key' }],
  })
  t.match(await faults({ headers: { Authorization: 'Bearer x' } }), { errors: [{ pointer: '/operations/0/headers/Authorization' }] })
  t.match(await faults({ path: '/v1/articles/{x#/id}' }), { errors: [{ pointer: '/operations/0/path' }] })
  const each = await batch([{ method: 'GET', path: '/v1/articles/{x#/id}' }], { atomic: false })
  t.match(each.body.data, [{ status: 400, body: { errors: [{ parameter: 'path' }] } }])
  t.match(await faults({ method: 'POST', path: '/v1/topics?dryRun=true', body: { name: 'x' } }), { errors: [{ message: /dryRun/ }] })
  t.equal((await batch([])).status, 400)
  t.equal((await batch(Array.from({ length: 1001 }, () => ({ method: 'GET', path: '/v1/articles' })))).status, 400)
  const twice = [1, 2].map(() => ({ id: 'a', method: 'GET', path: '/v1/articles' }))
  t.match(await batch(twice), { status: 400, body: { errors: [{ pointer: '/operations/1/id', code: 'duplicate' }] } })
})

t.test('what is said of the batch is said of each part', async (t) => {
  const operations = [
    { id: 'one', method: 'POST', path: '/v1/articles', body: { headline: 'Noted' } },
    { method: 'PATCH', path: '/v1/articles/{one#/id}', headers: { 'X-Change-Note': 'Grüße an 東京' }, body: { kicker: 'x' } },
  ]
  const { body } = await server.post('/v1/batch', { operations }, { headers: { 'x-change-set': 'noted', 'x-change-note': 'All of it' } })
  const revisions = (await server.get(`/v1/articles/${body.data[0].body.id}/revisions`)).body.data
  t.match(revisions, [{ note: 'Grüße an 東京' }, { note: 'All of it' }])
  t.match((await server.get('/v1/change-sets/noted')).body, { events: 2, resources: 1 })
  const broken = [{ method: 'PATCH', path: '/v1/articles/x', headers: { 'If-Match': '"1"\r\nX: y' }, body: {} }]
  t.match((await batch(broken)).body, { status: 400, errors: [{ pointer: '/operations/0/headers/If-Match' }] })
})

t.test('a batch replays by its key', async (t) => {
  const operations = [{ method: 'POST', path: '/v1/tokens', body: { name: 'Script', scopes: ['content:read'] } }]
  const options = { headers: { 'idempotency-key': 'batch-1' } }
  const first = await server.post('/v1/batch', { operations }, options)
  t.type(first.body.data[0].body.secret, 'string')
  const again = await server.post('/v1/batch', { operations }, options)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.match(again.body.data[0].body, { id: first.body.data[0].body.id, secret: null }, 'without secrets')
})

t.test('as lines many are answered as they are done, and go on where they ended', async (t) => {
  const lines = Array.from({ length: 250 }, (_, index) => ({
    id: `a${index}`,
    method: 'PUT',
    path: `/v1/articles/ext:line-${index}`,
    body: { headline: `Line ${index}` },
  }))
  const all: object[] = [
    ...lines,
    { method: 'PATCH', path: '/v1/articles/{a249#/id}', body: { kicker: 'Last' } },
    { method: 'PUT', path: '/v1/articles/ext:x', body: {} },
  ]
  const body = `${all.map((line) => JSON.stringify(line)).join('\n')}\nno JSON\n`
  const options = { headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'lines-1' } }
  const answer = await server.request('POST', '/v1/batch', body, options)
  t.equal(answer.status, 200)
  const results = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.strictSame(
    results.map(({ line }) => line),
    Array.from({ length: 253 }, (_, index) => index + 1),
  )
  t.strictSame(
    results.slice(0, 251).map(({ status }) => status),
    [...Array(250).fill(201), 200],
  )
  t.match(results[250], { line: 251, body: { kicker: 'Last' } })
  t.match(results.slice(251), [
    { status: 400, body: { type: '/problems/bad-request', errors: [{ pointer: '/headline' }] } },
    { line: 253, status: 400, body: { errors: [{ code: 'syntax' }] } },
  ])
  await server.events()
  const again = (await server.request('POST', '/v1/batch', body, options)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.strictSame(
    again.map(({ status }) => status),
    results.map(({ status }) => status),
  )
  t.strictSame(again[0].body, { id: results[0].body.id, slug: 'line-0', revision: 1 })
  t.strictSame(await server.events(), [], 'nothing was done twice')
  const other = (await server.request('POST', '/v1/batch', body.replace('Line 0', 'Line zero'), options)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(other, [{ status: 422, body: { type: '/problems/idempotency-key-reused' } }])
})

const asLines = async (operations: object[], key?: string): Promise<Json[]> => {
  const headers = { 'content-type': 'application/x-ndjson', ...(key ? { 'idempotency-key': key } : {}) }
  const body = operations.map((one) => `${JSON.stringify(one)}\n`).join('')
  const { text } = await server.request('POST', '/v1/batch', body, { headers })
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

t.test('a line that was refused is tried again with its key, and no other', async (t) => {
  const operations = [
    { id: 'made', method: 'POST', path: '/v1/articles', body: { headline: 'Made once' } },
    { method: 'PATCH', path: '/v1/articles/ext:late', body: { kicker: 'Now' } },
    { method: 'PATCH', path: '/v1/articles/{made#/id}', headers: { 'If-Match': '"7"' }, body: { kicker: 'Never' } },
  ]
  const first = await asLines(operations, 'late')
  t.match(first, [{ status: 201 }, { status: 404 }, { status: 412 }])
  await server.put('/v1/articles/ext:late', { headline: 'Late' })
  await server.events()
  const again = await asLines(operations, 'late')
  t.match(
    again,
    [{ status: 201, body: { id: first[0]?.body.id } }, { status: 200, body: { kicker: 'Now' } }, { status: 412 }],
    'what is kept can be referred to',
  )
  t.strictSame(await server.events(), ['article.updated'])
  t.match(await asLines(operations, 'late'), [{ status: 201 }, { status: 200, body: { revision: 2 } }, { status: 412 }])
  t.strictSame(await server.events(), [], 'now both are kept')
})

t.test('a line reaches of an earlier one only what is kept of it', async (t) => {
  const lines = await asLines([
    { id: 'made', method: 'POST', path: '/v1/topics', body: { name: 'Kept short' } },
    { method: 'PATCH', path: '/v1/topics/{made#/slug}', body: { description: { $ref: 'made#/id' } } },
    { method: 'PATCH', path: '/v1/topics/{made#/id}', body: { description: { $ref: 'made#/name' } } },
  ])
  t.match(lines, [{ status: 201 }, { status: 200, body: { description: lines[0]?.body.id } }, { status: 400 }])
  t.match(lines[2]?.body.errors, [{ pointer: '/description', code: 'not-found' }], 'as it would be in a part of its own')
})

t.test('a section that comes back in a batch goes on from the last revision that it had there', async (t) => {
  const section = (text: string) => ({ heading: 'S', body: [{ type: 'paragraph', text }] })
  const path = '/v1/articles/ext:comes-back'
  const at = `${path}/sections/s`
  const { status, body } = await batch([
    { method: 'PUT', path, body: { headline: 'Comes back', sections: [section('a')] } },
    { method: 'PATCH', path: at, body: section('b') },
    { id: 'last', method: 'PATCH', path: at, body: section('c') },
    { method: 'DELETE', path: at },
    { method: 'POST', path: `${path}/revisions/1/restore` },
  ])
  t.equal(status, 200)
  t.equal(body.data[2].body.revision, 3)
  const again = await server.get(`${at}?copy=working`)
  t.match(again.body, { revision: 4, body: [{ text: 'a' }] })
  t.equal((await server.patch(at, { heading: 'Stale' }, { headers: { 'if-match': body.data[2].headers.ETag } })).status, 412)
})

t.test('what is wrong in a line is refused, wherever it stands', async (t) => {
  const wrong = [
    [{ method: 'POST', path: '/v1/articles', body: { headline: 'q', sectons: [{ heading: 'lost' }] } }, '/sectons: unknown'],
    [{ method: 'PATCH', path: '/v1/articles/ext:faulty', body: { kicker: 'x', aliases: '/x' } }, '/aliases: type'],
    [{ method: 'POST', path: '/v1/articles/ext:faulty/publish', body: { at: 'tomorrow' } }, '/at: format'],
    [{ method: 'PUT', path: '/v1/articles/ext:faulty', body: { headline: 'x', sections: [{ heading: 'A', bdy: [] }] } }, '/sections/0/bdy: unknown'],
  ] as const
  await server.put('/v1/articles/ext:faulty', { headline: 'Faulty lines' })
  await server.events()
  const good = { method: 'GET', path: '/v1/topics?limit=1' }
  for (const [operation, fault] of wrong)
    for (const lines of [
      [operation, operation],
      [good, operation, good, operation],
    ]) {
      for (const answers of [await asLines([...lines]), (await batch([...lines], { atomic: false })).body.data as Json[]])
        for (const { status, body } of answers.filter((_, index) => lines[index] === operation)) {
          t.equal(status, 400)
          t.strictSame(
            body.errors.map(({ pointer, code }: Json) => `${pointer}: ${code}`),
            [fault],
          )
        }
    }
  t.strictSame(await server.events(), [])
})

t.test('an id is of one line, also of a later part', async (t) => {
  const read = { id: 'same', method: 'GET', path: '/v1/topics' }
  const between = Array.from({ length: 100 }, () => ({ method: 'GET', path: '/v1/topics?limit=1' }))
  const answers = await asLines([read, read, ...between, read])
  t.strictSame(
    answers.flatMap(({ line, status }) => (status === 200 ? [] : [line])),
    [2, 103],
  )
  t.match(answers[102], { status: 400, body: { errors: [{ pointer: '/id', code: 'duplicate' }] } })
})

t.test('an answer that isn’t JSON is a string', async (t) => {
  const path = '/v1/articles/ext:told'
  await server.put(`${path}?publish=true`, { headline: 'Told "so"', sections: [{ heading: 'Part', body: [{ type: 'paragraph', text: 'Words.' }] }] })
  const [text, html, ninjs] = ['text', 'html', 'ninjs'].map((format) => ({ id: format, method: 'GET', path: `${path}/renditions/${format}` }))
  const { body } = await batch([
    text,
    html,
    ninjs,
    { method: 'POST', path: '/v1/articles', body: { headline: 'Noted', editorNote: { $ref: 'text#' } } },
  ] as object[])
  const [asText, asPage, asJson, made] = body.data
  t.equal(asText.body, (await server.get(`${path}/renditions/text`)).text)
  t.match(asText.headers, { 'Content-Type': 'text/plain; charset=utf-8' })
  t.match(asPage.body, /^<!doctype html>[^]*Told/i)
  t.type(asJson.body, 'object')
  t.notOk('Content-Type' in asJson.headers)
  t.match(made.body.editorNote, /^Told "so"/)
  const within = { method: 'POST', path: '/v1/articles', body: { headline: { $ref: 'text#/none' } } }
  t.match(await batch([text, within] as object[]), { status: 400, body: { operation: 1, errors: [{ code: 'not-found' }] } })
  t.match(
    (await asLines([text, within] as object[])).map(({ status }) => status),
    [200, 400],
  )
})

t.test('lines are done while others are still to come, and what was broken off goes on', async (t) => {
  const line = (index: number) => `${JSON.stringify({ method: 'PUT', path: `/v1/articles/ext:slow-${index}`, body: { headline: `Slow ${index}` } })}\n`
  const lines = Array.from({ length: 150 }, (_, index) => line(index))
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/x-ndjson', 'idempotency-key': 'slow' }
  const upload = httpRequest(`${server.url}/v1/batch`, { method: 'POST', headers })
  upload.on('error', () => {})
  upload.write(lines.slice(0, 120).join(''))
  const [response] = (await once(upload, 'response')) as [IncomingMessage]
  const [part] = (await once(response.setEncoding('utf8'), 'data')) as [string]
  t.match(JSON.parse(part.split('\n')[0] as string), { line: 1, status: 201 })
  response.on('error', () => {})
  upload.destroy()
  t.equal((await server.get('/v1/articles/ext:slow-99')).status, 200)
  await server.events()
  const again = await server.request('POST', '/v1/batch', lines.join(''), { headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'slow' } })
  t.equal(again.text.trim().split('\n').length, 150)
  t.equal((await server.events()).length, 50, 'only the rest is done')
  const dry = await server.request('POST', '/v1/batch?dryRun=true', lines.slice(0, 1).join(''), {
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'slow' },
  })
  t.match(JSON.parse(dry.text.split('\n')[0] as string), { status: 200, body: { headline: 'Slow 0' } }, 'a dry run doesn’t replay')
  const empty = await server.request('POST', '/v1/batch', '\n', { headers: { 'content-type': 'application/x-ndjson' } })
  t.match(JSON.parse(empty.text), { status: 400 })
})

t.test('a dry run of a batch says what would come of it, and leaves nothing', async (t) => {
  await server.events()
  const operations = [
    { id: 'new', method: 'PUT', path: '/v1/articles/ext:dry?publish=true', body: { headline: 'Dry', topics: [{ name: 'Dry land' }] } },
    { method: 'GET', path: '/v1/articles/{new#/id}' },
  ]
  const dry = await batch(operations, {}, '?dryRun=true')
  t.equal(dry.headers.get('dry-run'), 'true')
  t.match(dry.body, {
    data: [{ status: 201 }, { status: 200, body: { headline: 'Dry' } }],
    dryRun: { events: [{ type: 'topic.created' }, { type: 'article.created' }, { type: 'article.published' }] },
  })
  t.ok(dry.body.dryRun.keys.includes('list'))
  t.strictSame(await server.events(), [])
  t.equal((await server.get('/v1/articles/ext:dry')).status, 404)
  t.equal((await batch(operations)).status, 200, 'slugs and ids are free')
})

t.test('a comment in a batch waits for nobody, also where it is the first of all', async (t) => {
  const own = await startServer(t, { COMMENT_CLASSIFIER_URL: 'http://127.0.0.1:9/' })
  const writer = await own.tokenWith('content:publish')
  const operations = [
    { id: 'story', method: 'POST', path: '/v1/articles', body: { headline: 'New', status: 'published' } },
    { id: 'comment', method: 'POST', path: '/v1/articles/{story#/id}/comments', body: { author: { name: 'Ada' }, body: 'First' } },
    { method: 'POST', path: '/v1/comments/{comment#/id}/votes', body: { value: 1 } },
  ]
  for (const query of ['?dryRun=true', '']) {
    const answer = await own.post(`/v1/batch${query}`, { operations, atomic: false }, { token: writer })
    t.strictSame(statuses(answer).slice(0, 2), [201, 201])
    // About what a batch says nobody else is asked.
    t.match(answer.body.data[1].body, { status: 'pending' })
  }
  t.equal((await own.put('/v1/topics/ext:after', { name: 'After' })).status, 201, 'and others write on')
})

t.test('a path that no operation has is a fault, and nothing is done', async (t) => {
  await server.events()
  const answer = await batch(
    [
      { method: 'GET', path: '/sitemap.xml' },
      { method: 'POST', path: '/v1/topics', body: { name: 'Not made' } },
    ],
    { atomic: false },
  )
  t.equal(answer.status, 400)
  t.strictSame(await server.events(), [])
})

t.test('a key of lines is that of these lines, wherever blank ones stand between, and of no JSON', async (t) => {
  const line = (name: string) => `${JSON.stringify({ method: 'POST', path: '/v1/topics', body: { name } })}\n`
  const send = (body: string, type = 'application/x-ndjson', key = 'blank') =>
    server.request('POST', '/v1/batch', body, { headers: { 'content-type': type, 'idempotency-key': key } })
  const many = Array.from({ length: 130 }, (_, index) => line(`Blank ${index}`))
  await server.events()
  await send(many.join(''))
  t.equal((await server.events()).length, 130)
  for (const again of [
    ['\n', ...many],
    [...many.slice(0, 110), '\n\n', ...many.slice(110)],
  ])
    await send(again.join(''))
  t.strictSame(await server.events(), [])
  t.equal((await send(JSON.stringify({ operations: [JSON.parse(many[0] as string)] }), 'application/json')).status, 422)
  await send(JSON.stringify({ operations: [JSON.parse(line('JSON first'))] }), 'application/json', 'json-first')
  t.equal((await send(line('JSON first'), undefined, 'json-first')).status, 422)
  t.strictSame(await server.events(), ['topic.created'])
})
