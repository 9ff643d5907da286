import { type Kysely, sql } from 'kysely'

/** What mentions others goes with its article, and the few comments with a mark are listed, without reading all that are there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('article_mentions_article').on('article_mentions').columns(['article_id']).execute()
  for (const mark of ['featured', 'pinned'])
    await sql`create index ${sql.id(`comments_${mark}_by_time`)} on comments (created_at, id) where ${sql.id(`is_${mark}`)} = 1`.execute(db)
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['comments_pinned_by_time', 'comments_featured_by_time', 'article_mentions_article']) await db.schema.dropIndex(name).execute()
}
