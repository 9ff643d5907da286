import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient, isProblem, ProblemError, type ProblemType } from '../../clients/typescript/src/index.ts'
import type { ProblemType as ServerProblemType } from '../../src/http/problems.ts'
import { adminToken, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { startFront } from './front.ts'

const server = await startServer(t)
const { url: baseUrl } = server
const editor = () => createClient({ baseUrl, token: adminToken })

/** An article with the client that made it, which keeps its tag. */
async function made(headline: string, client = editor()) {
  const { data } = await client.post('/v1/articles', { body: { headline } })
  return { ...data, client, path: { article: data.id } }
}

/** What a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<ProblemError> {
  const error = await call.then(() => undefined).catch((error: unknown) => error)
  if (error instanceof ProblemError) return error
  throw error ?? new Error('it was not refused')
}

const unavailable = (retryAfter: string) => ({
  status: 503,
  headers: { 'retry-after': retryAfter, 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: '/problems/unavailable', title: 'Not able to answer now', status: 503, detail: 'Too much to do.', instance: 'x' }),
})

t.test('rows and pages come as they are wanted', async (t) => {
  const { client } = await made('Paged')
  for (const name of ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil']) await client.post('/v1/authors', { body: { name } })
  const front = await startFront(t, baseUrl)
  const reader = createClient({ baseUrl: `${front.url}/`, token: adminToken })
  const names: unknown[] = []
  for await (const { name } of reader.items('/v1/authors', { query: { limit: 2 } })) names.push(name)
  t.strictSame(names, ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil'])
  t.equal(front.seen.length, 3)
  for await (const { data, page } of reader.pages('/v1/authors', { query: { limit: 2, count: true } })) {
    t.strictSame([data.length, page.total], [2, 5])
    break
  }
  t.equal(front.seen.length, 4, 'a loop that ends asks for no more')
})

t.test('a collection that comes whole is one page', async (t) => {
  const { client, path } = await made('In parts')
  await client.post('/v1/articles/{article}/sections', { path, body: { heading: 'One' } })
  const headings: unknown[] = []
  for await (const { heading } of client.items('/v1/articles/{article}/sections', { path, query: { copy: 'working' } })) headings.push(heading)
  t.strictSame(headings, ['One'])
})

t.test('a write bears the tag that was last read or written, by id and by slug', async (t) => {
  const { client, path, slug = '', id } = await made('Kept')
  await client.patch('/v1/articles/{article}', { path, body: { kicker: 'One' } })
  await client.patch('/v1/articles/{article}', { path: { article: slug }, body: { kicker: 'Two' } })
  await client.post('/v1/articles/{article}/publish', { path })
  const { data } = await client.put('/v1/articles/{article}', { path, body: { headline: 'Kept again' } })
  t.equal(data.headline, 'Kept again')

  await editor().patch('/v1/articles/{article}', { path, body: { kicker: 'Theirs' } })
  const error = await refusal(client.patch('/v1/articles/{article}', { path: { article: slug }, body: { kicker: 'Mine' } }))
  t.ok(isProblem(error, 'precondition-failed', 'gone'))
  t.notOk(isProblem(error, 'gone'))
  if (isProblem(error, 'precondition-failed')) t.equal(error.problem.currentRevision, data.revision + 1)
  t.equal(error.status, 412)
  t.equal((await refusal(client.delete('/v1/articles/{article}', { path }))).type, 'precondition-failed', 'until it is read again')

  const { data: now } = await client.get('/v1/articles/{article}', { path, query: { copy: 'working' } })
  t.equal(now.kicker, 'Theirs')
  await client.delete('/v1/articles/{article}', { path })
  t.equal((await server.get(`/v1/articles/${id}?copy=working`)).body.status, 'trashed')
})

t.test('what has no copies is read and written alike', async (t) => {
  const { data: author } = await editor().post('/v1/authors', { body: { name: 'Ada Berg' } })
  const path = { author: author.slug }
  const client = editor()
  await client.get('/v1/authors/{author}', { path })
  await editor().patch('/v1/authors/{author}', { path, body: { bio: 'Theirs' } })
  t.equal((await refusal(client.patch('/v1/authors/{author}', { path: { author: author.id }, body: { bio: 'Mine' } }))).type, 'precondition-failed')
})

t.test('a section’s tag is its own, even where its anchor is the slug of its article', async (t) => {
  const { client, path } = await made('Background')
  await client.post('/v1/articles/{article}/sections', { path: { article: 'background' }, body: { heading: 'Background' } })
  const section = { article: 'background', section: 'background' }
  await client.patch('/v1/articles/{article}/sections/{section}', { path: section, body: { heading: 'New' } })
  const error = await refusal(client.patch('/v1/articles/{article}', { path, body: { kicker: 'x' } }))
  t.equal(error.type, 'precondition-failed', 'a changed section is a changed article, which must be read again')
})

t.test('reading the public edition leaves the tag of the working copy alone', async (t) => {
  const { client, path } = await made('Public and working')
  await editor().patch('/v1/articles/{article}', { path, query: { publish: true }, body: { kicker: 'Theirs' } })
  const { data } = await client.get('/v1/articles/{article}', { path })
  t.equal(data.kicker, 'Theirs')
  const error = await refusal(client.put('/v1/articles/{article}', { path, body: { headline: 'Mine' } }))
  t.equal(error.type, 'precondition-failed')
})

t.test('If-Match can be given or left out', async (t) => {
  const { client, path, revision } = await made('Given')
  await editor().patch('/v1/articles/{article}', { path, body: { kicker: 'Theirs' } })
  t.equal((await refusal(client.post('/v1/articles/{article}/publish', { path, ifMatch: revision }))).type, 'precondition-failed')
  t.equal((await refusal(client.patch('/v1/articles/{article}', { path, ifMatch: `"${revision}"`, body: { kicker: 'x' } }))).type, 'precondition-failed')
  t.equal((await client.patch('/v1/articles/{article}', { path, ifMatch: false, body: { kicker: 'Mine' } })).data.kicker, 'Mine')
})

t.test('clients that write at once lose no update', async (t) => {
  const { id, path } = await made('Counted')
  await Promise.all(
    Array.from({ length: 8 }, async (_, number) => {
      const client = editor()
      for (;;) {
        const { data } = await client.get('/v1/articles/{article}', { path, query: { copy: 'working' } })
        const body = { headline: data.headline, custom: { ...data.custom, [`client${number}`]: true } }
        try {
          return await client.put('/v1/articles/{article}', { path, body })
        } catch (error) {
          if (!isProblem(error, 'precondition-failed')) throw error
        }
      }
    }),
  )
  t.equal(Object.keys((await server.get(`/v1/articles/${id}?copy=working`)).body.custom).length, 8)
})

t.test('what is busy is asked again when it says, so often and no more', async (t) => {
  const { id } = await made('Busy')
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken, maxRetries: 2 })
  const get = () => client.get('/v1/articles/{article}', { path: { article: id } })

  front.troubles.push({ ...unavailable('0'), status: 429 }, unavailable(new Date(0).toUTCString()))
  t.equal((await get()).data.headline, 'Busy')
  t.equal(front.seen.length, 3)

  front.troubles.push(unavailable('1'))
  const start = performance.now()
  await get()
  t.ok(performance.now() - start >= 1000, 'seconds are waited for')

  front.seen.length = 0
  front.troubles.push(unavailable('0'), unavailable('0'), unavailable('0'))
  t.ok(isProblem(await refusal(get()), 'unavailable'))
  t.equal(front.seen.length, 3)

  front.troubles.push(unavailable('61'))
  t.equal((await refusal(get())).response.headers.get('retry-after'), '61', 'longer than a minute is not waited for')
  t.equal(front.seen.length, 4)

  front.troubles.push({ status: 502, headers: { 'content-type': 'text/html' }, body: '<p>Bad gateway' })
  const error = await refusal(get())
  t.strictSame([error.type, error.status, error.message, error.errors], ['about:blank', 502, '502 Bad Gateway', []])
  t.equal(front.seen.length, 5, 'what is not said to be passing is not tried again')
})

t.test('a write whose answer is lost is done once: all tries of a call have one key', async (t) => {
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken })
  front.troubles.push(unavailable('0'), 'lose the answer', {
    ...unavailable('0'),
    status: 409,
    body: unavailable('').body.replace('unavailable', 'request-in-progress'),
  })
  const { data, response } = await client.post('/v1/articles', { body: { headline: 'Made once' } })
  t.equal(response.headers.get('idempotency-replayed'), 'true')
  t.equal(front.seen.length, 4)
  t.equal(new Set(front.seen.map(({ headers }) => headers['idempotency-key'])).size, 1)
  const { body } = await server.get('/v1/articles?copy=working&q=%22Made+once%22')
  t.strictSame(
    body.data.map(({ id }: { id: string }) => id),
    [data.id],
  )

  front.seen.length = 0
  const path = { article: data.id }
  front.troubles.push('lose the answer')
  t.equal((await client.patch('/v1/articles/{article}', { path, body: { kicker: 'Patched' } })).data.revision, data.revision + 1)
  await client.patch('/v1/articles/{article}', { path, body: { kicker: 'Again' }, idempotencyKey: 'my-own' })
  const [first, second, third] = front.seen.map(({ headers }) => headers['idempotency-key'])
  t.equal(first, second)
  t.match(first, /^[0-9a-f]{32}$/)
  t.equal(third, 'my-own')
})

t.test('other conflicts are not tried again', async (t) => {
  await made('Taken')
  const front = await startFront(t, baseUrl)
  const error = await refusal(createClient({ baseUrl: front.url, token: adminToken }).post('/v1/articles', { body: { headline: 'x', slug: 'taken' } }))
  t.ok(isProblem(error, 'slug-taken'))
  t.equal(error.errors[0]?.pointer, '/slug')
  t.equal(front.seen.length, 1)
})

t.test('a PUT whose answer is lost is sent again only with If-Match', async (t) => {
  const { id, revision } = await made('Replaced')
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken })
  const put = (ifMatch: number | false) => client.put('/v1/articles/{article}', { path: { article: id }, ifMatch, body: { headline: `With ${ifMatch}` } })
  front.troubles.push('lose the answer')
  await t.rejects(put(false), TypeError)
  t.equal(front.seen.length, 1)
  front.troubles.push('lose the answer')
  const error = await refusal(put(revision + 1))
  t.equal(error.type, 'precondition-failed')
  t.type(error.cause, TypeError, 'which says that the first try may have been the change')
  t.equal(front.seen.length, 3)
})

t.test('what has not changed comes from memory, as an object of its own', async (t) => {
  const { id, path } = await made('Cached')
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken, cache: 1 })
  const first = await client.get('/v1/articles/{article}', { path })
  first.data.headline = 'Scribbled over'
  const second = await client.get('/v1/articles/{article}', { path })
  t.equal(second.data.headline, 'Cached')
  t.strictSame([second.etag, second.response.status], [first.etag, 304])
  await server.patch(`/v1/articles/${id}`, { headline: 'Changed' })
  t.equal((await client.get('/v1/articles/{article}', { path })).data.headline, 'Changed')

  await client.get('/v1/authors', { query: { limit: 1 } })
  await client.get('/v1/articles/{article}', { path })
  t.notOk(front.seen.at(-1)?.headers['if-none-match'], 'of more than it may keep the oldest goes')
  t.strictSame(front.passed, [200, 304, 200, 200, 200])
})

t.test('an answer is never given to another token', async (t) => {
  const { path } = await made('Private')
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken })
  await client.get('/v1/articles/{article}', { path })
  const weak = { authorization: `Bearer ${await server.tokenWith('comments:moderate')}` }
  t.equal((await refusal(client.get('/v1/articles/{article}', { path, headers: weak }))).type, 'not-found')
  t.notOk(front.seen[1]?.headers['if-none-match'])
  await refusal(createClient({ baseUrl: front.url }).get('/v1/articles/{article}', { path }))
  t.notOk(front.seen[2]?.headers['if-none-match'])
})

t.test('the token goes nowhere else', async (t) => {
  const seen: (string | undefined)[] = []
  const elsewhere = createServer((request, reply) => {
    seen.push(request.headers.authorization)
    reply.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  t.teardown(() => elsewhere.close())
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url, token: adminToken })
  front.troubles.push({ status: 308, headers: { location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` } })
  await client.get('/v1/articles/{article}', { path: { article: 'moved' } })
  t.strictSame(seen, [undefined])

  await refusal(client.get('/v1/articles/{article}', { path: { article: '//elsewhere.example/?#' } }))
  t.equal(front.seen.at(-1)?.path, '/v1/articles/%2F%2Felsewhere.example%2F%3F%23')
  for (const article of ['', '.', '..']) await t.rejects(client.get('/v1/articles/{article}', { path: { article } }), TypeError)
})

t.test('an old slug leads to the article, for writes as well', async (t) => {
  const { client, path } = await made('Old name')
  await client.patch('/v1/articles/{article}', { path, body: { slug: 'new-name' } })
  const { data } = await editor().patch('/v1/articles/{article}', { path: { article: 'old-name' }, body: { kicker: 'Found' } })
  t.strictSame([data.slug, data.kicker], ['new-name', 'Found'])
})

t.test('a call ends with its signal, also while it waits', async (t) => {
  const front = await startFront(t, baseUrl)
  const client = createClient({ baseUrl: front.url })
  const start = performance.now()
  front.troubles.push(unavailable('60'))
  await t.rejects(client.get('/v1/articles', { signal: AbortSignal.timeout(200) }), { name: 'TimeoutError' })
  t.equal(front.seen.length, 1)
  const reason = new Error('The reader left')
  const left = new AbortController()
  const leavingReader = createClient({
    baseUrl: front.url,
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      const whole = new Response(await response.text(), response)
      left.abort(reason)
      return whole
    },
  })
  front.troubles.push(unavailable('60'))
  await t.rejects(leavingReader.get('/v1/articles', { signal: left.signal }), reason, 'also where it had ended before the wait')
  t.ok(performance.now() - start < 30_000, 'and at once')
  await t.rejects(client.get('/v1/articles', { signal: AbortSignal.abort(reason) }), reason)
  const leaving = new AbortController()
  const reading = async () => {
    for await (const _ of client.items('/v1/authors', { query: { limit: 1 }, signal: leaving.signal })) leaving.abort(reason)
  }
  await server.post('/v1/articles', { headline: 'x', authors: [{ name: 'Fay' }, { name: 'Gil' }], status: 'published' })
  await t.rejects(reading(), reason)
})

t.test('patches of both kinds, text, lists of values and notes go as they should', async (t) => {
  const { client, path } = await made('Sent')
  const headers = { 'X-Change-Note': 'Größe – 大' }
  const operations = [{ op: 'add' as const, path: '/kicker', value: 'By operation' }]
  t.equal((await client.patch('/v1/articles/{article}', { path, body: operations, headers })).data.kicker, 'By operation')
  const { data: revisions } = await client.get('/v1/articles/{article}/revisions', { path, query: { limit: 1 } })
  t.equal(revisions.data[0]?.note, 'Größe – 大')
  const { data: page } = await client.post('/v1/articles', { body: 'Harbour shut\n\nBackground:\nIt froze.', contentType: 'text/plain' })
  t.strictSame([page.headline, page.sections[0]?.heading], ['Harbour shut', 'Background'])
  const { data: found } = await client.get('/v1/articles', { query: { copy: 'working', author: ['nobody', '-ada'], q: undefined } })
  t.strictSame(found.data, [])
  t.equal((await client.delete('/v1/articles/{article}', { path })).data, undefined)
})

// Both lists have the same members, or this doesn't compile.
const isWhole: [ProblemType] extends [ServerProblemType] ? ([ServerProblemType] extends [ProblemType] ? true : false) : false = true

t.test('it knows every problem', async (t) => {
  t.ok(isWhole)
  const error = await refusal(createClient({ baseUrl, token: 'bsh_wrong' }).get('/v1/events'))
  t.strictSame([error.type, error.status, error.name], ['unauthorized', 401, 'ProblemError'])
  t.match(error.problem, { type: '/problems/unauthorized', detail: error.message })
})
