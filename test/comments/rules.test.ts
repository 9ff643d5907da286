import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { moveClock } from '../../src/database/clock.ts'
import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, type Json, type Server, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

async function newsroom(t: Test, environment: Record<string, string> = {}) {
  const server = await startServer(t, environment)
  return { server, moderator: { token: await server.tokenWith('comments:moderate') }, ...(await commented(server)) }
}

/** What rules a comment fell under, and what became of it. */
async function outcome(server: Server, path: string, comment: Json): Promise<Json[]> {
  const answer = await server.anonymous.post(path, { author: { name: 'Reader' }, ...comment })
  if (answer.status !== 201) return [answer.status, ...faultsOf(answer)]
  const { moderation } = (await server.get(`/v1/comments/${answer.body.id}`)).body
  return [answer.body.status, ...(moderation?.flags ?? []).map(({ rule }: Json) => rule)]
}

t.test('many links hold a comment, and moderators see why', async (t) => {
  const { server, path, moderator } = await newsroom(t)
  t.strictSame(await outcome(server, path, { body: 'See https://a.example and www.b.example' }), ['approved'])
  t.strictSame(await outcome(server, path, { body: 'See https://a.example [b](https://b.example) www.c.example' }), ['pending', 'links'])
  t.strictSame((await server.get('/v1/comments?flag=links', moderator)).body.data[0].moderation, {
    by: null,
    at: null,
    reason: null,
    note: null,
    flags: [{ rule: 'links', detail: '3 links' }],
  })
  t.equal(bodiesOf(await server.anonymous.get(path)).length, 1)
})

t.test('what a rule does is the operator’s to say', async (t) => {
  const link = { body: 'https://a.example' }
  for (const [action, status] of [
    ['off', 'approved'],
    ['flag', 'approved'],
    ['spam', 'spam'],
    ['reject', 'rejected'],
  ] as const) {
    const { server, path } = await newsroom(t, { COMMENT_MAX_LINKS: '0', COMMENT_RULES: `links=${action}` })
    t.strictSame(await outcome(server, path, link), [status, ...(action === 'off' ? [] : ['links'])], action)
  }
  await t.rejects(startServer(t, { COMMENT_RULES: 'link=flag' }), /COMMENT_RULES has no link.*did you mean links/)
  await t.rejects(startServer(t, { COMMENT_RULES: 'links=hide' }), /COMMENT_RULES must be one of off, flag, pending, spam, reject/)
})

t.test('a hidden field that is filled in is spam; moderators and whoever is trusted are asked nothing', async (t) => {
  const { server, path, moderator } = await newsroom(t)
  t.strictSame(await outcome(server, path, { body: 'Buy', honeypot: 'x' }), ['spam', 'honeypot'])
  t.strictSame(await outcome(server, path, { body: 'Fine', honeypot: '' }), ['approved'])
  t.equal((await server.post(path, { author: { name: 'Desk' }, body: 'Ours', honeypot: 'x' }, moderator)).body.status, 'approved')
  await server.post('/v1/comment-trusts', { email: 'ada@mail.example' }, moderator)
  t.strictSame(await outcome(server, path, { body: 'Mine', honeypot: 'x', author: { name: 'Ada', email: 'ada@mail.example' } }), ['approved'])
})

t.test('a stamp says when the form was loaded', async (t) => {
  t.teardown(() => moveClock(-3_600_000 * 25))
  const { server, path } = await newsroom(t, { COMMENT_RULES: 'stamp-missing=pending', COMMENT_MIN_SECONDS: '3600' })
  const { body, headers } = await server.anonymous.get('/v1/comment-stamp')
  t.equal(headers.get('cache-control'), 'private, no-store')
  t.strictSame(await outcome(server, path, { body: 'One', stamp: body.stamp }), ['pending', 'too-fast'])
  t.strictSame(await outcome(server, path, { body: 'Two' }), ['pending', 'stamp-missing'])
  t.strictSame(await outcome(server, path, { body: 'Three', stamp: `0${body.stamp}` }), ['pending', 'too-fast'], 'the same time, however it is written')
  t.strictSame(await outcome(server, path, { body: 'Four', stamp: body.stamp.replace(/.$/, (last: string) => (last === '0' ? '1' : '0')) }), [
    'pending',
    'stamp-missing',
  ])
  moveClock(3_600_000)
  t.strictSame(await outcome(server, path, { body: 'Five', stamp: body.stamp }), ['approved'])
  moveClock(3_600_000 * 24)
  t.strictSame(await outcome(server, path, { body: 'Six', stamp: body.stamp }), ['pending', 'stamp-missing'], 'older than a day')
})

t.test('the same again by the same author is refused, and under other stories is seen', async (t) => {
  const { server, path, say } = await newsroom(t)
  const other = await commented(server)
  const body = 'This is what I always say'
  const first = await say(body)
  t.strictSame(await outcome(server, path, { body: 'this is what  I ALWAYS say!' }), [409, '/body: duplicate'])
  t.strictSame(await outcome(server, path, { body, parentId: first.id }), ['approved'], 'to another it is another thing')
  t.strictSame(await outcome(server, path, { body, author: { name: 'Another' } }), ['approved'])
  t.strictSame(await outcome(server, path, { body, author: { name: 'Reader', email: 'r@mail.example' } }), ['approved'])
  t.strictSame(await outcome(server, path, { body, author: { name: 'Reader II', email: 'R@mail.example' } }), [409, '/body: duplicate'])
  t.strictSame(await outcome(server, other.path, { body }), ['approved', 'repeated'])
  t.strictSame(await outcome(server, other.path, { body: 'Thank you' }), ['approved'])
})

t.test('words of the operator’s list are found however they are spelt, and the list is read again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-words-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'words.txt')
  writeFileSync(file, '# ours\nviagra\ncasino bonus\ncasin*\nдурак\n赌博\nass # short\n')
  const { server, path } = await newsroom(t, { COMMENT_WORDS_FILE: file })
  const caught = [
    'Cheap Viagra',
    'v1agr@!',
    'V.i.a.g.r.a',
    'v i a g r a',
    'ѵiаgrа',
    'viаaaagra',
    'ｖｉａｇｒａ',
    'vi\u200bagra',
    'a CASINO bonus!',
    'casinos',
    'Ты дурак',
    '今天网上赌博很好',
    'you a$$',
    'my v&#105;agra',
    'my vi**ag**ra',
    'via*gra*',
    'casino&nbsp;bonus',
    'v i a g r a I think',
    'viágra',
  ]
  for (const [index, body] of caught.entries()) t.strictSame(await outcome(server, path, { body: `${body}, number ${index}` }), ['pending', 'words'], body)
  t.strictSame(await outcome(server, path, { body: 'Hello there', author: { name: 'V1AGRA' } }), ['pending', 'words'])
  for (const body of ['A classic assessment of 455 cases', 'viagrations', 'дурака', 'bonus of the casus', '我赌你会来博物馆吗'])
    t.strictSame(await outcome(server, path, { body }), ['approved'], body)
  writeFileSync(file, 'harbour')
  await until('the new list holds', async () => (await outcome(server, path, { body: `The harbour ${Math.random()}` }))[1] === 'words')
  t.strictSame(await outcome(server, path, { body: 'Viagra again' }), ['approved'])
})

t.test('who isn’t wanted is rejected, by e-mail address, host and address', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-blocked-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'blocked.txt')
  writeFileSync(file, 'Troll@mail.example\nspam.example\n@throwaway.example\n198.51.100.0/24\n2001:db8::/32\n')
  const { server, path } = await newsroom(t, { COMMENT_BLOCKLIST_FILE: file, TRUST_PROXY: '1' })
  const rejected = ['rejected', 'blocklist']
  t.strictSame(await outcome(server, path, { body: 'One', author: { name: 'T', email: 'troll@MAIL.example' } }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Two https://www.spam.example/x' }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Three', author: { name: 'T', url: 'https://SPAM.example' } }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Four', author: { name: 'T', email: 'a@throwaway.example' } }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Six [x](https://spam.example./)' }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Seven [m](mailto:x@spam.example)' }), rejected)
  t.strictSame(await outcome(server, path, { body: 'Five https://notspam.example' }), ['approved'])
  for (const [address, status] of [
    ['198.51.100.7', 'rejected'],
    ['::ffff:198.51.100.8', 'rejected'],
    ['2001:db8::1', 'rejected'],
    ['192.0.2.1', 'approved'],
  ] as const) {
    const answer = await server.anonymous.post(
      path,
      { author: { name: 'Reader' }, body: `From ${address}` },
      { headers: { 'x-forwarded-for': address as string } },
    )
    t.equal(answer.body.status, status, address)
  }
})

t.test('the first comment of a person is held where the operator wants that', async (t) => {
  const { server, path, moderator } = await newsroom(t, { COMMENT_HOLD_FIRST: 'true' })
  const author = { name: 'Ada', email: 'ada@mail.example' }
  const first = await server.anonymous.post(path, { author, body: 'First' })
  t.equal(first.body.status, 'pending')
  t.strictSame(await outcome(server, path, { author, body: 'Second' }), ['pending', 'first-comment'])
  await server.patch(`/v1/comments/${first.body.id}`, { status: 'approved' }, moderator)
  t.strictSame(await outcome(server, path, { author: { ...author, email: 'ADA@mail.example' }, body: 'Third' }), ['approved'])
  t.strictSame(await outcome(server, path, { body: 'Nobody' }), ['pending', 'first-comment'])
})

t.test('the filter learns from what moderators decide, and unlearns', async (t) => {
  const { server, path, say, moderator } = await newsroom(t)
  const [good, bad] = [[] as string[], [] as string[]]
  for (let index = 0; index < 20; index++) {
    good.push((await say(`The council should repair the harbour wall number ${index}`)).id)
    bad.push((await say(`Cheap pills and replica watches for sale number ${index}`)).id)
  }
  const spam = { body: 'Replica pills for sale, cheap' }
  const decide = (ids: string[], status: string) => server.post('/v1/comments/moderation', { ids, status }, moderator)
  await decide(good, 'approved')
  await decide(bad.slice(1), 'spam')
  t.strictSame(await outcome(server, path, spam), ['approved'], 'not enough yet')
  await decide(bad, 'spam')
  t.strictSame(await outcome(server, path, { body: 'Cheap replica watches, pills for sale' }), ['pending', 'learned'])
  t.strictSame(await outcome(server, path, { body: 'Will the council repair the harbour?' }), ['approved'])
  await decide(bad, 'approved')
  t.strictSame(await outcome(server, path, { body: 'Pills, cheap watches and replica for sale' }), ['approved'])
  const [all] = await server.database.read.selectFrom('comment_words').selectAll().where('word', '=', '').execute()
  t.strictSame([Number(all?.ham), Number(all?.spam)], [40, 0])
})

t.test('a classifier of the operator’s is asked, and leaves it to moderators where it doesn’t answer', async (t) => {
  const asked: Json[] = []
  const secret = 'a secret of the classifier, thirty-two or more'
  const classifier = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      const [, seconds, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['broadsheet-signature'])) ?? []
      const expected = createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')
      const sent = JSON.parse(text)
      asked.push({ ...sent, isSigned: signature === expected })
      if (sent.body.includes('slow')) return
      if (sent.body.includes('broken')) response.statusCode = 500
      response.end(JSON.stringify({ verdict: sent.body.includes('bad') ? 'spam' : sent.body.includes('odd') ? 'unsure' : 'ham', reason: 'a look' }))
    })
  })
  await new Promise<void>((resolve) => void classifier.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    classifier.closeAllConnections()
    classifier.close()
  })
  const url = `http://127.0.0.1:${(classifier.address() as AddressInfo).port}/look`
  const { server, id, path } = await newsroom(t, { COMMENT_CLASSIFIER_URL: url, COMMENT_CLASSIFIER_SECRET: secret })
  t.strictSame(await outcome(server, path, { body: 'good' }), ['approved'])
  t.strictSame(asked[0], { article: id, body: 'good', author: { name: 'Reader', email: null, url: null, account: null }, address: '127.0.0.1', isSigned: true })
  t.strictSame(await outcome(server, path, { body: 'bad' }), ['spam', 'classifier'])
  t.strictSame(await outcome(server, path, { body: 'odd' }), ['pending', 'classifier'])
  t.strictSame(await outcome(server, path, { body: 'broken' }), ['pending', 'classifier'])
  t.strictSame(await outcome(server, path, { body: 'slow' }), ['pending', 'classifier'])
  const count = asked.length
  t.equal((await server.anonymous.post('/v1/articles/no-such-story/comments', { author: { name: 'x' }, body: 'good' })).status, 404)
  t.equal((await server.anonymous.post(path, { author: { name: 'x' }, body: '' })).status, 400)
  t.equal(asked.length, count, 'nobody is asked about what can’t be taken')
})

t.test('an edit is looked at as a new comment is', async (t) => {
  const { server, path, say } = await newsroom(t, { COMMENT_MAX_LINKS: '0' })
  const { id, editToken } = await say('Harmless')
  const edited = await server.anonymous.patch(`/v1/comments/${id}`, { body: 'https://spam.example' }, { headers: { 'comment-edit-token': editToken } })
  t.equal(edited.body.status, 'pending')
  t.strictSame(bodiesOf(await server.anonymous.get(path)), [])
  t.strictSame((await server.get(`/v1/comments/${id}`)).body.moderation.flags, [{ rule: 'links', detail: '1 links' }])
  const again = await server.anonymous.patch(`/v1/comments/${id}`, { body: 'Harmless, really' }, { headers: { 'comment-edit-token': editToken } })
  t.equal(again.body.status, 'pending', 'and doesn’t come back by itself')
})
