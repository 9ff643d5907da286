import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

const texts = ['slug', 'main_topic_id', 'canonical_url', 'image_url'] as const

/**
 * What sitemaps say of public stories, and by month how many there are and when that changed. What it is of stories that are there already
 * is read from their editions at the next start, which goes by the setting.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  for (const name of texts) await db.schema.alterTable('public_articles').addColumn(name, text).execute()
  await db.schema
    .alterTable('public_articles')
    .addColumn('is_noindex', integer, (column) => column.notNull().defaultTo(0))
    .execute()
  await db.schema
    .createTable('public_months')
    .addColumn('month', text, (column) => column.primaryKey())
    .addColumn('stories', integer, (column) => column.notNull())
    .addColumn('changed_at', text, (column) => column.notNull())
    .execute()
  await sql`insert into public_months (month, stories, changed_at)
    select substr(published_at, 1, 7), count(*), max(updated_at) from public_articles group by substr(published_at, 1, 7)`.execute(db)
  await sql`insert into settings (name, value) select 'sitemaps', 'due' where exists (select 1 from public_articles)`.execute(db)
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from settings where name = 'sitemaps'`.execute(db)
  await db.schema.dropTable('public_months').execute()
  for (const name of [...texts, 'is_noindex']) await db.schema.alterTable('public_articles').dropColumn(name).execute()
}
