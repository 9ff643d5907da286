import { milliseconds, moveClock } from '../../src/database/clock.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const [second, minute, hour] = [1000, 60_000, 3_600_000]

t.test('what time ends, ends in its time', async (t) => {
  const server = await startServer(t, { WRITE_RATE_LIMIT: '2' })
  const story = await createShort(server, 'Of its time')
  const path = `/v1/articles/${story.id}`
  const comment = () => server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  const first = await comment()
  const headers = { 'comment-edit-token': first.body.editToken }
  const edit = (body: string) => server.anonymous.patch(`/v1/comments/${first.body.id}`, { body }, { headers })
  t.equal((await edit('within the window')).status, 200)
  t.equal((await comment()).status, 429)
  moveClock(minute)
  t.equal((await comment()).status, 201, 'a minute later the share is whole again')
  moveClock(13 * minute + 50 * second)
  t.equal((await edit('just in time')).status, 200)
  moveClock(minute)
  const late = await edit('too late')
  t.equal(late.status, 403)
  t.equal(late.body.type, '/problems/edit-window-over')

  const draft = await createShort(server, 'Previewed', { status: 'draft' })
  const link = (await server.post(`/v1/articles/${draft.id}/preview-links`, { expiresIn: 3600 })).body.apiUrl
  const token = (await server.post('/v1/tokens', { name: 'Short', scopes: ['content:read'], expiresAt: new Date(Date.now() + 2 * hour).toISOString() })).body
    .secret
  t.equal((await server.anonymous.get(link)).status, 200)
  moveClock(hour - minute)
  t.equal((await server.anonymous.get(link)).status, 200)
  moveClock(minute)
  t.equal((await server.anonymous.get(link)).status, 404)
  t.equal((await server.get(`/v1/articles/${draft.id}/preview-links`)).body.data.length, 0)
  t.equal((await server.get(`/v1/articles/${draft.id}?copy=working`, { token })).status, 200)
  moveClock(hour)
  t.equal((await server.get(`/v1/articles/${draft.id}?copy=working`, { token })).status, 401)

  const once = { headers: { 'idempotency-key': 'once' } }
  const made = await server.post('/v1/topics', { name: 'Made once' }, once)
  moveClock(24 * hour - minute)
  const again = await server.post('/v1/topics', { name: 'Made once' }, once)
  t.equal(again.body.id, made.body.id)
  t.equal(again.headers.get('idempotency-replayed'), 'true')
  moveClock(2 * minute)
  t.not((await server.post('/v1/topics', { name: 'Made once' }, once)).body.id, made.body.id, 'a day later it is another request')
})

t.test('between a take-down and the next publication nothing was public', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'In and out')
  const path = `/v1/articles/${id}`
  const times: string[] = []
  for (const step of ['unpublish', 'publish', null]) {
    moveClock(minute)
    times.push(new Date(milliseconds()).toISOString())
    moveClock(minute)
    if (step) t.equal((await server.post(`${path}/${step}`)).status, 200)
  }
  const statuses = await Promise.all(times.map(async (time) => (await server.anonymous.get(`${path}?at=${time}`)).status))
  t.strictSame(statuses, [200, 404, 200])
})

t.test('the use of a token is noted at most once a minute', async (t) => {
  const server = await startServer(t)
  const { body } = await server.post('/v1/tokens', { name: 'Used', scopes: ['content:read'] })
  const lastUsed = async () => (await server.get(`/v1/tokens/${body.id}`)).body.lastUsedAt
  const use = () => server.get('/v1/articles?copy=working', { token: body.secret })
  await use()
  await until('its use is noted', async () => (await lastUsed()) !== null)
  const first = await lastUsed()
  moveClock(30 * second)
  await use()
  // Another change waits for what was begun before it.
  await server.post('/v1/topics', { name: 'After it' })
  t.equal(await lastUsed(), first)
  moveClock(31 * second)
  await use()
  await until('the later use is noted', async () => (await lastUsed()) !== first)
})
