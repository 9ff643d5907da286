import { faultsOf, type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const all = 'topic,author,language,genre'

/** Facets in short: names or values with their counts. */
async function facetsOf(server: Server, query = '', names = all) {
  const { body } = await server.anonymous.get(`/v1/articles?facets=${names}${query}`)
  const short = ([name, rows]: [string, Json]) => [
    name,
    Array.isArray(rows) ? Object.fromEntries(rows.map((row: Json) => [row.name ?? row.value, row.count])) : rows,
  ]
  return Object.fromEntries(Object.entries<Json>(body.facets).map(short))
}

/** Sees that each count of the lists without filters is the number of rows that the list has with that filter. */
async function areTrue(t: Tap, server: Server) {
  const { facets } = (await server.anonymous.get(`/v1/articles?facets=${all}`)).body
  for (const name of all.split(','))
    for (const row of facets[name]) {
      const total = (await server.anonymous.get(`/v1/articles?count=true&limit=1&${name}=${encodeURIComponent(row.id ?? row.value)}`)).body.page.total
      t.equal(row.count, total, `${name} ${row.name ?? row.value}`)
    }
}
type Tap = typeof t

t.test('a list says how many stories have which topic, author, language and genre', async (t) => {
  const server = await startServer(t)
  const sport = (await server.post('/v1/topics', { name: 'Sport' })).body
  const rowing = (await server.post('/v1/topics', { name: 'Rowing', parentId: sport.id })).body
  const ada = { authors: [{ name: 'Ada Berg' }] }
  await createShort(server, 'One', { topics: [{ id: rowing.id }], genre: 'news', ...ada })
  await createShort(server, 'Two', { topics: [{ id: sport.id }], genre: 'news', language: 'fr' })
  await createShort(server, 'Three', { topics: [{ name: 'Weather' }, { id: rowing.id }], genre: 'opinion', ...ada })
  await createShort(server, 'A draft', { status: 'draft', topics: [{ id: rowing.id }], genre: 'secret' })
  t.strictSame(await facetsOf(server), {
    isComplete: true,
    topic: { Sport: 3, Rowing: 2, Weather: 1 },
    author: { 'Ada Berg': 2 },
    language: { en: 2, fr: 1 },
    genre: { news: 2, opinion: 1 },
  })
  const expected: [query: string, facets: object][] = [
    ['&topic=rowing', { topic: { Sport: 2, Rowing: 2, Weather: 1 }, author: { 'Ada Berg': 2 }, language: { en: 2 }, genre: { news: 1, opinion: 1 } }],
    ['&topic=rowing&genre=opinion', { topic: { Sport: 1, Rowing: 1, Weather: 1 }, author: { 'Ada Berg': 1 }, language: { en: 1 }, genre: { opinion: 1 } }],
    ['&language=fr', { topic: { Sport: 1 }, author: {}, language: { fr: 1 }, genre: { news: 1 } }],
    ['&author=ada-berg&topic=-weather', { topic: { Sport: 1, Rowing: 1 }, author: { 'Ada Berg': 1 }, language: { en: 1 }, genre: { news: 1 } }],
    ['&q=t*', { topic: { Sport: 2, Rowing: 1, Weather: 1 }, author: { 'Ada Berg': 1 }, language: { en: 1, fr: 1 }, genre: { news: 1, opinion: 1 } }],
    ['&q=!', { topic: {}, author: {}, language: {}, genre: {} }],
    ['&topic=no-such', { topic: {}, author: {}, language: {}, genre: {} }],
    ['&publishedBefore=2000-01-01T00:00:00Z&topic=sport', { topic: {}, author: {}, language: {}, genre: {} }],
  ]
  for (const [query, facets] of expected) t.strictSame(await facetsOf(server, query), { isComplete: true, ...facets }, query)
  const { body } = await server.anonymous.get('/v1/articles?facets=topic&limit=1')
  t.strictSame(Object.keys(body.facets).sort(), ['isComplete', 'topic'])
  t.strictSame(body.facets.topic[0], { id: sport.id, slug: 'sport', name: 'Sport', kind: 'topic', count: 3 })
  const next = (await server.anonymous.get(`/v1/articles?limit=1&cursor=${body.page.nextCursor}`)).body
  t.match(next.data, [{ headline: 'Two' }], 'a cursor goes on without them')
  t.equal(next.facets, undefined)
})

t.test('what can’t be counted is refused', async (t) => {
  const server = await startServer(t)
  const faults = async (query: string) => faultsOf(await server.get(`/v1/articles?facets=${query}`))
  t.strictSame(await faults('topics'), ['facets: value'])
  t.strictSame(await faults('topic&copy=working'), ['facets: combination'])
  t.strictSame(await faults('topic&slug=one'), ['facets: combination'])
  t.strictSame(await faults('topic&language=xx-!'), ['language: format'])
})

t.test('counts stay true whatever changes a story, a topic or an author', async (t) => {
  const server = await startServer(t)
  const [sport, rowing, water] = await Promise.all(['Sport', 'Rowing', 'Water'].map(async (name) => (await server.post('/v1/topics', { name })).body))
  const story = await createShort(server, 'One', { topics: [{ id: rowing.id }], genre: 'news', authors: [{ name: 'Ada Berg' }, { name: 'Bo Lind' }] })
  await createShort(server, 'Two', { topics: [{ id: rowing.id }, { id: sport.id }], authors: [{ name: 'Ada Berg' }] })
  const at = `/v1/articles/${story.id}`
  const steps: [says: string, step: () => Promise<unknown>][] = [
    ['a topic moves', () => server.patch(`/v1/topics/${rowing.id}`, { parentId: sport.id })],
    ['and on', () => server.patch(`/v1/topics/${sport.id}`, { parentId: water.id })],
    ['a language and a genre change', () => server.patch(`${at}?publish=true`, { language: 'fr', genre: 'opinion' })],
    ['a genre goes', () => server.patch(`${at}?publish=true`, { genre: null })],
    ['only the working copy changes', () => server.patch(at, { topics: [], language: 'de' })],
    ['and is published', () => server.post(`${at}/publish`)],
    ['a date changes', () => server.patch(`${at}?publish=true`, { publishedAt: '2020-01-01T00:00:00Z', topics: [{ id: rowing.id }] })],
    ['it is taken down', () => server.post(`${at}/unpublish`)],
    ['it is out again', () => server.post(`${at}/publish`)],
    ['it is tried to be trashed', () => server.delete(`${at}?dryRun=true`)],
    ['it is trashed', () => server.delete(at)],
    ['and comes back', async () => (await server.post(`${at}/restore`)) && server.post(`${at}/publish`)],
    [
      'a part of a batch fails',
      () =>
        server.post('/v1/batch', {
          atomic: false,
          operations: [
            { method: 'PATCH', path: `${at}?publish=true`, body: { genre: 'news', slug: 'two' } },
            { method: 'PATCH', path: `${at}?publish=true`, body: { genre: 'report' } },
          ],
        }),
    ],
    ['authors are merged', async () => server.post('/v1/authors/bo-lind/merge', { into: { slug: 'ada-berg' } })],
    ['topics are merged', () => server.post(`/v1/topics/${rowing.id}/merge`, { into: { id: water.id } })],
    ['it is deleted', () => server.delete(`${at}?permanent=true`)],
  ]
  for (const [says, step] of steps)
    await t.test(says, async (t) => {
      const answer = (await step()) as { status: number; text: string }
      t.ok(answer.status < 300, answer.text)
      await areTrue(t as Tap, server)
    })
  t.strictSame(await facetsOf(server), { isComplete: true, topic: { Sport: 1, Water: 1 }, author: { 'Ada Berg': 1 }, language: { en: 1 }, genre: {} })
  await server.patch(`/v1/topics/${water.id}`, { name: 'On the water' })
  t.strictSame((await facetsOf(server, '', 'topic')).topic, { 'On the water': 1, Sport: 1 }, 'and a new name drops what is kept')
})
