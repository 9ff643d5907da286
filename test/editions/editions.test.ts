import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const workingOnly = ['hasUnpublishedChanges', 'editorNote', 'embargoUntil', 'schedule', 'externalId', 'translationOf', 'aliases']
const jsonPatch = { headers: { 'content-type': 'application/json-patch+json' } }

/** Every public answer that shows an article, as bytes and tags. */
async function publicAnswers({ id, slug }: Json): Promise<string[]> {
  const path = `/v1/articles/${id}`
  const addresses = [path, `/v1/articles/${slug}`, `${path}/sections`, `${path}/highlight-lists`, `${path}/comments`]
  const lists = [
    `/v1/articles?ids=${id}&include=sections,related,highlightLists`,
    '/v1/articles?q=storm',
    '/v1/articles?sort=headline',
    '/v1/topics',
    '/v1/authors',
  ]
  const answers = []
  for (const address of [...addresses, ...lists]) {
    const { status, text, headers } = await server.anonymous.get(address)
    answers.push(`${address} ${status} ${headers.get('etag')} ${headers.get('surrogate-key')} ${text}`)
  }
  return answers
}

t.test('nothing half-done is public until it is published, and then all of it', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  const made = await create(server, { status: 'published', slug: 'whole' })
  const path = `/v1/articles/${made.id}`
  const before = await publicAnswers(made)
  const [first, second] = made.sections
  const [list] = made.highlightLists
  const changes: [string, string, unknown][] = [
    ['PATCH', path, { headline: 'Half done', slug: 'half-done', topics: [{ name: 'Quarrels' }], authors: [{ name: 'Somebody new' }], genre: 'opinion' }],
    ['PATCH', `${path}/sections/${first.id}`, { heading: 'Storms and half a thought', body: [{ type: 'paragraph', text: 'storm storm' }] }],
    ['DELETE', `${path}/sections/${second.id}`, undefined],
    ['POST', `${path}/sections`, { heading: 'Added' }],
    ['PATCH', `${path}/highlight-lists/${list.id}`, { title: 'Other', items: [] }],
    ['POST', `${path}/highlight-lists`, { items: [{ text: 'x' }] }],
    ['PATCH', path, { publishedAt: null, editorNote: 'secret', externalId: 'x', embargoUntil: '2100-01-01T00:00:00Z' }],
    ['PATCH', path, { embargoUntil: null }],
  ]
  for (const [method, address, body] of changes) {
    const { status, text } = await server.request(method, address, body, writer)
    t.equal(status < 300 || (status === 400 && text.includes('publishedAt')), true, `${method} ${text}`)
    t.strictSame(await publicAnswers(made), before, `${method} ${address}`)
  }
  t.equal((await workingCopy(server, made.id)).hasUnpublishedChanges, true)
  t.equal((await server.anonymous.get('/v1/articles/half-done')).status, 404)
  t.equal((await server.get('/v1/articles/half-done')).text, (await server.anonymous.get(path)).text, 'whatever the token, the same bytes')
  t.equal((await server.get('/v1/articles/half-done?copy=working')).body.headline, 'Half done')
  t.equal((await server.get('/v1/articles/whole?copy=working')).body.slug, 'half-done')
  const published = await server.post(`${path}/publish`)
  t.match(published.body, { status: 'published', hasUnpublishedChanges: false, publishedRevision: published.body.revision })
  const { body, text } = await server.anonymous.get('/v1/articles/half-done')
  const copy = await workingCopy(server, made.id)
  for (const name of Object.keys(copy)) if (!workingOnly.includes(name) && name !== 'updatedAt') t.strictSame(body[name], copy[name], name)
  for (const name of workingOnly) t.notOk(name in body, name)
  t.notMatch(text, 'secret')
  t.equal((await server.anonymous.get('/v1/articles/whole')).headers.get('location'), '/v1/articles/half-done')
  t.equal((await server.anonymous.get('/v1/topics/quarrels')).status, 200)
  t.equal((await server.anonymous.get('/v1/topics/weather')).status, 404)
  t.strictSame(
    (await server.anonymous.get('/v1/articles?q=half')).body.data.map(({ id }: Json) => id),
    [made.id],
  )
})

t.test('what is changed back is no unpublished change', async (t) => {
  const made = await createShort(server, 'There and back', { sections: [{ heading: 'A' }] })
  const path = `/v1/articles/${made.id}`
  await server.patch(path, { headline: 'There' })
  t.equal((await workingCopy(server, made.id)).hasUnpublishedChanges, true)
  await server.patch(path, { headline: made.headline })
  t.equal((await workingCopy(server, made.id)).hasUnpublishedChanges, false)
  await server.patch(path, { editorNote: 'only for us', commentPolicy: 'closed' })
  t.equal((await workingCopy(server, made.id)).hasUnpublishedChanges, false)
  const { body } = await server.anonymous.get(path)
  t.equal(body.commentPolicy, 'closed', 'the policy is the article’s, not the edition’s')
  await server.events()
  t.equal((await server.post(`${path}/publish`)).body.publishedRevision, made.revision)
  t.strictSame(await server.events(), [], 'so there is nothing to publish')
})

t.test('lists of working copies filter by what is not public yet', async (t) => {
  const made = await createShort(server, 'Pending')
  await server.patch(`/v1/articles/${made.id}`, { kicker: 'new' })
  const ids = async (query: string) => (await server.get(`/v1/articles?${query}`)).body.data.map(({ id }: Json) => id)
  t.ok((await ids('copy=working&hasUnpublishedChanges=true&status=published')).includes(made.id))
  t.notOk((await ids('copy=working&hasUnpublishedChanges=false&limit=100')).includes(made.id))
  for (const query of ['hasUnpublishedChanges=true', 'scheduledAfter=2026-01-01T00:00:00Z', 'sort=scheduledAt'])
    t.strictSame(faultsOf(await server.get(`/v1/articles?${query}`)), [`${query.split('=')[0]}: combination`])
})

t.test('a correction goes out while a half-done rewrite stays in', async (t) => {
  const made = await create(server, { status: 'published', slug: 'corrected' })
  const path = `/v1/articles/${made.id}`
  await server.patch(path, { headline: 'Half a rewrite', slug: 'rewritten', standfirst: null })
  await server.patch(`${path}/sections/${made.sections[0].id}`, { heading: 'Rewritten heading' })
  await server.events()
  const { status, body } = await server.patch(`${path}?apply=both`, {
    topics: [...made.topics, { name: 'Correctness' }],
    corrections: [{ text: 'It was Monday.' }],
  })
  t.equal(status, 200)
  t.match(body, { headline: 'Half a rewrite', hasUnpublishedChanges: true, publishedRevision: body.revision })
  t.strictSame(await server.events(), ['topic.created', 'article.updated', 'article.published'])
  const shown = await server.anonymous.get('/v1/articles/corrected')
  t.match(shown.body, { headline: made.headline, slug: 'corrected', standfirst: made.standfirst, revision: body.revision })
  t.strictSame(
    shown.body.topics.map(({ name }: Json) => name),
    ['Shipping', 'Weather', 'Correctness'],
  )
  t.match(shown.body.corrections, [{ text: 'It was Monday.', at: /Z$/ }])
  t.strictSame(shown.body.corrections, body.corrections)
  t.equal((await server.anonymous.get('/v1/articles?topic=correctness')).body.data.length, 1)

  const [, , third] = made.sections
  const fixed = await server.patch(`${path}/sections/${third.id}?apply=both`, [{ op: 'replace', path: '/body/0/rows/0/1', value: '07:45' }], jsonPatch)
  t.equal(fixed.status, 200, fixed.text)
  t.equal(fixed.body.revision, third.revision + 1)
  const sections = (await server.anonymous.get(`${path}/sections`)).body.data
  t.equal(sections[2].body[0].rows[0][1], '07:45')
  t.equal(sections[0].heading, 'Background')
  t.equal(sections[2].revision, fixed.body.revision)
  t.strictSame(sections[1], (await server.anonymous.get(path)).body.sections[1])

  const [list] = made.highlightLists
  const added = await server.patch(`${path}/highlight-lists/${list.id}?apply=both`, [{ op: 'add', path: '/items/-', value: { text: 'One more' } }], jsonPatch)
  t.equal(added.status, 200, added.text)
  const lists = (await server.anonymous.get(`${path}/highlight-lists`)).body.data
  t.strictSame(lists[0].items.at(-1), added.body.items.at(-1), 'with the same id in both')

  const published = await server.post(`${path}/publish`)
  const { body: after } = await server.anonymous.get('/v1/articles/rewritten')
  t.match(after, { headline: 'Half a rewrite', standfirst: null, corrections: body.corrections })
  t.equal(after.sections[0].heading, 'Rewritten heading')
  t.equal(after.sections[2].body[0].rows[0][1], '07:45')
  t.equal(published.body.hasUnpublishedChanges, false)
})

t.test('a correction without a rewrite leaves nothing unpublished, and gives new parts one id', async (t) => {
  const made = await create(server, { status: 'published' })
  const path = `/v1/articles/${made.id}`
  const sections = [...made.sections.map(({ id, depth }: Json) => ({ id, depth })), { heading: 'Brand new' }]
  const highlightLists = [{ items: [{ text: 'To it', target: { type: 'section', anchor: 'brand-new' } }] }]
  const { body } = await server.patch(`${path}?apply=both`, { sections, highlightLists })
  t.equal(body.hasUnpublishedChanges, false)
  const shown = (await server.anonymous.get(path)).body
  for (const name of ['sections', 'highlightLists', 'wordCount', 'revision']) t.strictSame(shown[name], body[name], name)
})

t.test('a correction leaves the parts that it doesn’t name as they were, with their times', async (t) => {
  const led = await createShort(server, 'Led to')
  const items = [
    { text: 'There', target: { type: 'article', id: led.id } },
    { text: 'And here' },
    { text: 'Below', target: { type: 'section', anchor: 'background' } },
  ]
  const made = await create(server, { status: 'published', highlightLists: [{ title: 'At a glance', items }] })
  const path = `/v1/articles/${made.id}`
  const before = (await server.anonymous.get(path)).body
  const { status, body } = await server.patch(`${path}?apply=both`, { standfirst: 'Corrected' })
  t.equal(status, 200)
  const after = (await server.anonymous.get(path)).body
  t.equal(after.standfirst, 'Corrected')
  for (const name of ['sections', 'highlightLists']) {
    t.strictSame(after[name], before[name], name)
    t.strictSame(body[name], before[name], `${name} of the working copy`)
  }
})

t.test('a patch that doesn’t fit both is a 409, and changes nothing', async (t) => {
  const made = await create(server, { status: 'published' })
  const path = `/v1/articles/${made.id}`
  const { body: added } = await server.post(`${path}/sections`, { heading: 'Only in the working copy', body: [{ type: 'paragraph', text: 'x' }] })
  await server.patch(`${path}/sections/${made.sections[2].id}`, { body: [] })
  await server.patch(path, { kicker: 'Rewritten' })
  await server.patch(`${path}/sections/${added.id}`, { position: 0 })
  await server.delete(`${path}/sections/${made.sections[1].id}`)
  const before = [await publicAnswers(made), await workingCopy(server, made.id)]
  await server.events()
  const rest = [made.sections[0], made.sections[2]].map(({ id }: Json) => ({ id }))
  const cases: [string, unknown, string][] = [
    [
      path,
      [
        { op: 'test', path: '/kicker', value: 'Oakmere' },
        { op: 'replace', path: '/kicker', value: 'x' },
      ],
      '/0: test-failed',
    ],
    [
      path,
      [
        { op: 'test', path: '/kicker', value: 'Rewritten' },
        { op: 'replace', path: '/kicker', value: 'x' },
      ],
      '/0: test-failed',
    ],
    [path, [{ op: 'replace', path: '/sections/3/heading', value: 'x' }], '/0: missing-path'],
    [path, [{ op: 'replace', path: '/sections', value: [...rest, { id: added.id }] }], '/sections/2/id: not-found'],
    [`${path}/sections/${added.id}`, [{ op: 'replace', path: '/heading', value: 'x' }], ': conflict'],
    [`${path}/sections/${made.sections[2].id}`, [{ op: 'remove', path: '/body/0' }], '/0: missing-path'],
    [path, [{ op: 'replace', path: '/sections/0/heading', value: 'x' }], '/0: conflict'],
    [`${path}/sections/${made.sections[1].id}`, [{ op: 'replace', path: '/heading', value: 'x' }], ': conflict'],
    [
      path,
      [{ op: 'add', path: '/highlightLists/0/items/-', value: { target: { type: 'section', id: made.sections[1].id } } }],
      '/highlightLists/0/items/3/target/id: not-found',
    ],
  ]
  for (const [address, patch, fault] of cases) {
    const answer = await server.patch(`${address}?apply=both`, patch, jsonPatch)
    t.equal(answer.status, 409, answer.text)
    t.strictSame(faultsOf(answer), [fault])
  }
  const wrong = await server.patch(`${path}?apply=both`, { headline: '' })
  t.equal(wrong.status, 400, 'what is wrong in itself is no conflict')
  t.equal((await server.patch(`${path}?apply=both&publish=true`, { kicker: 'x' })).status, 400)
  t.strictSame(faultsOf(await server.patch(`${path}?apply=both`, { status: 'draft' })), ['/status: combination'])
  t.equal((await server.patch(`${path}?apply=both`, { kicker: 'x' }, { headers: { 'if-match': '"1"' } })).status, 412)
  t.strictSame([await publicAnswers(made), await workingCopy(server, made.id)], before)
  t.strictSame(await server.events(), [])
  const draft = await createShort(server, 'Never public', { status: 'draft' })
  t.equal((await server.patch(`/v1/articles/${draft.id}?apply=both`, { kicker: 'x' })).status, 409)
})

t.test('minor publishing leaves updatedAt; publishedAt stays what the first made it, or what an archive says', async (t) => {
  const made = await createShort(server, 'Dated for good')
  const path = `/v1/articles/${made.id}`
  const first = (await server.anonymous.get(path)).body
  await server.patch(path, { kicker: 'a' })
  await server.post(`${path}/publish`, { minor: true })
  const second = (await server.anonymous.get(path)).body
  t.match(second, { kicker: 'a', updatedAt: first.updatedAt, publishedAt: first.publishedAt })
  await server.patch(`${path}?publish=true`, { kicker: 'b' })
  const third = (await server.anonymous.get(path)).body
  t.ok(third.updatedAt > first.updatedAt)
  t.equal(third.publishedAt, first.publishedAt)
  await server.patch(`${path}?publish=true`, { publishedAt: '1999-12-31T23:59:59+01:00' })
  t.equal((await server.anonymous.get(path)).body.publishedAt, '1999-12-31T22:59:59.000Z')
  t.strictSame(faultsOf(await server.patch(path, { publishedAt: '2100-01-01T00:00:00Z' })), ['/publishedAt: range'])
})

t.test('an edition of an older revision has the comment policy that the article has now', async (t) => {
  const { id } = await createShort(server, 'Of one policy')
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Of another', commentPolicy: 'closed' })
  t.equal((await server.post(`/v1/articles/${id}/publish`, { revision: 1 })).status, 200)
  for (const query of ['', `?at=${new Date().toISOString()}`]) {
    const { body } = await server.anonymous.get(`/v1/articles/${id}${query}`)
    t.strictSame([body.headline, body.commentPolicy], ['Of one policy', 'closed'])
  }
})

t.test('at=TIME gives what was public then, with the names of then', async (t) => {
  const target = await createShort(server, 'Target then', { status: 'draft' })
  const made = await createShort(server, 'Words then', {
    authors: [{ name: 'Name Then' }],
    related: [{ relation: 'related', target: { type: 'article', id: target.id } }],
  })
  const path = `/v1/articles/${made.id}`
  const before = new Date(Date.parse(made.createdAt) - 1).toISOString()
  const first = await server.anonymous.get(path)
  const times = [new Date().toISOString()]
  await server.patch(`/v1/authors/${made.authors[0].id}`, { name: 'Name Now' })
  await server.post(`/v1/articles/${target.id}/publish`)
  await server.patch(`${path}?publish=true`, { headline: 'Words now' })
  t.equal((await server.anonymous.get(path)).body.related[0].target.slug, target.slug)
  const then = await server.anonymous.get(`${path}?at=${times[0]}`)
  t.strictSame(then.body, first.body)
  t.equal(then.headers.get('etag'), first.headers.get('etag'))
  t.match(then.headers.get('cache-control'), /^public/)
  t.equal((await server.anonymous.get(`${path}?at=${new Date().toISOString()}`)).body.headline, 'Words now')
  t.equal((await server.anonymous.get(`${path}?at=${before}`)).status, 404)
  t.strictSame(faultsOf(await server.anonymous.get(`${path}?at=2100-01-01T00:00:00Z`)), ['at: range'])
  t.strictSame(faultsOf(await server.get(`${path}?copy=working&at=${before}`)), ['at: combination'])
  t.equal((await server.get(`/v1/articles/${(await createShort(server, 'No edition', { status: 'draft' })).id}?at=${before}`)).status, 404)
  await server.post(`${path}/unpublish`)
  t.equal((await server.anonymous.get(`${path}?at=${times[0]}`)).status, 410)
  t.equal((await server.get(`${path}?at=${times[0]}`)).status, 410)
})

t.test('names, slugs of targets and the count of comments are live in what is public', async (t) => {
  const target = await createShort(server, 'Live target')
  const made = await createShort(server, 'Shows live things', {
    authors: [{ name: 'Live author' }],
    topics: [{ name: 'Live topic' }],
    related: [{ relation: 'related', target: { type: 'article', id: target.id } }],
    highlightLists: [{ items: [{ text: 'There', target: { type: 'article', id: target.id } }] }],
  })
  const path = `/v1/articles/${made.id}`
  await server.patch(`/v1/authors/${made.authors[0].id}`, { name: 'Renamed author', slug: 'renamed-author' })
  await server.patch(`/v1/topics/${made.topics[0].id}`, { name: 'Renamed topic' })
  await server.patch(`/v1/articles/${target.id}`, { slug: 'not-yet-there', headline: 'Not yet' })
  await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  const { body } = await server.anonymous.get(path)
  t.match(body, { commentCount: 1, authors: [{ name: 'Renamed author', slug: 'renamed-author' }], topics: [{ name: 'Renamed topic' }] })
  t.match(body.related[0].target, { slug: target.slug, article: { headline: 'Live target' } }, 'of a target only what is public')
  t.equal(body.highlightLists[0].items[0].target.slug, target.slug)
  await server.post(`/v1/articles/${target.id}/publish`)
  const later = (await server.anonymous.get(path)).body
  t.match(later.related[0].target, { slug: 'not-yet-there', article: { headline: 'Not yet' } })
  t.equal(later.highlightLists[0].items[0].target.slug, 'not-yet-there')
  t.equal(later.revision, body.revision)
  await server.post(`/v1/articles/${target.id}/unpublish`)
  const { body: without, headers } = await server.anonymous.get(path)
  t.strictSame(without.related, [])
  t.strictSame(without.highlightLists[0].items[0], { id: body.highlightLists[0].items[0].id, text: 'There', target: null })
  t.match(headers.get('etag'), /~"$/)
})

t.test('whom a public edition names can’t be deleted, even if the working copy names another', async (t) => {
  const made = await createShort(server, 'Names', { authors: [{ name: 'Public name' }], topics: [{ name: 'Public topic' }] })
  await server.patch(`/v1/articles/${made.id}`, { authors: [], topics: [] })
  for (const address of [`/v1/authors/${made.authors[0].id}`, `/v1/topics/${made.topics[0].id}`]) {
    const { status, body } = await server.delete(address)
    t.equal(status, 409)
    t.equal(body.count, 1)
    t.equal((await server.anonymous.get(address)).status, 200)
  }
  await server.post(`/v1/articles/${made.id}/publish`)
  for (const address of [`/v1/authors/${made.authors[0].id}`, `/v1/topics/${made.topics[0].id}`]) t.equal((await server.delete(address)).status, 204)
  t.equal((await server.anonymous.get(`/v1/articles/${made.id}?at=${new Date().toISOString()}`)).status, 200)
})

t.test('a section’s If-Match is its own, and the article’s revision rises with any part', async (t) => {
  const made = await create(server)
  const path = `/v1/articles/${made.id}`
  const [first, second] = made.sections
  await server.patch(`${path}/sections/${first.id}`, { heading: 'Changed' })
  const own = await server.patch(`${path}/sections/${second.id}`, { heading: 'Its own' }, { headers: { 'if-match': `"${second.revision}"` } })
  t.equal(own.status, 200, 'a neighbour’s change is none of its own')
  t.equal((await server.patch(`${path}/sections/${second.id}`, { heading: 'x' }, { headers: { 'if-match': `"${second.revision}"` } })).status, 412)
  t.equal((await workingCopy(server, made.id)).revision, made.revision + 2)
})
