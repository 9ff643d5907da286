import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import { connect } from '../../src/database/connect.ts'
import type { Database } from '../../src/database/handles.ts'
import { migrate, migrationStatus, revertLast } from '../../src/database/migrate.ts'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { type Json, type Server, startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'

/** Takes back a migration, and those after it. */
async function revertThrough(database: Database, name: string): Promise<void> {
  for (let reverted = await revertLast(database); reverted !== name; reverted = await revertLast(database))
    if (reverted === null) throw new Error(`${name} was not applied`)
}

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
  await revertThrough(database, '0006-marked-search.ts')
  await migrate(database)
  t.strictSame(await answers(await startServer(t, { DATABASE_URL: url })), found)
})

t.test('what stands beside a text is found, also of stories that were there before it was', async (t) => {
  const url = await emptyDatabase(t)
  const before = await startServer(t, { DATABASE_URL: url })
  const picture = (alt: string) => ({ url: 'https://media.example/a.jpg', alt })
  const beside = { slugline: 'quay-fire', dateline: 'LEITH, 3 May', leadImage: picture('Smoke'), seo: { title: 'Harbour blaze', image: picture('Flames') } }
  await createShort(before, 'One', {
    ...beside,
    sections: [
      {
        body: [
          { type: 'image', image: picture('Engines') },
          { type: 'code', code: 'hose.unroll()' },
        ],
      },
    ],
  })
  const noted = await createShort(before, 'Two', { ...beside, editorNote: 'Ask Nora' })
  const draft = await createShort(before, 'Four', { status: 'draft' })
  const related = [{ relation: 'related', text: 'Osprey', target: { type: 'article', id: draft.id } }]
  const relating = await createShort(before, 'Five', { related, corrections: [{ text: 'Heron' }] })
  await createShort(before, 'Three', { ...beside, editorNote: 'Ask Nora', status: 'draft', sections: [{ body: [{ type: 'paragraph', text: 'Smoke' }] }] })
  const words = [
    '"quay fire"',
    'leith',
    'smoke',
    'engines',
    '"harbour blaze"',
    'flames',
    '"ask nora"',
    'nora smoke',
    'one',
    '"smoke engines"',
    'osprey',
    'heron',
    'hose',
  ]
  const paths = words.flatMap((q) => ['', '&copy=working'].map((copy) => `/v1/articles?count=true&q=${encodeURIComponent(q)}${copy}`))
  const answers = (server: Server) => Promise.all(paths.map(async (path) => (await server.get(path)).body))
  const found = await answers(before)
  t.strictSame(
    found.map(({ data }) => data.length),
    [2, 3, 2, 3, 2, 3, 1, 1, 2, 3, 2, 3, 0, 2, 0, 2, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1],
  )
  const database = connect(url)
  t.teardown(() => database.close())
  const bodies = async () => (await database.read.selectFrom('search_rows').select('body').orderBy('copy').orderBy('number').execute()).map(({ body }) => body)
  const own = await bodies()
  await revertThrough(database, '0028-words-beside.ts')
  t.strictSame((await bodies()).toSorted(), ['', '', '', '', 'Heron', 'Osprey\nHeron', 'Smoke'])
  await database.transaction({ actor: null, requestId: null }, async (tx) => {
    await tx.updateTable('search_rows').set({ body: 'Osprey\nHeron' }).where('body', '=', 'Heron').execute()
    await tx.deleteFrom('search_rows').where('copy', '=', 'working').where('article_id', 'in', [noted.id, relating.id]).execute()
  })
  await migrate(database)
  t.strictSame((await bodies()).toSorted(), own.toSorted())
  t.strictSame(await answers(await startServer(t, { DATABASE_URL: url })), found)
})

t.test('what stories say is their address has one form, also of those that were there before', async (t) => {
  const url = await emptyDatabase(t)
  const before = await startServer(t, { DATABASE_URL: url })
  const { id } = await createShort(before, 'There', { canonicalUrl: '/a', aliases: ['/it-s'] })
  const linking = await createShort(before, 'Linking', { sections: [{ body: [{ type: 'paragraph', text: '[x](https://news.example/b?q=it-s)' }] }] })
  const database = connect(url)
  t.teardown(() => database.close())
  const nobody = { actor: null, requestId: null }
  await revertThrough(database, '0029-own-addresses.ts')
  for (const [written, found] of [
    ['/other/%7E%c3%A9#top', '/other/~%C3%A9'],
    ['HTTPS://www.News.Example:443', 'news.example/'],
    ['http://news.example/it%27s?b=1&a=%20', "news.example/it's?b=1&a=%20"],
  ] as const) {
    await database.transaction(nobody, async (tx) => {
      await tx.updateTable('public_articles').set({ canonical_url: written }).where('article_id', '=', id).execute()
      await tx.updateTable('article_aliases').set({ path: '/it%27s' }).execute()
      await tx.updateTable('text_links').set({ query: '?q=it%27s' }).execute()
    })
    await migrate(database)
    t.match(await database.read.selectFrom('public_articles').select(['canonical_url', 'own_address']).where('article_id', '=', id).execute(), [
      { canonical_url: written, own_address: found },
    ])
    t.match(await database.read.selectFrom('article_aliases').select('path').execute(), [{ path: "/it's" }])
    const links = await database.read.selectFrom('text_links').select('query').where('article_id', '=', linking.id).execute()
    t.strictSame(
      links.map(({ query }) => query),
      ["?q=it's", "?q=it's"],
    )
    await revertThrough(database, '0029-own-addresses.ts')
  }
  await migrate(database)
})

t.test('items that lead to an address link to its story, also of stories that were there before', async (t) => {
  const url = await emptyDatabase(t)
  const before = await startServer(t, { DATABASE_URL: url })
  const { id } = await createShort(before, 'Led to')
  const target = { type: 'url', url: 'https://news.example/led-to' }
  await createShort(before, 'Leading', { related: [{ relation: 'related', text: 'There', target }], highlightLists: [{ items: [{ text: 'There', target }] }] })
  await createShort(before, 'In a draft', { status: 'draft', related: [{ relation: 'related', text: 'There', target }] })
  const answers = (server: Server) => Promise.all(['', '?copy=working'].map(async (more) => (await server.get(`/v1/articles/${id}/links${more}`)).body))
  const found = await answers(before)
  t.strictSame(
    found.map(({ data }) => data.length),
    [2, 3],
  )
  const database = connect(url)
  t.teardown(() => database.close())
  await revertThrough(database, '0030-links-of-items.ts')
  t.strictSame(await database.read.selectFrom('text_links').selectAll().execute(), [])
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

t.test('a migration that is changed after it was applied stops the start, and says which', async (t) => {
  const url = await emptyDatabase(t)
  const database = connect(url)
  t.teardown(() => database.close())
  await migrate(database)
  const nobody = { actor: null, requestId: null }
  await database.transaction(nobody, async (tx) => {
    await tx.updateTable('migration_checksums').set({ checksum: 'another' }).where('name', '=', '0002-revisions.ts').execute()
  })
  await t.rejects(migrate(database), /0002-revisions\.ts/)
  const server = run(t, ['serve'], { env: { DATABASE_URL: url, PORT: '0' } })
  t.equal(await server.ends, 1)
  t.match(server.output(), /^migrations were changed after they had been applied to this database: 0002-revisions\.ts/m)
  await database.transaction(nobody, async (tx) => {
    await tx.deleteFrom('migration_checksums').execute()
  })
  t.strictSame(await migrate(database), [], 'one of before checksums were kept gets its own')
  t.equal((await database.read.selectFrom('migration_checksums').selectAll().execute()).length, (await migrationStatus(database)).length)
})

t.test('a database made by version 0.1.0 is served', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-old-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'content.db')
  writeFileSync(file, gunzipSync(readFileSync(new URL('0.1.0.db.gz', import.meta.url))))
  const server = await startServer(t, { DATABASE_URL: `sqlite:${file}` })
  const harbour = await server.anonymous.get('/v1/articles/harbour')
  t.match(harbour.body, { headline: 'Harbour reopens after storm', kicker: 'Oakmere', commentCount: 2 })
  t.match((await server.get('/v1/articles/harbour?copy=working')).body, { kicker: 'Not out yet', hasUnpublishedChanges: true })
  t.equal((await server.anonymous.get('/v1/articles/ferries')).headers.get('location'), '/v1/articles/ferries-wait')
  t.match((await server.anonymous.get('/v1/articles/ferries-wait')).body.related[0].target.article, { slug: 'harbour' })
  t.equal((await server.anonymous.get('/v1/articles/down')).status, 451)
  t.equal((await server.anonymous.get('/v1/articles/trash')).status, 410)
  t.match((await server.get('/v1/articles/planned?copy=working')).body, { status: 'scheduled', schedule: { publish: { revision: null } } })
  const comments = (await server.anonymous.get('/v1/articles/harbour/comments')).body.data
  t.strictSame(
    comments.map(({ bodyHtml, replyCount }: Json) => [bodyHtml, replyCount]),
    [
      ['<p>Good <em>news</em>.</p>', 1],
      ['<p>I agree.</p>', 0],
    ],
  )
  t.equal((await server.anonymous.get('/v1/highlight-lists/top-stories')).body.items.length, 1)
  t.equal((await server.anonymous.get('/v1/articles?q=storm')).body.data.length, 2)
  t.equal((await server.get('/v1/articles/harbour/preview-links')).status, 200)
  t.ok((await server.get('/v1/events?limit=100')).body.data.length > 20)
  t.equal((await server.post('/v1/articles/harbour/publish')).body.hasUnpublishedChanges, false, 'and goes on')
})

t.test('what goes with a row is found by an index, not by reading its whole table', async (t) => {
  const { database } = await startServer(t)
  const { rows } = await (process.env.TEST_DATABASE_URL
    ? sql`select c.conrelid::regclass::text as name from pg_constraint c
          where c.contype = 'f' and c.connamespace = current_schema()::regnamespace
          and not exists (select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`
    : sql`select tables.name from sqlite_master tables, pragma_foreign_key_list(tables.name) reference
          where tables.type = 'table' and reference.seq = 0
          and not exists (select 1 from pragma_index_list(tables.name) list, pragma_index_info(list.name) part where part.seqno = 0 and part.name = reference."from")`
  ).execute(database.read as unknown as Kysely<unknown>)
  t.strictSame(rows, [])
})
