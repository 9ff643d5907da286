import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const moderator = { token: await server.tokenWith('comments:moderate') }
const bodies = ({ body }: { body: Json }) => body.data.map((comment: Json) => comment.body)

async function commented(policy = 'open') {
  const { id } = await createShort(server, `About ${policy}`, { commentPolicy: policy })
  const path = `/v1/articles/${id}/comments`
  const say = async (body: string, parentId?: string) => {
    const answer = await server.anonymous.post(path, { author: { name: 'Reader', email: 'reader@mail.example' }, body, parentId })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body
  }
  return { id, path, say }
}

t.test('anyone comments where the policy is open', async (t) => {
  const { id, path } = await commented()
  const { status, body, headers, text } = await server.anonymous.post(path, {
    author: { name: 'Reader', email: 'r@mail.example', url: 'https://r.example/' },
    body: 'Good *news*, <script>alert(1)</script>\n\n[a](https://a.example) [b](javascript:x)',
  })
  t.equal(status, 201)
  t.match(body, {
    articleId: id,
    status: 'approved',
    author: { name: 'Reader', url: 'https://r.example/' },
    depth: 0,
    replyCount: 0,
    parentId: null,
    editedAt: null,
  })
  t.match(body.editToken, /^bshe_\w{49}$/)
  t.notMatch(text, 'mail.example')
  t.equal(
    body.bodyHtml,
    '<p>Good <em>news</em>, &lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p><a href="https://a.example" rel="nofollow ugc noopener">a</a> [b](javascript:x)</p>',
  )
  t.equal(headers.get('location'), `/v1/comments/${body.id}`)
  t.strictSame(await server.events(), ['comment.created'])
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 1)
  const list = await server.anonymous.get(path)
  t.strictSame(bodies(list), [body.body])
  t.notMatch(list.text, /editToken|email|mail\.example|"ip"|moderation/)
  t.equal(list.headers.get('surrogate-key'), `comments:${id}`)
})

t.test('an article’s revision stays when readers comment', async (t) => {
  const { id, say } = await commented()
  const before = (await server.get(`/v1/articles/${id}`)).body.revision
  await say('Hello')
  t.equal((await server.get(`/v1/articles/${id}`)).body.revision, before)
})

t.test('moderated: unseen until approved; closed: a 403', async (t) => {
  const { id, path, say } = await commented('moderated')
  const { id: commentId, status } = await say('Let me in')
  t.equal(status, 'pending')
  t.equal((await server.anonymous.get(`/v1/comments/${commentId}`)).status, 404)
  t.strictSame(bodies(await server.anonymous.get(path)), [])
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 0)
  t.strictSame(bodies(await server.get(`/v1/comments?status=pending&article=${id}`, moderator)), ['Let me in'])
  await server.events()
  const approved = await server.patch(`/v1/comments/${commentId}`, { status: 'approved', reason: 'fine' }, moderator)
  t.match(approved.body, { status: 'approved', revision: 2, author: { email: 'reader@mail.example' }, moderation: { by: 'comments:moderate', reason: 'fine' } })
  t.match(approved.body.ip, /^[0-9a-f]{32}$/)
  t.strictSame(await server.events(), ['comment.updated'])
  t.strictSame(bodies(await server.anonymous.get(path)), ['Let me in'])
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 1)
  t.equal((await server.patch(`/v1/comments/${commentId}`, { status: 'approved' }, moderator)).body.revision, 2, 'nothing changed')
  const closed = await commented('closed')
  const answer = await server.anonymous.post(closed.path, { author: { name: 'Reader' }, body: 'Too late' })
  t.equal(answer.status, 403)
  t.equal(answer.body.type, '/problems/comments-closed')
})

t.test('replies count, nest and page', async (t) => {
  const { path, say } = await commented()
  const one = await say('One')
  const reply = await say('Reply', one.id)
  await say('Deeper', reply.id)
  await say('Two')
  const { body } = await server.anonymous.get(path)
  t.strictSame(
    body.data.map((comment: Json) => [comment.body, comment.depth, comment.replyCount]),
    [
      ['One', 0, 1],
      ['Reply', 1, 1],
      ['Deeper', 2, 0],
      ['Two', 0, 0],
    ],
  )
  t.strictSame(bodies(await server.anonymous.get(`${path}?sort=newest&limit=2`)), ['Two', 'Deeper'])
  const first = await server.anonymous.get(`${path}?limit=3&count=true`)
  t.equal(first.body.page.total, 4)
  t.strictSame(bodies(await server.anonymous.get(`${path}?limit=3&cursor=${first.body.page.nextCursor}`)), ['Two'])
  const other = await commented()
  for (const parentId of [(await other.say('Elsewhere')).id, '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55'])
    t.strictSame(faultsOf(await server.anonymous.post(path, { author: { name: 'x' }, body: 'x', parentId })), ['/parentId: not-found'])
})

t.test('a comment that goes leaves a tombstone only for its replies', async (t) => {
  const { id, path, say } = await commented()
  const one = await say('One')
  const reply = await say('Reply', one.id)
  await server.events()
  t.equal((await server.delete(`/v1/comments/${one.id}`, moderator)).status, 204)
  t.strictSame(await server.events(), ['comment.deleted'])
  const [tombstone] = (await server.anonymous.get(path)).body.data
  t.match(tombstone, { id: one.id, status: 'deleted', author: null, body: null, bodyHtml: null, replyCount: 1 })
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, 1)
  t.match((await server.get(`/v1/comments/${one.id}`, moderator)).body, { author: null, body: null, ip: null })
  t.equal((await server.patch(`/v1/comments/${one.id}`, { status: 'approved' }, moderator)).status, 409)
  t.equal((await server.delete(`/v1/comments/${reply.id}`, moderator)).status, 204)
  t.strictSame((await server.anonymous.get(path)).body.data, [], 'with the last reply the tombstone goes too')
})

t.test('what a moderator rejects is a tombstone to the public while replies to it are seen', async (t) => {
  const { path, say } = await commented()
  const one = await say('Rude')
  const reply = await say('Reply', one.id)
  await server.patch(`/v1/comments/${one.id}`, { status: 'rejected' }, moderator)
  t.match((await server.anonymous.get(path)).body.data, [{ id: one.id, status: 'deleted', body: null }, { body: 'Reply' }])
  t.equal((await server.get(`/v1/comments/${one.id}`, moderator)).body.body, 'Rude')
  await server.patch(`/v1/comments/${reply.id}`, { status: 'spam' }, moderator)
  t.strictSame((await server.anonymous.get(path)).body.data, [])
  t.equal((await server.anonymous.get(`/v1/comments/${one.id}`)).status, 404)
})

t.test('the writer edits and deletes with the edit token, in time', async (t) => {
  const { say } = await commented()
  const { id, editToken } = await say('Frist')
  const path = `/v1/comments/${id}`
  const writer = { headers: { 'comment-edit-token': editToken } }
  await server.events()
  const { status, body } = await server.anonymous.patch(path, { body: 'First', author: { name: 'A reader' } }, writer)
  t.equal(status, 200)
  t.match(body, { body: 'First', author: { name: 'A reader' }, revision: 2, status: 'approved' })
  t.ok(body.editedAt)
  t.strictSame(await server.events(), ['comment.updated'])
  const patched = await server.anonymous.patch(path, [{ op: 'replace', path: '/body', value: 'Second' }], {
    headers: { ...writer.headers, 'content-type': 'application/json-patch+json' },
  })
  t.equal(patched.body.body, 'Second')
  t.equal((await server.anonymous.patch(path, { status: 'pending' }, writer)).status, 403)
  t.equal((await server.anonymous.patch(path, { body: 'x' })).status, 401)
  t.equal((await server.anonymous.patch(path, { body: 'x' }, { headers: { 'comment-edit-token': 'wrong' } })).status, 403)
  t.equal((await server.patch(path, { body: 'x' }, moderator)).status, 403, 'a moderator judges, and doesn’t put words into mouths')
  t.equal((await server.anonymous.delete(path, { headers: { ...writer.headers, 'if-match': '"1"' } })).status, 412)
  t.equal((await server.anonymous.delete(path, writer)).status, 204)
  t.equal((await server.anonymous.get(path)).status, 404)
})

t.test('under a moderated policy an edit is looked at again', async (t) => {
  const { say } = await commented('moderated')
  const { id, editToken } = await say('Nice')
  await server.patch(`/v1/comments/${id}`, { status: 'approved' }, moderator)
  t.equal((await server.anonymous.patch(`/v1/comments/${id}`, { body: 'Not nice' }, { headers: { 'comment-edit-token': editToken } })).body.status, 'pending')
  t.equal((await server.anonymous.get(`/v1/comments/${id}`)).status, 404)
})

t.test('after the edit window the writer’s time is over, a moderator’s isn’t', async (t) => {
  const late = await startServer(t, { COMMENT_EDIT_WINDOW: '0' })
  const { id: articleId } = await createShort(late, 'Late')
  const { body } = await late.anonymous.post(`/v1/articles/${articleId}/comments`, { author: { name: 'x' }, body: 'x' })
  const answer = await late.anonymous.patch(`/v1/comments/${body.id}`, { body: 'y' }, { headers: { 'comment-edit-token': body.editToken } })
  t.equal(answer.status, 403)
  t.equal(answer.body.type, '/problems/edit-window-over')
  t.equal((await late.delete(`/v1/comments/${body.id}`)).status, 204)
})

t.test('a site vouches for its readers', async (t) => {
  const { path } = await commented()
  const site = { token: await server.tokenWith('comments:write') }
  t.equal((await server.post(path, { author: { name: 'Member' }, body: 'x' }, site)).body.author.verified, true)
  t.notOk('verified' in (await server.anonymous.post(path, { author: { name: 'Guest' }, body: 'x' })).body.author)
})

t.test('the queue is for moderators', async (t) => {
  t.equal((await server.anonymous.get('/v1/comments')).status, 401)
  t.equal((await server.get('/v1/comments', { token: await server.tokenWith('content:publish') })).status, 403)
  t.strictSame(faultsOf(await server.get('/v1/comments?status=aproved', moderator)), ['status: value'])
  const { id, say } = await commented()
  const [one, two] = [await say('One'), await say('Two')]
  t.strictSame(bodies(await server.get(`/v1/comments?ids=${two.id},${one.id}`, moderator)), ['Two', 'One'])
  t.strictSame(bodies(await server.get(`/v1/comments?article=${id}&sort=-createdAt`, moderator)), ['Two', 'One'])
  t.strictSame(bodies(await server.get(`/v1/comments?article=${id}&status=-approved`, moderator)), [])
  t.strictSame(bodies(await server.get('/v1/comments?article=no-such-slug', moderator)), [])
  t.ok(bodies(await server.get('/v1/comments?article=-no-such-slug', moderator)).length > 0)
})

t.test('a comment’s address shows more to a moderator, and says so to caches', async (t) => {
  const { say } = await commented()
  const { id } = await say('Hello')
  const seen = await server.anonymous.get(`/v1/comments/${id}`)
  t.match(seen.headers.get('vary'), /Authorization/)
  t.match(seen.headers.get('cache-control'), /^public/)
  const whole = await server.get(`/v1/comments/${id}`, moderator)
  t.equal(whole.headers.get('cache-control'), 'private, no-store')
  t.equal(whole.body.author.email, 'reader@mail.example')
})

t.test('comments go out of sight with their article', async (t) => {
  const { id, path, say } = await commented()
  const comment = await say('Hello')
  await server.patch(`/v1/articles/${id}`, { status: 'draft' })
  t.equal((await server.anonymous.get(`/v1/comments/${comment.id}`)).status, 404)
  t.equal((await server.anonymous.get(path)).status, 410)
  t.equal((await server.anonymous.post(path, { author: { name: 'x' }, body: 'x' })).status, 410)
  t.equal((await server.get(path)).body.data.length, 1)
  t.equal((await server.get(`/v1/comments/${comment.id}`, moderator)).status, 200)
})

t.test('refused with their places', async (t) => {
  const { path } = await commented()
  t.strictSame(faultsOf(await server.anonymous.post(path, { author: { name: ' ', email: 'nobody', url: 'ftp://x' }, body: '', spam: 1 })).sort(), [
    '/author/email: format',
    '/author/name: format',
    '/author/url: format',
    '/body: length',
    '/spam: unknown',
  ])
  t.strictSame(faultsOf(await server.anonymous.post(path, { author: { name: 'x' }, body: 'x'.repeat(10_001) })), ['/body: length'])
})
