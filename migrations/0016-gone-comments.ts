import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** Which comments from elsewhere were deleted here, by a hash of their external ids: an import that runs again leaves them out. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('comment_gone')
    .addColumn('id', engine.columns.text, (column) => column.primaryKey())
    .execute()
}

/** Drops the table. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('comment_gone').execute()
}
