import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const headlines = ({ body }: { body: Json }) => body.data.map((row: Json) => row.headline)

await server.post('/v1/topics', { name: 'News', slug: 'news' })
const { body: news } = await server.get('/v1/topics/news')
await server.post('/v1/topics', { name: 'Sport', slug: 'sport', parentId: news.id })
const made: Record<string, Json> = {}
const wanted: [string, string, object][] = [
  ['Alpha', '2026-01-01T00:00:00Z', { topics: [{ slug: 'sport' }], authors: [{ name: 'Ada Berg' }], language: 'en', genre: 'news' }],
  ['Bravo', '2026-01-02T00:00:00Z', { topics: [{ slug: 'news' }], authors: [{ name: 'Ben Carr' }], language: 'de', genre: 'opinion' }],
  [
    'Charlie',
    '2026-01-03T00:00:00Z',
    { topics: [{ slug: 'sport' }, { slug: 'news' }], authors: [{ name: 'Ada Berg' }, { name: 'Ben Carr' }], language: 'de-AT' },
  ],
  ['Delta', '2026-01-03T00:00:00Z', { language: 'en' }],
  ['Echo', '2026-01-05T00:00:00Z', { topics: [{ name: 'Weather' }], language: 'en', genre: 'news' }],
]
for (const [headline, publishedAt, changes] of wanted) made[headline] = await createShort(server, headline, { publishedAt, ...changes })
made.Draft = await createShort(server, 'Draft', { status: 'draft', topics: [{ slug: 'sport' }], authors: [{ name: 'Hidden Author' }] })

const lists: [query: string, found: string[]][] = [
  ['', ['Echo', 'Delta', 'Charlie', 'Bravo', 'Alpha']],
  ['sort=publishedAt', ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo']],
  ['sort=-publishedAt,id', ['Echo', 'Charlie', 'Delta', 'Bravo', 'Alpha']],
  ['sort=headline', ['Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo']],
  ['sort=-id', ['Echo', 'Delta', 'Charlie', 'Bravo', 'Alpha']],
  ['topic=sport', ['Charlie', 'Alpha']],
  ['topic=news', ['Charlie', 'Bravo', 'Alpha']],
  ['topic=sport,weather', ['Echo', 'Charlie', 'Alpha']],
  ['topic=sport&topic=news', ['Charlie', 'Alpha']],
  ['topic=-sport', ['Echo', 'Delta', 'Bravo']],
  ['topic=-sport,weather', ['Delta', 'Bravo']],
  ['topic=news&topic=-sport', ['Bravo']],
  ['topic=nothing-of-that-name', []],
  [`topic=${news.id}`, ['Charlie', 'Bravo', 'Alpha']],
  ['author=ada-berg', ['Charlie', 'Alpha']],
  ['author=ada-berg&author=ben-carr', ['Charlie']],
  ['author=hidden-author', []],
  ['language=en', ['Echo', 'Delta', 'Alpha']],
  ['language=DE-at,de', ['Charlie', 'Bravo']],
  ['genre=news', ['Echo', 'Alpha']],
  ['genre=-news', ['Delta', 'Charlie', 'Bravo']],
  ['publishedAfter=2026-01-03T00:00:00Z', ['Echo', 'Delta', 'Charlie']],
  ['publishedBefore=2026-01-03T01:00:00%2B01:00', ['Bravo', 'Alpha']],
  ['status=published&limit=2', ['Echo', 'Delta']],
  [`ids=${made.Alpha.id},${made.Draft.id},${made.Echo.id}`, ['Alpha', 'Echo']],
  [`ids=${made.Alpha.id.toUpperCase()},${made.Echo.id}&topic=weather`, ['Echo']],
  ['slug=delta,alpha,draft', ['Delta', 'Alpha']],
]
for (const [query, found] of lists)
  t.test(`the public list: ${query || 'as it comes'}`, async (t) => {
    const answer = await server.anonymous.get(`/v1/articles?${query}`)
    t.equal(answer.status, 200)
    t.strictSame(headlines(answer), found)
    t.notMatch(answer.text, /Draft|Hidden|editorNote|externalId/)
  })

t.test('working copies: drafts too, and dates that aren’t there come last both ways', async (t) => {
  t.equal(headlines(await server.get('/v1/articles?copy=working')).at(-1), 'Draft')
  t.equal(headlines(await server.get('/v1/articles?copy=working&sort=publishedAt')).at(-1), 'Draft')
  t.strictSame(headlines(await server.get('/v1/articles?copy=working&status=draft')), ['Draft'])
  t.strictSame(headlines(await server.get('/v1/articles?copy=working&status=-published')), ['Draft'])
  t.strictSame(headlines(await server.get('/v1/articles?copy=working&topic=news&sort=headline')), ['Alpha', 'Bravo', 'Charlie', 'Draft'])
  t.strictSame(headlines(await server.get('/v1/articles?copy=working&author=hidden-author')), ['Draft'])
  t.equal((await server.anonymous.get('/v1/articles?copy=working')).status, 401)
  t.strictSame(faultsOf(await server.get('/v1/articles?status=draft')), ['status: combination'])
})

for (const sort of ['-publishedAt', 'publishedAt', 'headline', '-updatedAt', '-publishedAt,id'])
  for (const copy of ['', '&copy=working'])
    t.test(`pages by ${sort}${copy} join without a gap, forward and back`, async (t) => {
      const whole = headlines(await server.get(`/v1/articles?sort=${sort}${copy}&limit=100`))
      const seen: string[] = []
      const backward: string[][] = []
      let path = `/v1/articles?sort=${sort}${copy}&limit=2`
      let prev: string | null = null
      for (;;) {
        const answer = await server.get(path)
        seen.push(...headlines(answer))
        prev = answer.body.page.prevCursor
        if (answer.body.page.nextCursor === null) break
        t.match(answer.headers.get('link'), `cursor=${answer.body.page.nextCursor}>; rel="next"`)
        path = `/v1/articles?sort=${sort}${copy}&limit=2&cursor=${answer.body.page.nextCursor}`
      }
      t.strictSame(seen, whole)
      while (prev) {
        const answer = await server.get(`/v1/articles?sort=${sort}${copy}&limit=2&cursor=${prev}`)
        backward.unshift(headlines(answer))
        prev = answer.body.page.prevCursor
      }
      t.strictSame(backward.flat(), whole.slice(0, backward.flat().length))
    })

t.test('pages join where dates aren’t there, forward and back', async (t) => {
  const own = await startServer(t)
  for (const [headline, publishedAt] of Object.entries({ One: '2026-01-01T00:00:00Z', Two: '2026-01-02T00:00:00Z', Three: '2026-01-03T00:00:00Z' }))
    await createShort(own, headline, { publishedAt })
  for (const headline of ['First draft', 'Second draft', 'Third draft']) await createShort(own, headline, { status: 'draft' })
  for (const [sort, whole] of [
    ['publishedAt', ['One', 'Two', 'Three', 'First draft', 'Second draft', 'Third draft']],
    ['-publishedAt', ['Three', 'Two', 'One', 'Third draft', 'Second draft', 'First draft']],
    ['-publishedAt,id', ['Three', 'Two', 'One', 'First draft', 'Second draft', 'Third draft']],
  ] as const)
    for (const limit of [1, 2, 3, 4, 5]) {
      const get = async (cursor: string | null) =>
        (await own.get(`/v1/articles?copy=working&sort=${sort}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)).body
      const forward: string[] = []
      let page = await get(null)
      for (;;) {
        forward.push(...headlines({ body: page }))
        if (page.page.nextCursor === null) break
        page = await get(page.page.nextCursor)
      }
      t.strictSame(forward, whole, `${sort}, ${limit} at a time`)
      const backward = headlines({ body: page })
      while (page.page.prevCursor !== null) {
        page = await get(page.page.prevCursor)
        backward.unshift(...headlines({ body: page }))
      }
      t.strictSame(backward, whole, `${sort}, ${limit} at a time, backward`)
    }
})

t.test('cursors survive inserts, and belong to their query', async (t) => {
  const first = await server.anonymous.get('/v1/articles?limit=2&language=en')
  const cursor = first.body.page.nextCursor
  await createShort(server, 'Between', { publishedAt: '2026-01-04T00:00:00Z', language: 'en' })
  t.strictSame(headlines(await server.anonymous.get(`/v1/articles?limit=5&language=en&fields=headline&count=true&cursor=${cursor}`)), ['Alpha'])
  for (const query of [`language=de&cursor=${cursor}`, `cursor=${cursor}`, `language=en&sort=headline&cursor=${cursor}`, 'cursor=nonsense'])
    t.strictSame(faultsOf(await server.anonymous.get(`/v1/articles?${query}`)), ['cursor: value'])
  await server.delete(`/v1/articles/${(await server.get('/v1/articles/between')).body.id}`)
})

t.test('an edited cursor is refused or finds its place, and never breaks anything', async (t) => {
  const { nextCursor } = (await server.anonymous.get('/v1/articles?limit=1')).body.page
  const [query, direction, , id] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
  for (const [value, status] of [
    ['\u0000', 400],
    [{}, 400],
    [1.5, 400],
    [null, 200],
    [5, 400],
    ['zzz', 200],
  ] as const) {
    const cursor = Buffer.from(JSON.stringify([query, direction, value, id])).toString('base64url')
    t.equal((await server.anonymous.get(`/v1/articles?limit=1&cursor=${cursor}`)).status, status)
  }
})

t.test('total only on demand', async (t) => {
  t.equal((await server.anonymous.get('/v1/articles?count=true&limit=1')).body.page.total, 5)
  t.equal((await server.anonymous.get('/v1/articles?count=true&topic=sport')).body.page.total, 2)
  t.notOk('total' in (await server.anonymous.get('/v1/articles')).body.page)
})

t.test('fields pick, include adds', async (t) => {
  const { id } = await create(server, { status: 'published', publishedAt: '2025-01-01T00:00:00Z' })
  const row = async (query: string) => (await server.anonymous.get(`/v1/articles?ids=${id}&${query}`)).body.data[0]
  const always = ['headline', 'id', 'language', 'publishedAt', 'slug', 'status', 'updatedAt']
  t.strictSame(Object.keys(await row('fields=kicker')).sort(), [...always, 'kicker'].sort())
  t.strictSame(Object.keys(await row('fields=kicker&include=sections')).sort(), [...always, 'kicker', 'sections'].sort())
  const plain = await row('')
  for (const name of ['sections', 'highlightLists', 'related', 'custom', 'corrections', 'share', 'copyright', 'translations', 'commentCount'])
    t.notOk(name in plain, name)
  const full = await row('include=sections,highlightLists,related,custom,corrections,share,copyright,translations,commentCount')
  t.strictSame(full, (await server.anonymous.get(`/v1/articles/${id}`)).body)
  t.match((await server.anonymous.get('/v1/articles?fields=hedline')).body.errors, [{ parameter: 'fields', code: 'value', suggestion: 'headline' }])
  t.strictSame(faultsOf(await server.anonymous.get('/v1/articles?fields=editorNote')), ['fields: value'])
  await server.delete(`/v1/articles/${id}`)
})

t.test('a row that is also a card of another row shows all that it was asked for', async (t) => {
  const one = await create(server, { headline: 'One', status: 'published' })
  const leads = (id: string) => ({ related: [{ relation: 'related', target: { type: 'article', id } }] })
  const other = await create(server, { headline: 'Other', status: 'published', ...leads(one.id) })
  await server.patch(`/v1/articles/${one.id}?publish=true`, leads(other.id))
  const include = 'sections,highlightLists,related,custom,corrections,share,copyright,translations,commentCount'
  for (const ids of [`${one.id},${other.id}`, `${other.id},${one.id}`]) {
    const rows = (await server.anonymous.get(`/v1/articles?ids=${ids}&include=${include}`)).body.data
    t.equal(rows.length, 2)
    for (const row of rows) t.strictSame(row, (await server.anonymous.get(`/v1/articles/${row.id}`)).body)
    t.strictSame(rows.map((row: Json) => row.related[0].target.article.headline).sort(), ['One', 'Other'])
  }
  for (const { id } of [one, other]) await server.delete(`/v1/articles/${id}`)
})

const refused: [query: string, faults: string[]][] = [
  ['limit=0', ['limit: range']],
  ['limit=101', ['limit: range']],
  ['limit=ten', ['limit: type']],
  ['limit=1&limit=2', ['limit: duplicate']],
  ['sort=headlines', ['sort: value']],
  ['sort=headline,publishedAt', ['sort: value']],
  ['sort=relevance', ['sort: combination']],
  ['topc=sport', ['topc: unknown']],
  ['topic=sport,-news', ['topic: combination']],
  ['topic=', ['topic: value']],
  ['status=publishd', ['status: value']],
  ['publishedAfter=yesterday', ['publishedAfter: format']],
  ['copy=public', ['copy: value']],
  ['count=1', ['count: type']],
  ['__proto__=1', ['__proto__: unknown']],
  [
    'limit=0&sort=foo&nope=1&status=bogus&fields=zz&include=yy&topic=&cursor=x&copy=x',
    ['copy: value', 'cursor: value', 'fields: value', 'include: value', 'limit: range', 'nope: unknown', 'sort: value', 'status: value', 'topic: value'],
  ],
  [`ids=${made.Alpha.id}&limit=5&sort=headline&q=x`, ['limit: combination', 'q: combination', 'sort: combination']],
  [
    `ids=${Array(101)
      .fill(0)
      .map((_, index) => `x${index}`)}`,
    ['ids: length'],
  ],
  ['q=%FF', ['q: encoding']],
  ['q=a%00b', ['q: encoding']],
]
for (const [query, faults] of refused)
  t.test(`refused with its place: ${query.slice(0, 60)}`, async (t) => {
    const answer = await server.anonymous.get(`/v1/articles?${query}`)
    t.equal(answer.status, 400)
    t.strictSame(faultsOf(answer).sort(), faults)
  })

t.test('a collection has a tag of its own, and the keys of its rows', async (t) => {
  const { headers, body } = await server.anonymous.get('/v1/articles?limit=2')
  const tag = headers.get('etag') ?? ''
  t.match(tag, /^"[\w-]{22}(-\w+)?"$/)
  t.equal(headers.get('surrogate-key'), `list ${body.data.map(({ id }: Json) => `article:${id}`).join(' ')}`)
  t.equal(headers.get('cache-tag'), headers.get('surrogate-key')?.replaceAll(' ', ','))
  t.equal((await server.anonymous.get('/v1/articles?limit=2', { headers: { 'if-none-match': `"x", W/${tag}` } })).status, 304)
})
