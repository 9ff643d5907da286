import { faultsOf, startServer } from '../support/server.ts'
import { create, createShort, story, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('a story goes in whole, in one request', async (t) => {
  const { status, body, headers } = await server.post('/v1/articles', story)
  t.equal(status, 201)
  t.equal(headers.get('location'), `/v1/articles/${body.id}`)
  t.match(headers.get('etag'), /^"1-[\w-]+"$/)
  t.equal(body.status, 'draft')
  t.equal(body.slug, 'harbour-reopens-after-storm')
  t.equal(body.publishedAt, null)
  t.strictSame(
    body.sections.map(({ anchor, depth, position }: { anchor: string; depth: number; position: number }) => [anchor, depth, position]),
    [
      ['background', 0, 0],
      ['the-storm', 1, 0],
      ['what-comes-next', 0, 1],
    ],
  )
  t.equal(body.sections[1].parentId, body.sections[0].id)
  t.strictSame(body.highlightLists[0].items[0].target, {
    type: 'section',
    id: body.sections[0].id,
    anchor: 'background',
    heading: 'Background',
  })
  t.equal(body.corrections[0].at, '2026-05-01T10:00:00.000Z')
  t.strictSame(body.custom, story.custom)
  t.equal(body.url, 'https://news.example/harbour-reopens-after-storm')
  t.strictSame(
    body.share.links.map(({ network }: { network: string }) => network),
    ['email', 'facebook', 'x', 'whatsapp', 'linkedin'],
  )
  t.notOk('commentCount' in body, 'a working copy has no comment count')
  t.strictSame(await server.events(), [
    'author.created',
    'topic.created',
    'topic.created',
    'article.created',
    'section.created',
    'section.created',
    'section.created',
    'highlight-list.created',
  ])
})

t.test('a draft is for editors alone', async (t) => {
  const { id, slug } = await create(server)
  for (const path of [
    `/v1/articles/${id}`,
    `/v1/articles/${slug}`,
    `/v1/articles/${id}/sections`,
    `/v1/articles/${id}/highlight-lists`,
    `/v1/articles/${id}/comments`,
  ])
    t.equal((await server.anonymous.get(path)).status, 404, path)
  t.equal((await server.anonymous.get(`/v1/articles/${id}?copy=working`)).status, 401)
  t.equal((await server.get(`/v1/articles/${id}`)).body.editorNote, 'Call the board')
  const { body } = await server.anonymous.get('/v1/articles?count=true')
  t.notOk(body.data.some((row: { id: string }) => row.id === id))
})

t.test('status publishes and withdraws; the first publish dates the story for good', async (t) => {
  const { id } = await create(server, { headline: 'Dated' })
  const published = await server.patch(`/v1/articles/${id}`, { status: 'published' })
  t.equal(published.body.status, 'published')
  t.equal(published.body.publishedRevision, published.body.revision)
  t.strictSame(await server.events(), ['article.published'])
  const { body, headers } = await server.anonymous.get(`/v1/articles/${id}`)
  t.equal(body.commentCount, 0)
  for (const secret of ['editorNote', 'externalId', 'embargoUntil', 'schedule', 'hasUnpublishedChanges']) t.notOk(secret in body, secret)
  t.match(headers.get('cache-control'), /^public, max-age=0/)
  t.match(headers.get('surrogate-key'), new RegExp(`article:${id}`))
  const withdrawn = await server.patch(`/v1/articles/${id}`, { status: 'draft' })
  t.equal(withdrawn.body.publishedRevision, null)
  t.strictSame(await server.events(), ['article.unpublished'])
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).status, 410)
  const again = await server.patch(`/v1/articles/${id}`, { status: 'published' })
  t.equal(again.body.publishedAt, published.body.publishedAt)
})

t.test('what GET gave goes back by PUT and changes nothing', async (t) => {
  const { id, revision } = await create(server, { status: 'published' })
  const copy = await workingCopy(server, id)
  await server.anonymous.post(`/v1/articles/${id}/comments`, { author: { name: 'Reader' }, body: 'Meanwhile' })
  await server.events()
  const reordered = { ...copy, custom: { nested: copy.custom.nested, printPage: copy.custom.printPage } }
  const { status, body } = await server.put(`/v1/articles/${id}`, reordered)
  t.equal(status, 200)
  t.equal(body.revision, revision)
  t.strictSame(body, copy)
  t.strictSame(await server.events(), [])
})

t.test('PUT replaces: children keep the ids it names, the rest goes or takes its default', async (t) => {
  const before = await create(server)
  const [first, , third] = before.sections
  const { body } = await server.put(`/v1/articles/${before.id}`, {
    headline: 'New words',
    sections: [{ id: third.id, heading: 'First now' }, { id: first.id, heading: 'Under it', depth: 1 }, { heading: 'New' }],
  })
  t.equal(body.slug, before.slug, 'the slug stays')
  t.equal(body.editorNote, before.editorNote)
  t.equal(body.externalId, before.externalId)
  t.equal(body.kicker, null)
  t.strictSame(body.authors, [])
  t.strictSame(body.highlightLists, [])
  t.strictSame(body.custom, {})
  t.strictSame(
    body.sections.slice(0, 2).map(({ id, anchor, parentId }: { id: string; anchor: string; parentId: string | null }) => [id, anchor, parentId]),
    [
      [third.id, third.anchor, null],
      [first.id, first.anchor, third.id],
    ],
  )
  t.equal(body.revision, before.revision + 1)
  t.strictSame((await server.events()).sort(), [
    'article.updated',
    'highlight-list.deleted',
    'section.created',
    'section.deleted',
    'section.updated',
    'section.updated',
  ])
})

t.test('patches of both kinds reach into nested parts', async (t) => {
  const { id, revision, sections } = await create(server)
  const merged = await server.patch(
    `/v1/articles/${id}`,
    { kicker: null, leadImage: { caption: 'Another' } },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  )
  t.equal(merged.body.kicker, null)
  t.equal(merged.body.leadImage.caption, 'Another')
  t.equal(merged.body.leadImage.alt, 'The quay')
  t.equal(merged.body.revision, revision + 1)
  const operations = [
    { op: 'test', path: '/sections/0/heading', value: 'Background' },
    { op: 'replace', path: '/sections/0/body/0/text', value: 'Other *words*.' },
    { op: 'add', path: '/sections/-', value: { heading: 'Last', depth: 1 } },
    { op: 'move', from: '/topics/1', path: '/topics/0' },
  ]
  const { status, body } = await server.patch(`/v1/articles/${id}`, operations, { headers: { 'content-type': 'application/json-patch+json' } })
  t.equal(status, 200)
  t.equal(body.sections[0].body[0].text, 'Other *words*.')
  t.equal(body.sections[0].id, sections[0].id)
  t.equal(body.sections[0].revision, 2)
  t.equal(body.sections[1].revision, 1, 'a neighbour’s revision stays')
  t.equal(body.sections[3].parentId, sections[2].id)
  t.equal(body.topics[0].name, 'Weather')
  await server.events()
  t.equal((await server.patch(`/v1/articles/${id}`, { headline: body.headline })).body.revision, body.revision)
  t.strictSame(await server.events(), [], 'nothing changed, so nothing happened')
})

t.test('a patch that removes a section lets go of what leads there', async (t) => {
  const { id } = await create(server)
  const { status, body } = await server.patch(`/v1/articles/${id}`, [{ op: 'remove', path: '/sections/2' }], {
    headers: { 'content-type': 'application/json-patch+json' },
  })
  t.equal(status, 200)
  t.strictSame(body.highlightLists[0].items[1].target, null)
  t.equal(body.highlightLists[0].items[1].text, 'What comes next')
})

t.test('what a patch removes takes its default', async (t) => {
  const { id, slug } = await create(server, { headline: 'Removable' })
  await server.patch(`/v1/articles/${id}`, { slug: 'by-hand' })
  const { body } = await server.patch(`/v1/articles/${id}`, { slug: null, language: null, custom: null, editorNote: null })
  t.equal(body.slug, slug, 'made anew from the headline, and its own old one may come back')
  t.equal(body.language, 'en')
  t.strictSame(body.custom, {})
  t.equal(body.editorNote, null)
  for (const name of ['status', 'commentPolicy']) t.strictSame(faultsOf(await server.patch(`/v1/articles/${id}`, { [name]: null })), [`/${name}: type`])
})

t.test('old slugs lead to the current one', async (t) => {
  const { id, slug } = await createShort(server, 'Sluggish')
  await server.patch(`/v1/articles/${id}?publish=true`, { slug: 'second-slug' })
  await server.patch(`/v1/articles/${id}?publish=true`, { slug: 'third-slug' })
  const moved = await server.anonymous.get(`/v1/articles/${slug}/sections?copy=working`, { token: null })
  t.equal(moved.status, 401)
  const { status, headers } = await server.anonymous.get(`/v1/articles/${slug}/comments?limit=5`)
  t.equal(status, 308)
  t.equal(headers.get('location'), '/v1/articles/third-slug/comments?limit=5')
  t.equal(headers.get('cache-control'), 'max-age=60')
  const taken = await server.post('/v1/articles', { headline: 'Other', slug: 'second-slug' })
  t.equal(taken.status, 409)
  t.match(taken.body, { type: '/problems/slug-taken', holder: { type: 'article', id } })
  t.equal((await createShort(server, 'Second slug')).slug, 'second-slug-2', 'a made slug goes out of the way')
  const namesakes = []
  for (let count = 0; count < 9; count++) namesakes.push(await createShort(server, 'Weather', { status: 'draft' }))
  t.strictSame(
    namesakes.map(({ slug }) => slug),
    ['weather', ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `weather-${number}`)],
  )
  await server.delete(`/v1/articles/${namesakes[4]?.id}?permanent=true`)
  const slugs = [await createShort(server, 'Weather'), await createShort(server, 'Weather')].map(({ slug }) => slug)
  t.equal(new Set([...namesakes.toSpliced(4, 1).map(({ slug }) => slug), ...slugs]).size, 10, 'each has its own, also where one was given back')
  t.equal((await server.patch(`/v1/articles/${id}?publish=true`, { slug })).body.slug, slug)
  t.equal((await server.anonymous.get(`/v1/articles/third-slug`)).headers.get('location'), `/v1/articles/${slug}`)
})

t.test('a slug that was never public redirects editors only', async (t) => {
  const { id } = await createShort(server, 'Secret plans', { status: 'draft' })
  await server.patch(`/v1/articles/${id}`, { slug: 'open-plans', status: 'published' })
  t.equal((await server.anonymous.get('/v1/articles/secret-plans')).status, 404)
  t.equal((await server.get('/v1/articles/secret-plans')).status, 308)
})

t.test('deleting for ever removes the whole, and nothing points at it any more', async (t) => {
  const target = await createShort(server, 'Target of others')
  const { body: list } = await server.post('/v1/highlight-lists', { title: 'Top', items: [{ target: { type: 'article', id: target.id } }] })
  const other = await createShort(server, 'Points there', {
    related: [{ relation: 'updates', target: { type: 'article', slug: target.slug } }],
    highlightLists: [{ items: [{ target: { type: 'article', id: target.id } }] }],
  })
  await server.events()
  t.equal((await server.delete(`/v1/articles/${target.id}?permanent=true`)).status, 204)
  t.equal((await server.get(`/v1/articles/${target.id}`)).status, 404)
  t.strictSame((await server.events()).sort(), ['article.deleted', 'article.updated', 'highlight-list.updated', 'highlight-list.updated'])
  const after = await workingCopy(server, other.id)
  t.strictSame(after.related, [{ relation: 'updates', text: 'Target of others', target: null }])
  t.match(after.highlightLists[0].items[0], { text: 'Target of others', target: null })
  t.equal(after.revision, other.revision + 1)
  t.match((await server.get(`/v1/highlight-lists/${list.id}`)).body, { revision: 2, items: [{ text: 'Target of others', target: null }] })
  t.equal((await server.put(`/v1/articles/${other.id}`, after)).body.revision, after.revision, 'what is left goes back by PUT')
})

t.test('what is hidden is hidden in everything that points at it', async (t) => {
  const draft = await createShort(server, 'Not yet', { status: 'draft' })
  const target = { type: 'article', id: draft.id }
  const shown = await createShort(server, 'Shows others', {
    related: [
      { relation: 'related', target },
      { relation: 'related', text: 'A page', target: { type: 'url', url: 'https://a.example/' } },
    ],
    highlightLists: [{ items: [{ text: 'Soon', target }, { target }] }],
  })
  const { body, headers, text } = await server.anonymous.get(`/v1/articles/${shown.id}`)
  t.strictSame(
    body.related.map((item: { text: string }) => item.text),
    ['A page'],
  )
  t.strictSame(
    body.highlightLists[0].items.map(({ text, target }: { text: string; target: unknown }) => [text, target]),
    [['Soon', null]],
  )
  t.notMatch(text, draft.id)
  t.match(headers.get('etag'), /~"$/)
  const stale = await server.patch(`/v1/articles/${shown.id}`, { kicker: 'x' }, { headers: { 'if-match': headers.get('etag') ?? '' } })
  t.equal(stale.status, 412, 'a tag of less than the whole never matches')
  t.match((await workingCopy(server, shown.id)).related[0].target, { id: draft.id, slug: draft.slug, article: { headline: 'Not yet' } })
  await server.patch(`/v1/articles/${draft.id}`, { status: 'published' })
  t.match((await server.anonymous.get(`/v1/articles/${shown.id}`)).body.related[0].target, { type: 'article', article: { headline: 'Not yet', authors: [] } })
})

const bad: [string, Record<string, unknown>, string[]][] = [
  [
    'every fault at once',
    { headlin: 'x', kicker: 5, sections: [{ body: [{ type: 'paragraf' }, { type: 'list', ordered: true }] }] },
    ['/headlin: unknown', '/kicker: type', '/sections/0/body/0/type: value', '/sections/0/body/1/items: required'],
  ],
  ['a blank headline', { headline: '  ' }, ['/headline: format']],
  ['an id in a POST', { id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }, ['/id: read-only']],
  [
    'an unknown author',
    { authors: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }, { slug: 'nobody' }, {}] },
    ['/authors/0/id: not-found', '/authors/1/slug: not-found', '/authors/2: required'],
  ],
  ['a topic twice', { topics: [{ name: 'Twice' }, { name: 'TWICE' }] }, ['/topics/1: duplicate']],
  ['a section’s depth', { sections: [{ depth: 1 }, { depth: 0 }, { depth: 2 }] }, ['/sections/0/depth: range', '/sections/2/depth: range']],
  ['an anchor twice', { sections: [{ anchor: 'a' }, { anchor: 'a' }] }, ['/sections/1/anchor: duplicate']],
  ['an anchor like a UUID', { sections: [{ anchor: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }] }, ['/sections/0/anchor: format']],
  ['a new section’s id', { sections: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }] }, ['/sections/0/id: not-found']],
  [
    'a target that isn’t there',
    {
      highlightLists: [
        { items: [{ target: { type: 'section', anchor: 'nowhere' } }, { target: { type: 'article', slug: 'nowhere' } }, { target: { type: 'section' } }, {}] },
      ],
    },
    [
      '/highlightLists/0/items/0/target/anchor: not-found',
      '/highlightLists/0/items/1/target/slug: not-found',
      '/highlightLists/0/items/2/target: required',
      '/highlightLists/0/items/3: required',
    ],
  ],
  ['a related section', { related: [{ relation: 'related', target: { type: 'section', anchor: 'a' } }] }, ['/related/0/target/type: value']],
  ['a day to come', { publishedAt: '2999-01-01T00:00:00Z' }, ['/publishedAt: range']],
  ['a time without an offset', { publishedAt: '2026-01-01T00:00:00' }, ['/publishedAt: format']],
  ['a day that isn’t', { publishedAt: '2026-02-30T00:00:00Z' }, ['/publishedAt: format']],
  ['an address with a password', { canonicalUrl: 'https://a:b@news.example/' }, ['/canonicalUrl: format']],
  ['an address of another kind', { canonicalUrl: 'javascript:alert(1)' }, ['/canonicalUrl: format']],
  ['a language', { language: 'english please' }, ['/language: format']],
  ['custom that is too large', { custom: { a: 'x'.repeat(17_000) } }, ['/custom: length']],
  ['a list nested too deep', { sections: [{ body: [{ type: 'list', ordered: false, items: [nested(8)] }] }] }, ['/sections/0/body/0/items: range']],
]

function nested(levels: number): Record<string, unknown> {
  return { text: 'x', ...(levels > 0 ? { items: [nested(levels - 1)] } : {}) }
}

for (const [name, changes, faults] of bad)
  t.test(`refused with its place: ${name}`, async (t) => {
    await server.events()
    const answer = await server.post('/v1/articles', { headline: 'Bad', ...changes })
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer).sort(), faults.sort())
    t.strictSame(await server.events(), [])
  })

t.test('faults of form and of meaning are listed together', async (t) => {
  const sections = [{ anchor: 'a' }, { anchor: 'a', body: [{ type: 'paragraf' }] }]
  const wrong = { headline: 'x', kicker: 5, id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', sections, topics: [{}], highlightLists: [{ items: [{}] }] }
  const faults = [
    '/highlightLists/0/items/0: required',
    '/id: read-only',
    '/kicker: type',
    '/sections/1/anchor: duplicate',
    '/sections/1/body/0/type: value',
    '/topics/0: required',
  ]
  t.strictSame(faultsOf(await server.post('/v1/articles?nope=1', wrong)).sort(), [...faults, 'nope: unknown'])
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 5, topics: [{}] })).sort(), ['/headline: type', '/topics/0: required'])
  const { id } = await createShort(server, 'Right')
  t.strictSame(faultsOf(await server.patch(`/v1/articles/${id}`, wrong)).sort(), faults)
  const operations = [
    { op: 'ad', path: '/kicker', value: 'x' },
    { op: 'move', path: '/kicker' },
    { op: 'add', path: '/a~2' },
  ]
  const patched = await server.patch(`/v1/articles/${id}`, operations, { headers: { 'content-type': 'application/json-patch+json' } })
  t.strictSame(faultsOf(patched).sort(), ['/0/op: value', '/1/from: required', '/2/path: format'])
  t.strictSame(await server.events(), [])
})

t.test('numbers that would come back as others are refused', async (t) => {
  const answer = await server.post(
    '/v1/articles',
    '{"headline":"x","custom":{"a":1e400,"e":1e-400,"f":0.0e5,"b":[12345678901234567890],"c":0.1,"d":9007199254740991}}',
    {
      headers: { 'content-type': 'application/json' },
    },
  )
  t.strictSame(faultsOf(answer).sort(), ['/custom/a: range', '/custom/b/0: range', '/custom/e: range'])
})

t.test('a typo is told the nearest name', async (t) => {
  const { body } = await server.post('/v1/articles', { headline: 'x', sectoins: [], commentPolicy: 'opne' })
  t.match(body.errors, [
    { pointer: '/sectoins', suggestion: 'sections' },
    { pointer: '/commentPolicy', suggestion: 'open' },
  ])
})

t.test('a failure in the middle leaves nothing behind', async (t) => {
  const { id, revision } = await create(server)
  const copy = await workingCopy(server, id)
  const answer = await server.put(`/v1/articles/${id}`, {
    ...copy,
    headline: 'Half',
    authors: [{ name: 'Nobody New' }],
    slug: (await createShort(server, 'Holder')).slug,
  })
  t.equal(answer.status, 409)
  t.strictSame(await server.events(), [])
  t.equal((await workingCopy(server, id)).revision, revision)
  t.equal((await server.get('/v1/authors?slug=nobody-new')).body.data.length, 0)
})

t.test('read-only properties: ids must be the same, the rest is ignored', async (t) => {
  const { id } = await create(server)
  const copy = await workingCopy(server, id)
  const other = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55'
  const sections = copy.sections.map((section: object, index: number) => (index === 0 ? { ...section, articleId: other } : section))
  t.strictSame(faultsOf(await server.put(`/v1/articles/${id}`, { ...copy, id: other, createdAt: '2020-01-01T00:00:00.000Z', sections })).sort(), [
    '/createdAt: read-only',
    '/id: read-only',
    '/sections/0/articleId: read-only',
  ])
  const { status, body } = await server.put(`/v1/articles/${id}`, {
    ...copy,
    wordCount: 'many',
    url: null,
    share: 1,
    status: 'published',
    authors: [{ ...copy.authors[0], name: 'Somebody Else' }],
  })
  t.equal(status, 200)
  t.strictSame(body, copy, 'in a reference the id wins, and PUT doesn’t publish')
})

t.test('changing what is public needs content:publish', async (t) => {
  const writer = await server.tokenWith('content:write')
  const publisher = await server.tokenWith('content:publish')
  const as = (token: string) => ({ token })
  const { body: draft } = await server.post('/v1/articles', { headline: 'Rights' }, as(writer))
  const path = `/v1/articles/${draft.id}`
  t.equal((await server.post('/v1/articles', { headline: 'Now', status: 'published' }, as(writer))).status, 403)
  t.equal((await server.patch(path, { status: 'published' }, as(writer))).status, 403)
  t.equal((await server.patch(path, { publishedAt: '2020-01-01T00:00:00Z' }, as(writer))).status, 403)
  t.equal((await server.patch(path, { publishedAt: '2020-01-01T00:00:00Z', status: 'published' }, as(publisher))).body.publishedAt, '2020-01-01T00:00:00.000Z')
  for (const [method, address, body] of [
    ['PUT', `${path}?publish=true`, { headline: 'x' }],
    ['PATCH', `${path}?publish=true`, { headline: 'x' }],
    ['PATCH', `${path}?apply=both`, { headline: 'x' }],
    ['PATCH', path, { status: 'draft' }],
    ['PATCH', path, { status: 'published' }],
    ['PATCH', path, { commentPolicy: 'closed' }],
    ['PATCH', path, { schedule: { publish: { at: '2100-01-01T00:00:00Z' } } }],
    ['POST', `${path}/publish`, undefined],
    ['POST', `${path}/unpublish`, {}],
    ['DELETE', `${path}/schedule`, undefined],
    ['DELETE', path, undefined],
    ['DELETE', `${path}?permanent=true`, undefined],
  ] as const) {
    const { status, body: problem } = await server.request(method, address, body, as(writer))
    t.equal(status, 403, `${method} ${address}`)
    t.equal(problem.requiredScope, address.includes('permanent') ? 'admin' : 'content:publish')
  }
  await server.events()
  t.equal((await server.post(`${path}/sections`, {}, as(writer))).status, 201, 'the working copy is for whoever writes')
  t.equal((await server.patch(path, { headline: 'x' }, as(writer))).status, 200)
  t.equal((await server.patch(path, { headline: 'x' }, as(await server.tokenWith('content:read')))).status, 403)
})

t.test('a moderator sets a public article’s comment policy, and nothing else', async (t) => {
  const moderator = { token: await server.tokenWith('comments:moderate') }
  const { id } = await createShort(server, 'Policy', { editorNote: 'secret' })
  const { status, body, text } = await server.patch(`/v1/articles/${id}`, { commentPolicy: 'closed' }, moderator)
  t.equal(status, 200)
  t.equal(body.commentPolicy, 'closed')
  t.notMatch(text, 'secret')
  t.strictSame(await server.events(), ['article.updated'])
  t.equal((await server.patch(`/v1/articles/${id}`, { commentPolicy: 'open', headline: 'x' }, moderator)).status, 403)
  const draft = await createShort(server, 'Draft policy', { status: 'draft' })
  t.equal((await server.patch(`/v1/articles/${draft.id}`, { commentPolicy: 'closed' }, moderator)).status, 404)
})

t.test('what a patch adds can be changed and removed by the same patch', async (t) => {
  const { id } = await createShort(server, 'Patched in steps', { custom: { kept: 1 } })
  const steps = [
    { op: 'add', path: '/custom/a', value: { b: 1 } },
    { op: 'replace', path: '/custom/a/b', value: 2 },
    { op: 'copy', from: '/custom/a', path: '/custom/c' },
    { op: 'replace', path: '/custom/kept', value: 3 },
    { op: 'remove', path: '/custom/a' },
  ]
  const { body } = await server.patch(`/v1/articles/${id}`, steps, { headers: { 'content-type': 'application/json-patch+json' } })
  t.strictSame(body.custom, { kept: 3, c: { b: 2 } })
  t.strictSame((await server.patch(`/v1/articles/${id}`, { custom: { c: null, kept: { deep: true } } })).body.custom, { kept: { deep: true } })
})
