import { faultsOf, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

t.test('a canonical address may be a path of the site, on which the story is found and shared', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{year}/{slug}' })
  const target = await createShort(server, 'On our own page', { canonicalUrl: '/specials/harbour?part=1#top' })
  const url = 'https://news.example/specials/harbour?part=1#top'
  const path = `/v1/articles/${target.id}`
  t.match(target, { canonicalUrl: '/specials/harbour?part=1#top', url, share: { url } })
  t.match((await server.anonymous.get(path)).body, { canonicalUrl: '/specials/harbour?part=1#top', url, share: { url } })
  const other = await createShort(server, 'Leads there', { related: [{ relation: 'related', target: { type: 'article', id: target.id } }] })
  t.equal((await server.anonymous.get(`/v1/articles/${other.id}`)).body.related[0].target.article.url, url)
  t.equal((await server.put(path, (await server.get(`${path}?copy=working`)).body)).body.revision, 1, 'what was read can be sent back')
  t.match((await server.patch(path, { canonicalUrl: 'https://elsewhere.example/a' })).body, { url: 'https://elsewhere.example/a' })
})

t.test('a path of a site whose name is made of the story needs what that is made of', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: 'https://{topic}.news.example/{slug}' })
  const story = await createShort(server, 'Without a topic', { canonicalUrl: '/special' })
  t.match(story, { url: null, share: null })
  t.match((await server.patch(`/v1/articles/${story.id}`, { topics: [{ name: 'Sport' }] })).body, { url: 'https://sport.news.example/special' })
})

t.test('without a site a path is no address to send readers to', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: '' })
  t.match(await createShort(server, 'No site', { canonicalUrl: '/special' }), { canonicalUrl: '/special', url: null, share: null })
})

t.test('a canonical address that is neither an address nor a path is a fault', async (t) => {
  const server = await startServer(t)
  for (const canonicalUrl of ['special', '//elsewhere.example/a', '/\\elsewhere.example', '/a b', '/a"b', 'ftp://a.example/', '', `/${'a'.repeat(2000)}`])
    t.strictSame(
      faultsOf(await server.post('/v1/articles', { headline: 'Wrong', canonicalUrl })).map((fault) => fault.split(':')[0]),
      ['/canonicalUrl'],
      canonicalUrl.slice(0, 30),
    )
})
