import { moveClock } from '../../src/database/clock.ts'
import { commented } from '../support/comments.ts'
import { startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const day = 24 * 3_600_000
const comment = { author: { name: 'Reader' }, body: 'May I still?' }

t.test('a story stops taking comments at its time, and says when that is', async (t) => {
  t.teardown(() => moveClock(-day))
  const server = await startServer(t)
  const closesAt = new Date(Date.now() + day).toISOString()
  const { id, path, say } = await commented(server, { commentsCloseAt: closesAt })
  await say('In time')
  const list = await server.anonymous.get(path)
  t.equal(list.body.page.closesAt, closesAt)
  t.match((await server.anonymous.get(`/v1/articles/${id}`)).body, { commentPolicy: 'open', commentsCloseAt: closesAt })
  moveClock(day)
  const late = await server.anonymous.post(path, comment)
  t.equal(late.status, 403)
  t.match(late.body, { type: '/problems/comments-closed', closedAt: closesAt })
  t.equal((await server.anonymous.get(path)).body.data.length, 1, 'what was said stays')
  const moderator = { token: await server.tokenWith('comments:moderate') }
  t.equal((await server.patch(`/v1/articles/${id}`, { commentsCloseAt: null }, moderator)).body.commentsCloseAt, null)
  t.equal((await server.anonymous.get(path)).body.page.closesAt, null, 'what was kept in memory is dropped')
  t.equal((await server.anonymous.post(path, comment)).status, 201)
  t.equal((await server.patch(`/v1/articles/${id}`, { commentsCloseAt: closesAt }, { token: await server.tokenWith('content:write') })).status, 403)
})

t.test('the operator’s days hold where a story says nothing itself', async (t) => {
  const server = await startServer(t, { COMMENTS_CLOSE_AFTER: '14' })
  const ago = (days: number) => new Date(Date.now() - days * day).toISOString()
  const published = ago(15)
  const old = await commented(server, { publishedAt: published })
  const recent = await commented(server, { publishedAt: ago(13) })
  const chosen = await commented(server, { publishedAt: ago(15), commentsCloseAt: new Date(Date.now() + day).toISOString() })
  t.equal((await server.anonymous.post(old.path, comment)).status, 403)
  t.equal((await server.anonymous.get(old.path)).body.page.closesAt, new Date(Date.parse(published) + 14 * day).toISOString())
  for (const { path } of [recent, chosen]) t.equal((await server.anonymous.post(path, comment)).status, 201)
})
