import { type Kysely, sql } from 'kysely'

/** Working copies are listed by dates, genre and what isn’t public of them, and public articles found by addresses of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('articles_published_at').on('articles').columns(['published_at', 'id']).execute()
  await sql`create index articles_genre on articles (genre) where genre is not null`.execute(db)
  await sql`create index articles_changed on articles (has_unpublished_changes) where has_unpublished_changes = 1`.execute(db)
  // Of an address as much as every engine takes as a key.
  await sql`create index public_articles_canonical_url on public_articles ((substr(canonical_url, 1, 500))) where canonical_url is not null`.execute(db)
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['public_articles_canonical_url', 'articles_changed', 'articles_genre', 'articles_published_at']) await db.schema.dropIndex(name).execute()
}
