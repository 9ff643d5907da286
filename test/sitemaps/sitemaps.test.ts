import type { Test } from 'tap'
import { v7 as newId } from 'uuid'
import { moveClock } from '../../src/database/clock.ts'
import { connect } from '../../src/database/connect.ts'
import { revertLast } from '../../src/database/migrate.ts'
import { chunked } from '../../src/database/values.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Server, startServer } from '../support/server.ts'
import { readSitemap } from '../support/sitemap-rules.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const host = 'news.example'

/** What is at the address of a sitemap, which has to be as the schemas say. */
async function read(t: Test, server: Server, path: string) {
  const answer = await server.anonymous.get(path)
  t.equal(answer.status, 200, path)
  t.equal(answer.headers.get('content-type'), 'application/xml; charset=utf-8')
  t.match(answer.headers.get('cache-control'), /^public/)
  t.match(answer.headers.get('surrogate-key'), /\blist\b/)
  return { ...readSitemap(answer.text, host), headers: answer.headers }
}

const locs = ({ entries }: { entries: { loc: string }[] }) => entries.map(({ loc }) => loc.replace(`https://${host}`, ''))
const status = async (server: Server, path: string) => (await server.anonymous.get(path)).status

t.test('the index lists months with public stories, each when it changed', async (t) => {
  const server = await startServer(t)
  for (const path of ['/sitemap.xml', '/sitemaps/2019-05.xml']) t.equal(await status(server, path), 404, 'as long as there are none')
  const dated = (headline: string, date: string) => createShort(server, headline, { publishedAt: `${date}Z`, updatedAt: `${date}Z` })
  const first = await dated('First', '2019-05-01T00:00:00.000')
  const last = await dated('Last', '2019-05-31T23:59:59.999')
  await dated('Next month', '2019-06-01T00:00:00.000')
  await createShort(server, 'Not out', { status: 'draft' })
  const index = await read(t, server, '/sitemap.xml')
  t.equal(index.root, 'sitemapindex')
  t.strictSame(locs(index), ['/sitemaps/2019-06.xml', '/sitemaps/2019-05.xml'])
  const may = await read(t, server, '/sitemaps/2019-05.xml')
  t.strictSame(may.entries, [
    { loc: 'https://news.example/first', lastmod: '2019-05-01T00:00:00.000Z' },
    { loc: 'https://news.example/last', lastmod: '2019-05-31T23:59:59.999Z' },
  ])
  t.strictSame(locs(await read(t, server, '/sitemaps/2019-06.xml')), ['/next-month'])
  t.equal(Date.parse(may.headers.get('last-modified') ?? ''), Math.floor(Date.parse(index.entries[1]?.lastmod ?? '') / 1000) * 1000)
  const notModified = await server.anonymous.get('/sitemaps/2019-05.xml', { headers: { 'if-none-match': may.headers.get('etag') ?? '' } })
  t.equal(notModified.status, 304)
  t.ok(notModified.headers.get('last-modified'))

  await t.test('a story that changes changes its entry, and the time of its month alone', async (t) => {
    moveClock(5000)
    await server.patch(`/v1/articles/${first.id}?publish=true`, { standfirst: 'More', slug: 'first-of-all' })
    const { entries } = await read(t, server, '/sitemaps/2019-05.xml')
    const { updatedAt } = (await server.anonymous.get(`/v1/articles/${first.id}`)).body
    t.strictSame(entries[0], { loc: 'https://news.example/first-of-all', lastmod: updatedAt })
    const after = await read(t, server, '/sitemap.xml')
    t.equal(after.entries[1]?.lastmod, updatedAt)
    t.equal(after.entries[0]?.lastmod, index.entries[0]?.lastmod)
    t.equal(after.headers.get('last-modified'), new Date(updatedAt).toUTCString())
  })

  await t.test('one that is taken down or trashed is left out, and its month has changed', async (t) => {
    const before = await read(t, server, '/sitemap.xml')
    moveClock(5000)
    await server.post(`/v1/articles/${last.id}/unpublish`)
    t.strictSame(locs(await read(t, server, '/sitemaps/2019-05.xml')), ['/first-of-all'])
    const after = await read(t, server, '/sitemap.xml')
    t.ok((after.entries[1]?.lastmod ?? '') > (before.entries[1]?.lastmod ?? ''))
    await server.delete(`/v1/articles/${first.id}`)
    t.strictSame(locs(await read(t, server, '/sitemap.xml')), ['/sitemaps/2019-06.xml'])
    t.equal(await status(server, '/sitemaps/2019-05.xml'), 404)
    await server.post(`/v1/articles/${first.id}/restore`)
    await server.post(`/v1/articles/${first.id}/publish`)
    t.strictSame(locs(await read(t, server, '/sitemaps/2019-05.xml')), ['/first-of-all'])
  })

  await t.test('one whose date changes moves to another month; one that is deleted is gone', async (t) => {
    await server.patch(`/v1/articles/${first.id}?publish=true`, { publishedAt: '2018-01-01T00:00:00Z' })
    t.strictSame(locs(await read(t, server, '/sitemap.xml')), ['/sitemaps/2019-06.xml', '/sitemaps/2018-01.xml'])
    t.strictSame(locs(await read(t, server, '/sitemaps/2018-01.xml')), ['/first-of-all'])
    await server.delete(`/v1/articles/${first.id}?permanent=true`)
    t.strictSame(locs(await read(t, server, '/sitemap.xml')), ['/sitemaps/2019-06.xml'])
  })
})

t.test('what search engines are to leave out, or find elsewhere, is left out; pictures are there', async (t) => {
  const server = await startServer(t)
  const publishedAt = '2020-02-03T04:05:06Z'
  const make = (headline: string, more: object) => createShort(server, headline, { publishedAt, ...more })
  await make('Alone', { seo: { noindex: true }, publishedAt: '2020-01-01T00:00:00Z' })
  await make('Syndicated', { canonicalUrl: 'https://elsewhere.example/story', publishedAt: '2020-01-02T00:00:00Z' })
  await make('Like us', { canonicalUrl: 'https://news.example.evil.example/story', publishedAt: '2020-01-03T00:00:00Z' })
  t.equal(await status(server, '/sitemap.xml'), 404, 'where nothing is left there is no sitemap')
  t.equal(await status(server, '/sitemaps/2020-01.xml'), 404)
  const noindex = await make('Hidden', { seo: { noindex: true } })
  await make('Elsewhere', { canonicalUrl: 'https://elsewhere.example/story' })
  await make('On a page', { canonicalUrl: '/specials/hafen?a=1&b=2' })
  await make('At our own', { canonicalUrl: 'https://news.example/own' })
  await make('With a picture', { leadImage: { url: 'https://media.example/a.jpg?w=1&h=2' } })
  await make('With words alone', { leadImage: { caption: 'No picture' } })
  const { entries } = await read(t, server, '/sitemaps/2020-02.xml')
  t.strictSame(
    entries.map(({ loc, image = null }) => [loc, image]),
    [
      ['https://news.example/specials/hafen?a=1&b=2', null],
      ['https://news.example/own', null],
      ['https://news.example/with-a-picture', 'https://media.example/a.jpg?w=1&h=2'],
      ['https://news.example/with-words-alone', null],
    ],
  )
  await server.patch(`/v1/articles/${noindex.id}?publish=true`, { seo: null })
  t.equal((await read(t, server, '/sitemaps/2020-02.xml')).entries.length, 5)
})

t.test('translations that search engines may find are named beside each other', async (t) => {
  const server = await startServer(t)
  const make = (headline: string, more: object) => createShort(server, headline, { publishedAt: '2020-02-03T04:05:06Z', ...more })
  const fish = await make('Fish', { language: 'en' })
  await make('Poisson', { language: 'fr', translationOf: fish.id })
  const hidden = await make('Fisch', { language: 'de', translationOf: fish.id, seo: { noindex: true } })
  const alternatesIn = async () => (await read(t, server, '/sitemaps/2020-02.xml')).entries.map(({ loc, alternates = null }) => [loc, alternates])
  const both = { en: 'https://news.example/fish', fr: 'https://news.example/poisson' }
  t.strictSame(await alternatesIn(), [
    ['https://news.example/fish', both],
    ['https://news.example/poisson', both],
  ])
  await server.patch(`/v1/articles/${hidden.id}?publish=true`, { seo: null })
  t.match((await alternatesIn())[0], [/fish/, { de: 'https://news.example/fisch' }])
  await server.patch('/v1/articles/poisson', { translationOf: null })
  t.strictSame((await alternatesIn())[1], ['https://news.example/poisson', null])
})

t.test('addresses follow the pattern, also of the main topic as it is called now', async (t) => {
  const server = await startServer(t, { PUBLIC_SITE_URL: 'https://news.example/{topic}/{year}/{slug}' })
  const topic = (await server.post('/v1/topics', { name: 'Ports' })).body
  const publishedAt = '2020-02-03T04:05:06Z'
  await createShort(server, 'Harbour', { publishedAt, topics: [{ id: topic.id }, { name: 'Weather' }] })
  await createShort(server, 'Without a topic', { publishedAt })
  t.strictSame(locs(await read(t, server, '/sitemaps/2020-02.xml')), ['/ports/2020/harbour'])
  await server.patch(`/v1/topics/${topic.id}`, { slug: 'harbours' })
  t.strictSame(locs(await read(t, server, '/sitemaps/2020-02.xml')), ['/harbours/2020/harbour'])
})

t.test('the sitemap of news has the stories of two days, the newest first', async (t) => {
  const server = await startServer(t)
  await server.patch('/v1/site', { name: 'Fish & <Chips>' })
  const empty = await server.anonymous.get('/sitemaps/news.xml')
  t.equal(readSitemap(empty.text, host).entries.length, 0, 'it may be empty')
  await createShort(server, '"Quay" & <pier>', { slug: 'quay', leadImage: { url: 'https://media.example/a.jpg' } })
  moveClock(24 * 3600 * 1000)
  await createShort(server, '港', { slug: 'gang', language: 'zh-TW' })
  await createShort(server, 'Port', { language: 'pt-BR' })
  await createShort(server, 'Hidden', { seo: { noindex: true } })
  const { entries } = await read(t, server, '/sitemaps/news.xml')
  t.match(entries, [
    { loc: 'https://news.example/port', news: { name: 'Fish & <Chips>', language: 'pt', title: 'Port' } },
    { loc: 'https://news.example/gang', news: { language: 'zh-tw', title: '港' } },
    { loc: 'https://news.example/quay', image: 'https://media.example/a.jpg', news: { language: 'en', title: '"Quay" & <pier>' } },
  ])
  const { publishedAt } = (await server.anonymous.get('/v1/articles/quay')).body
  t.equal(entries[2]?.news?.date, publishedAt)
  await server.patch('/v1/site', { name: 'The Courier' })
  t.equal((await read(t, server, '/sitemaps/news.xml')).entries[0]?.news?.name, 'The Courier')
  moveClock(24 * 3600 * 1000 + 1000)
  t.strictSame(locs(await read(t, server, '/sitemaps/news.xml')), ['/port', '/gang'], 'time alone takes a story from it')
})

t.test('without addresses on one host there is nothing to list', async (t) => {
  for (const PUBLIC_SITE_URL of ['', 'https://{topic}.news.example/{slug}']) {
    const server = await startServer(t, { PUBLIC_SITE_URL })
    await createShort(server, 'Harbour', { publishedAt: '2020-02-03T04:05:06Z', topics: [{ name: 'Ports' }] })
    for (const path of ['/sitemap.xml', '/sitemaps/news.xml', '/sitemaps/2020-02.xml']) {
      const answer = await server.anonymous.get(path)
      t.match(answer, { status: 404, body: { type: '/problems/not-found', detail: /PUBLIC_SITE_URL/ } }, path)
    }
  }
})

t.test('a month with very many stories has several sitemaps, each story in one of them', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Harbour', { publishedAt: '2020-02-03T04:05:06Z' })
  await createShort(server, 'The month after', { publishedAt: '2020-03-01T00:00:00Z' })
  const { database } = server
  const article = await database.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const listed = await database.read.selectFrom('public_articles').selectAll().where('article_id', '=', id).executeTakeFirstOrThrow()
  // Many are of the same time, so that ids alone tell where one sitemap ends.
  const many = Array.from({ length: 10_000 }, (_, index) => {
    const [slug, published_at] = [`harbour-${index}`, `2020-02-03T04:05:${index < 6000 ? '06' : '07'}.000Z`]
    return { id: newId(), slug, published_at }
  })
  await database.transaction({ actor: null, requestId: null }, async (tx) => {
    for (const rows of chunked(many, 200)) {
      tx.insert(
        'articles',
        rows.map((row) => ({ ...article, ...row, public_slug: row.slug })),
      )
      tx.insert(
        'public_articles',
        rows.map(({ id: article_id, ...row }) => ({ ...listed, article_id, ...row })),
      )
    }
    tx.noteMonth({ month: '2020-02', stories: many.length })
    tx.append({ type: 'article.published', subject: { type: 'article', id } })
  })
  const pages = ['/sitemaps/2020-02.xml', '/sitemaps/2020-02-2.xml', '/sitemaps/2020-02-3.xml']
  t.strictSame(locs(await read(t, server, '/sitemap.xml')), ['/sitemaps/2020-03.xml', ...pages])
  const all = []
  for (const path of pages) all.push(locs(await read(t, server, path)))
  t.strictSame(
    all.map(({ length }) => length),
    [5000, 5000, 1],
  )
  t.equal(new Set(all.flat()).size, 10_001)
  t.equal(await status(server, '/sitemaps/2020-02-4.xml'), 404)
})

t.test('what was public before there were sitemaps is in them from the next start on', async (t) => {
  const DATABASE_URL = await emptyDatabase(t)
  const before = await startServer(t, { DATABASE_URL })
  const publishedAt = '2020-02-03T04:05:06Z'
  await createShort(before, 'Harbour', { publishedAt, leadImage: { url: 'https://media.example/a.jpg' } })
  await createShort(before, 'Pier', { publishedAt: '2020-02-04T00:00:00Z', canonicalUrl: '/pier.html' })
  await createShort(before, 'Hidden', { publishedAt, seo: { noindex: true } })
  const paths = ['/sitemap.xml', '/sitemaps/2020-02.xml']
  const texts = (server: Server) => Promise.all(paths.map(async (path) => (await server.anonymous.get(path)).text))
  const [, month] = await texts(before)
  const database = connect(DATABASE_URL)
  t.teardown(() => database.close())
  while ((await revertLast(database)) !== '0022-sitemaps.ts') t.pass('and those after it')
  const after = await startServer(t, { DATABASE_URL })
  t.equal((await texts(after))[1], month)
  t.strictSame(locs(await read(t, after, '/sitemap.xml')), ['/sitemaps/2020-02.xml'])
})

t.test('an address that is none of a sitemap is a 404', async (t) => {
  const server = await startServer(t)
  await createShort(server, 'Harbour', { publishedAt: '2020-02-03T04:05:06Z' })
  for (const name of ['2020-02', '2020-2.xml', '2020-13.xml', '2020-02-1.xml', '2020-02-2.xml', '2020-02-0.xml', 'x.xml', '2020-02.xml.gz'])
    t.equal(await status(server, `/sitemaps/${name}`), 404, name)
  t.equal((await server.anonymous.get('/sitemap.xml?page=2')).status, 400)
})
