import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const withKey = (key: string, more: Record<string, string> = {}) => ({ headers: { 'idempotency-key': key, ...more } })

t.test('the same key and body replay the first answer', async (t) => {
  const first = await server.post('/v1/articles', { headline: 'Once' }, withKey('a'))
  await server.events()
  const again = await server.post('/v1/articles', { headline: 'Once' }, withKey('a'))
  t.equal(again.status, 201)
  t.equal(again.text, first.text)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  t.equal(again.headers.get('location'), first.headers.get('location'))
  t.equal(again.headers.get('etag'), first.headers.get('etag'))
  t.notOk(first.headers.has('idempotency-replayed'))
  t.strictSame(await server.events(), [])
})

t.test('another body, type or query under the same key is a 422', async (t) => {
  await server.post('/v1/articles', { headline: 'One' }, withKey('b'))
  t.equal((await server.post('/v1/articles', { headline: 'Two' }, withKey('b'))).status, 422)
  t.equal((await server.post('/v1/articles', JSON.stringify({ headline: 'One' }), withKey('b', { 'content-type': 'text/plain' }))).status, 422)
  t.equal((await server.post('/v1/articles?x=1', { headline: 'One' }, withKey('b'))).status, 422)
})

t.test('a key belongs to its token, method and path', async (t) => {
  await server.post('/v1/articles', { headline: 'Owned' }, withKey('c'))
  const other = await server.tokenWith('content:write')
  t.notOk((await server.post('/v1/articles', { headline: 'Owned' }, { token: other, ...withKey('c') })).headers.has('idempotency-replayed'))
  t.equal((await server.post('/v1/authors', { name: 'Owned' }, withKey('c'))).status, 201)
  t.equal((await server.anonymous.post('/v1/articles', { headline: 'Owned' }, withKey('c'))).status, 401, 'authentication comes first')
})

t.test('the replay comes before preconditions, so a PATCH can be sent again', async (t) => {
  const { id, revision } = await createShort(server, 'Patched once')
  const headers = withKey('d', { 'if-match': `"${revision}"` })
  t.equal((await server.patch(`/v1/articles/${id}`, { kicker: 'x' }, headers)).status, 200)
  const again = await server.patch(`/v1/articles/${id}`, { kicker: 'x' }, headers)
  t.equal(again.status, 200)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
})

t.test('failures are not kept', async (t) => {
  t.equal((await server.post('/v1/articles', { headline: 5 }, withKey('e'))).status, 400)
  t.equal((await server.post('/v1/articles', { headline: 'Right' }, withKey('e'))).status, 201)
})

t.test('secrets are not replayed', async (t) => {
  const body = { name: 'Once', scopes: ['content:read'] }
  const first = await server.post('/v1/tokens', body, withKey('f'))
  t.match(first.body.secret, /^bsh_/)
  t.equal((await server.post('/v1/tokens', body, withKey('f'))).body.secret, null)
  const { id } = await createShort(server, 'Commented once')
  const comment = { author: { name: 'x' }, body: 'x' }
  t.match((await server.anonymous.post(`/v1/articles/${id}/comments`, comment, withKey('g'))).body.editToken, /^bshe_/)
  t.equal((await server.anonymous.post(`/v1/articles/${id}/comments`, comment, withKey('g'))).body.editToken, null)
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 1)
  const rows = JSON.stringify(await server.database.read.selectFrom('idempotency_keys').selectAll().execute())
  t.notMatch(rows, first.body.secret)
})

t.test('ten at once make one', async (t) => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => server.post('/v1/articles', { headline: 'Made once' }, withKey('h'))))
  const made = answers.filter(({ status }) => status === 201)
  t.ok(made.length >= 1)
  t.equal(new Set(made.map(({ body }) => body.id)).size, 1)
  for (const { status, headers } of answers) if (status !== 201) t.strictSame([status, headers.get('retry-after')], [409, '1'])
  t.equal((await server.get('/v1/articles?copy=working&q=made+once&count=true')).body.page.total, 1)
})

t.test('a replay needs the scopes that the first answer needed, and no more', async (t) => {
  const draft = await createShort(server, 'Published with a key', { status: 'draft' })
  const { body } = await server.post('/v1/tokens', { name: 'Weaker later', scopes: ['content:publish'] })
  const path = `/v1/articles/${draft.id}`
  const again = () => server.patch(`${path}?publish=true`, { kicker: 'Out' }, { ...withKey('weaker'), token: body.secret })
  const plain = () => server.patch(path, { kicker: 'In' }, { ...withKey('as weak'), token: body.secret })
  t.equal((await again()).status, 200)
  t.equal((await plain()).status, 200)
  await server.patch(`/v1/tokens/${body.id}`, { scopes: ['content:write'] })
  const refused = await again()
  t.equal(refused.status, 403)
  t.equal(refused.body.requiredScope, 'content:publish')
  t.equal((await plain()).headers.get('idempotency-replayed'), 'true')
})

t.test('nor does one who may moderate no more hear again what moderation answered', async (t) => {
  const story = await createShort(server, 'Moderated with a key')
  const { body: comment } = await server.anonymous.post(`/v1/articles/${story.id}/comments`, { author: { name: 'x' }, body: 'x' })
  const { body } = await server.post('/v1/tokens', { name: 'Moderates', scopes: ['comments:moderate'] })
  const moderate = () => server.patch(`/v1/comments/${comment.id}`, { status: 'approved' }, { ...withKey('moderated'), token: body.secret })
  t.equal((await moderate()).status, 200)
  await server.patch(`/v1/tokens/${body.id}`, { scopes: ['content:read'] })
  t.equal((await moderate()).status, 403)
})
