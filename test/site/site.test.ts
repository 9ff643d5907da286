import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const path = '/v1/site'

t.test('the site is there before anybody wrote it, with its defaults', async (t) => {
  const server = await startServer(t, { DEFAULT_LANGUAGE: 'pt-BR' })
  const { body, headers } = await server.anonymous.get(path)
  t.match(body, { revision: 1, name: 'news.example', tagline: null, languages: ['pt-BR'], url: 'https://news.example', logo: null, publisher: null })
  t.match(body, { defaultImage: null, social: [], navigation: [], contact: null })
  t.strictSame(
    body.shareNetworks.map(({ network, labels }: Json) => [network, labels]),
    [
      ['email', { en: 'Email' }],
      ['facebook', { en: 'Facebook' }],
      ['x', { en: 'X' }],
      ['whatsapp', { en: 'WhatsApp' }],
      ['linkedin', { en: 'LinkedIn' }],
    ],
  )
  t.equal(headers.get('surrogate-key'), 'site')
  t.match(headers.get('etag'), /^"1-/)
  t.strictSame((await server.get(`${path}/revisions?fields=number`)).body.data, [{ number: 1 }])
  t.match((await server.get(`${path}/revisions/1`)).body, { number: 1, site: body })
  t.equal((await server.post(`${path}/revisions/1/restore`)).body.revision, 1)
  t.equal((await server.put(path, body)).body.revision, 1, 'what is so already makes no revision')
  t.strictSame(await server.events(), [])
})

t.test('without an address of its own, or with placeholders in the host, it has none', async (t) => {
  for (const PUBLIC_SITE_URL of ['', 'https://{topic}.news.example/{slug}']) {
    const server = await startServer(t, { PUBLIC_SITE_URL })
    t.match((await server.get(path)).body, { name: 'Untitled', url: null }, PUBLIC_SITE_URL)
  }
})

const whole = {
  name: 'The Oakmere Courier',
  tagline: 'News from the harbour',
  languages: ['EN', 'fr-ca'],
  logo: { url: 'https://media.example/logo.png', alt: 'The Oakmere Courier', width: 600, height: 60 },
  defaultImage: { url: 'https://media.example/harbour.jpg' },
  publisher: {
    name: 'Oakmere Courier Ltd',
    foundingDate: '1887-05',
    sameAs: ['https://www.wikidata.org/wiki/Q1'],
    correctionsPolicy: 'https://news.example/c',
  },
  social: [{ network: 'mastodon', url: 'https://social.example/@courier', handle: '@courier@social.example' }],
  shareNetworks: [{ network: 'copy', labels: { en: 'Copy the link', FR: 'Copier le lien' } }, { network: 'mastodon' }],
  navigation: [{ name: 'main', items: [{ label: 'About', target: { type: 'url', url: '/about' }, items: [{ label: 'Contact' }] }] }],
  contact: { email: 'desk@news.example', phone: '+44 1632 960123' },
}

t.test('the site', async (t) => {
  const server = await startServer(t)
  const { anonymous } = server

  await t.test('it is replaced whole, and what is left out takes its default', async (t) => {
    const { status, body, headers } = await server.put(path, whole, { headers: { 'if-match': '"1"', 'x-change-note': 'Our name' } })
    t.equal(status, 200)
    t.match(headers.get('etag'), /^"2-/)
    t.match(body, { revision: 2, name: whole.name, languages: ['en', 'fr-CA'], contact: { email: 'desk@news.example', address: null } })
    t.match(body.publisher, { name: 'Oakmere Courier Ltd', legalName: null, logo: null, foundingDate: '1887-05' })
    t.strictSame(body.shareNetworks[0].labels, { en: 'Copy the link', fr: 'Copier le lien' })
    t.strictSame(body.shareNetworks[1].labels, {})
    t.match(body.logo, { url: whole.logo.url, caption: null, focalPoint: null })
    t.strictSame(body.navigation, [
      {
        name: 'main',
        label: null,
        items: [{ label: 'About', target: { type: 'url', url: '/about' }, items: [{ label: 'Contact', target: null, items: [] }] }],
      },
    ])
    t.strictSame((await anonymous.get(path)).body, body)
    t.strictSame(await server.events(), ['site.updated'])
    t.equal((await server.put(path, body)).body.revision, 2, 'what GET gave changes nothing')
    t.match((await server.put(path, { name: 'Short' })).body, { revision: 3, tagline: null, languages: ['en'], shareNetworks: { length: 5 }, navigation: [] })
    await server.events()
  })

  await t.test('it is patched, with merge patches and JSON Patches, dry runs and preconditions', async (t) => {
    const { revision } = (await server.put(path, whole)).body
    const merged = await server.patch(path, { publisher: { email: 'legal@news.example' }, contact: null, shareNetworks: null })
    t.match(merged.body, { publisher: { name: 'Oakmere Courier Ltd', email: 'legal@news.example' }, contact: null, shareNetworks: { length: 5 } })
    const patch = [{ op: 'add', path: '/navigation/0/items/-', value: { label: 'Archive', target: { type: 'url', url: 'https://archive.example/' } } }]
    const tried = await server.patch(`${path}?dryRun=true`, patch, { headers: { 'content-type': 'application/json-patch+json' } })
    t.match(tried.body, { revision: revision + 2, dryRun: { events: [{ type: 'site.updated', subject: { type: 'site', id: 'site' } }], keys: ['site'] } })
    t.equal((await server.get(path)).body.revision, revision + 1)
    const patched = await server.patch(path, patch, { headers: { 'content-type': 'application/json-patch+json' } })
    t.equal(patched.body.navigation[0].items[1].label, 'Archive')
    const stale = await server.patch(path, { name: 'Late' }, { headers: { 'if-match': `"${revision}"` } })
    t.match(stale, { status: 412, body: { currentRevision: revision + 2 } })
    t.equal((await server.patch(path, { name: 'Late', revision })).status, 412)
    const twice = await Promise.all(['One', 'Other'].map((name) => server.patch(path, { name, revision: revision + 2 })))
    t.strictSame(twice.map(({ status }) => status).sort(), [200, 412])
    await server.events()
  })

  await t.test('every fault is listed with its place', async (t) => {
    const labels = { english: 'x', 'no language at all': 'x', fr: 'x', FR: 'y' }
    const wrong = await server.put(path, {
      languages: ['en', 'EN'],
      shareNetworks: [{ network: 'copy', labels }, { network: 'copy' }],
      navigation: [
        { name: 'main', items: [{}, { label: 'x', target: { type: 'topic' } }, { target: { type: 'author', slug: 'nobody' } }] },
        {
          name: 'main',
          items: [{ target: { type: 'list', externalId: 'nothing' } }, { target: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' } }],
        },
      ],
      name: 'x',
    })
    t.equal(wrong.status, 400)
    t.strictSame(faultsOf(wrong).sort(), [
      '/languages/1: duplicate',
      '/navigation/0/items/0: required',
      '/navigation/0/items/1/target: required',
      '/navigation/0/items/2/target/slug: not-found',
      '/navigation/1/items/0/target/externalId: not-found',
      '/navigation/1/items/1/target/id: not-found',
      '/navigation/1/name: duplicate',
      '/shareNetworks/0/labels/FR: duplicate',
      '/shareNetworks/0/labels/no language at all: format',
      '/shareNetworks/1/network: duplicate',
    ])
    const form = await server.put(path, {
      name: '',
      titel: 'x',
      languages: [],
      shareNetworks: [{ network: 'myspace' }],
      publisher: { foundingDate: '1887-13' },
    })
    t.strictSame(faultsOf(form).sort(), [
      '/languages: length',
      '/name: length',
      '/publisher/foundingDate: format',
      '/publisher/name: required',
      '/shareNetworks/0/network: value',
      '/titel: unknown',
    ])
    t.equal((await server.patch(path, { name: null })).status, 400)
    const nested = (levels: number): Json => ({ label: 'x', items: levels === 1 ? [] : [nested(levels - 1)] })
    t.equal((await server.patch(path, { navigation: [{ name: 'deep', items: [nested(4)] }] })).status, 200)
    const deep = await server.patch(path, { navigation: [{ name: 'deep', items: [nested(5)] }] })
    t.strictSame(faultsOf(deep), ['/navigation/0/items/0/items/0/items/0/items/0/items: range'])
    const many = (count: number) => ({ navigation: [1, 2].map((menu) => ({ name: `menu-${menu}`, items: Array(count).fill({ label: 'x' }) })) })
    t.equal((await server.patch(path, many(250))).status, 200)
    t.strictSame(faultsOf(await server.patch(path, many(251))), ['/navigation: length'])
    await server.events()
  })

  await t.test('its revisions say who changed what, and bring it back', async (t) => {
    const first = (await server.put(path, { name: 'As it was' })).body
    await server.patch(path, { tagline: 'Another' }, { headers: { 'x-change-note': 'For spring' } })
    const { data } = (await server.get(`${path}/revisions?limit=1`)).body
    t.match(data, [
      { number: first.revision + 1, note: 'For spring', by: { name: 'ADMIN_TOKEN' }, changes: [{ op: 'replace', path: '/tagline', value: 'Another' }] },
    ])
    t.match((await server.get(`${path}/revisions/${first.revision}`)).body.site, { name: 'As it was', tagline: null })
    const { body: diff } = await server.get(`${path}/revisions/${first.revision}/diff?against=${first.revision + 1}`)
    t.strictSame(diff.operations, [{ op: 'replace', path: '/tagline', value: null }])
    t.match((await server.post(`${path}/revisions/${first.revision}/restore`)).body, { revision: first.revision + 2, tagline: null })
    t.match((await server.post(`${path}/revisions/1/restore`)).body, { name: 'news.example' }, 'also what it was by default')
    t.equal((await server.get(`${path}/revisions/99`)).status, 404)
    await server.events()
  })

  await t.test('a change set is reverted', async (t) => {
    const before = (await server.put(path, { name: 'Before' })).body
    await server.patch(path, { name: 'Within' }, { headers: { 'x-change-set': 'spring' } })
    const { body } = await server.post('/v1/change-sets/spring/revert')
    t.match(body, { reverted: 1, data: [{ type: 'site', id: 'site', result: 'reverted' }] })
    t.match((await server.get(path)).body, { name: 'Before', revision: before.revision + 2 })
    await server.events()
  })
})

t.test('menus lead to what there is', async (t) => {
  const server = await startServer(t)
  const { anonymous } = server
  const topic = (await server.post('/v1/topics', { name: 'Ports', externalId: 'desk:7' })).body
  const author = (await server.post('/v1/authors', { name: 'Ada Berg' })).body
  const list = (await server.post('/v1/highlight-lists', { title: 'Top stories' })).body
  const draft = await createShort(server, 'Harbour reopens', { status: 'draft' })
  const items = [
    { target: { type: 'topic', externalId: 'desk:7' }, items: [{ target: { type: 'list', slug: 'top-stories' } }] },
    { label: 'Who writes', target: { type: 'author', slug: 'ada-berg' }, items: [{ label: 'Alone' }] },
    { label: 'The story', target: { type: 'article', slug: draft.slug } },
  ]
  const shown = async (client: Pick<typeof server, 'get'>) => (await client.get(path)).body.navigation[0].items
  await server.patch(path, { navigation: [{ name: 'main', items }] })

  await t.test('editors see all of it, with its words; the public what is public', async (t) => {
    t.strictSame(await shown(server), [
      {
        label: null,
        target: { type: 'topic', id: topic.id, slug: 'ports', name: 'Ports' },
        items: [{ label: null, target: { type: 'list', id: list.id, slug: 'top-stories', title: 'Top stories' }, items: [] }],
      },
      {
        label: 'Who writes',
        target: { type: 'author', id: author.id, slug: 'ada-berg', name: 'Ada Berg' },
        items: [{ label: 'Alone', target: null, items: [] }],
      },
      { label: 'The story', target: { type: 'article', id: draft.id, slug: draft.slug, headline: 'Harbour reopens' }, items: [] },
    ])
    const { body, headers } = await anonymous.get(path)
    t.strictSame(body.navigation[0].items, [{ label: 'Who writes', target: null, items: [{ label: 'Alone', target: null, items: [] }] }])
    t.match(headers.get('etag'), /~"$/, 'such a tag is no precondition')
    t.match(headers.get('vary'), /Authorization/)
    t.equal((await server.put(path, (await server.get(path)).body)).headers.get('etag'), (await server.get(path)).headers.get('etag'), 'nothing is lost')
  })

  await t.test('what becomes public, is renamed or taken down shows at once', async (t) => {
    await server.patch(`/v1/articles/${draft.id}?publish=true`, { topics: [{ id: topic.id }], authors: [{ id: author.id }] })
    t.match(await shown(anonymous), [{ target: { name: 'Ports' }, items: [{ target: { slug: 'top-stories' } }] }, { target: { slug: 'ada-berg' } }, {}])
    await server.patch(`/v1/topics/${topic.id}`, { name: 'Harbours', slug: 'harbours' })
    t.match((await shown(anonymous))[0].target, { slug: 'harbours', name: 'Harbours' })
    await server.patch(`/v1/articles/${draft.id}`, { headline: 'Not out yet' })
    t.equal((await shown(anonymous))[2].target.headline, 'Harbour reopens')
    t.equal((await shown(server))[2].target.headline, 'Harbour reopens', 'a menu is no working copy')
    await server.patch(`/v1/highlight-lists/${list.id}`, { title: 'The front page' })
    t.equal((await shown(anonymous))[0].items[0].target.title, 'The front page')
    await server.post(`/v1/articles/${draft.id}/unpublish`)
    t.equal((await shown(anonymous)).length, 1)
    await server.post(`/v1/articles/${draft.id}/publish`)
  })

  await t.test('what is merged is led to by what it was merged into, and what is deleted leaves the label', async (t) => {
    const stays = (await server.post('/v1/topics', { name: 'Shipping' })).body
    await server.post(`/v1/topics/${topic.id}/merge`, { into: { id: stays.id } })
    t.match((await shown(server))[0].target, { type: 'topic', id: stays.id, name: 'Shipping' })
    await server.delete(`/v1/articles/${draft.id}?permanent=true`)
    for (const client of [server, anonymous]) t.strictSame((await shown(client)).at(-1), { label: 'The story', target: null, items: [] })
    await server.delete(`/v1/highlight-lists/${list.id}`)
    await server.delete(`/v1/topics/${stays.id}`)
    t.equal((await shown(server)).length, 2, 'what has nothing to say any more is left out')
    const again = await server.put(path, (await server.get(path)).body)
    t.equal(again.status, 200)
  })
})

t.test('share.links of a story are of the site’s networks, in the language of the story', async (t) => {
  const server = await startServer(t)
  const { anonymous } = server
  const stories = await Promise.all(
    ['en', 'fr-CA', 'de'].map((language) =>
      createShort(server, `Harbour & pier ${language}`, { language, status: 'published', slug: `harbour-${language.toLowerCase()}` }),
    ),
  )
  const links = async (slug: string) => (await anonymous.get(`/v1/articles/${slug}`)).body.share.links
  t.strictSame(
    (await links('harbour-en')).map(({ network, label }: Json) => [network, label]),
    [
      ['email', 'Email'],
      ['facebook', 'Facebook'],
      ['x', 'X'],
      ['whatsapp', 'WhatsApp'],
      ['linkedin', 'LinkedIn'],
    ],
  )
  const rows = '/v1/articles?include=share&fields=slug&limit=1'
  const before = await anonymous.get(rows)
  t.match(before.headers.get('surrogate-key'), /\bsite\b/)
  t.match((await anonymous.get('/v1/articles/harbour-en')).headers.get('surrogate-key'), /\bsite\b/)
  t.notMatch((await anonymous.get('/v1/articles')).headers.get('surrogate-key'), /\bsite\b/)
  const all = ['bluesky', 'mastodon', 'threads', 'telegram', 'reddit', 'copy']
  const labels = { en: 'On {network}', fr: 'Sur {network}' }
  await server.patch(path, { shareNetworks: all.map((network) => ({ network, labels: network === 'copy' ? {} : labels })) })
  const [url, words] = ['https%3A%2F%2Fnews.example%2Fharbour-en', 'Harbour%20%26%20pier%20en']
  t.strictSame(await links('harbour-en'), [
    { network: 'bluesky', label: 'On {network}', href: `https://bsky.app/intent/compose?text=${words}%20${url}` },
    { network: 'mastodon', label: 'On {network}', href: `https://share.joinmastodon.org/#text=${words}%20${url}` },
    { network: 'threads', label: 'On {network}', href: `https://www.threads.com/intent/post?url=${url}&text=${words}` },
    { network: 'telegram', label: 'On {network}', href: `https://t.me/share/url?url=${url}&text=${words}` },
    { network: 'reddit', label: 'On {network}', href: `https://www.reddit.com/submit?url=${url}&title=${words}` },
    { network: 'copy', label: 'Copy link', href: 'https://news.example/harbour-en' },
  ])
  t.equal((await links('harbour-fr-ca'))[0].label, 'Sur {network}', 'by lookup')
  t.equal((await links('harbour-de'))[0].label, 'On {network}', 'else the first label')
  t.equal((await anonymous.get(rows)).body.data[0].share.links.length, 6)
  const [english] = stories
  for (const address of [`/v1/articles/${english?.id}?copy=working`, `${rows}&copy=working`]) {
    const { body } = await server.get(address)
    t.equal((body.data?.[0] ?? body).share.links.length, 6, address)
  }
  const patched = await server.patch(`/v1/articles/${english?.id}`, { headline: 'Pier' })
  t.match(patched.body.share.links.at(-1), { network: 'copy' })
  const preview = await server.post(`/v1/articles/${english?.id}/preview-links`)
  t.equal((await anonymous.get(preview.body.apiUrl)).body.share.links.length, 6)
  t.match((await server.patch(`/v1/articles/${english?.id}?apply=both`, { kicker: 'Ports' })).body.share.links, { length: 6 })
  await server.patch(path, { shareNetworks: [] })
  t.strictSame(await links('harbour-en'), [])
})
