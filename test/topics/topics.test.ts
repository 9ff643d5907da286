import t from 'tap'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

const server = await startServer(t)
const names = ({ body }: { body: Json }) => body.data.map((row: Json) => row.name)

t.test('created, read, replaced, patched, deleted', async (t) => {
  const made = await server.post('/v1/topics', { name: 'Émile Brûlé' })
  t.equal(made.status, 201)
  t.equal(made.body.slug, 'emile-brule')
  t.equal(made.headers.get('location'), `/v1/topics/${made.body.id}`)
  t.strictSame(await server.events(), ['topic.created'])
  const got = await server.get('/v1/topics/emile-brule')
  t.strictSame(got.body, made.body)
  t.strictSame((await server.put('/v1/topics/emile-brule', got.body)).body, got.body, 'what GET gave changes nothing')
  t.strictSame(await server.events(), [])
  const replaced = await server.put(`/v1/topics/${made.body.id}`, { name: 'Emil' })
  t.match(replaced.body, { name: 'Emil', slug: 'emile-brule', revision: 2, image: null })
  const patched = await server.patch(`/v1/topics/${made.body.id}`, { slug: null, image: { alt: 'x' } })
  t.match(patched.body, { slug: 'emil', image: { alt: 'x', url: null } })
  t.equal((await server.get('/v1/topics/emile-brule')).headers.get('location'), '/v1/topics/emil')
  t.strictSame(await server.events(), ['topic.updated', 'topic.updated'])
  t.equal((await server.delete('/v1/topics/emil', { headers: { 'if-match': '"2"' } })).status, 412)
  t.equal((await server.delete('/v1/topics/emil')).status, 204)
  t.strictSame(await server.events(), ['topic.deleted'])
  t.equal((await server.get('/v1/topics/emil')).status, 404)
})

t.test('the public sees one only once a public article names it', async (t) => {
  const article = await createShort(server, 'Names', { status: 'draft', topics: [{ name: 'Hidden' }] })
  t.equal((await server.anonymous.get('/v1/topics/hidden')).status, 404)
  t.strictSame(names(await server.anonymous.get('/v1/topics?count=true')), [])
  t.strictSame(names(await server.anonymous.get('/v1/topics?slug=hidden')), [])
  t.ok(names(await server.get('/v1/topics')).includes('Hidden'))
  await server.patch(`/v1/articles/${article.id}`, { status: 'published' })
  const seen = await server.anonymous.get('/v1/topics/hidden')
  t.equal(seen.status, 200)
  t.match(seen.headers.get('vary'), /Authorization/)
  t.match(seen.headers.get('cache-control'), /^public/)
  t.equal(seen.headers.get('surrogate-key'), `topic:${seen.body.id}`)
  const listed = await server.anonymous.get('/v1/topics')
  t.strictSame(names(listed), ['Hidden'])
  t.match(listed.headers.get('surrogate-key'), /^list/)
  const writer = { token: await server.tokenWith('content:write') }
  t.equal((await server.patch('/v1/topics/hidden', { name: 'x' }, writer)).status, 403, 'what is public needs content:publish')
  t.equal((await server.post('/v1/topics', { name: 'Another' }, writer)).status, 201)
})

t.test('a new name shows at once in what names it, whose revision stays', async (t) => {
  const article = await createShort(server, 'Renamed', { topics: [{ name: 'Old Name' }] })
  await server.patch('/v1/topics/old-name', { name: 'New Name' })
  const { body } = await server.anonymous.get(`/v1/articles/${article.id}`)
  t.match(body.topics[0], { name: 'New Name', slug: 'old-name' })
  t.equal(body.revision, article.revision)
})

t.test('a name alone finds one however it is typed, or makes it', async (t) => {
  await server.post('/v1/topics', { name: 'Zoë Ｋing' })
  const found = await createShort(server, 'Finds', { topics: [{ name: 'ZOË king' }] })
  t.equal(found.topics[0].name, 'Zoë Ｋing')
  const other = await server.post('/v1/topics', { name: 'Zoë Ｋing' })
  t.equal(other.body.slug, 'zoe-king-2')
  t.equal((await createShort(server, 'Oldest', { topics: [{ name: 'zoë king' }] })).topics[0].id, found.topics[0].id)
})

t.test('one that an article names can’t be deleted', async (t) => {
  await createShort(server, 'Keeps', { status: 'draft', topics: [{ name: 'Needed' }] })
  const answer = await server.delete('/v1/topics/needed')
  t.equal(answer.status, 409)
  t.match(answer.body, { type: '/problems/in-use', count: 1 })
})

t.test('pages by name, fields, ids', async (t) => {
  const first = await server.get('/v1/topics?limit=2&fields=name')
  t.strictSame(Object.keys(first.body.data[0]).sort(), ['id', 'name', 'slug'])
  const next = await server.get(`/v1/topics?limit=2&cursor=${first.body.page.nextCursor}`)
  const all = (await server.get('/v1/topics')).body.data
  t.strictSame(
    [...names(first), ...names(next)],
    all.slice(0, 4).map((row: Json) => row.name),
  )
  t.strictSame(
    all.map((row: Json) => row.name),
    all.map((row: Json) => row.name).toSorted(),
  )
  t.strictSame(names(await server.get(`/v1/topics?ids=${all[2].id},${all[0].id}`)), [all[2].name, all[0].name])
  t.strictSame(names(await server.get('/v1/topics?sort=-name')), all.map((row: Json) => row.name).toReversed())
})

t.test('refused with their places', async (t) => {
  t.strictSame(faultsOf(await server.post('/v1/topics', { nam: 'x' })).sort(), ['/nam: unknown', '/name: required'])
  t.strictSame(faultsOf(await server.patch('/v1/topics/needed', { name: null })), ['/name: type'])
  t.strictSame(faultsOf(await server.post('/v1/topics', { name: 'x', slug: 'Not A Slug' })), ['/slug: format'])
  t.equal((await server.post('/v1/topics', { name: 'x', slug: 'needed' })).body.holder.type, 'topic')
})

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
