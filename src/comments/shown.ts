import type { CommentTable } from '../database/tables.ts'
import { fromJson } from '../database/values.ts'
import type { Comment } from './schemas.ts'

type Standing = Pick<CommentTable, 'status' | 'reply_count'>

/**
 * Whether the public sees a comment: approved, or withdrawn in any way but with replies that it sees; of the latter it
 * sees a tombstone.
 */
export const isVisible = (row: Standing) => row.status === 'approved' || row.reply_count > 0

/** Whether the public sees nothing of it but its place. */
export const isTombstone = (row: Standing) => row.status !== 'approved' && row.reply_count > 0

/**
 * A comment as a reader sees it.
 * @param isModerator whether it comes whole, with what only moderators see
 * @param myVote how the reader voted on it, where that is known
 */
export function commentOf(row: CommentTable, isModerator: boolean, myVote?: number): Comment {
  const isHidden = row.status === 'deleted' || (!isModerator && row.status !== 'approved')
  const author = {
    name: row.author_name ?? '',
    url: row.author_url,
    ...(isModerator ? { email: row.author_email, account: row.account } : {}),
    ...(row.is_verified ? { verified: true } : {}),
    ...(row.is_staff ? { staff: true } : {}),
  }
  const flags = fromJson<{ rule: string; detail: string | null }[]>(row.flags) ?? []
  const moderation =
    row.moderated_at === null && flags.length === 0
      ? null
      : { by: row.moderated_by, at: row.moderated_at, reason: row.moderation_reason, note: row.moderation_note, flags }
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
    score: isHidden ? 0 : row.upvotes - row.downvotes,
    pinned: !isHidden && row.is_pinned === 1,
    featured: !isHidden && row.is_featured === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    editedAt: row.edited_at,
    ...(myVote === undefined ? {} : { myVote }),
    ...(isModerator ? { ip: row.ip_hash, reports: row.report_count, externalId: row.external_id, moderation } : {}),
  }
}

/** A comment as its writer sees it, whatever its status. */
export function ownComment(row: CommentTable): Comment {
  return { ...commentOf({ ...row, status: row.status === 'deleted' ? 'deleted' : 'approved' }, false), status: row.status }
}
