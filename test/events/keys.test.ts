import { type Answer, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

const keysOf = (answer: Answer) => answer.headers.get('surrogate-key')?.split(' ') ?? []
const pendingOf = (answer: Answer) => keysOf(answer).filter((key) => key.startsWith('pending:'))

let seen = 0
/** What a cache outside must purge for all that happened since the last call. */
async function purged(): Promise<string[]> {
  const { data } = (await server.get(`/v1/events?after=${seen}&limit=100`)).body
  seen = data.at(-1)?.seq ?? seen
  return data.flatMap((event: Json) => event.keys)
}

t.test('what leaves a story out since it isn’t public is purged when that appears, and doesn’t tell which it was', async (t) => {
  const draft = await createShort(server, 'Front page lead', { status: 'draft' })
  const led = { target: { type: 'article', id: draft.id } }
  const story = await createShort(server, 'Leads there', {
    related: [{ relation: 'related', ...led }],
    highlightLists: [{ items: [{ text: 'Soon', ...led }] }],
  })
  const { body: front } = await server.post('/v1/highlight-lists', { title: 'Front', items: [led, { text: 'x', target: { type: 'article', id: story.id } }] })
  const paths = [
    `/v1/articles/${story.id}`,
    `/v1/articles/${story.id}/highlight-lists`,
    `/v1/articles/${story.id}/highlight-lists/${story.highlightLists[0].id}`,
    `/v1/highlight-lists/${front.id}`,
    '/v1/highlight-lists',
  ]
  const [pending] = pendingOf(await server.anonymous.get(paths[0] as string))
  t.match(pending, /^pending:[0-9a-f]{32}$/)
  for (const path of paths) {
    const answer = await server.anonymous.get(path)
    t.strictSame(pendingOf(answer), [pending], path)
    t.equal(answer.headers.get('cache-tag'), answer.headers.get('surrogate-key')?.replaceAll(' ', ','))
    t.notMatch(JSON.stringify([answer.text, [...answer.headers]]), draft.id, path)
  }
  await purged()
  await server.post(`/v1/articles/${draft.id}/publish`)
  const keys = await purged()
  t.ok(keys.includes(pending as string))
  t.ok(keys.includes(`article:${draft.id}`))
  for (const path of paths) t.strictSame(pendingOf(await server.anonymous.get(path)), [], 'what shows it has its key instead')
  t.ok(keysOf(await server.anonymous.get(`/v1/highlight-lists/${front.id}`)).includes(`article:${draft.id}`))
  await server.post(`/v1/articles/${draft.id}/unpublish`)
  t.ok((await purged()).includes(`article:${draft.id}`))
  t.strictSame(pendingOf(await server.anonymous.get(`/v1/articles/${story.id}`)), [pending], 'and the opaque one again once it is gone')
})

t.test('every change of a public answer is told by a key that the answer carries', async (t) => {
  const story = await createShort(server, 'Watched', { authors: [{ name: 'Ada' }], topics: [{ name: 'Tides' }] })
  const { body: front } = await server.post('/v1/highlight-lists', { title: 'Watched', items: [{ target: { type: 'article', id: story.id } }] })
  const path = `/v1/articles/${story.id}`
  const comment = async () => (await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })).body
  const { id: commentId } = await comment()
  const watched = [
    path,
    `${path}/comments`,
    '/v1/articles?include=commentCount',
    `/v1/highlight-lists/${front.id}`,
    '/v1/highlight-lists',
    '/v1/authors',
    '/v1/topics',
  ]
  watched.push(`/v1/comments/${commentId}`, `/v1/authors/${story.authors[0].id}`)
  const changes: [string, () => Promise<unknown>][] = [
    ['a comment', comment],
    ['moderation', () => server.patch(`/v1/comments/${commentId}`, { status: 'spam' })],
    ['an edition', () => server.patch(`${path}?publish=true`, { headline: 'Watched, changed' })],
    ['a name', () => server.patch(`/v1/authors/${story.authors[0].id}`, { name: 'Ada Berg' })],
    ['a topic', () => server.patch(`/v1/topics/${story.topics[0].id}`, { name: 'Tide tables' })],
    ['a list', () => server.patch(`/v1/highlight-lists/${front.id}`, { title: 'Changed' })],
    ['a new list', () => server.post('/v1/highlight-lists', { title: 'Another' })],
    ['a new story', () => createShort(server, 'Another', { authors: [{ name: 'New' }] })],
    ['a policy', () => server.patch(path, { commentPolicy: 'closed' })],
    ['taking down', () => server.post(`${path}/unpublish`)],
    ['bringing back', () => server.post(`${path}/publish`)],
    ['the trash', () => server.delete(path)],
  ]
  const read = () => Promise.all(watched.map((address) => server.anonymous.get(address)))
  for (const [what, change] of changes) {
    const before = await read()
    await purged()
    await change()
    const keys = new Set(await purged())
    const after = await read()
    for (const [index, address] of watched.entries())
      if (before[index]?.status === 200 && before[index]?.text !== after[index]?.text)
        t.ok(
          keysOf(before[index] as Answer).some((key) => keys.has(key)),
          `${what}: ${address}`,
        )
  }
})

t.test('a list whose keys would be too long still tells that it counts comments', async (t) => {
  for (let index = 0; index < 95; index++) await createShort(server, `Row ${index}`)
  t.strictSame(keysOf(await server.anonymous.get('/v1/articles?limit=100')), ['list'])
  t.strictSame(keysOf(await server.anonymous.get('/v1/articles?limit=100&include=commentCount')), ['list', 'comments'])
})

t.test('a story carries the keys of what its cards show', async (t) => {
  const target = await createShort(server, 'Shown as a card', { authors: [{ name: 'Card Author' }], topics: [{ name: 'Card topic' }] })
  const story = await createShort(server, 'Shows a card', { related: [{ relation: 'related', target: { type: 'article', id: target.id } }] })
  const keys = keysOf(await server.anonymous.get(`/v1/articles/${story.id}`))
  for (const key of [`article:${target.id}`, `author:${target.authors[0].id}`, `topic:${target.topics[0].id}`]) t.ok(keys.includes(key), key)
})
