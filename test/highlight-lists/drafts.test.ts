import { currentTime, moveClock } from '../../src/database/clock.ts'
import { restoreName } from '../../src/names/restore.ts'
import { faultsOf, type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const server = await startServer(t)
const path = '/v1/highlight-lists'
const working = async (id: string, from: Server = server) => (await from.get(`${path}/${id}?copy=working`)).body
const lead = ({ id }: Json) => ({ target: { type: 'article', id } })
const keysOfLast = async () => (await server.get('/v1/events?limit=1&sort=-seq')).body.data[0]

t.test('a working copy is prepared unseen, and published whole', async (t) => {
  const [old, fresh] = [await createShort(server, 'Yesterday'), await createShort(server, 'Today')]
  const { id } = (await server.post(path, { title: 'Front page', items: [lead(old)] })).body
  const seen = await server.anonymous.get(`${path}/front-page`)
  await server.events()
  const writer = { token: await server.tokenWith('content:write') }
  const changed = await server.patch(`${path}/${id}?publish=false`, { title: 'Secret plan', items: [lead(fresh)] }, writer)
  t.equal(changed.status, 200)
  t.match(changed.body, { revision: 2, title: 'Secret plan', hasUnpublishedChanges: true, publishedRevision: 1, schedule: { publish: null } })
  t.match(changed.headers.get('etag'), /^"2-/)
  t.strictSame(await server.events(), ['highlight-list.updated'])
  t.match(await keysOfLast(), { keys: [], data: { articleId: null, copy: 'working' }, revision: { before: 1, after: 2 } }, 'no cache has anything of it')

  const still = await server.anonymous.get(`${path}/front-page`)
  t.strictSame([still.text, still.headers.get('etag')], [seen.text, seen.headers.get('etag')])
  for (const address of [path, `${path}?slug=front-page`, `${path}/${id}?at=${still.body.updatedAt}`, `/v1/articles/${fresh.id}/links`])
    t.notMatch((await server.anonymous.get(address)).text, /Secret plan|hasUnpublished|publishedRevision|schedule/, address)
  t.match((await server.get(`${path}/${id}`)).body, { title: 'Front page', revision: 1 }, 'editors, too, get what is public unless they ask')
  t.match((await server.get(`${path}?copy=working&slug=front-page`)).body.data, [{ title: 'Secret plan', hasUnpublishedChanges: true }])
  t.match((await server.get(`/v1/articles/${fresh.id}/links?copy=working`)).body.data, [{ as: 'highlight', highlightLists: [{ id, title: 'Secret plan' }] }])
  t.strictSame((await server.get(`/v1/articles/${old.id}/links?copy=working`)).body.data, [])
  t.equal((await server.get(`/v1/articles/${old.id}/links`)).body.data.length, 1)

  t.equal((await server.post(`${path}/${id}/publish`, {}, { headers: { 'if-match': '"1"' } })).status, 412)
  t.equal((await server.post(`${path}/${id}/publish`, {}, writer)).status, 403)
  t.strictSame(await server.events(), [])
  const published = await server.post(`${path}/${id}/publish`, undefined, { headers: { 'if-match': '"2"' } })
  t.match(published.body, { revision: 2, title: 'Secret plan', hasUnpublishedChanges: false, publishedRevision: 2 })
  t.strictSame(await server.events(), ['highlight-list.published'])
  t.match(await keysOfLast(), { keys: [`highlight-list:${id}`, 'list'], revision: { before: 2, after: 2 } })
  t.match((await server.anonymous.get(`${path}/front-page`)).body, { revision: 2, title: 'Secret plan', items: [{ target: { slug: 'today' } }] })
  await server.post(`${path}/${id}/publish`, {})
  t.strictSame(await server.events(), [], 'what is public already isn’t published again')
})

t.test('what GET gave of a working copy goes back by PUT, and changes nothing', async (t) => {
  const { id } = (await server.post(path, { title: 'Round trip', items: [{ text: 'One' }] })).body
  await server.patch(`${path}/${id}?publish=false`, { items: [{ text: 'Two' }] })
  const got = await working(id)
  await server.events()
  t.strictSame((await server.put(`${path}/${id}?publish=false`, got)).body, got)
  t.strictSame(await server.events(), [])
  const other = { ...got, schedule: { publish: { at: '2099-01-01T00:00:00.000Z', revision: null } } }
  t.strictSame(faultsOf(await server.put(`${path}/${id}?publish=false`, other)), ['/schedule: read-only'])
  t.equal((await server.put(`${path}/${id}?publish=false`, { ...got, revision: 1 })).status, 412, 'the revision is the working copy’s')
})

t.test('a write that publishes, as writes do unless they say otherwise, takes the draft along', async (t) => {
  const { id } = (await server.post(path, { title: 'Taken along', items: [{ text: 'One' }] })).body
  await server.patch(`${path}/${id}?publish=false`, { title: 'Prepared' })
  await server.events()
  const { body } = await server.patch(`${path}/${id}`, { style: 'numbered' })
  t.match(body, { title: 'Prepared', style: 'numbered', revision: 3, hasUnpublishedChanges: false, publishedRevision: 3 })
  t.strictSame(await server.events(), ['highlight-list.updated', 'highlight-list.published'])
  t.match((await server.anonymous.get(`${path}/taken-along`)).body, { title: 'Prepared', style: 'numbered' })
  const revisions = (await server.get(`${path}/${id}/revisions`)).body.data
  t.strictSame(
    revisions.map(({ number, published }: Json) => [number, published]),
    [
      [3, true],
      [2, false],
      [1, true],
    ],
  )
})

t.test('a write of what is public already takes the draft’s place, and what comes after it is written', async (t) => {
  const today = { title: 'Today' }
  for (const send of [
    (id: string) => server.put(`${path}/${id}`, today),
    (id: string) => server.patch(`${path}/${id}`, today),
    (id: string) => server.post(`${path}/${id}/revisions/1/restore?publish=true`, {}),
  ]) {
    const { id } = (await server.post(path, today)).body
    await server.patch(`${path}/${id}?publish=false`, { title: 'Tomorrow' })
    await server.patch(`${path}/${id}?publish=false`, { title: 'The day after' })
    await server.events()
    const sent = await send(id)
    t.match(sent, { status: 200, body: { title: 'Today', revision: 4, hasUnpublishedChanges: false, publishedRevision: 1 } })
    t.strictSame(await server.events(), ['highlight-list.updated'], 'the public has it already')
    t.strictSame(await working(id), sent.body)
    t.match(await server.patch(`${path}/${id}?publish=false`, { title: 'Later' }), { status: 200, body: { revision: 5, hasUnpublishedChanges: true } })
    t.match(await server.put(`${path}/${id}`, { title: 'At last' }), { status: 200, body: { revision: 6, publishedRevision: 6 } })
    t.match((await server.anonymous.get(`${path}/${id}`)).body, { title: 'At last', revision: 6 })
    t.equal((await server.delete(`${path}/${id}`)).status, 204)
  }
})

t.test('an earlier revision goes out by a plan as it was, and its event says which it is', async (t) => {
  const [kept, gone] = [await createShort(server, 'Stays'), await createShort(server, 'Goes')]
  const writer = { token: await server.tokenWith('content:write') }
  const { id } = (await server.post(path, { title: 'Planned front', items: [lead(kept), lead(gone)] })).body
  await server.patch(`${path}/${id}?publish=false`, { title: 'Second' })
  await server.post(`${path}/${id}/publish`, { at: new Date(Date.parse(currentTime()) + 3_600_000).toISOString() })
  t.match((await server.patch(`${path}/${id}?publish=false`, { title: 'Third' }, writer)).body, { revision: 3, schedule: { publish: { revision: 2 } } })
  t.equal((await server.request('DELETE', `/v1/articles/${gone.id}?permanent=true`)).status, 204)
  const { revision } = await working(id)
  moveClock(2 * 3_600_000)
  await until('the plan is done', async () => (await server.anonymous.get(`${path}/${id}`)).body.title === 'Second')
  const { items } = (await server.anonymous.get(`${path}/${id}`)).body
  t.match(items, [{ target: { id: kept.id } }, { text: 'Goes', target: null }], 'with what it last showed of a story that is gone')
  t.match(await keysOfLast(), { type: 'highlight-list.published', revision: { before: revision, after: revision }, data: { revision: 2 } })
  t.match(await working(id), { title: 'Third', revision, publishedRevision: 2 })

  // What the public had before a set is that revision, whatever editors had then.
  const inSet = { headers: { 'x-change-set': 'planned-front' } }
  await server.put(`${path}/${id}`, { title: 'Fourth', items: [lead(kept)] }, inSet)
  t.match((await server.post('/v1/change-sets/planned-front/revert')).body, { reverted: 1, kept: 0 })
  t.equal((await server.anonymous.get(`${path}/${id}`)).body.title, 'Second')
  t.match(await working(id), { title: 'Third' })
})

t.test('a list that was made unpublished isn’t there for the public until it is published', async (t) => {
  const story = await createShort(server, 'In the unpublished')
  await server.events()
  const writer = { token: await server.tokenWith('content:write') }
  const made = await server.post(`${path}?publish=false`, { title: 'Hidden front', externalId: 'x:hidden', items: [lead(story)] }, writer)
  t.equal(made.status, 201)
  t.match(made.body, { slug: 'hidden-front', revision: 1, hasUnpublishedChanges: true, publishedRevision: null })
  t.strictSame(await server.events(), ['highlight-list.created'])
  t.match(await keysOfLast(), { keys: [] })
  const { id } = made.body
  for (const reference of [id, 'hidden-front', 'ext:x:hidden']) t.equal((await server.anonymous.get(`${path}/${reference}`)).status, 404, reference)
  for (const query of [`ids=${id}`, 'slug=hidden-front', 'externalId=x:hidden', 'sort=-createdAt&limit=100&count=true'])
    t.notOk(
      (await server.anonymous.get(`${path}?${query}`)).body.data.some((list: Json) => list.id === id),
      query,
    )
  t.strictSame((await server.anonymous.get(`/v1/articles/${story.id}/links`)).body.data, [])
  t.match((await server.get(`${path}/hidden-front`, writer)).body, { id, title: 'Hidden front' }, 'editors get what there is')

  t.match((await server.patch(`${path}/${id}?publish=false`, { slug: 'other-front' }, writer)).body, { slug: 'other-front', revision: 2 })
  t.equal((await server.anonymous.get(`${path}/hidden-front`)).status, 404)
  await server.events()
  await server.post(`${path}/${id}/publish`)
  t.strictSame(await server.events(), ['highlight-list.published'])
  t.match((await server.anonymous.get(`${path}/other-front`)).body, { id, items: [{ target: { id: story.id } }] })
  t.equal((await server.anonymous.get(`${path}/hidden-front`)).status, 404, 'a slug that the public never knew leads nowhere')

  const another = (await server.post(`${path}?publish=false`, { title: 'Never' }, writer)).body
  await server.events()
  t.equal((await server.delete(`${path}/${another.id}`, writer)).status, 204, 'what isn’t public goes with content:write')
  t.match(await keysOfLast(), { type: 'highlight-list.deleted', keys: [] })
  t.equal((await server.delete(`${path}/${id}`, writer)).status, 403)
})

t.test('what a public list is called is public at once', async (t) => {
  const { id } = (await server.post(path, { title: 'Named front' })).body
  await server.events()
  const refused = await server.patch(`${path}/${id}?publish=false`, { slug: 'renamed', externalId: 'x:renamed' })
  t.equal(refused.status, 409)
  t.strictSame(faultsOf(refused), ['/slug: conflict', '/externalId: conflict'])
  t.strictSame(await server.events(), [])
})

t.test('a front page that is prepared goes out at its time, once, and as nobody’s', async (t) => {
  const story = await createShort(server, 'Six in the morning', { status: 'draft' })
  const { id } = (await server.post(path, { title: 'Evening' })).body
  await server.patch(`${path}/${id}?publish=false`, { title: 'Morning', items: [lead(story)] })
  const at = new Date(Date.parse((await working(id)).updatedAt) + 3_600_000).toISOString()
  await server.events()
  const planned = await server.post(`${path}/${id}/publish`, { at })
  t.match(planned.body, { title: 'Morning', publishedRevision: 1, schedule: { publish: { at, revision: null } } })
  t.strictSame(await server.events(), ['highlight-list.scheduled'])
  t.match(await keysOfLast(), { keys: [] })
  t.notMatch((await server.anonymous.get(`${path}/evening`)).text, new RegExp(`Morning|${at}`))
  await server.post(`${path}/${id}/publish`, { at })
  t.strictSame(await server.events(), [], 'the same plan is none')
  t.strictSame(faultsOf(await server.post(`${path}/${id}/publish`, { at: '2020-01-01T00:00:00Z' })), ['/at: range'])
  await server.patch(`${path}/${id}?publish=false`, { style: 'numbered' })
  await server.post(`/v1/articles/${story.id}/publish`, { at })
  await server.events()
  moveClock(3_600_001)
  // Whoever changes it after its time is too late to be part of it.
  t.match((await server.patch(`${path}/${id}?publish=false`, { title: 'Noon' })).body, { publishedRevision: 3, schedule: { publish: null } })
  const { body } = await server.anonymous.get(`${path}/evening`)
  t.match(body, { title: 'Morning', style: 'numbered' })
  const events = (await server.get(`/v1/events?limit=10&sort=-seq&subject=${id}`)).body.data
  t.strictSame(
    events.slice(0, 2).map(({ type, actor }: Json) => [type, actor?.name ?? null]),
    [
      ['highlight-list.updated', 'ADMIN_TOKEN'],
      ['highlight-list.published', null],
    ],
  )
  await until('the story of the same time is out, too', async () => (await server.anonymous.get(`/v1/articles/${story.id}`)).status === 200)
})

t.test('a plan can be cancelled, and is done by whoever publishes before', async (t) => {
  const { id } = (await server.post(path, { title: 'Cancelled' })).body
  const at = '2099-05-02T06:00:00.000Z'
  await server.post(`${path}/${id}/publish`, { at })
  await server.events()
  t.equal((await server.delete(`${path}/${id}/schedule`)).status, 204)
  t.strictSame(await server.events(), ['highlight-list.scheduled'])
  t.match(await working(id), { schedule: { publish: null }, hasUnpublishedChanges: false })
  t.equal((await server.delete(`${path}/${id}/schedule`)).status, 204)
  t.strictSame(await server.events(), [])
  await server.patch(`${path}/${id}?publish=false`, { title: 'Changed' })
  await server.post(`${path}/${id}/publish`, { at })
  t.match((await server.post(`${path}/${id}/publish`)).body, { schedule: { publish: null }, publishedRevision: 2 })
})

t.test('a list is planned at an address of its own, and by no write of it', async (t) => {
  const planned = { title: 'At once?', schedule: { publish: { at: '2099-05-02T06:00:00.000Z', revision: null } } }
  await server.events()
  t.strictSame(faultsOf(await server.post(path, planned)), ['/schedule: read-only'])
  t.strictSame(faultsOf(await server.put(`${path}/ext:planned`, planned)), ['/schedule: read-only'])
  t.strictSame(await server.events(), [])
  t.equal((await server.post(path, { title: 'At once', schedule: { publish: null } })).status, 201)
})

t.test('an edit by one who may not publish is no part of what is planned', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  const { id } = (await server.post(path, { title: 'Pinned' })).body
  await server.patch(`${path}/${id}?publish=false`, { title: 'Approved' })
  const at = new Date(Date.parse((await working(id)).updatedAt) + 3_600_000).toISOString()
  await server.post(`${path}/${id}/publish`, { at })
  t.match((await server.patch(`${path}/${id}?publish=false`, { title: 'Smuggled' }, writer)).body, { schedule: { publish: { at, revision: 2 } } })
  moveClock(3_600_001)
  t.match((await server.patch(`${path}/${id}?publish=false`, { style: 'numbered' })).body, {
    title: 'Smuggled',
    publishedRevision: 2,
    hasUnpublishedChanges: true,
  })
  t.equal((await server.anonymous.get(`${path}/pinned`)).body.title, 'Approved')
})

t.test('an article that is deleted for ever goes from drafts as from public lists', async (t) => {
  const [gone, staying] = [await createShort(server, 'Gone for ever'), await createShort(server, 'Staying')]
  const both = (await server.post(path, { title: 'Both', items: [lead(gone)] })).body
  await server.patch(`${path}/${both.id}?publish=false`, { items: [{ text: 'Words', ...lead(gone) }, lead(gone), lead(staying)] })
  const draft = (await server.post(`${path}?publish=false`, { title: 'Draft alone', items: [{ text: 'Words', ...lead(gone) }, lead(staying)] })).body
  await server.delete(`/v1/articles/${gone.id}?permanent=true`)
  const items = (list: Json) => list.items.map(({ text, target }: Json) => [text, target?.slug ?? null])
  t.strictSame(items(await working(draft.id)), [
    ['Words', null],
    [null, 'staying'],
  ])
  t.equal((await working(draft.id)).revision, 2)
  const after = await working(both.id)
  t.strictSame(items(after), [
    ['Words', null],
    ['Gone for ever', null],
    [null, 'staying'],
  ])
  t.match(after, { revision: 4, publishedRevision: 3, hasUnpublishedChanges: true })
  t.strictSame(items((await server.anonymous.get(`${path}/both`)).body), [['Gone for ever', null]])
  t.strictSame(
    (await server.get(`${path}/${both.id}/revisions`)).body.data.map(({ number, published }: Json) => [number, published]),
    [
      [4, false],
      [3, true],
      [2, false],
      [1, true],
    ],
  )
  t.equal((await server.post(`${path}/${both.id}/publish`)).body.publishedRevision, 4)
})

t.test('at a time the public gets what was public then, whatever was prepared', async (t) => {
  const { id, createdAt } = (await server.post(path, { title: 'First' })).body
  moveClock(1000)
  const prepared = (await server.patch(`${path}/${id}?publish=false`, { title: 'Second' })).body.updatedAt
  moveClock(1000)
  const { updatedAt } = (await server.post(`${path}/${id}/publish`)).body
  const at = async (time: string) => (await server.anonymous.get(`${path}/${id}?at=${time}`)).body
  t.match(await at(createdAt), { title: 'First', updatedAt: createdAt })
  t.match(await at(prepared), { title: 'First' })
  t.match(await at(updatedAt), { title: 'Second', updatedAt, revision: 2 })
})

t.test('a working copy is restored, and what the public has stays', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  const { id } = (await server.post(path, { title: 'One' })).body
  await server.patch(`${path}/${id}`, { title: 'Two' })
  t.equal((await server.post(`${path}/${id}/revisions/1/restore`, undefined, writer)).status, 403)
  const { body } = await server.post(`${path}/${id}/revisions/1/restore?publish=false`, undefined, writer)
  t.match(body, { title: 'One', revision: 3, publishedRevision: 2, hasUnpublishedChanges: true })
  t.equal((await server.anonymous.get(`${path}/${id}`)).body.title, 'Two')
  t.match((await server.patch(`${path}/${id}?publish=false`, { title: 'Two' }, writer)).body, { revision: 4, hasUnpublishedChanges: false })
  t.match((await server.post(`${path}/${id}/revisions/1/restore`)).body, { title: 'One', revision: 5, publishedRevision: 5 })
  t.equal((await server.anonymous.get(`${path}/${id}`)).body.title, 'One')
})

t.test('a working copy that is brought back leaves what a public list is called, and one that was deleted comes back unseen', async (t) => {
  const { id } = (await server.post(path, { title: 'Old name' })).body
  await server.patch(`${path}/${id}`, { title: 'New name', slug: 'new-name' })
  const [first] = await server.database.read.selectFrom('name_revisions').selectAll().where('subject_id', '=', id).orderBy('number').execute()
  const bringBack = () =>
    server.database.transaction({ actor: null, requestId: null }, (tx) =>
      restoreName(tx, 'highlight-list', JSON.parse(first?.document as string), { publishes: false }),
    )
  await bringBack()
  t.match(await working(id), { title: 'Old name', slug: 'new-name', revision: 3, publishedRevision: 2 })
  t.equal((await server.anonymous.get(`${path}/new-name`)).body.title, 'New name')
  await server.delete(`${path}/${id}`)
  await server.events()
  await bringBack()
  t.strictSame(await server.events(), ['highlight-list.created'])
  t.match(await working(id), { title: 'Old name', slug: 'old-name', revision: 4, publishedRevision: null })
  t.equal((await server.anonymous.get(`${path}/old-name`)).status, 404)
})

t.test('working copies are paged by when they changed', async (t) => {
  const own = await startServer(t)
  const made: string[] = []
  for (const title of ['Aa', 'Bb', 'Cc']) {
    moveClock(1000)
    made.push((await own.post(`${path}?publish=${title !== 'Bb'}`, { title })).body.id)
  }
  moveClock(1000)
  await own.patch(`${path}/${made[0]}?publish=false`, { title: 'Changed last' })
  const titles = async (query: string) => (await own.get(`${path}?${query}`)).body.data.map(({ title }: Json) => title)
  t.strictSame(await titles('copy=working&sort=-updatedAt'), ['Changed last', 'Cc', 'Bb'])
  t.strictSame(await titles('sort=-updatedAt'), ['Cc', 'Aa'])
  const first = (await own.get(`${path}?copy=working&sort=-updatedAt&limit=2&count=true`)).body.page
  t.equal(first.total, 3)
  t.strictSame(await titles(`copy=working&sort=-updatedAt&limit=2&cursor=${first.nextCursor}`), ['Bb'])
})

t.test('a preview link shows what the public would get of the working copy, and leads to the list once that is out', async (t) => {
  const own = await startServer(t, { PREVIEW_URL: 'https://news.example/preview?token={token}' })
  const [shown, unseen] = [await createShort(own, 'Shown'), await createShort(own, 'Unseen', { status: 'draft' })]
  const { id } = (await own.post(path, { title: 'Previewed' })).body
  await own.patch(`${path}/${id}?publish=false`, { title: 'Looked at first', items: [lead(shown), { text: 'Not yet', ...lead(unseen) }] })
  await own.events()
  const made = await own.post(`${path}/${id}/preview-links`, {})
  t.equal(made.status, 201)
  const { token, apiUrl } = made.body
  t.equal(made.body.url, `https://news.example/preview?token=${token}`)
  t.strictSame(await own.events(), ['preview-link.created'])
  t.equal((await own.anonymous.get(`/v1/preview/${token}`)).headers.get('location'), apiUrl, 'whoever knows the token alone finds it')
  const opened = await own.anonymous.get(apiUrl)
  t.match(opened.body, { id, title: 'Looked at first', items: [{ target: { slug: 'shown' } }] })
  t.notMatch(opened.text, /Not yet|unseen|schedule|hasUnpublishedChanges/)
  t.match([opened.headers.get('cache-control'), opened.headers.get('x-robots-tag')], ['private, no-store', 'noindex'])

  const pinned = (await own.post(`${path}/${id}/preview-links`, { revision: 1 })).body
  t.equal((await own.anonymous.get(pinned.apiUrl)).body.title, 'Previewed')
  t.strictSame(faultsOf(await own.post(`${path}/${id}/preview-links`, { revision: 9 })), ['/revision: not-found'])
  const listed = await own.get(`${path}/${id}/preview-links`)
  t.equal(listed.body.data.length, 2)
  t.notMatch(listed.text, new RegExp(token))
  t.equal((await own.delete(`${path}/${id}/preview-links/${pinned.id}`)).status, 204)
  t.equal((await own.anonymous.get(pinned.apiUrl)).status, 404)
  t.equal((await own.delete(`${path}/${id}/preview-links/${pinned.id}`)).status, 404)
  for (const other of ['bshp_nothing', 'x']) t.equal((await own.anonymous.get(`/v1/preview/${other}/highlight-list`)).status, 404)

  await own.events()
  await own.post(`${path}/${id}/publish`)
  t.strictSame(await own.events(), ['preview-link.deleted', 'highlight-list.published'])
  t.equal((await own.anonymous.get(apiUrl)).headers.get('location'), `${path}/previewed`)
  const { apiUrl: late } = (await own.post(`${path}/${id}/preview-links`, { expiresIn: 1 })).body
  moveClock(1001)
  t.equal((await own.anonymous.get(late)).status, 404, 'it has expired')
})

t.test('what a list led to is shown as it was, and not what came later', async (t) => {
  const out = (await server.post('/v1/articles', { headline: 'Monday', status: 'published' })).body
  const draft = (await server.post('/v1/articles', { headline: 'Not out yet' })).body
  const items = [out, draft].map(({ id }) => ({ target: { type: 'article', id } }))
  const { id } = (await server.post(path, { title: 'Monday’s front', items })).body
  const then = currentTime()
  await server.patch(`/v1/articles/${out.id}?publish=true`, { headline: 'Tuesday' })
  await server.post(`/v1/articles/${draft.id}/publish`)
  const headlines = async (query = '') => (await server.anonymous.get(`${path}/${id}${query}`)).body.items.map(({ target }: Json) => target.article.headline)
  t.strictSame(await headlines(`?at=${then}`), ['Monday'])
  t.strictSame(await headlines(), ['Tuesday', 'Not out yet'])
  await server.post(`/v1/articles/${out.id}/unpublish`)
  t.strictSame(await headlines(`?at=${then}`), [], 'what isn’t public now isn’t shown')
})

t.test('what changes nothing leaves what is planned as it is', async (t) => {
  const at = '2099-01-01T06:00:00.000Z'
  const input = { title: 'At six', items: [{ text: 'x' }] }
  const list = `${path}/ext:at-six`
  t.equal((await server.put(list, input)).status, 201)
  const planned = (await server.post(`${list}/publish`, { at })).body
  const { body: story } = await server.put('/v1/articles/ext:planned-again?publish=true', { headline: 'Again' })
  const plannedStory = (await server.post(`/v1/articles/${story.id}/publish`, { at })).body
  await server.events()
  for (const write of [
    () => server.put(list, input),
    () => server.put(list, planned),
    () => server.patch(list, {}),
    () => server.patch(`${list}?publish=false`, {}),
  ])
    t.match(await write(), { status: 200, body: { revision: planned.revision, schedule: { publish: { at } } } })
  for (const write of [
    () => server.put('/v1/articles/ext:planned-again?publish=true', { headline: 'Again' }),
    () => server.patch('/v1/articles/ext:planned-again?publish=true', {}),
    () => server.put('/v1/articles/ext:planned-again', { headline: 'Again' }),
  ])
    t.match(await write(), { status: 200, body: { revision: plannedStory.revision, schedule: { publish: { at } } } })
  t.strictSame(await server.events(), [])

  t.match((await server.patch(list, { title: 'Now' })).body, { schedule: { publish: null } }, 'what is new to the public takes the plan as done')
  t.match((await server.post(`/v1/articles/${story.id}/publish`)).body, { schedule: { publish: null } }, 'now and not then')
  t.strictSame(await server.events(), ['highlight-list.updated', 'highlight-list.published', 'article.scheduled'])
})

t.test('revisions of a list keep the words of what is permanently deleted, and so does what goes out', async (t) => {
  const story = await createShort(server, 'TARGET')
  const list = `${path}/ext:history`
  const at = new Date(Date.parse(currentTime()) + 3_600_000).toISOString()
  t.equal((await server.put(`${list}?publish=false`, { title: 'L', items: [lead(story), { text: 'y' }] })).status, 201)
  await server.post(`${list}/publish`, { at })
  await server.patch(`${list}?publish=false`, { items: [{ text: 'later' }] }, { token: await server.tokenWith('content:write') })
  await server.delete(`/v1/articles/${story.id}?permanent=true`)
  const texts = ({ items }: Json) => items.map(({ text }: Json) => text)
  t.strictSame(texts((await server.get(`${list}/revisions/1`)).body.highlightList), ['TARGET', 'y'])
  t.strictSame(
    (await server.get(`${list}/revisions?sort=-number`)).body.data[0].changes.filter(({ op }: Json) => op === 'add'),
    [],
  )
  moveClock(2 * 3_600_000)
  await server.patch(`${list}?publish=false`, {})
  t.strictSame(texts((await server.anonymous.get(list)).body), ['TARGET', 'y'])
  const restored = await server.post(`${list}/revisions/1/restore`)
  t.strictSame(texts(restored.body), ['TARGET', 'y'])
  t.match(restored.body.items, [{ target: null }, { target: null }])
})
