import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)

t.test('each committed change is there, in order, with its actor and request', async (t) => {
  const before = (await server.get('/v1/events?sort=-seq&limit=1')).body.data[0]?.seq ?? 0
  const { id } = await create(server)
  const token = await server.tokenWith('content:publish')
  await server.patch(`/v1/articles/${id}`, { status: 'published' }, { token, headers: { 'x-request-id': 'publish-1' } })
  await server.patch(`/v1/articles/${id}`, { headline: 5 })
  const { body, headers } = await server.get(`/v1/events?after=${before}&type=article.published,article.created`)
  t.strictSame(
    body.data.map(({ type }: Json) => type),
    ['article.created', 'article.published'],
  )
  t.match(body.data[1], { subject: { type: 'article', id }, actor: { name: 'content:publish' }, requestId: 'publish-1' })
  t.equal(headers.get('cache-control'), 'private, no-store')
  const others = (await server.get(`/v1/events?after=${before}&type=-article.created,article.published`)).body.data
  t.ok(others.length > 0 && others.every(({ type }: Json) => !['article.created', 'article.published'].includes(type)))
})

t.test('pages join without a gap, forward and back', async (t) => {
  const all = (await server.get('/v1/events?limit=100&count=true')).body
  t.equal(all.page.total, all.data.length)
  const seen: number[] = []
  let page = await server.get('/v1/events?limit=3')
  for (;;) {
    seen.push(...page.body.data.map(({ seq }: Json) => seq))
    if (!page.body.page.nextCursor) break
    page = await server.get(`/v1/events?limit=3&cursor=${page.body.page.nextCursor}`)
  }
  t.strictSame(
    seen,
    all.data.map(({ seq }: Json) => seq),
  )
  t.strictSame(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  const back = await server.get(`/v1/events?limit=3&cursor=${page.body.page.prevCursor}`)
  t.ok(seen.join().includes(back.body.data.map(({ seq }: Json) => seq).join()))
})

t.test('it is for admins', async (t) => {
  t.equal((await server.anonymous.get('/v1/events')).status, 401)
  t.equal((await server.get('/v1/events', { token: await server.tokenWith('content:publish', 'comments:moderate') })).status, 403)
  t.match(faultsOf(await server.get('/v1/events?type=article.publishd&after=-1')).sort(), ['after: range', 'type: value'])
})
