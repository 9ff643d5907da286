import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

const named = ['topic', 'author'] as const

/** Finds what stories name by the story: with `more` without a look at the rows. */
async function indexNames(db: Kysely<unknown>, more: boolean): Promise<void> {
  for (const kind of named) {
    const [table, name] = [`public_article_${kind}s`, `public_article_${kind}s_article`]
    await db.schema.dropIndex(name).execute()
    await db.schema
      .createIndex(name)
      .on(table)
      .columns(['article_id', ...(more ? [`${kind}_id`] : [])])
      .execute()
  }
}

// So many editions are read at a time.
const step = 500

/** How many corrections public stories have is counted where they have some. */
async function countCorrections(db: Kysely<Tables>): Promise<void> {
  const query = db
    .selectFrom('public_articles')
    .innerJoin('articles', 'articles.id', 'public_articles.article_id')
    .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
    .select(['articles.id', 'editions.document'])
    .where('editions.document', 'like', '%"corrections":[{%')
    .orderBy('articles.id')
    .limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.where('articles.id', '>', rows.at(-1)?.id as string).execute())
    for (const { id, document } of rows)
      await db
        .updateTable('public_articles')
        .set({ correction_count: (JSON.parse(document) as { corrections: unknown[] }).corrections.length })
        .where('article_id', '=', id)
        .execute()
}

/**
 * How many public stories there are of each topic (with those under it), author, language and genre; how many corrections each has; and
 * what each names from the index alone.
 */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  await db.schema
    .createTable('public_counts')
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('count', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('public_counts_key', ['kind', 'value'])
    .execute()
  await sql`insert into public_counts (kind, value, count)
    select 'topic', topic_id, count(*) from public_article_topics group by topic_id
    union all select 'author', author_id, count(*) from public_article_authors group by author_id
    union all select 'language', language, count(*) from public_articles group by language
    union all select 'genre', genre, count(*) from public_articles where genre is not null group by genre`.execute(db)
  await db.schema.createIndex('public_counts_most').on('public_counts').columns(['kind', 'count', 'value']).execute()
  await db.schema
    .alterTable('public_articles')
    .addColumn('correction_count', integer, (column) => column.notNull().defaultTo(0))
    .execute()
  await countCorrections(db as Kysely<Tables>)
  await indexNames(db, true)
}

/** Drops them. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await indexNames(db, false)
  await db.schema.alterTable('public_articles').dropColumn('correction_count').execute()
  await db.schema.dropTable('public_counts').execute()
}
