import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

t.test('a reader has one vote, and may change it', async (t) => {
  const server = await startServer(t)
  const { id, say, path } = await commented(server)
  const comment = await say('Vote on me')
  await server.events()
  const votes = `/v1/comments/${comment.id}/votes`
  const vote = async (value: number) => {
    const { status, body } = await server.anonymous.post(votes, { value })
    t.equal(status, 200)
    return [body.score, body.myVote]
  }
  t.strictSame(await vote(1), [1, 1])
  t.strictSame(await vote(1), [1, 1])
  t.strictSame(await server.events(), ['comment.voted'], 'the same again is nothing new')
  t.match((await server.get('/v1/events?type=comment.voted')).body.data[0].revision, { before: Number, after: Number })
  t.strictSame(await vote(-1), [-1, -1])
  t.equal((await server.anonymous.get(path)).body.data[0].score, -1, 'and lists show it')
  t.strictSame(await vote(0), [0, 0])
  const after = (await server.anonymous.get(`/v1/comments/${comment.id}`)).body
  t.strictSame([after.revision, after.score, 'myVote' in after], [comment.revision, 0, false])
  t.strictSame(faultsOf(await server.anonymous.post(votes, { value: 2 })), ['/value: range'])
  t.strictSame(faultsOf(await server.anonymous.post(votes, {})), ['/value: required'])
  await server.patch(`/v1/comments/${comment.id}`, { status: 'rejected' })
  t.equal((await server.anonymous.post(votes, { value: 1 })).status, 404)
  await server.patch(`/v1/comments/${comment.id}`, { status: 'approved' })
  await server.post(`/v1/articles/${id}/unpublish`)
  t.equal((await server.anonymous.post(votes, { value: 1 })).status, 404)
})

t.test('a site’s readers vote by their ids, each once however many votes come at once', async (t) => {
  const server = await startServer(t)
  const { say, path } = await commented(server)
  const comment = await say('Popular')
  const token = await server.tokenWith('comments:write')
  const as = (reader: string) => ({ token, headers: { 'comment-author': reader } })
  const votes = `/v1/comments/${comment.id}/votes`
  await Promise.all(Array.from({ length: 12 }, (_, number) => server.post(votes, { value: 1 }, as(`reader-${number % 3}`))))
  t.equal((await server.anonymous.get(`/v1/comments/${comment.id}`)).body.score, 3)
  t.equal((await server.post(votes, { value: -1 }, as(Buffer.from('Łucja').toString('latin1')))).body.score, 2)
  t.equal((await server.get(path, as(Buffer.from('Łucja').toString('latin1')))).body.data[0].myVote, -1)
  t.equal((await server.get(path, as('nobody'))).body.data[0].myVote, 0)
  t.notOk('myVote' in (await server.get(path, { token })).body.data[0])
  t.equal((await server.anonymous.post(votes, { value: 1 }, { headers: { 'comment-author': 'reader-1' } })).status, 401)
  t.equal((await server.post(votes, { value: 1 }, { token: await server.tokenWith('content:read'), headers: { 'comment-author': 'reader-1' } })).status, 403)
})

t.test('the top ones are those whose votes say most', async (t) => {
  const server = await startServer(t)
  const { say, path } = await commented(server)
  const token = await server.tokenWith('comments:write')
  const given: Record<string, [number, number]> = { One: [1, 0], Many: [9, 1], Some: [3, 0], Split: [5, 5], Bad: [0, 4] }
  for (const [body, [up, down]] of Object.entries(given)) {
    const { id } = await say(body)
    const values = [...Array(up).fill(1), ...Array(down).fill(-1)]
    for (const [reader, value] of values.entries())
      await server.post(`/v1/comments/${id}/votes`, { value }, { token, headers: { 'comment-author': `reader ${reader}` } })
  }
  await say('New')
  const order = ['Many', 'Some', 'Split', 'One', 'New', 'Bad']
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?sort=top`)), order)
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?sort=top&view=tree`)), order)
  const first = await server.anonymous.get(`${path}?sort=top&limit=2`)
  const second = await server.anonymous.get(`${path}?sort=top&limit=2&cursor=${first.body.page.nextCursor}`)
  t.strictSame(bodiesOf(second), order.slice(2, 4))
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?sort=top&limit=2&cursor=${second.body.page.prevCursor}`)), order.slice(0, 2))
  const around = await server.anonymous.get(`${path}?sort=top&limit=3&around=${second.body.data[0].id}`)
  t.strictSame(bodiesOf(around), order.slice(1, 4))
})
