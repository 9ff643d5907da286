import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const named = (name: string) => ({ headers: { 'x-change-set': name } })
const working = async (id: string) => (await server.get(`/v1/articles/${id}?copy=working`)).body
const open = async (id: string) => (await server.anonymous.get(`/v1/articles/${id}`)).body
const topics = (copy: Json) => copy.topics.map(({ name }: Json) => name)
const revert = (name: string, query = '') => server.post(`/v1/change-sets/${name}/revert${query}`)

t.test('a retagging of published stories is undone, but for what was changed since', async (t) => {
  const made: Json[] = []
  for (const headline of ['One', 'Two', 'Three'])
    made.push((await server.post('/v1/articles', { headline, genre: 'retag', status: 'published', topics: [{ name: 'Old' }] })).body)
  const change = { filter: { genre: 'retag' }, addTopics: [{ name: 'New' }], removeTopics: [{ name: 'Old' }], apply: 'both' }
  t.match((await server.post('/v1/articles/changes', change, named('retag'))).body, { changed: 3 })
  t.strictSame(topics(await open(made[0].id)), ['New'])
  await server.patch(`/v1/articles/${made[2].id}`, { kicker: 'Edited' })

  const set = (await server.get('/v1/change-sets/retag')).body
  t.match(set, {
    name: 'retag',
    actors: [{ name: 'ADMIN_TOKEN' }],
    types: { 'article.updated': 3, 'article.published': 3, 'topic.created': 1 },
    list: '/v1/events?changeSet=retag',
  })
  t.equal(set.resources, 4)
  t.match((await server.get('/v1/change-sets')).body.data, [{ name: 'retag', events: 7 }])

  await server.events()
  const dry = await revert('retag', '?dryRun=true')
  t.match(dry.body, { reverted: 2, kept: 2 })
  t.strictSame(await server.events(), [])
  const { body } = await revert('retag')
  t.match(body, { name: 'retag', changeSet: 'retag.revert', reverted: 2, unchanged: 0, kept: 2 })
  t.match(
    body.data.find(({ id }: Json) => id === made[2].id),
    { result: 'kept', reason: /^it was changed since: article.updated by ADMIN_TOKEN/ },
  )
  t.match(
    body.data.find(({ type }: Json) => type === 'topic'),
    { result: 'kept', reason: /articles name it/ },
  )
  for (const { id, updatedAt } of made.slice(0, 2)) {
    t.strictSame(topics(await open(id)), ['Old'])
    t.equal((await open(id)).updatedAt, updatedAt)
    t.match(await working(id), { hasUnpublishedChanges: false, revision: 3 })
  }
  t.strictSame(topics(await open(made[2].id)), ['New'])
  t.match((await revert('retag')).body, { reverted: 0, unchanged: 2, kept: 2 }, 'again there is nothing to do')
  t.match((await revert('retag.revert')).body, { reverted: 2 })
  t.strictSame(topics(await open(made[0].id)), ['New'], 'an undoing is undone, too')
})

t.test('what was made, published, taken down, renamed and deleted goes back to what it was', async (t) => {
  const set = named('mixed')
  const author = (await server.post('/v1/authors', { name: 'Ada', jobTitle: 'Reporter' })).body
  const gone = (await server.post('/v1/topics', { name: 'Gone', externalId: 'gone:1', description: 'What it was.' })).body
  const list = (await server.post('/v1/highlight-lists', { title: 'Front', items: [{ text: 'One' }] })).body
  const draft = (await server.post('/v1/articles', { headline: 'Draft' })).body
  const story = (await server.post('/v1/articles', { headline: 'Story', status: 'published', commentPolicy: 'open' })).body
  const binned = (await server.post('/v1/articles', { headline: 'Binned', status: 'published' })).body

  await server.patch(`/v1/authors/${author.id}`, { name: 'Ada Berg', slug: 'ada-berg' }, set)
  await server.delete(`/v1/topics/${gone.id}`, set)
  await server.patch(`/v1/highlight-lists/${list.id}`, { items: [{ text: 'Two' }, { text: 'Three' }] }, set)
  await server.patch(`/v1/articles/${draft.id}?publish=true`, { kicker: 'x' }, set)
  await server.patch(`/v1/articles/${story.id}`, { status: 'unpublished' }, set)
  await server.patch(`/v1/articles/${story.id}`, { commentPolicy: 'closed', slug: 'another', sections: [{ heading: 'More' }] }, set)
  await server.delete(`/v1/articles/${binned.id}`, set)
  const made = (await server.post('/v1/articles', { headline: 'Made', status: 'published', topics: [{ name: 'Made, too' }] }, set)).body

  const { body } = await revert('mixed')
  t.match(body, { kept: 1, unchanged: 0 }, 'the new topic is still named in the trash')
  t.match((await server.get(`/v1/authors/${author.id}`)).body, { name: 'Ada', slug: 'ada', jobTitle: 'Reporter' })
  t.match((await server.get('/v1/topics/gone')).body, { id: gone.id, externalId: 'gone:1', description: 'What it was.' })
  t.match((await server.get(`/v1/highlight-lists/${list.id}`)).body.items, [{ text: 'One' }])
  t.equal((await server.get(`/v1/highlight-lists/${list.id}`)).body.items.length, 1)
  t.equal((await server.anonymous.get(`/v1/articles/${draft.id}`)).status, 410)
  t.match(await working(draft.id), { kicker: null })
  t.match(await open(story.id), { headline: 'Story', slug: 'story', commentPolicy: 'open', sections: [] })
  t.match(await open(binned.id), { headline: 'Binned' })
  t.equal((await server.anonymous.get(`/v1/articles/${made.id}`)).status, 410)
  t.equal((await working(made.id)).status, 'trashed')
})

t.test('a merge is undone: the topic is there again, with its slug, and stories name it', async (t) => {
  const from = (await server.post('/v1/topics', { name: 'Ships', externalId: 'ships' })).body
  const into = (await server.post('/v1/topics', { name: 'Shipping' })).body
  const child = (await server.post('/v1/topics', { name: 'Ferries', parentId: from.id })).body
  const story = (await server.post('/v1/articles', { headline: 'On ships', status: 'published', topics: [{ id: from.id }] })).body
  await server.post('/v1/topics/ships/merge', { into: { id: into.id } }, named('merge'))
  t.strictSame(topics(await open(story.id)), ['Shipping'])
  t.match((await revert('merge')).body, { kept: 0 })
  t.strictSame(topics(await open(story.id)), ['Ships'])
  t.match(await server.anonymous.get('/v1/topics/ships'), { status: 200, body: { id: from.id, externalId: 'ships' } })
  t.equal((await server.get(`/v1/topics/${child.id}`)).body.parentId, from.id)
  t.equal((await server.get(`/v1/topics/${into.id}`)).body.externalId, null)
})

t.test('old slugs come back with what was merged or deleted, and lead on where it is merged again', async (t) => {
  const leads = async (address: string) => {
    const { status, headers } = await server.anonymous.get(address)
    return status === 308 ? (headers.get('location') as string) : status
  }
  for (const [path, naming] of [
    ['/v1/topics', 'topics'],
    ['/v1/authors', 'authors'],
  ] as const) {
    const from = (await server.put(`${path}/ext:old`, { name: 'First name', slug: `${naming}-first` })).body
    const into = (await server.post(path, { name: 'Other', slug: `${naming}-other` })).body
    const story = (name: Json) => server.post('/v1/articles', { headline: 'Story', status: 'published', [naming]: [{ id: name.id }] })
    await story(from)
    await story(into)
    await server.patch(`${path}/${from.id}`, { slug: `${naming}-second` })
    const set = `merge-${naming}`
    await server.post(`${path}/${from.id}/merge`, { into: { id: into.id } }, named(set))
    t.match((await server.get('/v1/events?limit=1&sort=-seq')).body.data[0].data, {
      into: into.id,
      formerSlugs: [{ slug: `${naming}-first`, wasPublic: true }],
    })
    t.equal(await leads(`${path}/${naming}-first`), `${path}/${naming}-other`)

    t.match((await revert(set)).body, { reverted: 2, kept: 0 })
    t.equal(await leads(`${path}/${naming}-first`), `${path}/${naming}-second`, 'it leads where it led before')
    t.equal(await leads(`${path}/${naming}-second`), 200)
    t.equal((await server.get(`${path}/ext:old`)).body.id, from.id)

    t.match((await revert(`${set}.revert`)).body, { reverted: 2, kept: 0 })
    for (const slug of ['first', 'second']) t.equal(await leads(`${path}/${naming}-${slug}`), `${path}/${naming}-other`, 'merged again, it leads on again')
    t.equal((await server.put(`${path}/ext:old`, { name: 'First name' })).status, 308, 'and an import doesn’t make it anew')
    t.match((await revert(`${set}.revert.revert`)).body, { reverted: 2, kept: 0 })
    t.equal(await leads(`${path}/${naming}-first`), `${path}/${naming}-second`)
  }
  const list = (await server.post('/v1/highlight-lists', { title: 'Front', slug: 'front-first' })).body
  await server.patch(`/v1/highlight-lists/${list.id}`, { slug: 'front-second' })
  await server.request('DELETE', `/v1/highlight-lists/${list.id}`, undefined, named('gone-list'))
  t.equal(await leads('/v1/highlight-lists/front-first'), 404)
  await server.post('/v1/highlight-lists', { title: 'Another', slug: 'front-second' })
  t.match((await revert('gone-list')).body, { kept: 1 }, 'somebody else has its slug')
  await server.delete('/v1/highlight-lists/front-second')
  t.match((await revert('gone-list')).body, { reverted: 1, kept: 0 })
  t.equal(await leads('/v1/highlight-lists/front-first'), '/v1/highlight-lists/front-second')
})

t.test('what named something that can’t come back is kept, and goes back once it can', async (t) => {
  const [from, into] = [(await server.post('/v1/topics', { name: 'Da' })).body, (await server.post('/v1/topics', { name: 'Db' })).body]
  const story = (await server.post('/v1/articles', { headline: 'Of Da', status: 'published', topics: [{ id: from.id }] })).body
  await server.post(`/v1/topics/${from.id}/merge`, { into: { id: into.id } }, named('dm'))
  const other = (await server.post('/v1/topics', { name: 'Another' })).body
  // Somebody takes the slug.
  await server.patch(`/v1/topics/${into.id}`, { slug: 'da' })
  const first = (await revert('dm')).body
  t.match(
    first.data.find(({ id }: Json) => id === story.id),
    { result: 'kept', reason: /named "Da", which is gone/ },
  )
  t.strictSame(topics(await open(story.id)), ['Db'])
  await server.patch(`/v1/topics/${into.id}`, { slug: 'db' })
  await server.delete(`/v1/topics/${other.id}`)
  t.match((await revert('dm')).body, { kept: 0, reverted: 2 })
  t.strictSame(topics(await open(story.id)), ['Da'])
})

t.test('sets are undone one after the other, the last first', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Zero' })).body
  await server.patch(`/v1/articles/${id}`, { headline: 'One' }, named('s1'))
  await server.patch(`/v1/articles/${id}`, { headline: 'Two' }, named('s2'))
  t.match((await revert('s1')).body, { kept: 1 }, 's2 stands in the way')
  t.match((await revert('s2')).body, { reverted: 1 })
  t.match((await revert('s1')).body, { reverted: 1 })
  t.equal((await working(id)).headline, 'Zero')
  t.match((await revert('s1.revert')).body, { reverted: 1 })
  t.match((await revert('s2.revert')).body, { reverted: 1 })
  t.equal((await working(id)).headline, 'Two')
})

t.test('the plan of a list goes back, too', async (t) => {
  const list = (await server.post('/v1/highlight-lists', { title: 'Planned', items: [{ text: 'One' }] })).body
  const plan = async () => (await server.get(`/v1/highlight-lists/${list.id}?copy=working`)).body.schedule.publish
  await server.patch(`/v1/highlight-lists/${list.id}?publish=false`, { title: 'Tomorrow' }, named('six'))
  await server.post(`/v1/highlight-lists/${list.id}/publish`, { at: '2099-01-01T06:00:00Z' }, named('six'))
  await revert('six')
  t.equal(await plan(), null)
  await revert('six.revert')
  t.match(await plan(), { at: '2099-01-01T06:00:00.000Z' })
})

t.test('who may, and what isn’t there', async (t) => {
  t.equal((await revert('nothing')).status, 404)
  t.equal((await server.get('/v1/change-sets/nothing')).status, 404)
  t.equal((await server.post('/v1/change-sets/retag/revert', undefined, { token: await server.tokenWith('content:write') })).status, 403)
  t.equal((await server.get('/v1/change-sets', { token: await server.tokenWith('events:read') })).status, 200)
  t.equal((await server.anonymous.get('/v1/change-sets')).status, 401)
  const { id } = (await server.post('/v1/articles', { headline: 'Deleted' }, named('deleted'))).body
  await server.delete(`/v1/articles/${id}?permanent=true`)
  const { body } = await server.post('/v1/tokens', { name: 'x', scopes: ['content:read'] }, named('deleted'))
  t.match((await revert('deleted')).body, { kept: 1, data: [{ type: 'token', id: body.id, result: 'kept' }] })
})

t.test('comments that a set imports are counted each, as its revert lists them', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Commented', status: 'published' })).body
  const lines = ['one', 'two', 'three'].map((externalId) =>
    JSON.stringify({ article: id, externalId, author: { name: 'Ada' }, body: 'Words.', createdAt: '2020-05-01T10:00:00Z' }),
  )
  const headers = { 'content-type': 'application/x-ndjson', 'x-change-set': 'comments-in' }
  t.match((await server.post('/v1/comments/import', lines.join('\n'), { headers })).body, { created: 3 })
  await server.patch(`/v1/articles/${id}`, { kicker: 'With comments' }, { headers: { 'x-change-set': 'comments-in' } })
  const dry = await server.post('/v1/change-sets/comments-in/revert?dryRun=true')
  t.equal((await server.get('/v1/change-sets/comments-in')).body.resources, 4)
  t.equal(dry.body.data.length, 4)
})
