import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { emptyDatabase, otherDatabase } from '../support/database.ts'
import { type Json, startServer } from '../support/server.ts'
import { create, createShort } from '../support/stories.ts'

const main = new URL('../../bin/broadsheet.js', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-transfer-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'export.ndjson')

async function broadsheet(url: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [main, ...args], { cwd: folder, env: { PATH: process.env.PATH, DATABASE_URL: url }, maxBuffer: 1 << 26 })
}

const source = await emptyDatabase(t)
const server = await startServer(t, { DATABASE_URL: source })

t.before(async () => {
  const parent = (await server.post('/v1/topics', { name: 'Parent' })).body
  const child = (await server.post('/v1/topics', { name: 'Child' })).body
  await server.patch(`/v1/topics/${parent.id}`, { parentId: child.id, image: { alt: 'x' } })
  const whole = await create(server, {
    status: 'published',
    topics: [{ id: parent.id }],
    related: [{ relation: 'related', text: 'Gone', target: { type: 'url', url: 'https://a.example/' } }],
  })
  await server.patch(`/v1/articles/${whole.id}?publish=true`, { slug: 'moved' })
  const draft = await createShort(server, 'Draft', { status: 'draft' })
  await server.post('/v1/highlight-lists', {
    title: 'Top',
    items: [{ target: { type: 'article', id: whole.id } }, { text: 'Soon', target: { type: 'article', id: draft.id } }],
  })
  const { body: comment } = await server.anonymous.post(`/v1/articles/${whole.id}/comments`, {
    author: { name: 'Reader', email: 'r@mail.example' },
    body: 'One',
  })
  await server.anonymous.post(`/v1/articles/${whole.id}/comments`, { author: { name: 'Reader' }, body: 'Two', parentId: comment.id })
  await server.delete(`/v1/comments/${comment.id}`)
  await server.post('/v1/tokens', { name: 'Job', scopes: ['content:read'] })
  for (let index = 0; index < 250; index++) await createShort(server, `Many ${index}`)
})

t.test('all content goes out in a fixed order, and into another database, which answers alike', async (t) => {
  const { stdout } = await broadsheet(source, 'export')
  writeFileSync(file, stdout)
  const records: Json[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const kinds = ['author', 'topic', 'token', 'slug', 'article', 'highlight-list', 'comment']
  t.strictSame([...new Set(records.map(({ kind }) => kind))], kinds)
  for (const kind of kinds) {
    const ids = records.filter((record) => record.kind === kind).map(({ id }) => id)
    t.strictSame(ids, ids.toSorted())
  }

  const target = await emptyDatabase(t)
  const imported = await broadsheet(target, 'import', file)
  t.match(imported.stderr, `${records.length} records read, ${records.length} written`)
  t.equal((await broadsheet(target, 'export')).stdout, stdout, 'byte for byte')
  const copy = await startServer(t, { DATABASE_URL: target })
  const paths = [
    '/v1/articles?count=true',
    '/v1/articles/moved',
    '/v1/articles/moved/comments',
    '/v1/highlight-lists',
    '/v1/topics',
    '/v1/authors',
    '/v1/articles?q=harbour',
    '/v1/articles?topic=child',
  ]
  for (const path of paths) t.equal((await copy.anonymous.get(path)).text, (await server.anonymous.get(path)).text, path)
  t.equal((await copy.anonymous.get('/v1/articles/harbour-reopens-after-storm')).headers.get('location'), '/v1/articles/moved')
  t.equal((await copy.get('/v1/tokens')).body.data.length, 1, 'and makes no token')

  const again = await broadsheet(target, 'import', file)
  t.match(again.stderr, `${records.length} records read, 0 written`)
  t.strictSame(await copy.events(), [], 'what is so already is left alone')
})

t.test('an import that is broken off goes on where it was', async (t) => {
  const lines = readFileSync(file, 'utf8').split('\n')
  const target = await emptyDatabase(t)
  const half = join(folder, 'half.ndjson')
  writeFileSync(half, [...lines.slice(0, 180), '{"kind":"article","id":'].join('\n'))
  await t.rejects(broadsheet(target, 'import', half), { message: /line 181 is no record of an export/ })
  t.equal((await broadsheet(target, 'export')).stdout, `${lines.slice(0, 180).join('\n')}\n`, 'what comes before is in')
  const imported = await broadsheet(target, 'import', file)
  t.match(imported.stderr, /\d+ records read, \d+ written/)
  t.equal((await broadsheet(target, 'export')).stdout, lines.join('\n'))
})

t.test(
  'from one engine to the other and back it is the same, byte for byte',
  { skip: otherDatabase() === null && 'this needs TEST_DATABASE_URL' },
  async (t) => {
    const there = await otherDatabase()?.(t)
    const back = await emptyDatabase(t)
    const there2 = join(folder, 'there.ndjson')
    await broadsheet(there as string, 'import', file)
    writeFileSync(there2, (await broadsheet(there as string, 'export')).stdout)
    await broadsheet(back, 'import', there2)
    t.equal((await broadsheet(back, 'export')).stdout, readFileSync(file, 'utf8'))
  },
)

t.test('a line ends at its line feed alone, and comes from standard input as well', async (t) => {
  const from = await emptyDatabase(t)
  const writer = await startServer(t, { DATABASE_URL: from })
  const separators = 'One\u2028two\u2029three\u0085four'
  const long = `${'A long story. '.repeat(4000)}Ünd`
  for (const texts of [[separators], Array<string>(10).fill(long)])
    await create(writer, { sections: [{ heading: null, body: texts.map((text) => ({ type: 'paragraph', text })) }], highlightLists: [] })
  const { stdout } = await broadsheet(from, 'export')
  t.match(stdout, /\u2028/)
  const target = await emptyDatabase(t)
  const child = spawn(process.execPath, [main, 'import'], { cwd: folder, env: { PATH: process.env.PATH, DATABASE_URL: target } })
  const ended = once(child, 'exit')
  child.stdin.end(stdout.trim().replaceAll('\n', '\r\n\r\n'))
  t.strictSame(await ended, [0, null])
  t.equal((await broadsheet(target, 'export')).stdout, stdout)
})

t.test('an import says which line it can’t take, and which file it can’t read', async (t) => {
  const lines = readFileSync(file, 'utf8').split('\n')
  const target = await emptyDatabase(t)
  const number = lines.findLastIndex((line) => line.startsWith('{"kind":"article"'))
  const changed = (change: (data: Json) => void) => {
    const record = JSON.parse(lines[number] as string)
    change(record.data)
    const changedFile = join(folder, 'changed.ndjson')
    writeFileSync(changedFile, lines.with(number, JSON.stringify(record)).join('\n'))
    return broadsheet(target, 'import', changedFile)
  }
  const message = new RegExp(`line ${number + 1} is no record of an export: `)
  const lacking = changed((data) => {
    delete data.kicker
  })
  await t.rejects(lacking, { message })
  const otherwise = changed((data) => {
    data.sections = 'none'
  })
  await t.rejects(otherwise, { message })
  await t.rejects(broadsheet(target, 'import', join(folder, 'none.ndjson')), { message: /there is no file .*none\.ndjson/ })
  await t.rejects(broadsheet(target, 'import', folder), { message: /is a folder/ })
  t.match((await broadsheet(target, 'import', file)).stderr, `${lines.length - 1} records read`, 'and takes it when it is mended')
  t.equal((await broadsheet(target, 'export')).stdout, lines.join('\n'))
})

t.test('while an import runs a server shows what is in, with its slug taken and its comments counted', async (t) => {
  const from = await emptyDatabase(t)
  const writer = await startServer(t, { DATABASE_URL: from })
  const article = await createShort(writer, 'Under way')
  const { body: comment } = await writer.anonymous.post(`/v1/articles/${article.id}/comments`, { author: { name: 'Reader' }, body: 'One' })
  await writer.anonymous.post(`/v1/articles/${article.id}/comments`, { author: { name: 'Reader' }, body: 'Two' })
  const lines = (await broadsheet(from, 'export')).stdout.trim().split('\n')
  const firstComment = lines.findIndex((line) => line.startsWith('{"kind":"comment"'))

  const target = await emptyDatabase(t)
  const reader = await startServer(t, { DATABASE_URL: target })
  const shown = async () => (await reader.anonymous.get('/v1/articles/under-way')).body
  const importing = (...some: string[]) => {
    const part = join(folder, 'part.ndjson')
    writeFileSync(part, `${some.join('\n')}\n`)
    return broadsheet(target, 'import', part)
  }
  const until = async (isSo: (body: Json) => boolean) => {
    for (let body = await shown(); ; body = await shown()) if (isSo(body)) return body
  }
  await importing(...lines.filter((line) => line.startsWith('{"kind":"slug"')))
  t.equal((await reader.anonymous.get('/v1/articles/under-way')).status, 404)
  t.equal((await reader.get('/v1/articles/under-way?copy=working')).status, 404)
  t.equal((await createShort(reader, 'Under way')).slug, 'under-way-2', 'its slug is kept for it')
  await importing(...lines.slice(0, firstComment))
  t.equal((await until(({ headline }) => headline === 'Under way')).commentCount, 0)
  await importing(lines[firstComment] as string)
  await until(({ commentCount }) => commentCount === 1)
  await importing(...lines)
  await until(({ commentCount }) => commentCount === 2)
  t.equal((await writer.patch(`/v1/comments/${comment.id}`, { status: 'rejected' })).status, 200)
  await importing(...(await broadsheet(from, 'export')).stdout.trim().split('\n'))
  await until(({ commentCount }) => commentCount === 1)
  t.equal((await reader.anonymous.get('/v1/articles/under-way/comments')).body.data.length, 1)
})

t.test('of two records of one id the later one holds', async (t) => {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  for (const kind of ['author', 'topic', 'article', 'comment', 'slug']) {
    const target = await emptyDatabase(t)
    const number = lines.findIndex((line) => line.startsWith(`{"kind":"${kind}"`))
    const record = JSON.parse(lines[number] as string)
    if ('revision' in record.data) record.data.revision++
    const doubled = join(folder, 'doubled.ndjson')
    writeFileSync(doubled, lines.with(number, `${JSON.stringify(record)}\n${lines[number]}`).join('\n'))
    await broadsheet(target, 'import', doubled)
    t.equal((await broadsheet(target, 'export')).stdout, readFileSync(file, 'utf8'), kind)
  }
})

t.test('a line whose texts, id or edition can’t be is no record', async (t) => {
  const target = await emptyDatabase(t)
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findLast((one) => one.startsWith('{"kind":"article"')) as string
  const wrong: [string, (record: Json) => void][] = [
    ['a text in it holds NUL or half a character', (record) => Object.assign(record.data, { headline: 'A\0b' })],
    ['a text in it holds NUL or half a character', (record) => Object.assign(record.data.custom, { a: ['\ud800'] })],
    ['its id is not that of its data', (record) => Object.assign(record, { id: '0190a000-0000-7000-8000-000000000000' })],
    ['its kind is none of author', (record) => Object.assign(record, { kind: 'articles' })],
    ['it has no data', (record) => Object.assign(record, { data: null })],
    ['edition 99 is not among its editions', (record) => Object.assign(record.data, { edition_number: 99 })],
  ]
  for (const [why, change] of wrong) {
    const record = JSON.parse(line)
    change(record)
    const one = join(folder, 'wrong.ndjson')
    writeFileSync(one, JSON.stringify(record))
    await t.rejects(broadsheet(target, 'import', one), { message: new RegExp(`line 1 is no record of an export: ${why}`) })
  }
  const nothing = join(folder, 'nothing.ndjson')
  writeFileSync(nothing, 'null')
  await t.rejects(broadsheet(target, 'import', nothing), { message: /line 1 is no record of an export: its kind is none of author/ })
  t.equal((await broadsheet(target, 'export')).stdout, '')
})

t.test('a slug that another has here stops an import, with the lines', async (t) => {
  const target = await emptyDatabase(t)
  const other = await startServer(t, { DATABASE_URL: target })
  await createShort(other, 'Mine', { slug: 'moved' })
  await t.rejects(broadsheet(target, 'import', file), { message: /lines \d+ to \d+ could not be taken: the slug moved belongs to another article here/ })
  const lost = join(folder, 'lost.ndjson')
  writeFileSync(
    lost,
    readFileSync(file, 'utf8')
      .replace(/^\{"kind":"topic".*\n/gm, '')
      .replace(/^\{"kind":"article".*\n/gm, ''),
  )
  await t.rejects(broadsheet(await emptyDatabase(t), 'import', lost), { message: /lines \d+ to \d+ could not be taken: the slug \S+ belongs to no topic here/ })
})
