import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const contentTypeOf = (patch: object) => ({ headers: { 'content-type': `application/${Array.isArray(patch) ? 'json' : 'merge'}-patch+json` } })

/** The tree as text: each heading with as many dots before it as it is deep. */
async function outline(id: string): Promise<string> {
  const { body } = await server.get(`/v1/articles/${id}/sections`)
  for (const parentId of new Set<string | null>(body.data.map((section: Json) => section.parentId))) {
    const positions = body.data.filter((section: Json) => section.parentId === parentId).map((section: Json) => section.position)
    t.strictSame(positions, [...positions.keys()], 'positions have no gaps')
  }
  return body.data.map(({ heading, depth }: Json) => '.'.repeat(depth) + heading).join(' ')
}

/** An article with the sections A, A1, A2, B, B1, C. */
async function tree() {
  const sections = [
    ['A', 0],
    ['A1', 1],
    ['A2', 1],
    ['B', 0],
    ['B1', 1],
    ['C', 0],
  ].map(([heading, depth]) => ({ heading, depth }))
  const article = await createShort(server, 'Tree', { sections, status: 'draft' })
  const ids = Object.fromEntries(article.sections.map((section: Json) => [section.heading, section.id]))
  return { id: article.id, path: `/v1/articles/${article.id}/sections`, ids, revision: article.revision }
}

t.test('a section is created where it is wanted', async (t) => {
  const { id, path, ids, revision } = await tree()
  const last = await server.post(path, { heading: 'Last' })
  t.equal(last.status, 201)
  t.equal(last.headers.get('location'), `${path}/${last.body.id}`)
  t.match(last.body, { articleId: id, parentId: null, position: 3, depth: 0, anchor: 'last', revision: 1, body: [] })
  t.strictSame(await server.events(), ['section.created', 'article.updated'])
  await server.post(path, { heading: 'Between', position: 1 })
  await server.post(path, { heading: 'A0', parentId: ids.A, position: 0 })
  await server.post(path, { heading: 'B2', parentId: ids.B })
  t.equal(await outline(id), 'A .A0 .A1 .A2 Between B .B1 .B2 C Last')
  t.equal((await workingCopy(server, id)).revision, revision + 4)
})

t.test('a section is read by id or anchor', async (t) => {
  const { path, ids } = await tree()
  t.equal((await server.get(`${path}/${ids.A}`)).body.heading, 'A')
  t.equal((await server.get(`${path}/a`)).body.id, ids.A)
  t.equal((await server.get(`${path}/nothing`)).status, 404)
  t.equal((await server.anonymous.get(`${path}/a`)).status, 404, 'its article is a draft')
})

const moves: [name: string, section: string, changes: (ids: Record<string, string>) => object, outline: string][] = [
  ['to the end', 'A', () => ({ position: 2 }), 'B .B1 C A .A1 .A2'],
  ['to the front', 'C', () => ({ position: 0 }), 'C A .A1 .A2 B .B1'],
  ['under another', 'A', ({ C }) => ({ parentId: C }), 'B .B1 C .A ..A1 ..A2'],
  ['under another, first', 'C', ({ A }) => ({ parentId: A, position: 0 }), 'A .C .A1 .A2 B .B1'],
  [
    'to the top',
    'A2',
    () => [
      { op: 'replace', path: '/parentId', value: null },
      { op: 'replace', path: '/position', value: 1 },
    ],
    'A .A1 A2 B .B1 C',
  ],
  ['nowhere', 'A2', () => ({ heading: 'A2' }), 'A .A1 .A2 B .B1 C'],
]
for (const [name, section, changes, expected] of moves)
  t.test(`a section moves with those under it: ${name}`, async (t) => {
    const { id, path, ids, revision } = await tree()
    const { status, body } = await server.patch(`${path}/${ids[section]}`, changes(ids), contentTypeOf(changes(ids)))
    t.equal(status, 200)
    t.equal(await outline(id), expected)
    const isMoved = name !== 'nowhere'
    t.equal(body.revision, isMoved ? 2 : 1)
    t.equal((await workingCopy(server, id)).revision, isMoved ? revision + 1 : revision)
    const others = (await server.get(path)).body.data.filter((other: Json) => other.id !== ids[section])
    t.ok(
      others.every((other: Json) => other.revision === 1),
      'neighbours only made room',
    )
    t.strictSame(await server.events(), isMoved ? ['section.updated', 'article.updated'] : [])
  })

const refused: [name: string, section: string, changes: (ids: Record<string, string>) => object, status: number, faults: string[]][] = [
  ['its own parent', 'A', ({ A }) => ({ parentId: A }), 400, ['/parentId: value']],
  ['under its own descendant', 'A', ({ A1 }) => ({ parentId: A1 }), 400, ['/parentId: value']],
  ['under nothing', 'A', () => ({ parentId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }), 400, ['/parentId: not-found']],
  ['out of range', 'A', () => ({ position: 3 }), 400, ['/position: range']],
  ['before the first', 'A', () => ({ position: -1 }), 400, ['/position: range']],
  ['another’s anchor', 'A', () => ({ anchor: 'b' }), 409, ['/anchor: conflict']],
  ['without a position', 'A', () => ({ position: null }), 400, ['/position: type']],
  ['without a parent', 'A', () => ({ parentId: null }), 400, ['/parentId: type']],
  ['another id', 'A', ({ B }) => ({ id: B }), 400, ['/id: read-only']],
  ['a typo', 'A', () => ({ headng: 'x' }), 400, ['/headng: unknown']],
  ['a typo that removes', 'A', () => ({ headng: null }), 400, ['/headng: unknown']],
]
for (const [name, section, changes, status, faults] of refused)
  t.test(`refused with its place: ${name}`, async (t) => {
    const { id, path, ids } = await tree()
    const answer = await server.patch(`${path}/${ids[section]}`, changes(ids))
    t.equal(answer.status, status)
    t.strictSame(faultsOf(answer), faults)
    t.equal(await outline(id), 'A .A1 .A2 B .B1 C')
    t.strictSame(await server.events(), [])
  })

t.test('a section of another article is not found here', async (t) => {
  const [one, other] = [await tree(), await tree()]
  t.equal((await server.get(`${one.path}/${other.ids.A}`)).status, 404)
  t.equal((await server.delete(`${one.path}/${other.ids.A}`)).status, 404)
  t.strictSame(faultsOf(await server.post(one.path, { parentId: other.ids.A })), ['/parentId: not-found'])
  t.strictSame(faultsOf(await server.put(one.path, { data: [{ id: other.ids.A }] })), ['/data/0/id: not-found'])
})

t.test('PUT keeps what it leaves out of anchor, parentId and position', async (t) => {
  const { id, path, ids } = await tree()
  const { body } = await server.put(`${path}/a1`, { heading: 'Other words' })
  t.match(body, { id: ids.A1, anchor: 'a1', parentId: ids.A, position: 0, body: [] })
  const got = (await server.get(`${path}/${ids.A1}`)).body
  t.strictSame((await server.put(`${path}/${ids.A1}`, got)).body, got, 'what GET gave changes nothing')
  t.equal((await server.patch(`${path}/${ids.A1}`, { anchor: null })).body.anchor, 'other-words')
  t.equal(await outline(id), 'A .Other words .A2 B .B1 C')
})

t.test('all at once: replaced and reordered in one transaction, by the article’s revision', async (t) => {
  const { id, path, ids, revision } = await tree()
  const { headers, body } = await server.get(path)
  t.match(headers.get('etag'), new RegExp(`^"${revision}-`))
  const swapped = [...body.data.slice(3, 5), ...body.data.slice(0, 3)]
  swapped[0] = { ...swapped[0], anchor: 'a' }
  swapped[2] = { ...swapped[2], anchor: 'b' }
  const answer = await server.put(path, { data: swapped }, { headers: { 'if-match': `"${revision}"` } })
  t.equal(answer.status, 200)
  t.equal(await outline(id), 'B .B1 A .A1 .A2')
  t.equal((await server.get(`${path}/a`)).body.id, ids.B, 'anchors may change hands')
  t.equal((await server.put(path, { data: [] }, { headers: { 'if-match': `"${revision}"` } })).status, 412)
  t.equal((await server.put(path, { data: answer.body.data })).headers.get('etag'), answer.headers.get('etag'), 'what it gave changes nothing')
})

t.test('deleting takes those under it along, and lets go of what leads there', async (t) => {
  const article = await create(server)
  const path = `/v1/articles/${article.id}/sections`
  t.equal((await server.delete(`${path}/background`)).status, 204)
  t.strictSame((await server.events()).sort(), ['article.updated', 'highlight-list.updated', 'section.deleted', 'section.deleted'])
  const after = await workingCopy(server, article.id)
  t.strictSame(
    after.sections.map((section: Json) => section.heading),
    ['What comes next'],
  )
  t.match(after.highlightLists[0], { revision: 2, items: [{ text: 'How it began', target: null }, { text: null, target: { type: 'section' } }, {}] })
  await server.delete(`${path}/what-comes-next`)
  t.match((await workingCopy(server, article.id)).highlightLists[0].items[1], { text: 'What comes next', target: null })
})

t.test('If-Match goes by the section alone', async (t) => {
  const { path } = await tree()
  const ifMatch = (tag: string) => ({ headers: { 'if-match': tag } })
  const tag = (await server.get(`${path}/a`)).headers.get('etag') ?? ''
  await server.patch(`${path}/b`, { heading: 'B changed' })
  const changed = await server.patch(`${path}/a`, { heading: 'A changed' }, ifMatch(tag))
  t.equal(changed.status, 200, 'a neighbour’s change is no reason')
  const stale = await server.patch(`${path}/a`, { heading: 'Too late' }, ifMatch(tag))
  t.equal(stale.status, 412)
  t.equal(stale.body.currentRevision, 2)
  t.equal((await server.delete(`${path}/a`, ifMatch('"1"'))).status, 412)
  t.equal((await server.delete(`${path}/a`, ifMatch('"2"'))).status, 204)
})

t.test('sections nest to a depth of 8, and an article has at most 1,000', async (t) => {
  const deep = await createShort(server, 'Deep', { sections: Array.from({ length: 8 }, (_, depth) => ({ depth })) })
  t.equal(deep.sections.at(-1).anchor, 'section-8')
  t.strictSame(faultsOf(await server.post(`/v1/articles/${deep.id}/sections`, { parentId: deep.sections[7].id })), ['/parentId: range'])
  const many = await createShort(server, 'Many', { sections: Array(1000).fill({}) })
  const answer = await server.post(`/v1/articles/${many.id}/sections`, {})
  t.equal(answer.status, 409)
  t.strictSame(faultsOf(await server.post('/v1/articles', { headline: 'Too many', sections: Array(1001).fill({}) })), ['/sections: length'])
})
