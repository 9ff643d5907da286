import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { CommentHistoryTable, CommentTable } from '../database/tables.ts'

type Entry = Pick<CommentHistoryTable, 'by_kind' | 'action'> & Partial<Pick<CommentHistoryTable, 'reason' | 'note' | 'author_name' | 'body'>>

/** Notes what was done to a comment. @param before what it was */
export function noteHistory(tx: Write, before: CommentTable, after: CommentTable, entry: Entry): void {
  const row: CommentHistoryTable = {
    id: newId(),
    comment_id: before.id,
    at: tx.now,
    by_name: entry.by_kind === 'moderator' ? (tx.author.actor?.name ?? null) : null,
    status_before: before.status,
    status: after.status,
    reason: null,
    note: null,
    author_name: null,
    body: null,
    ...entry,
  }
  tx.insert('comment_history', [row])
}

/** A page of what was done to a comment. */
export async function pageOfHistory(read: Read, commentId: string, page: PageRequest): Promise<Rows<CommentHistoryTable>> {
  const query = read.selectFrom('comment_history').where('comment_id', '=', commentId)
  const found = await fetchPage(query, 'comment_history.id', 'comment_history.id', page)
  const ids = found.data.map(({ id }) => id)
  return { ...found, data: ids.length === 0 ? [] : inOrder(ids, await read.selectFrom('comment_history').selectAll().where('id', 'in', ids).execute()) }
}
