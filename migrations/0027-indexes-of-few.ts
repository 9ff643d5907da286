import { type Kysely, sql } from 'kysely'

// By name: the table, the columns, and which rows have what the index is for.
const indexes: Record<string, [table: string, columns: string, has: string]> = {
  articles_scheduled_at: ['articles', 'scheduled_at, id', 'scheduled_at is not null'],
  public_articles_genre: ['public_articles', 'genre, published_at, article_id', 'genre is not null'],
  highlight_lists_created_at: ['highlight_lists', 'article_id, created_at, id', 'article_id is null'],
  highlight_items_article: ['highlight_items', 'target_article_id', 'target_article_id is not null'],
  highlight_items_section: ['highlight_items', 'target_section_id', 'target_section_id is not null'],
  comments_parent: ['comments', 'parent_id, id', 'parent_id is not null'],
  comments_reply_to: ['comments', 'reply_to', 'reply_to is not null'],
  events_article: ['events', 'article_id, seq', 'article_id is not null'],
}

async function make(db: Kysely<unknown>, isPartial: boolean): Promise<void> {
  for (const [name, [table, columns, has]] of Object.entries(indexes)) {
    await db.schema.dropIndex(name).execute()
    await sql`create index ${sql.id(name)} on ${sql.id(table)} (${sql.raw(columns)}) ${sql.raw(isPartial ? `where ${has}` : '')}`.execute(db)
  }
}

/** An index of what few rows have holds these alone: every row that is written would cost an entry without a value. */
export const up = (db: Kysely<unknown>): Promise<void> => make(db, true)

/** Gives each row its entry again. */
export const down = (db: Kysely<unknown>): Promise<void> => make(db, false)
