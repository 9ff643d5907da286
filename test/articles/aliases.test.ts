import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
let number = 0
/** A path that no other test has. */
const fresh = () => `/2014/05/story-${++number}.html`
const make = (aliases: string[], more: object = {}): Promise<Json> => createShort(server, `Story ${number}`, { aliases, ...more })

t.test('old addresses are a setting of the working copy, which holds at once and isn’t published', async (t) => {
  const [first, second] = [fresh(), fresh()]
  const story = await make([first])
  t.strictSame(story.aliases, [first])
  const path = `/v1/articles/${story.id}`
  await server.events()
  const changed = await server.patch(path, { aliases: [second, first] })
  t.match(changed.body, { revision: 2, aliases: [second, first], hasUnpublishedChanges: false })
  t.strictSame(await server.events(), ['article.updated'])
  t.equal((await server.anonymous.get(`/v1/redirects?path=${second}`)).body.article.id, story.id)
  t.notOk('aliases' in (await server.anonymous.get(path)).body, 'the public asks where they lead')
  t.notOk('aliases' in (await server.get(`/v1/articles?copy=working&ids=${story.id}`)).body.data[0])
  t.strictSame((await server.get(`/v1/articles?copy=working&ids=${story.id}&include=aliases`)).body.data[0].aliases, [second, first])
  t.strictSame(faultsOf(await server.anonymous.get('/v1/articles?include=aliases')), ['include: value'])
  t.equal((await server.patch(path, { aliases: [second, first] })).body.revision, 2, 'the same again is no change')
  t.strictSame(await server.events(), [])
})

t.test('PUT keeps old addresses that it leaves out, a patch that removes them clears them, a restored revision leaves them', async (t) => {
  const [first, second] = [fresh(), fresh()]
  const story = await make([first])
  const path = `/v1/articles/${story.id}`
  t.strictSame((await server.put(path, { headline: 'Put' })).body.aliases, [first])
  t.strictSame((await server.put(path, { ...(await workingCopy(server, story.id)), aliases: [second] })).body.aliases, [second])
  t.strictSame((await server.post(`${path}/revisions/1/restore`)).body, { ...(await workingCopy(server, story.id)), aliases: [second] })
  const patched = await server.patch(`${path}?apply=both`, { kicker: 'Both', aliases: [second, first] })
  t.match(patched.body, { kicker: 'Both', aliases: [second, first] })
  t.strictSame((await server.patch(path, { aliases: null })).body.aliases, [])
  t.equal((await server.anonymous.get(`/v1/redirects?path=${first}`)).status, 404)
  const other = await make([first, second])
  t.strictSame(other.aliases, [first, second], 'they are free again')
  const removed = await server.patch(`/v1/articles/${other.id}`, [{ op: 'remove', path: '/aliases/0' }], {
    headers: { 'content-type': 'application/json-patch+json' },
  })
  t.strictSame(removed.body.aliases, [second])
})

t.test('parts that change leave old addresses as they are', async (t) => {
  const alias = fresh()
  const story = await make([alias], { sections: [{ heading: 'One' }] })
  const path = `/v1/articles/${story.id}`
  await server.patch(`${path}/sections/one`, { heading: 'Two' })
  await server.post(`${path}/highlight-lists`, { items: [{ text: 'An item' }] })
  await server.post(`${path}/unpublish`, {})
  t.strictSame((await workingCopy(server, story.id)).aliases, [alias])
  t.strictSame((await server.get(`${path}/revisions/3`)).body.article.aliases, [alias])
})

t.test('an old address belongs to one article, also one that isn’t public, and the 409 names it', async (t) => {
  const [first, second, third] = [fresh(), fresh(), fresh()]
  const holder = await make([first, second], { status: 'draft' })
  await server.events()
  const made = await server.post('/v1/articles', { headline: 'Late', aliases: [third, second, first] })
  t.equal(made.status, 409)
  t.match(made.body, { type: '/problems/alias-taken', holder: { type: 'article', id: holder.id } })
  t.strictSame(faultsOf(made), ['/aliases/1: conflict', '/aliases/2: conflict'])
  const other = await make([])
  await server.events()
  const patched = await server.patch(`/v1/articles/${other.id}`, { kicker: 'Not this', aliases: [first.replace('story', '%73tory')] })
  t.equal(patched.body.type, '/problems/alias-taken', 'however it is written')
  t.match(await workingCopy(server, other.id), { revision: 1, kicker: null, aliases: [] })
  t.strictSame(await server.events(), [])
  await server.delete(`/v1/articles/${holder.id}`)
  t.equal((await server.patch(`/v1/articles/${other.id}`, { aliases: [first] })).status, 409, 'the trash keeps them')
  await server.delete(`/v1/articles/${holder.id}?permanent=true`)
  t.strictSame((await server.patch(`/v1/articles/${other.id}`, { aliases: [first] })).body.aliases, [first])
})

t.test('of those who claim one old address at once one has it', async (t) => {
  const alias = fresh()
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((index) => server.post('/v1/articles', { headline: `Racer ${index}`, aliases: [fresh(), alias] })))
  t.strictSame(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  const winner = answers.find(({ status }) => status === 201)?.body
  for (const { status, body } of answers) if (status === 409) t.match(body, { type: '/problems/alias-taken', holder: { id: winner.id } })
})

t.test('an old address has one form, in which it is kept', async (t) => {
  const forms: [given: string, kept: string][] = [
    ['/%7euser/caf\u00e9.html', '/~user/caf%C3%A9.html'],
    ['/a%2fb?q=%c3%a9', '/a%2Fb?q=%C3%A9'],
    ['/100%-sure?a=1&b=%zz', '/100%25-sure?a=1&b=%25zz'],
    ['/?p=7', '/?p=7'],
    ['/index.php?story="x"|y', '/index.php?story=%22x%22%7Cy'],
    ['/a+b,c;d=e(f)!*', '/a+b,c;d=e(f)!*'],
  ]
  const story = await make(forms.map(([given]) => given))
  t.strictSame(
    story.aliases,
    forms.map(([, kept]) => kept),
  )
  for (const [given, kept] of forms)
    for (const path of [given, kept])
      t.match((await server.anonymous.get(`/v1/redirects?path=${encodeURIComponent(path)}`)).body, { path: kept, article: { id: story.id } }, path)
  t.equal((await server.patch(`/v1/articles/${story.id}`, { aliases: forms.map(([given]) => given) })).body.revision, 1)
})

t.test('what is no path of a site, or stands twice, is a fault with its place', async (t) => {
  const wrong = [
    'story.html',
    'https://old.example/a',
    '//old.example/a',
    '/\\old.example',
    '/a#b',
    '/a b',
    '/a\u0007',
    '/a\u200f\u0000',
    '',
    `/${'a'.repeat(2000)}`,
  ]
  for (const alias of wrong) {
    const answer = await server.post('/v1/articles', { headline: 'Wrong', aliases: ['/right', alias] })
    const name = JSON.stringify(alias.slice(0, 30))
    t.equal(answer.status, 400, name)
    t.ok(
      faultsOf(answer).every((fault) => fault.startsWith('/aliases/1: ') || alias.includes('\u0000')),
      name,
    )
  }
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'Wrong', aliases: ['/a-%7e', '/b', '/a-~', `/${'\u00e9'.repeat(400)}`] })), [
    '/aliases/2: duplicate',
    '/aliases/3: length',
  ])
  const many = Array.from({ length: 101 }, (_, index) => `/many/${index}`)
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'Many', aliases: many })), ['/aliases: length'])
  t.equal((await server.post('/v1/articles', { headline: 'Many', aliases: many.slice(1) })).status, 201)
})
