import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const asked = (path: string) => `/v1/redirects?path=${encodeURIComponent(path)}`

t.test('where a story is now nothing leads away, whatever its address is made of', async (t) => {
  for (const pattern of [
    'https://news.example/story?id={id}',
    'https://news.example/a/{slug}-{id}',
    'https://news.example/{year}/{id}/',
    'https://news.example/{slug}',
    'https://News.Example:443/nä/[{topic}]/{slug} x',
    'https://news.example/%7Enews|/%c3%a4/{slug}',
    'https://news.example/{year}-{month}-{day}-{slug}.html',
    'https://news.example/{topic}-{slug}',
    'https://news.example/{slug}-{topic}/',
    'https://{topic}.news.example/{slug}',
    'https://{year}.news.example/a/{slug}',
  ]) {
    const server = await startServer(t, { PUBLIC_SITE_URL: pattern })
    const topics = [{ name: 'High tides' }]
    await createShort(server, 'Now', { topics })
    const there = await createShort(server, 'There now', { topics })
    const path = there.url.replace(/^https:\/\/[^/]*/, '')
    await createShort(server, 'Was there', { aliases: [path, '/used-to-be'] })
    for (const one of [path, `${path}${path.includes('?') ? '&' : '?'}utm_source=x`]) {
      t.equal((await server.anonymous.get(asked(one))).status, 404, one)
      t.equal((await server.anonymous.get(`${asked(one)}&follow=true`)).status, 404, one)
    }
    t.equal((await server.anonymous.get(asked('/used-to-be'))).status, 200)
    t.match((await server.anonymous.get('/v1/redirects')).body.data, [{ path: '/used-to-be' }], pattern)
    const found = await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(there.url)}`)
    t.match(found, { status: 200, body: { title: 'There now' } }, pattern)
    t.match(there.url, /^(?:[\w\-.~:/?@!$&'()*+,;=]|%[0-9A-F]{2})+$/, 'a URI in its one form')
  }
})

t.test('no story leads to itself, however its address is written, and is found by it', async (t) => {
  const server = await startServer(t)
  for (const [alias, canonicalUrl] of [
    ['/own/e', 'https://news.example:443/own/e'],
    ['/own/d', 'HTTPS://NEWS.EXAMPLE/own/d'],
    ['/own/c', '/own/%63#top'],
    ["/own/'k", '/own/%27k'],
    ['/own/é', '/own/%c3%A9'],
    ['/own/h', 'http://news.example/own/h'],
    ['/own/w', 'https://www.news.example/own/w'],
    ["/own/q?it's", '/own/q?it%27s'],
    ['/own/../own/s?', '/own/s'],
  ] as const) {
    await createShort(server, 'Itself', { aliases: [alias], canonicalUrl })
    t.equal((await server.anonymous.get(asked(alias))).status, 404, canonicalUrl)
  }
  t.strictSame((await server.anonymous.get('/v1/redirects')).body.data, [])

  const { id } = await createShort(server, 'Was there', { slug: 'name-x' })
  await server.post(`/v1/articles/${id}/unpublish`)
  await createShort(server, 'Elsewhere', { slug: 'elsewhere', aliases: ['/other/h', '/other/~%C3%A9', '/other/k'] })
  await createShort(server, 'There now', { canonicalUrl: 'HTTPS://News.Example:443/other/h#top' })
  await createShort(server, 'There now', { canonicalUrl: '/other/%7E%C3%a9' })
  for (const path of ['/other/h', '/other/~%C3%A9', '/other/%7e%c3%A9', '/other/~é']) {
    t.equal((await server.anonymous.get(asked(path))).status, 404, path)
    t.match((await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(`https://news.example${path}`)}`)).body, { title: 'There now' }, path)
  }
  t.match((await server.anonymous.get('/v1/redirects')).body.data, [{ path: '/other/k' }])

  const { url } = await createShort(server, 'Is there', { canonicalUrl: '/name-x' })
  t.match((await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(url)}`)).body, { title: 'Is there' })
})

t.test('an address that a story has with a query leads nowhere, nor with more of it', async (t) => {
  const server = await startServer(t)
  await createShort(server, 'Itself', { aliases: ['/old/a'], canonicalUrl: '/old/a?x=1' })
  await createShort(server, 'There', { canonicalUrl: '/old/c?y=1' })
  const other = await createShort(server, 'Elsewhere', { aliases: ['/old/c', '/old/caf%c3%a9'] })
  await createShort(server, 'Written so', { canonicalUrl: '/old/caf%c3%a9' })
  for (const path of ['/old/a?x=1', '/old/a?x=1&utm=2', '/old/c?y=1', '/old/c?utm=2&y=1', '/old/caf%c3%a9', '/old/caf%C3%A9', '/old/café']) {
    t.equal((await server.anonymous.get(asked(path))).status, 404, path)
    t.equal((await server.anonymous.get(`${asked(path)}&follow=true`)).status, 404, path)
  }
  for (const path of ['/old/c', '/old/c?y=2', '/old/c?utm=2']) t.match((await server.anonymous.get(asked(path))).body, { article: { id: other.id } }, path)
  t.match((await server.anonymous.get(asked('/old/a?x=2'))).body, { url: 'https://news.example/old/a?x=1' })
})

t.test('a redirect and oEmbed agree on whose address has more of the query, and on what came where a story was', async (t) => {
  const server = await startServer(t)
  const titleAt = async (path: string) => (await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(`https://news.example${path}`)}`)).body.title
  const target = async (path: string) => (await server.anonymous.get(asked(path))).body.article?.headline
  await createShort(server, 'Slug there')
  await createShort(server, 'Second page', { aliases: ['/slug-there?p=2'] })
  t.strictSame([await target('/slug-there?p=2&utm=1'), await titleAt('/slug-there?p=2&utm=1')], ['Second page', 'Second page'])
  t.strictSame([await target('/slug-there?utm=1'), await titleAt('/slug-there?utm=1')], [undefined, 'Slug there'])
  const gone = await createShort(server, 'Gone')
  t.equal(await titleAt('/gone'), 'Gone')
  await server.post(`/v1/articles/${gone.id}/unpublish`, {})
  t.equal((await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent('https://news.example/gone')}`)).status, 410)
  await createShort(server, 'Came after', { aliases: ['/gone'] })
  t.strictSame([await target('/gone'), await titleAt('/gone')], ['Came after', 'Came after'])

  const down = await createShort(server, 'Taken down', { aliases: ['/came-later', '/came-never'] })
  await server.post(`/v1/articles/${down.id}/unpublish`, {})
  await createShort(server, 'Came later')
  for (const query of ['', '?utm=1']) {
    t.equal((await server.anonymous.get(asked(`/came-later${query}`))).status, 404, 'a story is there')
    t.equal(await titleAt(`/came-later${query}`), 'Came later')
    t.equal((await server.anonymous.get(asked(`/came-never${query}`))).status, 410)
  }
  await createShort(server, 'Says a query', { canonicalUrl: '/own/b?x=1' })
  await createShort(server, 'Was without', { aliases: ['/own/b'] })
  t.strictSame([await target('/own/b?x=1&utm=2'), await titleAt('/own/b?x=1&utm=2')], [undefined, 'Says a query'])
  t.strictSame([await target('/own/b?utm=2'), await titleAt('/own/b?utm=2')], ['Was without', 'Was without'])
  for (const path of ['/own/b', '/own/b?x=1'])
    t.equal((await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(`http://www.news.example${path}`)}`)).body.title, await titleAt(path))
})

t.test('a topic beside the slug is told from it however long that is', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{topic}-{slug}' })
  const titleAt = async (url: string) => (await server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(url)}`)).body.title
  for (const [topic, headline] of [
    ['Sea Side', 'The great storm of two thousand'],
    ['Home News', 'Ferries stop for the winter now'],
    ['Long', Array.from({ length: 60 }, (_, index) => String.fromCharCode(97 + (index % 26))).join(' ')],
  ] as const) {
    const { url } = await createShort(server, headline, { topics: [{ name: topic }] })
    const path = url.slice('https://news.example'.length)
    await createShort(server, 'Other', { aliases: [path], topics: [{ name: topic }] })
    t.equal((await server.anonymous.get(asked(path))).status, 404, path)
    t.equal(await titleAt(url), headline)
  }
})

t.test('an old address with a quote is asked for as browsers do', async (t) => {
  const server = await startServer(t)
  const { id, slug } = await createShort(server, 'Quoted', { aliases: ["/old?q=it's", '/it%27s.html', '/steps/../p?'] })
  t.strictSame((await server.get(`/v1/articles/${id}?copy=working`)).body.aliases, ["/old?q=it's", "/it's.html", '/p'])
  for (const path of ["/old?q=it's", '/old?q=it%27s&utm=1', "/it's.html", '/it%27s.html', '/p', '/p?', '/steps/../p'])
    t.match((await server.anonymous.get(asked(path))).body, { article: { slug } }, path)
})
