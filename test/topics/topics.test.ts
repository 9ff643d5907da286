import t from 'tap'
import { faultsOf, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

const server = await startServer(t)

t.test('topics form a tree without loops', async (t) => {
  const make = async (name: string, parentId?: string) => (await server.post('/v1/topics', { name, parentId })).body
  const top = await make('Top')
  const middle = await make('Middle', top.id)
  const low = await make('Low', middle.id)
  for (const parentId of [top.id, middle.id, low.id]) t.strictSame(faultsOf(await server.patch('/v1/topics/top', { parentId })), ['/parentId: value'])
  t.strictSame(faultsOf(await server.patch('/v1/topics/top', { parentId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' })), ['/parentId: not-found'])
  t.match((await server.delete('/v1/topics/middle')).body, { type: '/problems/in-use', count: 1 })
  await createShort(server, 'Low down', { topics: [{ id: low.id }] })
  t.equal((await server.anonymous.get('/v1/topics/top')).status, 200, 'a topic is public through those under it')
  t.equal((await server.anonymous.get('/v1/articles?topic=top')).body.data.length, 1)
  await server.patch('/v1/topics/middle', { parentId: null })
  t.equal((await server.anonymous.get('/v1/topics/top')).status, 404)
  t.equal((await server.anonymous.get('/v1/articles?topic=top')).body.data.length, 0)
  t.equal((await server.anonymous.get('/v1/articles?topic=middle')).body.data.length, 1)
})
