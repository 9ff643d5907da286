import { type Kysely, sql } from 'kysely'

/** Articles are found by the ids that they have elsewhere. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index articles_external_id on articles (external_id) where external_id is not null`.execute(db)
}

/** Drops the index. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('articles_external_id').execute()
}
