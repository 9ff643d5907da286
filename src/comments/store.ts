import { commentToHtml } from '../copy/markdown.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { preparedWrite } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'
import { toJson } from '../database/values.ts'
import { forgetAnswersOn } from '../http/idempotency.ts'
import { hashOf } from '../http/secrets.ts'
import { removeRow, updateCounts } from './counts.ts'
import { bodyHash, emailKey, indexComments, numberOf } from './search.ts'

type Status = CommentTable['status']

/** Every event of a comment says where it stands: whoever follows a thread needs no other. */
const appendCommentEvent = (tx: Write, verb: 'created' | 'updated' | 'deleted', row: CommentTable, before = row) =>
  tx.append({
    type: `comment.${verb}`,
    subject: { type: 'comment', id: row.id },
    data: {
      articleId: row.article_id,
      threadId: row.root_id,
      parentId: row.parent_id,
      status: row.status,
      ...(before.status === row.status ? {} : { previousStatus: before.status }),
    },
    revision: [verb === 'created' ? null : before.revision, verb === 'deleted' ? null : row.revision],
  })

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
  'is_staff',
  'is_pinned',
  'is_featured',
  'report_count',
  'flags',
  'account',
  'email_key',
  'external_id',
  'moderation_note',
  'learned',
  'body_hash',
  'number',
] as const satisfies (keyof CommentTable)[]

const insertComment = preparedWrite<CommentTable>((db, row) =>
  db.insertInto('comments').values(Object.fromEntries(commentColumns.map((name) => [name, row[name]])) as CommentTable),
)

/** A body as it is stored, with its HTML: to render it takes longer than to read it, and it is read often. */
export const bodyColumns = (body: string | null) => ({ body, body_html: body === null ? null : commentToHtml(body) })

/** Why a rule looked at a comment twice. */
export type Flag = { rule: string; detail: string | null }

export type NewComment = {
  articleId: string
  /** What it answers, and how deep comments may stand. */
  answered: CommentTable | null
  mostDepth: number
  status: Status
  author: { name: string; url: string | null; email: string | null }
  /** A site’s own id of the author. */
  account: string | null
  isVerified: boolean
  isStaff: boolean
  body: string
  /** What `commentToHtml` makes of it. */
  html: string
  flags: readonly Flag[]
  ipHash: string | null
  editTokenHash: string | null
  /** Where it comes from elsewhere: when it was written and edited, and its id there. */
  origin?: { createdAt: string; editedAt: string | null; externalId: string | null }
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
    account: comment.account,
    email_key: emailKey(comment.author.email),
    is_verified: Number(comment.isVerified),
    is_staff: Number(comment.isStaff),
    is_pinned: 0,
    is_featured: 0,
    body: comment.body,
    body_html: comment.html,
    reply_count: 0,
    tombstone_count: 0,
    child_count: 0,
    upvotes: 0,
    downvotes: 0,
    rank: 0,
    report_count: 0,
    flags: comment.flags.length === 0 ? null : toJson(comment.flags),
    learned: null,
    ip_hash: comment.ipHash,
    edit_token_hash: comment.editTokenHash,
    moderated_by: null,
    moderated_at: null,
    moderation_reason: null,
    moderation_note: null,
    created_at: comment.origin?.createdAt ?? tx.now,
    updated_at: comment.origin && comment.origin.createdAt > tx.now ? comment.origin.createdAt : tx.now,
    edited_at: comment.origin?.editedAt ?? null,
    external_id: comment.origin?.externalId ?? null,
    body_hash: bodyHash(comment.body),
    number: numberOf(id),
  }
  insertComment(tx, row)
  indexComments(tx, [row])
  appendCommentEvent(tx, 'created', row)
  await updateCounts(tx, row, null, row)
  return row
}

/** Writes what changed of a comment, and what follows from it. */
export async function changeComment(tx: Write, row: CommentTable, values: Partial<CommentTable>): Promise<CommentTable> {
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  tx.update('comments', ['id', row.id], { ...values, revision: changed.revision, updated_at: tx.now }, row)
  if (changed.body !== row.body || changed.author_name !== row.author_name) indexComments(tx, [changed])
  appendCommentEvent(tx, 'updated', changed, row)
  await updateCounts(tx, row, row, changed)
  return changed
}

const goneId = (externalId: string) => hashOf(`comment:${externalId}`)

const noteGone = preparedWrite<{ id: string }>((db, { id }) =>
  db
    .insertInto('comment_gone')
    .values({ id })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Whether a comment from elsewhere was deleted here. */
export async function isGone(read: Read, externalId: string): Promise<boolean> {
  return (await read.selectFrom('comment_gone').select('id').where('id', '=', goneId(externalId)).executeTakeFirst()) !== undefined
}

const nothingLeft: Partial<CommentTable> = {
  status: 'deleted',
  author_name: null,
  author_url: null,
  author_email: null,
  email_key: null,
  account: null,
  body: null,
  body_html: null,
  body_hash: null,
  ip_hash: null,
  edit_token_hash: null,
  is_verified: 0,
  is_pinned: 0,
  is_featured: 0,
  report_count: 0,
  upvotes: 0,
  downvotes: 0,
  rank: 0,
  flags: null,
  learned: null,
}

/** Removes a comment; one with replies of any status stays as a tombstone, of which nothing is left but its place. */
export async function deleteComment(tx: Write, row: CommentTable): Promise<void> {
  const isKept = row.child_count > 0
  if (isKept) {
    tx.update('comments', ['id', row.id], { ...nothingLeft, revision: row.revision + 1, updated_at: tx.now })
    tx.update('comment_history', ['comment_id', row.id], { author_name: null, body: null })
    for (const table of ['comment_votes', 'comment_reports'] as const) tx.run(tx.deleteFrom(table).where('comment_id', '=', row.id))
  } else removeRow(tx, row.id)
  tx.engine.removeSearch(tx, 'comments', numberOf(row.id))
  if (row.external_id !== null) noteGone(tx, { id: goneId(row.external_id) })
  await forgetAnswersOn(tx, row.id, row.article_id)
  appendCommentEvent(tx, 'deleted', { ...row, status: 'deleted' })
  await updateCounts(tx, row, row, isKept ? { status: 'deleted', reply_count: row.reply_count } : null)
}
