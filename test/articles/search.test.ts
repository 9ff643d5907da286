import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const body = (text: string) => [{ heading: 'Part', body: [{ type: 'paragraph', text }] }]

const stories: [headline: string, rest: object][] = [
  ['Storm over the harbour', { sections: body('Boats stayed in.') }],
  ['Election night', { standfirst: 'A storm of votes', sections: body('Counting went on.') }],
  ['Weather', { sections: [{ heading: 'After the storm', body: [] }] }],
  ['Quiet day', { sections: body('The **storm** was over: élan, GROSSE Straße & <b>tags</b> remain.') }],
  ['Große Pläne', { sections: body('Ein Plan.') }],
  ['港の嵐', { sections: body('東京都で大きな嵐がありました。') }],
  ['سیلاب کی خبر', { sections: body('کراچی میں بارش') }],
  ['Numbers', { sections: body('It cost 10,000 dollars; don’t ask. well-known a_b') }],
]
for (const [index, [headline, rest]] of stories.entries()) await createShort(server, headline, { publishedAt: `2026-01-0${index + 1}T00:00:00Z`, ...rest })
await createShort(server, 'Secret storm', { status: 'draft' })

const search = async (q: string, more = '') => server.anonymous.get(`/v1/articles?q=${encodeURIComponent(q)}${more}`)
const found = ({ body }: { body: Json }) => body.data.map((row: Json) => row.headline)

const queries: [q: string, found: string[]][] = [
  ['storm', ['Storm over the harbour', 'Weather', 'Election night', 'Quiet day']],
  ['STORM', ['Storm over the harbour', 'Weather', 'Election night', 'Quiet day']],
  ['storm harbour', ['Storm over the harbour']],
  ['storm boats', ['Storm over the harbour']],
  ['"over the harbour"', ['Storm over the harbour']],
  ['"harbour the over"', []],
  ['"the storm"', ['Weather', 'Quiet day']],
  ['harb*', ['Storm over the harbour']],
  ['harb', []],
  ['stor* vot*', ['Election night']],
  ['elan', ['Quiet day']],
  ['grosse', ['Große Pläne', 'Quiet day']],
  ['große strasse', ['Quiet day']],
  ['嵐', ['港の嵐']],
  ['東京都', ['港の嵐']],
  ['کراچی', ['سیلاب کی خبر']],
  ['10,000', ['Numbers']],
  ['don’t', ['Numbers']],
  ['well-known', ['Numbers']],
  ['storm AND harbour', []],
  ['storm OR harbour', []],
  ['NOT storm', []],
  ['headline:storm', []],
  ['NEAR(storm harbour)', []],
  ['storm"', ['Storm over the harbour', 'Weather', 'Election night', 'Quiet day']],
  ["storm' ) ; --", ['Storm over the harbour', 'Weather', 'Election night', 'Quiet day']],
  ['^storm + {harbour}', ['Storm over the harbour']],
  ['', []],
  ['"" * - !', []],
  ['b tags', ['Quiet day']],
  ['"votes part"', []],
  ['"part counting"', []],
  ['"votes ¶ part"', []],
]
for (const [q, expected] of queries)
  t.test(`finds by ${JSON.stringify(q)}`, async (t) => {
    const answer = await search(q)
    t.equal(answer.status, 200)
    t.strictSame(found(answer), expected)
    t.equal((await search(q, '&count=true')).body.page.total, expected.length)
  })

t.test('a hit has an escaped snippet with its matches marked', async (t) => {
  const row = async (q: string, headline: string) => (await search(q)).body.data.find((one: Json) => one.headline === headline)
  t.equal(
    (await row('storm grosse', 'Quiet day')).snippet,
    'The <mark>storm</mark> was over: élan, <mark>GROSSE</mark> Straße &amp; &lt;b&gt;tags&lt;/b&gt; remain.',
  )
  t.equal((await row('votes', 'Election night')).snippet, 'A storm of <mark>votes</mark>')
  t.ok((await search('storm', '&fields=id')).body.data.every((one: Json) => one.snippet))
})

t.test('a hit shows its words in the headline, too, which is there whole', async (t) => {
  const long = `A <storm> & ${'more of it '.repeat(20)}storm`
  const { id } = await createShort(server, long, { publishedAt: '2026-01-08T12:00:00Z' })
  const shown = Object.fromEntries((await search('storm')).body.data.map((one: Json) => [one.headline, one.headlineSnippet]))
  t.equal(shown['Storm over the harbour'], '<mark>Storm</mark> over the harbour')
  t.equal(shown[long], `A &lt;<mark>storm</mark>&gt; &amp; ${'more of it '.repeat(20)}<mark>storm</mark>`)
  t.equal(shown['Election night'], null)
  t.equal((await search('"over the"', '&fields=id')).body.data[0].headlineSnippet, 'Storm <mark>over</mark> <mark>the</mark> harbour')
  t.equal((await search('港')).body.data[0].headlineSnippet, '<mark>港</mark>の嵐')
  t.equal(
    (await server.get('/v1/articles?q=storm&copy=working')).body.data.find((one: Json) => one.status === 'draft').headlineSnippet,
    'Secret <mark>storm</mark>',
  )
  t.notOk('headlineSnippet' in (await server.get('/v1/articles?limit=1')).body.data[0])
  await server.delete(`/v1/articles/${id}?permanent=true`)
})

t.test('pages by relevance join without a gap, forward and back', async (t) => {
  const whole = found(await search('storm'))
  const seen: string[] = []
  let page = await search('storm', '&limit=1')
  for (;;) {
    seen.push(...found(page))
    if (!page.body.page.nextCursor) break
    page = await search('storm', `&limit=1&cursor=${page.body.page.nextCursor}`)
  }
  t.strictSame(seen, whole)
  const back: string[] = []
  while (page.body.page.prevCursor) {
    page = await search('storm', `&limit=1&cursor=${page.body.page.prevCursor}`)
    back.unshift(...found(page))
  }
  t.strictSame(back, whole.slice(0, -1))
})

t.test('stories of one time come by their ids, whenever each was published, and pages of them join', async (t) => {
  const drafts = []
  for (let index = 0; index < 5; index++) drafts.push(await createShort(server, `Ibex ${index}`, { status: 'draft', publishedAt: '2026-01-09T00:00:00Z' }))
  const order = [3, 1, 4, 0, 2]
  for (const index of order) await server.post(`/v1/articles/${drafts[index]?.id}/publish`)
  await createShort(server, 'Ibex before', { publishedAt: '2026-01-08T23:59:59.999Z' })
  await createShort(server, 'Ibex after', { publishedAt: '2026-01-09T00:00:00.001Z' })
  const whole = ['Ibex after', 'Ibex 4', 'Ibex 3', 'Ibex 2', 'Ibex 1', 'Ibex 0', 'Ibex before']
  const changed = drafts[1]
  await server.patch(`/v1/articles/${changed?.id}`, { standfirst: 'Not out yet' })
  for (const copy of ['', '&copy=working']) {
    const get = (more: string) => server.get(`/v1/articles?q=ibex${copy}${more}`)
    t.strictSame(found(await get('')), whole)
    for (const limit of [1, 2, 3]) {
      const seen: string[] = []
      let page = await get(`&limit=${limit}`)
      for (;;) {
        seen.push(...found(page))
        if (!page.body.page.nextCursor) break
        page = await get(`&limit=${limit}&cursor=${page.body.page.nextCursor}`)
      }
      t.strictSame(seen, whole, `${limit} at a time`)
      const back = found(page)
      while (page.body.page.prevCursor) {
        page = await get(`&limit=${limit}&cursor=${page.body.page.prevCursor}`)
        back.unshift(...found(page))
      }
      t.strictSame(back, whole, `${limit} at a time, backward`)
    }
  }
})

t.test('search rows of whole days have numbers that differ in their lowest bits, by which SQLite finds those that were replaced', async (t) => {
  const rows = await server.database.read.selectFrom('search_rows').select('number').where('headline', 'in', ['Weather', 'Numbers', 'Quiet day']).execute()
  t.equal(new Set(rows.map(({ number }) => number % 32)).size, 3)
})

t.test('another order, filters and drafts go with q', async (t) => {
  t.strictSame(found(await search('storm', '&sort=publishedAt')), ['Storm over the harbour', 'Election night', 'Weather', 'Quiet day'])
  t.strictSame(found(await search('storm', '&publishedBefore=2026-01-03T00:00:00Z')), ['Storm over the harbour', 'Election night'])
  t.strictSame(found(await server.get('/v1/articles?q=storm&copy=working&status=draft')), ['Secret storm'])
})

t.test('an edited cursor of a search by time is refused or finds its place', async (t) => {
  const asked = '&sort=-publishedAt&limit=1'
  const [query, direction, , id] = JSON.parse(Buffer.from((await search('storm', asked)).body.page.nextCursor, 'base64url').toString())
  for (const [value, status] of [
    ['zzz', 400],
    ['', 400],
    [null, 400],
    ['+275760-09-13T00:00:00.000Z', 400],
    ['9999-12-31T23:59:59.999Z', 200],
    ['0000-01-01T00:00:00.000Z', 200],
  ] as const) {
    const cursor = Buffer.from(JSON.stringify([query, direction, value, id])).toString('base64url')
    t.equal((await search('storm', `${asked}&cursor=${cursor}`)).status, status, String(value))
  }
})

t.test('all that words are replaced in is found, and what only editors read is found in working copies alone', async (t) => {
  const image = (word: string) => ({ url: 'https://media.example/a.jpg', alt: `${word}alt`, title: `${word}title`, caption: `${word}caption` })
  const words = {
    alternativeHeadline: 'quokkaalternative',
    kicker: 'quokkakicker',
    standfirst: 'quokkastandfirst',
    slugline: 'quokkaslugline',
    dateline: 'quokkadateline',
    leadImage: image('quokkalead'),
    seo: { title: 'quokkaseo', description: 'quokkadescription', image: image('quokkaseo') },
    corrections: [{ text: 'quokkacorrection' }],
    sections: [{ heading: 'quokkaheading', body: [{ type: 'image', image: image('quokkasection') }] }],
    related: [{ relation: 'related', text: 'quokkarelated', target: { type: 'url', url: 'https://elsewhere.example/' } }],
    highlightLists: [{ title: 'quokkalist', items: [{ text: 'quokkaitem', target: null }] }],
  }
  const { id } = await createShort(server, 'Quokkaheadline', { ...words, editorNote: 'quokkanote' })
  const all = [...JSON.stringify(words).matchAll(/quokka[a-z]+/g)].map(([word]) => word)
  t.equal(all.length, 21)
  const both = async (q: string) => [found(await search(q)).length, found(await server.get(`/v1/articles?q=${encodeURIComponent(q)}&copy=working`)).length]
  for (const word of ['quokkaheadline', ...all]) t.strictSame(await both(word), [1, 1], word)
  t.strictSame(await both('quokkanote'), [0, 1])
  t.strictSame(await both(`quokkanote quokkadateline`), [0, 1], 'together with what is public')
  t.strictSame(await both('"quokkaslugline quokkadateline"'), [0, 0], 'no phrase reaches from one text into the next')
  await server.patch(`/v1/articles/${id}`, { editorNote: 'wombatnote' })
  t.strictSame(await both('quokkanote'), [0, 0])
  t.strictSame(await both('wombatnote'), [0, 1])
  await server.patch(`/v1/articles/${id}?apply=both`, { dateline: 'wombatdateline' })
  t.strictSame(await both('wombatdateline'), [1, 1])
  t.strictSame(await both('wombatnote'), [0, 1])
  const changed = await server.post('/v1/articles/changes', {
    filter: { q: 'wombatnote' },
    replaceText: { find: 'wombatnote', with: 'numbatnote', in: ['editorNote'] },
  })
  t.equal(changed.body.changed, 1)
  t.strictSame(await both('numbatnote'), [0, 1])
  await server.patch(`/v1/articles/${id}`, { editorNote: null })
  t.strictSame(await both('numbatnote'), [0, 0])
  t.strictSame(await both('wombatdateline quokkasectionalt'), [1, 1])
  await server.delete(`/v1/articles/${id}?permanent=true`)
  t.strictSame(await both('quokkaheadline'), [0, 0])
})

t.test('what a related item says that may not be shown is found in working copies alone', async (t) => {
  const hidden = await createShort(server, 'Hidden plan', { status: 'draft' })
  const gone = await createShort(server, 'Quetzal census')
  const items = [
    { relation: 'related', text: 'Secretplan merger', target: { type: 'article', id: hidden.id } },
    { relation: 'related', text: 'Openplan', target: { type: 'url', url: 'https://elsewhere.example/' } },
    { relation: 'related', target: { type: 'article', id: gone.id } },
  ]
  const { id } = await createShort(server, 'Relating', { related: items })
  const both = async (q: string) => [await search(q), await server.get(`/v1/articles?q=${q}&copy=working`)].map(found)
  t.strictSame(await both('secretplan'), [[], ['Relating']])
  t.strictSame(await both('openplan'), [['Relating'], ['Relating']])
  await server.post(`/v1/articles/${hidden.id}/publish`)
  await server.post(`/v1/articles/${hidden.id}/unpublish`, {})
  t.strictSame(await both('secretplan'), [[], ['Relating']])
  await server.delete(`/v1/articles/${gone.id}?permanent=true`)
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.related.at(-1).text, 'Quetzal census')
  t.strictSame(await both('quetzal'), [['Relating'], ['Relating']], 'the words that stay are found')
  const { body } = await server.post('/v1/articles/changes', { filter: { q: 'quetzal' }, replaceText: { find: 'Quetzal', with: 'Kakapo' }, apply: 'both' })
  t.equal(body.changed, 1)
  t.strictSame(
    [await both('quetzal'), await both('kakapo')],
    [
      [[], []],
      [['Relating'], ['Relating']],
    ],
  )
})

t.test('the index follows each change', async (t) => {
  const { id } = await createShort(server, 'Zebra crossing')
  t.strictSame(found(await search('zebra')), ['Zebra crossing'])
  await server.post(`/v1/articles/${id}/sections`, { heading: 'Okapi' })
  t.strictSame(found(await search('okapi')), [])
  t.strictSame(found(await server.get('/v1/articles?q=okapi&copy=working')), ['Zebra crossing'])
  await server.post(`/v1/articles/${id}/publish`)
  t.strictSame(found(await search('okapi')), ['Zebra crossing'])
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Horse crossing' })
  t.strictSame(found(await search('zebra')), [])
  await server.patch(`/v1/articles/${id}`, { status: 'draft' })
  t.strictSame(found(await search('horse')), [])
  t.strictSame(found(await server.get('/v1/articles?q=horse&copy=working')), ['Horse crossing'])
  await server.delete(`/v1/articles/${id}`)
  t.strictSame(found(await server.get('/v1/articles?q=horse&copy=working')), [])
  t.strictSame(found(await server.get('/v1/articles?q=horse&copy=working&status=trashed')), ['Horse crossing'])
  await server.delete(`/v1/articles/${id}?permanent=true`)
  t.strictSame(found(await server.get('/v1/articles?q=horse&copy=working&status=trashed')), [])
})

t.test('working copies are found by what they say, changed or not, once each and in order', async (t) => {
  const at = (day: number) => ({ publishedAt: `2026-02-0${day}T00:00:00Z` })
  await createShort(server, 'Lynx seen', at(1))
  const changed = await createShort(server, 'Lynx lost', at(2))
  await server.patch(`/v1/articles/${changed.id}`, { headline: 'Lynx found again' })
  const renamed = await createShort(server, 'Lynx asleep', at(3))
  await server.patch(`/v1/articles/${renamed.id}`, { headline: 'Cat asleep' })
  const dated = await createShort(server, 'Lynx awake', at(4))
  await server.patch(`/v1/articles/${dated.id}`, { publishedAt: '2026-02-09T00:00:00Z' })
  await createShort(server, 'Lynx planned', { status: 'draft', ...at(1) })
  const down = await createShort(server, 'Lynx denied', at(5))
  await server.post(`/v1/articles/${down.id}/unpublish`)
  const back = await createShort(server, 'Lynx on the roof', at(6))
  await server.patch(`/v1/articles/${back.id}`, { headline: 'Dog on the roof' })
  await server.patch(`/v1/articles/${back.id}`, { headline: 'Lynx on the roof' })

  t.strictSame(found(await search('lynx')), ['Lynx on the roof', 'Lynx awake', 'Lynx asleep', 'Lynx lost', 'Lynx seen'])
  const working = (more = '') => server.get(`/v1/articles?q=lynx&copy=working${more}`)
  const whole = found(await working())
  t.strictSame(whole.slice(0, 4), ['Lynx awake', 'Lynx on the roof', 'Lynx denied', 'Lynx found again'])
  t.strictSame(whole.slice(4).sort(), ['Lynx planned', 'Lynx seen'])
  const snippets = (await working()).body.data.map((row: Json) => row.snippet)
  t.ok(snippets.includes('<mark>Lynx</mark> found again'))
  t.notOk(snippets.includes('<mark>Lynx</mark> lost'))
  t.equal((await working('&count=true')).body.page.total, 6)
  t.strictSame(found(await working('&sort=headline')), whole.toSorted())
  t.strictSame(found(await working('&status=published')), ['Lynx awake', 'Lynx on the roof', 'Lynx found again', 'Lynx seen'])

  const seen: string[] = []
  let page = await working('&limit=1')
  for (;;) {
    seen.push(...found(page))
    if (!page.body.page.nextCursor) break
    page = await working(`&limit=1&cursor=${page.body.page.nextCursor}`)
  }
  t.strictSame(seen, whole)
  const backward: string[] = []
  while (page.body.page.prevCursor) {
    page = await working(`&limit=1&cursor=${page.body.page.prevCursor}`)
    backward.unshift(...found(page))
  }
  t.strictSame(backward, whole.slice(0, -1))
})

t.test('a change that publishes, too, leaves each copy found by what it says', async (t) => {
  const { id, sections } = await createShort(server, 'Heron sails', { sections: body('A boat.') })
  const copies = async (q: string) => [found(await search(q)), found(await server.get(`/v1/articles?q=${q}&copy=working`))]
  await server.patch(`/v1/articles/${id}`, { headline: 'Crane sails' })
  t.strictSame(await copies('crane'), [[], ['Crane sails']])
  await server.events()
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Heron sails' })
  t.strictSame(await server.events(), ['article.updated'], 'what is public is said again, and so not published')
  t.strictSame(await copies('crane'), [[], []])
  t.strictSame(await copies('heron'), [['Heron sails'], ['Heron sails']])
  await server.patch(`/v1/articles/${id}`, { headline: 'Egret sails' })
  await server.patch(`/v1/articles/${id}?apply=both`, { standfirst: 'Ibis' })
  await server.patch(`/v1/articles/${id}/sections/${sections[0].id}?apply=both`, { heading: 'Stork' })
  for (const q of ['ibis', 'stork']) t.strictSame(await copies(q), [['Heron sails'], ['Egret sails']])
  t.strictSame(await copies('heron'), [['Heron sails'], []])
  t.strictSame(await copies('egret'), [[], ['Egret sails']])
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Stilt sails' })
  t.strictSame(await copies('stilt'), [['Stilt sails'], ['Stilt sails']])
  for (const q of ['heron', 'egret']) t.strictSame(await copies(q), [[], []])
})

t.test('letters that a sign joins are looked for as they stand', async (t) => {
  const withText = (text: string) => ({ sections: [{ body: [{ type: 'paragraph', text }] }] })
  const joined = await createShort(server, 'Joined', withText('We don’t know, said AT&T of the U.S. office in its anti-war snake_case'))
  const scattered = await createShort(server, 'Scattered', withText('Don went to T; at U and S a war came: anti case of snake t'))
  const found = async (q: string) => {
    const { data } = (await server.anonymous.get(`/v1/articles?q=${encodeURIComponent(q)}&limit=100`)).body
    return data.map(({ id }: Json) => id).filter((id: string) => [joined.id, scattered.id].includes(id))
  }
  for (const q of ['don’t', "don't", 'AT&T', 'U.S.', 'anti-war', 'snake_case', 'anti-wa*']) t.strictSame(await found(q), [joined.id], q)
  t.equal((await found('don t')).length, 2, 'a space parts them')
})

t.test('the longest q there may be is found or not, never an error', async (t) => {
  t.equal((await search(Array.from({ length: 250 }, (_, index) => String.fromCodePoint(0x400 + index)).join(' '))).status, 200)
  t.equal((await search('x'.repeat(501))).status, 400)
})
