import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { emptyDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

const skip = process.env.TEST_DATABASE_URL ? false : 'only a server refuses connections'

t.test('a server that lets no more connections in is out of reach: 503 with Retry-After, and back as soon as it does', { skip }, async (t) => {
  const url = await emptyDatabase(t)
  const operator = new pg.Client({ connectionString: url })
  await operator.connect()
  const role = `refused_${randomUUID().replaceAll('-', '')}`
  await operator.query(`create role ${role} login superuser`)
  t.teardown(async () => {
    await operator.query(`drop owned by ${role}`)
    await operator.query(`drop role ${role}`)
    await operator.end()
  })
  const own = new URL(url)
  own.username = role
  await t.test('while it serves', async (t) => {
    const server = await startServer(t, { DATABASE_URL: own.href })
    await createShort(server, 'Before')
    await operator.query(`alter role ${role} nologin`)
    await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
    const read = await server.anonymous.get('/v1/articles?limit=3&q=before')
    const write = await server.post('/v1/articles', { headline: 'Meanwhile' })
    for (const answer of [read, write]) {
      t.equal(answer.status, 503)
      t.equal(answer.body.type, '/problems/unavailable')
      t.ok(answer.headers.has('retry-after'))
    }
    t.equal((await server.get('/health/ready')).status, 503)
    await operator.query(`alter role ${role} login`)
    await createShort(server, 'After')
    t.strictSame((await server.get('/health/ready')).body, { status: 'ok' })
  })
})
