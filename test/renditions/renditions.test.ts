import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { HtmlValidate } from 'html-validate'
import markdownIt from 'markdown-it'
import type { NewsArticle, WithContext } from 'schema-dts'
import { parse } from 'yaml'
import { ansSchema } from '../support/ans.ts'
import { ninjsSchema } from '../support/ninjs.ts'
import { type Json, sendUnchecked, startServer } from '../support/server.ts'
import { createShort, story } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t, { EMBED_HOSTS: 'maps.example' })
await server.put('/v1/site', { name: 'The Oakmere Courier', publisher: { name: 'Courier & Sons', correctionsPolicy: 'https://news.example/corrections' } })

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
const isNinjs = ajv.compile(ninjsSchema)
const isAns = ajv.compile(ansSchema)
const html = new HtmlValidate({ extends: ['html-validate:recommended'], rules: { 'long-title': 'off', 'require-sri': 'off' } })

const hostile = `A "quoted" <script>alert(1)</script> & 'more' </script><!-- \\ end`

const rich = {
  ...story,
  headline: 'Harbour & <b>quay</b> reopen',
  genre: 'opinion',
  topics: [{ name: 'Shipping' }, { name: 'Weather' }],
  sections: [
    ...story.sections,
    {
      heading: hostile,
      body: [
        { type: 'paragraph', text: `Seen from [here](https://a.example/?x=1&y=2) ${hostile}` },
        { type: 'table', caption: 'Tides | and more', header: ['a', 'b|c'], rows: [['1', '2'], ['3']] },
        { type: 'embed', url: 'https://maps.example/quay', title: 'The quay' },
        { type: 'quote', text: 'Over.', attribution: 'A "keeper"' },
        { type: 'code', code: 'let x = `a`;\n```\n', language: 'js' },
        { type: 'image', image: { url: 'https://media.example/a.jpg', alt: 'A & B', caption: 'C <d>', credit: 'E', width: 800, height: 600 } },
        { type: 'image', image: { caption: 'Words alone' } },
      ],
    },
  ],
}

async function published(given: Json): Promise<Json> {
  const { status, body } = await server.post('/v1/articles', { ...given, status: 'published' })
  t.equal(status, 201)
  return body
}

const rendition = (id: string, format: string) => server.anonymous.get(`/v1/articles/${id}/renditions/${format}`)

const jsonLdIn = (page: string): Json => JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page)?.[1] ?? '')

const cases: [string, Json][] = [
  ['a story with a bit of everything', rich],
  ['a story that has nothing but a headline', { headline: 'Short' }],
  [
    'a story in Arabic',
    {
      headline: 'الميناء يفتح',
      language: 'ar',
      standfirst: 'بعد عامين',
      sections: [{ heading: 'خلفية', body: [{ type: 'paragraph', text: 'عملت الطواقم' }] }],
    },
  ],
]

for (const [what, given] of cases) {
  t.test(`${what} is valid in every format`, async (t) => {
    const { id, language } = await published(given)
    const page = await rendition(id, 'html')
    t.equal(page.status, 200)
    t.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    const report = await html.validateString(page.text)
    t.strictSame(
      report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`)),
      [],
      'the page is valid and accessible',
    )
    t.match(page.text, `<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
    const ld = (await rendition(id, 'jsonld')).body as WithContext<NewsArticle>
    t.strictSame(jsonLdIn(page.text), ld, 'the page has the JSON-LD in its head')
    t.notOk(JSON.stringify(ld).includes(':null'), 'JSON-LD has nothing that says nothing')
    const ninjs = await rendition(id, 'ninjs')
    t.ok(isNinjs(ninjs.body), `ninjs: ${JSON.stringify(isNinjs.errors)}`)
    const ans = await rendition(id, 'ans')
    t.ok(isAns(ans.body), `ANS: ${JSON.stringify(isAns.errors?.slice(0, 5))}`)
    const markdown = await rendition(id, 'markdown')
    t.equal(markdown.headers.get('content-type'), 'text/markdown; charset=utf-8')
    const [, matter = '', text = ''] = /^---\n(.*?)---\n\n(.*)$/s.exec(markdown.text) ?? []
    t.equal(parse(matter).title, given.headline)
    t.match(text, /^# /)
    const plain = await rendition(id, 'text')
    t.equal(plain.headers.get('content-type'), 'text/plain; charset=utf-8')
    t.ok(plain.text.includes(given.headline))
  })
}

t.test('what a rendition says is what the story says', async (t) => {
  const article = await published({ ...rich, slug: 'said' })
  const { body: ld } = await rendition(article.id, 'jsonld')
  t.match(ld, {
    '@context': 'https://schema.org',
    '@type': 'OpinionNewsArticle',
    '@id': 'https://news.example/said',
    headline: 'Harbour & <b>quay</b> reopen',
    datePublished: article.publishedAt,
    dateModified: article.updatedAt,
    author: [{ '@type': 'Person', name: 'Ada Berg' }],
    publisher: { '@type': 'NewsMediaOrganization', name: 'Courier & Sons', correctionsPolicy: 'https://news.example/corrections' },
    correction: [{ '@type': 'CorrectionComment', text: 'An earlier version named another boat.', datePublished: '2026-05-01T10:00:00.000Z' }],
    speakable: { '@type': 'SpeakableSpecification' },
    image: [{ '@type': 'ImageObject', url: 'https://media.example/quay.jpg' }],
  })
  t.strictSame(
    ld.hasPart.map((part: Json) => part['@id']),
    article.sections.map(({ anchor }: Json) => `https://news.example/said#${anchor}`),
  )
  const page = (await rendition(article.id, 'html')).text
  t.match(page, '<title>Harbour · The Oakmere Courier</title>')
  t.match(page, '<meta property="og:image" content="https://media.example/quay.jpg">')
  t.match(page, '<meta name="robots" content="noindex">')
  t.match(page, '<link rel="canonical" href="https://news.example/said">')
  t.match(page, '<h2 id="background">')
  t.match(page, '<iframe src="https://maps.example/quay"')
  t.notMatch(page, /<script>|<b>quay/)
  const ans = (await rendition(article.id, 'ans')).body
  t.match(ans.content_elements[0], { type: 'header', content: 'Background', level: 2 })
  t.match(ans, { headlines: { basic: 'Harbour & <b>quay</b> reopen' }, corrections: [{ type: 'correction' }] })
  const ninjs = (await rendition(article.id, 'ninjs')).body
  t.match(ninjs, { uri: 'https://news.example/said', by: 'Ada Berg', headlines: [{ role: 'main' }], associations: [{ name: 'featureimage' }] })
  const markdown = (await rendition(article.id, 'markdown')).text
  t.match(markdown, '\n| a | b\\|c |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n')
  t.match(markdown, '\n````js\n')
  t.notMatch(JSON.stringify([ld, ans, ninjs, markdown]), 'Call the board', 'what only editors see is in none of them')
})

t.test('renditions are kept, and dropped with what they show', async (t) => {
  const { id } = await published({ headline: 'Kept', slug: 'kept', authors: [{ name: 'Nia Holm' }] })
  const read = async () => (await rendition(id, 'html')).text
  const first = await rendition(id, 'html')
  t.match(first.headers.get('cache-control'), 'public')
  t.match(first.headers.get('surrogate-key'), `article:${id}`)
  t.match(first.headers.get('surrogate-key'), 'site')
  const again = await server.anonymous.get(`/v1/articles/${id}/renditions/html`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
  t.equal(again.status, 304)
  await server.patch(`/v1/articles/${id}?publish=true`, { headline: 'Kept no more' })
  t.match(await read(), '<h1>Kept no more</h1>')
  await server.patch('/v1/authors/nia-holm', { name: 'Nia Holm-Berg' })
  t.match(await read(), 'Nia Holm-Berg')
  await server.patch('/v1/site', { name: 'The Oakmere Post' })
  t.match(await read(), '· The Oakmere Post</title>')
  t.equal((await server.anonymous.get('/v1/articles/kept/renditions/html')).status, 200)
  await server.patch(`/v1/articles/${id}?publish=true`, { slug: 'kept-again' })
  const moved = await server.anonymous.get('/v1/articles/kept/renditions/html')
  t.strictSame([moved.status, moved.headers.get('location')], [308, '/v1/articles/kept-again/renditions/html'])
  await server.post(`/v1/articles/${id}/unpublish`, {})
  for (const format of ['html', 'markdown', 'text', 'jsonld', 'ninjs', 'ans']) t.equal((await rendition(id, format)).status, 410, format)
  t.equal((await server.get(`/v1/articles/${id}/renditions/html`)).status, 410, 'a rendition is of what is public, for editors too')
  t.equal((await rendition(id, 'pdf')).status, 404)
})

t.test('a rendition leads to the addresses of highlighted stories as they are now', async (t) => {
  const own = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{topic}/{slug}' })
  await createShort(own, 'Target', { topics: [{ name: 'Port' }] })
  const highlightLists = [{ items: [{ text: 'See it', target: { type: 'article', slug: 'target' } }] }]
  await createShort(own, 'Leads there', { highlightLists, topics: [{ name: 'Shipping' }] })
  const paths = ['html', 'markdown'].map((name) => `/v1/articles/leads-there/renditions/${name}`)
  for (const path of paths) t.match((await own.anonymous.get(path)).text, 'https://news.example/port/target')
  await own.patch('/v1/topics/port', { slug: 'harbour' })
  for (const path of paths) t.match((await own.anonymous.get(path)).text, 'https://news.example/harbour/target')
})

t.test('a preview is rendered for whoever has its link, and is not to be found', async (t) => {
  const { id } = (await server.post('/v1/articles', { ...rich, slug: 'draft', seo: null })).body
  t.equal((await rendition(id, 'html')).status, 404)
  const { apiUrl } = (await server.post(`/v1/articles/${id}/preview-links`, {})).body
  for (const format of ['html', 'markdown', 'text', 'jsonld', 'ninjs', 'ans']) {
    const { status, headers } = await server.anonymous.get(`${apiUrl}/renditions/${format}`)
    t.equal(status, 200)
    t.match(headers.get('cache-control'), 'no-store')
    t.match(headers.get('x-robots-tag'), 'noindex')
  }
  t.match((await server.anonymous.get(`${apiUrl}/renditions/html`)).text, '<meta name="robots" content="noindex">')
  await server.post(`/v1/articles/${id}/publish`, {})
  const moved = await server.anonymous.get(`${apiUrl}/renditions/jsonld`)
  t.strictSame([moved.status, moved.headers.get('location')], [308, '/v1/articles/draft/renditions/jsonld'])
})

t.test('another site learns how to show a link to a story', async (t) => {
  const { id } = await published({
    headline: 'Shown <i>elsewhere</i>',
    slug: 'shown',
    standfirst: 'In short.',
    authors: [{ name: 'Ada Berg' }],
    leadImage: { url: 'https://media.example/q.jpg', width: 400, height: 300 },
    aliases: ['/2014/shown.html'],
  })
  const ask = (url: string, more = '') => server.anonymous.get(`/v1/oembed?url=${encodeURIComponent(url)}${more}`)
  const { status, body } = await ask('https://news.example/shown')
  t.equal(status, 200)
  t.match(body, { version: '1.0', type: 'rich', title: 'Shown <i>elsewhere</i>', author_name: 'Ada Berg', thumbnail_width: 400, width: 600 })
  t.equal(body.html, '<blockquote><p><a href="https://news.example/shown">Shown &lt;i&gt;elsewhere&lt;/i&gt;</a></p><p>In short.</p></blockquote>')
  const small = (await ask('https://news.example/shown', '&maxwidth=300&maxheight=100')).body
  t.match(small, { width: 300, height: 100 })
  t.notOk('thumbnail_url' in small, 'a picture that is larger than asked for is left out')
  t.equal((await ask('https://news.example/2014/shown.html')).status, 200)
  t.equal((await ask('https://www.news.example/shown?utm_source=x')).status, 200)
  for (const [canonicalUrl, ...asked] of [
    ['/specials/2026/shown', 'https://news.example/specials/2026/shown', 'https://news.example/specials/2026/shown/?utm=1'],
    ['https://news.example/specials/shown?part=2', 'https://news.example/specials/shown?part=2#top'],
    ['https://agency.example/größe?x=1', 'https://agency.example/größe?x=1', 'https://agency.example/gr%C3%B6%C3%9Fe?x=1'],
    ['https://news.example/hafen-größe', 'https://news.example/hafen-gr%C3%B6%C3%9Fe', 'https://news.example/hafen-größe'],
  ] as [string, ...string[]][]) {
    const { url } = await sendUnchecked(server, 'PATCH', `/v1/articles/${id}?publish=true`, { canonicalUrl })
    for (const own of asked) t.match((await ask(own)).body.html, `<a href="${url}">`, `the address of its own, ${own}`)
  }
  t.equal((await ask('https://news.example/specials/2026/shown')).status, 404, 'one that it has no more')
  await server.patch(`/v1/articles/${id}?publish=true`, { canonicalUrl: null })
  t.equal((await ask('https://other.example/shown')).status, 404)
  t.equal((await ask('https://news.example/nowhere')).status, 404)
  await server.patch(`/v1/articles/${id}?publish=true`, { slug: 'shown-again' })
  t.match((await ask('https://news.example/shown')).body.html, 'https://news.example/shown-again', 'an old address is the story’s, too')
  await server.post(`/v1/articles/${id}/unpublish`, {})
  t.equal((await ask('https://news.example/shown-again')).status, 410)
  t.equal((await server.anonymous.get('/v1/oembed')).status, 400)
})

t.test('a parser of whole Markdown shows what the story says, and nothing else', async (t) => {
  const texts = [
    '<script>alert(1)</script> <img src=x onerror=alert(1)>',
    '![img](https://i.example/x.png)',
    '[p](//proto.example)',
    '# head',
    '- item',
    '1. one',
    '---',
    '    code',
    '> quote',
    'a\n\nb',
    '```\nx',
    '**strong**, *em*, `co\\`de`, [a link](https://a.example/?x=1&y=(2)) and <https://b.example/>',
    'snake_case_words and 2 * 3 * 4, a | b, ~~gone~~, &amp; &copy;, !',
    '!\\[no\\](https://c.example)',
  ]
  const sections = texts.map((text) => ({ body: [{ type: 'paragraph', text }] }))
  const { id } = await published({ headline: 'Texts', sections: [...sections, { heading: 'The end', body: [{ type: 'table', rows: [texts] }] }] })
  const { text } = await rendition(id, 'markdown')
  const html = markdownIt({ html: true }).render(text.replace(/^---\n.*?\n---\n/s, ''))
  const article = (await server.anonymous.get(`/v1/articles/${id}?include=html`)).body
  const shown = (page: string) =>
    page
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  const paragraphs = html.slice(0, html.indexOf('<h2>')).match(/<p>.*?<\/p>/gs) ?? []
  t.equal(paragraphs.length, texts.length, 'nothing becomes another block')
  t.strictSame(
    paragraphs.map(shown),
    article.sections.slice(0, -1).map((section: Json) => shown(section.body[0].html)),
  )
  const links = [...html.slice(0, html.indexOf('<h2>')).matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
  t.strictSame(links, ['https://i.example/x.png', 'https://a.example/?x=1&amp;y=(2)', 'https://b.example/'])
  t.notMatch(html, /<(?:script|img)|javascript:/)
  t.match(html, '<h2>The end</h2>')
  t.equal(html.match(/<td>/g)?.length, texts.length)
})

t.test('a story is whole also where it leads elsewhere, and where its picture is words alone', async (t) => {
  const other = await published({ headline: 'Why bridges lift', slug: 'why' })
  const { id } = await published({
    headline: 'On',
    leadImage: { title: 'The crane', caption: 'At dawn' },
    copyright: { holder: 'The paper', usageTerms: 'Ask first' },
    source: { name: 'A wire' },
    highlightLists: [
      {
        title: 'At a glance',
        style: 'numbered',
        items: [{ target: { type: 'article', id: other.id } }, { text: 'Tides', target: { type: 'url', url: 'https://port.example/' } }],
      },
    ],
    related: [{ relation: 'related', target: { type: 'article', id: other.id } }],
  })
  const page = (await rendition(id, 'html')).text
  t.match(
    page,
    '<h2>At a glance</h2>\n<ol><li><a href="https://news.example/why">Why bridges lift</a></li><li><a href="https://port.example/">Tides</a></li></ol>',
  )
  t.match(page, '<aside><ul><li><a href="https://news.example/why">Why bridges lift</a></li></ul></aside>')
  for (const words of ['The crane', 'At dawn', 'A wire', 'The paper', 'Ask first']) t.match(page, words)
  const markdown = (await rendition(id, 'markdown')).text
  t.match(markdown, '1. [Why bridges lift](<https://news.example/why>)\n2. [Tides](<https://port.example/>)')
  const text = (await rendition(id, 'text')).text
  for (const words of ['At dawn', '1. Why bridges lift', '2. Tides', '- Why bridges lift', 'Ask first']) t.match(text, words)
  for (const format of ['ninjs', 'ans']) t.match(JSON.stringify((await rendition(id, format)).body), 'At dawn')
  await server.patch('/v1/articles/why?publish=true', { headline: 'Why they lift' })
  t.match((await rendition(id, 'html')).text, '>Why they lift</a>')
  await server.post(`/v1/articles/${other.id}/unpublish`, {})
  t.notMatch((await rendition(id, 'html')).text, 'Why they lift')
})

t.test('a section whose anchor begins with a digit has a selector that is one, and a page the locale of its language', async (t) => {
  const { id } = await published({ headline: 'Counted', language: 'ar', sections: [{ heading: '02:30 The wall holds' }, { heading: 'After' }] })
  const { body } = await rendition(id, 'jsonld')
  t.strictSame(
    body.hasPart.map(({ cssSelector }: Json) => cssSelector),
    ['[id="02-30-the-wall-holds"]', '#after'],
  )
  t.match((await rendition(id, 'html')).text, '<meta property="og:locale" content="ar_EG">')
})

t.test('an address that names its form gives it whatever Accept says', async (t) => {
  const { id } = await published({ headline: 'Asked' })
  for (const [path, accept] of [
    [`/v1/articles/${id}/renditions/jsonld`, 'application/json'],
    [`/v1/articles/${id}/renditions/markdown`, 'text/plain'],
    [`/v1/articles/${id}/renditions/ninjs`, 'application/ninjs+json'],
    [`/v1/articles/${id}/renditions/ans`, 'image/png'],
    ['/v1/feeds/rss', 'application/xml'],
    ['/v1/feeds/json', 'application/json'],
    ['/sitemap.xml', 'text/xml'],
  ] as const)
    t.equal((await server.anonymous.get(path, { headers: { accept } })).status, 200, path)
})
