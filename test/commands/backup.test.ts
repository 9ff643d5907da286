import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { create, createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const isServer = process.env.TEST_DATABASE_URL !== undefined

t.test(
  'a backup made under load is one moment of the database, whole, and can be served',
  { skip: isServer ? 'a server has its own backups' : false },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'broadsheet-backup-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const url = await emptyDatabase(t)
    const server = await startServer(t, { DATABASE_URL: url })
    const first = await create(server, { status: 'published' })
    for (let index = 0; index < 30; index++) await createShort(server, `Before ${index}`)
    let isDone = false
    let longest = 0
    const writes = (async () => {
      for (let index = 0; !isDone; index++) {
        const began = performance.now()
        await createShort(server, `Meanwhile ${index}`)
        longest = Math.max(longest, performance.now() - began)
      }
    })()
    const target = join(folder, 'backup.db')
    const command = run(t, ['backup', target], { env: { DATABASE_URL: url } })
    t.equal(await command.ends, 0)
    isDone = true
    await writes
    t.match(command.output(), /backup\.db: \d+ rows, \d+ articles and 0 comments among them, checked/)
    t.equal(statSync(target).mode & 0o777, 0o600)
    const restored = await startServer(t, { DATABASE_URL: `sqlite:${target}` })
    t.equal((await restored.anonymous.get(`/v1/articles/${first.id}`)).text, (await server.anonymous.get(`/v1/articles/${first.id}`)).text)
    const headlines = async (one: typeof server) => {
      const { rows } = { rows: await one.database.read.selectFrom('articles').select(['id', 'headline']).orderBy('id').execute() }
      return rows.map(({ headline }) => headline)
    }
    const [all, kept] = [await headlines(server), await headlines(restored)]
    t.ok(kept.length >= 31)
    t.strictSame(kept, all.slice(0, kept.length), 'what was written until then, and nothing of later')
    t.equal((await restored.post('/v1/articles', { headline: 'After' })).status, 201)
  },
)

t.test('a backup takes nothing’s place, and says what is wrong', { skip: isServer ? 'a server has its own backups' : false }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-backup-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const env = { DATABASE_URL: await emptyDatabase(t) }
  const ofNothing = run(t, ['backup', join(folder, 'nothing.db')], { env })
  t.equal(await ofNothing.ends, 1)
  t.match(ofNothing.output(), /There is no database/)
  t.notOk(existsSync(env.DATABASE_URL.slice('sqlite:'.length)), 'and none was made')
  t.equal(await run(t, ['migrate', 'up'], { env }).ends, 0)
  const taken = join(folder, 'taken.db')
  writeFileSync(taken, 'precious')
  const command = run(t, ['backup', taken], { env })
  t.equal(await command.ends, 1)
  t.match(command.output(), /is there already/)
  t.equal(statSync(taken).size, 8)
  const nowhere = run(t, ['backup', join(folder, 'no', 'such', 'folder.db')], { env })
  t.equal(await nowhere.ends, 1)
  t.notMatch(nowhere.output(), /at .*\.ts:/)
  const usage = run(t, ['backup'], { env })
  t.equal(await usage.ends, 2)
  t.match(usage.output(), 'broadsheet backup FILE')
})

t.test('on a server’s database it says what to use instead', { skip: isServer ? false : 'the suite runs on files' }, async (t) => {
  const command = run(t, ['backup', 'x.dump'], { env: { DATABASE_URL: await emptyDatabase(t) } })
  t.equal(await command.ends, 1)
  t.match(command.output(), /pg_dump[\s\S]*pg_restore/)
})
