import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, type Json, type Server, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

async function newsroom(t: Parameters<typeof startServer>[0], environment: Record<string, string> = {}) {
  const server = await startServer(t, environment)
  return { server, moderator: { token: await server.tokenWith('comments:moderate') }, site: await server.tokenWith('comments:write') }
}

const historyOf = async (server: Server, id: string) =>
  (await server.get(`/v1/comments/${id}/history`)).body.data.map(({ by, action, statusBefore, status }: Json) => [by.kind, action, statusBefore, status])

t.test('the queue is filtered by all that moderators know', async (t) => {
  const { server, moderator, site } = await newsroom(t)
  const one = await commented(server, { topics: [{ name: 'Harbours' }] })
  const two = await commented(server, { topics: [{ name: 'Trains' }] })
  const first = await one.say('The Große Straße is closed', undefined, { author: { name: 'Ada Berg', email: 'Ada@Mail.example' } })
  const second = await one.say('Nothing is closed', undefined, { author: { name: 'Bo Ek' } })
  const third = (await server.post(two.path, { author: { name: 'Member' }, body: 'Trains run' }, { token: site, headers: { 'comment-author': 'member-7' } }))
    .body
  await server.patch(`/v1/comments/${second.id}`, { status: 'spam' }, moderator)
  await server.patch(`/v1/comments/${third.id}`, { featured: true }, moderator)
  const queue = async (query: string) => bodiesOf(await server.get(`/v1/comments?${query}`, moderator)).map((body) => body.split(' ')[0])
  const { ip } = (await server.get(`/v1/comments/${first.id}`, moderator)).body
  const cases: Record<string, string[]> = {
    'q=closed': ['The', 'Nothing'],
    'q=grosse+strasse': ['The'],
    'q="is+closed"&status=approved': ['The'],
    'q=clos*&author=bo': ['Nothing'],
    'q=nowhere': [],
    'q=!': [],
    'author=ada': ['The'],
    'author=closed': [],
    'email=ada@mail.EXAMPLE': ['The'],
    'account=member-7': ['Trains'],
    'topic=trains': ['Trains'],
    'topic=-trains': ['The', 'Nothing'],
    'topic=nothing': [],
    [`article=${one.id}&status=-spam`]: ['The'],
    [`ip=${ip}`]: ['The', 'Nothing'],
    'featured=true': ['Trains'],
    'pinned=true': [],
    'reports=1': [],
    'flag=links': [],
    [`createdAfter=${third.createdAt}`]: ['Trains'],
    [`createdBefore=${second.createdAt}`]: ['The'],
    'sort=-createdAt&limit=1': ['Trains'],
    'sort=-updatedAt&limit=2': ['Trains', 'Nothing'],
  }
  for (const [query, found] of Object.entries(cases)) t.strictSame(await queue(query), found, query)
  const { page } = (await server.get('/v1/comments?status=spam&count=true&limit=1', moderator)).body
  t.match(page, { total: 1, statuses: { approved: 2, spam: 1, pending: 0, rejected: 0, deleted: 0 } })
  t.strictSame(faultsOf(await server.get('/v1/comments?flag=link&status=spam', moderator)), ['flag: value'])
  t.strictSame(faultsOf(await server.get('/v1/comments?reports=0', moderator)), ['reports: range'])
  // What is edited is found by its new words, and what is deleted by none.
  await server.anonymous.patch(`/v1/comments/${first.id}`, { body: 'It is open' }, { headers: { 'comment-edit-token': first.editToken } })
  t.strictSame(await queue('q=strasse'), [])
  t.strictSame(await queue('q=open'), ['It'])
  await server.delete(`/v1/comments/${first.id}`, moderator)
  t.strictSame(await queue('q=open'), [])
})

t.test('many are decided on at once: all or none, or each with its result', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { id: article, say, path } = await commented(server, { commentPolicy: 'moderated' })
  const made = [await say('One'), await say('Two'), await say('Three')]
  const ids = made.map(({ id }) => id)
  const none = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06'
  await server.events()
  const refused = await server.post('/v1/comments/moderation', { ids: [...ids, none], status: 'approved' }, moderator)
  t.equal(refused.status, 400)
  t.strictSame(faultsOf(refused), ['/ids/3: not-found'])
  t.strictSame(await server.events(), [])
  t.strictSame(bodiesOf(await server.anonymous.get(path)), [])
  const each = await server.post('/v1/comments/moderation', { ids: [...ids, none], status: 'approved', reason: 'Fine', atomic: false }, moderator)
  t.equal(each.status, 200)
  t.strictSame(
    each.body.data.map(({ result, status }: Json) => [result, status]),
    [
      ['changed', 'approved'],
      ['changed', 'approved'],
      ['changed', 'approved'],
      ['not-found', null],
    ],
  )
  t.strictSame(await server.events(), ['comment.updated', 'comment.updated', 'comment.updated'])
  t.strictSame(bodiesOf(await server.anonymous.get(path)), ['One', 'Two', 'Three'])
  t.equal((await server.anonymous.get(`/v1/articles/${article}`)).body.commentCount, 3)
  const unknown = await server.post('/v1/comments/moderation', { ids: ['ext:none'], status: 'approved', atomic: false }, moderator)
  t.strictSame(unknown.body.data, [{ id: 'ext:none', result: 'not-found', status: null }])
  const undone = await server.post('/v1/comments/moderation', { ids, status: 'pending', note: 'Looked at again' }, moderator)
  t.equal(undone.body.changed, 3)
  const again = await server.post('/v1/comments/moderation', { ids, status: 'pending', note: 'Looked at again' }, moderator)
  t.strictSame([again.body.changed, again.body.data[0].result], [0, 'unchanged'])
  t.strictSame(faultsOf(await server.post('/v1/comments/moderation', { ids: [ids[0]], featured: true }, moderator)), ['/ids/0: conflict'])
  t.strictSame(faultsOf(await server.post('/v1/comments/moderation', { ids: [], status: 'deleted', colour: 1 }, moderator)).sort(), [
    '/colour: unknown',
    '/ids: length',
    '/status: value',
  ])
  t.strictSame(faultsOf(await server.post('/v1/comments/moderation', { ids }, moderator)), [': required'])
})

t.test('a comment’s history says what was done, by whom and why, and what it said before', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { say } = await commented(server)
  const { id, editToken } = await say('Frist')
  await server.anonymous.patch(`/v1/comments/${id}`, { body: 'First' }, { headers: { 'comment-edit-token': editToken } })
  await server.patch(`/v1/comments/${id}`, { status: 'rejected', reason: 'Empty', note: 'Third time' }, moderator)
  await server.patch(`/v1/comments/${id}`, { status: 'approved', reason: null }, moderator)
  const { data } = (await server.get(`/v1/comments/${id}/history`, moderator)).body
  t.match(data, [
    { by: { kind: 'writer', name: null }, action: 'edited', statusBefore: 'approved', status: 'approved', body: 'Frist', authorName: 'Reader' },
    {
      by: { kind: 'moderator', name: 'comments:moderate' },
      action: 'moderated',
      statusBefore: 'approved',
      status: 'rejected',
      reason: 'Empty',
      note: 'Third time',
      body: null,
    },
    { by: { kind: 'moderator' }, statusBefore: 'rejected', status: 'approved', reason: null, note: 'Third time' },
  ])
  t.equal((await server.get(`/v1/comments/${id}/history`, { token: await server.tokenWith('content:publish') })).status, 403)
  t.match((await server.get(`/v1/comments/${id}`, moderator)).body.moderation, { by: 'comments:moderate', reason: null, note: 'Third time', flags: [] })
  t.notMatch((await server.anonymous.get(`/v1/comments/${id}`)).text, 'Third time')
  const page = await server.get(`/v1/comments/${id}/history?limit=2`, moderator)
  t.equal((await server.get(`/v1/comments/${id}/history?limit=2&cursor=${page.body.page.nextCursor}`, moderator)).body.data.length, 1)
})

t.test('one comment of a story is pinned, some are featured, and none that isn’t shown', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { path, say } = await commented(server)
  const [one, two, three] = [await say('One'), await say('Two'), await say('Three')]
  const patch = (comment: Json, body: Json) => server.patch(`/v1/comments/${comment.id}`, body, moderator)
  t.equal((await patch(one, { pinned: true })).body.pinned, true)
  await server.events()
  await patch(two, { pinned: true, featured: true })
  t.strictSame(await server.events(), ['comment.updated', 'comment.updated'], 'the one before is pinned no longer')
  await patch(three, { featured: true })
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?pinned=true`)), ['Two'])
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?featured=true`)), ['Two', 'Three'])
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?featured=true&sort=newest&limit=1`)), ['Three'])
  t.strictSame(bodiesOf(await server.anonymous.get(path)), ['One', 'Two', 'Three'], 'and they stay in their places')
  t.strictSame(faultsOf(await server.anonymous.get(`${path}?view=tree&pinned=true`)), ['pinned: combination'])
  t.strictSame(await historyOf(server, one.id), [
    ['moderator', 'pinned', 'approved', 'approved'],
    ['moderator', 'unpinned', 'approved', 'approved'],
  ])
  await patch(two, { status: 'rejected' })
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?pinned=true`)), [])
  t.equal((await patch(two, { pinned: true })).status, 409)
  t.match((await patch(two, { status: 'approved' })).body, { pinned: false, featured: false })
  t.equal((await server.anonymous.patch(`/v1/comments/${one.id}`, { pinned: true }, { headers: { 'comment-edit-token': one.editToken } })).status, 403)
})

t.test('the newsroom answers as staff, also where a story is closed', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { path } = await commented(server, { commentPolicy: 'closed' })
  const staff = { author: { name: 'The desk', staff: true }, body: 'Thank you all.' }
  t.equal((await server.anonymous.post(path, staff)).status, 401)
  const { status, body } = await server.post(path, staff, moderator)
  t.equal(status, 201)
  t.match(body, { status: 'approved', author: { name: 'The desk', staff: true } })
  t.equal((await server.anonymous.get(path)).body.data[0].author.staff, true)
})

t.test('readers report what is wrong, and enough of them send it back to the queue', async (t) => {
  const { server, moderator, site } = await newsroom(t, { COMMENT_REPORTS_TO_HIDE: '3' })
  const { id: article, path, say } = await commented(server)
  const { id } = await say('Buy pills')
  const report = (reader: string, reason = 'spam') =>
    server.post(`/v1/comments/${id}/reports`, { reason, text: 'Look' }, { token: site, headers: { 'comment-author': reader } })
  await server.events()
  t.match((await report('a')).body, { commentId: id, reason: 'spam' })
  t.match((await report('a', 'abuse')).body, { reason: 'spam' }, 'the first one holds')
  t.equal((await server.anonymous.post(`/v1/comments/${id}/reports`, { reason: 'off-topic' })).status, 200)
  t.strictSame(await server.events(), ['comment.reported', 'comment.reported'])
  t.strictSame(bodiesOf(await server.get('/v1/comments?reports=2', moderator)), ['Buy pills'])
  t.strictSame(bodiesOf(await server.anonymous.get(path)), ['Buy pills'])
  await report('b')
  t.strictSame(await server.events(), ['comment.reported', 'comment.updated'])
  t.strictSame(bodiesOf(await server.anonymous.get(path)), [])
  t.equal((await server.anonymous.get(`/v1/articles/${article}`)).body.commentCount, 0)
  t.match((await server.get(`/v1/comments/${id}`, moderator)).body, { status: 'pending', reports: 3 })
  const reports = (await server.get(`/v1/comments/${id}/reports`, moderator)).body.data
  t.strictSame(
    reports.map(({ reason, text, settledAt }: Json) => [reason, text, settledAt]),
    [
      ['spam', 'Look', null],
      ['off-topic', null, null],
      ['spam', 'Look', null],
    ],
  )
  t.notMatch(JSON.stringify(reports), /account:|address:/, 'who reported is nobody’s to know')
  await server.patch(`/v1/comments/${id}`, { status: 'approved' }, moderator)
  t.match((await server.get(`/v1/comments/${id}`, moderator)).body, { status: 'approved', reports: 0 })
  t.ok((await server.get(`/v1/comments/${id}/reports`, moderator)).body.data.every(({ settledAt }: Json) => settledAt !== null))
  await report('a')
  t.match((await server.get(`/v1/comments/${id}`, moderator)).body, { status: 'approved', reports: 0 }, 'who was heard isn’t heard again')
  t.strictSame(await historyOf(server, id), [
    ['readers', 'hidden', 'approved', 'pending'],
    ['moderator', 'moderated', 'pending', 'approved'],
  ])
  t.strictSame(faultsOf(await server.anonymous.post(`/v1/comments/${id}/reports`, { reason: 'boring' })), ['/reason: value'])
})

t.test('somebody is banned, until a time or until it is undone', async (t) => {
  const { server, moderator, site } = await newsroom(t)
  const { path } = await commented(server)
  const author = { name: 'Troll', email: 'Troll@mail.example' }
  const say = () => server.anonymous.post(path, { author, body: 'Again' })
  const before = (await server.anonymous.post(path, { author, body: 'Before' })).body
  await server.events()
  const ban = await server.post('/v1/comment-bans', { email: 'troll@MAIL.example', reason: 'Abuse' }, moderator)
  t.equal(ban.status, 201)
  t.strictSame(await server.events(), ['comment-ban.created'])
  const refused = await say()
  t.equal(refused.status, 403)
  t.equal(refused.body.type, '/problems/banned')
  t.notMatch(refused.text, 'Abuse')
  t.equal((await server.anonymous.post(path, { author: { name: 'Other' }, body: 'Fine' })).status, 201)
  const edited = await server.anonymous.patch(`/v1/comments/${before.id}`, { body: 'And again' }, { headers: { 'comment-edit-token': before.editToken } })
  t.equal(edited.body.type, '/problems/banned', 'nor is what they wrote theirs to change')
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const again = await server.post('/v1/comment-bans', { email: 'troll@mail.example', expiresAt: until }, moderator)
  t.match(again.body, { id: ban.body.id, reason: null, expiresAt: until })
  t.strictSame(
    (await server.get('/v1/comment-bans', moderator)).body.data.map(({ email }: Json) => email),
    ['troll@mail.example'],
  )
  t.equal((await server.delete(`/v1/comment-bans/${ban.body.id}`, moderator)).status, 204)
  t.equal((await server.delete(`/v1/comment-bans/${ban.body.id}`, moderator)).status, 404)
  t.equal((await say()).status, 201)

  await server.post('/v1/comment-bans', { account: 'member-1' }, moderator)
  const member = { token: site, headers: { 'comment-author': 'member-1' } }
  t.equal((await server.post(path, { author: { name: 'Member' }, body: 'Hello' }, member)).body.type, '/problems/banned')
  const { id } = (await server.anonymous.get(path)).body.data[0]
  t.equal((await server.post(`/v1/comments/${id}/votes`, { value: 1 }, member)).status, 403)
  t.equal((await server.post(`/v1/comments/${id}/reports`, { reason: 'spam' }, member)).status, 403)
  const { ip } = (await server.get(`/v1/comments/${id}`, moderator)).body
  await server.post('/v1/comment-bans', { ip }, moderator)
  t.equal((await server.anonymous.post(path, { author: { name: 'Other' }, body: 'Not so fine' })).status, 403)
  t.strictSame(faultsOf(await server.post('/v1/comment-bans', { account: 'a', email: 'a@b.example' }, moderator)), [': combination'])
  t.strictSame(faultsOf(await server.post('/v1/comment-bans', { account: 'a', expiresAt: '2020-01-01T00:00:00Z' }, moderator)), ['/expiresAt: range'])
})

t.test('whoever is trusted is approved at once', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { path } = await commented(server, { commentPolicy: 'moderated' })
  const say = async () =>
    (await server.anonymous.post(path, { author: { name: 'Ada', email: 'ada@mail.example' }, body: `Hello ${Math.random()}` })).body.status
  t.equal(await say(), 'pending')
  const { body } = await server.post('/v1/comment-trusts', { email: 'ada@mail.example' }, moderator)
  t.equal(await say(), 'approved')
  t.equal((await server.get('/v1/comment-trusts', moderator)).body.data.length, 1)
  await server.delete(`/v1/comment-trusts/${body.id}`, moderator)
  t.equal(await say(), 'pending')
})

t.test('a decision on an answer and on what it answers leaves the counts of both right', async (t) => {
  const { server, moderator } = await newsroom(t)
  const { id, path, say } = await commented(server)
  const first = await say('First')
  const answer = await say('Answer', first.id)
  const last = await say('Last', answer.id)
  const decided = (ids: string[], status: string) => server.post('/v1/comments/moderation', { ids, status }, moderator)
  const shown = async () => {
    const { data, page } = (await server.get(`${path}?count=true`)).body
    const { commentCount } = (await server.get(`/v1/articles/${id}`)).body
    return { replies: data.map(({ replyCount }: Json) => replyCount), tombstones: page.tombstones, total: page.total, commentCount }
  }
  for (const ids of [
    [last.id, answer.id],
    [answer.id, last.id],
  ]) {
    t.strictSame((await decided(ids, 'rejected')).body.changed, 2)
    t.strictSame(await shown(), { replies: [0], tombstones: 0, total: 1, commentCount: 1 })
    t.strictSame((await decided(ids, 'approved')).body.changed, 2)
    t.strictSame((await shown()).replies, [1, 1, 0])
  }
  t.strictSame((await decided([last.id, answer.id, first.id], 'rejected')).body.changed, 3)
  t.strictSame(await shown(), { replies: [], tombstones: 0, total: 0, commentCount: 0 })
  // Named twice it is decided on once.
  const again = (await decided([first.id, first.id.toUpperCase()], 'approved')).body
  t.strictSame([again.changed, (await shown()).commentCount], [1, 1])
})
