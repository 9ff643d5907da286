import { milliseconds, moveClock } from '../../src/database/clock.ts'
import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
const revert = async (name: string) => (await server.post(`/v1/change-sets/${name}/revert`)).body

for (const kind of ['topic', 'author'] as const)
  t.test(`where the old slug of a merged ${kind} leads, caches are told when that is undone`, async (t) => {
    const [a, b] = [`${kind}-a`, `${kind}-b`]
    for (const slug of [a, b]) {
      await server.post(`/v1/${kind}s`, { name: slug, slug, externalId: `x:${slug}` })
      await server.post('/v1/articles', { headline: `On ${slug}`, slug: `on-${slug}`, status: 'published', [`${kind}s`]: [{ slug }] })
    }
    const { id: into } = (await server.get(`/v1/${kind}s/${b}`)).body
    await server.post(`/v1/${kind}s/${a}/merge`, { into: { slug: b } }, inSet(`merge-${kind}`))
    const addresses = [`/v1/articles?${kind}=${a}`, `/v1/articles?${kind}=-${a}`, `/v1/articles?${kind}=ext:x:${a}`, `/v1/feeds/json?${kind}=${a}`]
    const shown = async () => Promise.all(addresses.map(async (address) => ((await server.anonymous.get(address)).body.data ?? []).length))
    await shown()
    t.equal((await shown())[0], 2)
    // So that none of the stories goes back, and nothing but the name’s own event tells of it.
    for (const slug of [a, b]) await server.patch(`/v1/articles/on-${slug}`, { kicker: 'edited since' })
    await shown()
    t.match(await revert(`merge-${kind}`), { reverted: 1 })
    const [event] = (await server.get('/v1/events?sort=-seq&limit=1')).body.data as Json[]
    t.match(event, { type: `${kind}.created`, data: { restored: true } })
    t.ok(event?.keys.includes('list'))
    t.equal((await shown())[0], 0, 'it is one of its own, which no public story names')

    // The set made what was merged: its names led to the other, and lead nowhere by now.
    await server.post(`/v1/${kind}s`, { name: 'Made', slug: `${kind}-made` }, inSet(`made-${kind}`))
    await server.post(`/v1/${kind}s/${kind}-made/merge`, { into: { slug: b } }, inSet(`made-${kind}`))
    const led = async () => (await server.anonymous.get(`/v1/articles?${kind}=${kind}-made`)).body.data.length
    const before = await led()
    t.equal(await led(), before)
    t.match(await revert(`made-${kind}`), { kept: 0 })
    const [ended] = (await server.get('/v1/events?sort=-seq&limit=1')).body.data as Json[]
    t.equal(ended?.type, `${kind}.deleted`)
    for (const key of ['list', `${kind}:${into}`]) t.ok(ended?.keys.includes(key), key)
    t.equal(await led(), 0)
    t.match(await revert(`made-${kind}.revert`), { kept: 0 })
    t.equal(await led(), before)
    t.match((await server.get('/v1/events?sort=-seq&limit=1')).body.data, [{ type: `${kind}.merged`, data: { into } }])
  })

t.test('a merge is done again beside a planned revision that names what is merged', async (t) => {
  for (const slug of ['planned-from', 'planned-into']) await server.post('/v1/topics', { name: slug, slug })
  const at = new Date(milliseconds() + 3_600_000).toISOString()
  const story = { headline: 'Planned', slug: 'planned', topics: [{ slug: 'planned-from' }] }
  t.equal((await server.post('/v1/articles', story)).status, 201)
  t.equal((await server.post('/v1/articles/planned/publish', { at, revision: 1 })).status, 200)
  await server.patch('/v1/articles/planned', { topics: [] })
  t.equal((await server.delete('/v1/topics/planned-from')).status, 409, 'the plan uses it')

  t.equal((await server.post('/v1/topics/planned-from/merge', { into: { slug: 'planned-into' } }, inSet('merge-planned'))).status, 200)
  t.match(await revert('merge-planned'), { reverted: 1, kept: 0 })
  t.equal((await server.get('/v1/topics/planned-from')).status, 200)
  t.match(await revert('merge-planned.revert'), { reverted: 1, kept: 0 })
  t.equal((await server.get('/v1/topics/planned-from')).status, 308)

  moveClock(7_200_000)
  t.equal((await server.patch('/v1/articles/planned', { kicker: 'After it went out' })).status, 200)
  t.match((await server.anonymous.get('/v1/articles/planned')).body.topics, [{ slug: 'planned-into' }])
})
