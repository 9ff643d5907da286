import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/** The history of articles: what each change to a working copy changed, and the copy that the last one left. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('revisions')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('article_id', text, (c) => c.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('number', integer, (c) => c.notNull())
    .addColumn('at', text, (c) => c.notNull())
    .addColumn('token_id', text)
    .addColumn('token_name', text)
    .addColumn('note', text)
    .addColumn('is_published', integer, (c) => c.notNull())
    .addColumn('changes', text, (c) => c.notNull())
    .addColumn('document', text)
    .addUniqueConstraint('revisions_number', ['article_id', 'number'])
    .execute()
  await db.schema
    .createTable('article_heads')
    .addColumn('article_id', text, (c) => c.primaryKey().references('articles.id').onDelete('cascade'))
    .addColumn('document', text, (c) => c.notNull())
    .execute()
}

/** Drops the history; the articles stay. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['article_heads', 'revisions']) await db.schema.dropTable(table).execute()
}
