import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

const articleTexts = [
  'public_slug',
  'takedown_reason',
  'takedown_notice',
  'embargo_until',
  'publish_at',
  'unpublish_at',
  'unpublish_reason',
  'unpublish_notice',
  'scheduled_at',
]
const articleNumbers = ['edition_number', 'publish_revision', 'publish_is_minor']

/**
 * What `publish` makes of a working copy, and when it will. Articles that are public already get their first edition
 * when the database is next opened.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('editions')
    .addColumn('article_id', text, (c) => c.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('number', integer, (c) => c.notNull())
    .addColumn('revision', integer, (c) => c.notNull())
    .addColumn('is_minor', integer, (c) => c.notNull())
    .addColumn('document', text, (c) => c.notNull())
    .addColumn('sections', text, (c) => c.notNull())
    .addColumn('hidden', text, (c) => c.notNull())
    .addColumn('public_from', text, (c) => c.notNull())
    .addColumn('public_until', text)
    .addPrimaryKeyConstraint('editions_key', ['article_id', 'number'])
    .execute()
  for (const column of articleTexts) await db.schema.alterTable('articles').addColumn(column, text).execute()
  for (const column of articleNumbers) await db.schema.alterTable('articles').addColumn(column, integer).execute()
  await db.schema
    .alterTable('articles')
    .addColumn('has_unpublished_changes', integer, (c) => c.notNull().defaultTo(1))
    .execute()
  await db.schema.createIndex('articles_scheduled_at').on('articles').columns(['scheduled_at', 'id']).execute()
  await db.schema.createIndex('articles_status').on('articles').columns(['status', 'edition_number', 'id']).execute()
  await db.schema
    .createTable('public_article_targets')
    .addColumn('article_id', text, (c) => c.notNull().references('articles.id').onDelete('cascade'))
    .addColumn('target_id', text, (c) => c.notNull())
    .addColumn('has_card', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('public_article_targets_key', ['article_id', 'target_id', 'has_card'])
    .execute()
  await db.schema
    .createTable('article_mentions')
    .addColumn('target_id', text, (c) => c.notNull())
    .addColumn('article_id', text, (c) => c.notNull().references('articles.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('article_mentions_key', ['target_id', 'article_id'])
    .execute()
  await sql`insert into article_mentions (target_id, article_id)
    select target_article_id, article_id from related where target_article_id is not null
    union select target_article_id, article_id from highlight_items inner join highlight_lists on highlight_lists.id = list_id
      where target_article_id is not null and article_id is not null`.execute(db)
}

/** Drops the editions; what is public stays so, as its working copy. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['article_mentions', 'public_article_targets']) await db.schema.dropTable(table).execute()
  for (const index of ['articles_status', 'articles_scheduled_at']) await db.schema.dropIndex(index).execute()
  for (const column of ['has_unpublished_changes', ...articleNumbers, ...articleTexts]) await db.schema.alterTable('articles').dropColumn(column).execute()
  await db.schema.dropTable('editions').execute()
}
