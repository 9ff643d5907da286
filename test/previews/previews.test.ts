import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t, { PREVIEW_URL: 'https://news.example/preview?token={token}' })

t.test('a link shows what the public would get of the working copy as it is then, to whoever has it', async (t) => {
  const hidden = await createShort(server, 'Hidden story', { status: 'draft' })
  const shown = await createShort(server, 'Shown story')
  await server.patch(`/v1/articles/${shown.id}`, { headline: 'Not yet' })
  const led = (target: string) => ({ target: { type: 'article', id: target } })
  const { id } = await createShort(server, 'Draft', {
    status: 'draft',
    editorNote: 'planted-note',
    externalId: 'planted-id',
    embargoUntil: '2100-01-01T00:00:00Z',
    related: [hidden.id, shown.id].map((target) => ({ relation: 'related', ...led(target) })),
    highlightLists: [{ items: [led(hidden.id), led(shown.id), { text: 'Words', ...led(hidden.id) }] }],
  })
  const reader = { token: await server.tokenWith('content:read') }
  const made = await server.post(`/v1/articles/${id}/preview-links`, {}, reader)
  t.equal(made.status, 201)
  const { token, apiUrl, url, expiresAt } = made.body
  t.match(token, /^bshp_\w{49}$/)
  t.equal(apiUrl, `/v1/preview/${token}`)
  t.equal(url, `https://news.example/preview?token=${token}`)
  t.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 3_600_000) < 60_000)
  t.strictSame(await server.events(), ['preview-link.created'])
  await server.patch(`/v1/articles/${id}`, { headline: 'Later words' })
  const { status, body, headers } = await server.anonymous.get(apiUrl)
  t.equal(status, 200)
  t.match(body, { id, headline: 'Later words', status: 'published', commentCount: 0, url: 'https://news.example/draft' })
  t.type(body.publishedAt, 'string')
  for (const name of ['editorNote', 'externalId', 'embargoUntil', 'schedule', 'hasUnpublishedChanges']) t.notOk(name in body, name)
  t.strictSame(
    body.related.map((item: Json) => item.target.article.headline),
    ['Shown story'],
  )
  t.strictSame(
    body.highlightLists[0].items.map((item: Json) => [item.text, item.target?.slug ?? null]),
    [
      [null, 'shown-story'],
      ['Words', null],
    ],
  )
  t.notMatch(JSON.stringify(body), /planted|Hidden story|hidden-story|Not yet/)
  t.equal(headers.get('cache-control'), 'private, no-store')
  t.equal(headers.get('x-robots-tag'), 'noindex')
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).status, 404, 'and nothing else')
  t.equal((await server.anonymous.get(`/v1/preview/${token.replace(/.$/, (last: string) => (last === 'x' ? 'y' : 'x'))}`)).status, 404)
})

t.test('a story that leads to itself does so in its preview', async (t) => {
  const { id, slug } = await createShort(server, 'About itself', { status: 'draft' })
  await server.patch(`/v1/articles/${id}`, { highlightLists: [{ items: [{ text: 'Here', target: { type: 'article', id } }] }] })
  const { body } = await server.post(`/v1/articles/${id}/preview-links`, {})
  t.match((await server.anonymous.get(body.apiUrl)).body.highlightLists, [{ items: [{ text: 'Here', target: { type: 'article', id, slug } }] }])
})

t.test('a link of a revision opens that one alone', async (t) => {
  const { id } = await createShort(server, 'As it was', { status: 'draft' })
  await server.patch(`/v1/articles/${id}`, { headline: 'As it is' })
  const { body } = await server.post(`/v1/articles/${id}/preview-links`, { revision: 1, expiresIn: 604_800 })
  t.equal(body.revision, 1)
  t.equal((await server.anonymous.get(body.apiUrl)).body.headline, 'As it was')
  t.strictSame(faultsOf(await server.post(`/v1/articles/${id}/preview-links`, { revision: 9 })), ['/revision: not-found'])
  t.strictSame(faultsOf(await server.post(`/v1/articles/${id}/preview-links`, { expiresIn: 604_801, revison: 1 })).sort(), [
    '/expiresIn: range',
    '/revison: unknown',
  ])
})

t.test('a link of a revision names what its author and its topic were merged into', async (t) => {
  const merged = async (path: string) => {
    const [from, into] = await Promise.all(['from', 'into'].map(async (name) => (await server.post(path, { name: `${path} ${name}` })).body))
    return { from, into, merge: () => server.post(`${path}/${from.id}/merge`, { into: { id: into.id } }) }
  }
  const [author, topic] = [await merged('/v1/authors'), await merged('/v1/topics')]
  const both = [{ id: topic.from.id }, { id: topic.into.id }]
  const { id } = await createShort(server, 'Merged', { status: 'draft', authors: [{ id: author.from.id, role: 'Words' }], topics: both })
  const { apiUrl } = (await server.post(`/v1/articles/${id}/preview-links`, { revision: 1 })).body
  for (const { merge } of [author, topic]) await merge()
  const { body } = await server.anonymous.get(apiUrl)
  t.match(body.authors, [{ id: author.into.id, slug: author.into.slug, name: author.into.name, role: 'Words' }])
  t.strictSame(
    body.topics.map(({ id }: Json) => id),
    [topic.into.id],
  )
  const published = (await server.post(`/v1/articles/${id}/publish`, { revision: 1 })).body
  const seen = (await server.anonymous.get(`/v1/articles/${published.id}`)).body
  t.strictSame([seen.authors, seen.topics], [body.authors, body.topics], 'as it is then published')
})

t.test('links are listed without their tokens, and revoked one by one, by time or by publishing', async (t) => {
  const { id } = await createShort(server, 'Listed', { status: 'draft' })
  const path = `/v1/articles/${id}/preview-links`
  const links = []
  for (let count = 0; count < 3; count++) links.push((await server.post(path, {})).body)
  const [first, second, third] = links
  const listed = await server.get(path)
  t.strictSame(
    listed.body.data.map((link: Json) => link.id),
    [third.id, second.id, first.id],
  )
  t.notMatch(listed.text, 'bshp_')
  await server.events()
  t.equal((await server.delete(`${path}/${first.id}`)).status, 204)
  t.strictSame(await server.events(), ['preview-link.deleted'])
  t.equal((await server.delete(`${path}/${first.id}`)).status, 404)
  t.equal((await server.anonymous.get(first.apiUrl)).status, 404)
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.updateTable('preview_links').set({ expires_at: '2020-01-01T00:00:00.000Z' }).where('id', '=', second.id).execute()
  })
  t.equal((await server.anonymous.get(second.apiUrl)).status, 404)
  t.equal((await server.get(path)).body.data.length, 1)
  await server.events()
  await server.patch(`/v1/articles/${id}`, { status: 'published' })
  t.strictSame(await server.events(), ['preview-link.deleted', 'preview-link.deleted', 'article.published'])
  t.equal((await server.anonymous.get(third.apiUrl)).status, 308)
  t.equal((await server.anonymous.get(first.apiUrl)).status, 404)
})

t.test('at most 100 links of an article stand at a time, listed in pages', async (t) => {
  const { id } = await createShort(server, 'Much shared', { status: 'draft' })
  const path = `/v1/articles/${id}/preview-links`
  const ids: string[] = []
  for (let count = 0; count < 100; count++) ids.unshift((await server.post(path, {})).body.id)
  const refused = await server.post(path, {})
  t.equal(refused.status, 409)
  t.strictSame(faultsOf(refused), [': length'])
  const first = await server.get(`${path}?limit=60&count=true`)
  const second = await server.get(`${path}?limit=60&cursor=${first.body.page.nextCursor}`)
  t.equal(first.body.page.total, 100)
  t.strictSame(
    [...first.body.data, ...second.body.data].map((link: Json) => link.id),
    ids,
  )
  t.match(first.headers.get('link'), /rel="next"/)
  t.equal((await server.delete(`${path}/${ids[0]}`)).status, 204)
  t.equal((await server.post(path, {})).status, 201)
})

t.test('links are for those who may read drafts, and their tokens are not replayed', async (t) => {
  const { id } = await createShort(server, 'Guarded', { status: 'draft' })
  const path = `/v1/articles/${id}/preview-links`
  t.equal((await server.anonymous.post(path, {})).status, 401)
  t.equal((await server.get(path, { token: await server.tokenWith('comments:moderate') })).status, 403)
  const key = { headers: { 'idempotency-key': 'preview' } }
  t.ok((await server.post(path, {}, key)).body.token)
  t.match((await server.post(path, {}, key)).body, { token: null, url: null, apiUrl: null })
  const rows = JSON.stringify([
    await server.database.read.selectFrom('preview_links').selectAll().execute(),
    await server.database.read.selectFrom('idempotency_keys').selectAll().execute(),
  ])
  t.notMatch(rows, 'bshp_')
})
