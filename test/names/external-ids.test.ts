import { faultsOf, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const at = (kind: string, externalId: string) => `/v1/${kind}/ext:${encodeURIComponent(externalId)}`

const story = {
  headline: 'Harbour reopens',
  status: 'published',
  authors: [{ name: 'Ada Berg' }],
  topics: [{ name: 'Shipping' }],
  sections: [
    { body: [{ type: 'paragraph', text: 'At dawn.' }] },
    { heading: 'Background' },
    { heading: 'Background', body: [{ type: 'paragraph', text: 'Twice.' }] },
  ],
  highlightLists: [{ title: 'At a glance', items: [{ text: 'It reopens' }] }],
  corrections: [{ text: 'The name was misspelt.' }],
}

t.test('a PUT at an id of another system makes an article, and again changes nothing', async (t) => {
  const path = at('articles', 'wire/2026:1')
  await server.events()
  const made = await server.put(path, story)
  t.match(made, { status: 201, body: { revision: 1, status: 'published', externalId: 'wire/2026:1' } })
  t.equal(made.headers.get('location'), `/v1/articles/${made.body.id}`)
  await server.events()
  const again = await server.put(`${path}?publish=true`, story)
  t.equal(again.status, 200)
  t.strictSame(again.body, made.body, 'sections, lists, corrections and all')
  t.strictSame(await server.events(), [], 'no event, since nothing changed')
  const changed = await server.put(`${path}?publish=true`, { ...story, headline: 'Harbour reopens at last' })
  t.match(changed, { status: 200, body: { id: made.body.id, revision: 2, slug: made.body.slug, hasUnpublishedChanges: false } })
  t.match((await server.anonymous.get(path)).body, { id: made.body.id, headline: 'Harbour reopens at last' })
})

t.test('preconditions say whether a PUT may make or replace', async (t) => {
  const path = at('articles', 'wire-2')
  t.equal((await server.put(path, { headline: 'Second' }, { headers: { 'if-match': '*' } })).status, 404)
  t.equal((await server.put(path, { headline: 'Second' }, { headers: { 'if-none-match': '*' } })).status, 201)
  t.match(await server.put(path, { headline: 'Third' }, { headers: { 'if-none-match': '*' } }), { status: 412, body: { currentRevision: 1 } })
  t.match(await server.put(path, { headline: 'Third' }, { headers: { 'if-match': '"1"' } }), { status: 200, body: { revision: 2 } })
  t.equal((await server.get(path)).body.headline, 'Third')
  t.strictSame(faultsOf(await server.put(path, { headline: 'Third', externalId: 'wire-3' })), ['/externalId: value'])
  t.strictSame(faultsOf(await server.put(at('articles', 'wire-4'), { headline: 'Fourth', status: 'trashed' })), ['/status: value'])
  t.equal((await server.put(at('articles', 'wire-6'), { headline: 'Sixth', revision: 3 })).status, 404, 'a revision in the body wants one that is there')
  const made = (await server.post('/v1/articles', { headline: 'Public', status: 'published', externalId: 'public-1' })).body
  for (const change of [{ externalId: 'public-2' }, { aliases: ['/old.html'] }])
    t.match(await server.patch(`/v1/articles/${made.id}`, change, { token: await server.tokenWith('content:write') }), {
      status: 403,
      body: { requiredScope: 'content:publish' },
    })
  t.equal((await server.put('/v1/articles/nowhere', { headline: 'Sixth' })).status, 404, 'a slug makes nothing')
  const token = await server.tokenWith('content:read')
  t.equal((await server.put(at('articles', 'wire-5'), { headline: 'Fifth' }, { token })).status, 403)
  const writer = await server.tokenWith('content:write')
  t.equal((await server.put(`${at('articles', 'wire-5')}?publish=true`, { headline: 'Fifth' }, { token: writer })).status, 403)
  t.equal((await server.get(at('articles', 'wire-5'))).status, 404, 'nothing was made')
})

t.test('two who make the same at once make one', async (t) => {
  const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => server.put(at('articles', 'race'), { headline: `Race ${index}` })))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 201])
  t.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
})

t.test('no two of a kind have the same', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'First', externalId: 'same' })).body
  const holder = { type: 'article', id }
  t.match(await server.post('/v1/articles', { headline: 'Second', externalId: 'same' }), { status: 409, body: { type: '/problems/external-id-taken', holder } })
  const other = (await server.post('/v1/articles', { headline: 'Third' })).body
  t.match(await server.patch(`/v1/articles/${other.id}`, { externalId: 'same' }), { status: 409, body: { holder } })
  t.equal((await server.post('/v1/topics', { name: 'Other kind', externalId: 'same' })).status, 201)
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'Fourth', externalId: 'a b' })), ['/externalId: format'])
  await server.patch(`/v1/articles/${id}`, { externalId: null })
  t.equal((await server.patch(`/v1/articles/${other.id}`, { externalId: 'same' })).status, 200, 'what was given back is free')
  t.equal((await server.get(at('articles', 'same'))).body.id, other.id)
})

for (const [kind, body, change] of [
  ['authors', { name: 'Bo Lind' }, { jobTitle: 'Editor' }],
  ['topics', { name: 'Tides', kind: 'event' }, { description: 'High and low.' }],
  ['highlight-lists', { title: 'Front page', items: [{ text: 'One' }] }, { title: 'Front page today' }],
] as const)
  t.test(`${kind} have them, too`, async (t) => {
    const path = at(kind, 'own:1')
    const made = await server.put(path, body)
    t.match(made, { status: 201, body: { externalId: 'own:1', revision: 1 } })
    await server.events()
    t.match(await server.put(path, body), { status: 200, body: made.body })
    t.strictSame(await server.events(), [])
    t.match(await server.patch(path, change), { status: 200, body: { id: made.body.id, externalId: 'own:1', revision: 2 } })
    t.match(await server.put(`/v1/${kind}/${made.body.id}`, body), { status: 200, body: { externalId: 'own:1' } }, 'a PUT keeps it')
    t.match(await server.post(`/v1/${kind}`, { ...body, externalId: 'own:1' }), { status: 409, body: { holder: { id: made.body.id } } })
    await server.post(`/v1/${kind}`, { ...body, externalId: 'own:2' })
    const listed = (await server.get(`/v1/${kind}?externalId=own:2,nobody,own:1`)).body.data
    t.strictSame(
      listed.map(({ externalId }: { externalId: string }) => externalId),
      ['own:2', 'own:1'],
    )
    t.equal((await server.delete(path)).status, 204)
    t.equal((await server.get(path)).status, 404)
    t.match(await server.put(path, body), { status: 201 })
  })

t.test('references name by them', async (t) => {
  const author = (await server.post('/v1/authors', { name: 'Cy Dahl', externalId: 'staff/cy', sameAs: ['https://www.wikidata.org/wiki/Q1'] })).body
  const topic = (await server.post('/v1/topics', { name: 'Quays', externalId: 'iptc:04' })).body
  const below = (await server.post('/v1/topics', { name: 'Piers', parentId: 'ext:iptc:04' })).body
  t.equal(below.parentId, topic.id)
  t.equal((await server.patch('/v1/topics/piers', { parentId: 'shipping' })).status, 200, 'a slug does, too')
  const lead = (await server.post('/v1/articles', { headline: 'Lead', externalId: 'lead-1', status: 'published' })).body
  const { body, status } = await server.post('/v1/articles', {
    headline: 'Named',
    status: 'published',
    authors: [{ externalId: 'staff/cy', role: 'words' }],
    topics: [{ externalId: 'iptc:04' }],
    related: [{ relation: 'background', target: { type: 'article', externalId: 'lead-1' } }],
    sections: [{ anchor: 'start', heading: 'Start' }],
  })
  t.equal(status, 201)
  t.match(body, { authors: [{ id: author.id }], topics: [{ id: topic.id }], related: [{ target: { id: lead.id } }] })
  const section = await server.post(`/v1/articles/${body.id}/sections`, { heading: 'Under it', parentId: 'start' })
  t.match(section, { status: 201, body: { parentId: body.sections[0].id } })
  t.strictSame(
    faultsOf(
      await server.post('/v1/articles', {
        headline: 'Unnamed',
        authors: [{ externalId: 'nobody' }],
        topics: [{ externalId: 'nothing' }],
        related: [{ relation: 'related', target: { type: 'article', externalId: 'nowhere' } }],
      }),
    ),
    ['/authors/0/externalId: not-found', '/topics/0/externalId: not-found', '/related/0/target/externalId: not-found'],
  )
  for (const query of ['topic=ext:iptc:04', 'author=ext:staff/cy', 'externalId=', 'ids=ext:'].map((query) =>
    /=(ext:)?$/.test(query) ? `${query}lead-1` : query,
  ))
    t.equal((await server.anonymous.get(`/v1/articles?${query}`)).body.data.length, 1, query)
  t.equal((await server.get(`/v1/articles/${body.id}`)).body.externalId, undefined, 'it is for editors')
})

t.test('an id elsewhere that can’t be one is said to be none, also where it is to be made', async (t) => {
  for (const kind of ['articles', 'authors', 'topics', 'highlight-lists'])
    for (const id of ['bad id', '', 'ä', 'x'.repeat(201)]) {
      const path = `/v1/${kind}/ext:${encodeURIComponent(id)}`
      for (const answer of [await server.put(path, { headline: 'x' }), await server.get(path), await server.patch(path, {}), await server.delete(path)]) {
        t.equal(answer.status, 400, path)
        t.match(faultsOf(answer)[0], /: format$/)
      }
    }
})

t.test('the id of a public story goes to another, and the public is told', async (t) => {
  const read = async () => {
    const paths = ['/v1/articles/ext:moves', '/v1/articles?externalId=moves', '/v1/articles/ext:moves/comments', '/v1/articles/ext:moves/renditions/text']
    const answers = await Promise.all(paths.map((path) => server.anonymous.get(path)))
    return [answers.map(({ status }) => status), answers[0]?.body.headline, answers[1]?.body.data.map(({ headline }: { headline: string }) => headline)]
  }
  const one = (await server.put(`${at('articles', 'moves')}?publish=true`, { headline: 'One' })).body
  const two = (await server.put(`${at('articles', 'stays')}?publish=true`, { headline: 'Two' })).body
  t.strictSame((await read()).slice(1), ['One', ['One']])
  await server.patch(`/v1/articles/${one.id}`, { externalId: null })
  t.match(await read(), [[404, 200, 404, 404], undefined, []])
  await server.patch(`/v1/articles/${two.id}`, { externalId: 'moves' })
  t.strictSame((await read()).slice(1), ['Two', ['Two']])
  const { data } = (await server.get(`/v1/events?subject=ext:moves&type=article.updated`)).body
  t.match(data.at(-1), { data: { externalId: true }, keys: [`article:${two.id}`, `comments:${two.id}`, 'list'] })
  t.match((await server.get('/v1/events?subject=ext:nobody')).body.data, [])
})

t.test('filters by slug take ids elsewhere, too', async (t) => {
  await server.put(`${at('articles', 'by-slug')}?publish=true`, { headline: 'By slug', authors: [{ name: 'By slug' }], topics: [{ name: 'By slug' }] })
  for (const kind of ['articles', 'authors', 'topics']) t.equal((await server.get(`/v1/${kind}?slug=by-slug,ext:nobody`)).body.data.length, 1, kind)
  t.equal((await server.anonymous.get('/v1/articles?slug=ext:by-slug')).body.data.length, 1)
})

t.test('what was merged before the public saw it leads the public nowhere', async (t) => {
  for (const [kind, one] of Object.entries({ topics: 'topic', authors: 'author' })) {
    await server.put(at(kind, 'hidden'), { name: `Hidden ${one}` })
    const { id } = (await server.put(at(kind, 'shown'), { name: `Shown ${one}` })).body
    await server.put(`${at('articles', `shown-${kind}`)}?publish=true`, { headline: 'Shown', [kind]: [{ id }] })
    await server.post(`${at(kind, 'hidden')}/merge`, { into: { id } })
    for (const path of [`/v1/${kind}?externalId=hidden`, `/v1/${kind}?ids=ext:hidden`, `/v1/articles?${one}=ext:hidden`]) {
      t.strictSame((await server.anonymous.get(path)).body.data, [], path)
      t.equal((await server.get(path.replace('?', path.includes('articles') ? '?copy=working&' : '?'))).body.data.length, 1, path)
    }
  }
})

t.test('a comment that is sent again is the same one, and another isn’t it', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Said', status: 'published' })).body
  const send = (body: string, name = 'Ada') => server.post(`/v1/articles/${id}/comments`, { author: { name }, body, externalId: 'said-1' })
  const first = (await send('First')).body
  t.match(await send('First'), { status: 201, body: { id: first.id } })
  t.match(await send('Another'), { status: 409, body: { type: '/problems/external-id-taken', holder: { type: 'comment', id: first.id } } })
  t.equal((await send('First', 'Bo')).status, 409)
  t.ok(first.updatedAt >= first.createdAt)
})
