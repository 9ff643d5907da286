import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

const texts = ['change_set', 'actor_id'] as const
const numbers = ['revision_before', 'revision_after'] as const
const indexes = ['events_change_set', 'events_actor', 'events_type'] as const

/** So that they are found, events say by whom they are as a column, too. */
async function fillActors(db: Kysely<unknown>): Promise<void> {
  const events = db as Kysely<{ events: { actor: string | null; actor_id: string | null } }>
  const rows = await events.selectFrom('events').select('actor').distinct().where('actor', 'is not', null).execute()
  for (const { actor } of rows) {
    const { tokenId, name } = JSON.parse(actor as string) as { tokenId: string | null; name: string }
    await events
      .updateTable('events')
      .set({ actor_id: tokenId ?? name })
      .where('actor', '=', actor)
      .execute()
  }
}

/**
 * Events say which revision of their subject was before and after, and in which change set they are. Authors, topics and freestanding
 * lists have revisions.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  for (const name of texts) await db.schema.alterTable('events').addColumn(name, text).execute()
  for (const name of numbers) await db.schema.alterTable('events').addColumn(name, integer).execute()
  await fillActors(db)
  await sql`create index events_change_set on events (change_set, seq) where change_set is not null`.execute(db)
  await sql`create index events_actor on events (actor_id, seq) where actor_id is not null`.execute(db)
  await db.schema.createIndex('events_type').on('events').columns(['type', 'seq']).execute()
  await db.schema
    .createTable('change_sets')
    .addColumn('name', text, (column) => column.primaryKey())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('updated_at', text, (column) => column.notNull())
    .addColumn('events', integer, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('change_sets_updated_at').on('change_sets').columns(['updated_at', 'name']).execute()
  await db.schema
    .createTable('name_revisions')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('subject_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('at', text, (column) => column.notNull())
    .addColumn('token_id', text)
    .addColumn('token_name', text)
    .addColumn('note', text)
    .addColumn('document', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('name_revisions_key', ['subject_id', 'number'])
    .execute()
}

/** Drops all of it. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['name_revisions', 'change_sets']) await db.schema.dropTable(name).execute()
  for (const name of indexes) await db.schema.dropIndex(name).execute()
  for (const name of [...texts, ...numbers]) await db.schema.alterTable('events').dropColumn(name).execute()
}
