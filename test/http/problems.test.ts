import { connect } from 'node:net'
import { problemTypes } from '../../src/http/problems.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t, { BODY_LIMIT: '64 KiB' })
const json = { 'content-type': 'application/json' }
const problem = (name: string) => `/problems/${name}`

const requests: [
  name: string,
  method: string,
  path: string,
  body: string | Uint8Array | undefined,
  headers: Record<string, string>,
  status: number,
  type: string,
  faults: string[],
][] = [
  ['an unknown path', 'GET', '/v1/nothing', undefined, {}, 404, 'not-found', []],
  ['an unknown method', 'PATCH', '/v1/articles', '{}', json, 405, 'method-not-allowed', []],
  ['no JSON', 'POST', '/v1/articles', '{"headline":', json, 400, 'bad-request', [': syntax']],
  ['no object', 'POST', '/v1/articles', '[1]', json, 400, 'bad-request', [': type']],
  ['an empty body', 'POST', '/v1/articles', '', json, 400, 'bad-request', [': required']],
  ['no body', 'POST', '/v1/articles', undefined, {}, 400, 'bad-request', [': required']],
  ['JSON nested too deep', 'POST', '/v1/articles', `{"custom":${'['.repeat(64)}${']'.repeat(64)}}`, json, 400, 'bad-request', [': syntax']],
  ['invalid UTF-8', 'POST', '/v1/articles', new Uint8Array([0x22, 0xff, 0x22]), json, 400, 'bad-request', [': encoding']],
  ['half a surrogate pair', 'POST', '/v1/articles', '{"headline":"\\ud800"}', json, 400, 'bad-request', ['/headline: encoding']],
  ['NUL', 'POST', '/v1/articles', '{"headline":"a\\u0000b"}', json, 400, 'bad-request', ['/headline: encoding']],
  ['another media type', 'POST', '/v1/articles', '<a/>', { 'content-type': 'application/xml' }, 415, 'unsupported-media-type', []],
  ['a media type without a name', 'POST', '/v1/articles', '{}', { 'content-type': 'garbage' }, 415, 'unsupported-media-type', []],
  ['another charset', 'POST', '/v1/articles', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported-media-type', []],
  ['a content coding', 'POST', '/v1/articles', '{}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported-media-type', []],
  ['too much', 'POST', '/v1/articles', JSON.stringify({ headline: 'x', standfirst: 'x'.repeat(70_000) }), json, 413, 'payload-too-large', []],
  ['an Accept without JSON', 'GET', '/v1/articles', undefined, { accept: 'text/html, application/json;q=0' }, 406, 'not-acceptable', []],
  ['a text without a headline', 'POST', '/v1/articles', '\n \n', { 'content-type': 'text/plain' }, 400, 'bad-request', [': required']],
  ['a path that isn’t UTF-8', 'GET', '/v1/articles/%FF', undefined, {}, 400, 'bad-request', [': encoding']],
  ['a path with NUL', 'GET', '/v1/topics/a%00b', undefined, {}, 400, 'bad-request', ['topic: encoding']],
  ['an unknown parameter of a write', 'POST', '/v1/articles?dry=true', '{"headline":"x"}', json, 400, 'bad-request', ['dry: unknown']],
  ['an empty key', 'POST', '/v1/authors', '{"name":"x"}', { ...json, 'idempotency-key': 'x'.repeat(256) }, 400, 'bad-request', ['Idempotency-Key: length']],
]
for (const [name, method, path, body, headers, status, type, faults] of requests)
  t.test(`a problem: ${name}`, async (t) => {
    const answer = await server.request(method, path, body, { headers })
    t.equal(answer.status, status)
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/)
    t.equal(answer.headers.get('cache-control'), 'private, no-store')
    t.equal(answer.body.type, problem(type))
    t.equal(answer.body.status, status)
    t.equal(answer.body.instance, answer.headers.get('x-request-id'))
    t.strictSame(faultsOf(answer), faults)
    t.strictSame(await server.events(), [])
  })

t.test('what is accepted', async (t) => {
  for (const accept of ['*/*', 'application/*', 'text/html, */*;q=0.1', 'application/json; charset=utf-8', 'application/problem+json'])
    t.equal((await server.get('/v1/articles', { headers: { accept } })).status, 200, accept)
})

t.test('405 names what the address takes, and so does OPTIONS', async (t) => {
  const { headers } = await server.request('DELETE', '/v1/articles')
  t.strictSame(headers.get('allow')?.split(', ').sort(), ['GET', 'HEAD', 'OPTIONS', 'POST'])
  const options = await server.request('OPTIONS', '/v1/articles')
  t.equal(options.status, 204)
  t.strictSame(options.headers.get('allow'), headers.get('allow'))
  // A method of which Fastify wants a type of its body is one like any other.
  t.strictSame((await server.request('QUERY', '/v1/articles')).headers.get('allow'), headers.get('allow'))
  t.equal((await server.request('QUERY', '/v1/nowhere')).status, 404)
})

t.test('paths of any length are not found, and nothing more', async (t) => {
  for (const path of [`/v1/articles/${'a'.repeat(4000)}`, `/v1/articles/x/sections/${'a'.repeat(12_000)}`]) t.equal((await server.get(path)).status, 404)
})

t.test('at most 100 faults are listed', async (t) => {
  const { body } = await server.post('/v1/articles', { headline: 'x', sections: Array(200).fill({ nonsense: 1 }) })
  t.equal(body.errors.length, 100)
})

t.test('a patch that would make too much is a 413', async (t) => {
  const { id } = await createShort(server, 'Grows', { custom: { a: 'x'.repeat(10_000) } })
  const copies = Array.from({ length: 1000 }, (_, index) => ({ op: 'copy', from: '/custom', path: `/custom/${index}` }))
  t.equal((await server.patch(`/v1/articles/${id}`, copies, { headers: { 'content-type': 'application/json-patch+json' } })).status, 413)
  t.equal(
    (await server.patch(`/v1/articles/${id}`, Array(1001).fill({ op: 'remove', path: '/a' }), { headers: { 'content-type': 'application/json-patch+json' } }))
      .status,
    400,
    'and more than 1,000 operations a 400',
  )
})

t.test('each problem type has a page that explains it', async (t) => {
  for (const [type, [status, title]] of Object.entries(problemTypes)) {
    const answer = await fetch(`${server.url}/problems/${type}`)
    t.equal(answer.status, 200, type)
    const text = await answer.text()
    t.match(text, `<h1>${title}</h1>`)
    t.match(text, `status ${status}`)
  }
  t.match(await (await fetch(`${server.url}/problems`)).text(), 'idempotency-key-reused')
  t.equal((await server.get('/problems/nonsense')).status, 404)
})

t.test('what isn’t HTTP, or too much of it, is answered with a problem too', async (t) => {
  const say = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = ''
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('close', () => resolve(answer))
      socket.on('error', reject)
    })
  t.match(await say('GET /v1/articles HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*x-request-id: [\s\S]*"header":"Host"/i)
  t.match(await say('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*problem\+json[\s\S]*"type":"\/problems\/bad-request"[\s\S]*"errors":\[\]/)
  t.match(await say('HEAD nonsense HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*\r\n\r\n$/)
  t.match(await say(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`), /^HTTP\/1\.1 431 [\s\S]*headers-too-large/)
})

t.test('an unexpected error tells nothing of itself', async (t) => {
  const broken = await startServer(t)
  const { id } = (await broken.post('/v1/articles', { headline: 'x', status: 'published' })).body
  await broken.database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.schema.alterTable('comment_counts').renameTo('gone').execute()
  })
  const answer = await broken.anonymous.get(`/v1/articles/${id}`)
  t.equal(answer.status, 500)
  t.equal(answer.body.type, problem('internal-error'))
  t.notMatch(answer.text, /table|sqlite|comment_counts/i)
})

t.test('a lone fault is told with its place, and others are suggested by what they are called elsewhere', async (t) => {
  const lone = await server.post('/v1/articles', { headline: 'x', headlin: 'y' })
  t.equal(lone.body.detail, '/headlin is not known here; did you mean headline?')
  t.equal((await server.get('/v1/articles?per_page=3')).body.detail, 'The parameter per_page is not known here; did you mean limit?')
  t.equal((await server.get(`/v1/articles/${'x'.repeat(3)}?copy=mine`)).body.detail, 'The parameter copy must be one of working')
  const meant = {
    title: 'headline',
    content: 'sections',
    body: 'sections',
    tags: 'topics',
    categories: 'topics',
    excerpt: 'standfirst',
    image: 'leadImage',
    featuredImage: 'leadImage',
    author: 'authors',
    locale: 'language',
    published_at: 'publishedAt',
    bullets: 'highlightLists',
  }
  const { body } = await server.post('/v1/articles', { ...Object.fromEntries(Object.keys(meant).map((name) => [name, 'x'])), constructor: 'x' })
  const suggested = Object.fromEntries(body.errors.map(({ pointer, suggestion }: Json) => [pointer.slice(1), suggestion]))
  t.match(suggested, meant)
  t.equal(suggested.constructor, undefined)
  const section = await server.post('/v1/articles', { headline: 'x', sections: [{ title: 'One', content: 'Two' }] })
  t.strictSame(
    section.body.errors.map(({ suggestion }: Json) => suggestion),
    ['heading', 'body'],
  )
  const list = await server.get('/v1/articles?search=x&orderby=headline&populate=authors&category=x')
  t.strictSame(
    list.body.errors.map(({ suggestion }: Json) => suggestion),
    ['q', 'sort', 'include', 'topic'],
  )
})

t.test('a text in place of an object or a list is answered with the shape', async (t) => {
  const { body } = await server.post('/v1/articles', {
    headline: 'x',
    authors: ['Ada Berg'],
    topics: 'Shipping',
    sections: [{ body: 'Words' }],
    leadImage: 'https://a.example/',
  })
  const messages = Object.fromEntries(body.errors.map(({ pointer, message }: Json) => [pointer, message]))
  t.equal(messages['/authors/0'], 'must be object, such as {"name":"Ada Berg"}')
  t.equal(messages['/topics'], 'must be array, such as [{"name":"Shipping"}]')
  t.equal(messages['/sections/0/body'], 'must be array, such as [{"type":"paragraph","text":"Crews worked through the night."}]')
  t.match(messages['/leadImage'], /^must be object/)
})
