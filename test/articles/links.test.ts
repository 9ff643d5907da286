import { completeTextLinks } from '../../src/articles/public/text-links.ts'
import { type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const site = 'https://www.news.example/{year}/{slug}.html'
const server = await startServer(t, { PUBLIC_SITE_URL: site })
const publishedAt = '2019-05-01T00:00:00.000Z'
const make = (headline: string, more: object = {}): Promise<Json> => createShort(server, headline, { publishedAt, ...more })
const paragraph = (text: string) => [{ type: 'paragraph', text }]
const texting = (...texts: string[]) => ({ sections: texts.map((text, index) => ({ heading: `Part ${index + 1}`, body: paragraph(text) })) })

/** Who links to an article, in short. */
const linksTo = async (story: Json, query = '', client: Pick<Server, 'get'> = server.anonymous) =>
  (await client.get(`/v1/articles/${story.id}/links${query}`)).body.data.map(({ as, article, highlightLists, sections }: Json) =>
    [as, article?.headline ?? highlightLists[0].title, ...sections.map(({ anchor }: Json) => anchor)].join(' '),
  )
const workingLinksTo = (story: Json) => linksTo(story, '?copy=working', server)

t.test('stories link by highlights, related items and texts, and freestanding lists do', async (t) => {
  const target = await make('Linked to')
  const other = await make('One that links', {
    highlightLists: [
      { title: 'Nothing', items: [{ text: 'Nowhere' }] },
      { title: 'At a glance', items: [{ text: 'This', target: { type: 'article', id: target.id } }] },
    ],
    related: [{ relation: 'background', target: { type: 'article', id: target.id } }],
    ...texting('Nothing.', `Read [this](${target.url}) and [this](${target.url}#more).`),
  })
  const list = (await server.post('/v1/highlight-lists', { title: 'Front', slug: 'front', items: [{ target: { type: 'article', id: target.id } }] })).body
  const article = { id: other.id, slug: 'one-that-links', headline: 'One that links', status: 'published' }
  const expected = [
    { as: 'highlight', article: null, highlightLists: [{ id: list.id, slug: 'front', title: 'Front' }], sections: [] },
    { as: 'text', article, highlightLists: [], sections: [{ id: other.sections[1].id, anchor: 'part-2' }] },
    { as: 'related', article, highlightLists: [], sections: [] },
    { as: 'highlight', article, highlightLists: [{ id: other.highlightLists[1].id, slug: null, title: 'At a glance' }], sections: [] },
  ]
  const answer = await server.anonymous.get(`/v1/articles/${target.slug}/links`)
  t.strictSame(answer.body.data, expected)
  t.match(answer.headers.get('cache-control'), /^public/)
  t.strictSame(answer.headers.get('surrogate-key')?.split(' '), [
    'list',
    'redirects',
    `article:${target.id}`,
    `highlight-list:${list.id}`,
    `article:${other.id}`,
  ])
  t.strictSame((await server.get(`/v1/articles/${target.id}/links?copy=working`)).body.data, expected)
  t.strictSame(await linksTo(other), [], 'and not back')
})

t.test('a page holds some of them, and goes on where it ended', async (t) => {
  const target = await make('Linked to by many')
  for (const index of [1, 2, 3])
    await make(`Linking ${index}`, { related: [{ relation: 'related', target: { type: 'article', id: target.id } }], ...texting(`[x](${target.url})`) })
  const path = `/v1/articles/${target.id}/links`
  const first = (await server.anonymous.get(`${path}?limit=4&count=true&fields=article`)).body
  t.match(first.page, { total: 6, prevCursor: null })
  const second = (await server.anonymous.get(`${path}?limit=4&count=true&fields=article&cursor=${first.page.nextCursor}`)).body
  t.strictSame(
    [...first.data, ...second.data].map(({ as, article }: Json) => `${article.headline} ${as}`),
    [3, 2, 1].flatMap((index) => [`Linking ${index} text`, `Linking ${index} related`]),
  )
  t.strictSame((await linksTo(target, '?sort=createdAt')).slice(0, 2), ['related Linking 1', 'text Linking 1 part-1'])
})

t.test('a text links by any address that a story has or had', async (t) => {
  const target = await make('Many addresses', { aliases: ['/archive/7.html', '/index.php?p=7'] })
  await server.patch(`/v1/articles/${target.id}?publish=true`, { slug: 'renamed-since' })
  await make('Its second page', { aliases: ['/archive/7.html?page=2', '/index.php?p=7&of=two', '/2019/renamed-since.html?page=2'] })
  await make('Its third page', { canonicalUrl: 'http://www.news.example/2019/renamed-since.html?page=3' })
  const own: [text: string, found: boolean][] = [
    ['[now](https://www.news.example/2019/renamed-since.html)', true],
    ['[without www](http://news.example/2019/renamed-since.html)', true],
    ['[a campaign](https://news.example/2019/renamed-since.html?utm_source=mail)', true],
    ['[by its old slug](https://news.example/2019/many-addresses.html)', true],
    ['[of another date](https://news.example/2011/renamed-since.html)', true],
    ['<https://news.example/archive/7.html>', true],
    ['[an old one with a query](https://news.example/index.php?p=7)', true],
    ['[an old one with a campaign](https://news.example/archive/7.html?utm_source=mail&utm_medium=x)', true],
    ['[and with a query](https://news.example/index.php?utm_source=mail&p=7&utm_medium=x)', true],
    ['[its page of another story](https://news.example/2019/renamed-since.html?page=2)', false],
    ['[with a campaign](https://news.example/2019/renamed-since.html?utm_source=mail&page=2)', false],
    ['[what another says is its own](https://news.example/2019/renamed-since.html?page=3&utm_source=mail)', false],
    ['[another query](https://news.example/2019/renamed-since.html?page=4)', true],
    ['[large letters](https://news.example/2011/Renamed-Since.HTML)', false],
    ['[in a folder](https://news.example/2019/11/renamed-since.html)', false],
    ['[another query](https://news.example/index.php?p=8)', false],
    ['[one that begins like it](https://news.example/index.php?p=77)', false],
    ['[an old one of another story](https://news.example/archive/7.html?page=2)', false],
    ['[with a campaign](https://news.example/archive/7.html?utm_source=mail&page=2)', false],
    ['[of another with more of it](https://news.example/index.php?p=7&of=two&utm_source=mail)', false],
    ['[another site](https://other.example/2019/renamed-since.html)', false],
    ['[another page](https://news.example/topics/x/renamed-since)', false],
    ['`[code](https://news.example/2019/renamed-since.html)`', false],
    ['https://news.example/2019/renamed-since.html is no link', false],
  ]
  for (const [index, [text, found]] of own.entries()) {
    const story = await make(`Text ${index}`, texting(text))
    t.strictSame(await linksTo(target), found ? [`text Text ${index} part-1`] : [], text)
    t.strictSame(await workingLinksTo(target), found ? [`text Text ${index} part-1`] : [], text)
    await server.delete(`/v1/articles/${story.id}?permanent=true`)
  }
  t.strictSame(await linksTo(target), [])
})

t.test('texts are all that a body says in Markdown', async (t) => {
  const target = await make('In any block')
  const link = `[there](${target.url})`
  const blocks = [
    { type: 'quote', text: link },
    { type: 'list', ordered: false, items: [{ text: 'One', items: [{ text: link }] }] },
    { type: 'table', header: ['One', link], rows: [['1', '2']] },
    { type: 'table', header: null, rows: [['1', link]] },
  ]
  await make('Blocks', { sections: blocks.map((block, index) => ({ heading: `Block ${index}`, body: [block] })) })
  await make('Code', {
    sections: [
      {
        body: [{ type: 'code', code: link }],
      },
    ],
  })
  t.strictSame(await linksTo(target), ['text Blocks block-0 block-1 block-2 block-3'])
})

t.test('a text links by a canonical address of its own, or that of another site', async (t) => {
  const target = await make('Canonical', { canonicalUrl: '/specials/one?part=2' })
  const syndicated = await make('Syndicated', { canonicalUrl: 'https://wire.example/story' })
  await make('To both', texting('[a](https://www.news.example/specials/one?part=2) [b](https://wire.example/story/)'))
  await make('To neither', texting('[a](https://www.news.example/specials/one?part=3)'))
  t.strictSame(await linksTo(target), ['text To both part-1'])
  t.strictSame(await linksTo(syndicated), ['text To both part-1'])
})

t.test('the public is told of what is public, editors of working copies', async (t) => {
  const target = await make('Seen by whom')
  const by = [{ relation: 'related', target: { type: 'article', id: target.id } }]
  const draft = await make('A draft that links', { status: 'draft', related: by, ...texting(`[x](${target.url})`) })
  const edited = await make('Links no more', { related: by, ...texting(`[x](${target.url})`) })
  await server.patch(`/v1/articles/${edited.id}`, { related: [], sections: [] })
  t.strictSame(await linksTo(target), ['text Links no more part-1', 'related Links no more'])
  t.strictSame(await linksTo(target, '', server), await linksTo(target), 'with a token, too, as long as it asks for no other copy')
  t.strictSame(await workingLinksTo(target), ['text A draft that links part-1', 'related A draft that links'])
  await server.post(`/v1/articles/${edited.id}/publish`)
  t.strictSame(await linksTo(target), [])
  await server.post(`/v1/articles/${draft.id}/publish`)
  t.strictSame(await linksTo(target), ['text A draft that links part-1', 'related A draft that links'])
  await server.post(`/v1/articles/${draft.id}/unpublish`, {})
  t.strictSame(await linksTo(target), [])
  t.match((await server.get(`/v1/articles/${target.id}/links?copy=working`)).body.data[0].article, { id: draft.id, status: 'unpublished' })
  t.equal((await server.anonymous.get(`/v1/articles/${draft.id}/links`)).status, 410)
  t.equal((await server.anonymous.get(`/v1/articles/${target.id}/links?copy=working`)).status, 401)
})

t.test('who links follows each way in which a text changes', async (t) => {
  const target = await make('Follows texts')
  const story = await make('Changing', { ...texting('Nothing yet.'), highlightLists: [{ title: 'List', items: [{ text: 'x' }] }] })
  const path = `/v1/articles/${story.id}`
  t.strictSame(await linksTo(target), [])
  await server.patch(`${path}/sections/part-1?apply=both`, { body: paragraph(`[x](${target.url})`) })
  t.strictSame(await linksTo(target), ['text Changing part-1'])
  await server.patch(`${path}/sections/part-1?apply=both`, { anchor: 'moved' })
  t.strictSame([await linksTo(target), await workingLinksTo(target)], [['text Changing moved'], ['text Changing moved']])
  await server.patch(path, { kicker: 'Nothing else' })
  await server.delete(`${path}/sections/moved`)
  t.strictSame([await linksTo(target), await workingLinksTo(target)], [['text Changing moved'], []])
  await server.post(`${path}/revisions/3/restore`)
  t.strictSame(await workingLinksTo(target), ['text Changing moved'])
  await server.patch(`/v1/articles/${target.id}`, { slug: 'follows-on', aliases: ['/2019/follows-texts.html'] })
  t.strictSame(await workingLinksTo(target), ['text Changing moved'], 'by the old slug')
  await server.delete(`${path}?permanent=true`)
  t.strictSame([await linksTo(target), await workingLinksTo(target)], [[], []])
})

t.test('a story that links to itself isn’t told', async (t) => {
  const own = await make('Myself', texting('[x](https://news.example/2019/myself.html)'))
  await server.patch(`/v1/articles/${own.id}?publish=true`, { related: [{ relation: 'related', target: { type: 'article', id: own.id } }] })
  t.strictSame([await linksTo(own), await workingLinksTo(own)], [[], []])
})

t.test('what was written before links were kept is read once, at the next start', async (t) => {
  const target = await make('Linked to from before')
  const old = await make('From before', texting(`[x](${target.url})`))
  await server.patch(`/v1/articles/${old.id}`, { sections: [] })
  await make('Draft from before', { status: 'draft', ...texting(`[x](${target.url})`) })
  const expected = [await linksTo(target), await workingLinksTo(target)]
  t.strictSame(expected, [['text From before part-1'], ['text Draft from before part-1']])
  const nobody = { actor: null, requestId: null }
  await server.database.transaction(nobody, async (tx) => {
    await tx.deleteFrom('text_links').execute()
    await completeTextLinks(tx)
  })
  t.strictSame(await workingLinksTo(target), [], 'not unless it is due')
  await server.database.transaction(nobody, async (tx) => {
    await tx.insertInto('settings').values({ name: 'text-links', value: 'due' }).execute()
    await completeTextLinks(tx)
    // As after a start, all that is kept in memory may be another now.
    tx.append({ type: 'article.updated', subject: { type: 'article', id: target.id }, data: { imported: true } })
  })
  t.strictSame([await linksTo(target), await workingLinksTo(target)], expected)
})

t.test('the links of very many are bounded', async (t) => {
  const target = await make('The thousandth')
  const many = Array.from({ length: 1001 }, (_, index) => `[x](https://a.example/${index})`).join(' words between them, so that it is prose, as a story’s are ')
  await make('Too many', texting(many.slice(0, 60_000), many.slice(60_000), `[x](${target.url})`))
  const rows = await server.database.read.selectFrom('text_links').select('page').where('copy', '=', 'working').where('page', 'like', 'a.example/%').execute()
  t.ok(rows.length > 900 && rows.length <= 1000, String(rows.length))
})

t.test('links to an old address are told apart however many others have it with a query', async (t) => {
  const own = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/News/%c3%a4/{topic}/{slug}' })
  const topics = [{ name: 'Tides' }]
  const target = (await own.post('/v1/articles', { headline: 'Front', status: 'published', topics, aliases: ['/index.php'] })).body
  const paged = (await own.post('/v1/articles', { headline: 'Paged', status: 'published', topics, canonicalUrl: '/sp/one?part=2' })).body
  await own.post('/v1/articles', { headline: 'Paged on', status: 'published', topics, canonicalUrl: '/sp/one?part=2&page=3' })
  const aliases = (start: number) => Array.from({ length: 100 }, (_, index) => `/index.php?p=${start + index}`)
  for (let index = 0; index < 6; index++)
    await own.post('/v1/articles', {
      headline: `Others ${index}`,
      aliases: aliases(index * 100),
      sections: [{ body: aliases(index * 100).map((path) => ({ type: 'paragraph', text: `[x](https://news.example${path})` })) }],
    })
  const linking = async (headline: string, ...addresses: string[]) =>
    own.post('/v1/articles', {
      headline,
      status: 'published',
      sections: [{ body: addresses.map((address) => ({ type: 'paragraph', text: `[x](https://news.example${address})` })) }],
    })
  await linking('A campaign', '/index.php?utm_source=mail')
  await linking('By the pattern', '/news/%C3%A4/any/front')
  await linking('No address of it', '/News/%C3%A4/any/other/front')
  await linking('Its pages', '/sp/one?part=2&utm_source=mail')
  await linking('Pages of another', '/sp/one?part=2&page=3')
  const to = async (id: string, more = '') => (await own.get(`/v1/articles/${id}/links${more}`)).body.data.map(({ article }: Json) => article.headline)
  t.strictSame(await to(target.id), ['By the pattern', 'A campaign'])
  t.strictSame(await to(target.id, '?copy=working'), ['By the pattern', 'A campaign'])
  t.strictSame(await to(paged.id), ['Its pages'])
  const before = await own.anonymous.get(`/v1/articles/${target.slug}/links`)
  t.match(before.headers.get('surrogate-key'), /\bredirects\b/)
  await own.post('/v1/articles', { headline: 'Took it', aliases: ['/index.php?utm_source=mail'], status: 'published' })
  t.strictSame(await to(target.id), ['By the pattern'])
  t.not((await own.anonymous.get(`/v1/articles/${target.slug}/links`)).headers.get('etag'), before.headers.get('etag'), 'not from memory')
})

t.test('items that lead to the address of a story link to it, and those of other sites do not', async (t) => {
  const own = await startServer(t)
  const make = async (headline: string, more: object = {}) => (await own.post('/v1/articles', { headline, status: 'published', ...more })).body
  const target = await make('Led to', { aliases: ['/old/led-to'] })
  const to = (url: string) => ({ type: 'url', url })
  const related = (url: string) => ({ related: [{ relation: 'related', text: 'There', target: to(url) }] })
  const listed = (url: string) => ({ highlightLists: [{ title: 'Glance', items: [{ text: 'There', target: to(url) }] }] })
  await make('Related', related('https://news.example/led-to'))
  await make('Listed', listed('http://www.news.example/old/led-to?utm_source=x'))
  await make('Embedding', { sections: [{ body: [{ type: 'embed', url: 'https://news.example/led-to' }] }] })
  const both = await make('Both ways', { ...related('https://news.example/led-to'), ...listed(`https://news.example/${target.slug}`) })
  await own.patch(`/v1/articles/${both.id}?publish=true`, {
    related: [...both.related, { relation: 'related', target: { type: 'article', id: target.id } }],
  })
  await make('Elsewhere', { ...related('https://other.example/led-to'), ...listed('https://news.example/led-to-another') })
  const list = (await own.post('/v1/highlight-lists', { title: 'Front', items: [{ text: 'Led', target: to('https://news.example/led-to') }] })).body
  await own.post('/v1/highlight-lists', { title: 'Another', items: [{ text: 'Led', target: to('https://news.example/led') }] })
  const links = async (more = '') =>
    (await own.get(`/v1/articles/${target.id}/links?count=true${more}`)).body.data.map(
      ({ as, article, highlightLists, sections }: Json) =>
        `${article?.headline ?? '-'} ${as} ${highlightLists.map(({ title }: Json) => title).join()} ${sections.length}`,
    )
  const all = [
    '- highlight Front 0',
    'Both ways highlight Glance 0',
    'Both ways related  0',
    'Embedding text  1',
    'Listed highlight Glance 0',
    'Related related  0',
  ]
  t.strictSame((await links()).toSorted(), all)
  t.strictSame((await links('&copy=working')).toSorted(), all)
  t.equal((await own.get(`/v1/articles/${target.id}/links?count=true`)).body.page.total, 6)
  await own.patch(`/v1/highlight-lists/${list.id}?publish=false`, { items: [] })
  t.strictSame((await links('&copy=working')).toSorted(), all.slice(1))
  t.strictSame((await links()).toSorted(), all)
  await own.patch(`/v1/articles/${both.id}`, { related: [], highlightLists: [] })
  t.strictSame((await links('&copy=working')).toSorted(), all.slice(3))
  t.equal((await links()).length, 6)
  await own.post(`/v1/articles/${both.id}/publish`)
  t.equal((await links()).length, 4)
})
