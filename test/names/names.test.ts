import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const names = ({ body }: { body: Json }) => body.data.map((row: Json) => row.name)
const server = await startServer(t)

// Authors and topics keep the same promises.
for (const kind of ['author', 'topic'] as const) {
  t.test(`${kind}s: created, read, replaced, patched, deleted`, async (t) => {
    const made = await server.post(`/v1/${kind}s`, { name: 'Émile Brûlé' })
    t.equal(made.status, 201)
    t.equal(made.body.slug, 'emile-brule')
    t.equal(made.headers.get('location'), `/v1/${kind}s/${made.body.id}`)
    t.strictSame(await server.events(), [`${kind}.created`])
    const got = await server.get(`/v1/${kind}s/emile-brule`)
    t.strictSame(got.body, made.body)
    t.strictSame((await server.put(`/v1/${kind}s/emile-brule`, got.body)).body, got.body, 'what GET gave changes nothing')
    t.strictSame(await server.events(), [])
    const replaced = await server.put(`/v1/${kind}s/${made.body.id}`, { name: 'Emil' })
    t.match(replaced.body, { name: 'Emil', slug: 'emile-brule', revision: 2, image: null })
    const patched = await server.patch(`/v1/${kind}s/${made.body.id}`, { slug: null, image: { alt: 'x' } })
    t.match(patched.body, { slug: 'emil', image: { alt: 'x', url: null } })
    t.equal((await server.get(`/v1/${kind}s/emile-brule`)).headers.get('location'), `/v1/${kind}s/emil`)
    t.strictSame(await server.events(), [`${kind}.updated`, `${kind}.updated`])
    t.equal((await server.delete(`/v1/${kind}s/emil`, { headers: { 'if-match': '"2"' } })).status, 412)
    t.equal((await server.delete(`/v1/${kind}s/emil`)).status, 204)
    t.strictSame(await server.events(), [`${kind}.deleted`])
    t.equal((await server.get(`/v1/${kind}s/emil`)).status, 404)
  })

  t.test(`${kind}s: the public sees one only once a public article names it`, async (t) => {
    const article = await createShort(server, 'Names', { status: 'draft', [`${kind}s`]: [{ name: 'Hidden' }] })
    t.equal((await server.anonymous.get(`/v1/${kind}s/hidden`)).status, 404)
    t.strictSame(names(await server.anonymous.get(`/v1/${kind}s?count=true`)), [])
    t.strictSame(names(await server.anonymous.get(`/v1/${kind}s?slug=hidden`)), [])
    t.ok(names(await server.get(`/v1/${kind}s`)).includes('Hidden'))
    await server.patch(`/v1/articles/${article.id}`, { status: 'published' })
    const seen = await server.anonymous.get(`/v1/${kind}s/hidden`)
    t.equal(seen.status, 200)
    t.match(seen.headers.get('vary'), /Authorization/)
    t.match(seen.headers.get('cache-control'), /^public/)
    t.equal(seen.headers.get('surrogate-key'), `${kind}:${seen.body.id} list`, 'with what tells that no public story names it any more')
    const listed = await server.anonymous.get(`/v1/${kind}s`)
    t.strictSame(names(listed), ['Hidden'])
    t.match(listed.headers.get('surrogate-key'), /^list/)
    const writer = { token: await server.tokenWith('content:write') }
    t.equal((await server.patch(`/v1/${kind}s/hidden`, { name: 'x' }, writer)).status, 403, 'what is public needs content:publish')
    const same = (await server.get(`/v1/${kind}s/hidden`)).body
    await server.events()
    t.match(await server.put(`/v1/${kind}s/hidden`, same, writer), { status: 200, body: same }, 'but what is so already changes nothing')
    t.strictSame(await server.events(), [])
    t.equal((await server.post(`/v1/${kind}s`, { name: 'Another' }, writer)).status, 201)
  })

  t.test(`${kind}s: a new name shows at once in what names it, whose revision stays`, async (t) => {
    const article = await createShort(server, 'Renamed', { [`${kind}s`]: [{ name: 'Old Name' }] })
    await server.patch(`/v1/${kind}s/old-name`, { name: 'New Name' })
    const { body } = await server.anonymous.get(`/v1/articles/${article.id}`)
    t.match(body[`${kind}s`][0], { name: 'New Name', slug: 'old-name' })
    t.equal(body.revision, article.revision)
  })

  t.test(`${kind}s: a name alone finds one however it is typed, or makes it`, async (t) => {
    await server.post(`/v1/${kind}s`, { name: 'Zoë Ｋing' })
    const found = await createShort(server, 'Finds', { [`${kind}s`]: [{ name: 'ZOË king' }] })
    t.equal(found[`${kind}s`][0].name, 'Zoë Ｋing')
    const other = await server.post(`/v1/${kind}s`, { name: 'Zoë Ｋing' })
    t.equal(other.body.slug, 'zoe-king-2')
    t.equal((await createShort(server, 'Oldest', { [`${kind}s`]: [{ name: 'zoë king' }] }))[`${kind}s`][0].id, found[`${kind}s`][0].id)
  })

  t.test(`${kind}s: named at once by several, a new one is made once`, async (t) => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => server.post('/v1/articles', { headline: `At once ${index}`, [`${kind}s`]: [{ name: 'Made Once' }] })),
    )
    t.equal(new Set(made.map(({ body }) => body[`${kind}s`][0].id)).size, 1)
    for (const { body } of made) await server.delete(`/v1/articles/${body.id}`)
  })

  t.test(`${kind}s: one that an article names can’t be deleted`, async (t) => {
    await createShort(server, 'Keeps', { status: 'draft', [`${kind}s`]: [{ name: 'Needed' }] })
    const answer = await server.delete(`/v1/${kind}s/needed`)
    t.equal(answer.status, 409)
    t.match(answer.body, { type: '/problems/in-use', count: 1 })
  })

  t.test(`${kind}s: pages by name, fields, ids`, async (t) => {
    const first = await server.get(`/v1/${kind}s?limit=2&fields=name`)
    t.strictSame(Object.keys(first.body.data[0]).sort(), ['id', 'name', 'slug'])
    const next = await server.get(`/v1/${kind}s?limit=2&cursor=${first.body.page.nextCursor}`)
    const all = (await server.get(`/v1/${kind}s`)).body.data
    t.strictSame(
      [...names(first), ...names(next)],
      all.slice(0, 4).map((row: Json) => row.name),
    )
    t.strictSame(
      all.map((row: Json) => row.name),
      all.map((row: Json) => row.name).toSorted(),
    )
    t.strictSame(names(await server.get(`/v1/${kind}s?ids=${all[2].id},${all[0].id}`)), [all[2].name, all[0].name])
    t.strictSame(names(await server.get(`/v1/${kind}s?sort=-name`)), all.map((row: Json) => row.name).toReversed())
  })

  t.test(`${kind}s: refused with their places`, async (t) => {
    t.strictSame(faultsOf(await server.post(`/v1/${kind}s`, { nam: 'x' })).sort(), ['/nam: unknown', '/name: required'])
    t.strictSame(faultsOf(await server.patch(`/v1/${kind}s/needed`, { name: null })), ['/name: type'])
    t.strictSame(faultsOf(await server.post(`/v1/${kind}s`, { name: 'x', slug: 'Not A Slug' })), ['/slug: format'])
    t.equal((await server.post(`/v1/${kind}s`, { name: 'x', slug: 'needed' })).body.holder.type, kind)
  })
}

t.test('a topic that moves takes its stories to the lists above its new place', async (t) => {
  const [from, to, child] = await Promise.all(['From here', 'To there', 'The moved one'].map(async (name) => (await server.post('/v1/topics', { name })).body))
  await server.patch(`/v1/topics/${child.id}`, { parentId: from.id })
  const story = await createShort(server, 'Filed under it', { topics: [{ id: child.id }] })
  const listed = async (topic: Json) => (await server.anonymous.get(`/v1/articles?topic=${topic.slug}`)).body.data.map(({ id }: Json) => id)
  t.strictSame([await listed(from), await listed(to), await listed(child)], [[story.id], [], [story.id]])
  t.equal((await server.patch(`/v1/topics/${child.id}`, { parentId: to.id })).status, 200)
  t.strictSame([await listed(from), await listed(to), await listed(child)], [[], [story.id], [story.id]])
})

t.test('what is too long for an index of PostgreSQL is refused, and the rest of a batch done', async (t) => {
  // No two alike: an index compresses what repeats.
  let seed = 7
  const ideograms = Array.from({ length: 1000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return String.fromCharCode(0x4e00 + (seed % 20_000))
  }).join('')
  const isRefused = process.env.TEST_DATABASE_URL !== undefined
  for (const [path, input] of [
    ['/v1/authors', { name: ideograms }],
    ['/v1/topics', { name: ideograms }],
    ['/v1/articles', { headline: ideograms }],
    ['/v1/articles', { headline: 'Long genre', genre: ideograms }],
  ] as const) {
    const answer = await server.post(path, input)
    if (isRefused) t.strictSame(faultsOf(answer), [': length'], path)
    else t.equal(answer.status, 201, path)
  }
  const operations = ['Before', ideograms.slice(1), 'After'].map((name) => ({ method: 'POST', path: '/v1/authors', body: { name } }))
  const { data } = (await server.post('/v1/batch', { atomic: false, operations })).body
  t.strictSame(
    data.map(({ status }: Json) => status),
    [201, isRefused ? 400 : 201, 201],
  )
})
