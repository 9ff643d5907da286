import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { emptyDatabase } from '../support/database.ts'
import { contentToExport } from '../support/exported.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const { source, folder, file, broadsheet } = await contentToExport(t, 3)
writeFileSync(file, (await broadsheet(source, 'export')).stdout)

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
  const { translation_group, language } = lines.map((line) => (line === '' ? {} : JSON.parse(line).data)).find(({ language }) => language === 'de')
  const translated = changed((data) => Object.assign(data, { translation_group, language }))
  await t.rejects(translated, { message: /the language de is that of another translation here/ })
  await t.rejects(broadsheet(target, 'import', join(folder, 'none.ndjson')), { message: /there is no file .*none\.ndjson/ })
  await t.rejects(broadsheet(target, 'import', folder), { message: /is a folder/ })
  t.match((await broadsheet(target, 'import', file)).stderr, `${lines.length - 1} records read`, 'and takes it when it is mended')
  t.equal((await broadsheet(target, 'export')).stdout, lines.join('\n'))
})

const skip = process.env.TEST_DATABASE_URL ? false : 'SQLite plans without statistics'
t.test('after an import PostgreSQL plans by what is there', { skip }, async (t) => {
  const target = await emptyDatabase(t)
  await broadsheet(target, 'import', file)
  const { database } = await startServer(t, { DATABASE_URL: target })
  const statistics = sql<{ rows: number }>`select reltuples::integer as rows from pg_class where oid = 'articles'::regclass`
  const [articles] = (await statistics.execute(database.read as never)).rows
  const lines = readFileSync(file, 'utf8').split('\n')
  t.equal(articles?.rows, lines.filter((line) => line.startsWith('{"kind":"article"')).length)
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
