import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const day = (number: number) => `2026-01-0${number}T00:00:00.000Z`
const parent = (await server.post('/v1/topics', { name: 'Sport' })).body
const topic = (await server.post('/v1/topics', { name: 'Rowing', externalId: 'desk:rowing', parentId: parent.id })).body
const make = (headline: string, date: number, more: object = {}): Promise<Json> => createShort(server, headline, { publishedAt: day(date), ...more })
const first = await make('First', 1, { topics: [{ id: topic.id }], authors: [{ name: 'Ada Berg' }] })
const second = await make('Second', 2)
const third = await make('Third', 3, { authors: [{ name: 'Ada Berg' }], standfirst: 'On its card' })
const twin = await make('Twin of the third', 3)
const last = await make('Last', 5, { topics: [{ id: parent.id }] })
await make('A draft', 4, { status: 'draft', topics: [{ id: topic.id }] })

const around = async (story: Json, query = '') => {
  const { status, body, headers } = await server.anonymous.get(`/v1/articles/${story.slug ?? story}/neighbours${query}`)
  return { status, body, headers, names: status === 200 ? [body.previous?.headline ?? null, body.next?.headline ?? null] : null }
}

t.test('the stories before and after come by their dates, then by their ids', async (t) => {
  t.strictSame((await around(first)).names, [null, 'Second'])
  t.strictSame((await around(second)).names, ['First', 'Third'])
  t.strictSame((await around(third)).names, ['Second', 'Twin of the third'])
  t.strictSame((await around(twin)).names, ['Third', 'Last'])
  t.strictSame((await around(last)).names, ['Twin of the third', null])
  t.match((await around(second)).body.next, {
    id: third.id,
    slug: 'third',
    standfirst: 'On its card',
    url: 'https://news.example/third',
    authors: [{ name: 'Ada Berg' }],
  })
})

t.test('they are those of a topic with those under it, or of an author', async (t) => {
  for (const named of ['rowing', topic.id, topic.id.toUpperCase(), 'ext:desk:rowing'])
    t.strictSame((await around(second, `?topic=${named}`)).names, ['First', null], named)
  t.strictSame((await around(second, '?topic=sport')).names, ['First', 'Last'])
  t.strictSame((await around(second, '?author=ada-berg')).names, ['First', 'Third'])
  t.strictSame((await around(third, '?author=ada-berg')).names, ['First', null], 'it isn’t its own neighbour')
  t.strictSame((await around(second, '?topic=no-such')).names, [null, null])
  t.strictSame(faultsOf(await server.anonymous.get('/v1/articles/second/neighbours?topic=sport&author=ada-berg')), ['author: combination'])
  for (const several of ['sport,news', '-sport'])
    t.strictSame(faultsOf(await server.anonymous.get(`/v1/articles/second/neighbours?topic=${several}`)), ['topic: format'])
  t.strictSame(faultsOf(await server.anonymous.get('/v1/articles/second/neighbours?topics=sport')), ['topics: unknown'])
})

t.test('it is read as its story is, and goes from memory as its neighbours change', async (t) => {
  const [before, story, after] = [await make('Before it', 6), await make('Between', 7), await make('After it', 8, { authors: [{ name: 'Bo Lind' }] })]
  const { body, headers } = await around(story)
  t.equal(headers.get('surrogate-key'), `article:${story.id} list article:${before.id} article:${after.id} author:${body.next.authors[0].id}`)
  t.match(headers.get('cache-control'), /^public/)
  t.equal(
    (await server.get(`/v1/articles/between/neighbours`)).text,
    (await server.anonymous.get('/v1/articles/between/neighbours')).text,
    'the same for a token',
  )
  await server.patch(`/v1/articles/${after.id}?publish=true`, { headline: 'After it, renamed' })
  t.strictSame((await around(story)).names, ['Before it', 'After it, renamed'])
  await make('Right after', 7, { publishedAt: '2026-01-07T12:00:00Z' })
  t.strictSame((await around(story)).names, ['Before it', 'Right after'])
  await server.post(`/v1/articles/${before.id}/unpublish`)
  t.strictSame((await around(story)).names, ['Last', 'Right after'])
  t.equal((await around(before)).status, 410)
  await server.patch(`/v1/articles/${story.id}?publish=true`, { slug: 'between-two' })
  const moved = await around('between', '?topic=sport')
  t.strictSame([moved.status, moved.headers.get('location')], [308, '/v1/articles/between-two/neighbours?topic=sport'])
  t.equal((await around('a-draft')).status, 404)
  t.equal((await server.get('/v1/articles/a-draft/neighbours')).status, 404, 'a draft has none, for editors either')
})
