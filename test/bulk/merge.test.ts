import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const names = (copy: Json, kind = 'topics') => copy[kind].map(({ name }: { name: string }) => name)

t.test('a topic is merged into another in working copies, in public and in the trash', async (t) => {
  const old = (await server.post('/v1/topics', { name: 'Ships', externalId: 'iptc:1' })).body
  const into = (await server.post('/v1/topics', { name: 'Shipping' })).body
  const under = (await server.post('/v1/topics', { name: 'Ferries', parentId: old.id })).body
  const make = async (headline: string, topics: Json[], status = 'published') => (await server.post('/v1/articles', { headline, topics, status })).body
  const story = await make('Story', [{ id: old.id }, { name: 'Sea' }])
  const both = await make('Both', [{ id: into.id }, { id: old.id }])
  const draft = await make('Draft', [{ id: old.id }], 'draft')
  const trashed = await make('Trashed', [{ id: old.id }], 'draft')
  await server.delete(`/v1/articles/${trashed.id}`)
  const ferry = await make('Ferry', [{ id: under.id }])
  const dropped = await make('Dropped', [{ id: old.id }])
  await server.patch(`/v1/articles/${dropped.id}`, { topics: [] })
  await server.events()

  const dry = await server.post(`/v1/topics/${old.id}/merge?dryRun=true`, { into: { id: into.id } })
  t.match(dry, { status: 200, body: { id: old.id, into: into.id, articles: 5 } })
  t.strictSame(await server.events(), [])
  t.equal((await server.get('/v1/topics/ships')).status, 200)

  t.equal((await server.post('/v1/topics/ships/merge', { into: { slug: 'shipping' } }, { headers: { 'if-match': '"9"' } })).status, 412)
  const merge = await server.post('/v1/topics/ships/merge', { into: { slug: 'shipping' } })
  t.match(merge, { status: 200, body: { id: old.id, into: into.id, articles: 5, failed: [], remaining: 0 } })
  const events = await server.events()
  t.strictSame(
    events.filter((type) => type === 'topic.merged'),
    ['topic.merged'],
  )
  const read = async (id: string) => (await server.anonymous.get(`/v1/articles/${id}`)).body
  t.strictSame(names(await read(story.id)), ['Shipping', 'Sea'])
  t.equal((await read(story.id)).updatedAt, story.updatedAt)
  t.strictSame(names(await read(both.id)), ['Shipping'])
  t.strictSame(names(await read(dropped.id)), ['Shipping'], 'what was public of it alone')
  t.strictSame(names((await server.get(`/v1/articles/${dropped.id}?copy=working`)).body), [])
  t.strictSame(names((await server.get(`/v1/articles/${draft.id}`)).body), ['Shipping'])
  t.strictSame(names((await server.post(`/v1/articles/${trashed.id}/restore`)).body), ['Shipping'])
  t.equal((await server.get('/v1/topics/ferries')).body.parentId, into.id)
  t.equal((await server.anonymous.get('/v1/articles?topic=shipping')).body.data.length, 4, 'with what is under it')
  t.equal((await read(ferry.id)).topics[0].name, 'Ferries')
  const moved = await server.anonymous.get('/v1/topics/ships')
  t.equal(moved.status, 308)
  t.equal(moved.headers.get('location'), '/v1/topics/shipping')
  t.equal((await server.get('/v1/topics/ext:iptc:1')).headers.get('location'), '/v1/topics/shipping', 'the external id, too')
  t.equal((await server.put('/v1/topics/ext:iptc:1', { name: 'Ships' })).status, 308, 'and an importer that runs again makes nothing anew')
  t.match((await server.post('/v1/articles', { headline: 'Wire', topics: [{ externalId: 'iptc:1' }] })).body.topics, [{ id: into.id }])
  t.equal((await server.get(`/v1/topics/${old.id}`)).status, 404)
})

t.test('a dry run of a merge foresees the events and the keys of menus, too', async (t) => {
  for (const [kind, path] of [
    ['topic', 'topics'],
    ['author', 'authors'],
  ] as const) {
    const [from, into] = await Promise.all(['from', 'into'].map(async (name) => (await server.post(`/v1/${path}`, { name: `Menu ${kind} ${name}` })).body))
    await server.post('/v1/articles', { headline: 'In a menu', status: 'published', [path]: [{ id: from.id }] })
    await server.put('/v1/site', { name: 'Post', navigation: [{ name: 'main', items: [{ target: { type: kind, id: from.id } }] }] })
    await server.events()
    const last = async () => (await server.get('/v1/events?sort=-seq&limit=1')).body.data[0]?.seq ?? 0
    const merge = (query: string) => server.post(`/v1/${path}/${from.id}/merge${query}`, { into: { id: into.id } })
    const dry = (await merge('?dryRun=true')).body
    t.strictSame(await server.events(), [])
    const before = await last()
    const real = (await merge('')).body
    const { dryRun, ...answer } = dry
    t.strictSame(answer, real)
    const events = (await server.get(`/v1/events?after=${before}&limit=100`)).body.data
    t.strictSame(dryRun.events.map(({ type }: Json) => type).toSorted(), events.map(({ type }: Json) => type).toSorted())
    t.ok(events.some(({ type }: Json) => type === 'site.updated'))
    t.strictSame(dryRun.keys.toSorted(), [...new Set(events.flatMap(({ keys }: Json) => keys))].toSorted())
    await server.events()
  }
})

t.test('a 409 of one that is used leads to what uses it', async (t) => {
  const z = (await server.post('/v1/topics', { name: 'Z' })).body
  const story = (await server.post('/v1/articles', { headline: 'Of Z', status: 'published', topics: [{ id: z.id }] })).body
  const used = async () => (await server.get((await server.delete(`/v1/topics/${z.id}`)).body.list)).body.data.map(({ id }: Json) => id)
  t.strictSame(await used(), [story.id])
  await server.patch(`/v1/articles/${story.id}`, { topics: [] })
  t.strictSame(await used(), [story.id], 'in public alone')
  await server.patch(`/v1/articles/${story.id}`, { topics: [{ id: z.id }] })
  await server.delete(`/v1/articles/${story.id}`)
  t.strictSame(await used(), [story.id], 'in the trash')
})

t.test('authors keep their roles', async (t) => {
  const story = (
    await server.post('/v1/articles', {
      headline: 'Signed',
      status: 'published',
      authors: [
        { name: 'A. Berg', role: 'words' },
        { name: 'Ada Berg', role: 'words' },
        { name: 'A. Berg', role: 'photographs' },
      ],
    })
  ).body
  await server.post('/v1/authors/a-berg/merge', { into: { slug: 'ada-berg' } })
  t.strictSame(
    (await server.anonymous.get(`/v1/articles/${story.id}`)).body.authors.map(({ name, role }: Json) => `${name} ${role}`),
    ['Ada Berg words', 'Ada Berg photographs'],
  )
  const restored = await server.post(`/v1/articles/${story.id}/revisions/1/restore`)
  t.strictSame(names(restored.body, 'authors'), ['Ada Berg', 'Ada Berg'], 'what was merged is named by what it was merged into')
})

t.test('of two merges of one at once into others only one is told that it is done', async (t) => {
  for (const kind of ['topics', 'authors']) {
    const [from, one, other] = await Promise.all(
      ['From', 'One', 'Other'].map(async (name) => (await server.post(`/v1/${kind}`, { name: `${name} at once` })).body),
    )
    await Promise.all([1, 2, 3].map((number) => server.post('/v1/articles', { headline: `${kind} ${number}`, [kind]: [{ id: from.id }] })))
    await server.events()
    const answers = await Promise.all([one, other].map((into) => server.post(`/v1/${kind}/${from.id}/merge`, { into: { id: into.id } })))
    const done = answers.filter(({ status }) => status === 200)
    t.equal(done.length, 1)
    const events = (await server.get(`/v1/events?subject=${from.id}`)).body.data.filter(({ type }: Json) => type.endsWith('.merged'))
    t.match(events, [{ data: { into: done[0]?.body.into } }])
    await server.events()
  }
})

t.test('the external id of what the public never saw doesn’t lead it on', async (t) => {
  for (const kind of ['topics', 'authors']) {
    const hidden = (await server.post(`/v1/${kind}`, { name: 'Never seen', externalId: 'never-seen' })).body
    const seen = (await server.post(`/v1/${kind}`, { name: 'Seen', externalId: 'seen' })).body
    const into = (await server.post(`/v1/${kind}`, { name: 'Shown' })).body
    await server.post('/v1/articles', { headline: 'Shows it', status: 'published', [kind]: [{ id: into.id }, { id: seen.id }] })
    for (const { id } of [hidden, seen]) t.equal((await server.post(`/v1/${kind}/${id}/merge`, { into: { id: into.id } })).status, 200)
    t.equal((await server.anonymous.get(`/v1/${kind}/ext:never-seen`)).status, 404)
    t.equal((await server.anonymous.get(`/v1/${kind}/ext:seen`)).status, 308)
    t.equal((await server.get(`/v1/${kind}/ext:never-seen`)).status, 308, 'editors find it')
  }
})

t.test('what can’t be merged is said', async (t) => {
  const top = (await server.post('/v1/topics', { name: 'Top' })).body
  await server.post('/v1/topics', { name: 'Low', parentId: top.id })
  t.strictSame(faultsOf(await server.post('/v1/topics/top/merge', { into: { slug: 'top' } })), ['/into/slug: value'])
  t.strictSame(faultsOf(await server.post('/v1/topics/top/merge', { into: { slug: 'low' } })), ['/into/slug: value'])
  t.strictSame(faultsOf(await server.post('/v1/topics/top/merge', { into: { externalId: 'nobody' } })), ['/into/externalId: not-found'])
  t.equal((await server.post('/v1/topics/nowhere/merge', { into: { slug: 'top' } })).status, 404)
  t.equal((await server.post('/v1/topics/low/merge', { into: { slug: 'top' } }, { token: await server.tokenWith('content:write') })).status, 403)
  t.match(await server.post('/v1/topics/low/merge', { into: { slug: 'top' } }), { status: 200, body: { articles: 0, remaining: 0 } })
})
