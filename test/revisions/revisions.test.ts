import { jsonPatch } from '../../src/http/patches.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('each change makes a revision: who, when, why and what', async (t) => {
  const token = await server.tokenWith('content:write')
  const made = await server.post(
    '/v1/articles',
    { headline: 'First words', sections: [{ heading: 'A' }] },
    { token, headers: { 'x-change-note': 'wire copy' } },
  )
  const path = `/v1/articles/${made.body.id}`
  await server.patch(path, { headline: 'Second words' }, { headers: { 'x-change-note': Buffer.from('Größe “geprüft”').toString('latin1') } })
  await server.post(`${path}/sections`, { heading: 'B' })
  await server.patch(path, { headline: 'Second words' })
  const { body } = await server.get(`${path}/revisions`)
  t.strictSame(
    body.data.map(({ number, note, published }: Json) => [number, note, published]),
    [
      [3, null, false],
      [2, 'Größe “geprüft”', false],
      [1, 'wire copy', false],
    ],
    'what changes nothing makes none',
  )
  t.equal(body.data[2].by.name, 'content:write')
  t.strictSame(body.data[0].by, { tokenId: null, name: 'ADMIN_TOKEN' })
  t.ok(body.data[1].changes.some((change: Json) => change.op === 'replace' && change.path === '/headline' && change.value === 'Second words'))
  t.notOk(JSON.stringify(body.data[1].changes).includes('"A"'), 'and says only what changed')
  t.equal((await workingCopy(server, made.body.id)).revision, 3)
  const long = await server.patch(`${path}?x=1`, { headlin: 1 }, { headers: { 'x-change-note': 'n'.repeat(1001) } })
  t.strictSame(faultsOf(long).sort(), ['/headlin: unknown', 'X-Change-Note: length', 'x: unknown'])
  const { nextCursor } = (await server.get(`${path}/revisions?limit=1`)).body.page
  const [query, direction, , id] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
  const edited = Buffer.from(JSON.stringify([query, direction, 'x', id])).toString('base64url')
  t.strictSame(faultsOf(await server.get(`${path}/revisions?limit=1&cursor=${edited}`)), ['cursor: value'])
})

const derived = [
  'revision',
  'updatedAt',
  'wordCount',
  'excerpt',
  'readingTime',
  'share',
  'url',
  'position',
  'parentId',
  'publishedRevision',
  'hasUnpublishedChanges',
  'status',
]

/** A copy without what follows from other properties, and so is in no change. */
const written = (copy: Json): Json =>
  JSON.parse(
    JSON.stringify(copy, (name, value) => {
      if (derived.includes(name)) return undefined
      return name === 'target' && value?.type === 'section' ? { type: 'section', id: value.id } : value
    }),
  )

t.test('a change says what an editor changed, and not what follows from that', async (t) => {
  const { id, sections } = await create(server)
  const path = `/v1/articles/${id}`
  const [section] = sections
  await server.patch(path, { headline: 'Two words other' })
  await server.patch(`${path}/sections/${section.id}`, { heading: 'Another' })
  const { body } = await server.get(`${path}/revisions/3/diff?against=1`)
  t.strictSame(body.operations, [
    { op: 'replace', path: '/headline', value: 'Two words other' },
    { op: 'replace', path: '/sections/0/heading', value: 'Another' },
  ])
  await server.post(`${path}/publish`)
  await server.patch(path, { kicker: 'Live' })
  t.strictSame((await server.get(`${path}/revisions/4`)).body.changes, [{ op: 'replace', path: '/kicker', value: 'Live' }], 'publishing is none of it')
  t.strictSame((await server.get(`${path}/revisions/2`)).body.changes, [{ op: 'replace', path: '/headline', value: 'Two words other' }])
})

t.test('what becomes of another type is replaced whole', async (t) => {
  const other = await createShort(server, 'Led to')
  const { body } = await server.post('/v1/articles', {
    headline: 'Leads',
    sections: [{ heading: 'A', body: [{ type: 'quote', text: 'Words' }] }],
    highlightLists: [{ items: [{ text: 'x', target: { type: 'article', id: other.id } }] }],
  })
  const path = `/v1/articles/${body.id}`
  const [section, list] = [body.sections[0], body.highlightLists[0]]
  await server.patch(path, {
    sections: [{ ...section, body: [{ type: 'paragraph', text: 'Words' }] }],
    highlightLists: [{ ...list, items: [{ ...list.items[0], target: { type: 'url', url: 'https://a.example/' } }] }],
  })
  const { changes } = (await server.get(`${path}/revisions/2`)).body
  const copy = await workingCopy(server, body.id)
  t.strictSame(
    changes.map(({ op, path, value }: Json) => [op, path, value.type]),
    [
      ['replace', '/sections/0/body/0', 'paragraph'],
      ['replace', '/highlightLists/0/items/0/target', 'url'],
    ],
  )
  t.strictSame(written(jsonPatch({ ...body }, changes, Number.POSITIVE_INFINITY)).highlightLists, written(copy).highlightLists)
})

t.test('an article is read as it was, and any two revisions compared', async (t) => {
  const { id } = await create(server)
  const path = `/v1/articles/${id}`
  const copies = [await workingCopy(server, id)]
  const changes: [string, string, unknown][] = [
    ['PATCH', path, { headline: 'Other', sections: [{ heading: 'New first' }, ...copies[0].sections.slice(1).map(({ id }: Json) => ({ id, depth: 0 }))] }],
    ['PATCH', path, { custom: { printPage: null, other: { a: [1, 2, 3] } }, topics: [] }],
    ['POST', `${path}/highlight-lists`, { items: [{ text: 'x' }] }],
    ['DELETE', `${path}/sections/new-first`, undefined],
  ]
  for (const [method, address, body] of changes) {
    const answer = await server.request(method, address, body)
    t.ok(answer.status < 300, answer.text)
    copies.push(await workingCopy(server, id))
  }
  for (const [index, { translations: _, ...copy }] of copies.entries()) t.strictSame((await server.get(`${path}/revisions/${index + 1}`)).body.article, copy)
  let applied = copies[0]
  for (const [index, copy] of copies.entries()) {
    const { changes } = (await server.get(`${path}/revisions/${index + 1}`)).body
    applied = jsonPatch(applied, changes, Number.POSITIVE_INFINITY)
    t.strictSame(written(applied), written(copy), 'the changes, one after the other, lead to each')
  }
  for (const from of [1, 2, 5])
    for (const to of [1, 3, 5]) {
      const { body } = await server.get(`${path}/revisions/${to}/diff?against=${from}`)
      t.match(body, { from, to })
      t.strictSame(written(jsonPatch(copies[from - 1], body.operations, Number.POSITIVE_INFINITY)), written(copies[to - 1]))
    }
  t.equal((await server.get(`${path}/revisions/6`)).status, 404)
  t.equal((await server.get(`${path}/revisions/zero`)).status, 404)
  t.strictSame(faultsOf(await server.get(`${path}/revisions/1/diff`)), ['against: required'])
})

t.test('restoring makes it again what it was, in a new revision, with the ids of what is still there', async (t) => {
  const target = await createShort(server, 'Target')
  const before = await create(server, { related: [{ relation: 'related', target: { type: 'article', id: target.id } }] })
  const path = `/v1/articles/${before.id}`
  await server.put(path, { headline: 'All gone', slug: 'kept-slug', sections: [{ id: before.sections[2].id, heading: 'Only this' }] })
  await server.delete(`/v1/articles/${target.id}?permanent=true`)
  const { status, body } = await server.post(`${path}/revisions/1/restore`, undefined, { headers: { 'x-change-note': 'back again' } })
  t.equal(status, 200)
  t.equal(body.headline, before.headline)
  t.equal(body.slug, 'kept-slug')
  t.strictSame(
    body.sections.map(({ heading, anchor, depth }: Json) => [heading, anchor, depth]),
    before.sections.map(({ heading, anchor, depth }: Json) => [heading, anchor, depth]),
  )
  t.equal(body.sections[2].id, before.sections[2].id)
  t.strictSame(
    body.sections.map(({ id }: Json) => id),
    before.sections.map(({ id }: Json) => id),
  )
  t.equal(body.highlightLists[0].items[0].target.id, body.sections[0].id)
  t.strictSame(body.related, [{ relation: 'related', text: 'Target', target: null }])
  t.strictSame(body.authors, before.authors)
  t.equal((await server.post(`${path}/revisions/1/restore`)).body.revision, body.revision, 'a second time there is nothing to do')
  for (const extra of ['{"bogus":1}', '{nope'])
    t.equal((await server.post(`${path}/revisions/1/restore`, extra, { headers: { 'content-type': 'application/json' } })).status, 400)
  const { data } = (await server.get(`${path}/revisions`)).body
  t.match(data[0], { number: body.revision, note: 'back again' })
  t.equal((await server.post(`${path}/revisions/${body.revision}/restore`)).body.revision, body.revision, 'what it is already it need not become')
  t.equal((await server.post(`${path}/revisions/1/restore`, undefined, { headers: { 'if-match': '"1"' } })).status, 412)
})

t.test('a part that comes back goes on from its last revision, so that what was read before is stale', async (t) => {
  const list = { title: 'List', items: [{ text: 'One' }] }
  const { id } = await createShort(server, 'Comes back', { status: 'draft', sections: [{ heading: 'Part' }], highlightLists: [list] })
  const read = async () => (await server.get(`/v1/articles/${id}?copy=working`)).body
  const before = await read()
  for (const [path, name, change] of [
    ['sections', 'sections', { heading: 'Two' }],
    ['highlight-lists', 'highlightLists', { title: 'Two' }],
  ] as const) {
    const part = before[name][0]
    const own = `/v1/articles/${id}/${path}/${part.id}`
    await server.patch(own, change)
    const { revision } = await read()
    await server.patch(own, { ...change, ...(name === 'sections' ? { heading: 'Three' } : { title: 'Three' }) })
    await server.delete(own)
    await server.events()
    await server.post(`/v1/articles/${id}/revisions/${revision}/restore`)
    const back = (await read())[name].find((one: Json) => one.id === part.id)
    t.match(back, { ...change, revision: 4, createdAt: part.createdAt })
    const created = (await server.get(`/v1/events?subject=${part.id}&sort=-seq&limit=1`)).body.data[0]
    t.match(created.revision, { before: null, after: 4 })
    t.equal((await server.patch(own, change, { headers: { 'if-match': `"${part.revision}"` } })).status, 412)
  }
})

t.test('history is for those who may read working copies, and tells what was published', async (t) => {
  const { id } = await createShort(server, 'Public one')
  const path = `/v1/articles/${id}`
  await server.patch(path, { kicker: 'x' })
  for (const address of ['', '/1', '/2/diff?against=1']) t.equal((await server.anonymous.get(`${path}/revisions${address}`)).status, 401)
  const read = { token: await server.tokenWith('content:read') }
  const published = async () => (await server.get(`${path}/revisions`, read)).body.data.map((revision: Json) => revision.published)
  t.strictSame(await published(), [false, true])
  t.equal((await server.post(`${path}/revisions/1/restore`, undefined, read)).status, 403)
  t.equal((await server.post(`${path}/revisions/1/restore`, undefined, { token: await server.tokenWith('content:write') })).status, 200)
  await server.post(`${path}/publish`)
  t.strictSame(await published(), [false, false, true], 'publishing what is public already makes no edition')
})

t.test('many revisions page, and cost little', async (t) => {
  const paragraphs = Array.from({ length: 30 }, (_, index) => ({
    type: 'paragraph',
    text: `${'A sentence of some words that stands here. '.repeat(7)}${index}`,
  }))
  const { id, sections } = await createShort(server, 'Long', { status: 'draft', sections: [{ heading: 'All', body: paragraphs }] })
  const path = `/v1/articles/${id}`
  for (let count = 0; count < 120; count++)
    await server.patch(`${path}/sections/${sections[0].id}`, [{ op: 'replace', path: `/body/${count % 30}/text`, value: `Changed in ${count}.` }], {
      headers: { 'content-type': 'application/json-patch+json' },
    })
  const first = await server.get(`${path}/revisions?limit=100&count=true&fields=note`)
  t.equal(first.body.page.total, 121)
  const second = await server.get(`${path}/revisions?limit=100&count=true&fields=note&cursor=${first.body.page.nextCursor}`)
  t.strictSame(
    [...first.body.data, ...second.body.data].map(({ number }: Json) => number),
    Array.from({ length: 121 }, (_, index) => 121 - index),
  )
  t.match((await server.get(`${path}/revisions/76`)).body.article.sections[0].body[14].text, 'Changed in 74.')
  const rows = await server.database.read.selectFrom('revisions').select(['changes', 'document']).where('article_id', '=', id).execute()
  const bytes = rows.reduce((sum, row) => sum + row.changes.length + (row.document?.length ?? 0), 0)
  t.ok(bytes / rows.length < 2000, `${Math.round(bytes / rows.length)} bytes a revision of a 10 kB article`)
})

t.test('what a revision names and is gone is made again as the kind that it was, or with create=false is refused', async (t) => {
  for (const [index, again] of [
    (id: string, query: string) => server.post(`/v1/articles/${id}/publish${query}`, { revision: 1 }),
    (id: string, query: string) => server.post(`/v1/articles/${id}/revisions/1/restore${query}`),
  ].entries()) {
    const topic = (await server.post('/v1/topics', { name: `Expo ${index}`, kind: 'event' })).body
    const { id } = (await server.post('/v1/articles', { headline: `Names it ${index}`, topics: [{ id: topic.id }] })).body
    await server.patch(`/v1/articles/${id}`, { topics: [] })
    t.equal((await server.delete(`/v1/topics/${topic.id}`)).status, 204)
    await server.events()
    t.strictSame(faultsOf(await again(id, '?create=false')), ['/topics/0/name: not-found'])
    t.strictSame(await server.events(), [])
    t.equal((await again(id, '')).status, 200)
    t.ok((await server.events()).includes('topic.created'))
    t.equal((await server.get(`/v1/topics/${topic.slug}`)).body.kind, 'event')
  }
})
