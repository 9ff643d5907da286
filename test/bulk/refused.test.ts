import { faultsOf, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('what is refused for one wrong parameter does nothing, also where it is done in parts', async (t) => {
  await server.post('/v1/articles', { headline: 'One', slug: 'one', status: 'published', topics: [{ name: 'From' }] })
  await server.post('/v1/topics', { name: 'Into' })
  await server.patch('/v1/articles/one', { kicker: 'k' }, { headers: { 'x-change-set': 'set' } })
  await server.post('/v1/articles/one/comments', { author: { name: 'Ada', email: 'ada@news.example' }, body: 'Said' })
  const line = { article: 'one', author: { name: 'Bo' }, body: 'From there', createdAt: '2020-05-01T10:00:00Z', status: 'approved', externalId: 'old-1' }
  const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }
  await server.events()
  for (const [method, path, body, options] of [
    ['POST', '/v1/change-sets/set/revert'],
    ['POST', '/v1/topics/from/merge', { into: { slug: 'into' } }],
    ['POST', '/v1/articles/changes', { filter: { q: 'One' }, patch: { kicker: 'x' } }],
    ['POST', '/v1/comments/import', `${JSON.stringify(line)}\n`, ndjson],
    ['POST', '/v1/batch', `${JSON.stringify({ method: 'POST', path: '/v1/topics', body: { name: 'Made' } })}\n`, ndjson],
    ['POST', '/v1/batch', { operations: [{ method: 'POST', path: '/v1/topics', body: { name: 'Made' } }] }],
    ['DELETE', '/v1/commenters/ada@news.example'],
  ] as const) {
    // As somebody writes who wants to try it first.
    const refused = await server.request(method, `${path}?dryrun=true`, body, options)
    t.strictSame(faultsOf(refused), ['dryrun: unknown'], path)
    t.strictSame(await server.events(), [], path)
    t.equal((await server.request(method, `${path}?dryRun=true`, body, options)).status, 200, path)
    t.strictSame(await server.events(), [], path)
  }
})
