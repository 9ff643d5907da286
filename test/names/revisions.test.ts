import { currentTime, moveClock } from '../../src/database/clock.ts'
import { jsonPatch } from '../../src/http/patches.ts'
import { restoreName } from '../../src/names/restore.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

const kinds = [
  { path: '/v1/authors', kind: 'author', property: 'author', words: 'name', other: { jobTitle: 'Editor' }, changed: '/jobTitle' },
  { path: '/v1/topics', kind: 'topic', property: 'topic', words: 'name', other: { description: 'Ships.' }, changed: '/description' },
  { path: '/v1/highlight-lists', kind: 'highlight-list', property: 'highlightList', words: 'title', other: { style: 'numbered' }, changed: '/style' },
] as const

const numbers = ({ body }: { body: Json }) => body.data.map((row: Json) => row.number)

/** One with three revisions. */
async function changedThrice({ path, words, other }: (typeof kinds)[number], name: string): Promise<Json> {
  const { body } = await server.post(path, { [words]: name })
  await server.patch(`${path}/${body.id}`, other, { headers: { 'x-change-note': 'For the desk' } })
  return (await server.patch(`${path}/${body.id}`, { [words]: `${name} again`, slug: `${body.slug}-again`, externalId: `x:${body.slug}` })).body
}

for (const one of kinds) {
  const { path, kind, property, words, other, changed } = one

  t.test(`${kind}: revisions say who changed what, when and why, the newest first`, async (t) => {
    const { id } = await changedThrice(one, 'Harbour desk')
    const listed = await server.get(`${path}/${id}/revisions?count=true`)
    t.strictSame(numbers(listed), [3, 2, 1])
    t.equal(listed.body.page.total, 3)
    const [, second, first] = listed.body.data
    t.match(second, { by: { tokenId: null, name: 'ADMIN_TOKEN' }, note: 'For the desk', changes: [{ op: 'replace', path: changed }] })
    t.equal(second.changes.length, 1, 'what follows from a change is left out')
    t.match(first, { note: null, changes: [] })
    t.notMatch(listed.text, /revision"|updatedAt/)
    const page = await server.get(`${path}/${id}/revisions?limit=2`)
    t.strictSame(numbers(page), [3, 2])
    const next = `${path}/${id}/revisions?limit=2&cursor=${page.body.page.nextCursor}`
    t.strictSame(numbers(await server.get(next)), [1])
    t.strictSame(numbers(await server.get(`${path}/${id}/revisions?sort=number&fields=at`)), [1, 2, 3])
  })

  t.test(`${kind}: a revision is there whole, and two are compared`, async (t) => {
    const { id, slug } = await changedThrice(one, 'Ferry desk')
    const whole = await server.get(`${path}/${slug}/revisions/2`)
    t.match(whole.body, { number: 2, [property]: { id, revision: 2, [words]: 'Ferry desk', slug: 'ferry-desk', ...other } })
    const { body } = await server.get(`${path}/${id}/revisions/1/diff?against=3`)
    t.match(body, { from: 3, to: 1 })
    t.strictSame(body.operations.map(({ path: place }: Json) => place).sort(), [changed, '/externalId', `/${words}`, '/slug'].sort())
    for (const number of ['4', '0', 'x', '9999999999']) t.equal((await server.get(`${path}/${id}/revisions/${number}`)).status, 404, number)
    t.equal((await server.get(`${path}/${id}/revisions/1/diff?against=4`)).status, 404)
    t.equal((await server.get(`${path}/nobody/revisions`)).status, 404)
    t.equal((await server.get(`${path}/ferry-desk/revisions`)).status, 308, 'an old slug leads on')
  })

  t.test(`${kind}: one that is restored has the old words in a new revision, and keeps its names`, async (t) => {
    const { id } = await changedThrice(one, 'Tide desk')
    await server.events()
    const stale = await server.post(`${path}/${id}/revisions/1/restore`, undefined, { headers: { 'if-match': '"2"' } })
    t.equal(stale.status, 412)
    t.strictSame(await server.events(), [])
    const restored = await server.post(`${path}/${id}/revisions/1/restore`, undefined, { headers: { 'if-match': '"3"', 'x-change-note': 'Was better' } })
    t.equal(restored.status, 200)
    t.match(restored.body, { revision: 4, [words]: 'Tide desk', slug: 'tide-desk-again', externalId: 'x:tide-desk' })
    t.match(restored.headers.get('etag'), /^"4-/)
    t.strictSame(await server.events(), [`${kind}.updated`])
    t.match((await server.get(`${path}/${id}/revisions/4`)).body, { note: 'Was better', [property]: { [words]: 'Tide desk' } })
    t.equal((await server.post(`${path}/${id}/revisions/1/restore`)).body.revision, 4, 'what is so already makes no revision')
    t.strictSame(await server.events(), [])
  })

  t.test(`${kind}: at a time it is what it was then`, async (t) => {
    const made = (await server.post(path, { [words]: 'Rail desk' })).body
    moveClock(1000)
    await server.patch(`${path}/${made.id}`, { [words]: 'Rail and road desk' })
    const [second, first] = (await server.get(`${path}/${made.id}/revisions`)).body.data
    t.match((await server.get(`${path}/rail-desk?at=${first.at}`)).body, { [words]: 'Rail desk', revision: 1 })
    t.match((await server.get(`${path}/rail-desk?at=${second.at}`)).body, { [words]: 'Rail and road desk', revision: 2 })
    t.equal((await server.get(`${path}/rail-desk?at=2020-01-01T00:00:00Z`)).status, 404)
    t.strictSame(faultsOf(await server.get(`${path}/rail-desk?at=2999-01-01T00:00:00Z`)), ['at: range'])
    const asAnyone = await server.anonymous.get(`${path}/rail-desk?at=${first.at}`)
    t.equal(asAnyone.status, kind === 'highlight-list' ? 200 : 401)
  })

  t.test(`${kind}: of before revisions were kept it has the one that it is`, async (t) => {
    const made = (await server.post(path, { [words]: 'Archive desk' })).body
    await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
      await tx.deleteFrom('name_revisions').where('subject_id', '=', made.id).execute()
    })
    t.match((await server.get(`${path}/${made.id}/revisions?count=true`)).body, { data: [{ number: 1, by: null, changes: [] }], page: { total: 1 } })
    t.match((await server.get(`${path}/${made.id}/revisions/1`)).body[property], { [words]: 'Archive desk' })
    t.match((await server.get(`${path}/${made.id}?at=${currentTime()}`)).body, { [words]: 'Archive desk' })
    await server.patch(`${path}/${made.id}`, other)
    t.strictSame(numbers(await server.get(`${path}/${made.id}/revisions`)), [2, 1])
  })

  t.test(`${kind}: one that was deleted comes back with its id, its names, and a new revision`, async (t) => {
    const { id } = await changedThrice(one, 'Night desk')
    const [kept] = await server.database.read.selectFrom('name_revisions').selectAll().where('subject_id', '=', id).where('number', '=', 3).execute()
    await server.delete(`${path}/${id}`)
    await server.events()
    const bringBack = () => server.database.transaction({ actor: null, requestId: null }, (tx) => restoreName(tx, kind, JSON.parse(kept?.document as string)))
    await bringBack()
    t.strictSame(await server.events(), [`${kind}.created`])
    t.match((await server.get(`${path}/night-desk-again`)).body, { id, revision: 4, [words]: 'Night desk again', externalId: 'x:night-desk', ...other })
    t.strictSame(numbers(await server.get(`${path}/${id}/revisions`)), [4, 3, 2, 1])
    await server.delete(`${path}/${id}`)
    await server.post(path, { [words]: 'Another', slug: 'night-desk-again' })
    const refused = await bringBack().catch((error) => error)
    t.equal(refused.status, 409, 'but not where another has its slug by now')
    t.equal((await server.get(`${path}/${id}`)).status, 404)
  })
}

t.test('what a revision names and is gone is let go of, but for its words', async (t) => {
  const above = (await server.post('/v1/topics', { name: 'Above' })).body
  const under = (await server.post('/v1/topics', { name: 'Under', parentId: above.id })).body
  await server.patch(`/v1/topics/${under.id}`, { parentId: null })
  t.equal((await server.post(`/v1/topics/${under.id}/revisions/1/restore`)).body.parentId, above.id)
  await server.patch(`/v1/topics/${under.id}`, { parentId: null })
  await server.patch(`/v1/topics/${above.id}`, { parentId: under.id })
  t.equal((await server.post(`/v1/topics/${under.id}/revisions/1/restore`)).body.parentId, null, 'there would be a loop')
  await server.delete(`/v1/topics/${above.id}`)
  t.equal((await server.post(`/v1/topics/${under.id}/revisions/1/restore`)).body.parentId, null)

  const [gone, there] = [await createShort(server, 'Gone'), await createShort(server, 'There')]
  const target = ({ id }: Json) => ({ target: { type: 'article', id } })
  const list = (await server.post('/v1/highlight-lists', { title: 'Front', items: [target(gone), { text: 'Words', ...target(gone) }, target(there)] })).body
  await server.put(`/v1/highlight-lists/${list.id}`, { title: 'Front', items: [] })
  await server.delete(`/v1/articles/${gone.id}?permanent=true`)
  const restored = await server.post(`/v1/highlight-lists/${list.id}/revisions/1/restore`)
  t.equal(restored.status, 200)
  t.strictSame(
    restored.body.items.map(({ id, text, target: to }: Json) => [id, text, to?.id ?? null]),
    [
      [list.items[0].id, 'Gone', null],
      [list.items[1].id, 'Words', null],
      [list.items[2].id, null, there.id],
    ],
  )
  const { items } = (await server.get(`/v1/highlight-lists/${list.id}/revisions/1`)).body.highlightList
  t.match(items, [{ text: 'Gone', target: null }, { text: 'Words', target: null }, { target: { slug: 'there' } }])
})

t.test('what compares two revisions fits them as they are shown, also where what they led to is gone', async (t) => {
  const gone = await createShort(server, 'X gone', { status: 'draft' })
  const [first, second] = [{ target: { type: 'article', id: gone.id } }, { text: 'two' }]
  const list = (await server.post('/v1/highlight-lists', { title: 'Fits', items: [first, second] })).body
  await server.patch(`/v1/highlight-lists/${list.id}`, { items: [first, ...list.items.slice(1), { text: 'three' }] })
  const topic = (await server.post('/v1/topics', { name: 'Gone soon' })).body
  const home = { label: 'Home', target: { type: 'url', url: '/' } }
  const menu = (...items: object[]) => ({ navigation: [{ name: 'main', items }] })
  await server.patch('/v1/site', menu({ target: { type: 'topic', id: topic.id } }, home))
  await server.patch('/v1/site', menu({ target: { type: 'topic', id: topic.id } }, home, { ...home, label: 'Again' }))
  await server.delete(`/v1/articles/${gone.id}?permanent=true`)
  await server.delete(`/v1/topics/${topic.id}`)
  await server.patch('/v1/site', { tagline: 'Only this' })
  for (const [path, property] of [
    [`/v1/highlight-lists/${list.id}`, 'highlightList'],
    ['/v1/site', 'site'],
  ]) {
    const all = (await server.get(`${path}/revisions?limit=100&sort=number`)).body.data
    for (const { number, changes } of all.slice(1)) {
      const one = async (of: number) => (await server.get(`${path}/revisions/${of}`)).body
      const { operations } = (await server.get(`${path}/revisions/${number}/diff?against=${number - 1}`)).body
      t.strictSame(operations, changes)
      t.strictSame((await one(number)).changes, changes)
      const [before, after] = [(await one(number - 1))[property as string], (await one(number))[property as string]]
      const { revision, updatedAt } = after
      t.strictSame({ ...(jsonPatch(before, changes, 1e6) as object), revision, updatedAt }, after, `${path} ${number}`)
    }
    t.ok(all.length >= 3)
  }
  const [last] = (await server.get('/v1/site/revisions?limit=1')).body.data
  t.strictSame(
    last.changes.map((change: Json) => change.path),
    ['/tagline'],
  )
})

t.test('a topic that is restored under another is public there', async (t) => {
  const above = (await server.post('/v1/topics', { name: 'Sea' })).body
  const under = (await server.post('/v1/topics', { name: 'Fish', parentId: above.id })).body
  await createShort(server, 'Herring', { topics: [{ id: under.id }] })
  await server.patch(`/v1/topics/${under.id}`, { parentId: null })
  t.equal((await server.anonymous.get('/v1/topics/sea')).status, 404)
  await server.post(`/v1/topics/${under.id}/revisions/1/restore`)
  t.equal((await server.anonymous.get('/v1/topics/sea')).status, 200)
  t.equal((await server.anonymous.get('/v1/articles?topic=sea')).body.data.length, 1)
})

t.test('restoring needs what the write itself needs', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  const article = await createShort(server, 'Named', { status: 'draft', authors: [{ name: 'Quiet' }] })
  await server.patch('/v1/authors/quiet', { jobTitle: 'x' }, writer)
  t.equal((await server.post('/v1/authors/quiet/revisions/1/restore', undefined, writer)).status, 200)
  await server.patch(`/v1/articles/${article.id}`, { status: 'published' })
  await server.events()
  t.match((await server.post('/v1/authors/quiet/revisions/2/restore', undefined, writer)).body, { status: 403, requiredScope: 'content:publish' })
  t.strictSame(await server.events(), [])
})

t.test('while it was deleted, or merged, nothing was there', async (t) => {
  for (const [kind, words] of Object.entries({ topics: 'name', authors: 'name', 'highlight-lists': 'title' })) {
    const { id } = (await server.post(`/v1/${kind}`, { [words]: 'Comes back' })).body
    const made = currentTime()
    moveClock(1000)
    await server.request('DELETE', `/v1/${kind}/${id}`, undefined, { headers: { 'x-change-set': `gone-${kind}` } })
    const gone = currentTime()
    moveClock(1000)
    await server.post(`/v1/change-sets/gone-${kind}/revert`)
    const statuses = []
    for (const at of [made, gone, currentTime()]) statuses.push((await server.get(`/v1/${kind}/${id}?at=${at}`)).status)
    t.strictSame(statuses, [200, 404, 200], kind)
  }
})
