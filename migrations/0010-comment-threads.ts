import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** What a comment answers that is too deep to be answered in its place; replies are found by what they are under. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema.alterTable('comments').addColumn('reply_to', engine.columns.text).execute()
  await db.schema.createIndex('comments_replies').on('comments').columns(['parent_id', 'created_at', 'id']).execute()
  await db.schema.createIndex('comments_reply_to').on('comments').columns(['reply_to']).execute()
}

/** Drops the column and both indexes. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['comments_replies', 'comments_reply_to']) await db.schema.dropIndex(name).execute()
  await db.schema.alterTable('comments').dropColumn('reply_to').execute()
}
