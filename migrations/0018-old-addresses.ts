import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** The addresses that articles had elsewhere: each belongs to one. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('article_aliases')
    .addColumn('path', text, (column) => column.primaryKey())
    .addColumn('article_id', text, (column) => column.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('position', integer, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('article_aliases_article').on('article_aliases').columns(['article_id', 'position']).execute()
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('article_aliases').execute()
}
