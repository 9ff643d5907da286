import type { Kysely } from 'kysely'
import { moveClock } from '../../src/database/clock.ts'
import type { Tables } from '../../src/database/tables.ts'
import { run } from '../support/command.ts'
import { bodiesOf, commented } from '../support/comments.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, type Json, type Server, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const day = 24 * 3_600_000

/** The tables in which a text stands. */
async function tablesWith({ database }: Server, text: string): Promise<string[]> {
  const db = database.read as unknown as Kysely<Tables>
  const found: string[] = []
  let tables: { name: string }[] = []
  // On a server other tests drop their schemas meanwhile, and this looks at all.
  await until('the tables are listed', async () => {
    tables = await db.introspection.getTables().catch(() => [])
    return tables.length > 0
  })
  for (const { name } of tables) {
    if (/^search_comments_|^search_.*_(?:data|idx|docsize|config|content)$/.test(name)) continue
    const rows = await db
      .selectFrom(name as 'comments')
      .selectAll()
      .execute()
      .catch(() => [])
    if (JSON.stringify(rows).toLowerCase().includes(text.toLowerCase())) found.push(name)
  }
  return found
}

t.test('what is kept about a person is exported, and erased in every table', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  const moderator = { token: await server.tokenWith('comments:moderate') }
  const author = { name: 'Adelheid Unverwechselbar', email: 'Ada@Mail.example', url: 'https://adelheid.example/' }
  const first = (await server.anonymous.post(path, { author, body: 'Erstwhile words' }, { headers: { 'idempotency-key': 'one' } })).body
  await server.anonymous.patch(`/v1/comments/${first.id}`, { body: 'Later words' }, { headers: { 'comment-edit-token': first.editToken } })
  const reply = await say('Replied', first.id)
  const second = (await server.anonymous.post(path, { author, body: 'Alone' })).body
  await server.patch(
    `/v1/comments/${second.id}`,
    { status: 'rejected', reason: 'Adelheid again', note: 'Unverwechselbar' },
    { ...moderator, headers: { 'idempotency-key': 'two' } },
  )
  await server.post('/v1/comment-bans', { email: 'ada@mail.example', reason: 'Adelheid' }, { ...moderator, headers: { 'idempotency-key': 'three' } })

  const exported = await server.get('/v1/commenters/ada@mail.example?limit=1', moderator)
  t.equal(exported.status, 200)
  t.match(exported.body, {
    comments: { data: [{ id: first.id, author: { email: 'Ada@Mail.example' }, history: [{ action: 'edited', body: 'Erstwhile words' }] }] },
    bans: [{ email: 'ada@mail.example' }],
    votes: [],
    trusts: [],
  })
  const next = await server.get(`/v1/commenters/ada@mail.example?limit=1&cursor=${exported.body.comments.page.nextCursor}`, moderator)
  t.strictSame(
    next.body.comments.data.map(({ id }: Json) => id),
    [second.id],
  )
  t.equal((await server.get('/v1/commenters/ada@mail.example', { token: await server.tokenWith('content:publish') })).status, 403)
  t.ok((await tablesWith(server, 'unverwechselbar')).length > 2)

  await server.events()
  const erased = await server.delete('/v1/commenters/ADA@mail.example', moderator)
  t.strictSame([erased.status, erased.body], [200, { comments: 2, votes: 0, reports: 0, standings: 1 }])
  t.strictSame(await server.events(), ['comment.deleted', 'comment.deleted'])
  for (const text of ['Unverwechselbar', 'ada@mail.example', 'adelheid', 'Erstwhile', 'Later words']) t.strictSame(await tablesWith(server, text), [], text)
  t.strictSame(bodiesOf(await server.anonymous.get(path)), [null, 'Replied'], 'a tombstone keeps the place')
  t.equal((await server.anonymous.get(`/v1/comments/${reply.id}`)).body.parentId, first.id)
  t.equal((await server.get('/v1/commenters/ada@mail.example', moderator)).status, 404)
  t.equal((await server.delete('/v1/commenters/ada@mail.example', moderator)).status, 404)
  t.equal((await server.get('/v1/comments?q=words', moderator)).body.data.length, 0)
  const again = await server.anonymous.post(path, { author, body: 'Erstwhile words' }, { headers: { 'idempotency-key': 'one' } })
  t.equal(again.status, 410, 'nor does a replay tell it')
})

t.test('a site’s reader is exported and erased by the site’s id', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  const site = { token: await server.tokenWith('comments:write'), headers: { 'comment-author': 'member-77' } }
  const { id } = await say('Another’s')
  await server.post(path, { author: { name: 'Member' }, body: 'Mine' }, site)
  await server.post(`/v1/comments/${id}/votes`, { value: 1 }, site)
  await server.post(`/v1/comments/${id}/reports`, { reason: 'abuse', text: 'It hurts' }, site)
  const { body } = await server.get('/v1/commenters/member-77')
  t.match(body, {
    comments: { data: [{ body: 'Mine' }] },
    votes: [{ commentId: id, value: 1 }],
    reports: [{ commentId: id, reason: 'abuse', text: 'It hurts' }],
  })
  t.strictSame((await server.delete('/v1/commenters/member-77')).body, { comments: 1, votes: 1, reports: 1, standings: 0 })
  t.strictSame(await tablesWith(server, 'member-77'), [])
  t.strictSame(await tablesWith(server, 'It hurts'), [])
  const after = (await server.get(`/v1/comments/${id}`)).body
  t.strictSame([after.score, after.reports], [1, 1], 'they count on, and are nobody’s')
})

t.test('more comments than one change takes are erased, replies to each other among them', async (t) => {
  const server = await startServer(t)
  const { id: article, path } = await commented(server)
  const author = { name: 'Ada', email: 'ada@mail.example' }
  let parentId: string | undefined
  for (let index = 0; index < 210; index++) {
    const { body } = await server.anonymous.post(path, { author, body: `Number ${index}`, parentId })
    if (index % 7 !== 6) parentId = body.id
  }
  t.equal((await server.delete('/v1/commenters/ada@mail.example')).body.comments, 210)
  t.strictSame((await server.anonymous.get(path)).body.data, [])
  t.equal((await server.anonymous.get(`/v1/articles/${article}`)).body.commentCount, 0)
  t.equal((await server.database.read.selectFrom('comments').select('id').execute()).length, 0)
})

t.test('addresses are hashed under a key that changes, and forgotten in time', async (t) => {
  const url = await emptyDatabase(t)
  t.teardown(() => moveClock(-3 * day))
  const settings = { DATABASE_URL: url, COMMENT_ADDRESS_RETENTION: '1' }
  const server = await startServer(t, settings)
  const { say } = await commented(server)
  const first = await say('One')
  const votes = `/v1/comments/${first.id}/votes`
  await server.anonymous.post(votes, { value: 1 })
  const hashOf = async (id: string) => (await server.get(`/v1/comments/${id}`)).body.ip
  const before = await hashOf(first.id)
  t.match(before, /^[0-9a-f]{32}$/)
  moveClock(day)
  const second = await say('Two')
  t.not(await hashOf(second.id), before)
  t.equal((await server.anonymous.post(votes, { value: -1 })).body.score, -1, 'who voted before the key changed has one vote still')
  // A server that starts looks what is over.
  moveClock(2 * day)
  const later = await startServer(t, settings)
  await until('what is over is forgotten', async () => (await later.get(`/v1/comments/${second.id}`)).body.ip === null)
  await until('with who voted by it', async () => (await later.database.read.selectFrom('comment_votes').select('voter').execute()).length === 0)
  t.equal((await later.get(`/v1/comments/${first.id}`)).body.score, -1)
  await until('and with the keys', async () => (await later.database.read.selectFrom('comment_address_keys').select('id').execute()).length <= 1)
})

t.test('the log names nobody who comments', async (t) => {
  const url = await emptyDatabase(t)
  const command = run(t, ['serve'], { env: { DATABASE_URL: url, ADMIN_TOKEN: adminToken, PORT: '0', LOG_LEVEL: 'trace' } })
  const address = (await command.sees(/answers on (\S+)/))[1] as string
  const send = (method: string, path: string, body?: Json, headers = {}) =>
    fetch(address + path, { method, headers: { 'content-type': 'application/json', ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) })
  const admin = { authorization: `Bearer ${adminToken}` }
  const story = (await (await send('POST', '/v1/articles', { headline: 'Logged', status: 'published' }, admin)).json()) as Json
  const said = await send('POST', `/v1/articles/${story.id}/comments`, { author: { name: 'Adelheid', email: 'ada@mail.example' }, body: 'Unmistakable' })
  const { id } = (await said.json()) as Json
  await send('POST', `/v1/comments/${id}/votes`, { value: 1 })
  await send('GET', '/v1/comments?email=ada@mail.example&author=Adelheid', undefined, admin)
  await send('GET', '/v1/commenters/ada%40mail.example', undefined, admin)
  await send('DELETE', '/v1/commenters/ada@mail.example', undefined, admin)
  await command.sees(/"DELETE","url":"\/v1\/commenters\/\*\*\*"/)
  const lines = command
    .output()
    .split('\n')
    .filter((line) => line.includes('comment'))
  t.ok(lines.length >= 4)
  t.notMatch(lines.join('\n'), /ada|Adelheid|mail\.example|Unmistakable|127\.0\.0\.1"/i)
})
