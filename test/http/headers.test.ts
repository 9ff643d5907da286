import { readConfig } from '../../src/config.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

t.test('any page may read, without credentials', async (t) => {
  const server = await startServer(t)
  const { headers } = await server.anonymous.get('/v1/articles', { headers: { origin: 'https://news.example' } })
  t.equal(headers.get('access-control-allow-origin'), '*')
  t.notOk(headers.has('access-control-allow-credentials'))
  const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? []
  t.ok(exposed.includes('Dry-Run'))
  for (const name of ['ETag', 'Link', 'Location', 'Retry-After', 'RateLimit', 'X-Request-Id', 'Idempotency-Replayed']) t.ok(exposed.includes(name), name)
  const preflight = await server.anonymous.request('OPTIONS', '/v1/articles/x', undefined, {
    headers: {
      origin: 'https://news.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization, if-match, content-type',
    },
  })
  t.equal(preflight.status, 204)
  t.match(preflight.headers.get('access-control-allow-methods'), 'PATCH')
  t.equal(preflight.headers.get('access-control-allow-headers'), 'authorization, if-match, content-type')
})

t.test('or the pages of listed origins, and caches know', async (t) => {
  const server = await startServer(t, { CORS_ORIGINS: 'https://news.example, https://admin.example' })
  const origin = async (name: string) => (await server.anonymous.get('/v1/articles', { headers: { origin: name } })).headers
  t.equal((await origin('https://admin.example')).get('access-control-allow-origin'), 'https://admin.example')
  const other = await origin('https://evil.example')
  t.notOk(other.has('access-control-allow-origin'))
  t.match(other.get('vary'), /Origin/i)
  t.match(other.get('vary'), /Accept-Encoding/)
})

t.test('public answers are for caches, with the operator’s times', async (t) => {
  const server = await startServer(t, { CACHE_S_MAXAGE: '60', CACHE_STALE_WHILE_REVALIDATE: '30' })
  const { id } = await createShort(server, 'Cached', { topics: [{ name: 'Shipping' }], authors: [{ name: 'Ada Berg' }] })
  const { headers, body } = await server.anonymous.get(`/v1/articles/${id}`)
  t.equal(headers.get('cache-control'), 'public, max-age=0, s-maxage=60, stale-while-revalidate=30, must-revalidate')
  t.equal(headers.get('vary'), 'Accept-Encoding')
  t.equal(headers.get('surrogate-key'), `article:${id} site comments:${id} author:${body.authors[0].id} topic:${body.topics[0].id}`)
  t.equal(headers.get('cache-tag'), headers.get('surrogate-key')?.replaceAll(' ', ','))
  t.equal((await server.get(`/v1/articles/${id}`)).text, (await server.anonymous.get(`/v1/articles/${id}`)).text, 'the same bytes whatever the token')
  const working = await server.get(`/v1/articles/${id}?copy=working`)
  t.equal(working.headers.get('cache-control'), 'private, no-store')
  t.notOk(working.headers.has('surrogate-key'))
})

t.test('keys that would be too long for a header: a list has its own alone, an article its own first', async (t) => {
  const server = await startServer(t)
  const ids: string[] = []
  for (let index = 0; index < 95; index++) ids.push((await createShort(server, `Row ${index}`)).id)
  t.equal((await server.anonymous.get('/v1/articles?limit=100')).headers.get('surrogate-key'), 'list')
  const { id } = await createShort(server, 'Leads everywhere', {
    related: ids.map((target) => ({ relation: 'related', target: { type: 'article', id: target } })),
  })
  const keys = (await server.anonymous.get(`/v1/articles/${id}`)).headers.get('surrogate-key') ?? ''
  t.ok(keys.startsWith(`article:${id} list site comments:${id} article:`))
  t.ok(keys.length <= 4000)
})

t.test('a request has an id, its own or a new one', async (t) => {
  const server = await startServer(t)
  t.equal((await server.get('/v1/articles', { headers: { 'x-request-id': 'trace-1.2:3' } })).headers.get('x-request-id'), 'trace-1.2:3')
  t.match((await server.get('/v1/articles', { headers: { 'x-request-id': 'not <safe>' } })).headers.get('x-request-id'), /^[0-9a-f-]{36}-[0-9a-z]+$/)
  const { body } = await server.post('/v1/articles', { headline: 'Traced' }, { headers: { 'x-request-id': 'job-7' } })
  const row = await server.database.read.selectFrom('events').selectAll().where('subject_id', '=', body.id).executeTakeFirstOrThrow()
  t.equal(row.request_id, 'job-7')
  t.strictSame(JSON.parse(row.actor ?? ''), { tokenId: null, name: 'ADMIN_TOKEN' })
})

t.test('nothing in an answer comes from Host or X-Forwarded-*', async (t) => {
  const server = await startServer(t, { TRUST_PROXY: '1' })
  for (let index = 0; index < 3; index++) await createShort(server, `Row ${index}`)
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' }
  const list = await server.anonymous.get('/v1/articles?limit=1', { headers })
  t.match(list.headers.get('link'), /^<\/v1\/articles\?limit=1&cursor=/)
  const made = await server.post('/v1/authors', { name: 'x' }, { headers })
  t.match(made.headers.get('location'), /^\/v1\/authors\//)
  t.notMatch(JSON.stringify([list.text, [...list.headers]]), 'evil')
})

t.test('sniffing and framing are off', async (t) => {
  const { headers } = await (await startServer(t)).anonymous.get('/v1/articles')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  t.match(headers.get('content-security-policy'), "default-src 'none'")
})

t.test('over the limit is a 429; a token is counted by itself', async (t) => {
  const server = await startServer(t, { RATE_LIMIT: '6' })
  let last = await server.anonymous.get('/v1/articles')
  t.match(last.headers.get('ratelimit'), /^"default";r=4;t=\d+$/)
  for (let count = 1; count < 5; count++) last = await server.anonymous.get('/v1/articles')
  t.equal(last.status, 200)
  last = await server.anonymous.get('/v1/articles')
  t.equal(last.status, 429)
  t.match(last.headers.get('retry-after'), /^\d+$/)
  t.equal((await server.get('/v1/articles')).status, 200)
  t.equal((await server.anonymous.get('/health/ready')).status, 200, 'probes are not counted')
})

t.test('writes without a token have a limit of their own from the start, an IPv6 client by its /64', async (t) => {
  const server = await startServer(t, { WRITE_RATE_LIMIT: '', TRUST_PROXY: '1' })
  const { id } = await createShort(server, 'Commented')
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  let said = 0
  const comment = (address: string) => server.anonymous.post(`/v1/articles/${id}/comments`, { author: { name: 'x' }, body: `x ${said++}` }, from(address))
  for (let count = 0; count < 30; count++) t.equal((await comment(`2001:db8:1:2::${count + 1}`)).status, 201)
  const refused = await comment('2001:db8:1:2:ffff::1')
  t.equal(refused.status, 429)
  t.match(refused.headers.get('ratelimit'), /^"write";r=0;t=\d+$/)
  t.match(refused.headers.get('retry-after'), /^\d+$/)
  t.equal((await comment('2001:db8:1:3::1')).status, 201, 'another /64')
  t.equal((await comment('192.0.2.1')).status, 201)
  t.equal((await comment('::ffff:192.0.2.1')).headers.get('ratelimit')?.split(';')[1], 'r=28', 'an IPv4 address is the same however it is written')
  t.equal((await server.anonymous.get('/v1/articles', from('2001:db8:1:2::1'))).status, 200, 'reads go on')
  t.equal((await server.patch(`/v1/articles/${id}`, { kicker: 'x' }, from('2001:db8:1:2::1'))).status, 200, 'and so do tokens')
})

t.test('bad tokens, malformed addresses and documents count, too', async (t) => {
  const server = await startServer(t, { RATE_LIMIT: '9' })
  // The helper has read the document.
  const statuses = [(await server.get('/v1/articles', { token: 'bsh_nobody' })).status]
  for (const path of ['/v1/articles/%FF', '/v1/nowhere', '/openapi.json', '/openapi.yaml', '/problems', '/problems/conflict', '/v1/%zz'])
    statuses.push((await fetch(server.url + path)).status)
  t.strictSame(statuses, [401, 400, 404, 200, 200, 200, 200, 400])
  for (const path of ['/v1/articles/%FF', '/openapi.json', '/v1/articles']) t.equal((await fetch(server.url + path)).status, 429, path)
  t.equal((await server.get('/v1/articles', { token: 'bsh_nobody' })).status, 429, 'before it is known to be bad')
})

t.test('a proxy is trusted by its place or address, never any', async (t) => {
  t.throws(() => readConfig({ TRUST_PROXY: 'true' }), /TRUST_PROXY must say which proxies/)
  for (const value of ['1', '10.0.0.0/8, 127.0.0.1', 'false']) t.ok(readConfig({ TRUST_PROXY: value }))
})

t.test('metrics are for who has a token, unless the operator says otherwise', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Measured')
  const read = (token?: string) => fetch(`${server.url}/metrics`, token ? { headers: { authorization: `Bearer ${token}` } } : {})
  t.equal((await read()).status, 401)
  t.equal((await read('bsh_nobody')).status, 401)
  const token = await server.tokenWith('comments:write')
  const answer = await read(token)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.equal(answer.headers.get('cache-control'), 'private, no-store')
  let text = await answer.text()
  // Nothing is answered from memory before that was tried once.
  while (!/^broadsheet_memory_answers_total\{status="200"\} [1-9]/m.test(text)) {
    await server.anonymous.get(`/v1/articles/${id}`)
    text = await (await read(token)).text()
  }
  for (const line of [
    /^http_request_duration_seconds_count\{method="POST",route="\/v1\/articles",status="201"\} 1$/m,
    /^broadsheet_cache_entries 1$/m,
    /^broadsheet_cache_bytes \d+$/m,
    /^broadsheet_database_writers_waiting \d+$/m,
    /^broadsheet_scheduler_lag_seconds 0$/m,
    /^broadsheet_rate_limit_hits_total 0$/m,
    /^nodejs_eventloop_lag_p99_seconds /m,
    /^process_resident_memory_bytes /m,
  ])
    t.match(text, line)
  const open = await startServer(t, { METRICS: 'open' })
  t.equal((await fetch(`${open.url}/metrics`)).status, 200)
  const off = await startServer(t, { METRICS: 'off' })
  t.equal((await off.get('/metrics')).status, 404)
})

t.test('an address has one form, however it is written', async (t) => {
  const server = await startServer(t, { METRICS: 'open' })
  await createShort(server, 'Written')
  const forms = [
    '/v1/articles?limit=5&q=written',
    '/v1/articles?q=written&limit=5',
    '/v1/articles?&&limit=5&&&q=%77ritten&',
    '/v1/%61rticles?limit=5&q=written',
  ]
  const answers = await Promise.all(forms.map((form) => server.anonymous.get(form)))
  for (const answer of answers) t.equal(answer.text, answers[0]?.text)
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  t.match(metrics, /^broadsheet_cache_entries 1$/m)
  t.not((await server.anonymous.get('/v1/articles?q=a+b')).text, (await server.anonymous.get('/v1/articles?q=written')).text)
})

t.test('health: alive, and ready while the database answers', async (t) => {
  const server = await startServer(t)
  for (const path of ['/health/live', '/health/ready']) {
    const { status, body, headers } = await server.anonymous.get(path)
    t.strictSame([status, body, headers.get('cache-control')], [200, { status: 'ok' }, 'no-store'])
  }
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.schema.dropTable('migrations').execute()
  })
  const answer = await server.anonymous.get('/health/ready')
  t.equal(answer.status, 503)
  t.ok(answer.headers.has('retry-after'))
  t.equal((await server.anonymous.get('/health/live')).status, 200)
})

t.test('a type that is refused by name is not given, however it is written', async (t) => {
  const server = await startServer(t)
  const statusOf = async (accept: string) => (await fetch(`${server.url}/v1/articles`, { headers: { accept } })).status
  for (const accept of [
    'application/json;q=0',
    'application/json; q=0',
    'application/json;\tq=0',
    '*/*; q=0',
    'text/html, application/json; q=0',
    'application/json;q=0, */*',
  ])
    t.equal(await statusOf(accept), 406, accept)
  for (const accept of [
    ',',
    'application/json; q=0.1',
    'application/json;indent=2; q=0.5',
    'application/json; note="a;q=0"',
    'application/problem+json',
    'text/html, */*; q=0.1',
  ])
    t.equal(await statusOf(accept), 200, accept)
})

t.test('what is refused before any hook has the headers of every answer, too', async (t) => {
  const server = await startServer(t, { CORS_ORIGINS: 'https://a.example' })
  const get = (path: string, origin = 'https://a.example') => fetch(server.url + path, { headers: { origin } })
  const [refused, usual] = [await get('/v1/articles/%zz'), await get('/v1/articles/nothing')]
  for (const name of ['access-control-allow-origin', 'access-control-expose-headers', 'content-security-policy', 'x-content-type-options'])
    t.equal(refused.headers.get(name), usual.headers.get(name), name)
  t.match(refused.headers.get('vary'), /Origin/)
  t.notOk((await get('/v1/articles/%zz', 'https://b.example')).headers.has('access-control-allow-origin'))
})
