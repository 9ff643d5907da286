import t from 'tap'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

const server = await startServer(t)
const names = ({ body }: { body: Json }) => body.data.map((row: Json) => row.name)

t.test('created, read, replaced, patched, deleted', async (t) => {
  const made = await server.post('/v1/authors', { name: 'Émile Brûlé' })
  t.equal(made.status, 201)
  t.equal(made.body.slug, 'emile-brule')
  t.equal(made.headers.get('location'), `/v1/authors/${made.body.id}`)
  t.strictSame(await server.events(), ['author.created'])
  const got = await server.get('/v1/authors/emile-brule')
  t.strictSame(got.body, made.body)
  t.strictSame((await server.put('/v1/authors/emile-brule', got.body)).body, got.body, 'what GET gave changes nothing')
  t.strictSame(await server.events(), [])
  const replaced = await server.put(`/v1/authors/${made.body.id}`, { name: 'Emil' })
  t.match(replaced.body, { name: 'Emil', slug: 'emile-brule', revision: 2, image: null })
  const patched = await server.patch(`/v1/authors/${made.body.id}`, { slug: null, image: { alt: 'x' } })
  t.match(patched.body, { slug: 'emil', image: { alt: 'x', url: null } })
  t.equal((await server.get('/v1/authors/emile-brule')).headers.get('location'), '/v1/authors/emil')
  t.strictSame(await server.events(), ['author.updated', 'author.updated'])
  t.equal((await server.delete('/v1/authors/emil', { headers: { 'if-match': '"2"' } })).status, 412)
  t.equal((await server.delete('/v1/authors/emil')).status, 204)
  t.strictSame(await server.events(), ['author.deleted'])
  t.equal((await server.get('/v1/authors/emil')).status, 404)
})

t.test('the public sees one only once a public article names it', async (t) => {
  const article = await createShort(server, 'Names', { status: 'draft', authors: [{ name: 'Hidden' }] })
  t.equal((await server.anonymous.get('/v1/authors/hidden')).status, 404)
  t.strictSame(names(await server.anonymous.get('/v1/authors?count=true')), [])
  t.strictSame(names(await server.anonymous.get('/v1/authors?slug=hidden')), [])
  t.ok(names(await server.get('/v1/authors')).includes('Hidden'))
  await server.patch(`/v1/articles/${article.id}`, { status: 'published' })
  const seen = await server.anonymous.get('/v1/authors/hidden')
  t.equal(seen.status, 200)
  t.match(seen.headers.get('vary'), /Authorization/)
  t.match(seen.headers.get('cache-control'), /^public/)
  t.equal(seen.headers.get('surrogate-key'), `author:${seen.body.id}`)
  const listed = await server.anonymous.get('/v1/authors')
  t.strictSame(names(listed), ['Hidden'])
  t.match(listed.headers.get('surrogate-key'), /^list/)
  const writer = { token: await server.tokenWith('content:write') }
  t.equal((await server.patch('/v1/authors/hidden', { name: 'x' }, writer)).status, 403, 'what is public needs content:publish')
  t.equal((await server.post('/v1/authors', { name: 'Another' }, writer)).status, 201)
})

t.test('a new name shows at once in what names it, whose revision stays', async (t) => {
  const article = await createShort(server, 'Renamed', { authors: [{ name: 'Old Name' }] })
  await server.patch('/v1/authors/old-name', { name: 'New Name' })
  const { body } = await server.anonymous.get(`/v1/articles/${article.id}`)
  t.match(body.authors[0], { name: 'New Name', slug: 'old-name' })
  t.equal(body.revision, article.revision)
})

t.test('a name alone finds one however it is typed, or makes it', async (t) => {
  await server.post('/v1/authors', { name: 'Zoë Ｋing' })
  const found = await createShort(server, 'Finds', { authors: [{ name: 'ZOË king' }] })
  t.equal(found.authors[0].name, 'Zoë Ｋing')
  const other = await server.post('/v1/authors', { name: 'Zoë Ｋing' })
  t.equal(other.body.slug, 'zoe-king-2')
  t.equal((await createShort(server, 'Oldest', { authors: [{ name: 'zoë king' }] })).authors[0].id, found.authors[0].id)
})

t.test('one that an article names can’t be deleted', async (t) => {
  await createShort(server, 'Keeps', { status: 'draft', authors: [{ name: 'Needed' }] })
  const answer = await server.delete('/v1/authors/needed')
  t.equal(answer.status, 409)
  t.match(answer.body, { type: '/problems/in-use', count: 1 })
})

t.test('pages by name, fields, ids', async (t) => {
  const first = await server.get('/v1/authors?limit=2&fields=name')
  t.strictSame(Object.keys(first.body.data[0]).sort(), ['id', 'name', 'slug'])
  const next = await server.get(`/v1/authors?limit=2&cursor=${first.body.page.nextCursor}`)
  const all = (await server.get('/v1/authors')).body.data
  t.strictSame(
    [...names(first), ...names(next)],
    all.slice(0, 4).map((row: Json) => row.name),
  )
  t.strictSame(
    all.map((row: Json) => row.name),
    all.map((row: Json) => row.name).toSorted(),
  )
  t.strictSame(names(await server.get(`/v1/authors?ids=${all[2].id},${all[0].id}`)), [all[2].name, all[0].name])
  t.strictSame(names(await server.get('/v1/authors?sort=-name')), all.map((row: Json) => row.name).toReversed())
})

t.test('refused with their places', async (t) => {
  t.strictSame(faultsOf(await server.post('/v1/authors', { nam: 'x' })).sort(), ['/nam: unknown', '/name: required'])
  t.strictSame(faultsOf(await server.patch('/v1/authors/needed', { name: null })), ['/name: type'])
  t.strictSame(faultsOf(await server.post('/v1/authors', { name: 'x', slug: 'Not A Slug' })), ['/slug: format'])
  t.equal((await server.post('/v1/authors', { name: 'x', slug: 'needed' })).body.holder.type, 'author')
})
