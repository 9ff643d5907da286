import { startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('events say which revision was before and after, and are found by what they are about', async (t) => {
  const token = await server.tokenWith('content:publish')
  const { id: tokenId } = (await server.get('/v1/tokens')).body.data[0]
  const { id } = (await server.post('/v1/topics', { name: 'Sea' }, { token })).body
  await server.patch(`/v1/topics/${id}`, { name: 'Ocean' }, { headers: { 'x-change-set': 'rename' } })
  const article = (await server.post('/v1/articles', { headline: 'Told', sections: [{ heading: 'One' }] }, { token, headers: { 'x-change-set': 'rename' } }))
    .body
  await server.patch(`/v1/articles/${article.id}?publish=true`, { kicker: 'x' })
  await server.delete(`/v1/topics/${id}`)
  const told = async (query: string) =>
    (await server.get(`/v1/events?${query}`)).body.data.map(
      ({ type, revision: { before, after } }: { type: string; revision: Record<string, number> }) => `${type} ${before} ${after}`,
    )
  t.strictSame(await told(`subject=${id}`), ['topic.created null 1', 'topic.updated 1 2', 'topic.deleted 2 null'])
  t.strictSame(await told(`subject=${article.id}`), ['article.created null 1', 'article.updated 1 2', 'article.published 2 2'])
  t.strictSame(await told('changeSet=rename'), ['topic.updated 1 2', 'article.created null 1', 'section.created null 1'])
  t.strictSame(await told(`actor=${tokenId}`), ['topic.created null 1', 'article.created null 1', 'section.created null 1'])
  t.strictSame(await told('actor=ADMIN_TOKEN&type=topic.updated,topic.deleted'), ['topic.updated 1 2', 'topic.deleted 2 null'])
  const { seq } = (await server.get('/v1/events?type=topic.updated')).body.data[0]
  t.strictSame(await told(`before=${seq}&type=topic.created`), ['topic.created null 1'])
  t.strictSame(await told(`after=${seq}&type=topic.updated`), [])
})

t.test('events:read reads them, and nothing else', async (t) => {
  const token = await server.tokenWith('events:read')
  t.equal((await server.get('/v1/events', { token })).status, 200)
  t.equal((await server.get('/v1/tokens', { token })).status, 403)
  t.equal((await server.get('/v1/events', { token: await server.tokenWith('content:publish') })).status, 403)
})

t.test('only what a token writes is gathered', async (t) => {
  const { id } = (await server.post('/v1/articles', { headline: 'Open', status: 'published', commentPolicy: 'open' })).body
  const comment = { author: { name: 'Reader' }, body: 'Words.' }
  t.equal((await server.anonymous.post(`/v1/articles/${id}/comments`, comment, { headers: { 'x-change-set': 'mine' } })).status, 401)
  t.equal((await server.post('/v1/topics', { name: 'x' }, { headers: { 'x-change-set': 'no name' } })).status, 400)
})

t.test('several subjects, actors and change sets are asked for as several types are', async (t) => {
  const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
  const ids: string[] = []
  // One after the other, in whose order they are told.
  for (const name of ['One', 'Two'])
    ids.push((await server.post('/v1/topics', { name: `${name} of two`, externalId: `ext-${name}` }, inSet(`set-${name}`))).body.id)
  const subjects = async (query: string) =>
    (await server.get(`/v1/events?${query}&after=0&limit=100`)).body.data
      .map(({ subject }: { subject: { id: string } }) => subject.id)
      .filter((id: string) => ids.includes(id))
  t.strictSame(await subjects(`subject=${ids}`), ids)
  t.strictSame(await subjects('subject=ext:ext-One,ext:ext-Two'), ids)
  t.strictSame(await subjects(`subject=${ids[0]}&subject=${ids[1]}`), [])
  t.strictSame(await subjects(`subject=-${ids[0]}`), [ids[1]])
  t.strictSame(await subjects('changeSet=set-One,set-Two'), ids)
  t.strictSame(await subjects('changeSet=-set-One'), [ids[1]])
  t.strictSame(await subjects('changeSet=set-One,nothing&subject=-nobody'), [ids[0]])
  t.strictSame(await subjects('actor=ADMIN_TOKEN,nobody'), ids)
  t.strictSame(await subjects('actor=-ADMIN_TOKEN'), [])
  t.ok((await server.get('/v1/events?changeSet=-set-One')).body.data.length > 2, 'what is in no set is in none that is left out')
})
