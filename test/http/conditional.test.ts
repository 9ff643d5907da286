import { faultsOf, startServer } from '../support/server.ts'
import { createShort, workingCopy } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const jsonPatch = { 'content-type': 'application/json-patch+json' }

t.test('If-None-Match compares the whole tag', async (t) => {
  const { id } = await createShort(server, 'Tagged')
  const path = `/v1/articles/${id}`
  const tag = (await server.anonymous.get(path)).headers.get('etag') ?? ''
  for (const header of [tag, `W/${tag}`, '*', `"other", ${tag}`]) {
    const { status, headers, text } = await server.anonymous.get(path, { headers: { 'if-none-match': header } })
    t.equal(status, 304, header)
    t.equal(text, '')
    t.equal(headers.get('etag'), tag)
    t.match(headers.get('cache-control'), /^public/)
  }
  t.equal((await server.anonymous.get(path, { headers: { 'if-none-match': '"1"' } })).status, 200)
  const head = await server.anonymous.request('HEAD', path)
  t.equal(head.status, 200)
  t.equal(head.headers.get('etag'), tag)
  await server.anonymous.post(`${path}/comments`, { author: { name: 'x' }, body: 'x' })
  t.equal((await server.anonymous.get(path, { headers: { 'if-none-match': tag } })).status, 200, 'a comment changes the answer, not the revision')
})

t.test('If-Match compares the revision, a revision in the body likewise', async (t) => {
  const { id, revision } = await createShort(server, 'Guarded')
  const path = `/v1/articles/${id}`
  const patch = (headers: Record<string, string>, body: object = { kicker: Math.random().toString() }) => server.patch(path, body, { headers })
  const first = await patch({ 'if-match': `"${revision}"` })
  t.equal(first.status, 200)
  const stale = await patch({ 'if-match': `"${revision}"` })
  t.equal(stale.status, 412)
  t.match(stale.body, { type: '/problems/precondition-failed', currentRevision: revision + 1 })
  t.equal((await patch({ 'if-match': `"7", ${first.headers.get('etag')}` })).status, 200)
  t.equal((await patch({ 'if-match': `W/"${revision + 2}"` })).status, 412, 'a weak tag never matches')
  t.strictSame(faultsOf(await patch({ 'if-match': '17' })), ['If-Match: format'])
  t.equal((await patch({}, { kicker: 'x', revision })).status, 412)
  t.equal((await patch({}, { kicker: 'x', revision: revision + 2 })).status, 200)
  t.equal((await patch(jsonPatch, [{ op: 'replace', path: '/revision', value: revision }])).status, 412)
  t.equal((await server.put(path, { headline: 'x', revision })).status, 412)
  t.equal((await server.delete(path, { headers: { 'if-match': `"${revision}"` } })).status, 412)
  t.equal((await server.patch(path, { sections: [{ revision: 99, heading: 'nested ones are ignored' }] })).status, 200)
})

t.test('If-None-Match of a write is what must not be there', async (t) => {
  const { id, revision } = await createShort(server, 'Unwanted')
  const path = `/v1/articles/${id}`
  const unless = (header: string) => ({ headers: { 'if-none-match': header } })
  await server.events()
  for (const header of ['*', `"${revision}"`, `W/"${revision}"`, `"x", "${revision}-digest"`]) {
    t.match(await server.patch(path, { kicker: 'x' }, unless(header)), { status: 412, body: { currentRevision: revision } }, header)
    t.equal((await server.put(path, { headline: 'x' }, unless(header))).status, 412, header)
    t.equal((await server.delete(path, unless(header))).status, 412, header)
    t.equal((await server.post(`${path}/unpublish`, {}, unless(header))).status, 412, header)
  }
  t.strictSame(faultsOf(await server.patch(path, { kicker: 'x' }, unless('17'))), ['If-None-Match: format'])
  t.strictSame(await server.events(), [])
  t.equal((await server.patch(path, { kicker: 'x' }, unless(`"${revision + 1}"`))).status, 200)
})

t.test('a failed test or a path that isn’t there is a 409 with the operation', async (t) => {
  const { id } = await createShort(server, 'Tested')
  const patch = (operations: unknown) => server.patch(`/v1/articles/${id}`, operations, { headers: jsonPatch })
  const failed = await patch([
    { op: 'replace', path: '/kicker', value: 'x' },
    { op: 'test', path: '/headline', value: 'Other' },
  ])
  t.equal(failed.status, 409)
  t.strictSame(faultsOf(failed), ['/1: test-failed'])
  const missing = await patch([{ op: 'remove', path: '/sections/5' }])
  t.equal(missing.status, 409)
  t.strictSame(faultsOf(missing), ['/0: missing-path'])
  t.strictSame(faultsOf(await patch([{ op: 'replce', path: 'kicker' }])).sort(), ['/0/op: value', '/0/path: format'])
  t.strictSame(faultsOf(await patch([{ op: 'add', path: '/kicker' }])), ['/0/value: required'])
  t.strictSame(faultsOf(await patch([{ op: 'add', path: '/kickr', value: 'x' }])), ['/kickr: unknown'], 'pointers are into the result')
  t.equal((await patch([{ op: 'replace', path: '', value: 5 }])).status, 400)
  t.match((await patch([{ op: 'add', path: '/custom/__proto__', value: { a: 1 } }])).text, '"custom":{"__proto__":{"a":1}}')
  t.equal((await workingCopy(server, id)).kicker, null)
})

t.test('REQUIRE_IF_MATCH wants one of the two on every change', async (t) => {
  const strict = await startServer(t, { REQUIRE_IF_MATCH: 'true' })
  const { id, revision } = await createShort(strict, 'Strict')
  const path = `/v1/articles/${id}`
  t.equal((await strict.patch(path, { kicker: 'x' })).status, 428)
  t.equal((await strict.patch(path, [{ op: 'add', path: '/kicker', value: 'x' }], { headers: jsonPatch })).status, 428)
  t.equal((await strict.put(`${path}/sections`, { data: [] })).status, 428)
  t.equal((await strict.delete(path)).status, 428)
  t.equal((await strict.patch(path, { kicker: 'x', revision })).status, 200)
  t.equal(
    (
      await strict.patch(
        path,
        [
          { op: 'replace', path: '/revision', value: revision + 1 },
          { op: 'add', path: '/kicker', value: 'y' },
        ],
        { headers: jsonPatch },
      )
    ).status,
    200,
  )
  t.equal((await strict.put(`${path}/sections`, { data: [] }, { headers: { 'if-match': '*' } })).status, 200)
})

t.test('fifty clients that patch one article at once lose no update', async (t) => {
  const { id } = await createShort(server, 'Counted', { custom: { counts: {} } })
  await Promise.all(
    Array.from({ length: 50 }, async (_, client) => {
      for (;;) {
        const { revision } = await workingCopy(server, id)
        const { status } = await server.patch(`/v1/articles/${id}`, { custom: { counts: { [client]: true } } }, { headers: { 'if-match': `"${revision}"` } })
        if (status === 200) return
        if (status !== 412) throw new Error(`unexpected ${status}`)
      }
    }),
  )
  t.equal(Object.keys((await workingCopy(server, id)).custom.counts).length, 50)
})

t.test('reorderings at once leave positions without gaps', async (t) => {
  const { id, sections } = await createShort(server, 'Reordered', { sections: Array(5).fill({}) })
  const path = `/v1/articles/${id}/sections`
  await Promise.all(
    sections.flatMap(({ id }: { id: string }, index: number) => [
      server.patch(`${path}/${id}`, { position: 4 - index }),
      server.post(path, { position: index }),
    ]),
  )
  const { body } = await server.get(`${path}?copy=working`)
  t.strictSame(
    body.data.map(({ position }: { position: number }) => position),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
})
