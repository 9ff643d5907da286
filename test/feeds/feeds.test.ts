import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atomFaults, jsonFeedFaults, rssFaults } from '../support/feed-rules.ts'
import { type Answer, sendUnchecked, startServer } from '../support/server.ts'
import { createShort, story } from '../support/stories.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'
import { childrenOf, type Element, parseXml, textOf } from '../support/xml.ts'

/** A hub that keeps what it is told. */
const told: string[][] = []
let isDeaf = false
const hub = createServer((request, response) => {
  let body = ''
  request.on('data', (data) => {
    body += data
  })
  request.on('end', () => {
    const form = new URLSearchParams(body)
    if (!isDeaf && form.get('hub.mode') === 'publish') told.push(form.getAll('hub.url'))
    response.writeHead(isDeaf ? 500 : 204).end()
  })
})
await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
t.teardown(() => hub.close())
const hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`

const server = await startServer(t, { PUBLIC_API_URL: 'https://api.news.example', WEBSUB_HUB: hubUrl })
await server.put('/v1/site', { name: 'The Oakmere Courier', tagline: 'News & more', logo: { url: 'https://media.example/logo.png' } })

const get = (path: string) => server.anonymous.get(path)

/** The items of a feed as a reader finds them: their titles, in order. */
function titlesIn({ text, body }: Answer): (string | undefined)[] {
  if (body) return body.items.map(({ title }: { title: string }) => title)
  const root = parseXml(text)
  const items = root.name === 'rss' ? childrenOf(childrenOf(root, 'channel')[0] as Element, 'item') : childrenOf(root, 'entry')
  return items.map((item) => textOf(item, 'title'))
}

function faultsIn({ text, body }: Answer): string[] {
  if (body) return jsonFeedFaults(body)
  const root = parseXml(text)
  return root.name === 'rss' ? rssFaults(root) : atomFaults(root)
}

/** The address of a page that a feed leads to. */
function linkIn({ text, body }: Answer, relation: 'next' | 'previous' | 'first' | 'self' | 'hub'): string | undefined {
  if (body) return { next: body.next_url, self: body.feed_url, hub: body.hubs?.[0].url, previous: undefined, first: undefined }[relation]
  const root = parseXml(text)
  const links = root.name === 'rss' ? childrenOf(childrenOf(root, 'channel')[0] as Element, 'atom:link') : childrenOf(root, 'link')
  return links.find(({ attributes }) => attributes.rel === relation)?.attributes.href
}

const formats = ['rss', 'atom', 'json']
const types = { rss: 'application/rss+xml', atom: 'application/atom+xml', json: 'application/feed+json' } as Record<string, string>

const hostile = 'A & B <i>"quoted"</i> ]]> \u0001end'

await server.post('/v1/topics', { name: 'Water', slug: 'water' })
await server.post('/v1/topics', { name: 'Tides', slug: 'tides', parentId: 'water' })
const rich = (
  await server.post('/v1/articles', {
    ...story,
    headline: 'A & B <i>"quoted"</i> ]]>',
    slug: 'rich',
    topics: [{ slug: 'tides' }],
    status: 'published',
    publishedAt: '2026-01-05T10:00:00Z',
    seo: null,
    sections: [...story.sections, { heading: 'Odd', body: [{ type: 'code', code: hostile }] }],
  })
).body
for (const day of [4, 3, 2, 1])
  await createShort(server, `Day ${day}`, {
    slug: `day-${day}`,
    status: 'published',
    language: day > 2 ? 'en' : 'fr',
    publishedAt: `2026-01-0${day}T10:00:00Z`,
    topics: [],
    authors: [],
  })

for (const format of formats) {
  t.test(`${format} is valid, and has the newest stories whole`, async (t) => {
    const answer = await get(`/v1/feeds/${format}`)
    t.equal(answer.status, 200)
    t.match(answer.headers.get('content-type'), types[format])
    t.match(answer.headers.get('cache-control'), 'public')
    t.equal(answer.headers.get('last-modified'), 'Mon, 05 Jan 2026 10:00:00 GMT')
    t.strictSame(faultsIn(answer), [])
    t.strictSame(titlesIn(answer), ['A & B <i>"quoted"</i> ]]>', 'Day 4', 'Day 3', 'Day 2', 'Day 1'])
    t.equal(linkIn(answer, 'self'), `https://api.news.example/v1/feeds/${format}`)
    t.equal(linkIn(answer, 'hub'), hubUrl)
    t.match(answer.text, /h2 id=(?:&quot;|\\")background/, 'the story itself')
    t.match(answer.text, 'https://media.example/quay.jpg')
    t.match(answer.text, 'Ada Berg')
    t.match(answer.text, 'https://news.example/rich')
    t.match(answer.text, `urn:uuid:${rich.id}`)
    t.notMatch(answer.text, 'Call the board')
    const summary = await get(`/v1/feeds/${format}?content=summary`)
    t.strictSame(faultsIn(summary), [])
    t.notMatch(summary.text, 'background')
    t.match(summary.text, 'Two years of work end on Monday.')
    t.equal((await server.anonymous.get(`/v1/feeds/${format}`, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })).status, 304)
  })

  t.test(`${format} is narrowed as lists are, and named after what it is narrowed by`, async (t) => {
    for (const [query, titles, title] of [
      ['topic=water', ['A & B <i>"quoted"</i> ]]>'], 'Water · The Oakmere Courier'],
      ['author=ada-berg', ['A & B <i>"quoted"</i> ]]>'], 'Ada Berg · The Oakmere Courier'],
      ['language=fr', ['Day 2', 'Day 1'], 'français · The Oakmere Courier'],
      ['topic=-water&language=en', ['Day 4', 'Day 3'], 'English · The Oakmere Courier'],
      ['publishedBefore=2026-01-02T00:00:00Z', ['Day 1'], 'The Oakmere Courier'],
      ['q=crews', ['A & B <i>"quoted"</i> ]]>'], 'crews · The Oakmere Courier'],
      ['topic=nothing', [], 'The Oakmere Courier'],
    ] as const) {
      const answer = await get(`/v1/feeds/${format}?${query}`)
      t.strictSame(titlesIn(answer), titles, query)
      t.strictSame(faultsIn(answer), [], query)
      const own = answer.body
        ? answer.body.title
        : textOf(format === 'rss' ? (childrenOf(parseXml(answer.text), 'channel')[0] as Element) : parseXml(answer.text), 'title')
      t.equal(own, title)
      t.equal(
        linkIn(answer, 'hub') !== undefined,
        !/&|published|q=/.test(query),
        'the hub is told of all stories, or of those of one topic, author or language',
      )
    }
    t.equal((await get(`/v1/feeds/${format}?topik=water`)).status, 400)
    t.equal((await get(`/v1/feeds/${format}?content=some`)).status, 400)
    t.equal((await get(`/v1/feeds/${format}?cursor=x`)).status, 400)
  })

  t.test(`the pages of ${format} join without a gap`, async (t) => {
    const seen: (string | undefined)[] = []
    for (let path: string | undefined = `/v1/feeds/${format}?limit=2&content=summary`; path; ) {
      const page = await get(path)
      t.strictSame(faultsIn(page), [])
      seen.push(...titlesIn(page))
      path = linkIn(page, 'next')?.replace('https://api.news.example', '')
      if (!path && format !== 'json') {
        t.equal(linkIn(page, 'first'), `https://api.news.example/v1/feeds/${format}?content=summary&limit=2`)
        const before = linkIn(page, 'previous')?.replace('https://api.news.example', '') ?? ''
        t.strictSame(titlesIn(await get(before)), ['Day 3', 'Day 2'])
      }
    }
    t.strictSame(seen, ['A & B <i>"quoted"</i> ]]>', 'Day 4', 'Day 3', 'Day 2', 'Day 1'])
  })
}

t.test('a freestanding list is a feed in its own order', async (t) => {
  const draft = await createShort(server, 'Not out', { slug: 'not-out', status: 'draft' })
  const items = ['day-1', 'rich', 'day-3'].map((slug) => ({ target: { type: 'article', slug } }))
  await server.post('/v1/highlight-lists', { slug: 'top', title: 'Top stories', items: [...items, { target: { type: 'article', id: draft.id } }] })
  const read = () => get('/v1/feeds/atom?list=top&content=summary')
  t.strictSame(titlesIn(await read()), ['Day 1', 'A & B <i>"quoted"</i> ]]>', 'Day 3'])
  t.strictSame(faultsIn(await read()), [])
  t.match((await read()).text, '<title>Top stories · The Oakmere Courier</title>')
  await server.post(`/v1/articles/${draft.id}/publish`, {})
  t.strictSame(titlesIn(await read()), ['Day 1', 'A & B <i>"quoted"</i> ]]>', 'Day 3', 'Not out'], 'what comes out is in it at once')
  await server.patch('/v1/highlight-lists/top', { items: items.slice(0, 1) })
  t.strictSame(titlesIn(await read()), ['Day 1'])
  t.equal((await get('/v1/feeds/atom?list=nowhere')).status, 404)
  t.equal((await get('/v1/feeds/atom?list=top&topic=water')).status, 400)
  await server.delete(`/v1/articles/${draft.id}?permanent=true`)
})

t.test('a feed follows what is published, changed, taken down, and what the site is called', async (t) => {
  const { id } = await createShort(server, 'Fresh', { slug: 'fresh', status: 'published', publishedAt: '2026-01-09T10:00:00Z' })
  const first = async () => titlesIn(await get('/v1/feeds/json'))[0]
  t.equal(await first(), 'Fresh')
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Fresher' })
  t.equal(await first(), 'Fresher')
  await server.patch('/v1/site', { name: 'The Oakmere Post' })
  t.equal((await get('/v1/feeds/json')).body.title, 'The Oakmere Post')
  await server.post(`/v1/articles/${id}/unpublish`, {})
  t.equal(await first(), 'A & B <i>"quoted"</i> ]]>')
})

t.test('translations are named beside each other', async (t) => {
  const original = await createShort(server, 'Fish', { slug: 'fish', status: 'published', publishedAt: '2025-01-09T10:00:00Z' })
  const other = await createShort(server, 'Poisson', {
    slug: 'poisson',
    language: 'fr',
    status: 'published',
    publishedAt: '2025-01-08T10:00:00Z',
    translationOf: original.id,
  })
  for (const format of ['rss', 'atom']) {
    const answer = await get(`/v1/feeds/${format}?publishedBefore=2025-02-01T00:00:00Z`)
    t.match(answer.text, /hreflang="fr" href="https:\/\/news\.example\/poisson"|href="https:\/\/news\.example\/poisson"[^>]*hreflang="fr"/)
    t.strictSame(faultsIn(answer), [])
  }
  for (const { id } of [original, other]) await server.delete(`/v1/articles/${id}?permanent=true`)
})

t.test('addresses with letters of any alphabet are URIs in each feed', async (t) => {
  const own = await startServer(t)
  await sendUnchecked(own, 'POST', '/v1/articles', {
    headline: 'Größe',
    status: 'published',
    leadImage: { url: 'https://media.example/größe.jpg' },
    canonicalUrl: 'https://news.example/hafen-größe?z=ü',
  })
  for (const format of ['rss', 'atom', 'json']) {
    const { text } = await own.anonymous.get(`/v1/feeds/${format}`)
    t.match(text, 'https://news.example/hafen-gr%C3%B6%C3%9Fe?z=%C3%BC', format)
    t.match(text, 'https://media.example/gr%C3%B6%C3%9Fe.jpg', format)
    t.notMatch(text, /https:[^"<]*ö/, format)
  }
})

t.test('a comment feed is in the language that the public knows', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'In English', language: 'en', status: 'published' })).body
  await server.patch(`/v1/articles/${id}`, { language: 'fr' })
  t.equal((await server.anonymous.get(`/v1/articles/${id}/comments/feeds/json`)).body.language, 'en')
  t.match((await server.anonymous.get(`/v1/articles/${id}/comments/feeds/rss`)).text, '<language>en</language>')
})

t.test('a feed isn’t named after what the public doesn’t know', async (t) => {
  const own = await startServer(t)
  const titleOf = async (query: string) => (await own.anonymous.get(`/v1/feeds/json?${query}`)).body.title
  const nobody = await titleOf('topic=ext:nobody')
  for (const kind of ['topic', 'author']) {
    const { id } = (await own.put(`/v1/${kind}s/ext:secret`, { name: 'Nightfall' })).body
    for (const reference of [id, 'ext:secret', 'nightfall']) t.equal(await titleOf(`${kind}=${reference}`), nobody)
    const { id: storyId } = await createShort(own, `Of it ${kind}`, { [`${kind}s`]: [{ id }] })
    for (const reference of [id, 'ext:secret', 'nightfall']) t.match(await titleOf(`${kind}=${reference}`), /^Nightfall/)
    await own.post(`/v1/articles/${storyId}/unpublish`)
    await own.patch(`/v1/${kind}s/${id}`, { name: 'Renamed in secret' })
    for (const reference of [id, 'ext:secret', 'nightfall']) t.equal(await titleOf(`${kind}=${reference}`), nobody)
  }
})

t.test('the comments on a story are a feed, the newest first', async (t) => {
  const say = (body: string) => server.anonymous.post(`/v1/articles/${rich.id}/comments`, { author: { name: 'R & D' }, body })
  for (const format of formats) {
    const empty = await get(`/v1/articles/rich/comments/feeds/${format}`)
    t.strictSame([empty.status, titlesIn(empty), faultsIn(empty)], [200, [], []])
  }
  await say('The **first** one, <b>bold</b>.')
  const second = (await say('The second one.')).body
  for (const format of formats) {
    const answer = await get(`/v1/articles/rich/comments/feeds/${format}`)
    t.strictSame(faultsIn(answer), [])
    t.strictSame(titlesIn(answer), ['R & D', 'R & D'])
    t.match(answer.text, `https://news.example/rich#comment-${second.id}`)
    if (format === 'json') t.match(answer.body.items.at(-1).content_html, '&lt;b&gt;bold')
    else t.notMatch(answer.text, '<b>')
  }
  await server.patch(`/v1/comments/${second.id}`, { status: 'rejected' })
  t.notMatch((await get('/v1/articles/rich/comments/feeds/rss')).text, second.id)
  t.equal((await get('/v1/articles/nowhere/comments/feeds/rss')).status, 404)
})

t.test('the hub is told which feeds changed, and again of what it didn’t take', async (t) => {
  const draft = await createShort(server, 'Told', { status: 'draft', topics: [{ slug: 'tides' }], authors: [{ name: 'Ada Berg' }], language: 'nb' })
  isDeaf = true
  await server.post(`/v1/articles/${draft.id}/publish`, {})
  told.length = 0
  isDeaf = false
  await server.post(`/v1/articles/${rich.id}/unpublish`, {})
  const feeds = ['', '?topic=tides', '?topic=water', '?author=ada-berg', '?language=nb'].map((query) => `https://api.news.example/v1/feeds/atom${query}`)
  await until('the hub is told', () => feeds.every((address) => told.flat().includes(address)))
  t.ok(told.flat().every((address) => address.startsWith('https://api.news.example/v1/feeds/')))
})

t.test('a feed is in the language that it is of, and plain text stays plain in RSS', async (t) => {
  const { id } = await createShort(server, 'عن الميناء', {
    language: 'ar',
    slug: 'arabic',
    publishedAt: '2025-03-01T10:00:00Z',
    standfirst: 'If a<b, use <img src=x onerror=alert(1)>.',
  })
  t.equal((await get('/v1/feeds/json?language=ar')).body.language, 'ar')
  t.equal(parseXml((await get('/v1/feeds/atom?language=ar')).text).attributes['xml:lang'], 'ar')
  t.equal((await get('/v1/articles/arabic/comments/feeds/json')).body.language, 'ar')
  const [channel] = childrenOf(parseXml((await get('/v1/feeds/rss?language=ar&content=summary')).text), 'channel')
  t.equal(textOf(channel as Element, 'language'), 'ar')
  const [item] = childrenOf(channel as Element, 'item')
  t.equal(textOf(item as Element, 'description'), 'If a&lt;b, use &lt;img src=x onerror=alert(1)&gt;.', 'readers take it for HTML')
  const list = (await server.post('/v1/highlight-lists', { slug: 'by-id', items: [{ target: { type: 'article', id } }] })).body
  t.strictSame(titlesIn(await get(`/v1/feeds/json?list=${list.id}`)), ['عن الميناء'])
})

t.test('a comment feed has the address of its story as it is now, also where that is made of a topic', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{topic}/{slug}' })
  const topic = (await server.post('/v1/topics', { name: 'Old name' })).body
  const { id } = (await server.post('/v1/articles', { headline: 'Story', status: 'published', topics: [{ id: topic.id }] })).body
  const feed = () => server.anonymous.get(`/v1/articles/${id}/comments/feeds/json`)
  const before = await feed()
  t.equal(before.body.home_page_url, 'https://news.example/old-name/story')
  t.ok(before.headers.get('surrogate-key')?.split(' ').includes(`topic:${topic.id}`))
  await server.patch(`/v1/topics/${topic.id}`, { slug: 'new-name' })
  t.equal((await feed()).body.home_page_url, 'https://news.example/new-name/story')
})

t.test('a page has so much of long stories whole, and of the rest their summaries', async (t) => {
  const own = await startServer(t)
  const body = Array(14).fill({ type: 'paragraph', text: 'Long words. '.repeat(5000) })
  for (const name of ['one', 'two', 'three', 'four'])
    await own.post('/v1/articles', { headline: name, standfirst: `All of ${name}.`, status: 'published', sections: [{ body }], topics: [{ name: 'Long' }] })
  const { items } = (await own.anonymous.get('/v1/feeds/json?topic=long')).body
  t.strictSame(
    items.map((item: { content_html?: string }) => (item.content_html ?? '').length > 500_000),
    [true, true, false, false],
  )
  for (const item of items) t.match(item.summary, /^All of /)
})
