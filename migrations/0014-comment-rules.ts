import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** What the rules for comments go by: the same text again, rates, learned words; and keys of addresses, which end. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema.alterTable('comments').addColumn('body_hash', text).execute()
  await sql`create index comments_body_hash on comments (body_hash, created_at) where body_hash is not null`.execute(db)
  await sql`create index comments_address_age on comments (created_at) where ip_hash is not null`.execute(db)
  await db.schema.createIndex('comment_votes_created_at').on('comment_votes').columns(['created_at']).execute()
  await db.schema.createIndex('comment_reports_created_at').on('comment_reports').columns(['created_at']).execute()
  await db.schema
    .createTable('comment_rates')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('minute', integer, (column) => column.notNull())
    .addColumn('count', integer, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('comment_words')
    .addColumn('word', text, (column) => column.primaryKey())
    .addColumn('ham', integer, (column) => column.notNull())
    .addColumn('spam', integer, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('comment_address_keys')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .execute()
}

/** Drops the tables, the column and the indexes. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['comment_address_keys', 'comment_words', 'comment_rates']) await db.schema.dropTable(table).execute()
  for (const name of ['comment_reports_created_at', 'comment_votes_created_at', 'comments_address_age', 'comments_body_hash'])
    await db.schema.dropIndex(name).execute()
  await db.schema.alterTable('comments').dropColumn('body_hash').execute()
}
