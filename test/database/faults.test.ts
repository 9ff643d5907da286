import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import type { Test } from 'tap'
import { checkpointer } from '../../src/database/sqlite-checkpoint.ts'
import { run } from '../support/command.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const skip = process.env.TEST_DATABASE_URL ? 'these are faults of a file' : false
const token = 'faults-admin-token-0123456789-abcdef'
const nobody = { actor: null, requestId: null }

/** A folder that ends with the test. */
function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-faults-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('a server that is stopped leaves one complete file', { skip }, async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'data', 'content.db')
  const server = run(t, ['serve'], { env: { PORT: '0', DATABASE_URL: `sqlite:${file}`, ADMIN_TOKEN: token, LOG_LEVEL: 'silent' } })
  const [, base] = await server.sees(/answers on (\S+)/)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const write = await fetch(`${base}/v1/articles`, { method: 'POST', headers, body: JSON.stringify({ headline: 'Kept', status: 'published' }) })
  t.equal(write.status, 201)
  // Reads and watches have connections of their own.
  for (const path of ['/v1/articles', '/v1/articles/kept', '/health/ready']) t.equal((await fetch(`${base}${path}`)).status, 200)
  t.equal(statSync(join(folder, 'data')).mode & 0o777, 0o700, 'the folder is its owner’s alone')
  for (const name of readdirSync(join(folder, 'data'))) t.equal(statSync(join(folder, 'data', name)).mode & 0o777, 0o600, name)
  server.child.kill('SIGTERM')
  t.equal(await server.ends, 0)
  t.strictSame(readdirSync(join(folder, 'data')), ['content.db'])
  copyFileSync(file, join(folder, 'copy.db'))
  const copy = new Sqlite(join(folder, 'copy.db'))
  t.equal(copy.prepare('select headline from articles').pluck().get(), 'Kept')
  copy.close()
})

t.test('a log that a killed process has left is written home, and begun anew by the first change', { skip }, async (t) => {
  const folder = folderOf(t)
  const [left, file] = [join(folder, 'left.db'), join(folder, 'content.db')]
  const killed = new Sqlite(left)
  killed.pragma('journal_mode = WAL')
  killed.pragma('wal_autocheckpoint = 0')
  killed.exec('create table ballast (text text)')
  const insert = killed.prepare('insert into ballast values (?)')
  for (let count = 0; count < 10; count++) insert.run('x'.repeat(1_000_000))
  for (const end of ['', '-wal']) copyFileSync(left + end, file + end)
  killed.close()
  t.ok(statSync(`${file}-wal`).size > 8_000_000)
  t.ok(statSync(file).size < 1_000_000)
  const server = await startServer(t, { DATABASE_URL: `sqlite:${file}` })
  await createShort(server, 'After it')
  t.ok(statSync(file).size > 8_000_000, 'it is in the file')
  const before = statSync(`${file}-wal`).size
  await createShort(server, 'And another')
  t.equal(statSync(`${file}-wal`).size, before, 'the log doesn’t grow')
})

t.test('a log begins anew while much is written, rather than grow', { skip }, async (t) => {
  const file = join(folderOf(t), 'content.db')
  const server = await startServer(t, { DATABASE_URL: `sqlite:${file}` })
  await createShort(server, 'The first')
  // The salt of its header is another one each time that it begins (https://sqlite.org/walformat.html).
  const salt = () => readFileSync(`${file}-wal`).subarray(16, 24).toString('hex')
  const [before, { counts }] = [salt(), server.database.engine]
  // Several at once, so that none finds the log at rest.
  await Promise.all(
    Array.from({ length: 4 }, async (_, writer) => {
      for (let batch = 0; salt() === before && counts.statements < 60_000; batch++) {
        const headlines = Array.from({ length: 50 }, (_, index) => `Story ${writer} ${batch} ${index}`)
        const operations = headlines.map((headline) => ({ method: 'POST', path: '/v1/articles', body: { headline, status: 'published' } }))
        t.equal((await server.post('/v1/batch', { operations })).status, 200)
      }
    }),
  )
  t.not(salt(), before, `after ${counts.statements} statements`)
})

t.test('a checkpoint whose thread fails harms nobody, and the next one is tried again', { skip }, async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'later.db')
  mkdirSync(file)
  const checkpoints = checkpointer(file)
  checkpoints.start()
  await checkpoints.done()
  rmSync(file, { recursive: true })
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  database.exec('create table ballast (text text)')
  database.prepare('insert into ballast values (?)').run('x'.repeat(100_000))
  checkpoints.start()
  await checkpoints.done()
  t.ok(statSync(file).size > 100_000)
  await checkpoints.close()
  database.close()
})

t.test('a disk that is full makes writes a 503 and readiness degraded, and neither ends the process nor outlasts it', { skip }, async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Before')
  const pages = async (change: (used: number) => number) => {
    // The connection that writes may have no more pages than these.
    await server.database.transaction(nobody, async (tx) => {
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(tx)
      await sql`pragma max_page_count = ${sql.lit(change(rows[0]?.page_count ?? 0))}`.execute(tx)
    })
  }
  await pages((used) => used)
  const body = { headline: 'Too much', sections: [{ body: [{ type: 'paragraph', text: 'x'.repeat(60_000) }] }] }
  await server.events()
  const refused = await Promise.all(Array.from({ length: 5 }, () => server.post('/v1/articles', body)))
  for (const answer of refused) {
    t.equal(answer.status, 503)
    t.equal(answer.body.type, '/problems/unavailable')
    t.match(answer.headers.get('retry-after'), /^\d+$/)
    t.notMatch(answer.text, /sqlite|disk/i)
  }
  t.strictSame(await server.events(), [])
  t.equal((await server.anonymous.get(`/v1/articles/${id}`)).status, 200)
  t.strictSame((await server.anonymous.get('/health/ready')).body, { status: 'degraded' })
  await pages(() => 1_000_000)
  t.equal((await server.post('/v1/articles', body)).status, 201)
  t.strictSame((await server.anonymous.get('/health/ready')).body, { status: 'ok' })
})

t.test('a database that can’t be written is said at the start, and what is published is served', { skip }, async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'content.db')
  const env = { PORT: '0', DATABASE_URL: `sqlite:${file}`, ADMIN_TOKEN: token, LOG_LEVEL: 'silent' }
  const first = run(t, ['serve'], { env })
  const [, base] = await first.sees(/answers on (\S+)/)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const write = (at: string | undefined) =>
    fetch(`${at}/v1/articles`, { method: 'POST', headers, body: JSON.stringify({ headline: 'Kept', status: 'published' }) })
  t.equal((await write(base)).status, 201)
  first.child.kill('SIGTERM')
  await first.ends
  // As it would be on a disk that went read-only; the superuser could write anything.
  const isRoot = process.getuid?.() === 0
  chmodSync(file, 0o400)
  if (isRoot) for (const path of [file, folder]) chownSync(path, 65_534, 65_534)
  const server = run(t, ['serve'], { env, cwd: folder, ...(isRoot ? { uid: 65_534 } : {}) })
  const [said = ''] = await server.sees(/can’t be written now[\s\S]*503/)
  t.match(said, /read-?only|readonly/i)
  const [, again] = await server.sees(/answers on (\S+)/)
  t.equal((await fetch(`${again}/v1/articles/kept`)).status, 200)
  const refused = await write(again)
  t.equal(refused.status, 503)
  t.ok(refused.headers.get('retry-after'))
  t.strictSame(await (await fetch(`${again}/health/ready`)).json(), { status: 'degraded' })
})

t.test('one change waits for another process’s lock, and reads don’t', { skip }, async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'content.db')
  const server = await startServer(t, { DATABASE_URL: `sqlite:${file}` })
  const { id } = await createShort(server, 'Readable')
  const other = new Sqlite(file)
  t.teardown(() => other.close())
  other.exec('begin immediate')
  let written = 0
  const writes = Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const answer = await server.post('/v1/articles', { headline: `Waits ${index}` })
      written++
      return answer.status
    }),
  )
  // Reads past memory, which all need the event loop.
  for (let index = 0; index < 50; index++) t.equal((await server.get(`/v1/articles?copy=working&ids=${id}`)).status, 200)
  t.equal(written, 0)
  other.exec('commit')
  t.strictSame(await writes, Array(16).fill(201))
})

t.test('a read whose snapshot can’t be ended harms no one else', { skip }, async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Steady')
  await t.rejects(
    server.database.snapshot(async (read) => {
      // Ends the snapshot under its holder, as SQLite does itself when a disk fails.
      await sql`commit`.execute(read as never)
      await read
        .selectFrom('no_such_table' as 'articles')
        .selectAll()
        .execute()
    }),
  )
  for (let index = 0; index < 10; index++) t.equal((await server.get(`/v1/articles?copy=working&ids=${id}`)).status, 200)
})
