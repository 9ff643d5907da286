import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

// How the data of an event begins that is about an article's part: its article's id has 36 letters.
const start = '{"articleId":"'
const idLength = 36

/** Events are found by what they are about, and by the article that that is a part of. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema.alterTable('events').addColumn('article_id', engine.columns.text).execute()
  await (db as Kysely<{ events: { article_id: string | null; data: string } }>)
    .updateTable('events')
    .set(({ fn, ref, lit }) => ({ article_id: fn<string>('substr', [ref('data'), lit(start.length + 1), lit(idLength)]) }))
    .where('data', 'like', `${start}%`)
    .execute()
  await db.schema.createIndex('events_subject').on('events').columns(['subject_id', 'seq']).execute()
  await db.schema.createIndex('events_article').on('events').columns(['article_id', 'seq']).execute()
}

/** Drops the column and both indexes. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of ['events_subject', 'events_article']) await db.schema.dropIndex(name).execute()
  await db.schema.alterTable('events').dropColumn('article_id').execute()
}
