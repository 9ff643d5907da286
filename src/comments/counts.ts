import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { prepared, preparedWrite } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'
import { indexComments, numberOf } from './search.ts'
import { isTombstone, isVisible } from './shown.ts'

const addCounts = preparedWrite<{ articleId: string; approved: number; tombstones: number }>((db, { articleId, approved, tombstones }) =>
  db
    .insertInto('comment_counts')
    .values({ article_id: articleId, approved, tombstones })
    .onConflict((conflict) =>
      conflict.column('article_id').doUpdateSet(({ eb }) => ({
        approved: eb('comment_counts.approved', '+', approved),
        tombstones: eb('comment_counts.tombstones', '+', tombstones),
      })),
    ),
)

const addReplies = prepared<{ id: string; visible: number; tombstones: number; all: number }, CommentTable>((db, { id, visible, tombstones, all }) =>
  db
    .updateTable('comments')
    .set(({ eb }) => ({
      reply_count: eb('reply_count', '+', visible),
      tombstone_count: eb('tombstone_count', '+', tombstones),
      child_count: eb('child_count', '+', all),
    }))
    .where('id', '=', id)
    .returningAll(),
)

type Standing = Pick<CommentTable, 'status' | 'reply_count'>

/** What a comment adds to what is counted: of the comment above it, and of the article. */
const counted = (row: Standing | null) => ({
  approved: Number(row?.status === 'approved'),
  visible: Number(row !== null && isVisible(row)),
  tombstones: Number(row !== null && isTombstone(row)),
})

/**
 * Follows a comment that appeared, was seen or hidden, or went: the counts of its article and of those above it, as far up as
 * anything changes. However many replies there are, one row a level is read and written.
 * @param before what it was, and @param after what it is; null where it isn’t there
 */
export async function updateCounts(tx: Write, { article_id, parent_id }: CommentTable, before: Standing | null, after: Standing | null): Promise<void> {
  const [was, is] = [counted(before), counted(after)]
  const total = { approved: is.approved - was.approved, tombstones: is.tombstones - was.tombstones }
  let [id, seen, tombstones, own] = [parent_id, is.visible - was.visible, total.tombstones, Number(after !== null) - Number(before !== null)]
  while (id !== null && (seen !== 0 || tombstones !== 0 || own !== 0)) {
    const [row] = await addReplies(tx, { id, visible: seen, tombstones, all: own })
    if (!row) break
    // A tombstone stands for its replies alone.
    const isGone = row.status === 'deleted' && row.child_count === 0
    if (isGone) removeRow(tx, id)
    const [then, now] = [counted({ status: row.status, reply_count: row.reply_count - seen }), counted(isGone ? null : row)]
    total.tombstones += now.tombstones - then.tombstones
    seen = now.visible - then.visible
    tombstones = now.tombstones - then.tombstones
    own = isGone ? -1 : 0
    id = row.parent_id
  }
  if (total.approved !== 0 || total.tombstones !== 0) addCounts(tx, { articleId: article_id, ...total })
}

/** Removes the row of a comment that nothing is under; who answered it beside it answers nothing any more. */
export function removeRow(tx: Write, id: string): void {
  tx.run(tx.updateTable('comments').set({ reply_to: null }).where('reply_to', '=', id))
  tx.run(tx.deleteFrom('comments').where('id', '=', id))
}

/**
 * Counts the comments of articles anew, and says of each in which thread it stands: after an import, which writes rows.
 * @param articleIds at most some hundreds
 */
export async function recountComments(tx: Write, articleIds: readonly string[]): Promise<void> {
  if (articleIds.length === 0) return
  const articles = sql.join(articleIds.map((id) => sql`${id}`))
  const visible = sql`(answer.status = 'approved' or answer.reply_count > 0)`
  await sql`with recursive threads (id, root_id) as (
      select id, id from comments where article_id in (${articles}) and parent_id is null
      union all select answer.id, threads.root_id from comments answer join threads on answer.parent_id = threads.id)
    update comments set root_id = threads.root_id, child_count = 0, reply_count = 0, tombstone_count = 0 from threads where threads.id = comments.id`.execute(
    tx,
  )
  await sql`update comments set child_count = counted.replies from
    (select parent_id, count(*) as replies from comments where article_id in (${articles}) and parent_id is not null group by parent_id) counted
    where counted.parent_id = comments.id`.execute(tx)
  const { deepest } = await tx.read
    .selectFrom('comments')
    .select(({ fn }) => fn.max('depth').as('deepest'))
    .where('article_id', 'in', articleIds)
    .executeTakeFirstOrThrow()
  // What is seen follows from what is under it.
  for (let depth = Number(deepest ?? 0); depth > 0; depth--)
    await sql`update comments set reply_count = counted.replies, tombstone_count = counted.tombstones from
      (select parent_id, count(*) as replies, sum(case when status = 'approved' then 0 else 1 end) as tombstones from comments answer
        where article_id in (${articles}) and depth = ${depth} and ${visible} group by parent_id) counted
      where counted.parent_id = comments.id`.execute(tx)
  await sql`insert into comment_counts (article_id, approved, tombstones)
    select article_id, sum(case when status = 'approved' then 1 else 0 end), sum(case when status <> 'approved' and reply_count > 0 then 1 else 0 end)
    from comments where article_id in (${articles}) group by article_id
    on conflict (article_id) do update set approved = excluded.approved, tombstones = excluded.tombstones`.execute(tx)
}

/** Gives comments their numbers and words, where an older version has made them. */
async function completeWords(tx: Write, articleIds: readonly string[]): Promise<void> {
  const query = tx.read.selectFrom('comments').selectAll().where('article_id', 'in', articleIds).where('number', 'is', null).limit(500)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.execute()) {
    for (const { id } of rows) tx.update('comments', ['id', id], { number: numberOf(id) })
    indexComments(tx, rows)
  }
}

const unfinished = (read: Read) => read.selectFrom('comments').select('article_id').where('root_id', 'is', null).groupBy('article_id').limit(100).execute()

/** Finishes what an import, or an older version, has left: some articles at a time. @param change runs each part, as a change of its own or not */
export async function completeComments(change: <T>(work: (tx: Write) => Promise<T>) => Promise<T>): Promise<void> {
  for (let hasMore = true; hasMore; )
    hasMore = await change(async (tx) => {
      const articleIds = (await unfinished(tx.read)).map(({ article_id }) => article_id)
      await recountComments(tx, articleIds)
      if (articleIds.length > 0) await completeWords(tx, articleIds)
      return articleIds.length > 0
    })
}
