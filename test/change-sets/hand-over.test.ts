import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
const revert = async (name: string, query = '') => (await server.post(`/v1/change-sets/${name}/revert${query}`)).body
const kinds = { articles: 'headline', authors: 'name', topics: 'name', 'highlight-lists': 'title' }
const stateOf = async (path: string) => {
  const { status, body } = await server.get(/articles|lists/.test(path) ? `${path}?copy=working` : path)
  return { status, externalId: body.externalId, aliases: body.aliases, trashed: body.status === 'trashed' }
}

for (const [kind, title] of Object.entries(kinds))
  t.test(`ids elsewhere of ${kind} that went around in a circle are where they were, and around again`, async (t) => {
    const make = async (externalId: string) => (await server.post(`/v1/${kind}`, { [title]: externalId, externalId: `${kind}:${externalId}` })).body.id
    const paths = [await make('one'), await make('two'), await make('three')].map((id) => `/v1/${kind}/${id}`)
    const [one, two, three] = paths as [string, string, string]
    const all = () => Promise.all(paths.map(stateOf))
    const before = await all()
    t.match(before, [{ status: 200, externalId: `${kind}:one` }])
    const gives = async (path: string, externalId: string | null) =>
      t.match(await server.patch(path, { externalId: externalId && `${kind}:${externalId}` }, inSet(kind)), { status: 200 })
    await gives(one, null)
    await gives(two, 'one')
    await gives(three, 'two')
    await gives(one, 'three')
    const after = await all()
    t.match(await revert(kind, '?dryRun=true'), { reverted: 3, kept: 0 })
    t.same(await all(), after, 'a dry run leaves all as it is')
    t.match(await revert(kind), { reverted: 3, kept: 0 })
    t.same(await all(), before)
    t.match(await revert(kind), { reverted: 0, unchanged: 3 })
    t.match(await revert(`${kind}.revert`), { reverted: 3, kept: 0 })
    t.same(await all(), after)
    for (const path of paths) {
      const { data } = (await server.get(`/v1/events?subject=${path.split('/').at(-1)}&sort=seq`)).body
      t.same(
        data.slice(1).map(({ revision }: Json) => revision.before),
        data.slice(0, -1).map(({ revision }: Json) => revision.after),
        'each change begins where the one before ended',
      )
    }
  })

t.test('what a story gave to one that the set made comes back to it, and goes again', async (t) => {
  const old = (await server.post('/v1/articles', { headline: 'Old', externalId: 'wire-1', aliases: ['/old.html'], status: 'published' })).body.id
  const leadsTo = async () => (await server.anonymous.get('/v1/redirects?path=/old.html')).body.article?.id
  await server.patch(`/v1/articles/${old}?apply=both`, { externalId: null, aliases: [] }, inSet('replaced'))
  const put = await server.request('PUT', '/v1/articles/ext:wire-1?publish=true', { headline: 'New', aliases: ['/old.html'] }, inSet('replaced'))
  const { id } = put.body
  t.match([put.status, await leadsTo()], [201, id])
  t.match(await revert('replaced'), { reverted: 2, kept: 0 })
  t.match(await stateOf(`/v1/articles/${old}`), { externalId: 'wire-1', aliases: ['/old.html'], trashed: false })
  t.match(await stateOf(`/v1/articles/${id}`), { externalId: null, aliases: [], trashed: true })
  t.equal(await leadsTo(), old)
  t.match(await revert('replaced.revert'), { reverted: 2, kept: 0 })
  t.match(await stateOf(`/v1/articles/${old}`), { externalId: null, aliases: [], trashed: false })
  t.match(await stateOf(`/v1/articles/${id}`), { externalId: 'wire-1', aliases: ['/old.html'], trashed: false })
  t.equal(await leadsTo(), id)
})

t.test('one of a circle that somebody else changed since keeps the others', async (t) => {
  const make = async (externalId: string) => (await server.post('/v1/authors', { name: externalId, externalId })).body.id
  const [one, two] = [await make('left'), await make('right')]
  await server.patch(`/v1/authors/${one}`, { externalId: null }, inSet('swapped'))
  await server.patch(`/v1/authors/${two}`, { externalId: 'left' }, inSet('swapped'))
  await server.patch(`/v1/authors/${one}`, { externalId: 'right' }, inSet('swapped'))
  await server.patch(`/v1/authors/${two}`, { bio: 'Since then' })
  const body = await revert('swapped')
  t.match(body, { reverted: 0, kept: 2 })
  const reasonOf = (id: string) => body.data.find((result: Json) => result.id === id).reason
  t.equal(reasonOf(one), 'The external id left belongs to another.')
  t.match(reasonOf(two), /changed since/)
  t.match(await stateOf(`/v1/authors/${one}`), { externalId: 'right' })
  t.match(await stateOf(`/v1/authors/${two}`), { externalId: 'left' })
})

t.test('what was merged comes back, also where what it was merged into was merged since', async (t) => {
  const make = async (name: string) => (await server.post('/v1/topics', { name, externalId: `merged:${name}` })).body
  const [one, two, three] = [await make('Quay'), await make('Dock'), await make('Port')]
  const story = (await server.post('/v1/articles', { headline: 'At the quay', status: 'published', topics: [{ id: one.id }] })).body
  await server.patch('/v1/topics/quay', { slug: 'quayside' })
  await server.post('/v1/topics/quayside/merge', { into: { id: two.id } }, inSet('merged-on'))
  await server.post('/v1/topics/dock/merge', { into: { id: three.id } })
  const body = await revert('merged-on')
  t.match(
    new Map(body.data.map(({ id, result }: Json) => [id, result])),
    new Map([
      [one.id, 'reverted'],
      [story.id, 'kept'],
    ]),
  )
  for (const reference of ['quayside', 'ext:merged:Quay', one.id]) t.equal((await server.get(`/v1/topics/${reference}`)).body.id, one.id, reference)
  t.match((await server.get(`/v1/articles/${story.id}`)).body, { topics: [{ id: three.id }] }, 'what somebody changed since stays')
})

t.test('languages that translations gave each other are whose they were, and are exchanged again', async (t) => {
  const make = async (slug: string, language: string, more: object = {}) =>
    (await server.post('/v1/articles', { headline: slug, slug, language, status: 'published', ...more })).body
  const original = await make('lang-en', 'en')
  await make('lang-fr', 'fr', { translationOf: original.id })
  await make('lang-de', 'de', { translationOf: original.id })
  for (const [slug, language] of [
    ['lang-fr', 'es'],
    ['lang-de', 'fr'],
    ['lang-fr', 'de'],
  ])
    t.equal((await server.patch(`/v1/articles/${slug}?publish=true`, { language }, { headers: { 'x-change-set': 'languages' } })).status, 200)
  const shown = async () => {
    const { data } = (await server.anonymous.get('/v1/articles?slug=lang-en,lang-fr,lang-de')).body
    const { translations } = (await server.anonymous.get('/v1/articles/lang-en')).body
    return [data.map(({ language }: Json) => language), translations.map(({ language, slug }: Json) => `${language} ${slug}`)]
  }
  const [before, after] = [
    [
      ['en', 'fr', 'de'],
      ['de lang-de', 'fr lang-fr'],
    ],
    [
      ['en', 'de', 'fr'],
      ['de lang-fr', 'fr lang-de'],
    ],
  ]
  t.strictSame(await shown(), after)
  t.match((await server.post('/v1/change-sets/languages/revert?dryRun=true')).body, { reverted: 2, kept: 0 })
  for (const [name, state] of [
    ['languages', before],
    ['languages.revert', after],
    ['languages.revert.revert', before],
  ]) {
    t.match((await server.post(`/v1/change-sets/${name}/revert`)).body, { reverted: 2, kept: 0 })
    t.strictSame(await shown(), state)
  }
  t.match(await server.patch('/v1/articles/lang-fr', { language: 'de' }), { status: 409, body: { type: '/problems/translation-taken' } })
})
