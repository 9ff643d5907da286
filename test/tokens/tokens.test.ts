import { faultsOf, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const server = await startServer(t)

t.test('created with a secret that is shown once', async (t) => {
  const made = await server.post('/v1/tokens', { name: 'Import', scopes: ['content:write'] })
  t.equal(made.status, 201)
  const { secret, ...rest } = made.body
  t.match(secret, /^bsh_\w{49}$/)
  t.ok(secret.startsWith(rest.prefix))
  t.strictSame(await server.events(), ['token.created'])
  const got = await server.get(`/v1/tokens/${rest.id}`)
  t.strictSame(got.body, rest)
  t.notMatch((await server.get('/v1/tokens')).text, secret)
  const rows = await server.database.read.selectFrom('tokens').selectAll().execute()
  t.notMatch(JSON.stringify(rows), secret)
  t.equal((await server.post('/v1/articles', { headline: 'By token' }, { token: secret })).status, 201)
  t.equal((await server.get('/v1/tokens', { token: secret })).status, 403)
})

t.test('used, changed, revoked', async (t) => {
  const { body } = await server.post('/v1/tokens', { name: 'Job', scopes: ['content:read'] })
  const path = `/v1/tokens/${body.id}`
  await server.get('/v1/articles?copy=working', { token: body.secret })
  await until('its use is noted', async () => (await server.get(path)).body.lastUsedAt !== null)
  const got = (await server.get(path)).body
  t.equal(got.revision, 1, 'use is no change')
  t.strictSame((await server.put(path, got)).body, got)
  await server.events()
  t.match((await server.patch(path, { scopes: ['content:read', 'content:write'], name: 'Job 2' })).body, {
    revision: 2,
    scopes: ['content:read', 'content:write'],
  })
  t.strictSame(await server.events(), ['token.updated'])
  t.equal((await server.post('/v1/articles', { headline: 'Now' }, { token: body.secret })).status, 201)
  await server.events()
  t.equal((await server.delete(path)).status, 204)
  t.strictSame(await server.events(), ['token.deleted'])
  t.equal((await server.get('/v1/articles', { token: body.secret })).status, 401, 'a bad token is a 401 everywhere')
})

t.test('an expired token is no token', async (t) => {
  const { body } = await server.post('/v1/tokens', { name: 'Short', scopes: ['content:read'], expiresAt: '2999-01-01T01:00:00+01:00' })
  t.equal(body.expiresAt, '2999-01-01T00:00:00.000Z')
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.updateTable('tokens').set({ expires_at: '2020-01-01T00:00:00.000Z' }).where('id', '=', body.id).execute()
  })
  t.equal((await server.get('/v1/articles?copy=working', { token: body.secret })).status, 401)
  const got = (await server.get(`/v1/tokens/${body.id}`)).body
  t.equal((await server.put(`/v1/tokens/${body.id}`, { ...got, name: 'Still short' })).status, 200, 'what it was, it may stay')
  t.strictSame(faultsOf(await server.patch(`/v1/tokens/${body.id}`, { expiresAt: '2021-01-01T00:00:00Z' })), ['/expiresAt: range'])
})

t.test('bad tokens are all alike', async (t) => {
  const { body } = await server.post('/v1/tokens', { name: 'Typo', scopes: ['admin'] })
  for (const authorization of [
    'Bearer nonsense',
    `Bearer ${body.secret.replace(/.$/, (last: string) => (last === 'x' ? 'y' : 'x'))}`,
    `Basic ${body.secret}`,
    'Bearer',
    `Bearer ${body.secret} more`,
  ]) {
    const { status, headers } = await server.anonymous.get('/v1/articles', { headers: { authorization } })
    t.equal(status, 401, authorization.slice(0, 20))
    t.match(headers.get('www-authenticate'), /^Bearer realm="broadsheet", error="invalid_token"/)
  }
  t.equal((await server.anonymous.get('/v1/tokens')).status, 401)
})

t.test('pages, fields and ids', async (t) => {
  const all = (await server.get('/v1/tokens?count=true')).body
  t.equal(all.page.total, all.data.length)
  const first = await server.get('/v1/tokens?limit=1&fields=name&sort=name')
  t.strictSame(Object.keys(first.body.data[0]), ['id', 'name'])
  t.equal((await server.get(`/v1/tokens?ids=${all.data[1].id}`)).body.data[0].id, all.data[1].id)
})

t.test('refused with their places', async (t) => {
  t.strictSame(faultsOf(await server.post('/v1/tokens', { scopes: ['content:writ'], expiresAt: '2020-01-01T00:00:00Z' })).sort(), [
    '/expiresAt: range',
    '/name: required',
    '/scopes/0: value',
  ])
  t.strictSame(faultsOf(await server.post('/v1/tokens', { name: 'x', scopes: [] })), ['/scopes: length'])
  t.strictSame(faultsOf(await server.post('/v1/tokens', { name: 'x', scopes: ['admin', 'admin'] })), ['/scopes/1: duplicate'])
  t.strictSame(faultsOf(await server.post('/v1/tokens', { name: 'x', scopes: ['admin'], expiresAt: '2020-01-01T00:00:00Z' })), ['/expiresAt: range'])
  t.equal((await server.get('/v1/tokens/not-an-id')).status, 404)
})
