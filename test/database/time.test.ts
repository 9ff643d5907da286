import t from 'tap'
import { moveClock } from '../../src/database/clock.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

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
