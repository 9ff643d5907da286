import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('topics form a tree without loops', async (t) => {
  const make = async (name: string, parentId?: string) => (await server.post('/v1/topics', { name, parentId })).body
  const top = await make('Top')
  const middle = await make('Middle', top.id)
  const low = await make('Low', middle.id)
  for (const parentId of [top.id, middle.id, low.id]) t.strictSame(faultsOf(await server.patch('/v1/topics/top', { parentId })), ['/parentId: value'])
  t.strictSame(faultsOf(await server.patch('/v1/topics/top', { parentId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' })), ['/parentId: not-found'])
  t.match((await server.delete('/v1/topics/middle')).body, { type: '/problems/in-use', count: 1 })
  await createShort(server, 'Low down', { topics: [{ id: low.id }] })
  t.equal((await server.anonymous.get('/v1/topics/top')).status, 200, 'a topic is public through those under it')
  t.equal((await server.anonymous.get('/v1/articles?topic=top')).body.data.length, 1)
  await server.patch('/v1/topics/middle', { parentId: null })
  t.equal((await server.anonymous.get('/v1/topics/top')).status, 404)
  t.equal((await server.anonymous.get('/v1/articles?topic=top')).body.data.length, 0)
  t.equal((await server.anonymous.get('/v1/articles?topic=middle')).body.data.length, 1)
})

t.test('topics are found by kind, parent and name, with what is above and under them', async (t) => {
  const place = (await server.post('/v1/topics', { name: 'Oakmere Coast', kind: 'place' })).body
  const bay = (await server.post('/v1/topics', { name: '100% Bay', kind: 'place', parentId: place.id })).body
  const person = (
    await server.post('/v1/topics', { name: 'Ada of the Bay', kind: 'person', parentId: bay.slug, sameAs: ['https://www.wikidata.org/wiki/Q7259'] })
  ).body
  const names = async (query: string) => (await server.get(`/v1/topics?${query}`)).body.data.map(({ name }: { name: string }) => name)
  t.strictSame(await names('kind=place,person'), ['100% Bay', 'Ada of the Bay', 'Oakmere Coast'])
  t.strictSame(await names(`parentId=${place.slug}`), ['100% Bay'])
  t.strictSame(await names('q=bay'), ['100% Bay', 'Ada of the Bay'])
  t.strictSame(await names('q=0%25'), ['100% Bay'])
  t.ok(!(await names('parentId=none')).includes('100% Bay'))
  t.strictSame(faultsOf(await server.get('/v1/topics?kind=places&parentId=nowhere')), ['kind: value'])
  const { body } = await server.get(`/v1/topics/${person.id}?include=path,children`)
  t.match(body, { path: [{ name: 'Oakmere Coast' }, { name: '100% Bay' }], children: [], sameAs: ['https://www.wikidata.org/wiki/Q7259'] })
  await server.events()
  const whole = (await server.get(`/v1/topics/${bay.id}?include=path,children,articleCount`)).body
  t.match(await server.put(`/v1/topics/${bay.id}`, whole), { status: 200, body: { revision: 1 } }, 'what was read can be sent back')
  t.strictSame(await server.events(), [])
  t.match((await server.get(`/v1/topics/${place.id}?include=children`)).body.children, [{ id: bay.id, kind: 'place' }])
  t.equal((await server.get(`/v1/topics/${place.id}`)).body.children, undefined)
  await createShort(server, 'On the coast', { topics: [{ id: person.id }] })
  await createShort(server, 'In the bay', { topics: [{ id: bay.id }] })
  const counted = (await server.anonymous.get('/v1/topics?kind=place&count=articles&include=path')).body.data
  t.match(counted, [
    { name: '100% Bay', articleCount: 2, path: [{ id: place.id }] },
    { name: 'Oakmere Coast', articleCount: 2 },
  ])
  t.equal((await server.anonymous.get(`/v1/topics/${bay.id}?include=articleCount`)).body.articleCount, 2)
  t.equal((await server.get(`/v1/topics/${person.id}?include=articleCount,path`)).body.articleCount, 1)
  t.match(await server.delete(`/v1/topics/${person.id}`), { status: 409, body: { count: 1, list: `/v1/articles?copy=working&topic=${person.id}` } })
  t.match((await server.get(`/v1/articles?copy=working&topic=${person.id}`)).body.data, [{ headline: 'On the coast' }])
})

t.test('filters of topics combine as everywhere, and hold beside ids and slugs', async (t) => {
  const made: Record<string, string> = {}
  for (const [name, kind, parent] of [
    ['Root harbour', 'place', null],
    ['École', 'organisation', 'Root harbour'],
    ['İstanbul', 'place', 'Root harbour'],
    ['Gunnhild 50%', 'person', 'École'],
  ] as const)
    made[name] = (await server.post('/v1/topics', { name, kind, ...(parent ? { parentId: made[parent] } : {}) })).body.slug
  const own = Object.values(made).join(',')
  const names = async (query: string) => {
    const { status, body } = await server.get(`/v1/topics?${query}&slug=${own}`)
    return status === 200 ? body.data.map(({ name }: { name: string }) => name) : faultsOf({ body } as never)
  }
  const [root, school] = [made['Root harbour'], made.École]
  t.strictSame(await names('kind=place'), ['Root harbour', 'İstanbul'])
  t.strictSame(await names('kind=-place'), ['École', 'Gunnhild 50%'])
  t.strictSame(await names('kind=place,person&kind=-person'), ['Root harbour', 'İstanbul'])
  t.strictSame(await names(`parentId=${root},${school}`), ['École', 'İstanbul', 'Gunnhild 50%'])
  t.strictSame(await names(`parentId=-${root}`), ['Root harbour', 'Gunnhild 50%'])
  t.strictSame(await names(`parentId=none,${school}`), ['Root harbour', 'Gunnhild 50%'])
  t.strictSame(await names('parentId=-none'), ['École', 'İstanbul', 'Gunnhild 50%'])
  t.strictSame(await names(`parentId=-none&parentId=-${root}`), ['Gunnhild 50%'])
  t.strictSame(await names('kind=place,-person'), ['kind: combination'])
  const found = async (q: string) => (await server.get(`/v1/topics?q=${encodeURIComponent(q)}`)).body.data.map(({ name }: { name: string }) => name)
  for (const [q, name] of [
    ['harbour root', 'Root harbour'],
    ['ECOLE', 'École'],
    ['istanbul', 'İstanbul'],
    ['0%', 'Gunnhild 50%'],
  ] as const)
    t.ok((await found(q)).includes(name), q)
  for (const q of [' ', 'harbour nowhere', '5%1']) t.strictSame(await found(q), [], 'which is in none')
  await server.post('/v1/topics', { name: 'Trade-Union, Paris' })
  for (const q of ['trade union', '"trade"', 'paris, trade', 'trade-union', 'union & paris']) t.strictSame(await found(q), ['Trade-Union, Paris'], q)
  for (const q of ['-', '"', ',', '&', '%']) t.strictSame(await found(q), [], 'without a word nothing is found')
  t.match((await server.get('/v1/topics?count=artcles')).body.errors, [
    { parameter: 'count', code: 'value', message: 'must be boolean, or articles', suggestion: 'articles' },
  ])
  t.strictSame(faultsOf(await server.get(`/v1/topics?q=${Array.from({ length: 21 }, (_, index) => `w${index}`).join('+')}`)), ['q: length'])
  t.strictSame(faultsOf(await server.get(`/v1/topics/${root}?at=2099-01-01T00:00:00Z&include=path`)).at(-1), 'include: combination')
})

t.test('under a topic that is unknown or hidden there is none', async (t) => {
  await server.post('/v1/topics', { name: 'Minister resigns', externalId: 'hidden-1' })
  for (const parentId of ['minister-resigns', 'nobody-resigns', 'ext:hidden-1', 'ext:nobody'])
    t.match(await server.anonymous.get(`/v1/topics?parentId=${parentId}`), { status: 200, body: { data: [] } }, parentId)
})

t.test('the count of stories is no count of topics', async (t) => {
  t.notOk('total' in (await server.get('/v1/topics?count=articles&limit=1')).body.page)
})

t.test('who keeps a topic or an author from being deleted is in lists', async (t) => {
  for (const [kind, one] of Object.entries({ topics: 'topic', authors: 'author' })) {
    const { id } = (await server.post(`/v1/${kind}`, { name: `Used ${one}` })).body
    const make = async (headline: string, more: object = {}) => (await server.post('/v1/articles', { headline, [kind]: [{ id }], ...more })).body.id
    const shown = await make('In public alone', { status: 'published' })
    await server.patch(`/v1/articles/${shown}`, { [kind]: [] })
    const draft = await make('A draft')
    const trashed = await make('In the trash')
    await server.request('DELETE', `/v1/articles/${trashed}`)
    const planned = await make('Planned')
    await server.post(`/v1/articles/${planned}/publish`, { at: '2099-01-01T06:00:00Z', revision: 1 })
    await server.patch(`/v1/articles/${planned}`, { [kind]: [] })
    const refused = await server.request('DELETE', `/v1/${kind}/${id}`)
    t.match(refused, { status: 409, body: { type: '/problems/in-use', count: 4, list: refused.body.lists[0] } })
    const found = []
    for (const list of refused.body.lists) found.push(...(await server.get(list)).body.data.map((row: Json) => row.id))
    t.strictSame(found.sort(), [shown, draft, trashed, planned].sort())
    await server.patch(`/v1/articles/${shown}?publish=true`, { kicker: 'x' })
    await server.patch(`/v1/articles/${draft}`, { [kind]: [] })
    await server.request('DELETE', `/v1/articles/${trashed}?permanent=true`)
    t.match(await server.request('DELETE', `/v1/${kind}/${id}`), { status: 409, body: { count: 1, lists: [`/v1/articles?copy=working&ids=${planned}`] } })
    await server.request('DELETE', `/v1/articles/${planned}/schedule`)
    t.equal((await server.request('DELETE', `/v1/${kind}/${id}`)).status, 204)
  }
})
