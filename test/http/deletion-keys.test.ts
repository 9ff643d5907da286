import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const keysSince = async (work: () => Promise<unknown>): Promise<string[]> => {
  const [last] = (await server.get('/v1/events?limit=1&sort=-seq')).body.data
  await work()
  const { data } = (await server.get(`/v1/events?after=${last.seq}&limit=100`)).body
  return data.flatMap(({ keys }: Json) => keys)
}
const shownKeys = async (path: string): Promise<string[]> => ((await server.anonymous.get(path)).headers.get('surrogate-key') ?? '').split(' ')

t.test('who reads the log after a permanent deletion alone learns all that is another', async (t) => {
  const { id } = await createShort(server, 'Was public', { topics: [{ name: 'Only its' }] })
  const lists = await shownKeys('/v1/articles?count=true')
  const keys = await keysSince(async () => {
    await server.delete(`/v1/articles/${id}`)
    t.equal((await server.delete(`/v1/articles/${id}?permanent=true`)).status, 204)
  })
  t.ok(lists.some((key) => keys.includes(key)))
  t.ok(keys.includes('list'))
})

t.test('what others showed of what is deleted is dropped, from memory too', async (t) => {
  const gone = await createShort(server, 'Never public', { status: 'draft' })
  const related = [{ relation: 'background', text: 'Own words', target: { type: 'article', id: gone.id } }]
  const holder = await createShort(server, 'Holder', { related })
  const at = new Date(Date.now()).toISOString()
  const paths = ['/v1/articles?include=related&limit=1', `/v1/articles/${holder.id}`, `/v1/articles/${holder.id}?at=${at}`]
  const before = await Promise.all(paths.map(async (path) => ({ path, keys: await shownKeys(path) })))
  const keys = await keysSince(() => server.delete(`/v1/articles/${gone.id}?permanent=true`))
  for (const one of before) {
    t.ok(
      one.keys.some((key) => keys.includes(key)),
      one.path,
    )
    const { body } = await server.anonymous.get(one.path)
    t.match(body.related ?? body.data[0].related, [{ text: 'Own words', target: null }], one.path)
  }
})

t.test('what is deleted leaves its label in a menu at once', async (t) => {
  for (const kind of ['author', 'topic']) await server.post(`/v1/${kind}s`, { name: `Hidden ${kind}` })
  const draft = await createShort(server, 'Hidden draft', { status: 'draft' })
  const list = (await server.post('/v1/highlight-lists?publish=false', { title: 'Hidden list' })).body
  const targets: Record<string, object> = { author: { slug: 'hidden-author' }, topic: { slug: 'hidden-topic' }, article: { id: draft.id } }
  const items = Object.entries({ ...targets, list: { id: list.id } }).map(([type, target]) => ({ label: type, target: { type, ...target } }))
  t.equal((await server.patch('/v1/site', { navigation: [{ name: 'main', items }] })).status, 200)
  const shown = async () => (await server.anonymous.get('/v1/site')).body.navigation[0].items.map(({ label }: Json) => label)
  t.strictSame(await shown(), [])
  const left: string[] = []
  for (const [kind, path] of Object.entries({
    author: '/v1/authors/hidden-author',
    topic: '/v1/topics/hidden-topic',
    article: `/v1/articles/${draft.id}?permanent=true`,
    list: `/v1/highlight-lists/${list.id}`,
  })) {
    const keys = await keysSince(() => server.delete(path))
    t.ok(keys.includes('site'), kind)
    left.push(kind)
    t.strictSame(await shown(), left)
  }
})

t.test('only the tag of what leaves something out says so', async (t) => {
  const target = await createShort(server, 'Target')
  const { id } = await createShort(server, 'With a list', {
    highlightLists: [{ items: [{ text: 't' }] }],
    related: [{ relation: 'background', target: { type: 'article', id: target.id } }],
  })
  const path = `/v1/articles/${id}/highlight-lists`
  const tag = (await server.anonymous.get(path)).headers.get('etag') as string
  t.notMatch(tag, '~')
  t.equal((await server.put(path, { data: [{ items: [{ text: 't2' }] }] }, { headers: { 'if-match': tag } })).status, 200)
})

t.test('keys too many for a header leave that of the site', async (t) => {
  const topics = Array.from({ length: 20 }, (_, index) => ({ name: `Of many ${index}` }))
  const items = []
  for (let index = 0; index < 8; index++)
    items.push({
      target: {
        type: 'article',
        id: (await createShort(server, `Long ${index}`, { topics: topics.map(({ name }) => ({ name: `${name} ${index % 4}` })) })).id,
      },
    })
  const list = (await server.post('/v1/highlight-lists', { title: 'Long list', items })).body
  const keys = await shownKeys(`/v1/feeds/json?list=${list.slug}`)
  t.ok(keys.includes('site'))
  t.equal(new Set(keys).size, keys.length)
})
