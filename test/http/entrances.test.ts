import { problemTypes } from '../../src/http/problems.ts'
import { type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const server = await startServer(t)
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const answer = await fetch(server.url + path, { headers, method })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

t.test('the root says who this is and where to go, and every place is there', async (t) => {
  const root = await get('/')
  t.match(root.headers.get('content-type'), 'application/json')
  const { name, version, links } = JSON.parse(root.bytes.toString())
  t.equal(name, 'Broadsheet')
  t.match(version, /^\d+\.\d+\.\d+$/)
  for (const path of Object.values(links) as string[]) t.equal((await get(path)).status, 200, path)
  const collections = JSON.parse((await get('/v1')).bytes.toString()).links
  t.ok(collections.articles && collections.comments)
  for (const path of Object.values(collections) as string[]) t.ok((await server.get(path)).status === 200, path)
  for (const path of ['/', '/v1']) {
    const html = await get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    t.match(html.headers.get('content-type'), 'text/html')
    t.match(html.headers.get('vary'), /Accept\b/)
    t.equal((await get(path, { accept: 'image/png' })).status, 406)
  }
})

t.test('the catalogue of APIs is a linkset (RFC 9727)', async (t) => {
  const { headers, bytes } = await get('/.well-known/api-catalog')
  t.equal(headers.get('content-type'), 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"')
  const [api] = JSON.parse(bytes.toString()).linkset
  t.equal(api.anchor, '/v1')
  for (const { href, type } of [...api['service-desc'], ...api['service-doc'], ...api.status])
    t.match((await get(href, { accept: '*/*' })).headers.get('content-type'), type, href)
  t.match((await get('/.well-known/api-catalog', {}, 'HEAD')).headers.get('link'), 'rel="api-catalog"')
})

t.test('llms.txt names every operation', async (t) => {
  const text = (await get('/llms.txt')).bytes.toString()
  const document: Json = JSON.parse((await get('/openapi.json')).bytes.toString())
  for (const [path, methods] of Object.entries(document.paths))
    for (const method of Object.keys(methods as object)) t.ok(text.includes(`\`${method.toUpperCase()} ${path}\``))
})

t.test('every problem page comes as Markdown, too', async (t) => {
  for (const type of ['', ...Object.keys(problemTypes).map((name) => `/${name}`)]) {
    const { headers, bytes } = await get(`/problems${type}`, { accept: 'text/markdown' })
    t.match(headers.get('content-type'), 'text/markdown')
    t.match(bytes.toString(), /^# /)
    if (type) t.same((await get(`/problems${type}.md`)).bytes, bytes)
  }
})

t.test('documents and pages have tags, and are compressed', async (t) => {
  const page = (await get('/docs')).bytes.toString()
  t.match(page, '<title>Broadsheet API</title>')
  const scripts = [...page.matchAll(/src="([^"]+)"/g)].map(([, path = '']) => path)
  t.equal(scripts.length, 2)
  for (const path of ['/openapi.json', '/openapi.yaml', '/llms.txt', ...scripts]) {
    const plain = await get(path, { 'accept-encoding': 'identity' })
    t.equal(plain.status, 200)
    const tag = plain.headers.get('etag') as string
    const again = await get(path, { 'accept-encoding': 'identity', 'if-none-match': tag })
    t.equal(again.status, 304)
    t.equal(again.headers.get('etag'), tag)
    if (plain.bytes.length < 1000) continue
    const tags = new Set([tag])
    // What Node's fetch has decoded shows its coding all the same.
    for (const coding of ['br', 'gzip']) {
      const coded = await get(path, { 'accept-encoding': coding })
      t.equal(coded.headers.get('content-encoding'), coding)
      t.ok(coded.bytes.equals(plain.bytes), `${path} ${coding}`)
      t.equal((await get(path, { 'accept-encoding': coding, 'if-none-match': coded.headers.get('etag') as string })).status, 304)
      tags.add(coded.headers.get('etag') as string)
    }
    t.equal(tags.size, 3)
  }
  for (const path of scripts) t.match((await get(path)).headers.get('cache-control'), 'immutable')
  t.equal((await get('/docs/any/other.js')).status, 404)
})

t.test('the policy of the docs lets in no script from elsewhere, nor any in the page', async (t) => {
  const policy = (await get('/docs')).headers.get('content-security-policy') ?? ''
  t.match(policy, "script-src 'self'")
  t.notMatch(policy.match(/script-src[^;]*/)?.[0], 'unsafe-inline')
})
