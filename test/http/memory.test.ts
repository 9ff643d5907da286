import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { type Cache, createCache } from '../../src/http/cache.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, startServer } from '../support/server.ts'
import { create, createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

type Raw = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

/** A request with exactly these headers. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const lasting = ({ headers: { date: _, 'x-request-id': __, ...headers } }: Raw) => headers

t.test('an answer from memory is the first one again, with all its headers', async (t) => {
  const { id } = await create(server, { status: 'published' })
  for (const path of [`/v1/articles/${id}`, '/v1/articles', `/v1/articles/${id}/comments`]) {
    const first = await raw(path)
    const second = await raw(path)
    t.equal(second.status, 200)
    t.strictSame(lasting(second), lasting(first))
    t.ok(second.body.equals(first.body))
    t.not(second.headers['x-request-id'], first.headers['x-request-id'])
    t.equal((await raw(path, { 'x-request-id': 'mine' })).headers['x-request-id'], 'mine')
    const known = await raw(path, { 'if-none-match': String(first.headers.etag) })
    t.equal(known.status, 304)
    t.equal(known.body.length, 0)
    const { 'content-type': _, 'content-length': __, ...kept } = lasting(first)
    t.strictSame(lasting(known), kept)
    t.equal((await raw(path, { 'if-none-match': '"other"' })).status, 200)
    t.equal((await raw(path, { accept: 'text/html' })).status, 406)
    t.equal((await raw(path, { expect: 'something' })).status, 200)
    t.equal((await raw(path, { authorization: 'Bearer nobody' })).status, 401)
    t.equal((await raw(path, { connection: 'close' })).headers.connection, 'close')
    const head = await raw(path, {}, 'HEAD')
    t.strictSame([head.status, head.body.length, head.headers['content-length']], [200, 0, first.headers['content-length']])
  }
})

t.test('each content coding says the same under a tag of its own', async (t) => {
  const { id } = await create(server, { status: 'published' })
  const path = `/v1/articles/${id}`
  const plain = await raw(path)
  for (const [coding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)
    for (const _ of ['made', 'kept']) {
      const { headers, body } = await raw(path, { 'accept-encoding': coding })
      t.equal(headers['content-encoding'], coding)
      t.equal(headers.vary, 'Accept-Encoding')
      t.not(headers.etag, plain.headers.etag)
      t.ok(body.length < plain.body.length)
      t.ok(decode(body).equals(plain.body))
      t.equal((await raw(path, { 'accept-encoding': coding, 'if-none-match': String(headers.etag) })).status, 304)
    }
  t.equal((await raw('/v1/articles?ids=none', { 'accept-encoding': 'br' })).headers['content-encoding'], undefined, 'a small body goes as it is')
  for (const none of ['identity', 'br;q=0, gzip;q=0', 'zstd'])
    t.equal((await raw(path, { 'accept-encoding': none })).headers['content-encoding'], undefined, none)
  for (const [accepted, coding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1, br;q=0.1', 'gzip'],
    ['gzip;q=0.5, identity;q=0.9', undefined],
    ['identity;q=0, *', 'br'],
  ] as const)
    t.equal((await raw(path, { 'accept-encoding': accepted })).headers['content-encoding'], coding, accepted)
  const tag = String((await raw(path, { 'accept-encoding': 'br' })).headers.etag)
  const changed = await server.patch(path, { kicker: 'x' }, { headers: { 'if-match': tag } })
  t.equal(changed.status, 200, 'and each is a precondition by its revision')
})

t.test('what a change touches is read anew at once, whatever way it came', async (t) => {
  const target = await createShort(server, 'Target in memory')
  const made = await createShort(server, 'In memory', {
    authors: [{ name: 'Remembered' }],
    topics: [{ name: 'Remembered topic' }],
    related: [{ relation: 'related', target: { type: 'article', id: target.id } }],
  })
  const { body: list } = await server.post('/v1/highlight-lists', { title: 'Remembered', items: [{ target: { type: 'article', id: target.id } }] })
  const path = `/v1/articles/${made.id}`
  const watched = [path, `${path}?at=${new Date().toISOString()}`, `${path}/comments`, '/v1/articles?include=commentCount', `/v1/highlight-lists/${list.id}`]
  const read = async () => Promise.all(watched.map(async (address) => (await raw(address)).body.toString()))
  const changed = async (work: () => Promise<unknown>) => {
    const before = await read()
    t.strictSame(await read(), before)
    await work()
    const after = await read()
    return watched.flatMap((address, index) => (before[index] === after[index] ? [] : [address.replace(path, '')]))
  }
  const [article, , comments, articles, front] = ['', '', '/comments', '/v1/articles?include=commentCount', `/v1/highlight-lists/${list.id}`]
  const comment = () => server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  t.strictSame(await changed(comment), [article, comments, articles])
  t.strictSame(await changed(() => server.patch(path, { kicker: 'only for editors' })), [])
  t.strictSame(await changed(() => server.post(`${path}/publish`)), [article, articles])
  t.strictSame(await changed(() => server.patch(`/v1/authors/${made.authors[0].id}`, { name: 'Renamed' })), [article, articles])
  t.strictSame(await changed(() => server.patch(`/v1/topics/${made.topics[0].id}`, { name: 'Renamed' })), [article, articles])
  t.strictSame(await changed(() => server.patch(`/v1/highlight-lists/${list.id}`, { title: 'Other' })), [front])
  t.strictSame(await changed(() => server.patch(path, { commentPolicy: 'closed' })), [article, articles])
  t.ok((await changed(() => server.post(`/v1/articles/${target.id}/unpublish`))).includes(article ?? ''))
  t.strictSame(
    await changed(() => server.post(`/v1/articles/${target.id}/publish`)),
    [article, watched[1]?.replace(path, ''), articles, front],
    'what is hidden no more, too',
  )
  t.equal((await changed(() => server.delete(path))).length, 4)
  const gone = await Promise.all(Array.from({ length: 20 }, () => raw(path)))
  t.ok(gone.every(({ status }) => status === 410))
})

t.test('a comment changes the count of what is in memory, and nothing else of it', async (t) => {
  const decoy = { type: 'code', code: '"commentCount":7,' }
  const { id } = await create(server, {
    status: 'published',
    sections: [{ heading: '"commentCount":3', body: [decoy, { type: 'paragraph', text: 'Häfen öffnen.' }] }],
    highlightLists: [],
    custom: { commentCount: 9 },
  })
  const path = `/v1/articles/${id}`
  const metrics = () => fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } })
  const misses = async () => Number(/^broadsheet_cache_misses_total (\d+)$/m.exec(await (await metrics()).text())?.[1])
  const first = await raw(path, { 'accept-encoding': 'br' })
  await raw(path)
  const before = await misses()
  for (const count of [1, 2]) {
    const { status, body } = await server.anonymous.post(`${path}/comments`, { author: { name: 'Reader' }, body: 'Well said.' })
    t.equal(status, 201)
    const after = await raw(path)
    const zipped = await raw(path, { 'accept-encoding': 'br' })
    t.strictSame(JSON.parse(after.body.toString()), { ...JSON.parse(brotliDecompressSync(first.body).toString()), commentCount: count })
    t.ok(brotliDecompressSync(zipped.body).equals(after.body))
    t.not(zipped.headers.etag, first.headers.etag)
    const { etag, 'content-length': _, ...others } = lasting(after)
    t.equal(after.headers['content-length'], String(after.body.length))
    t.equal((await raw(path, { 'if-none-match': String(etag) })).status, 304)
    t.equal((await raw(path, { 'if-none-match': String(first.headers.etag), 'accept-encoding': 'br' })).status, 200)
    t.strictSame(others, (({ etag: _, 'content-length': __, 'content-encoding': ___, ...rest }) => rest)(lasting(first)))
    // As one who asks past memory sees it.
    t.strictSame((await server.get(path)).body, JSON.parse(after.body.toString()))
    if (count === 1) t.equal((await server.delete(`/v1/comments/${body.id}`)).status, 204)
    if (count === 1) t.equal(JSON.parse((await raw(path)).body.toString()).commentCount, 0)
    if (count === 1) await server.anonymous.post(`${path}/comments`, { author: { name: 'Reader' }, body: 'Again.' })
  }
  t.ok(before > 0)
  t.equal(await misses(), before, 'it was not made again')
  await server.post(`${path}/unpublish`)
  t.equal((await raw(path)).status, 410)
})

/** Fills a cache with a text, and says how often it had to be made. */
function counted(cache: Cache) {
  let made = 0
  const fill = (address: string, text: string, keys: string[] = [], wait: Promise<void> = Promise.resolve()) =>
    cache.fill(address, async () => {
      made++
      await wait
      return { sent: { status: 200, headers: { etag: '"x"' }, body: Buffer.from(text) }, keys, mayKeep: true }
    })
  return { fill, made: () => made }
}

t.test('those who ask at once share one answer, and what changed meanwhile is not kept', async (t) => {
  const cache = createCache(1_000_000)
  cache.resume()
  const { fill, made } = counted(cache)
  let finish = () => {}
  const wait = new Promise<void>((resolve) => {
    finish = resolve
  })
  const asked = Promise.all(Array.from({ length: 50 }, () => fill('/a', 'old', ['k'], wait)))
  cache.drop(['k'])
  const late = fill('/a', 'new', ['k'])
  finish()
  await Promise.all([asked, late])
  t.equal(made(), 2, 'one for those before the change, one for those after it')
  t.equal(cache.get('/a')?.ready.identity?.body.toString(), 'new')
  cache.drop(['other'])
  t.ok(cache.get('/a'))
  cache.drop(['k'])
  t.notOk(cache.get('/a'))
})

t.test('what was begun before a change is not kept, also where another has begun since', async (t) => {
  const cache = createCache(1_000_000)
  cache.resume()
  const { fill } = counted(cache)
  let finish = () => {}
  const wait = new Promise<void>((resolve) => {
    finish = resolve
  })
  const first = fill('/a', 'old', ['k'], wait)
  cache.drop(['unrelated'])
  const second = fill('/a', 'old', ['k'], wait)
  cache.drop(['k'])
  finish()
  await Promise.all([first, second])
  t.notOk(cache.get('/a'))
})

t.test('one who can’t make an answer leaves it to who asks at the same time', async (t) => {
  const cache = createCache(1_000_000)
  cache.resume()
  const { fill } = counted(cache)
  const [none, made] = await Promise.all([cache.fill('/a', async () => null), fill('/a', 'made')])
  t.equal(none, null)
  t.equal(made?.ready.identity?.body.toString(), 'made')
})

t.test('memory is bounded, and what is asked for stays longest', async (t) => {
  const cache = createCache(100_000)
  cache.resume()
  const { fill } = counted(cache)
  const text = 'x'.repeat(4000)
  for (let index = 0; index < 200; index++) {
    await fill(`/${index}`, text, [`k${index}`])
    const often = cache.get('/0')
    if (often) often.isUsed = true
    t.ok(cache.stats().bytes <= 100_000)
  }
  t.ok(cache.get('/0'))
  t.ok(cache.get('/199'))
  t.notOk(cache.get('/1'))
  const before = cache.stats().bytes
  const kept = cache.get('/199')
  if (kept) await cache.variant('/199', kept, 'br')
  t.ok(cache.stats().bytes > before, 'what is compressed counts, too')
  cache.pause()
  cache.clear()
  await fill('/0', text)
  t.notOk(cache.get('/0'), 'while nobody says what changes, nothing is kept')
})

t.test('what memory answers is what the router answers, to the byte', async (t) => {
  const url = await emptyDatabase(t)
  const servers = [await startServer(t, { DATABASE_URL: url }), await startServer(t, { DATABASE_URL: url, FAST_PATH: 'off' })] as const
  const story = await createShort(servers[0], 'Both ways', {
    custom: { sections: [], note: '"sections":[]' },
    sections: [{ body: [{ type: 'paragraph', text: '"sections":[]' }] }],
  })
  const both = async (path: string, headers: Record<string, string>) =>
    Promise.all(
      servers.map(async ({ anonymous }) => {
        await anonymous.get(path, { headers })
        const answer = await anonymous.get(path, { headers: { ...headers, 'x-request-id': 'same' } })
        const own = [...answer.headers].filter(([name]) => name !== 'date').sort()
        return { status: answer.status, headers: own, text: answer.text }
      }),
    )
  const { etag } = Object.fromEntries((await both(`/v1/articles/${story.id}`, {}))[0]?.headers ?? [])
  for (const path of [`/v1/articles/${story.id}`, `/v1/articles/${story.slug}`, '/v1/articles?limit=2', `/v1/articles/${story.id}/comments`])
    for (const headers of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br' }, { 'if-none-match': etag as string }] as Record<string, string>[]) {
      const [memory, router] = await both(path, headers)
      t.strictSame(memory, router, `${path} ${JSON.stringify(headers)}`)
    }
  const whole = (await servers[0].anonymous.get(`/v1/articles/${story.id}`)).body
  t.match(whole, { custom: { sections: [], note: '"sections":[]' }, sections: [{ body: [{ text: '"sections":[]' }] }] }, 'sections take their own place alone')
})

t.test('what is not kept is answered ahead of the router, too', async (t) => {
  const server = await startServer(t, { CACHE_BYTES: '1 KiB', METRICS: 'open' })
  const { id } = await createShort(server, 'Never kept')
  const ahead = async () => Number(/^broadsheet_memory_answers_total\{status="200"\} (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1])
  // The fast path is tried once the server listens, and this may come before that.
  while ((await ahead()) === 0) t.equal((await server.anonymous.get(`/v1/articles/${id}`)).status, 200)
})
