import { startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const changes = (body: object, query = '') => server.post(`/v1/articles/changes${query}`, body)
const sections = (text: string) => [{ body: [{ type: 'paragraph', text }] }]
const textOf = async (id: string) => (await server.get(`/v1/articles/${id}?copy=working`)).body.sections[0].body[0].text
const make = async (text: string, more: object = {}) => (await server.post('/v1/articles', { headline: 'Words', sections: sections(text), ...more })).body

t.test('publish publishes what changes, and nothing that was so already', async (t) => {
  const draft = await make('nothing to find')
  const rewritten = await make('first', { status: 'published' })
  await server.patch(`/v1/articles/${rewritten.id}`, { sections: sections('half a rewrite') })
  const found = await make('teh end', { status: 'published' })
  const filter = { ids: [draft, rewritten, found].map(({ id }) => id).join(',') }
  const request = { filter, replaceText: { find: 'teh', with: 'the' }, publish: true }
  await server.events()
  const tried = (await changes(request, '?dryRun=true')).body
  t.match(tried, { changed: 1, unchanged: 2, dryRun: { events: [{ type: 'section.updated' }, { type: 'article.updated' }, { type: 'article.published' }] } })
  t.match((await changes(request)).body, { changed: 1, unchanged: 2, failed: 0 })
  t.strictSame(await server.events(), ['section.updated', 'article.updated', 'article.published'])
  t.equal((await server.anonymous.get(`/v1/articles/${draft.id}`)).status, 404)
  t.equal((await server.anonymous.get(`/v1/articles/${rewritten.id}`)).body.sections[0].body[0].text, 'first')
  t.match((await changes({ filter, patch: { headline: 'Words' }, publish: true })).body, { changed: 0, unchanged: 3 })
  t.strictSame(await server.events(), [])
})

t.test('a dry run shows what becomes of the status', async (t) => {
  const { id } = await make('text', { status: 'published' })
  const tried = await changes({ filter: { ids: id }, patch: { status: 'draft' } }, '?dryRun=true')
  t.match(tried.body.data, [{ result: 'changed', diff: [{ op: 'replace', path: '/status', value: 'unpublished' }] }])
  const { id: draft } = await make('teh end')
  const published = await changes({ filter: { ids: draft }, replaceText: { find: 'teh', with: 'the' }, publish: true }, '?dryRun=true')
  t.match(published.body.data[0].diff.at(-1), { path: '/status', value: 'published' })
})

t.test('what replaces words may hold them as often as it likes', async (t) => {
  for (const [text, find, to, made] of [
    ['x', 'x', 'x'.repeat(150), 'x'.repeat(150)],
    ['x', 'x', 'x'.repeat(1000), 'x'.repeat(1000)],
    ['abab', 'ab', `b${'ab'.repeat(300)}a`, null],
    ['a-----b', '--', '-', 'a-b'],
    ['-'.repeat(5000), '--', '-', '-'],
  ] as const) {
    const { id } = await make(text)
    const request = { filter: { ids: id }, replaceText: { find, with: to } }
    t.match((await changes(request)).body, { changed: 1, failed: 0 })
    const first = await textOf(id)
    if (made !== null) t.equal(first, made)
    t.match((await changes(request)).body, { unchanged: 1 }, 'so that it can be sent again')
    t.equal(await textOf(id), first)
  }
})

t.test('what would get longer than a text, or an article, may be is refused before it is made', async (t) => {
  const long = await make('x '.repeat(30_000))
  const request = (id: string) => ({ filter: { ids: id }, replaceText: { find: 'x', with: 'y'.repeat(1000) } })
  await server.events()
  const text = await changes(request(long.id))
  t.match(text.body, { failed: 1, data: [{ problem: { type: '/problems/bad-request', errors: [{ code: 'length' }] } }] })
  const many = (await server.post('/v1/articles', { headline: 'Many', sections: [{ body: Array(900).fill({ type: 'paragraph', text: 'x '.repeat(60) }) }] }))
    .body
  await server.events()
  t.match((await changes(request(many.id))).body, { failed: 1, data: [{ problem: { type: '/problems/payload-too-large' } }] })
  t.strictSame(await server.events(), [])
})

t.test('texts and finds that are made to take long are read once, or refused', async (t) => {
  const opened = await make(`www.a.example teh <${':'.repeat(60_000)}`)
  t.match((await changes({ filter: { ids: opened.id }, replaceText: { find: 'teh', with: 'the' } })).body, { changed: 1 })
  t.match(await textOf(opened.id), /^www\.a\.example the <:+$/)
  const { id } = (
    await server.post('/v1/articles', { headline: 'Signs', sections: [{ body: Array(15).fill({ type: 'paragraph', text: '&#000038;'.repeat(7000) }) }] })
  ).body
  await server.events()
  const request = { filter: { ids: id }, replaceText: { find: `${'&'.repeat(499)}+`, with: 'x' } }
  t.match((await changes(request)).body, { failed: 1, data: [{ problem: { type: '/problems/payload-too-large' } }] })
  t.strictSame(await server.events(), [])
})
