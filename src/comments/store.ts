import { type SqlBool, sql } from 'kysely'
import { v7 as newId } from 'uuid'
import { commentToHtml } from '../copy/markdown.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { prepared, preparedWrite } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'
import type { Condition } from '../http/filters.ts'
import { forgetAnswersOn } from '../http/idempotency.ts'
import type { Comment } from './schemas.ts'

type Status = CommentTable['status']

/**
 * Whether the public sees a comment: approved, or withdrawn in any way but with replies that it sees; of the latter it
 * sees a tombstone.
 */
const visible = sql<SqlBool>`(comments.status = 'approved' or comments.reply_count > 0)`

export const isVisible = (row: Pick<CommentTable, 'status' | 'reply_count'>) => row.status === 'approved' || row.reply_count > 0

/** A comment as a reader sees it. @param isModerator whether it comes whole, with what only moderators see */
export function commentOf(row: CommentTable, isModerator: boolean): Comment {
  const isHidden = row.status === 'deleted' || (!isModerator && row.status !== 'approved')
  const author = {
    name: row.author_name ?? '',
    url: row.author_url,
    ...(isModerator ? { email: row.author_email } : {}),
    ...(row.is_verified ? { verified: true } : {}),
  }
  const moderation = row.moderated_at === null ? null : { by: row.moderated_by, at: row.moderated_at, reason: row.moderation_reason }
  return {
    id: row.id,
    revision: row.revision,
    articleId: row.article_id,
    parentId: row.parent_id,
    replyTo: row.reply_to,
    status: isHidden ? 'deleted' : row.status,
    author: isHidden ? null : author,
    body: isHidden ? null : row.body,
    bodyHtml: isHidden ? null : row.body_html,
    depth: row.depth,
    replyCount: row.reply_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    editedAt: row.edited_at,
    ...(isModerator ? { ip: row.ip_hash, moderation } : {}),
  }
}

/** A comment as its writer sees it, whatever its status. */
export function ownComment(row: CommentTable): Comment {
  return { ...commentOf({ ...row, status: row.status === 'deleted' ? 'deleted' : 'approved' }, false), status: row.status }
}

export async function loadComment(read: Read, id: string): Promise<CommentTable | undefined> {
  return read.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst()
}

async function commentsById(read: Read, ids: string[]): Promise<CommentTable[]> {
  return ids.length === 0 ? [] : inOrder(ids, await read.selectFrom('comments').selectAll().where('id', 'in', ids).execute())
}

async function pageOf(read: Read, query: ReturnType<typeof selectComments>, page: PageRequest): Promise<Rows<CommentTable>> {
  const found = await fetchPage(query, page.sort.name === 'id' ? 'comments.id' : 'comments.created_at', 'comments.id', page)
  return {
    ...found,
    data: await commentsById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

const selectComments = (read: Read) => read.selectFrom('comments')

/** A page of what the public sees under an article, tombstones among it. */
export async function pageOfVisible(read: Read, articleId: string, page: PageRequest): Promise<Rows<CommentTable>> {
  return pageOf(read, selectComments(read).where('article_id', '=', articleId).where(visible), page)
}

/** A page of what the public sees right under a comment, tombstones among it. */
export async function pageOfReplies(read: Read, parentId: string, page: PageRequest): Promise<Rows<CommentTable>> {
  return pageOf(read, selectComments(read).where('parent_id', '=', parentId).where(visible), page)
}

function matching(read: Read, statuses: readonly Condition[], articles: readonly Condition[]) {
  let query = selectComments(read)
  for (const { isNone, values } of statuses) query = query.where('status', isNone ? 'not in' : 'in', values as Status[])
  for (const { isNone, values } of articles) {
    if (values.length > 0) query = query.where('article_id', isNone ? 'not in' : 'in', values)
    else if (!isNone) query = query.where(sql<SqlBool>`1 = 0`)
  }
  return query
}

/** A page of the moderation queue. @param articles conditions of ids */
export async function pageOfQueue(read: Read, statuses: readonly Condition[], articles: readonly Condition[], page: PageRequest): Promise<Rows<CommentTable>> {
  return pageOf(read, matching(read, statuses, articles), page)
}

/** Comments by ids, in the order asked, those that the conditions leave. */
export async function orderedComments(read: Read, statuses: readonly Condition[], articles: readonly Condition[], ids: string[]): Promise<CommentTable[]> {
  if (ids.length === 0) return []
  return inOrder(ids, await matching(read, statuses, articles).selectAll().where('id', 'in', ids).execute())
}

const appendCommentEvent = (tx: Write, verb: 'created' | 'updated' | 'deleted', row: CommentTable) =>
  tx.append({ type: `comment.${verb}`, subject: { type: 'comment', id: row.id }, data: { articleId: row.article_id, status: row.status } })

const addApproved = preparedWrite<{ articleId: string; change: number }>((db, { articleId, change }) =>
  db
    .insertInto('comment_counts')
    .values({ article_id: articleId, approved: change })
    .onConflict((conflict) => conflict.column('article_id').doUpdateSet(({ eb }) => ({ approved: eb('comment_counts.approved', '+', change) }))),
)

const commentColumns = [
  'id',
  'revision',
  'article_id',
  'parent_id',
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
  'child_count',
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

/** Counts an article's approved comments on, or back. */
function countApproved(tx: Write, articleId: string, change: number): void {
  if (change !== 0) addApproved(tx, { articleId, change })
}

const addReplies = prepared<{ id: string; visible: number; all: number }, CommentTable>((db, { id, visible, all }) =>
  db
    .updateTable('comments')
    .set(({ eb }) => ({ reply_count: eb('reply_count', '+', visible), child_count: eb('child_count', '+', all) }))
    .where('id', '=', id)
    .returningAll(),
)

/**
 * Follows a comment that appeared, was seen or hidden, or went: the counts of those above it, as far up as anything changes.
 * However many replies there are, one row a level is read and written.
 * @param visible by how many the replies that the public sees changed @param all by how many there are
 */
async function countReplies(tx: Write, parentId: string | null, visible: number, all: number): Promise<void> {
  let [id, seen, own] = [parentId, visible, all]
  while (id !== null && (seen !== 0 || own !== 0)) {
    const [row] = await addReplies(tx, { id, visible: seen, all: own })
    if (!row) return
    const before = { status: row.status, reply_count: row.reply_count - seen }
    // A tombstone stands for its replies alone.
    const isGone = row.status === 'deleted' && row.child_count === 0
    if (isGone) removeRow(tx, id)
    seen = Number(!isGone && isVisible(row)) - Number(isVisible(before))
    own = isGone ? -1 : 0
    id = row.parent_id
  }
}

/** Removes the row of a comment that nothing is under; who answered it beside it answers nothing any more. */
function removeRow(tx: Write, id: string): void {
  tx.run(tx.updateTable('comments').set({ reply_to: null }).where('reply_to', '=', id))
  tx.run(tx.deleteFrom('comments').where('id', '=', id))
}

/** A body as it is stored, with its HTML: to render it takes longer than to read it, and it is read often. */
export const bodyColumns = (body: string | null) => ({ body, body_html: body === null ? null : commentToHtml(body) })

const isApproved = ({ status }: Pick<CommentTable, 'status'>) => Number(status === 'approved')

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
  const row: CommentTable = {
    id: newId(),
    revision: 1,
    article_id: comment.articleId,
    parent_id: (isTooDeep ? answered.parent_id : answered?.id) ?? null,
    reply_to: isTooDeep ? answered.id : null,
    depth: answered === null ? 0 : isTooDeep ? answered.depth : answered.depth + 1,
    status: comment.status,
    author_name: comment.author.name,
    author_url: comment.author.url,
    author_email: comment.author.email,
    is_verified: Number(comment.isVerified),
    ...bodyColumns(comment.body),
    reply_count: 0,
    child_count: 0,
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
  countApproved(tx, row.article_id, isApproved(row))
  await countReplies(tx, row.parent_id, Number(isVisible(row)), 1)
  return row
}

/** Writes what changed of a comment, and what follows from it. */
export async function changeComment(tx: Write, row: CommentTable, values: Partial<CommentTable>): Promise<CommentTable> {
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  tx.run(tx.updateTable('comments').set(changed).where('id', '=', row.id))
  appendCommentEvent(tx, 'updated', changed)
  countApproved(tx, row.article_id, isApproved(changed) - isApproved(row))
  await countReplies(tx, row.parent_id, Number(isVisible(changed)) - Number(isVisible(row)), 0)
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
  countApproved(tx, row.article_id, -isApproved(row))
  const after = { status: 'deleted' as const, reply_count: row.reply_count }
  await countReplies(tx, row.parent_id, Number(isKept && isVisible(after)) - Number(isVisible(row)), isKept ? 0 : -1)
}
