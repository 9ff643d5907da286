import { faultsOf, type Json, startServer } from '../support/server.ts'
import { create, createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const titles = (lists: Json[]) => lists.map(({ title }) => title)

t.test('an article’s lists: created, moved, replaced, deleted', async (t) => {
  const article = await create(server)
  const path = `/v1/articles/${article.id}/highlight-lists`
  const made = await server.post(path, {
    title: 'Second',
    style: 'numbered',
    items: [{ text: 'One', target: { type: 'section', id: article.sections[0].id } }],
  })
  t.equal(made.status, 201)
  t.match(made.body, { articleId: article.id, slug: null, position: 1, style: 'numbered', items: [{ target: { anchor: 'background' } }] })
  t.equal(made.headers.get('location'), `${path}/${made.body.id}`)
  t.strictSame(await server.events(), ['highlight-list.created', 'article.updated'])
  await server.post(path, { title: 'First', position: 0 })
  t.strictSame(titles((await server.get(path)).body.data), ['First', 'At a glance', 'Second'])
  const moved = await server.patch(`${path}/${made.body.id}`, { position: 0 })
  t.match(moved.body, { position: 0, revision: 2 })
  const after = (await server.get(path)).body.data
  t.strictSame(titles(after), ['Second', 'First', 'At a glance'])
  t.strictSame(
    after.map((list: Json) => list.position),
    [0, 1, 2],
  )
  t.equal(after[1].revision, 1, 'a neighbour only made room')
  t.strictSame(
    (await server.put(path, { data: after.toReversed() })).body.data.map((list: Json) => list.id),
    after.map((list: Json) => list.id).toReversed(),
  )
  await server.events()
  t.equal((await server.delete(`${path}/${made.body.id}`)).status, 204)
  t.strictSame(await server.events(), ['highlight-list.deleted', 'article.updated'])
  t.strictSame(
    (await server.get(path)).body.data.map((list: Json) => list.position),
    [0, 1],
  )
})

t.test('what GET gave goes back by PUT; items keep the ids it names', async (t) => {
  const { id, highlightLists, revision } = await create(server)
  const path = `/v1/articles/${id}/highlight-lists/${highlightLists[0].id}`
  const got = (await server.get(`${path}?copy=working`)).body
  t.strictSame((await server.put(path, got)).body, got)
  t.equal((await workingCopy(server, id)).revision, revision)
  const { body } = await server.put(path, { items: [got.items[2], { text: 'New' }, { ...got.items[0], text: 'Other words' }] })
  t.strictSame([body.items[0].id, body.items[2].id], [got.items[2].id, got.items[0].id])
  t.equal(body.title, null)
  t.equal(body.revision, got.revision + 1)
})

t.test('an anchor that changes shows in what leads there', async (t) => {
  const { id, sections, highlightLists } = await create(server)
  await server.patch(`/v1/articles/${id}/sections/${sections[0].id}`, { anchor: 'elsewhere' })
  const list = (await server.get(`/v1/articles/${id}/highlight-lists/${highlightLists[0].id}`)).body
  t.equal(list.items[0].target.anchor, 'elsewhere')
  t.equal(list.revision, 1)
})

t.test('refused with their places', async (t) => {
  const [one, other] = [await create(server), await create(server)]
  const path = `/v1/articles/${one.id}/highlight-lists`
  t.strictSame(
    faultsOf(
      await server.post(path, {
        position: 2,
        items: [{ target: { type: 'section', id: other.sections[0].id } }, { id: one.highlightLists[0].items[0].id, text: 'x' }],
      }),
    ).sort(),
    ['/items/0/target/id: not-found', '/items/1/id: not-found', '/position: range'],
  )
  t.strictSame(faultsOf(await server.put(path, { data: [{ id: other.highlightLists[0].id }] })), ['/data/0/id: not-found'])
  t.strictSame(faultsOf(await server.put(path, { data: [one.highlightLists[0], one.highlightLists[0]] })), ['/data/1/id: duplicate'])
  t.equal((await server.get(`${path}/${other.highlightLists[0].id}`)).status, 404)
  t.strictSame(faultsOf(await server.post('/v1/highlight-lists', { items: [{ target: { type: 'section', anchor: 'background' } }] })), [
    '/items/0/target/type: value',
  ])
  t.strictSame(faultsOf(await server.patch(`${path}/${one.highlightLists[0].id}`, { style: 'dotted' })), ['/style: value'])
})

t.test('a freestanding list carries the cards of its articles: a front page is one request', async (t) => {
  const published = await create(server, { status: 'published', headline: 'On the front' })
  const draft = await createShort(server, 'Not yet', { status: 'draft' })
  const made = await server.post('/v1/highlight-lists', {
    title: 'Top stories',
    items: [
      { target: { type: 'article', id: published.id } },
      { text: 'Soon', target: { type: 'article', slug: draft.slug } },
      { text: 'Tides', target: { type: 'url', url: 'https://port.example/' } },
    ],
  })
  t.equal(made.status, 201)
  t.match(made.body, { slug: 'top-stories', articleId: null })
  t.equal(made.body.items[1].target.article.headline, 'Not yet', 'writers see what is stored')
  t.strictSame(await server.events(), ['highlight-list.created'])
  const { body, headers, text } = await server.anonymous.get('/v1/highlight-lists/top-stories')
  t.strictSame(
    body.items.map((item: Json) => item.text),
    [null, 'Tides'],
  )
  t.match(body.items[0].target, {
    id: published.id,
    article: { headline: 'On the front', authors: [{ name: 'Ada Berg' }], url: 'https://news.example/on-the-front' },
  })
  t.notMatch(text, /Not yet|Soon/)
  t.match(headers.get('etag'), /~"$/)
  t.match(headers.get('surrogate-key'), new RegExp(`highlight-list:${body.id} article:${published.id} author:`))
  t.equal((await server.anonymous.get('/v1/highlight-lists/top-stories?copy=working')).status, 401)
  t.equal((await server.get('/v1/highlight-lists/top-stories?copy=working')).body.items.length, 3)
})

t.test('several lists in the order asked; a slug moves on; a list can be gone', async (t) => {
  for (const title of ['Aa', 'Bb', 'Cc']) await server.post('/v1/highlight-lists', { title })
  t.strictSame(titles((await server.anonymous.get('/v1/highlight-lists?slug=cc,nothing,aa')).body.data), ['Cc', 'Aa'])
  const path = '/v1/highlight-lists/bb'
  const got = (await server.get(`${path}?copy=working`)).body
  t.strictSame((await server.put(path, got)).body, got)
  t.equal((await server.put(path, { title: 'Kept' })).body.slug, 'bb')
  t.equal((await server.patch(path, { slug: 'bbb' })).status, 200)
  t.equal((await server.anonymous.get(path)).headers.get('location'), '/v1/highlight-lists/bbb')
  t.equal((await server.post('/v1/highlight-lists', { slug: 'bb' })).body.holder.type, 'highlight-list')
  t.equal((await server.patch('/v1/highlight-lists/bbb', { slug: null })).body.slug, 'kept')
  await server.events()
  t.equal((await server.delete('/v1/highlight-lists/kept')).status, 204)
  t.strictSame(await server.events(), ['highlight-list.deleted'])
  t.equal((await server.anonymous.get('/v1/highlight-lists/kept')).status, 404)
})

t.test('freestanding lists are public at once, so they need content:publish', async (t) => {
  const writer = { token: await server.tokenWith('content:write') }
  t.equal((await server.post('/v1/highlight-lists', { title: 'x' }, writer)).status, 403)
  t.equal((await server.anonymous.post('/v1/highlight-lists', { title: 'x' })).status, 401)
})

t.test('a freestanding list that is put with a null slug gets one made from its title', async (t) => {
  const { body } = await server.post('/v1/highlight-lists', { title: 'First words', slug: null })
  t.equal(body.slug, 'first-words')
  t.equal((await server.put(`/v1/highlight-lists/${body.id}`, { ...body, title: 'Other words' })).body.slug, 'first-words')
  t.equal((await server.put(`/v1/highlight-lists/${body.id}`, { ...body, revision: undefined, title: 'Other words', slug: null })).body.slug, 'other-words')
})
