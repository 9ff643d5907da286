import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'

const visible = sql`(status = 'approved' or reply_count > 0)`

/** Threads, votes and what is counted of them: each list of comments that the public sees is one range of an index. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { text, integer } = engine.columns
  for (const name of ['root_id', 'under_id'] as const) await db.schema.alterTable('comments').addColumn(name, text).execute()
  for (const name of ['upvotes', 'downvotes', 'rank', 'tombstone_count'] as const)
    await db.schema
      .alterTable('comments')
      .addColumn(name, integer, (column) => column.notNull().defaultTo(0))
      .execute()
  await db.schema
    .alterTable('comment_counts')
    .addColumn('tombstones', integer, (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update comments set under_id = coalesce(parent_id, article_id), tombstone_count =
    (select count(*) from comments reply where reply.parent_id = comments.id and reply.status <> 'approved' and reply.reply_count > 0)`.execute(db)
  await sql`with recursive threads (id, root_id) as (
      select id, id from comments where parent_id is null
      union all select reply.id, threads.root_id from comments reply join threads on reply.parent_id = threads.id)
    update comments set root_id = threads.root_id from threads where threads.id = comments.id`.execute(db)
  await sql`insert into comment_counts (article_id, approved, tombstones)
    select article_id, 0, count(*) from comments where status <> 'approved' and reply_count > 0 group by article_id
    on conflict (article_id) do update set tombstones = excluded.tombstones`.execute(db)
  await db.schema.dropIndex('comments_replies').execute()
  await sql`create index comments_public on comments (article_id, created_at, id) where ${visible}`.execute(db)
  await sql`create index comments_public_rank on comments (article_id, rank, id) where ${visible}`.execute(db)
  await sql`create index comments_under on comments (under_id, created_at, id) where ${visible}`.execute(db)
  await sql`create index comments_under_rank on comments (under_id, rank, id) where ${visible}`.execute(db)
  await sql`create index comments_imported on comments (article_id) where root_id is null`.execute(db)
  await db.schema
    .createTable('comment_votes')
    .addColumn('comment_id', text, (column) => column.notNull().references('comments.id').onDelete('cascade'))
    .addColumn('voter', text, (column) => column.notNull())
    .addColumn('value', integer, (column) => column.notNull())
    .addColumn('created_at', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('comment_votes_key', ['comment_id', 'voter'])
    .execute()
  await db.schema.createIndex('comment_votes_voter').on('comment_votes').columns(['voter']).execute()
}

/** Drops the table, the columns and their indexes. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('comment_votes').execute()
  for (const name of ['comments_public', 'comments_public_rank', 'comments_under', 'comments_under_rank', 'comments_imported'])
    await db.schema.dropIndex(name).execute()
  await db.schema.createIndex('comments_replies').on('comments').columns(['parent_id', 'created_at', 'id']).execute()
  await db.schema.alterTable('comment_counts').dropColumn('tombstones').execute()
  for (const name of ['root_id', 'under_id', 'upvotes', 'downvotes', 'rank', 'tombstone_count'])
    await db.schema.alterTable('comments').dropColumn(name).execute()
}
