import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** When an article stops taking comments. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema.alterTable('articles').addColumn('comments_close_at', engine.columns.text).execute()
}

/** Drops the column. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('articles').dropColumn('comments_close_at').execute()
}
