import type { Test } from 'tap'
import { commented } from '../support/comments.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

async function newsroom(t: Test, environment: Record<string, string> = {}) {
  const server = await startServer(t, environment)
  return {
    server,
    moderator: { token: await server.tokenWith('comments:moderate') },
    site: await server.tokenWith('comments:write'),
    ...(await commented(server)),
  }
}

t.test('what entities stand for is looked at as what it is', async (t) => {
  const { server, path } = await newsroom(t)
  const post = (body: string, name = 'Reader') => server.anonymous.post(path, { author: { name }, body })
  t.equal((await post('see &#x202E;gpj.exe&#x2066; &#8203;weather')).body.bodyHtml, '<p>see gpj.exe weather</p>')
  for (const body of [`z${`${'\u0301'.repeat(20)}\u200b`.repeat(3)}`, `z${'&#x0336;'.repeat(100)}`, `z${`${'\u0301'.repeat(20)}\u2060`.repeat(2)}`])
    t.strictSame(faultsOf(await post(body)), ['/body: format'])
  t.strictSame(faultsOf(await post('Fine', `z${`${'\u0301'.repeat(20)}\u200b`.repeat(3)}`)), ['/author/name: format'])
  for (const body of ['&#8203;', '&ZeroWidthSpace;', '&nbsp;', '> ', '```\n```', '[](https://a.example)'])
    t.strictSame(faultsOf(await post(body)), ['/body: format'], body)
})

t.test('a link leads where it says', async (t) => {
  const { server, path } = await newsroom(t)
  const { bodyHtml } = (
    await server.anonymous.post(path, { author: { name: 'Reader' }, body: '[bank](https://bank.example@evil.example/) <https://u:p@a.example/>' })
  ).body
  t.notMatch(bodyHtml, '<a ')
})

t.test('a reader’s own votes are nobody else’s to keep', async (t) => {
  const { server, path, say, site } = await newsroom(t)
  const { id } = await say('Vote on me')
  const as = { token: site, headers: { 'comment-author': 'member-1' } }
  for (const address of [`${path}?view=tree`, path, `/v1/comments/${id}/replies`, `/v1/comments/${id}`])
    t.equal((await server.get(address, as)).headers.get('cache-control'), 'private, no-store', address)
})

t.test('a key is one reader’s', async (t) => {
  const { server, path, say, site } = await newsroom(t)
  const { id } = await say('Vote on me')
  const as = (reader: string) => ({ token: site, headers: { 'comment-author': reader, 'idempotency-key': 'the same' } })
  t.equal((await server.post(`/v1/comments/${id}/votes`, { value: 1 }, as('one'))).status, 200)
  t.equal((await server.post(`/v1/comments/${id}/votes`, { value: 1 }, as('two'))).status, 422)
  t.equal((await server.post(`/v1/comments/${id}/votes`, { value: 1 }, as('one'))).headers.get('idempotency-replayed'), 'true')
  t.equal((await server.post(path, { author: { name: 'x' }, body: 'x' }, as('one'))).status, 201, 'another address is another thing')
})

t.test('what was deleted doesn’t come back with an import', async (t) => {
  const { server, id, path, moderator } = await newsroom(t)
  const other = await commented(server)
  const line = (article: string, externalId: string, more: Json = {}) =>
    JSON.stringify({
      article,
      externalId,
      author: { name: 'Ada', email: 'ada@mail.example' },
      body: `Body ${externalId}`,
      createdAt: '2020-05-01T10:00:00Z',
      ...more,
    })
  const load = async (...lines: string[]) => {
    const { body } = await server.post('/v1/comments/import', lines.join('\n'), { ...moderator, headers: { 'content-type': 'application/x-ndjson' } })
    return body.data.map(({ result, errors }: Json) => [result, ...errors.map(({ pointer, code }: Json) => `${pointer} ${code}`)].join(' '))
  }
  const all = [line(id, 'a'), line(id, 'b', { parentId: 'ext:a', author: { name: 'Bo' } }), line(id, 'c')]
  t.strictSame(await load(...all), ['created', 'created', 'created'])
  await server.delete('/v1/comments/ext:c', moderator)
  t.strictSame(await load(...all), ['unchanged', 'unchanged', 'unchanged'])
  await server.delete('/v1/commenters/ada@mail.example', moderator)
  t.strictSame(await load(...all), ['unchanged', 'unchanged', 'unchanged'])
  t.equal((await server.get('/v1/commenters/ada@mail.example', moderator)).status, 404)
  t.strictSame(await load(line(other.id, 'b')), ['failed /externalId conflict'])
  const elsewhere = await server.post(other.path, { author: { name: 'x' }, body: 'x', externalId: 'b' }, moderator)
  t.equal(elsewhere.status, 409)
  t.equal((await server.post(path, { author: { name: 'x' }, body: 'x', externalId: 'c' }, moderator)).status, 410)
  t.strictSame(await load(line(id, 'd', { editedAt: '2019-01-01T00:00:00Z' })), ['failed /editedAt range'])
  const decided = await server.post('/v1/comments/moderation', { ids: ['ext:b'], status: 'spam' }, moderator)
  t.equal(decided.body.changed, 1)
  t.equal((await server.get('/v1/comments?ids=ext:b', moderator)).body.data[0].status, 'spam')
})

t.test('an edit is counted, and can’t say the same again', async (t) => {
  const { server, path } = await newsroom(t, { COMMENT_RATES: 'address=4' })
  const post = (body: string) => server.anonymous.post(path, { author: { name: 'Reader' }, body })
  await post('One thing')
  const { id, editToken } = (await post('Another thing')).body
  const edit = (body: string) => server.anonymous.patch(`/v1/comments/${id}`, { body }, { headers: { 'comment-edit-token': editToken } })
  t.strictSame(faultsOf(await edit('One thing')), ['/body: duplicate'])
  t.strictSame([(await edit('A third thing')).status, (await edit('A fourth thing')).status, (await edit('A fifth thing')).status], [200, 200, 429])
})
