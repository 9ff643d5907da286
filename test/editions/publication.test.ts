import { milliseconds, moveClock } from '../../src/database/clock.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const later = '2100-01-01T00:00:00.000Z'
const muchLater = '2100-02-01T00:00:00.000Z'

t.test('publish makes an edition of what If-Match read, or of a revision', async (t) => {
  const made = await createShort(server, 'First', { status: 'draft' })
  const path = `/v1/articles/${made.id}`
  await server.patch(path, { headline: 'Second' })
  const stale = await server.post(`${path}/publish`, undefined, { headers: { 'if-match': '"1"' } })
  t.equal(stale.status, 412)
  t.equal(stale.body.currentRevision, 2)
  const pinned = await server.post(`${path}/publish`, { revision: 1 }, { headers: { 'if-match': '"2"' } })
  t.match(pinned.body, { headline: 'Second', publishedRevision: 1, revision: 2, hasUnpublishedChanges: true, status: 'published' })
  t.match((await server.anonymous.get(path)).body, { headline: 'First', revision: 1, slug: 'first' })
  t.strictSame(await server.events(), ['article.updated', 'article.published'])
  t.strictSame(faultsOf(await server.post(`${path}/publish`, { revision: 9 })), ['/revision: not-found'])
  t.strictSame(faultsOf(await server.post(`${path}/publish`, { att: later })), ['/att: unknown'])
  const again = await server.post(`${path}/publish`, undefined, { headers: { 'idempotency-key': 'publish-once' } })
  t.match(again.body, { publishedRevision: 2, hasUnpublishedChanges: false })
  const replayed = await server.post(`${path}/publish`, undefined, { headers: { 'idempotency-key': 'publish-once' } })
  t.equal(replayed.headers.get('idempotency-replayed'), 'true')
  t.strictSame(await server.events(), ['article.published'])
})

t.test('one time to publish and one to take down may stand, be changed, listed and cancelled', async (t) => {
  const made = await createShort(server, 'Planned', { status: 'draft' })
  const path = `/v1/articles/${made.id}`
  const planned = await server.post(`${path}/publish`, { at: '2100-01-01T01:00:00+01:00', revision: 1 })
  t.match(planned.body, { status: 'scheduled', revision: 2, schedule: { publish: { at: later, revision: 1 }, unpublish: null } })
  const both = await server.post(`${path}/unpublish`, { at: muchLater, reason: 'legal', notice: 'Rights end.' })
  t.strictSame(both.body.schedule.unpublish, { at: muchLater, reason: 'legal', notice: 'Rights end.' })
  t.strictSame(await server.events(), ['article.scheduled', 'article.scheduled'])
  t.equal((await server.anonymous.get(path)).status, 404)
  const ids = async (query: string) => (await server.get(`/v1/articles?copy=working&${query}`)).body.data.map(({ id }: Json) => id)
  t.strictSame(await ids('status=scheduled'), [made.id])
  t.strictSame(await ids(`scheduledBefore=${later}`), [])
  t.strictSame(await ids(`scheduledAfter=${later}&scheduledBefore=${muchLater}`), [made.id])
  t.equal((await ids('sort=scheduledAt&limit=100'))[0], made.id)
  t.equal((await server.post(`${path}/publish`, { at: later }, { headers: { 'if-match': '"2"' } })).status, 412, 'no plan is lost either')
  const between = '2100-01-20T00:00:00.000Z'
  t.match((await server.post(`${path}/publish`, { at: between })).body.schedule.publish, { at: between, revision: null })
  const senseless = await server.post(`${path}/publish`, { at: muchLater })
  t.equal(senseless.status, 409, 'it can’t be taken down before it is public')
  t.strictSame(faultsOf(senseless), ['/schedule/unpublish/at: conflict'])
  t.equal((await server.delete(`${path}/schedule?only=unpublish`)).status, 204)
  t.match((await workingCopy(server, made.id)).schedule, { publish: { at: between }, unpublish: null })
  await server.events()
  t.equal((await server.delete(`${path}/schedule`)).status, 204)
  t.match(await workingCopy(server, made.id), { status: 'draft', schedule: { publish: null, unpublish: null } })
  t.strictSame(await server.events(), ['article.scheduled'])
  t.equal((await server.delete(`${path}/schedule`)).status, 204)
  t.strictSame(await server.events(), [], 'what isn’t planned need not be cancelled')
})

t.test('the schedule goes back by PUT, and is changed there too; a time that has just passed means now', async (t) => {
  const made = await createShort(server, 'Put back', { status: 'draft', schedule: { publish: { at: later } } })
  t.equal(made.status, 'scheduled')
  const path = `/v1/articles/${made.id}`
  await server.events()
  t.strictSame((await server.put(path, made)).body, made)
  t.strictSame((await server.put(path, { headline: 'Put back' })).body.schedule, made.schedule)
  t.strictSame(await server.events(), [])
  t.strictSame((await server.patch(path, { schedule: null })).body.schedule, { publish: null, unpublish: null })
  t.strictSame(faultsOf(await server.patch(path, { schedule: { publish: { at: later, revision: 9 } } })), ['/schedule/publish/revision: not-found'])
  await server.events()
  const justNow = () => new Date(Date.now() - 20_000).toISOString()
  t.match((await server.post(`${path}/publish`, { at: justNow() })).body, { status: 'published', schedule: { publish: null } })
  t.match((await server.patch(path, { kicker: 'x', schedule: { publish: { at: justNow() } } })).body, {
    status: 'published',
    hasUnpublishedChanges: false,
    schedule: { publish: null },
  })
  t.equal((await server.anonymous.get(path)).body.kicker, 'x')
  t.match((await server.post(`${path}/unpublish`, { at: justNow() })).body, { status: 'unpublished' })
})

t.test('a time that is over a minute past is a fault, unless it stands already', async (t) => {
  const made = await createShort(server, 'Too late', { status: 'draft', schedule: { publish: { at: later } } })
  const path = `/v1/articles/${made.id}`
  const past = '2020-01-01T00:00:00Z'
  t.strictSame(faultsOf(await server.post(`${path}/publish`, { at: past })), ['/at: range'])
  t.strictSame(faultsOf(await server.patch(path, { schedule: { publish: { at: past } } })), ['/schedule/publish/at: range'])
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'x', schedule: { publish: { at: past }, unpublish: { at: past } } })), [
    '/schedule/publish/at: range',
    '/schedule/unpublish/at: range',
  ])
  await server.post(`${path}/publish`)
  t.strictSame(faultsOf(await server.post(`${path}/unpublish`, { at: past })), ['/at: range'])
  t.match(await workingCopy(server, made.id), { status: 'published', schedule: { publish: null, unpublish: null } })
})

t.test('nothing is published, nor planned to be, before its embargo ends, whoever asks', async (t) => {
  const made = await createShort(server, 'Embargoed', { status: 'draft', embargoUntil: '2100-01-15T00:00:00+00:00' })
  const path = `/v1/articles/${made.id}`
  t.equal(made.embargoUntil, '2100-01-15T00:00:00.000Z')
  const refusals: [string, string, unknown][] = [
    ['POST', `${path}/publish`, undefined],
    ['POST', `${path}/publish`, { at: later }],
    ['PATCH', path, { status: 'published' }],
    ['PATCH', `${path}?publish=true`, { kicker: 'x' }],
    ['PATCH', path, { schedule: { publish: { at: later } } }],
    ['PUT', `${path}?publish=true`, made],
    ['POST', '/v1/articles', { headline: 'x', status: 'published', embargoUntil: later }],
  ]
  await server.events()
  for (const [method, address, body] of refusals) {
    const answer = await server.request(method, address, body)
    t.equal(answer.status, 409, `${method} ${address}`)
    t.match(answer.body, { type: '/problems/embargoed', embargoUntil: /^2100-01/ })
  }
  t.strictSame(await server.events(), [])
  t.equal((await server.post(`${path}/publish`, { at: muchLater })).status, 200)
  t.equal((await server.patch(path, { embargoUntil: '2100-03-01T00:00:00Z' })).status, 409, 'nor is the embargo moved past the time')
  t.equal((await server.patch(path, { embargoUntil: muchLater })).status, 200)
  t.equal((await server.patch(path, { embargoUntil: null, status: 'published' })).status, 200)
})

t.test('what is public and under an embargo by now is not corrected before that ends', async (t) => {
  const { id } = await createShort(server, 'Corrected', { sections: [{ heading: 'One', body: [] }], highlightLists: [{ title: 'In short', items: [] }] })
  const path = `/v1/articles/${id}`
  const { sections, highlightLists } = (await server.patch(path, { embargoUntil: '2100-01-01T00:00:00Z' })).body
  await server.events()
  for (const [part, change] of [
    [`sections/${sections[0].id}`, { heading: 'Two' }],
    [`highlight-lists/${highlightLists[0].id}`, { title: 'Shorter' }],
  ] as const) {
    const { status, body } = await server.patch(`${path}/${part}?apply=both`, change)
    t.match({ status, ...body }, { status: 409, type: '/problems/embargoed' })
  }
  t.strictSame(await server.events(), [])
})

t.test('what is taken down says so on every path, until it is published again', async (t) => {
  const made = await create(server, { status: 'published', slug: 'first-address' })
  const path = `/v1/articles/${made.id}`
  await server.patch(`${path}?publish=true`, { slug: 'second-address', headline: 'What it was' })
  const { body: comment } = await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  const at = (await server.anonymous.get(path)).body.updatedAt
  await server.patch(path, { headline: 'Half-done', slug: 'third-address' })
  const { body: front } = await server.post('/v1/highlight-lists', { items: [{ target: { type: 'article', id: made.id } }] })
  await server.events()
  const down = await server.post(`${path}/unpublish`, { notice: 'It was wrong.' })
  t.match(down.body, { status: 'unpublished', publishedRevision: null, headline: 'Half-done', hasUnpublishedChanges: true })
  t.strictSame(await server.events(), ['article.unpublished'])
  const paths = [path, '/v1/articles/first-address', '/v1/articles/second-address', `${path}?at=${at}`]
  for (const tail of ['sections', `sections/${made.sections[0].id}`, 'highlight-lists', `highlight-lists/${made.highlightLists[0].id}`, 'comments'])
    paths.push(`${path}/${tail}`)
  for (const address of paths) {
    const { status, body } = await server.anonymous.get(address)
    t.equal(status, 410, address)
    t.match(body, { type: '/problems/gone', headline: 'What it was', notice: 'It was wrong.' })
  }
  t.equal((await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })).status, 410)
  t.equal((await server.anonymous.get(`/v1/comments/${comment.id}`)).status, 404)
  t.equal((await server.anonymous.get('/v1/articles/third-address')).status, 404, 'what was never public stays 404')
  t.equal((await server.get(path)).body.headline, 'Half-done', 'editors get the working copy')
  t.strictSame((await server.anonymous.get(`/v1/articles?ids=${made.id}`)).body.data, [])
  t.strictSame((await server.anonymous.get('/v1/articles?q=wrong')).body.data, [])
  t.strictSame((await server.anonymous.get(`/v1/highlight-lists/${front.id}`)).body.items, [])
  await server.post(`${path}/unpublish`, { reason: 'legal', notice: 'By order of a court.' })
  for (const address of paths) {
    const { status, body, text } = await server.anonymous.get(address)
    t.equal(status, 451, address)
    t.match(body, { type: '/problems/unavailable-for-legal-reasons', notice: 'By order of a court.' })
    t.notMatch(text, 'What it was')
  }
  t.strictSame(await server.events(), ['article.unpublished'])
  await server.post(`${path}/unpublish`, { reason: 'legal', notice: 'By order of a court.' })
  t.strictSame(await server.events(), [])
  await server.post(`${path}/publish`)
  t.equal((await server.anonymous.get(path)).status, 200)
  t.equal((await server.anonymous.get('/v1/articles/first-address')).headers.get('location'), '/v1/articles/third-address')
  t.strictSame((await server.anonymous.get(`/v1/highlight-lists/${front.id}`)).body.items.length, 1)
  const draft = await createShort(server, 'Never public', { status: 'draft' })
  t.equal((await server.post(`/v1/articles/${draft.id}/unpublish`)).status, 409)
})

t.test('the trash keeps an article whole, with its slug, until it is restored', async (t) => {
  const made = await create(server, { status: 'published', slug: 'to-the-trash' })
  const path = `/v1/articles/${made.id}`
  await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  await server.post(`${path}/publish`, { at: later })
  await server.events()
  t.equal((await server.delete(path, { token: await server.tokenWith('content:write') })).status, 403, 'what is planned is not everybody’s to cancel')
  t.equal((await server.delete(path)).status, 204)
  t.strictSame(await server.events(), ['article.trashed', 'article.scheduled'])
  t.match((await server.anonymous.get(path)).body, { status: 410, headline: made.headline, notice: null })
  t.match((await server.get(path)).body, { status: 'trashed', schedule: { publish: null } })
  t.equal((await server.delete(path)).status, 204)
  t.strictSame(await server.events(), [])
  const listed = async (query: string) => (await server.get(`/v1/articles?copy=working&ids=${made.id}${query}`)).body.data.length
  t.equal(await listed(''), 0)
  t.equal(await listed('&status=trashed'), 1)
  for (const [method, address, body] of [
    ['PATCH', path, { headline: 'x' }],
    ['PUT', path, { headline: 'x' }],
    ['POST', `${path}/sections`, {}],
    ['POST', `${path}/publish`, undefined],
  ] as const)
    t.match((await server.request(method, address, body)).body, { status: 409, type: '/problems/in-trash' })
  t.equal((await server.post('/v1/articles', { headline: 'x', slug: 'to-the-trash' })).status, 409)
  const restored = await server.post(`${path}/restore`)
  t.equal(restored.status, 200)
  t.match(restored.body, { status: 'unpublished', slug: 'to-the-trash', revision: (await workingCopy(server, made.id)).revision })
  t.strictSame(restored.body.sections, made.sections)
  t.strictSame(await server.events(), ['article.restored'])
  t.equal((await server.anonymous.get(path)).status, 410)
  await server.post(`${path}/publish`)
  t.equal((await server.anonymous.get(`${path}/comments`)).body.data.length, 1)
  const draft = await createShort(server, 'Draft to the trash', { status: 'draft' })
  await server.delete(`/v1/articles/${draft.id}`, { token: await server.tokenWith('content:write') })
  t.equal((await server.anonymous.get(`/v1/articles/${draft.id}`)).status, 404)
  t.equal((await server.post(`/v1/articles/${draft.id}/restore`)).body.status, 'draft')
})

t.test('removing for ever leaves no trace but the event that says so', async (t) => {
  const key = { headers: { 'idempotency-key': 'trace' } }
  const made = (await server.post('/v1/articles', { headline: 'Vanishing words', slug: 'vanishing', status: 'published', sections: [{ heading: 'A' }] }, key))
    .body
  const path = `/v1/articles/${made.id}`
  const other = await createShort(server, 'Shows the vanishing', {
    related: [{ relation: 'related', target: { type: 'article', id: made.id } }],
    highlightLists: [{ items: [{ target: { type: 'article', id: made.id } }] }],
  })
  await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  await server.patch(`/v1/articles/${other.id}`, { kicker: 'x' })
  await server.patch(`/v1/articles/${other.id}?publish=true`, { kicker: 'y' })
  const token = await server.tokenWith('content:publish')
  t.equal((await server.delete(`${path}?permanent=true`, { token })).status, 403)
  t.equal((await server.delete(`${path}?permanent=true`)).status, 204)
  t.equal((await server.get(path)).status, 404)
  t.equal((await server.get('/v1/articles/vanishing')).status, 404)
  const events = (await server.get('/v1/events?limit=100&sort=-seq')).body.data.filter((event: Json) => JSON.stringify(event).includes(made.id))
  t.strictSame(
    events.map(({ type }: Json) => type),
    ['article.deleted'],
  )
  const revisions = (await server.get(`/v1/articles/${other.id}/revisions`)).body.data
  for (let number = 1; number <= revisions.length; number++) {
    const { text, status } = await server.get(`/v1/articles/${other.id}/revisions/${number}`)
    t.equal(status, 200)
    t.notMatch(text, made.id)
  }
  const shown = await server.anonymous.get(`/v1/articles/${other.id}?at=${new Date().toISOString()}`)
  t.equal(shown.status, 200)
  t.notMatch(shown.text, made.id)
  t.match(await workingCopy(server, other.id), { related: [{ text: 'Vanishing words', target: null }], hasUnpublishedChanges: false })
  t.strictSame((await server.anonymous.get(`/v1/articles/${other.id}`)).body.related, [{ relation: 'related', text: 'Vanishing words', target: null }])
  t.equal((await server.post('/v1/articles', { headline: 'x', slug: 'vanishing' })).status, 201)
  for (const table of ['editions', 'revisions', 'sections', 'comments', 'search_rows', 'public_article_targets', 'preview_links'] as const) {
    const rows = await server.database.read
      .selectFrom(table as 'sections')
      .select('article_id')
      .where('article_id', '=', made.id)
      .execute()
    t.strictSame(rows, [], table)
  }
  const kept = await server.database.read.selectFrom('idempotency_keys').select('body').where('body', 'like', `%${made.id}%`).execute()
  t.strictSame(kept, [])
})

t.test('what is removed for ever tells the public no more than it knew', async (t) => {
  const secret = await createShort(server, 'Secret draft', { status: 'draft' })
  const halfDone = await createShort(server, 'Told headline')
  await server.patch(`/v1/articles/${halfDone.id}`, { headline: 'Secret rewrite' })
  const court = await createShort(server, 'Forbidden headline')
  const ids = [secret.id, halfDone.id, court.id]
  const items = ids.map((id) => ({ target: { type: 'article', id } }))
  const { body: front } = await server.post('/v1/highlight-lists', { items })
  const other = await createShort(server, 'Leads there', {
    related: ids.map((id) => ({ relation: 'related', target: { type: 'article', id } })),
    highlightLists: [{ items }],
  })
  const path = `/v1/articles/${other.id}`
  const at = (await workingCopy(server, other.id)).publishedAt
  t.match((await server.anonymous.get(`${path}?at=${at}`)).text, 'Forbidden')
  await server.post(`/v1/articles/${court.id}/unpublish`, { reason: 'legal' })
  t.notMatch((await server.anonymous.get(`${path}?at=${at}`)).text, 'Forbidden', 'nor does what was public then tell of what was taken down')
  for (const id of ids) t.equal((await server.delete(`/v1/articles/${id}?permanent=true`)).status, 204)
  await server.patch(`${path}?publish=true`, { kicker: 'x' })
  for (const address of [path, `${path}?at=${at}`, `${path}/highlight-lists`, `/v1/highlight-lists/${front.id}`]) {
    const { text } = await server.anonymous.get(address)
    t.notMatch(text, /Secret rewrite|Forbidden/, address)
    t.match(text, 'Told headline', address)
  }
  t.notMatch((await server.anonymous.get(`/v1/highlight-lists/${front.id}`)).text, 'Secret')
  t.notMatch((await server.anonymous.get(`${path}?at=${at}`)).text, 'Secret')
})

t.test('a taking down cancels what would lift it unasked, and contradictions are refused', async (t) => {
  const made = await createShort(server, 'Contradicted')
  const path = `/v1/articles/${made.id}`
  await server.post(`${path}/publish`, { at: later })
  t.match((await server.post(`${path}/unpublish`, { reason: 'legal' })).body, { schedule: { publish: null, unpublish: null } })
  t.strictSame(faultsOf(await server.patch(`${path}?publish=true`, { status: 'draft' })), ['publish: combination'])
  const planned = { schedule: { publish: { at: later } } }
  t.strictSame(faultsOf(await server.patch(path, { status: 'published', ...planned })), ['/schedule/publish: combination'])
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'x', status: 'published', ...planned })), ['/schedule/publish: combination'])
  t.equal((await server.post('/v1/articles', { headline: 'x', schedule: { unpublish: { at: later } } })).status, 409)
})

t.test('a pinned revision goes out with authors and topics that are there', async (t) => {
  const made = await createShort(server, 'Pinned names', { status: 'draft', authors: [{ name: 'Pinned author' }], topics: [{ name: 'Pinned topic' }] })
  const path = `/v1/articles/${made.id}`
  await server.patch(path, { authors: [], topics: [] })
  await server.delete(`/v1/authors/${made.authors[0].id}`)
  await server.delete(`/v1/topics/${made.topics[0].id}`)
  t.equal((await server.post(`${path}/publish`, { revision: 1 })).status, 200)
  const { body } = await server.anonymous.get(path)
  t.match(body, { authors: [{ name: 'Pinned author' }], topics: [{ name: 'Pinned topic' }] })
  t.equal((await server.anonymous.get(`/v1/authors/${body.authors[0].id}`)).status, 200)
  t.equal((await server.anonymous.get(`/v1/articles?topic=${body.topics[0].id}`)).body.data.length, 1)
})

t.test('who edits after the time is too late for what goes out then, and has not published it', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  for (const _ of [1, 2]) {
    const at = new Date(milliseconds() + 1500).toISOString()
    const made = await createShort(server, 'In time', { status: 'draft', schedule: { publish: { at } } })
    moveClock(1600)
    await server.patch(`/v1/articles/${made.id}`, { headline: 'Too late' }, writer)
    t.equal((await server.anonymous.get(`/v1/articles/${made.id}`)).body.headline, 'In time')
    const [event] = (await server.get('/v1/events?type=article.published&sort=-seq&limit=1')).body.data
    t.match(event, { subject: { id: made.id }, actor: null })
  }
})

t.test('a preview link leads to the story once that is published, and nowhere once it is taken down or trashed', async (t) => {
  const made = await createShort(server, 'Linked', { status: 'draft' })
  const path = `/v1/articles/${made.id}`
  const link = async () => (await server.post(`${path}/preview-links`)).body.apiUrl
  const first = await link()
  t.equal((await server.anonymous.get(first)).status, 200)
  await server.post(`${path}/publish`)
  const moved = await server.anonymous.get(first)
  t.strictSame([moved.status, moved.headers.get('location'), moved.headers.get('cache-control')], [308, '/v1/articles/linked', 'private, no-store'])
  t.strictSame((await server.get(`${path}/preview-links`)).body.data, [], 'it stands no more')
  await server.patch(path, { kicker: 'x' })
  const second = await link()
  t.equal((await server.anonymous.get(second)).body.kicker, 'x')
  await server.post(`${path}/unpublish`)
  for (const ended of [first, second]) t.equal((await server.anonymous.get(ended)).status, 404, 'taken down')
  const third = await link()
  t.equal((await server.anonymous.get(third)).status, 200)
  await server.delete(path)
  t.equal((await server.anonymous.get(third)).status, 404, 'in the trash')
  t.equal((await server.post(`${path}/preview-links`)).status, 409)
})

t.test('of two times that are both past, the earlier comes first, also where that is the taking-down', async (t) => {
  const plan = (seconds: number) => ({ at: new Date(milliseconds() + seconds * 1000).toISOString() })
  for (const [unpublish, publish, events, status] of [
    [10, 20, ['article.unpublished', 'article.published'], 'published'],
    [20, 10, ['article.published', 'article.unpublished'], 'unpublished'],
  ] as const) {
    const made = await createShort(server, 'Planned twice')
    const path = `/v1/articles/${made.id}`
    t.equal((await server.patch(path, { headline: 'Later words', schedule: { unpublish: plan(unpublish), publish: plan(publish) } })).status, 200)
    await server.events()
    moveClock(30_000)
    const { body } = await server.patch(path, { kicker: 'After both' })
    t.equal(body.status, status)
    t.strictSame(
      (await server.events()).filter((type) => type.includes('published')),
      events,
    )
    t.equal((await server.anonymous.get(path)).status, status === 'published' ? 200 : 410)
  }
})
