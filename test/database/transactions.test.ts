import { sql } from 'kysely'
import t from 'tap'
import { prepared } from '../../src/database/prepared.ts'
import { startServer } from '../support/server.ts'

const latest = prepared<{ id: string }, { seq: number }>((db, { id }) => db.selectFrom('events').select('seq').where('subject_id', '=', id))
const nobody = { actor: null, requestId: null }

t.test('what violates a constraint that no code looked for is a 409, and changes nothing', async (t) => {
  const server = await startServer(t)
  await server.database.transaction(nobody, async (tx) => void (await sql`create unique index authors_once on authors (name_key)`.execute(tx)))
  t.equal((await server.post('/v1/authors', { name: 'Ada Berg' })).status, 201)
  await server.events()
  const second = await server.post('/v1/authors', { name: 'Ada Berg', slug: 'another' })
  t.equal(second.status, 409)
  t.equal(second.body.type, '/problems/conflict')
  t.notMatch(second.text, /unique|constraint|authors_once|name_key/i)
  t.strictSame(await server.events(), [])
  t.equal((await server.get('/v1/authors')).body.data.length, 1)
})

t.test('a query after its transaction has ended is an error, and no part of another’s', async (t) => {
  const server = await startServer(t)
  const leaked = await server.database.transaction(nobody, async (tx) => ({ tx }))
  const late = () => leaked.tx.insertInto('settings').values({ name: 'late', value: 'x' }).execute()
  await t.rejects(late(), /already committed/)
  await t.rejects(
    server.database.transaction(nobody, async () => {
      await latest(leaked.tx.read, { id: 'x' })
    }),
    /already committed/,
    'one that is answered at once, too',
  )
  await t.rejects(
    server.database.transaction(nobody, async () => {
      await late()
    }),
    /already committed/,
  )
  t.strictSame(await server.database.read.selectFrom('settings').select('name').where('name', '=', 'late').execute(), [])
})
