import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { CommentTable } from '../database/tables.ts'
import { inPieces } from '../database/values.ts'
import { noteHistory } from './history.ts'
import { isMarked } from './lists.ts'
import { type Lesson, lessonOf } from './rules/learned.ts'
import { changeComment } from './store.ts'

/** What a moderator decides; what is left out stays. */
export type Decision = {
  status?: Exclude<CommentTable['status'], 'deleted'>
  reason?: string | null
  note?: string | null
  pinned?: boolean
  featured?: boolean
}

const pinnedOf = (read: Read, articleId: string) =>
  read.selectFrom('comments').selectAll().where('article_id', '=', articleId).where(isMarked('is_pinned', true)).executeTakeFirst()

/** Settles what was reported of a comment: from now on only new reports count. */
export function settleReports(tx: Write, row: CommentTable): void {
  tx.run(tx.updateTable('comment_reports').set({ settled_at: tx.now }).where('comment_id', '=', row.id).where('settled_at', 'is', null))
}

/**
 * Makes of a comment what a moderator decided, with an entry in its history for each thing that changed. A decision on its
 * status settles its reports; what isn’t shown is neither pinned nor featured.
 * @param lessons takes what the filter is to learn of it
 * @returns the comment as it is then: the same where nothing changed
 */
export async function decide(tx: Write, row: CommentTable, decision: Decision, lessons: Lesson[]): Promise<CommentTable> {
  const status = decision.status ?? row.status
  const isShown = status === 'approved'
  const pinned = isShown && (decision.pinned ?? row.is_pinned === 1)
  const featured = isShown && (decision.featured ?? row.is_featured === 1)
  const reason = decision.reason === undefined ? row.moderation_reason : decision.reason
  const note = decision.note === undefined ? row.moderation_note : decision.note
  const judges = status !== row.status || reason !== row.moderation_reason || note !== row.moderation_note
  const settles = decision.status !== undefined && row.report_count > 0
  const values: Partial<CommentTable> = {}
  const learned = decision.status === undefined ? row.learned : status === 'approved' ? 'ham' : status === 'spam' ? 'spam' : null
  if (learned !== row.learned) {
    if (row.learned !== null) lessons.push(lessonOf(row, row.learned, -1))
    if (learned !== null) lessons.push(lessonOf(row, learned, 1))
    tx.update('comments', ['id', row.id], { learned })
  }
  if (judges || settles)
    Object.assign(values, {
      status,
      moderation_reason: reason,
      moderation_note: note,
      moderated_at: tx.now,
      moderated_by: tx.author.actor?.name ?? null,
      report_count: settles ? 0 : row.report_count,
    })
  if (Number(pinned) !== row.is_pinned) values.is_pinned = Number(pinned)
  if (Number(featured) !== row.is_featured) values.is_featured = Number(featured)
  if (Object.keys(values).length === 0) return row
  if (values.is_pinned === 1) {
    const other = await pinnedOf(tx.read, row.article_id)
    if (other) await decide(tx, other, { pinned: false }, lessons)
  }
  if (settles) settleReports(tx, row)
  const changed = await changeComment(tx, row, values)
  if (judges || settles) noteHistory(tx, row, changed, { by_kind: 'moderator', action: 'moderated', reason, note })
  if (values.is_pinned !== undefined) noteHistory(tx, row, changed, { by_kind: 'moderator', action: pinned ? 'pinned' : 'unpinned' })
  if (values.is_featured !== undefined) noteHistory(tx, row, changed, { by_kind: 'moderator', action: featured ? 'featured' : 'unfeatured' })
  return changed
}

/** Comments by their ids, locked for a change with all others of their articles. */
export async function lockComments(tx: Write, ids: readonly string[]): Promise<Map<string, CommentTable>> {
  const load = () => inPieces(ids, (piece) => tx.read.selectFrom('comments').selectAll().where('id', 'in', piece).execute())
  const articles = new Set((await load()).map(({ article_id }) => article_id))
  tx.lock([...articles].map((id) => `comments:${id}`))
  const rows = await load()
  for (const { updated_at } of rows) tx.notBefore(updated_at)
  return new Map(rows.map((row) => [row.id, row]))
}
