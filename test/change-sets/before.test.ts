import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
const working = async (slug: string) => (await server.get(`/v1/articles/${slug}?copy=working`)).body
const revert = async (name: string) => (await server.post(`/v1/change-sets/${name}/revert`)).body
const make = async (slug: string, more: object = {}) => (await server.post('/v1/articles', { headline: slug, slug, ...more })).body
const does = (slug: string, verb: string, body: object = {}, options = {}) => server.post(`/v1/articles/${slug}/${verb}`, body, options)
const at = '2099-01-01T06:00:00.000Z'

t.test('what was planned is as it was just before, not as a revision kept it', async (t) => {
  await make('ended', { status: 'published' })
  await does('ended', 'unpublish', { at })
  await does('ended', 'unpublish')
  await does('ended', 'publish')
  await server.patch('/v1/articles/ended', { kicker: 'k' }, inSet('ended'))
  t.match(await revert('ended'), { reverted: 1, kept: 0 })
  t.match(await working('ended'), { kicker: null, status: 'published', schedule: { publish: null, unpublish: null } })

  await make('trashed')
  await does('trashed', 'publish', { at })
  await server.request('DELETE', '/v1/articles/trashed', undefined, inSet('trashed'))
  t.match((await server.get('/v1/events?type=article.trashed&sort=-seq&limit=1')).body.data[0].data, { was: { publish: { at } } })
  t.match(await revert('trashed'), { reverted: 1, kept: 0 })
  t.match(await working('trashed'), { status: 'scheduled', schedule: { publish: { at } } })

  await make('taken-down', { status: 'published' })
  await does('taken-down', 'unpublish', { at })
  await does('taken-down', 'unpublish', {}, inSet('taken-down'))
  t.match(await revert('taken-down'), { reverted: 1, kept: 0 })
  t.match(await working('taken-down'), { status: 'published', schedule: { unpublish: { at } } })

  await make('cancelled')
  await does('cancelled', 'publish', { at })
  await server.request('DELETE', '/v1/articles/cancelled/schedule', undefined, inSet('cancelled'))
  await revert('cancelled')
  t.match(await working('cancelled'), { status: 'scheduled', schedule: { publish: { at } } })
  const { data } = (await server.get('/v1/events?changeSet=cancelled.revert')).body
  t.equal(new Set(data.map(({ revision }: Json) => revision.before)).size, data.length, 'each change begins where the one before ended')
})

t.test('a take-down comes back with its reason and its notice', async (t) => {
  const seen = async () => (await server.anonymous.get('/v1/articles/legal')).body
  await make('legal', { status: 'published' })
  await does('legal', 'unpublish', { reason: 'legal', notice: 'By order of the court' })
  await does('legal', 'publish', {}, inSet('oops'))
  t.match(await revert('oops'), { reverted: 1 })
  t.match(await seen(), { status: 451, notice: 'By order of the court' })
  t.match(await revert('oops.revert'), { reverted: 1 })
  t.match(await seen(), { headline: 'legal' })
  t.match(await revert('oops.revert.revert'), { reverted: 1 })
  t.match(await seen(), { status: 451, notice: 'By order of the court' })
})

t.test('what was public once keeps its date, and what the public has is no change', async (t) => {
  await make('dated')
  await does('dated', 'publish')
  const { publishedAt } = await working('dated')
  await server.patch('/v1/articles/dated', { kicker: 'k' }, inSet('dated-1'))
  await revert('dated-1')
  t.match(await working('dated'), { publishedAt, kicker: null, hasUnpublishedChanges: false })
  await does('dated', 'unpublish')
  await server.patch('/v1/articles/dated', { kicker: 'k' }, inSet('dated-2'))
  await revert('dated-2')
  t.match(await working('dated'), { publishedAt, status: 'unpublished' })
  await does('dated', 'publish')
  t.equal((await working('dated')).publishedAt, publishedAt)
})

t.test('the order within a set stands in nothing’s way', async (t) => {
  const [from, into] = [(await server.post('/v1/topics', { name: 'From' })).body, (await server.post('/v1/topics', { name: 'Into' })).body]
  await make('merged', { status: 'published', topics: [{ id: from.id }] })
  await server.post(`/v1/topics/${from.id}/merge`, { into: { id: into.id } }, inSet('merge-and-edit'))
  await server.patch('/v1/articles/merged?publish=true', { kicker: 'k' }, inSet('merge-and-edit'))
  t.match((await server.post('/v1/change-sets/merge-and-edit/revert?dryRun=true')).body, { reverted: 2, kept: 0 })
  t.match(await revert('merge-and-edit'), { reverted: 2, kept: 0 })
  const { body } = await server.anonymous.get('/v1/articles/merged')
  t.match(body, { kicker: null, topics: [{ id: from.id }] })

  for (const path of ['/v1/topics', '/v1/authors', '/v1/highlight-lists']) {
    const named = path === '/v1/highlight-lists' ? 'title' : 'name'
    const [gone, heir] = [(await server.post(path, { [named]: 'X', slug: 'x' })).body, (await server.post(path, { [named]: 'Y', slug: 'y' })).body]
    const set = `swap-${path.slice(4)}`
    await server.request('DELETE', `${path}/x`, undefined, inSet(set))
    await server.patch(`${path}/y`, { slug: 'x' }, inSet(set))
    t.match(await revert(set), { reverted: 2, kept: 0 })
    t.strictSame([(await server.get(`${path}/x`)).body.id, (await server.get(`${path}/y`)).body.id], [gone.id, heir.id])
  }
})

t.test('a list comes back with its plan, and as old as it is', async (t) => {
  const path = '/v1/highlight-lists'
  const list = (await server.post(path, { title: 'Front', slug: 'front' })).body
  const planned = async () => (await server.get(`${path}/front?copy=working`)).body
  await server.post(`${path}/front/publish`, { at })
  await server.request('DELETE', `${path}/front`, undefined, inSet('list-1'))
  t.match(await revert('list-1'), { reverted: 1 })
  t.match(await planned(), { id: list.id, createdAt: list.createdAt, schedule: { publish: { at, revision: null } } })
  await server.patch(`${path}/front`, { title: 'At once' }, inSet('list-2'))
  t.equal((await planned()).schedule.publish, null)
  t.match(await revert('list-2'), { reverted: 1 })
  t.match(await planned(), { title: 'Front', schedule: { publish: { at, revision: null } } })
  const writer = { token: await server.tokenWith('content:write') }
  await server.patch(`${path}/front?publish=false`, { title: 'Later' }, { ...writer, ...inSet('list-3') })
  t.type((await planned()).schedule.publish.revision, 'number')
  t.match(await revert('list-3'), { reverted: 1 })
  t.match(await planned(), { title: 'Front', schedule: { publish: { at, revision: null } } })
})

t.test('what is gone already is not reverted again', async (t) => {
  await server.request('POST', '/v1/topics', { name: 'Short-lived' }, inSet('short'))
  for (const name of ['short', 'short.revert', 'short.revert.revert']) t.match(await revert(name), { reverted: 1 })
  t.match(await revert('short'), { reverted: 0, unchanged: 1 })
})

t.test('a topic goes back under what the same set deleted, merged or put under it', async (t) => {
  const make = async (name: string, parentId?: string) => (await server.post('/v1/topics', { name, ...(parentId ? { parentId } : {}) })).body.id as string
  const [gone, merged, into, below] = [await make('Set deletes'), await make('Set merges'), await make('Merged into'), await make('Turned over')]
  const [one, two, three] = [await make('Under deleted', gone), await make('Under merged', merged), await make('On top', below)]
  const own = { headers: { 'x-change-set': 'family' } }
  await server.patch(`/v1/topics/${one}`, { parentId: null }, own)
  t.equal((await server.delete(`/v1/topics/${gone}`, own)).status, 204)
  t.equal((await server.post(`/v1/topics/${merged}/merge`, { into: { id: into } }, own)).status, 200)
  await server.patch(`/v1/topics/${three}`, { parentId: null }, own)
  await server.patch(`/v1/topics/${below}`, { parentId: three }, own)
  for (const id of [one, two, three]) await server.patch(`/v1/topics/${id}`, { description: 'Touched' }, own)
  const dry = await server.post('/v1/change-sets/family/revert?dryRun=true')
  t.match(dry.body, { kept: 0, reverted: 6 })
  t.match((await server.post('/v1/change-sets/family/revert')).body, { kept: 0, reverted: 6 })
  for (const [id, parentId] of [
    [one, gone],
    [two, merged],
    [three, below],
    [below, null],
  ])
    t.match((await server.get(`/v1/topics/${id}`)).body, { parentId, description: null })
})

t.test('a topic whose parent somebody else deleted is kept', async (t) => {
  const parent = (await server.post('/v1/topics', { name: 'Deleted by another' })).body.id
  const child = (await server.post('/v1/topics', { name: 'Left at the top', parentId: parent })).body.id
  await server.patch(`/v1/topics/${child}`, { parentId: null }, { headers: { 'x-change-set': 'orphan' } })
  await server.delete(`/v1/topics/${parent}`)
  await server.events()
  t.match((await server.post('/v1/change-sets/orphan/revert')).body, { kept: 1, data: [{ id: child, result: 'kept' }] })
  t.strictSame(await server.events(), [])
})

t.test('what was undone and done again can be undone again, as often as wanted', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'v1', status: 'published' })).body
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'v2' }, { headers: { 'x-change-set': 'again' } })
  const revert = async (name: string) => (await server.post(`/v1/change-sets/${name}/revert`)).body
  const shown = async () => (await server.anonymous.get(`/v1/articles/${id}`)).body.headline
  for (const [name, headline] of [
    ['again', 'v1'],
    ['again.revert', 'v2'],
    ['again', 'v1'],
    ['again.revert', 'v2'],
    ['again', 'v1'],
  ] as const) {
    t.match(await revert(name), { reverted: 1, kept: 0 }, name)
    t.equal(await shown(), headline)
    await server.events()
    t.match(await revert(name), { unchanged: 1, reverted: 0 }, name)
    t.strictSame(await server.events(), [])
  }
})

t.test('the reverting changes need a name of their own that fits', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'v1' })).body
  const name = `long-${'x'.repeat(90)}`
  await server.patch(`/v1/articles/${id}`, { headline: 'v2' }, { headers: { 'x-change-set': name } })
  await server.events()
  const revert = (changeSet?: string) => server.post(`/v1/change-sets/${name}/revert`, undefined, changeSet ? { headers: { 'x-change-set': changeSet } } : {})
  t.strictSame(faultsOf(await revert()), ['X-Change-Set: required'])
  t.strictSame(faultsOf(await revert(name)), ['X-Change-Set: value'])
  t.strictSame(await server.events(), [])
  t.strictSame(faultsOf(await revert('another.revert')), ['X-Change-Set: value'])
  t.strictSame(faultsOf(await server.patch(`/v1/articles/${id}`, { headline: 'v3' }, inSet(`${name.slice(0, 90)}.revert`))), ['X-Change-Set: format'])
  t.strictSame(await server.events(), [])
  t.match((await revert('brief')).body, { changeSet: 'brief', reverted: 1 })
  t.match((await revert('brief')).body, { unchanged: 1 })
  await server.patch(`/v1/articles/${id}`, { kicker: 'k' }, inSet('colleague'))
  t.strictSame(faultsOf(await revert('colleague')), ['X-Change-Set: value'], 'what isn’t reverted can’t be told from what is')
})

t.test('what is public and what is worked on are as old as they were', async (t) => {
  const shown = async (slug: string) => (await server.anonymous.get(`/v1/articles/${slug}`)).body
  await make('aged', { status: 'published' })
  await server.patch('/v1/articles/aged?apply=both', { kicker: 'second' })
  await server.patch('/v1/articles/aged', { kicker: 'third' })
  const [before, draft] = [await shown('aged'), await working('aged')]
  await does('aged', 'publish', { revision: 1 }, inSet('older'))
  t.match(await shown('aged'), { kicker: null })
  t.match(await revert('older'), { reverted: 1, kept: 0 })
  t.match(await shown('aged'), { kicker: 'second', updatedAt: before.updatedAt })
  t.match(await working('aged'), { kicker: 'third', updatedAt: draft.updatedAt, hasUnpublishedChanges: true })

  await server.patch('/v1/articles/aged?apply=both', { kicker: 'fourth' }, inSet('both'))
  t.match(await revert('both'), { reverted: 1, kept: 0 })
  t.match(await shown('aged'), { kicker: 'second', updatedAt: before.updatedAt })
  t.match(await working('aged'), { kicker: 'third', updatedAt: draft.updatedAt })

  await server.patch('/v1/articles/aged', { kicker: 'fifth' }, inSet('draft'))
  t.match(await revert('draft'), { reverted: 1, kept: 0 })
  t.match(await working('aged'), { kicker: 'third', updatedAt: draft.updatedAt })
  await does('aged', 'publish')
  t.match(await shown('aged'), { kicker: 'third' })
  t.ok((await shown('aged')).updatedAt > draft.updatedAt, 'what is published after a revert is changed then')
})

t.test('a date that a set gave is taken back, wherever it gave it', async (t) => {
  const dated = async (slug: string) => [(await working(slug)).publishedAt, (await server.anonymous.get(`/v1/articles/${slug}`)).body.publishedAt]
  for (const query of ['', '?publish=true', '?apply=both']) {
    const slug = `misdated${query.replace(/\W/g, '')}`
    await make(slug, { status: 'published' })
    const before = await dated(slug)
    await server.patch(`/v1/articles/${slug}${query}`, { publishedAt: '2020-01-04T00:00:00Z' }, inSet(slug))
    t.match(await revert(slug), { reverted: 1 })
    t.strictSame(await dated(slug), before, query)
    t.match(await working(slug), { hasUnpublishedChanges: false })
  }
})

t.test('under names of their own, too, what reverts a set may be reverted, and then the set again', async (t) => {
  await make('named', { kicker: 'before' })
  await server.patch('/v1/articles/named', { kicker: 'after' }, inSet('own'))
  const undo = () => server.post('/v1/change-sets/own/revert', undefined, inSet('undo-1'))
  for (const _ of [1, 2]) {
    t.match((await undo()).body, { reverted: 1 })
    t.match(await working('named'), { kicker: 'before' })
    t.match((await undo()).body, { unchanged: 1 })
    t.match(await revert('undo-1'), { reverted: 1 })
    t.match(await working('named'), { kicker: 'after' })
  }
})

t.test('what was taken down says what it said then, and not what a set published', async (t) => {
  await make('withdrawn', { status: 'published' })
  await does('withdrawn', 'unpublish', { notice: 'Taken down' })
  const gone = (await server.anonymous.get('/v1/articles/withdrawn')).body
  await server.patch('/v1/articles/withdrawn?publish=true', { headline: 'Libel' }, inSet('withdrawn'))
  t.match(await revert('withdrawn'), { reverted: 1 })
  const { headline, notice, status } = (await server.anonymous.get('/v1/articles/withdrawn')).body
  t.strictSame({ headline, notice, status }, { headline: gone.headline, notice: 'Taken down', status: 410 })
})

t.test('a legal take-down stays one, also where it went through the trash', async (t) => {
  const seen = async (slug: string) => {
    const { status, body } = await server.anonymous.get(`/v1/articles/${slug}`)
    return [status, body.notice, body.headline]
  }
  const legal = { reason: 'legal', notice: 'By order' }
  await make('through-trash', { status: 'published' })
  await does('through-trash', 'unpublish', legal)
  await server.request('DELETE', '/v1/articles/through-trash')
  await does('through-trash', 'restore')
  t.strictSame(await seen('through-trash'), [451, 'By order', undefined])
  await does('through-trash', 'publish', {}, inSet('out-again'))
  t.match(await revert('out-again'), { reverted: 1 })
  t.strictSame(await seen('through-trash'), [451, 'By order', undefined])

  for (const comesBack of [false, true]) {
    const slug = `in-one-set-${comesBack}`
    await make(slug, { status: 'published' })
    await does(slug, 'unpublish', legal, inSet(slug))
    await server.request('DELETE', `/v1/articles/${slug}`, undefined, inSet(slug))
    if (comesBack) await does(slug, 'restore', {}, inSet(slug))
    t.match(await revert(slug), { reverted: 1 })
    t.match(await seen(slug), [200])
    t.match(await revert(`${slug}.revert`), { reverted: 1 })
    t.strictSame(await seen(slug), [451, 'By order', undefined], slug)
  }
})

t.test('a set that changed no translation moves none', async (t) => {
  const story = async (language: string, translationOf: string | null = null) =>
    (await make(`group-${language}`, { language, translationOf, status: 'published' })).id
  const [one, other] = [await story('fr'), await story('en')]
  const translated = await story('es', one)
  await server.patch(`/v1/articles/${one}`, { translationOf: other })
  await server.patch(`/v1/articles/${one}`, { translationOf: null })
  const of = async () => (await working(translated)).translationOf
  const before = await of()
  await server.patch(`/v1/articles/${translated}?apply=both`, { kicker: 'k' }, inSet('kicker'))
  t.match(await revert('kicker'), { reverted: 1 })
  t.equal(await of(), before)
  await server.patch(`/v1/articles/${translated}`, { translationOf: null }, inSet('alone'))
  t.match(await revert('alone'), { reverted: 1 })
  t.equal(await of(), before)
})

t.test('a working copy is as old as it was, whatever the public has', async (t) => {
  const { updatedAt } = await make('archived', { status: 'published', publishedAt: '2010-03-04T05:06:07.000Z' })
  await server.patch('/v1/articles/archived', { kicker: 'k' }, inSet('archived'))
  await revert('archived')
  t.match(await working('archived'), { updatedAt, hasUnpublishedChanges: false })
})

t.test('where nothing is another there is nothing to revert', async (t) => {
  await make('out-and-in')
  await does('out-and-in', 'publish', {}, inSet('out-and-in'))
  await does('out-and-in', 'unpublish', {}, inSet('out-and-in'))
  await server.events()
  for (const _ of [1, 2]) t.match(await revert('out-and-in'), { reverted: 0, unchanged: 1, kept: 0 })
  t.strictSame(await server.events(), [])
})

t.test('a plan of a revision that names somebody who is gone is not made again', async (t) => {
  await make('pinned', { authors: [{ name: 'Gone by then' }] })
  await does('pinned', 'publish', { at, revision: 1 })
  await server.patch('/v1/articles/pinned', { authors: [] })
  await server.request('DELETE', '/v1/articles/pinned', undefined, inSet('pinned'))
  t.equal((await server.request('DELETE', '/v1/authors/gone-by-then')).status, 204)
  const { kept, data } = await revert('pinned')
  t.match([kept, data[0].reason], [1, 'it named "Gone by then", which is gone'])
})
