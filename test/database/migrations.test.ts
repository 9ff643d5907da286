import t from 'tap'
import { connect } from '../../src/database/connect.ts'
import { migrate, migrationStatus, revertLast } from '../../src/database/migrate.ts'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

t.test('each migration goes up, down and up again', async (t) => {
  const database = connect(await emptyDatabase(t))
  t.teardown(() => database.close())
  const names = await migrate(database)
  t.ok(names.length > 0)
  t.strictSame(await migrate(database), [])
  t.ok((await migrationStatus(database)).every(({ appliedAt }) => appliedAt !== null))
  for (const name of names.toReversed()) t.equal(await revertLast(database), name)
  t.equal(await revertLast(database), null)
  t.ok((await migrationStatus(database)).every(({ appliedAt }) => appliedAt === null))
  t.strictSame(await migrate(database), names)
})

t.test('an index of the full text that is made anew finds what it found before', async (t) => {
  const url = await emptyDatabase(t)
  const before = await startServer(t, { DATABASE_URL: url })
  await createShort(before, 'Storm over Große Straße', { standfirst: 'Ferries wait' })
  await createShort(before, 'Ferries', { standfirst: 'A storm came over', status: 'draft' })
  await createShort(before, 'Trains', { sections: [{ heading: 'Storm over', body: [{ type: 'paragraph', text: 'Ferries wait § ± still' }] }] })
  const paths = ['storm', '"storm over"', 'grosse', 'ferries', 'ferr*', '"ferries wait still"', '"over ferries"', 'trains storm'].flatMap((q) =>
    ['', '&copy=working'].map((copy) => `/v1/articles?count=true&q=${encodeURIComponent(q)}${copy}`),
  )
  const answers = (server: Server) => Promise.all(paths.map(async (path) => (await server.get(path)).body))
  const found = await answers(before)
  const database = connect(url)
  t.teardown(() => database.close())
  while ((await revertLast(database)) !== '0006-marked-search.ts') t.pass('and those after it')
  await migrate(database)
  t.strictSame(await answers(await startServer(t, { DATABASE_URL: url })), found)
})

t.test('several processes that migrate at once migrate once', async (t) => {
  const url = await emptyDatabase(t)
  const databases = [1, 2, 3, 4].map(() => connect(url))
  t.teardown(() => Promise.all(databases.map((database) => database.close())))
  const applied = await Promise.all(databases.map((database) => migrate(database)))
  t.equal(applied.filter((names) => names.length > 0).length, 1)
})

t.test('the command line says what is applied', async (t) => {
  const env = { DATABASE_URL: await emptyDatabase(t) }
  const says = async (...args: string[]) => {
    const command = run(t, ['migrate', ...args], { env })
    await command.ends
    return command.output()
  }
  t.match(await says('status'), /^0001-content\.ts {2}not applied$/m)
  t.match(await says('up'), 'applied 0001-content.ts')
  t.match(await says('up'), 'nothing to apply')
  t.match(await says('status'), /^0001-content\.ts {2}\d{4}-/m)
  t.match(await says('down'), 'took back')
  t.match(await says('sideways'), 'migrate status|up|down')
})
