import { Parser } from 'htmlparser2'
import { type Json, startServer } from '../support/server.ts'
import { createShort, story } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t, { EMBED_HOSTS: 'maps.example' })

type Element = { name: string; attributes: Record<string, string> }

/** The elements of HTML, as a browser finds them. */
function elementsOf(html: string): Element[] {
  const found: Element[] = []
  const parser = new Parser({ onopentag: (name, attributes) => found.push({ name, attributes }) })
  parser.end(html)
  return found
}

const bodyOf = (sections: Json[]) => sections.flatMap(({ body }) => body)

t.test('include=html renders a story as it is to stand in a page', async (t) => {
  const { id } = (await server.post('/v1/articles', { ...story, status: 'published' })).body
  const { body: plain } = await server.anonymous.get(`/v1/articles/${id}`)
  t.notOk('bodyHtml' in plain || 'bodyText' in plain, 'it comes when it is asked for')
  const { status, body, headers } = await server.anonymous.get(`/v1/articles/${id}?include=html`)
  t.equal(status, 200)
  t.match(headers.get('surrogate-key') ?? '', `article:${id}`)
  t.match(body.bodyHtml, /^<div lang="en" dir="ltr">.*<\/div>$/s)
  t.match(body.bodyHtml, '<h2 id="background">Background</h2>')
  t.match(body.bodyHtml, '<h3 id="the-storm">The storm</h3>', 'a heading is as deep as its section')
  t.match(body.bodyHtml, '<p>Crews worked <strong>through the night</strong>.</p>')
  t.match(body.bodyHtml, '<ol><li><strong>Stone:</strong> 4,000 blocks</li><li>Steel<ol><li>Piles</li></ol></li></ol>')
  t.match(body.bodyHtml, '<figure><blockquote><p>It was loud.</p></blockquote><figcaption>A keeper</figcaption></figure>')
  t.match(body.bodyHtml, '<thead><tr><th scope="col">Boat</th><th scope="col">Leaves</th></tr></thead><tbody><tr><td>Petrel</td>')
  t.match(body.bodyHtml, '<a href="https://video.example/1">https://video.example/1</a>')
  t.match(body.bodyHtml, '<img src="https://media.example/boat.jpg" alt="" loading="lazy" decoding="async">')
  t.match(body.bodyHtml, '<pre><code>tide()</code></pre>')
  const [background] = body.sections
  t.equal(background.bodyHtml.includes('<h2'), false, 'a section’s own HTML is without its heading')
  t.match(background.bodyHtml, '<strong>through the night</strong>')
  const blocks = bodyOf(body.sections)
  t.equal(blocks[0].html, 'Crews worked <strong>through the night</strong>.')
  t.equal(blocks[1].items[1].items[0].html, 'Piles')
  t.equal(blocks[2].html, 'It was loud.')
  t.strictSame([blocks[3].headerHtml, blocks[3].rowsHtml], [['Boat', 'Leaves'], [['Petrel', '07:15']]])
  const { bodyHtml: _, ...rest } = body
  t.strictSame({ ...rest, sections: plain.sections }, { ...plain }, 'nothing else of it is other')
})

t.test('include=text renders it as plain text', async (t) => {
  const { id } = (await server.post('/v1/articles', { ...story, slug: 'plain', status: 'published' })).body
  const { body } = await server.anonymous.get(`/v1/articles/${id}?include=text`)
  t.match(
    body.bodyText,
    /^Background\n\nCrews worked through the night\.\n\n1\. Stone: 4,000 blocks\n2\. Steel\n {2}1\. Piles\n\nThe storm\n\n“It was loud\.”\n— A keeper/,
  )
  t.equal(body.sections[0].bodyText, 'Crews worked through the night.\n\n1. Stone: 4,000 blocks\n2. Steel\n  1. Piles')
  t.notOk('bodyHtml' in body)
})

t.test('rows, sections, past editions and previews are rendered, too', async (t) => {
  const { id } = (await server.post('/v1/articles', { ...story, slug: 'rows', status: 'published' })).body
  const [row] = (await server.anonymous.get(`/v1/articles?ids=${id}&include=html,text`)).body.data
  t.match(row.bodyHtml, '<h2 id="background">')
  t.match(row.bodyText, 'Background')
  t.notOk('sections' in row, 'sections come when they are asked for')
  const [whole] = (await server.anonymous.get(`/v1/articles?ids=${id}&include=html,sections`)).body.data
  t.match(whole.sections[0].bodyHtml, 'through the night')
  const sections = (await server.anonymous.get(`/v1/articles/${id}/sections?include=html`)).body.data
  t.equal(sections[0].bodyHtml, whole.sections[0].bodyHtml)
  const section = (await server.anonymous.get(`/v1/articles/${id}/sections/background?include=text`)).body
  t.match(section.bodyText, /^Crews/)
  const past = (await server.anonymous.get(`/v1/articles/${id}?include=html&at=${encodeURIComponent(whole.updatedAt)}`)).body
  t.equal(past.bodyHtml, whole.bodyHtml)
  const working = (await server.get(`/v1/articles/${id}?copy=working&include=html`)).body
  t.match(working.bodyHtml, '<h2 id="background">')
  const draft = (await server.post('/v1/articles', { ...story, slug: 'draft' })).body
  const { apiUrl } = (await server.post(`/v1/articles/${draft.id}/preview-links`, {})).body
  t.match((await server.anonymous.get(`${apiUrl}?include=html`)).body.bodyHtml, '<h2 id="background">')
})

t.test('what was rendered may be sent back, and is no part of what is written', async (t) => {
  const { id } = (await server.post('/v1/articles', { ...story, slug: 'back' })).body
  const { body } = await server.get(`/v1/articles/${id}?copy=working&include=html,text`)
  const same = await server.put(`/v1/articles/${id}`, body)
  t.equal(same.status, 200)
  t.equal(same.body.revision, body.revision, 'it is no change')
  const changed = await server.put(`/v1/articles/${id}`, { ...body, headline: 'Another' })
  t.notOk(JSON.stringify(changed.body).includes('<strong>'), 'no HTML is kept')
})

t.test('whatever a text says, nothing but what a story may have is in its HTML', async (t) => {
  const hostile = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt&colon;alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](https://a.example/"onmouseover="alert(1))',
    '![x](https://a.example/" onload="alert(1))',
    '`</code><svg onload=alert(1)>`',
    '"><iframe srcdoc="<script>alert(1)</script>">',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '</p></div><style>*{display:none}</style>',
    '<a href="vbscript:x">',
    '**<b onclick=x>**',
    '[a](https://a.example "title\\" onclick=\\"x")',
  ]
  const body = hostile.flatMap((text) => [
    { type: 'paragraph', text },
    { type: 'quote', text, attribution: text },
    { type: 'list', ordered: false, items: [{ label: text, text, items: [{ text }] }] },
    { type: 'table', caption: text, header: [text], rows: [[text]] },
    { type: 'code', code: text, language: text },
    { type: 'image', image: { url: "https://a.example/'onerror='x", alt: text, title: text, caption: text, credit: text } },
    { type: 'embed', url: "https://a.example/'onload='x", title: text },
  ])
  const { id } = (await server.post('/v1/articles', { headline: 'Hostile', status: 'published', sections: hostile.map((heading) => ({ heading, body })) })).body
  t.ok(id)
  const answer = (await server.anonymous.get(`/v1/articles/${id}?include=html`)).body
  const allowed: Record<string, string[]> = {
    div: ['id', 'lang', 'dir'],
    h2: ['id'],
    a: ['href'],
    img: ['src', 'alt', 'title', 'loading', 'decoding'],
    code: ['class'],
    th: ['scope'],
  }
  const html = [answer.bodyHtml, ...answer.sections.map(({ bodyHtml }: Json) => bodyHtml)]
  const phrases = JSON.stringify(answer.sections).match(/"html":"(?:[^"\\]|\\.)*"/g) ?? []
  t.ok(phrases.length > 50)
  for (const { name, attributes } of [...html, ...phrases.map((phrase) => JSON.parse(phrase.slice(7)))].flatMap(elementsOf)) {
    if (!'div h2 p strong em code pre a br ul ol li blockquote figure figcaption small img table caption thead tbody tr th td'.split(' ').includes(name))
      t.fail(`an element ${name}`)
    for (const [attribute, value] of Object.entries(attributes)) {
      if (!allowed[name]?.includes(attribute)) t.fail(`an attribute ${attribute} of ${name}`)
      if (['href', 'src'].includes(attribute) && !/^(?:https?:\/\/|mailto:|#)/.test(value)) t.fail(`an address ${value}`)
    }
  }
})

t.test('embeds are frames of known players and of the operator’s hosts alone', async (t) => {
  const embeds = {
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3': 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=3',
    'https://youtu.be/dQw4w9WgXcQ?t=1m30s': 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=90',
    'https://www.youtube.com/embed/dQw4w9WgXcQ?start=x': 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcQ': 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
    'https://vimeo.com/76979871': 'https://player.vimeo.com/video/76979871?dnt=1',
    'https://maps.example/oakmere?zoom=3': 'https://maps.example/oakmere?zoom=3',
    'https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ': null,
    'http://maps.example/oakmere': null,
    'https://maps.example:8443/': null,
    'https://www.youtube.com/redirect?q=x': null,
  }
  const body = Object.keys(embeds).map((url) => ({ type: 'embed', url, title: 'Watch' }))
  const { id } = (await server.post('/v1/articles', { headline: 'Embeds', status: 'published', sections: [{ body }] })).body
  const { bodyHtml } = (await server.anonymous.get(`/v1/articles/${id}?include=html`)).body
  const frames = elementsOf(bodyHtml).filter(({ name }) => name === 'iframe')
  t.strictSame(
    frames.map(({ attributes }) => attributes.src),
    Object.values(embeds).filter((address) => address !== null),
  )
  for (const { attributes } of frames) t.match(attributes, { title: 'Watch', loading: 'lazy', width: '640', height: '360' })
  t.equal(elementsOf(bodyHtml).filter(({ name }) => name === 'a').length, 4, 'all others are links')
})

t.test('a language that is written from the right says so', async (t) => {
  for (const [language, dir] of [
    ['ar', 'rtl'],
    ['he-IL', 'rtl'],
    ['az-Arab', 'rtl'],
    ['de', 'ltr'],
    ['ja', 'ltr'],
  ]) {
    const { id } = (
      await server.post('/v1/articles', { headline: `In ${language}`, language, status: 'published', sections: [{ body: [{ type: 'paragraph', text: 'x' }] }] })
    ).body
    t.match((await server.anonymous.get(`/v1/articles/${id}?include=html`)).body.bodyHtml, `<div lang="${language}" dir="${dir}">`)
  }
})

t.test('rows and cards have an excerpt of at most 200 characters and a reading time', async (t) => {
  const words = (count: number) => ({ body: [{ type: 'paragraph', text: 'word '.repeat(count) }] })
  const sentence = 'The crews of **four** boats worked through the night to clear the quay. '
  const cases = [
    [{ standfirst: 'In short.' }, 'In short.', 0],
    [{ sections: [{ heading: 'Not this', body: [{ type: 'paragraph', text: 'Only *this*.' }] }] }, 'Only this.', 1],
    [{ sections: [{ body: [{ type: 'paragraph', text: sentence.repeat(9) }] }] }, sentence.replaceAll('*', '').repeat(2).trim(), 1],
    [{ sections: [words(2380)] }, /^(?:word ){30,40}word…$/, 10],
    [{ language: 'ar', sections: [words(1380)] }, /…$/, 10],
    [{ language: 'ja', sections: [{ body: [{ type: 'paragraph', text: '船が港を出る。'.repeat(595) }] }] }, /^(?:船が港を出る。){28}$/, 10],
    [{}, null, 0],
    [{ standfirst: '\u200b ', sections: [{ body: [{ type: 'paragraph', text: 'Body.' }] }] }, 'Body.', 1],
    [{ standfirst: '👩‍👩‍👧‍👦'.repeat(60) }, /^(?:👩‍👩‍👧‍👦)+…$/u, 0],
    [{ sections: [{ body: [{ type: 'paragraph', text: 'Turned \u202eround.' }] }] }, 'Turned round.', 1],
  ] as const
  for (const [index, [given, excerpt, readingTime]] of cases.entries()) {
    const { id } = (await server.post('/v1/articles', { headline: `Teaser ${index}`, status: 'published', ...given })).body
    const [row] = (await server.anonymous.get(`/v1/articles?ids=${id}`)).body.data
    const [working] = (await server.get(`/v1/articles?ids=${id}&copy=working`)).body.data
    for (const { excerpt: own, readingTime: minutes } of [row, working, (await server.anonymous.get(`/v1/articles/${id}`)).body]) {
      if (excerpt instanceof RegExp) t.match(own, excerpt)
      else t.equal(own, excerpt)
      t.ok((own ?? '').length <= 200)
      t.equal(minutes, readingTime)
    }
    const list = (await server.post('/v1/highlight-lists', { slug: `list-${index}`, items: [{ target: { type: 'article', id } }] })).body
    const [item] = (await server.anonymous.get(`/v1/highlight-lists/${list.id}`)).body.items
    t.match(item.target.article, { excerpt: row.excerpt, readingTime })
  }
})

t.test('a name that include does not know is a 400 that says which it knows', async (t) => {
  const { id } = await createShort(server, 'Short', { status: 'published' })
  const { status, body } = await server.anonymous.get(`/v1/articles/${id}?include=htm`)
  t.equal(status, 400)
  t.match(body.errors[0], { parameter: 'include', suggestion: 'html' })
})
