import { sql } from 'kysely'
import t from 'tap'
import { prepared } from '../../src/database/prepared.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'

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

t.test('the words of a change that is taken back aren’t found, and those of its neighbours are', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Petrels')
  const words = (headline: string) => ({ headline, secondary: '', body: '' })
  const failing = (headline: string) =>
    server.database.transaction(nobody, async (tx) => {
      tx.insert('search_rows', [{ copy: 'working', number: 1, article_id: id, ...words(headline) }])
      tx.engine.writeSearch(tx, 'working', new Map([[1, words(headline)]]))
      throw new Error('taken back')
    })
  const ends = await Promise.allSettled([failing('gannets'), createShort(server, 'Terns'), failing('skuas'), createShort(server, 'Auks'), failing('fulmars')])
  t.strictSame(
    ends.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
  )
  const found = async (q: string, copy = '') => (await server.get(`/v1/articles?q=${q}${copy}`)).body.data.map(({ headline }: Json) => headline)
  for (const word of ['gannets', 'skuas', 'fulmars']) t.strictSame(await found(word, '&copy=working'), [])
  for (const word of ['petrels', 'terns', 'auks']) t.equal((await found(word)).length, 1, word)
  // A story that takes the place in the index is found by its own words alone.
  await server.database.transaction(nobody, async (tx) => {
    tx.insert('search_rows', [{ copy: 'working', number: 1, article_id: id, ...words('puffins') }])
    tx.engine.writeSearch(tx, 'working', new Map([[1, words('puffins')]]))
  })
  t.strictSame(await found('puffins', '&copy=working'), ['Petrels'])
  t.strictSame(await found('fulmars', '&copy=working'), [])
})
