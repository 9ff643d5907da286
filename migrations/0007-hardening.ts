import type { Kysely } from 'kysely'
import { commentToHtml } from '../src/copy/markdown.ts'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

const texts: [table: string, column: string][] = [
  ['comments', 'body_html'],
  ['preview_links', 'published_at'],
  ['idempotency_keys', 'scopes'],
  ['idempotency_keys', 'article_id'],
]

// So many comments are rendered at a time.
const step = 1000

async function renderComments(db: Kysely<Tables>): Promise<void> {
  const query = db.selectFrom('comments').select(['id', 'body']).where('body', 'is not', null).orderBy('id').limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.where('id', '>', rows.at(-1)?.id as string).execute())
    for (const { id, body } of rows)
      await db
        .updateTable('comments')
        .set({ body_html: commentToHtml(body as string) })
        .where('id', '=', id)
        .execute()
}

/**
 * Comments keep their HTML; preview links remember that their story was published, replays what they need, and articles whether
 * their time of change was set.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  for (const [table, column] of texts) await db.schema.alterTable(table).addColumn(column, text).execute()
  await db.schema
    .alterTable('articles')
    .addColumn('updated_at_is_set', integer, (c) => c.notNull().defaultTo(0))
    .execute()
  await renderComments(db as Kysely<Tables>)
}

/** Drops these columns. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of [...texts, ['articles', 'updated_at_is_set'] as const]) await db.schema.alterTable(table).dropColumn(column).execute()
}
