import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './support/command.ts'
import { emptyDatabase } from './support/database.ts'
import { documentChecker } from './support/document.ts'
import { recipeFolder } from './support/recipe.ts'
import { adminToken, type Json } from './support/server.ts'
import { t } from './support/tap.ts'

const { folder, steps, apply, output } = recipeFolder(t)
for (const step of steps) apply(step)

t.test('an operation that is deprecated says so, in the document and in each answer', async (t) => {
  const file = join(folder, 'src/places/routes.ts')
  const text = readFileSync(file, 'utf8')
  const deprecated = "deprecated: { since: '2026-11-01T00:00:00Z', sunset: '2027-11-01T00:00:00Z' },"
  writeFileSync(file, text.replace("id: 'getPlace',", `id: 'getPlace',\n      ${deprecated}`))
  const document = JSON.parse(await output('bin/broadsheet.js', 'openapi'))
  const { get } = document.paths['/v1/places/{place}']
  t.equal(get.deprecated, true)
  t.ok(get.responses[200].headers.Deprecation && get.responses[200].headers.Sunset)
  t.notOk(document.paths['/v1/places'].get.deprecated)

  const { sees } = run(t, ['serve'], { root: folder, env: { DATABASE_URL: await emptyDatabase(t), ADMIN_TOKEN: adminToken, PORT: '0' } })
  const [, url = ''] = await sees(/(http:\/\/[\d.]+:\d+)/)
  await fetch(`${url}/v1/places`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'The harbour' }),
  })
  const told = async (path: string) => {
    const { status, headers } = await fetch(url + path)
    return [status, headers.get('deprecation'), headers.get('sunset')]
  }
  const when = ['@1793491200', 'Mon, 01 Nov 2027 00:00:00 GMT']
  // The second answer comes from memory.
  for (let time = 0; time < 2; time++) t.strictSame(await told('/v1/places/the-harbour'), [200, ...when])
  t.strictSame(await told('/v1/places/nowhere'), [404, ...when])
  t.strictSame(await told('/v1/places'), [200, null, null])
  writeFileSync(file, text)
})

t.test('a resource made by the recipe is served, documented, exported and imported', async (t) => {
  const serve = async (DATABASE_URL: string) => {
    const { sees } = run(t, ['serve'], {
      root: folder,
      env: { DATABASE_URL, ADMIN_TOKEN: adminToken, PORT: '0', WRITE_RATE_LIMIT: 'off', COMMENT_RATES: 'off' },
    })
    const [, url = ''] = await sees(/(http:\/\/[\d.]+:\d+)/)
    const check = documentChecker(await (await fetch(`${url}/openapi.json`)).text())
    return async (method: string, path: string, body?: unknown, accept = '*/*'): Promise<{ status: number; headers: Headers; body: Json }> => {
      const headers = { accept, ...(body ? { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' } : {}) }
      const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      const text = await answer.text()
      t.strictSame(check(method, path, { status: answer.status, headers: answer.headers, text }), [], `${method} ${path}`)
      return { status: answer.status, headers: answer.headers, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
    }
  }
  writeFileSync(join(folder, 'openapi/openapi.json'), await output('bin/broadsheet.js', 'openapi'))
  const [source, target] = [await emptyDatabase(t), await emptyDatabase(t)]
  const request = await serve(source)
  t.equal((await request('GET', '/v1/places')).body.data.length, 0)
  const made = await request('POST', '/v1/places', { name: 'The harbour', image: { url: 'https://img.example/1.jpg', alt: 'A crane' } })
  t.equal(made.status, 201)
  t.strictSame((await request('GET', '/v1/places')).body.data, [made.body])
  const changed = await request('PATCH', `/v1/places/${made.body.id}`, { name: 'The old harbour', slug: null })
  t.strictSame((await request('GET', '/v1/places/the-old-harbour')).body, changed.body)
  t.strictSame((await request('GET', '/v1/places')).body.data, [changed.body])

  // Each media type has its own answer, from memory, too.
  for (let time = 0; time < 2; time++)
    for (const [accept, type] of [
      ['*/*', 'application/json'],
      ['text/plain', 'text/plain'],
      ['application/json', 'application/json'],
      ['text/*;q=0.5, application/json;q=0.4', 'text/plain'],
      ['application/json;indent=2', 'application/json'],
    ] as const) {
      const { headers, body } = await request('GET', '/v1/places/the-old-harbour', undefined, accept)
      t.equal(headers.get('content-type'), `${type}; charset=utf-8`, accept)
      t.match(headers.get('vary'), /Accept,/)
      t.same(body, type === 'text/plain' ? 'The old harbour\n\n' : changed.body)
    }
  t.equal((await request('GET', '/v1/places/the-old-harbour', undefined, 'image/png')).status, 406)
  const later = await request('PATCH', `/v1/places/${made.body.id}`, { description: 'Gone' })
  t.equal((await request('GET', '/v1/places/the-old-harbour', undefined, 'text/plain')).body, 'The old harbour\nGone\n')

  const exported = run(t, ['export'], { root: folder, env: { DATABASE_URL: source } })
  t.equal(await exported.ends, 0)
  const file = join(folder, 'export.ndjson')
  writeFileSync(file, exported.output())
  t.equal(await run(t, ['import', file], { root: folder, env: { DATABASE_URL: target } }).ends, 0)
  const moved = await serve(target)
  t.strictSame((await moved('GET', '/v1/places/the-old-harbour')).body, later.body)
  const again = run(t, ['import', file], { root: folder, env: { DATABASE_URL: target } })
  t.equal(await again.ends, 0)
  t.match(again.output(), ' 0 written')
})
