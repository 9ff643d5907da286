import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

type Row = { id: string; external_id: string }

const tables = ['articles', 'comments'] as const
const named = ['authors', 'topics'] as const
const wellFormed = /^[A-Za-z0-9:._/-]{1,200}$/

/** An id with letters, digits and `:._/-` alone, with room for a number behind it. */
const wellFormedOf = (externalId: string) => externalId.replaceAll(/[^A-Za-z0-9:._/-]+/g, '-').slice(0, 180) || 'unnamed'

/** Brings the ids of a table to the characters that an address takes, and numbers those that are there twice: the oldest keeps its own. */
async function makeUnique(db: Kysely<unknown>, table: string): Promise<void> {
  const suspects = sql<Row>`select id, external_id from ${sql.table(table)} where external_id is not null order by id`
  const taken = new Set<string>()
  const others: Row[] = []
  for (const row of (await suspects.execute(db)).rows) {
    if (wellFormed.test(row.external_id) && !taken.has(row.external_id)) taken.add(row.external_id)
    else others.push(row)
  }
  for (const { id, external_id } of others) {
    const base = wellFormedOf(external_id)
    let unique = base
    for (let number = 2; taken.has(unique); number++) unique = `${base}:${number}`
    taken.add(unique)
    await sql`update ${sql.table(table)} set external_id = ${unique} where id = ${id}`.execute(db)
  }
}

const uniqueIndex = (table: string) => sql`create unique index ${sql.ref(`${table}_own_id`)} on ${sql.table(table)} (external_id) where external_id is not null`

/**
 * What has an id elsewhere is found by it, and no two of a kind have the same: articles, authors, topics, freestanding lists and comments.
 * Authors and topics say which pages elsewhere are about them.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text } = engine.columns
  await db.schema.dropIndex('articles_external_id').execute()
  for (const table of tables) await makeUnique(db, table)
  for (const table of [...named, 'highlight_lists']) await db.schema.alterTable(table).addColumn('external_id', text).execute()
  for (const table of named) await db.schema.alterTable(table).addColumn('same_as', text).execute()
  for (const table of ['articles', ...named, 'highlight_lists']) await uniqueIndex(table).execute(db)
}

/** Drops the columns and the indexes. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['articles', ...named, 'highlight_lists']) await db.schema.dropIndex(`${table}_own_id`).execute()
  for (const table of named) await sql`alter table ${sql.table(table)} drop column same_as`.execute(db)
  for (const table of [...named, 'highlight_lists']) await sql`alter table ${sql.table(table)} drop column external_id`.execute(db)
  await sql`create index articles_external_id on articles (external_id) where external_id is not null`.execute(db)
}
