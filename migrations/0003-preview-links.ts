import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** Links that open one working copy, or one revision, without a token of one's own. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('preview_links')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('article_id', text, (c) => c.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('revision', integer)
    .addColumn('hash', text, (c) => c.notNull().unique())
    .addColumn('expires_at', text, (c) => c.notNull())
    .addColumn('created_at', text, (c) => c.notNull())
    .execute()
  await db.schema.createIndex('preview_links_article').on('preview_links').columns(['article_id', 'id']).execute()
}

/** Drops the links. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('preview_links').execute()
}
