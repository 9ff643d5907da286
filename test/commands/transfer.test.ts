import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyDatabase, otherDatabase } from '../support/database.ts'
import { contentToExport, main } from '../support/exported.ts'
import { type Json, startServer } from '../support/server.ts'
import { create } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const { source, server, folder, file, broadsheet } = await contentToExport(t, 250)

t.test('all content goes out in a fixed order, and into another database, which answers alike', async (t) => {
  const { stdout } = await broadsheet(source, 'export')
  writeFileSync(file, stdout)
  const records: Json[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const kinds = ['author', 'topic', 'token', 'slug', 'article', 'highlight-list', 'site', 'comment']
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
    '/v1/articles/verschoben',
    '/v1/articles?language=de&fallback=en',
    '/v1/articles/moved/comments',
    '/v1/articles/moved/links?count=true',
    '/v1/redirects',
    '/v1/highlight-lists',
    '/v1/topics',
    '/v1/authors',
    '/v1/site',
    '/v1/articles?q=harbour',
    '/v1/articles?topic=child',
  ]
  for (const path of paths) t.equal((await copy.anonymous.get(path)).text, (await server.anonymous.get(path)).text, path)
  t.equal((await copy.anonymous.get('/v1/articles/harbour-reopens-after-storm')).headers.get('location'), '/v1/articles/moved')
  t.equal((await copy.get('/v1/tokens')).body.data.length, 1, 'and makes no token')
  for (const path of [
    '/v1/articles?q=call+board&copy=working&count=true',
    '/v1/highlight-lists?copy=working',
    '/v1/highlight-lists/top/revisions',
    '/v1/topics/parent/revisions',
    '/v1/site/revisions',
  ])
    t.equal((await copy.get(path)).text, (await server.get(path)).text, path)
  t.match((await copy.get('/v1/highlight-lists?copy=working&slug=top')).body.data[0], { title: 'Top at six', schedule: { publish: { revision: null } } })
  t.equal((await copy.anonymous.get('/v1/highlight-lists/not-out-yet')).status, 404)

  t.equal((await copy.get('/v1/articles/verschoben?copy=working')).text, (await server.get('/v1/articles/verschoben?copy=working')).text)

  const eventOf = async (id: string) => (await copy.get(`/v1/events?subject=${id}`)).body.data[0]
  for (const { id, data } of records.filter(({ kind }) => kind === 'comment'))
    t.ok((await eventOf(id)).keys.includes(`comments:${data.article_id}`), 'whoever keeps the story’s comments is told')
  const [german, original] = await Promise.all(['verschoben', 'moved'].map(async (slug) => (await copy.get(`/v1/articles/${slug}?copy=working`)).body.id))
  t.strictSame((await eventOf(german)).data, { imported: true, translations: [original] })
  t.ok((await eventOf(german)).keys.includes(`article:${original}`), 'which shows its translations')

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

t.test('a story with changes that aren’t public is found by its new words in its working copy alone', async (t) => {
  const from = await emptyDatabase(t)
  const editors = await startServer(t, { DATABASE_URL: from })
  const made = await create(editors, {
    status: 'published',
    highlightLists: [],
    sections: [{ heading: 'One', body: [{ type: 'paragraph', text: 'The old heron' }] }],
  })
  await editors.patch(`/v1/articles/${made.id}/sections/${made.sections[0].id}`, { body: [{ type: 'paragraph', text: 'The young osprey' }] })
  const pending = join(folder, 'pending.ndjson')
  writeFileSync(pending, (await broadsheet(from, 'export')).stdout)
  const target = await emptyDatabase(t)
  await broadsheet(target, 'import', pending)
  const copy = await startServer(t, { DATABASE_URL: target })
  const found = async (query: string) => (await copy.get(`/v1/articles?${query}`)).body.data.length
  t.strictSame([await found('copy=working&q=osprey'), await found('q=osprey'), await found('q=heron')], [1, 0, 1])
})
