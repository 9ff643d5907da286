import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'

/** What a comment’s votes are worth: the lower bound of Wilson’s interval at 95 %, in billionths, so that few votes are worth less than many. */
export function rankOf(up: number, down: number): number {
  const n = up + down
  if (n === 0) return 0
  const [z, share] = [1.96, up / n]
  const bound = (share + z ** 2 / (2 * n) - z * Math.sqrt((share * (1 - share) + z ** 2 / (4 * n)) / n)) / (1 + z ** 2 / n)
  return Math.max(0, Math.round(bound * 1e9))
}

const votesOn = prepared<{ id: string; first: string; second: string }, { voter: string; value: number }>((db, { id, first, second }) =>
  db.selectFrom('comment_votes').select(['voter', 'value']).where('comment_id', '=', id).where('voter', 'in', [first, second]),
)

/**
 * Makes a voter’s vote on a comment what it is to be: 1, -1, or 0 for none.
 * @param voters the names by which the voter may have voted before, the current one first
 * @returns the comment as it is then; null where nothing changed
 */
export async function castVote(tx: Write, row: CommentTable, voters: readonly string[], value: number): Promise<CommentTable | null> {
  const [voter = '', former = voter] = voters
  const votes = await votesOn(tx, { id: row.id, first: voter, second: former })
  const [before] = votes
  if ((before?.value ?? 0) === value && votes.length < 2) return null
  let { upvotes, downvotes } = row
  for (const vote of votes) {
    if (vote.value > 0) upvotes--
    else downvotes--
    tx.run(tx.deleteFrom('comment_votes').where('comment_id', '=', row.id).where('voter', '=', vote.voter))
  }
  if (value > 0) upvotes++
  if (value < 0) downvotes++
  if (value !== 0) tx.insert('comment_votes', [{ comment_id: row.id, voter, value, created_at: tx.now }])
  const counts = { upvotes, downvotes, rank: rankOf(upvotes, downvotes) }
  tx.update('comments', ['id', row.id], counts)
  tx.append({
    type: 'comment.voted',
    subject: { type: 'comment', id: row.id },
    revision: [row.revision, row.revision],
    data: { articleId: row.article_id, threadId: row.root_id, status: row.status, score: upvotes - downvotes },
  })
  return { ...row, ...counts }
}

/** How a voter voted on comments, by their ids. */
export async function votesOf(read: Read, voters: readonly string[], ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await read
    .selectFrom('comment_votes')
    .select(['comment_id', 'value'])
    .where('comment_id', 'in', [...ids])
    .where('voter', 'in', [...voters])
    .execute()
  return new Map(rows.map(({ comment_id, value }) => [comment_id, value]))
}
