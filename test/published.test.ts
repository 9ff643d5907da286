import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { publishedFiles } from '../tools/openapi.ts'
import { adminToken, type Json, startServer } from './support/server.ts'
import { t } from './support/tap.ts'

const folder = new URL('../openapi/', import.meta.url)

t.test('what is committed under openapi/ is what the routes give (npm run openapi)', async (t) => {
  for (const [name, text] of Object.entries(await publishedFiles()))
    t.ok(existsSync(new URL(name, folder)) && readFileSync(new URL(name, folder), 'utf8') === text, name)
})

t.test('the main job, as an Arazzo workflow, is done', async (t) => {
  const server = await startServer(t)
  const workflow = new URL('main-job.arazzo.json', folder).pathname
  const cli = new URL('../node_modules/@redocly/cli/bin/cli.js', import.meta.url).pathname
  await server.events()
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [cli, 'respect', workflow, '--server', `broadsheet=${server.url}`, '--input', `token=${adminToken}`],
    { env: { PATH: process.env.PATH, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
  )
  t.match(stdout + stderr, /6 passed|Steps: 6/)
  t.strictSame(await server.events(), ['author.created', 'topic.created', 'article.deleted'], 'what is permanently deleted leaves no other trace')
})

t.test('a Postman collection has each operation once, with its example', async (t) => {
  const collection: Json = JSON.parse(readFileSync(new URL('postman_collection.json', folder), 'utf8'))
  const document: Json = JSON.parse(readFileSync(new URL('openapi.json', folder), 'utf8'))
  const asked = collection.item.flatMap(({ item }: Json) => item).map(({ request: { method, url } }: Json) => `${method} /${url.path.join('/')}`)
  const known = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  t.strictSame(asked.sort(), known.sort())
  for (const { item } of collection.item) for (const { name, request } of item) if (request.body) t.ok(request.body.raw, name)
})

t.test('the document for older tools is served, and has no type that may be null', async (t) => {
  const server = await startServer(t)
  const answer = await fetch(`${server.url}/openapi-3.0.json`)
  const document = (await answer.json()) as Json
  t.equal(document.openapi, '3.0.3')
  t.ok(answer.headers.get('etag'), 'it has an ETag')
  t.notMatch(JSON.stringify(document), /"type":\[|"type":"null"|"examples":/)
  t.strictSame(Object.keys(document.paths), Object.keys(((await (await fetch(`${server.url}/openapi.json`)).json()) as Json).paths))
})
