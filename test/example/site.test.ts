import { once } from 'node:events'
import { HtmlValidate } from 'html-validate'
import { freePort } from '../support/ports.ts'
import { t } from '../support/tap.ts'
import { startExample, startSite } from './running.ts'

const validator = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:a11y'] })

/** What is wrong with a page as HTML. */
async function faultsOf(text: string): Promise<string[]> {
  const { results } = await validator.validateString(text)
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} (${text.split('\n')[line - 1]?.slice(0, 160)})`))
}

const example = await startExample(t)
const get = (path: string, headers: Record<string, string> = {}) => fetch(example.url + path, { headers, redirect: 'manual' })
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(example.url + path, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })

t.test('every page is there, and is valid HTML', async (t) => {
  const pages = [
    '/',
    '/latest',
    '/topic/harbour',
    '/author/mara-lindqvist',
    '/list/weekend',
    '/story/old-harbour-lamps',
    '/story/lifting-bridge-opens/comments',
    '/search',
    '/search?q=storm',
    '/about',
    '/corrections',
    '/privacy',
  ]
  const { data } = (await (await fetch(`${example.api}/v1/articles?limit=100&fields=slug`)).json()) as { data: { slug: string }[] }
  for (const path of [...pages, ...data.map(({ slug }) => `/story/${slug}`)]) {
    const answer = await get(path)
    t.equal(answer.status, 200, path)
    t.strictSame(await faultsOf(await answer.text()), [], path)
  }
})

t.test('a story says all that the API has of it', async (t) => {
  const text = await (await get('/story/lifting-bridge-opens')).text()
  for (const part of [
    '<h1>The lifting bridge opens, eleven years after it was promised</h1>',
    'href="/author/mara-lindqvist"',
    '<a href="#what-it-cost">It cost £61 million</a>',
    '<a href="#when-it-lifts">When it lifts</a>',
    'Why some bridges lift and others turn</a></li>',
    'id="what-it-cost"',
    'object-position: 50% 40%',
    '"@type":"NewsArticle"',
    'property="og:image"',
    '>Edith M.<',
    'rel="canonical"',
  ])
    t.ok(text.includes(part), part)
  t.match(await (await get('/story/ferry-fares-rise')).text(), /Corrections<[\s\S]*It was £25\./)
  t.match(await (await get('/story/old-harbour-lamps')).text(), /<main [^>]*lang="ar" dir="rtl"/)
  t.match(await (await get('/search?q=storm')).text(), /<mark>storm<\/mark>/)
})

t.test('old slugs redirect, what was taken down says so, and what was never there is a 404', async (t) => {
  const old = await get('/story/mill-lane-school-garden')
  t.equal(old.status, 308)
  t.equal(old.headers.get('location'), '/story/school-garden')
  const gone = await get('/story/library-to-close')
  t.equal(gone.status, 410)
  t.equal(gone.headers.get('cache-control'), 'private, no-store')
  const text = await gone.text()
  t.match(text, /The library is to close[\s\S]*was a forgery/)
  t.strictSame(await faultsOf(text), [])
  for (const path of ['/story/no-such-story', '/no/such/page', '/media/none.svg', '/topic/none']) t.equal((await get(path)).status, 404, path)
  t.equal((await get('/search?q=a&cursor=none')).status, 400)
})

t.test('a preview shows what isn’t out yet, to nobody else', async (t) => {
  const answer = await fetch(example.preview)
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('cache-control'), 'private, no-store')
  t.match(await answer.text(), /name="robots" content="noindex"[\s\S]*not published yet[\s\S]*Who wants the customs house\?/)
  t.equal((await get('/story/customs-house-buyer')).status, 404)
  t.equal((await get('/preview?token=none')).status, 404)
})

t.test('a story that is translated says where', async (t) => {
  const answer = await fetch(`${example.api}/v1/articles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${example.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      headline: 'Bücherstand am Hafen',
      slug: 'buecherstand',
      language: 'de',
      status: 'published',
      translationOf: 'book-stall-by-the-port',
    }),
  })
  t.equal(answer.status, 201)
  const text = await (await get('/story/book-stall-by-the-port')).text()
  t.match(text, `<link rel="alternate" hreflang="de" href="${example.url}/story/buecherstand">`)
  t.match(text, `<link rel="alternate" hreflang="he" href="${example.url}/story/book-stall-by-the-port">`)
  t.match(text, '<a href="/story/buecherstand" lang="de" hreflang="de">Deutsch</a>')
  t.strictSame(await faultsOf(text), [])
})

t.test('the API’s feeds are the site’s', async (t) => {
  for (const path of ['/feed.xml', '/feed.xml?topic=harbour', '/atom.xml', '/feed.json', '/story/lifting-bridge-opens/comments.xml']) {
    const answer = await get(path)
    t.equal(answer.status, 200, path)
    t.match(answer.headers.get('content-type'), /xml|json/)
    const tag = answer.headers.get('etag') ?? ''
    t.match(await answer.text(), `${example.url}/story/lifting-bridge-opens`)
    t.equal((await get(path, { 'if-none-match': tag })).status, 304, path)
  }
  t.match(await (await get('/topic/harbour')).text(), 'href="/feed.xml?topic=harbour"')
})

t.test('the API’s sitemaps are the site’s', async (t) => {
  const index = await get('/sitemap.xml')
  t.equal(index.status, 200)
  t.match(index.headers.get('content-type'), /xml/)
  const [, month = ''] = /<loc>([^<]*)<\/loc>/.exec(await index.text()) ?? []
  t.ok(month.startsWith(`${example.url}/sitemaps/`), month)
  t.match(await (await fetch(month)).text(), `<loc>${example.url}/story/`)
  t.match(await (await get('/robots.txt')).text(), `Sitemap: ${example.url}/sitemap.xml`)
  t.equal((await get('/sitemaps/none.xml')).status, 404)
})

t.test('caches are told what the API says, and a page that is the same is a 304', async (t) => {
  const answer = await get('/story/lifting-bridge-opens')
  t.equal(answer.headers.get('cache-control'), 'public, max-age=0, must-revalidate')
  t.match(answer.headers.get('surrogate-key'), /\barticle:/)
  const tag = answer.headers.get('etag') ?? ''
  t.equal((await get('/story/lifting-bridge-opens', { 'if-none-match': tag })).status, 304)
})

t.test('a comment is published, waits, or says what is wrong with it, without a script', async (t) => {
  const comments = '/story/lifting-bridge-opens/comments'
  const made = await send(comments, { name: 'A <reader>', body: 'Well *done*.' })
  t.equal(made.status, 303)
  const place = made.headers.get('location') ?? ''
  t.match(place, /comments\?around=.*#comment-/)
  const shown = await (await get(place)).text()
  t.match(shown, /A &lt;reader&gt;[\s\S]*<em>done<\/em>/)
  const id = place.split('#comment-')[1] ?? ''

  t.match(await (await get(`${comments}?reply=${id}`)).text(), new RegExp(`Your answer to <bdi>A &lt;reader[\\s\\S]*name="parent" value="${id}"`))
  t.equal((await send(comments, { name: 'B', body: 'Indeed.', parent: id })).status, 303)
  t.equal((await send(`/comment/${id}/votes`, { story: 'lifting-bridge-opens', value: '1' })).status, 303)
  t.strictSame(await (await send(`/comment/${id}/votes`, { value: '1' }, { accept: 'application/json' })).json(), { score: 1 })

  const wrong = await send(comments, { name: '', body: 'Kept' })
  t.equal(wrong.status, 400)
  const form = await wrong.text()
  t.match(form, /aria-invalid="true" aria-describedby="_fault-name"/)
  t.match(form, />Kept<\/textarea>/)
  t.strictSame(await faultsOf(form), [])
  t.match(await (await send('/story/court-net-theft/comments', { name: 'A', body: 'Why?' })).text(), /Comments on this story are closed/)

  const waiting = await send('/story/ferry-fares-rise/comments', { name: 'A', body: 'Too dear.' })
  t.match(waiting.headers.get('location'), /^\/comment\//)
  const cookie = waiting.headers.get('set-cookie') ?? ''
  t.match(cookie, /^edit=.*; Path=\/comment\/.*; HttpOnly; SameSite=Strict$/)
  const own = await get(waiting.headers.get('location') ?? '', { cookie: cookie.split(';')[0] ?? '' })
  t.equal(own.headers.get('cache-control'), 'private, no-store')
  t.match(await own.text(), /when a moderator has read it[\s\S]*Too dear\./)
  t.equal((await get(waiting.headers.get('location') ?? '')).status, 404, 'to everybody else')
  t.equal((await send(comments, { name: 'A', body: 'B' }, { 'sec-fetch-site': 'cross-site' })).status, 403)
})

t.test('while the API is away there is a page that says so', async (t) => {
  const site = await startSite(t, `http://127.0.0.1:${await freePort()}`)
  const answer = await fetch(site)
  t.equal(answer.status, 503)
  t.equal(answer.headers.get('retry-after'), '60')
  const text = await answer.text()
  t.match(text, /try again in a minute/)
  t.strictSame(await faultsOf(text), [])
  t.equal((await fetch(`${site}/style.css`)).status, 200)
})

t.test('it ends as a whole', async (t) => {
  example.child.kill('SIGINT')
  const [status] = await once(example.child, 'exit')
  t.equal(status, 0)
  await t.rejects(fetch(example.api))
})
