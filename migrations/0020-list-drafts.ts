import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/**
 * Freestanding lists have a working copy, which is a row only where it isn’t what the public has, or is planned to be published, and
 * preview links. Revisions of lists say since when they were public: until now each was at once.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .alterTable('highlight_lists')
    .addColumn('is_public', integer, (column) => column.notNull().defaultTo(1))
    .execute()
  await db.schema
    .createTable('list_drafts')
    .addColumn('list_id', text, (column) => column.primaryKey().references('highlight_lists.id').onDelete('cascade'))
    .addColumn('revision', integer, (column) => column.notNull())
    .addColumn('document', text, (column) => column.notNull())
    .addColumn('updated_at', text, (column) => column.notNull())
    .addColumn('publish_at', text)
    .addColumn('publish_revision', integer)
    .execute()
  await sql`create index list_drafts_publish_at on list_drafts (publish_at, list_id) where publish_at is not null`.execute(db)
  await db.schema.alterTable('name_revisions').addColumn('public_from', text).execute()
  await sql`update name_revisions set public_from = at where kind = 'highlight-list'`.execute(db)
  await sql`create index name_revisions_public_from on name_revisions (subject_id, public_from) where public_from is not null`.execute(db)
  await db.schema
    .createTable('list_preview_links')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('list_id', text, (column) => column.notNull().references('highlight_lists.id').onDelete('cascade'))
    .addColumn('revision', integer)
    .addColumn('hash', text, (column) => column.notNull().unique())
    .addColumn('expires_at', text, (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addColumn('published_at', text)
    .execute()
  await db.schema.createIndex('list_preview_links_list').on('list_preview_links').columns(['list_id', 'created_at', 'id']).execute()
}

/** Drops them, and lists that never were public: before, each was. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from slugs where kind = 'highlight-list' and owner_id in (select id from highlight_lists where is_public = 0)`.execute(db)
  await sql`delete from highlight_lists where is_public = 0`.execute(db)
  await db.schema.dropTable('list_preview_links').execute()
  await db.schema.dropIndex('name_revisions_public_from').execute()
  await db.schema.alterTable('name_revisions').dropColumn('public_from').execute()
  await db.schema.dropTable('list_drafts').execute()
  await db.schema.alterTable('highlight_lists').dropColumn('is_public').execute()
}
