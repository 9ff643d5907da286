import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

/**
 * Articles that are translations of each other have the same group, in which each language is once; what is in the trash keeps its
 * group, and takes no language in it.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema.alterTable('articles').addColumn('translation_group', engine.columns.text).execute()
  await sql`create unique index articles_translations on articles (translation_group, language) where translation_group is not null and status <> 'trashed'`.execute(
    db,
  )
  await sql`create index articles_translation_group on articles (translation_group) where translation_group is not null`.execute(db)
  await db.schema.createIndex('articles_language').on('articles').columns(['language']).execute()
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['articles_language', 'articles_translation_group', 'articles_translations']) await db.schema.dropIndex(name).execute()
  await db.schema.alterTable('articles').dropColumn('translation_group').execute()
}
