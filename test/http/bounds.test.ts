import { type Answer, faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const jsonPatch = { headers: { 'content-type': 'application/json-patch+json' } }
const { id } = await createShort(server, 'Attacked', { custom: { list: Array(1000).fill('x') } })
const path = `/v1/articles/${id}`
const comment = await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
await server.events()

// Of each kind of resource that a patch goes to: one of it, and a property of any value.
const author = (await server.post('/v1/authors', { name: 'Attacked' })).body
const topic = (await server.post('/v1/topics', { name: 'Attacked' })).body
const token = (await server.post('/v1/tokens', { name: 'Attacked', scopes: ['content:read'] })).body
const list = (await server.post('/v1/highlight-lists', { title: 'Attacked' })).body
const patched: [string, string][] = [
  [path, 'custom'],
  [`/v1/authors/${author.id}`, 'links'],
  [`/v1/topics/${topic.id}`, 'image'],
  [`/v1/tokens/${token.id}`, 'scopes'],
  [`/v1/highlight-lists/${list.id}`, 'items'],
  [`/v1/comments/${comment.body.id}`, 'author'],
]
await server.events()

for (const [address, property] of patched)
  t.test(`all that a patch of ${address.split('/')[2]} copies counts together, also what is removed again`, async (t) => {
    // Each pair leaves nothing behind.
    const copies = Array.from({ length: 499 }, () => [
      { op: 'copy', from: `/${property}`, path: `/${property}/0` },
      { op: 'remove', path: `/${property}/0` },
    ]).flat()
    const patch = [{ op: 'add', path: `/${property}`, value: Array(2000).fill([]) }, ...copies]
    const answer = await server.patch(address, patch, jsonPatch)
    t.equal(answer.status, 413)
    t.match(answer.body.detail, /copies/)
    t.strictSame(await server.events(), [])
  })

t.test('a patch is refused at the first key that the resource doesn’t have, before anything is looked at', async (t) => {
  for (const [address] of patched) {
    const answer = await server.patch(
      address,
      [
        { op: 'add', path: '/nonsense', value: [] },
        { op: 'copy', from: '/nonsense', path: '/nonsense2' },
      ],
      jsonPatch,
    )
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer), ['/nonsense: unknown', '/nonsense2: unknown'])
  }
  const nowhere = await server.patch('/v1/articles/nowhere', [{ op: 'add', path: '/nonsense', value: [] }], jsonPatch)
  t.equal(nowhere.status, 400, 'not even the resource')
})

t.test('JSON that a patch would nest too deep is refused', async (t) => {
  const deep = (levels: number): Json => (levels === 0 ? {} : { a: deep(levels - 1) })
  const grow = (times: number) => [
    { op: 'add', path: '/custom', value: deep(50) },
    ...Array.from({ length: times }, (_, index) => ({ op: 'copy', from: '/custom', path: `/custom${'/a'.repeat(50 * 2 ** index)}` })),
  ]
  for (const times of [1, 4]) t.strictSame(faultsOf(await server.patch(path, grow(times), jsonPatch)), [`/custom${'/a'.repeat(63)}: syntax`], String(times))
  t.equal((await server.patch(path, [{ op: 'add', path: '/custom', value: deep(50) }], jsonPatch)).status, 200)
  await server.patch(path, { custom: null })
  await server.events()
})

const paragraph = { type: 'paragraph', text: 'x' }
// One more than each limit of the document, and the place that says so.
const tooMuch: [string, unknown][] = [
  ['/authors', Array(101).fill({ name: 'x' })],
  ['/topics', Array(101).fill({ name: 'x' })],
  ['/related', Array(101).fill({ relation: 'related', text: 'x' })],
  ['/highlightLists', Array(101).fill({ title: 'x' })],
  ['/highlightLists/0/items', [{ items: Array(1001).fill({ text: 'x' }) }]],
  ['/corrections', Array(101).fill({ text: 'x' })],
  ['/sections', Array(1001).fill({})],
  ['/sections/0/body', [{ body: Array(1001).fill(paragraph) }]],
  ['/sections/0/body/0/text', [{ body: [{ type: 'paragraph', text: 'x'.repeat(65_537) }] }]],
  ['/sections/0/body/0/items', [{ body: [{ type: 'list', ordered: false, items: Array(1001).fill({ text: 'x' }) }] }]],
  ['/sections/0/body/0/rows', [{ body: [{ type: 'table', rows: Array(1001).fill(['x']) }] }]],
  ['/sections/0/body/0/rows/0', [{ body: [{ type: 'table', rows: [Array(101).fill('x')] }] }]],
  ['/sections/0/body/0/code', [{ body: [{ type: 'code', code: 'x'.repeat(65_537) }] }]],
  ['/standfirst', 'x'.repeat(10_001)],
  ['/editorNote', 'x'.repeat(10_001)],
  ['/headline', 'x'.repeat(1001)],
]
for (const [place, value] of tooMuch)
  t.test(`more than the limit is a fault: ${place}`, async (t) => {
    const property = place.split('/')[1] as string
    const answer = await server.post('/v1/articles', { headline: 'x', [property]: value })
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer), [`${place}: length`])
    t.strictSame(await server.events(), [])
  })

t.test('however many faults there are, a hundred are listed, and no more work is done', async (t) => {
  const many: [string, unknown][] = [
    ['a body of objects', Array(200_000).fill({})],
    ['sections of nothing', { headline: 'x', sections: Array(60_000).fill({ nonsense: 1 }) }],
    ['related of nothing', { headline: 'x', related: Array(200_000).fill({}) }],
    ['faulty blocks in many sections', { headline: 'x', sections: Array(500).fill({ body: Array(200).fill({}) }) }],
    ['unknown properties', Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`headlin${index}`, 1]))],
    ['halves of characters', { headline: 'x', custom: { all: Array(100_000).fill('\ud800') } }],
    ['numbers that can’t be kept', `{"headline":"x","custom":{"all":[${Array(40_000).fill('12345678901234567891').join(',')}]}}`],
    ['operations that are none', Array(100_000).fill(null)],
  ]
  for (const [what, body] of many) {
    const headers = { headers: { 'content-type': what.startsWith('operations') ? 'application/json-patch+json' : 'application/json' } }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = what.startsWith('operations') ? await server.patch(path, text, headers) : await server.post('/v1/articles', text, headers)
    t.equal(answer.status, 400, what)
    t.ok(answer.body.errors.length <= 100, what)
  }
  const page = await server.post('/v1/articles', `Headline\n\n${'- a\n'.repeat(250_000)}`, { headers: { 'content-type': 'text/plain' } })
  t.equal(page.status, 400, 'a page of very many items')
  t.strictSame(await server.events(), [])
})

t.test('values and places in messages are cut', async (t) => {
  const answers = [
    await server.post('/v1/articles', { headline: 'x', ['n'.repeat(300_000)]: 1 }),
    await server.patch(path, [{ op: 'remove', path: `/custom/${'k'.repeat(100_000)}` }], jsonPatch),
    await server.get(`/v1/articles?fields=${'f'.repeat(3000)}`),
  ]
  for (const answer of answers) t.ok(answer.text.length < 3000, String(answer.text.length))
})

t.test('a comment takes 64 kB, and whoever may not write content never more', async (t) => {
  const large = { author: { name: 'x' }, body: 'x', parentId: null, padding: 'x'.repeat(66_000) }
  t.equal((await server.anonymous.post(`${path}/comments`, large)).status, 413)
  t.equal((await server.post(`${path}/comments`, large)).status, 413)
  const moderator = { token: await server.tokenWith('comments:moderate') }
  t.equal((await server.patch(path, { commentPolicy: 'open', padding: 'x'.repeat(66_000) }, moderator)).status, 413)
  t.equal((await server.patch(path, { padding: 'x'.repeat(66_000) })).status, 400)
  t.strictSame(await server.events(), [])
})

t.test('a web address of any length is looked at once', async (t) => {
  for (const url of [`http://${'a'.repeat(60_000)} `, `https://${'a.'.repeat(900)}`, `http://a/${'b'.repeat(1990)}`]) {
    const answer = await server.anonymous.post(`${path}/comments`, { author: { name: 'x', url }, body: `x ${url.length}` })
    t.equal(answer.status, url.length < 2001 && !url.endsWith(' ') ? 201 : 400)
  }
  await server.events()
})

/** What a text of one character, or some, is answered as a headline. */
// A line separator would break the lines in which the test reports.
const hex = (text: string) => Buffer.from(text).toString('hex')

const headline = async (text: string): Promise<Answer> => server.post('/v1/articles', { headline: text })

t.test('single lines have no controls, names no bidi overrides, and what shows nothing is blank', async (t) => {
  for (const sign of ['\u0007', '\u001b', '\n', '\t', '\u007f', '\u0085', '\u009c', '\u2028', '\u2029', '\u202e', '\u2066'])
    t.strictSame(faultsOf(await headline(`a${sign}b`)), ['/headline: format'], hex(sign))
  for (const blank of ['\u200b', ' \u200b\u2060 ', '\u00a0', '\u3164', '\u2800', '\u0301'])
    t.strictSame(faultsOf(await headline(blank)), ['/headline: format'], hex(blank))
  for (const good of ['Große Straße', 'ورود به شهر\u200c', 'a\u200db', '👩‍👩‍👧', 'e\u0301']) t.equal((await headline(good)).status, 201, good)
  const everywhere: [string, string, unknown, string][] = [
    ['POST', '/v1/authors', { name: 'a\u202eb' }, '/name: format'],
    ['POST', '/v1/topics', { name: '\u200b' }, '/name: format'],
    ['POST', '/v1/tokens', { name: 'a\u0000b'.replace('\0', '\u0001'), scopes: ['admin'] }, '/name: format'],
    ['POST', `${path}/comments`, { author: { name: '\u200b' }, body: 'x' }, '/author/name: format'],
    ['POST', `${path}/comments`, { author: { name: 'x' }, body: '\u200b' }, '/body: format'],
    ['PATCH', path, { kicker: 'a\u2028b' }, '/kicker: format'],
    ['PATCH', path, { alternativeHeadline: 'a\u2067b' }, '/alternativeHeadline: format'],
    ['POST', `${path}/sections`, { heading: 'a\nb' }, '/heading: format'],
    ['POST', '/v1/highlight-lists', { title: 'a\u0085b' }, '/title: format'],
  ]
  for (const [method, address, body, fault] of everywhere) t.strictSame(faultsOf(await server.request(method, address, body)), [fault], address)
  t.equal((await server.patch(path, { standfirst: 'Two\nlines' })).status, 200, 'a text of several lines has line ends')
})
