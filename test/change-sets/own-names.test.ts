import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const inSet = (name: string) => ({ headers: { 'x-change-set': name } })
const revert = async (name: string, under?: string) => (await server.post(`/v1/change-sets/${name}/revert`, undefined, under ? inSet(under) : {})).body
const make = (slug: string) => server.post('/v1/articles', { headline: slug, slug, status: 'published', kicker: 'old' })
const set = (slug: string, kicker: string, name?: string) => server.patch(`/v1/articles/${slug}?publish=true`, { kicker }, name ? inSet(name) : {})
const shown = async (slug: string) => (await server.anonymous.get(`/v1/articles/${slug}`)).body.kicker
const faultsOf = ({ status, body }: Json) => [status, ...(body.errors ?? []).map((fault: Json) => `${fault.header ?? fault.pointer}: ${fault.code}`)]

t.test('a set goes back and comes again under names of their own as under those with .revert', async (t) => {
  await make('desk')
  await set('desk', 'new', 'retag')
  // What is done, under which name, and what the public has after it.
  for (const [name, under, kicker] of [
    ['retag', undefined, 'old'],
    ['retag.revert', 'redo', 'new'],
    ['retag', undefined, 'old'],
    ['redo', 'undo-redo', 'old'],
    ['retag.revert', undefined, 'new'],
    ['retag', 'undo', 'old'],
    ['undo', undefined, 'new'],
    ['retag', undefined, 'old'],
    ['undo', 'undo-undo', 'new'],
    ['retag', 'undo-again', 'old'],
  ] as const) {
    const { reverted, unchanged, kept } = await revert(name, under)
    t.equal(reverted + unchanged, 1, `${name} under ${under}`)
    t.equal(kept, 0)
    t.equal(await shown('desk'), kicker, `${name} under ${under}`)
  }
})

t.test('another set that was reverted under a name of its own doesn’t stand in the way, and one that wasn’t does', async (t) => {
  await make('both')
  await set('both', 'first', 'one')
  await set('both', 'second', 'two')
  t.match(await revert('one'), { reverted: 0, kept: 1 })
  t.match(await revert('two', 'undo-two'), { reverted: 1 })
  t.match(await revert('one'), { reverted: 1, kept: 0 })
  t.equal(await shown('both'), 'old')
})

t.test('a name is for the reverting of one set, and to try another under it costs nothing', async (t) => {
  await make('several')
  await set('several', 'first', 'alpha')
  await set('several', 'second', 'beta')
  t.match(await revert('beta', 'undo-both'), { reverted: 1 })
  for (const query of ['', '?dryRun=true'])
    t.strictSame(faultsOf(await server.post(`/v1/change-sets/alpha/revert${query}`, undefined, inSet('undo-both'))), [400, 'X-Change-Set: value'])
  t.equal(await shown('several'), 'first')
  t.match(await revert('alpha'), { reverted: 1, kept: 0 })
  t.equal(await shown('several'), 'old')
})

t.test('no other changes are made under a name under which sets were reverted', async (t) => {
  await make('named')
  await set('named', 'new', 'wrong')
  await revert('wrong', 'cleaning-up')
  const { seq } = (await server.get('/v1/events?limit=1&sort=-seq')).body.data[0] ?? {}
  t.strictSame(faultsOf(await set('named', 'other', 'cleaning-up')), [400, 'X-Change-Set: value'])
  const operation = { method: 'PATCH', path: '/v1/articles/named', body: { kicker: 'other' } }
  t.strictSame(faultsOf(await server.post('/v1/batch', { operations: [operation] }, inSet('cleaning-up'))), [400, 'X-Change-Set: value'])
  const part = { ...operation, headers: { 'X-Change-Set': 'cleaning-up' } }
  t.strictSame(faultsOf(await server.post('/v1/batch', { operations: [part] })), [400, '/operations/0/headers/X-Change-Set: value'])
  t.strictSame(faultsOf(await server.post('/v1/articles/changes', { filter: { q: 'named' }, patch: { kicker: 'other' } }, inSet('cleaning-up'))), [
    400,
    'X-Change-Set: value',
  ])
  t.equal(await shown('named'), 'old')
  t.equal((await server.get('/v1/events?limit=1&sort=-seq')).body.data[0]?.seq, seq)
  t.match(await revert('cleaning-up'), { reverted: 1, kept: 0 })
  t.equal(await shown('named'), 'new')
  t.equal((await server.get('/v1/articles/named')).headers.get('x-change-set'), null)
})

t.test('a set that isn’t there takes no name for reverting', async (t) => {
  t.equal((await server.post('/v1/change-sets/nowhere/revert', undefined, inSet('still-free'))).status, 404)
  await make('free')
  t.equal((await set('free', 'new', 'still-free')).status, 200)
  t.match(await revert('still-free'), { reverted: 1 })
})
