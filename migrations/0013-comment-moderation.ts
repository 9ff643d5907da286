import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

const flags = ['is_staff', 'is_pinned', 'is_featured', 'report_count'] as const
const texts = ['flags', 'account', 'email_key', 'external_id', 'moderation_note', 'learned'] as const

/** What moderators go by, and what they decide: history, reports, bans and trust; comments are found by their words. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  for (const name of flags)
    await db.schema
      .alterTable('comments')
      .addColumn(name, integer, (column) => column.notNull().defaultTo(0))
      .execute()
  for (const name of texts) await db.schema.alterTable('comments').addColumn(name, text).execute()
  await db.schema.alterTable('comments').addColumn('number', integer).execute()
  await sql`update comments set email_key = lower(author_email) where author_email is not null`.execute(db)
  const index = (name: string, columns: string[], where = '') =>
    sql`create index ${sql.ref(`comments_${name}`)} on comments (${sql.join(columns.map((column) => sql.ref(column)))}) ${sql.raw(where)}`.execute(db)
  await index('updated_at', ['updated_at', 'id'])
  await index('article_status', ['article_id', 'status', 'created_at', 'id'])
  await index('reports', ['report_count', 'id'], 'where report_count > 0')
  await index('account', ['account', 'created_at', 'id'], 'where account is not null')
  await index('email_key', ['email_key', 'created_at', 'id'], 'where email_key is not null')
  await index('ip_hash', ['ip_hash', 'created_at', 'id'], 'where ip_hash is not null')
  await index('featured', ['article_id', 'created_at', 'id'], 'where is_featured = 1')
  await sql`create unique index comments_pinned on comments (article_id) where is_pinned = 1`.execute(db)
  await sql`create unique index comments_external_id on comments (external_id) where external_id is not null`.execute(db)
  await sql`create unique index comments_number on comments (number)`.execute(db)
  await engine.createSearchTable(db, 'comments')
  await engine.tieSearch(db, 'comments', true)
  await engine.expectMany(db as Kysely<Tables>, false)
  // Who opens the database next gives each its number and its words.
  await sql`update comments set root_id = null`.execute(db)

  await db.schema
    .createTable('comment_history')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('comment_id', text, (column) => column.notNull().references('comments.id').onDelete('cascade'))
    .addColumn('at', text, (column) => column.notNull())
    .addColumn('by_kind', text, (column) => column.notNull())
    .addColumn('by_name', text)
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('status_before', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('note', text)
    .addColumn('author_name', text)
    .addColumn('body', text)
    .execute()
  await db.schema.createIndex('comment_history_comment').on('comment_history').columns(['comment_id', 'id']).execute()
  await db.schema
    .createTable('comment_reports')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('comment_id', text, (column) => column.notNull().references('comments.id').onDelete('cascade'))
    .addColumn('reporter', text)
    .addColumn('reason', text, (column) => column.notNull())
    .addColumn('text', text)
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('settled_at', text)
    .execute()
  await sql`create unique index comment_reports_once on comment_reports (comment_id, reporter)`.execute(db)
  await db.schema.createIndex('comment_reports_reporter').on('comment_reports').columns(['reporter']).execute()
  await db.schema
    .createTable('comment_standings')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('mark', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('by_name', text)
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('expires_at', text)
    .execute()
  await sql`create unique index comment_standings_once on comment_standings (mark, kind, value)`.execute(db)
  await db.schema.createIndex('comment_standings_created_at').on('comment_standings').columns(['mark', 'created_at', 'id']).execute()
}

/** Drops the tables, the columns and their indexes. */
export async function down(db: Kysely<unknown>, engine: Engine): Promise<void> {
  for (const table of ['comment_standings', 'comment_reports', 'comment_history']) await db.schema.dropTable(table).execute()
  await engine.tieSearch(db, 'comments', false)
  await db.schema.dropTable('search_comments').execute()
  const indexes = ['updated_at', 'article_status', 'reports', 'account', 'email_key', 'ip_hash', 'featured', 'pinned', 'external_id', 'number']
  for (const name of indexes) await db.schema.dropIndex(`comments_${name}`).execute()
  for (const name of [...flags, ...texts, 'number']) await db.schema.alterTable('comments').dropColumn(name).execute()
}
