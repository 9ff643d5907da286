import { sql } from 'kysely'
import { prepared } from '../../src/database/prepared.ts'
import { type Json, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

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

t.test('nor does anything else come into another’s commit, or get lost, after its transaction has ended', async (t) => {
  const server = await startServer(t)
  const { tx } = await server.database.transaction(nobody, async (tx) => ({ tx }))
  const texts = { headline: 'late', secondary: '', body: '' }
  const late: Record<string, () => unknown> = {
    'words of the full text': () => tx.engine.writeSearch(tx, 'working', new Map([[1, texts]])),
    'words that are removed': () => tx.engine.removeSearch(tx, 'working', 1),
    'an event': () => tx.append({ type: 'topic.updated', subject: { type: 'topic', id: 'x' } }),
    'a count': () => tx.count('topic', 'x', 1),
    'a month': () => tx.noteMonth({ month: '2026-05', stories: 1 }),
    'a lock': () => tx.lock(['topics']),
    rows: () => tx.insert('settings', [{ name: 'late', value: 'x' }]),
    'a change of a row': () => tx.update('settings', ['name', 'opened-at'], { value: 'x' }),
    'what was put off': () => tx.runLate(),
    'a mark': () => tx.mark(),
  }
  for (const [name, work] of Object.entries(late)) t.throws(work, /the change is over/, name)
  await t.rejects(tx.confirm(), /the change is over/)
  await t.rejects(
    tx.attempt(async () => {}),
    /the change is over/,
  )
  t.strictSame(await server.events(), [])
})

t.test('the words of a change that is taken back aren’t found, whichever others share its transaction', async (t) => {
  const server = await startServer(t)
  const { id } = await createShort(server, 'Petrels')
  const words = (headline: string) => ({ headline, secondary: '', body: '' })
  const failing = (headline: string) =>
    server.database.transaction(nobody, async (tx) => {
      tx.insert('search_rows', [{ copy: 'working', number: 1, article_id: id, ...words(headline) }])
      tx.engine.writeSearch(tx, 'working', new Map([[1, words(headline)]]))
      throw new Error('taken back')
    })
  const passing = (name: string) => server.database.transaction(nobody, async (tx) => tx.insert('settings', [{ name, value: '' }]))
  // Those that begin at once share a transaction, behind savepoints.
  const ends = await Promise.allSettled([failing('gannets'), passing('one'), failing('skuas'), passing('two'), failing('fulmars')])
  t.strictSame(
    ends.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
  )
  const found = async (q: string, copy = '') => (await server.get(`/v1/articles?q=${q}${copy}`)).body.data.map(({ headline }: Json) => headline)
  t.equal((await found('petrels')).length, 1)
  // A row in the place of theirs has no words in the index yet, so it is found by any that they have left there.
  await server.database.transaction(nobody, async (tx) => tx.insert('search_rows', [{ copy: 'working', number: 1, article_id: id, ...words('puffins') }]))
  for (const word of ['gannets', 'skuas', 'fulmars']) t.strictSame(await found(word, '&copy=working'), [], word)
})
