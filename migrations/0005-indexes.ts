import type { Kysely } from 'kysely'

const indexes: [name: string, table: string, columns: string[]][] = [['comments_parent', 'comments', ['parent_id', 'id']]]

/** Indexes for what had to be looked for row by row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, table, columns] of indexes) await db.schema.createIndex(name).on(table).columns(columns).execute()
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const [name] of indexes) await db.schema.dropIndex(name).execute()
}
