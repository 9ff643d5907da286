import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/**
 * The addresses that articles had elsewhere, each of one; and where the texts of sections link to, by which it is found who links to an
 * article. For articles that are there already that is read from their texts at the next start, which goes by the setting.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('article_aliases')
    .addColumn('path', text, (column) => column.primaryKey())
    .addColumn('article_id', text, (column) => column.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('position', integer, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('article_aliases_article').on('article_aliases').columns(['article_id', 'position']).execute()
  await db.schema
    .createTable('text_links')
    .addColumn('article_id', text, (column) => column.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('copy', text, (column) => column.notNull())
    .addColumn('section_id', text, (column) => column.notNull())
    .addColumn('anchor', text, (column) => column.notNull())
    .addColumn('page', text, (column) => column.notNull())
    .addColumn('query', text, (column) => column.notNull())
    .addColumn('tail', text)
    .addPrimaryKeyConstraint('text_links_key', ['article_id', 'copy', 'section_id', 'page', 'query'])
    .execute()
  await db.schema.createIndex('text_links_page').on('text_links').columns(['page']).execute()
  await sql`create index text_links_tail on text_links (tail) where tail is not null`.execute(db)
  await db.schema.createIndex('public_article_targets_target').on('public_article_targets').columns(['target_id', 'has_card', 'article_id']).execute()
  await sql`insert into settings (name, value) select 'text-links', 'due' where exists (select 1 from articles)`.execute(db)
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from settings where name = 'text-links'`.execute(db)
  await db.schema.dropIndex('public_article_targets_target').execute()
  for (const table of ['text_links', 'article_aliases']) await db.schema.dropTable(table).execute()
}
