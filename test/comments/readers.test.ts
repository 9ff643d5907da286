import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

t.test('a writer sees the own comment while it waits, and nobody else does', async (t) => {
  const server = await startServer(t)
  const { id: article, say } = await commented(server, { commentPolicy: 'moderated' })
  const { id, editToken } = await say('Awaiting')
  const path = `/v1/comments/${id}`
  const own = { headers: { 'comment-edit-token': editToken } }
  t.equal((await server.anonymous.get(path)).status, 404)
  const seen = await server.anonymous.get(path, own)
  t.equal(seen.status, 200)
  t.match(seen.body, { status: 'pending', body: 'Awaiting' })
  t.equal(seen.headers.get('cache-control'), 'private, no-store')
  t.notMatch(seen.text, /editToken|"ip"|moderation|reports/)
  t.equal((await server.anonymous.get(path)).status, 404, 'and nothing of it was kept')
  t.equal((await server.anonymous.get(path, { headers: { 'comment-edit-token': 'bshe_wrong' } })).status, 404)
  await server.patch(path, { status: 'rejected', reason: 'Rude' })
  t.equal((await server.anonymous.get(path, own)).body.status, 'rejected')
  await server.post(`/v1/articles/${article}/unpublish`)
  t.equal((await server.anonymous.get(path, own)).status, 404)
  t.equal((await server.anonymous.get(`${path}`, { headers: { 'comment-author': 'x' } })).status, 404)
})

t.test('a site speaks for its readers: they are verified, named, and edit what is theirs', async (t) => {
  const server = await startServer(t)
  const { path } = await commented(server, { commentPolicy: 'moderated' })
  const token = await server.tokenWith('comments:write')
  const as = (reader: string, name?: string) => ({
    token,
    headers: { 'comment-author': reader, ...(name ? { 'comment-author-name': Buffer.from(name).toString('latin1') } : {}) },
  })
  const { status, body } = await server.post(path, { body: 'Mine' }, as('member-7', 'Łucja'))
  t.equal(status, 201)
  t.match(body, { status: 'pending', author: { name: 'Łucja', verified: true } })
  const own = `/v1/comments/${body.id}`
  t.equal((await server.get(own, as('member-7'))).body.body, 'Mine')
  t.equal((await server.get(own, as('member-8'))).status, 404)
  t.equal((await server.get(own, { token })).status, 404)
  t.match((await server.get(own)).body, { ip: null, author: { account: 'member-7' } })
  t.equal((await server.patch(own, { body: 'Still mine' }, as('member-7'))).body.body, 'Still mine')
  t.equal((await server.patch(own, { body: 'Theirs' }, as('member-8'))).status, 404)
  t.equal((await server.patch(own, { status: 'approved' }, as('member-7'))).status, 403)
  await server.patch(own, { status: 'approved' })
  t.equal((await server.patch(own, { body: 'Theirs' }, as('member-8'))).status, 403)
  t.notMatch((await server.anonymous.get(path)).text, 'member-7')
  t.equal((await server.delete(own, as('member-8'))).status, 403)
  t.equal((await server.delete(own, as('member-7'))).status, 204)
  t.strictSame(bodiesOf(await server.anonymous.get(path)), [])

  t.strictSame(faultsOf(await server.post(path, { body: 'Nobody' }, as('member-7'))), ['/author: required'])
  t.strictSame(faultsOf(await server.post(path, { body: 'Nobody' }, { token, headers: { 'comment-author-name': 'Ada' } })), [
    'Comment-Author-Name: combination',
  ])
  t.strictSame(faultsOf(await server.post(path, { body: 'Nobody' }, as('\xff'))), ['Comment-Author: encoding'])
  t.equal((await server.anonymous.post(path, { author: { name: 'x' }, body: 'x' }, { headers: { 'comment-author': 'member-7' } })).status, 401)
  t.equal(
    (
      await server.post(
        path,
        { author: { name: 'x' }, body: 'x' },
        { token: await server.tokenWith('comments:moderate'), headers: { 'comment-author': 'member-7' } },
      )
    ).status,
    403,
  )
})
