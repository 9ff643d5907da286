import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
let day = 1
const make = (headline: string, topics: string[], more: object = {}): Promise<Json> =>
  createShort(server, headline, { topics: topics.map((name) => ({ name })), publishedAt: new Date(Date.UTC(2026, 0, day++)).toISOString(), ...more })
const similar = async (slug: string, query = '') =>
  (await server.anonymous.get(`/v1/articles/${slug}/similar${query}`)).body.data.map((card: Json) => card.headline)
const ada = { authors: [{ name: 'Ada Berg' }] }

t.test('stories with more in common come first, then the newest, and never the story itself', async (t) => {
  await make('Harbour reopens', ['Shipping', 'Oakmere'], ada)
  await make('Nothing of the kind', ['Culture'])
  await make('Ferries', ['Shipping', 'Oakmere'])
  await make('A lighthouse', ['Shipping'])
  await make('Ships', ['Shipping', 'Oakmere'])
  await make('Interview', [], ada)
  await make('Why the harbour matters', [])
  await make('A draft', ['Shipping', 'Oakmere'], { status: 'draft' })
  t.strictSame(await similar('harbour-reopens'), ['Ships', 'Ferries', 'A lighthouse', 'Why the harbour matters', 'Interview'])
  t.strictSame(await similar('harbour-reopens', '?limit=2'), ['Ships', 'Ferries'])
  t.strictSame(await similar('nothing-of-the-kind'), [])
  t.match((await server.anonymous.get('/v1/articles/harbour-reopens/similar?limit=1')).body.data, [
    { slug: 'ships', topics: [{ name: 'Shipping' }, { name: 'Oakmere' }], url: 'https://news.example/ships' },
  ])
})

t.test('what few stories have weighs more than what many have', async (t) => {
  await make('Eel season', ['News', 'Eels'])
  await make('On eels', ['Eels'])
  for (let index = 0; index < 5; index++) await make(`Report ${index}`, ['News'])
  t.strictSame((await similar('eel-season', '?limit=3')).slice(0, 2), ['On eels', 'Report 4'])
})

t.test('a limit has bounds, and it is read as its story is', async (t) => {
  for (const limit of ['0', '21', 'x'])
    t.equal(faultsOf(await server.anonymous.get(`/v1/articles/harbour-reopens/similar?limit=${limit}`))[0]?.split(':')[0], 'limit')
  t.equal((await server.get('/v1/articles/a-draft/similar')).status, 404)
  const story = await make('Tides', ['Tides'])
  t.strictSame(await similar('tides'), [])
  const other = await make('More on tides', ['Tides'])
  const { headers, body } = await server.anonymous.get('/v1/articles/tides/similar')
  t.equal(headers.get('surrogate-key'), `article:${story.id} list article:${other.id} topic:${body.data[0].topics[0].id}`)
  await server.patch(`/v1/articles/${other.id}?publish=true`, { headline: 'Even more on tides' })
  t.strictSame(await similar('tides'), ['Even more on tides'], 'what is kept goes with a story of it')
  await server.post(`/v1/articles/${other.id}/unpublish`)
  t.strictSame(await similar('tides'), [])
  t.equal((await server.anonymous.get('/v1/articles/more-on-tides/similar')).status, 410)
})
