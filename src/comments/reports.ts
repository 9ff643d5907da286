import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { prepared } from '../database/prepared.ts'
import type { CommentReportTable, CommentTable } from '../database/tables.ts'
import { noteHistory } from './history.ts'
import { changeComment } from './store.ts'

const reportBy = prepared<{ id: string; first: string; second: string }, CommentReportTable>((db, { id, first, second }) =>
  db.selectFrom('comment_reports').selectAll().where('comment_id', '=', id).where('reporter', 'in', [first, second]),
)

/**
 * Takes a reader’s report of a comment: one a reader, the first one. Enough of them send the comment back to the queue.
 * @param reporters the names by which the reader may have reported before, the current one first
 * @param mostReports how many hide it; null where no number does
 */
export async function reportComment(
  tx: Write,
  row: CommentTable,
  reporters: readonly string[],
  given: Pick<CommentReportTable, 'reason' | 'text'>,
  mostReports: number | null,
): Promise<CommentReportTable> {
  const [reporter = '', former = reporter] = reporters
  const [before] = await reportBy(tx, { id: row.id, first: reporter, second: former })
  if (before) return before
  const report: CommentReportTable = { id: newId(), comment_id: row.id, reporter, ...given, created_at: tx.now, settled_at: null }
  tx.insert('comment_reports', [report])
  const report_count = row.report_count + 1
  tx.append({
    type: 'comment.reported',
    subject: { type: 'comment', id: row.id },
    revision: [row.revision, row.revision],
    data: { articleId: row.article_id, threadId: row.root_id, reason: given.reason, reports: report_count },
  })
  const isHidden = mostReports !== null && report_count >= mostReports && row.status === 'approved'
  if (!isHidden) tx.update('comments', ['id', row.id], { report_count })
  else {
    const changed = await changeComment(tx, row, { report_count, status: 'pending', is_pinned: 0, is_featured: 0 })
    noteHistory(tx, row, changed, { by_kind: 'readers', action: 'hidden' })
  }
  return report
}

/** A page of the reports of a comment. */
export async function pageOfReports(read: Read, commentId: string, page: PageRequest): Promise<Rows<CommentReportTable>> {
  const found = await fetchPage(read.selectFrom('comment_reports').where('comment_id', '=', commentId), 'comment_reports.id', 'comment_reports.id', page)
  const ids = found.data.map(({ id }) => id)
  return { ...found, data: ids.length === 0 ? [] : inOrder(ids, await read.selectFrom('comment_reports').selectAll().where('id', 'in', ids).execute()) }
}
