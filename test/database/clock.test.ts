import { type Json, startServer } from '../support/server.ts'
import { create, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const nobody = { actor: null, requestId: null }

t.test('what another clock, an hour ahead, has stored can be edited, and no time goes back', async (t) => {
  const server = await startServer(t)
  const made = await create(server, { status: 'published' })
  const path = `/v1/articles/${made.id}`
  const { body: comment } = await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  const { body: front } = await server.post('/v1/highlight-lists', { title: 'Front' })
  const ahead = new Date(Date.now() + 3_600_000).toISOString()
  await server.database.transaction(nobody, async (tx) => {
    await tx.updateTable('articles').set({ updated_at: ahead, published_at: ahead, created_at: ahead }).where('id', '=', made.id).execute()
    await tx.updateTable('editions').set({ public_from: ahead }).where('article_id', '=', made.id).execute()
    for (const table of ['comments', 'highlight_lists', 'authors', 'topics', 'sections'] as const)
      await tx.updateTable(table).set({ updated_at: ahead }).execute()
  })
  const edited = await server.patch(path, { kicker: 'Edited meanwhile' })
  t.equal(edited.status, 200, 'a stored date isn’t checked again')
  t.ok(edited.body.updatedAt >= ahead)
  const whole = await server.put(path, { ...(await workingCopy(server, made.id)), kicker: 'And put' })
  t.equal(whole.status, 200)
  t.equal((await server.post(`${path}/publish`)).status, 200)
  t.equal((await server.patch(`${path}/sections/background`, { heading: 'Later' })).body.updatedAt >= ahead, true)
  t.ok((await server.patch(`/v1/highlight-lists/${front.id}`, { title: 'Later' })).body.updatedAt >= ahead)
  t.ok((await server.patch(`/v1/comments/${comment.id}`, { status: 'rejected' })).body.updatedAt >= ahead)
  t.equal((await server.post(`${path}/unpublish`)).status, 200)
  t.equal((await server.post(`${path}/publish`)).status, 200)
  const editions = await server.database.read.selectFrom('editions').selectAll().where('article_id', '=', made.id).orderBy('number').execute()
  let last = ahead
  for (const { public_from, public_until } of editions) {
    t.ok(public_from >= last)
    last = public_until ?? last
    t.ok(last >= public_from)
  }
  const revisions = (await server.get(`${path}/revisions?sort=number&limit=100`)).body.data.map(({ at }: Json) => at)
  t.strictSame(revisions.slice(1), revisions.slice(1).toSorted())
  t.equal((await server.patch(path, { publishedAt: new Date(Date.now() + 7_200_000).toISOString() })).status, 400, 'a new date is')
})
