import type { Test } from 'tap'
import { faultsOf, type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const bodies = ({ body }: { body: Json }) => body.data.map((comment: Json) => comment.body)

async function commented(server: Server, changes: Record<string, unknown> = {}) {
  const { id } = await createShort(server, 'About it', changes)
  const path = `/v1/articles/${id}/comments`
  const say = async (body: string, parentId?: string) => {
    const answer = await server.anonymous.post(path, { author: { name: 'Reader' }, body, parentId })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body
  }
  return { id, path, say }
}

t.test('the replies to a comment are pages of their own', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  const first = await say('First')
  const replies = [await say('One', first.id), await say('Two', first.id), await say('Three', first.id)]
  await say('Under one', replies[0].id)
  await say('Elsewhere')
  const list = `/v1/comments/${first.id}/replies`
  t.strictSame(bodies(await server.anonymous.get(list)), ['One', 'Two', 'Three'])
  t.strictSame(bodies(await server.anonymous.get(`${list}?sort=newest`)), ['Three', 'Two', 'One'])
  const page = await server.anonymous.get(`${list}?limit=2&count=true`)
  t.strictSame([bodies(page), page.body.page.total], [['One', 'Two'], 3])
  const next = await server.anonymous.get(`${list}?limit=2&cursor=${page.body.page.nextCursor}`)
  t.strictSame(bodies(next), ['Three'])
  t.strictSame(bodies(await server.anonymous.get(`${list}?limit=2&cursor=${next.body.page.prevCursor}`)), ['One', 'Two'])
  t.equal(page.headers.get('surrogate-key'), `comments:${first.articleId}`)
  t.strictSame(bodies(await server.anonymous.get(`/v1/comments/${replies[0].id}/replies`)), ['Under one'])
  t.strictSame(bodies(await server.anonymous.get(`/v1/comments/${replies[2].id}/replies`)), [])
  t.equal((await server.anonymous.get(path)).body.data[0].replyCount, 3)

  await server.delete(`/v1/comments/${replies[0].id}`)
  await server.delete(`/v1/comments/${replies[1].id}`)
  const after = (await server.anonymous.get(list)).body.data
  t.strictSame(
    after.map(({ status, body, replyCount }: Json) => [status, body, replyCount]),
    [
      ['deleted', null, 1],
      ['approved', 'Three', 0],
    ],
    'one with replies is a tombstone, one without is gone',
  )
})

t.test('the replies of what isn’t seen aren’t, either', async (t) => {
  const server = await startServer(t)
  const { id, say } = await commented(server)
  const first = await say('First')
  await say('One', first.id)
  const gone = async (t: Test, path: string) => t.equal((await server.anonymous.get(path)).status, 404)
  await gone(t, '/v1/comments/01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55/replies')
  await gone(t, '/v1/comments/first/replies')
  const alone = await say('Alone')
  await server.patch(`/v1/comments/${alone.id}`, { status: 'spam' })
  await gone(t, `/v1/comments/${alone.id}/replies`)
  t.equal((await server.anonymous.get(`/v1/comments/${first.id}/replies`)).status, 200)
  await server.post(`/v1/articles/${id}/unpublish`)
  await gone(t, `/v1/comments/${first.id}/replies`)
  t.strictSame(faultsOf(await server.anonymous.get(`/v1/comments/${first.id}/replies?sort=best&view=tree`)), ['view: unknown', 'sort: value'])
})

t.test('a reply to a comment that is as deep as may be stands beside it, and says what it answers', async (t) => {
  const server = await startServer(t, { COMMENT_MAX_DEPTH: '2' })
  const { say } = await commented(server)
  const first = await say('First')
  const second = await say('Second', first.id)
  const third = await say('Third', second.id)
  const fourth = await say('Fourth', third.id)
  const fifth = await say('Fifth', fourth.id)
  const placed = ({ parentId, replyTo, depth }: Json) => [parentId, replyTo, depth]
  t.strictSame([first, second, third, fourth, fifth].map(placed), [
    [null, null, 0],
    [first.id, null, 1],
    [second.id, null, 2],
    [second.id, third.id, 2],
    [second.id, fourth.id, 2],
  ])
  t.strictSame(bodies(await server.anonymous.get(`/v1/comments/${second.id}/replies`)), ['Third', 'Fourth', 'Fifth'])
  t.equal((await server.anonymous.get(`/v1/comments/${second.id}`)).body.replyCount, 3)
  t.equal((await server.anonymous.get(`/v1/comments/${third.id}`)).body.replyCount, 0)

  // What is gone for good is answered no more.
  t.equal((await server.delete(`/v1/comments/${fourth.id}`)).status, 204)
  t.strictSame(placed((await server.anonymous.get(`/v1/comments/${fifth.id}`)).body), [second.id, null, 2])
  // A PATCH may send it back as it came.
  const headers = { 'comment-edit-token': fifth.editToken }
  const edited = await server.anonymous.patch(`/v1/comments/${fifth.id}`, { replyTo: null, parentId: second.id, body: 'Still here' }, { headers })
  t.equal(edited.body.body, 'Still here')
})

t.test('no depth at all makes a flat list of answers', async (t) => {
  const server = await startServer(t, { COMMENT_MAX_DEPTH: '0' })
  const { path, say } = await commented(server)
  const first = await say('First')
  const second = await say('Second', first.id)
  t.strictSame([second.parentId, second.replyTo, second.depth], [null, first.id, 0])
  t.strictSame(bodies(await server.anonymous.get(path)), ['First', 'Second'])
})
