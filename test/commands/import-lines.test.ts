import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyDatabase } from '../support/database.ts'
import { contentToExport } from '../support/exported.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const { source, folder, file, broadsheet } = await contentToExport(t, 3)
writeFileSync(file, (await broadsheet(source, 'export')).stdout)

t.test('of two records of one id the later one holds', async (t) => {
  const target = await emptyDatabase(t)
  const kinds = ['author', 'topic', 'article', 'comment', 'slug']
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const earlier = (line: string) => {
    const record = JSON.parse(line)
    if ('revision' in record.data) record.data.revision++
    return JSON.stringify(record)
  }
  const first = new Set(kinds.map((kind) => lines.findIndex((line) => line.startsWith(`{"kind":"${kind}"`))))
  t.equal(first.size, kinds.length)
  t.notOk(first.has(-1))
  const doubled = join(folder, 'doubled.ndjson')
  writeFileSync(doubled, lines.flatMap((line, number) => (first.has(number) ? [earlier(line), line] : [line])).join('\n'))
  await broadsheet(target, 'import', doubled)
  t.equal((await broadsheet(target, 'export')).stdout, readFileSync(file, 'utf8'))
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

t.test('an old address that another has here stops an import, with the lines', async (t) => {
  const target = await emptyDatabase(t)
  const other = await startServer(t, { DATABASE_URL: target })
  await createShort(other, 'Has it', { aliases: ['/?p=7'] })
  const why = { message: /lines \d+ to \d+ could not be taken: the address \/\?p=7 belongs to another article here/ }
  await t.rejects(broadsheet(target, 'import', file), why)
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
