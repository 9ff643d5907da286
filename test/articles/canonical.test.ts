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

t.test('an address that was written as browsers show it comes back as a URI (RFC 3986), and the same again changes nothing', async (t) => {
  const server = await startServer(t)
  const address = 'https://münchen.example/ä%zz?q=ü#ö'
  const uri = 'https://xn--mnchen-3ya.example/%C3%A4%25zz?q=%C3%BC#%C3%B6'
  const input = {
    headline: 'Written so',
    status: 'published',
    canonicalUrl: '/straße?p=7%',
    leadImage: { url: address },
    sections: [{ heading: 'A', body: [{ type: 'embed', url: address }] }],
    related: [{ relation: 'related', target: { type: 'url', url: address } }],
  }
  const { body } = await server.put('/v1/articles/ext:written', input)
  t.match(body, { canonicalUrl: '/stra%C3%9Fe?p=7%25', leadImage: { url: uri }, sections: [{ body: [{ url: uri }] }], related: [{ target: { url: uri } }] })
  t.strictSame((await server.post('/v1/authors', { name: 'Written', sameAs: [address] })).body.sameAs, [uri])
  t.equal((await server.put('/v1/articles/ext:written', input)).body.revision, 1)
  for (const kept of ['https://News.example', 'https://a.example/%E4?a[0]=1', 'http://[::1]/'])
    t.match((await server.patch('/v1/articles/ext:written', { canonicalUrl: kept })).body, { canonicalUrl: kept.replace('[0]', '%5B0%5D') })
  for (const wrong of ['//a.example/x', 'https://user:word@a.example/ä', '/a\\b', 'ä', `https://a.example/${'ä'.repeat(1900)}`])
    t.strictSame(faultsOf(await server.patch('/v1/articles/ext:written', { canonicalUrl: wrong })), ['/canonicalUrl: format'], wrong)
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
