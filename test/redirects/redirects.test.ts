import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
let number = 0
const fresh = () => `/archive/${++number}.html`
const lookUp = (path: string, more = '') => server.anonymous.get(`/v1/redirects?path=${encodeURIComponent(path)}${more}`)
const statusOf = async (path: string) => (await lookUp(path)).status

t.test('an old address that a story has come back to is no redirect', async (t) => {
  const story = await createShort(server, 'Came back', { slug: 'came-back', aliases: ['/came-back', '/went-away'] })
  t.equal((await lookUp('/came-back')).status, 404)
  t.equal((await lookUp('/came-back', '&follow=true')).status, 404)
  const paths = (await server.anonymous.get('/v1/redirects?limit=100')).body.data.map(({ path }: Json) => path)
  t.strictSame([paths.includes('/came-back'), paths.includes('/went-away')], [false, true])
  await server.patch(`/v1/articles/${story.id}?publish=true`, { slug: 'moved-on' })
  t.match((await lookUp('/came-back')).body, { url: 'https://news.example/moved-on' })
})

t.test('an old address that another story says is its own is no redirect', async (t) => {
  for (const [index, [alias, canonicalUrl]] of [
    ['/own/old', '/own/old'],
    ['/own/whole?p=1', 'https://news.example/own/whole?p=1'],
    ['/own/sm%C3%B6rg%C3%A5s', '/own/smörgås'],
  ].entries()) {
    const path = alias as string
    const story = await createShort(server, `Moved ${index}`, { aliases: [path] })
    t.equal((await lookUp(path)).body.article.id, story.id)
    const other = await createShort(server, `There ${index}`, { canonicalUrl })
    t.equal(await statusOf(path), 404, path)
    for (const limit of [1, 100]) {
      const listed: string[] = []
      for (let cursor = ''; ; ) {
        const { body }: Json = await server.anonymous.get(`/v1/redirects?limit=${limit}${cursor}`)
        listed.push(...body.data.map((row: Json) => row.path))
        if (body.page.nextCursor === null) break
        cursor = `&cursor=${body.page.nextCursor}`
      }
      t.notOk(listed.includes(path), `${path} by ${limit}`)
    }
    await server.post(`/v1/articles/${other.id}/unpublish`)
    t.equal((await lookUp(path)).body.article.id, story.id, 'it leads there again')
  }
})

t.test('an old address leads to the public story that has it', async (t) => {
  const alias = `${fresh()}?p=7`
  const story = await createShort(server, 'Old story', { aliases: [alias] })
  const answer = await lookUp(alias)
  t.strictSame(answer.body, {
    path: alias,
    status: 308,
    url: 'https://news.example/old-story',
    apiUrl: '/v1/articles/old-story',
    article: { id: story.id, slug: 'old-story', headline: 'Old story' },
  })
  t.match(answer.headers.get('cache-control'), /^public/)
  t.equal(answer.headers.get('surrogate-key'), `article:${story.id} redirects list`)
  const tag = answer.headers.get('etag') as string
  t.equal(
    (await server.anonymous.request('GET', `/v1/redirects?path=${encodeURIComponent(alias)}`, undefined, { headers: { 'if-none-match': tag } })).status,
    304,
  )
})

t.test('with follow=true the answer is the redirect itself, which a cache may keep', async (t) => {
  const alias = fresh()
  const story = await createShort(server, 'Followed', { aliases: [alias] })
  const answer = await lookUp(alias, '&follow=true')
  t.equal(answer.status, 308)
  t.equal(answer.headers.get('location'), 'https://news.example/followed')
  t.match(answer.headers.get('cache-control'), /^public/)
  t.equal(answer.headers.get('surrogate-key'), `article:${story.id} redirects list`)
  t.equal(answer.text, '')
  await server.patch(`/v1/articles/${story.id}?publish=true`, { canonicalUrl: 'https://elsewhere.example/followed' })
  t.equal((await lookUp(alias, '&follow=true')).headers.get('location'), 'https://elsewhere.example/followed')
  t.equal((await lookUp('/nowhere', '&follow=true')).status, 404)
})

t.test('without PUBLIC_SITE_URL an old address leads to the story’s path here', async (t) => {
  const bare = await startServer(t, { PUBLIC_SITE_URL: '' })
  await createShort(bare, 'No site', { aliases: ['/no-site.html'] })
  t.match((await bare.anonymous.get('/v1/redirects?path=/no-site.html')).body, { url: null, apiUrl: '/v1/articles/no-site' })
  t.equal((await bare.anonymous.get('/v1/redirects?path=/no-site.html&follow=true')).headers.get('location'), '/v1/articles/no-site')
})

t.test('what is kept of an old address follows its story: another slug, taken down, gone', async (t) => {
  const alias = fresh()
  const story = await createShort(server, 'Follows', { aliases: [alias] })
  const path = `/v1/articles/${story.id}`
  t.equal((await lookUp(alias)).body.article.slug, 'follows')
  await server.patch(path, { slug: 'follows-on', headline: 'Follows on' })
  t.match((await lookUp(alias)).body.article, { slug: 'follows', headline: 'Follows' }, 'as the public knows it')
  await server.post(`${path}/publish`)
  t.match((await lookUp(alias)).body, { url: 'https://news.example/follows-on', article: { slug: 'follows-on', headline: 'Follows on' } })
  await server.post(`${path}/unpublish`, { notice: 'A mistake.' })
  t.match((await lookUp(alias)).body, { type: '/problems/gone', notice: 'A mistake.' })
  await server.post(`${path}/unpublish`, { reason: 'legal' })
  t.equal(await statusOf(alias), 451)
  await server.post(`${path}/publish`)
  t.equal(await statusOf(alias), 200)
  await server.delete(path)
  t.equal(await statusOf(alias), 410)
  await server.delete(`${path}?permanent=true`)
  t.equal(await statusOf(alias), 404)
})

t.test('what is kept of an old address follows it from story to story', async (t) => {
  const alias = fresh()
  const [one, other] = [await createShort(server, 'Holder', { aliases: [alias] }), await createShort(server, 'Next holder')]
  t.equal((await lookUp(alias)).body.article.id, one.id)
  await server.patch(`/v1/articles/${one.id}`, { aliases: [] })
  t.equal(await statusOf(alias), 404)
  await server.patch(`/v1/articles/${other.id}`, { aliases: [alias] })
  t.equal((await lookUp(alias)).body.article.id, other.id)
  const [event] = (await server.get('/v1/events?limit=1&type=article.updated&sort=-seq')).body.data
  t.strictSame([event.keys, event.data], [[`article:${other.id}`, 'redirects'], { aliases: true }])
})

t.test('an old address of what never was public isn’t there', async (t) => {
  const alias = fresh()
  const draft = await createShort(server, 'Secret draft', { status: 'draft', aliases: [alias] })
  for (const client of [server, server.anonymous]) t.equal((await client.get(`/v1/redirects?path=${alias}`)).status, 404)
  t.notOk((await server.anonymous.get('/v1/redirects?limit=100')).text.includes(alias))
  await server.post(`/v1/articles/${draft.id}/publish`)
  t.equal(await statusOf(alias), 200)
})

t.test('a query that no old address has is left out, until one has it', async (t) => {
  const alias = fresh()
  const story = await createShort(server, 'Without a query', { aliases: [alias] })
  const campaign = await lookUp(`${alias}?utm_source=mail`)
  t.match(campaign.body, { path: alias, article: { id: story.id } })
  t.strictSame(campaign.headers.get('surrogate-key'), `article:${story.id} redirects list`)
  const draft = await createShort(server, 'With the query', { status: 'draft', aliases: [`${alias}?utm_source=mail`] })
  t.equal((await lookUp(`${alias}?utm_source=mail`)).body.article.id, story.id, 'a draft changes nothing')
  await server.post(`/v1/articles/${draft.id}/publish`)
  t.equal((await lookUp(`${alias}?utm_source=mail`)).body.article.id, draft.id)
  await server.patch(`/v1/articles/${draft.id}`, { aliases: [] })
  t.equal((await lookUp(`${alias}?utm_source=mail`)).body.article.id, story.id)
  await server.patch(`/v1/articles/${draft.id}`, { aliases: [`${alias}?utm_source=mail`] })
  t.equal((await lookUp(`${alias}?utm_source=mail`)).body.article.id, draft.id)
})

t.test('what a campaign adds to a query is left out, before it or behind it, and the longest that is left counts', async (t) => {
  const page = fresh()
  const [first, second] = [
    await createShort(server, 'By id', { aliases: [`${page}?p=7`] }),
    await createShort(server, 'By two', { aliases: [`${page}?p=7&q=1`] }),
  ]
  const found = async (query: string) => (await lookUp(`${page}?${query}`)).body.path
  t.equal((await lookUp(`${page}?p=7&utm_source=mail&utm_medium=x`)).body.article.id, first.id)
  t.equal(await found('fbclid=abc&p=7'), `${page}?p=7`)
  t.equal(await found('p=7&q=1&utm_source=mail'), `${page}?p=7&q=1`)
  t.equal(await found('utm_source=mail&p=7&utm_medium=x'), `${page}?p=7`)
  t.equal((await lookUp(`${page}?p=7&q=1`)).body.article.id, second.id)
  t.equal(await found('p=7&q=2'), `${page}?p=7`)
  const others = (length: number) => Array.from({ length }, (_, index) => `utm_${index}=x`).join('&')
  for (const query of [`p=7&${others(100)}`, `${others(100)}&p=7`]) t.equal(await found(query), `${page}?p=7`)
  for (const query of ['p=70', 'utm_source=mail', `${others(15)}&p=7&${others(15)}`]) t.equal(await statusOf(`${page}?${query}`), 404)
  const answer = await lookUp(`${page}?p=7&utm_source=mail`)
  t.equal(answer.headers.get('surrogate-key'), `article:${first.id} redirects list`)
})

t.test('the table of all old addresses is paged in their order, and is as it is now', async (t) => {
  const own = await startServer(t)
  const aliases = ['/a', '/a/b', '/B', '/c?p=1', '/c?p=10', '/%C3%A9']
  const sorted = aliases.toSorted()
  const story = await createShort(own, 'Table', { aliases: aliases.slice(0, 3) })
  const other = await createShort(own, 'Other', { aliases: aliases.slice(3) })
  const all = async (query: string) => {
    const rows: Json[] = []
    let next: string | null = `/v1/redirects?${query}`
    while (next) {
      const { body, headers }: Json = await own.anonymous.get(next)
      rows.push(...body.data)
      next = body.page.nextCursor && /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    return rows
  }
  t.strictSame(
    (await all('limit=2&count=true')).map(({ path }) => path),
    sorted,
  )
  t.strictSame(
    (await all('limit=4&sort=-path')).map(({ path }) => path),
    sorted.toReversed(),
  )
  t.strictSame((await all('fields=url')).slice(0, 1), [{ path: sorted[0], status: 308, url: 'https://news.example/other' }])
  const page = await own.anonymous.get('/v1/redirects?count=true')
  t.match(page.body.page, { total: 6 })
  t.match(page.body.data[1], { path: '/B', url: 'https://news.example/table', article: { id: story.id, headline: 'Table' } })
  t.strictSame(page.headers.get('surrogate-key')?.split(' ').sort(), [`article:${other.id}`, `article:${story.id}`, 'list', 'redirects'].sort())
  await own.patch(`/v1/articles/${story.id}`, { aliases: ['/z'] })
  t.strictSame(
    (await all('limit=100')).map(({ path }) => path),
    [...other.aliases, '/z'].sort(),
  )
  await own.post(`/v1/articles/${other.id}/unpublish`, {})
  t.strictSame(
    (await all('limit=100')).map(({ path }) => path),
    ['/z'],
  )
})

t.test('one address is asked for, or all are paged through', async (t) => {
  t.strictSame(faultsOf(await server.anonymous.get('/v1/redirects?path=/a&limit=2&sort=path')), ['limit: combination', 'sort: combination'])
  t.strictSame(faultsOf(await server.anonymous.get('/v1/redirects?follow=true')), ['follow: combination'])
  for (const path of ['a', '//evil.example', '/a%23b', '/a%20b', '/%5Cevil.example'])
    t.ok(
      faultsOf(await server.anonymous.get(`/v1/redirects?path=${path}`)).every((fault) => fault.startsWith('path: ')),
      path,
    )
})

t.test('an address where another story is now is no redirect', async (t) => {
  await createShort(server, 'Wants it', { aliases: ['/taken-now'] })
  t.equal(await statusOf('/taken-now'), 200)
  const story = await createShort(server, 'Is there', { slug: 'taken-now' })
  t.equal(await statusOf('/taken-now'), 404)
  const paths = async () => (await server.anonymous.get('/v1/redirects?limit=100')).body.data.map(({ path }: Json) => path)
  t.notOk((await paths()).includes('/taken-now'))
  await server.post(`/v1/articles/${story.id}/unpublish`)
  t.equal(await statusOf('/taken-now'), 200)
  t.ok((await paths()).includes('/taken-now'))
})
