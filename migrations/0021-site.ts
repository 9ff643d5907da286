import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** What a newsroom says of itself: no row, as long as nobody has said anything, and one from then on. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('sites')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('revision', integer, (column) => column.notNull())
    .addColumn('document', text, (column) => column.notNull())
    .addColumn('share_networks', text, (column) => column.notNull())
    .addColumn('updated_at', text, (column) => column.notNull())
    .execute()
}

/** Drops it, and what is kept of it. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('sites').execute()
  const revisions = db as Kysely<{ name_revisions: { kind: string } }>
  await revisions.deleteFrom('name_revisions').where('kind', '=', 'site').execute()
}
