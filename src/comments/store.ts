import { sql } from 'kysely'
import { v7 as newId } from 'uuid'
import { commentToHtml } from '../copy/markdown.ts'
import type { Read } from '../database/engine.ts'
import type { Database, Write } from '../database/handles.ts'
import { prepared, preparedWrite } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'
import { forgetAnswersOn } from '../http/idempotency.ts'
import { isTombstone, isVisible } from './shown.ts'

type Status = CommentTable['status']

/** Every event of a comment says where it stands: whoever follows a thread needs no other. */
const appendCommentEvent = (tx: Write, verb: 'created' | 'updated' | 'deleted', row: CommentTable) =>
  tx.append({
    type: `comment.${verb}`,
    subject: { type: 'comment', id: row.id },
    data: { articleId: row.article_id, threadId: row.root_id, parentId: row.parent_id, status: row.status },
  })

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

const commentColumns = [
  'id',
  'revision',
  'article_id',
  'parent_id',
  'root_id',
  'under_id',
  'reply_to',
  'depth',
  'status',
  'author_name',
  'author_url',
  'author_email',
  'is_verified',
  'body',
  'body_html',
  'reply_count',
  'tombstone_count',
  'child_count',
  'upvotes',
  'downvotes',
  'rank',
  'ip_hash',
  'edit_token_hash',
  'moderated_by',
  'moderated_at',
  'moderation_reason',
  'created_at',
  'updated_at',
  'edited_at',
] as const satisfies (keyof CommentTable)[]

const insertComment = preparedWrite<CommentTable>((db, row) =>
  db.insertInto('comments').values(Object.fromEntries(commentColumns.map((name) => [name, row[name]])) as CommentTable),
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
async function follow(tx: Write, { article_id, parent_id }: CommentTable, before: Standing | null, after: Standing | null): Promise<void> {
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
function removeRow(tx: Write, id: string): void {
  tx.run(tx.updateTable('comments').set({ reply_to: null }).where('reply_to', '=', id))
  tx.run(tx.deleteFrom('comments').where('id', '=', id))
}

/** A body as it is stored, with its HTML: to render it takes longer than to read it, and it is read often. */
export const bodyColumns = (body: string | null) => ({ body, body_html: body === null ? null : commentToHtml(body) })

export type NewComment = {
  articleId: string
  /** What it answers, and how deep comments may stand. */
  answered: CommentTable | null
  mostDepth: number
  status: Status
  author: { name: string; url: string | null; email: string | null }
  isVerified: boolean
  body: string
  ipHash: string
  editTokenHash: string
}

export async function createComment(tx: Write, comment: NewComment): Promise<CommentTable> {
  const { answered, mostDepth } = comment
  const isTooDeep = answered !== null && answered.depth >= mostDepth
  const id = newId()
  const parentId = (isTooDeep ? answered.parent_id : answered?.id) ?? null
  const row: CommentTable = {
    id,
    revision: 1,
    article_id: comment.articleId,
    parent_id: parentId,
    // What stands at the top of an unfinished import is its own thread.
    root_id: parentId === null ? id : (answered?.root_id ?? answered?.id ?? id),
    under_id: parentId ?? comment.articleId,
    reply_to: isTooDeep ? answered.id : null,
    depth: answered === null ? 0 : isTooDeep ? answered.depth : answered.depth + 1,
    status: comment.status,
    author_name: comment.author.name,
    author_url: comment.author.url,
    author_email: comment.author.email,
    is_verified: Number(comment.isVerified),
    ...bodyColumns(comment.body),
    reply_count: 0,
    tombstone_count: 0,
    child_count: 0,
    upvotes: 0,
    downvotes: 0,
    rank: 0,
    ip_hash: comment.ipHash,
    edit_token_hash: comment.editTokenHash,
    moderated_by: null,
    moderated_at: null,
    moderation_reason: null,
    created_at: tx.now,
    updated_at: tx.now,
    edited_at: null,
  }
  insertComment(tx, row)
  appendCommentEvent(tx, 'created', row)
  await follow(tx, row, null, row)
  return row
}

/** Writes what changed of a comment, and what follows from it. */
export async function changeComment(tx: Write, row: CommentTable, values: Partial<CommentTable>): Promise<CommentTable> {
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  tx.run(tx.updateTable('comments').set(changed).where('id', '=', row.id))
  appendCommentEvent(tx, 'updated', changed)
  await follow(tx, row, row, changed)
  return changed
}

/** Removes a comment; one with replies of any status stays as a tombstone, of which nothing is left but its place. */
export async function deleteComment(tx: Write, row: CommentTable): Promise<void> {
  const isKept = row.child_count > 0
  if (isKept) {
    const nothing = { author_name: null, author_url: null, author_email: null, body: null, ip_hash: null, edit_token_hash: null, is_verified: 0 }
    tx.run(
      tx
        .updateTable('comments')
        .set({ ...nothing, body_html: null, status: 'deleted', revision: row.revision + 1, updated_at: tx.now })
        .where('id', '=', row.id),
    )
  } else removeRow(tx, row.id)
  await forgetAnswersOn(tx, row.id, row.article_id)
  appendCommentEvent(tx, 'deleted', { ...row, status: 'deleted' })
  await follow(tx, row, row, isKept ? { status: 'deleted', reply_count: row.reply_count } : null)
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

/** Finishes what an import left: some articles at a time, each as a change of its own. */
export async function completeComments(database: Database): Promise<void> {
  const unfinished = (read: Read) => read.selectFrom('comments').select('article_id').where('root_id', 'is', null).groupBy('article_id').limit(100).execute()
  for (;;) {
    const rows = await unfinished(database.read)
    if (rows.length === 0) return
    await database.transaction({ actor: null, requestId: null }, (tx) =>
      recountComments(
        tx,
        rows.map(({ article_id }) => article_id),
      ),
    )
  }
}
