import { type SqlBool, sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { fetchPage, type PageRequest, type Rows } from '../database/pages.ts'
import type { CommentHistoryTable, CommentReportTable, CommentStandingTable, CommentTable } from '../database/tables.ts'
import { forgetAnswersNaming } from '../http/idempotency.ts'
import { commentsById } from './lists.ts'
import { pastMinute } from './rates.ts'
import { emailKey } from './search.ts'
import { deleteComment } from './store.ts'

/** Somebody by an e-mail address, or by a site’s own id. */
type Commenter = { email: string | null; account: string }

/** Whom a path names: what has an `@` may be either. */
export const commenterOf = (name: string): Commenter => ({ email: name.includes('@') ? emailKey(name) : null, account: name })

const commentsOf = (read: Read, { email, account }: Commenter) =>
  read.selectFrom('comments').where((where) => where.or([where('account', '=', account), ...(email === null ? [] : [where('email_key', '=', email)])]))

const voterOf = ({ account }: Commenter) => `account:${account}`

const standingsOf = (read: Read, { email, account }: Commenter) =>
  read
    .selectFrom('comment_standings')
    .where((where) =>
      where.or([
        where.and([where('kind', '=', 'account'), where('value', '=', account)]),
        ...(email === null ? [] : [where.and([where('kind', '=', 'email'), where('value', '=', email)])]),
      ]),
    )

/** A page of what somebody wrote, in whatever state. */
export async function pageOfCommenter(read: Read, commenter: Commenter, page: PageRequest): Promise<Rows<CommentTable>> {
  const key = page.sort.name === 'id' ? 'comments.id' : 'comments.created_at'
  const found = await fetchPage(commentsOf(read, commenter), key, 'comments.id', page)
  return {
    ...found,
    data: await commentsById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

/** What was done to comments, by their ids. */
export async function historiesOf(read: Read, ids: readonly string[]): Promise<Map<string, CommentHistoryTable[]>> {
  if (ids.length === 0) return new Map()
  const rows = await read
    .selectFrom('comment_history')
    .selectAll()
    .where('comment_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  return Map.groupBy(rows, (row) => row.comment_id)
}

// What one answer holds besides comments, at the most of each.
const most = 10_000

/** What else is kept about somebody. */
export async function traceOf(
  read: Read,
  commenter: Commenter,
): Promise<{
  votes: { comment_id: string; value: number; created_at: string }[]
  reports: CommentReportTable[]
  standings: CommentStandingTable[]
}> {
  const votes = await read
    .selectFrom('comment_votes')
    .select(['comment_id', 'value', 'created_at'])
    .where('voter', '=', voterOf(commenter))
    .orderBy('comment_id')
    .limit(most)
    .execute()
  const reports = await read.selectFrom('comment_reports').selectAll().where('reporter', '=', voterOf(commenter)).orderBy('id').limit(most).execute()
  return { votes, reports, standings: await standingsOf(read, commenter).selectAll().execute() }
}

/**
 * Erases some of what somebody wrote: each is gone with its history, or is a tombstone of which nothing is left but its place.
 * @returns how many; none where nothing is left
 */
export async function eraseComments(tx: Write, commenter: Commenter, limit: number): Promise<number> {
  const select = () => commentsOf(tx.read, commenter).selectAll().orderBy('article_id').orderBy('depth', 'desc').orderBy('id').limit(limit).execute()
  const articles = new Set((await select()).map(({ article_id }) => article_id))
  tx.lock([...articles].map((id) => `comments:${id}`))
  const rows = (await select()).filter(({ article_id }) => articles.has(article_id))
  for (const { id } of rows) {
    // Those above a deepest one were counted down by it.
    const row = await tx.read.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || row.status === 'deleted') continue
    await deleteComment(tx, row)
    tx.run(tx.updateTable('comments').set({ moderation_reason: null, moderation_note: null, external_id: null }).where('id', '=', id))
    tx.run(tx.updateTable('comment_history').set({ reason: null, note: null }).where('comment_id', '=', id))
  }
  return rows.length
}

/** Erases what else is kept about somebody; what they voted still counts, and is nobody’s. @returns how much of it there was */
export async function eraseTrace(tx: Write, commenter: Commenter): Promise<{ votes: number; reports: number; standings: number }> {
  const { votes } = await tx.read
    .selectFrom('comment_votes')
    .select(sql<number>`count(*)`.as('votes'))
    .where('voter', '=', voterOf(commenter))
    .executeTakeFirstOrThrow()
  const { reports } = await tx.read
    .selectFrom('comment_reports')
    .select(sql<number>`count(*)`.as('reports'))
    .where('reporter', '=', voterOf(commenter))
    .executeTakeFirstOrThrow()
  const standings = await standingsOf(tx.read, commenter).select('id').orderBy('id').execute()
  tx.run(tx.deleteFrom('comment_votes').where('voter', '=', voterOf(commenter)))
  tx.run(tx.updateTable('comment_reports').set({ reporter: null, text: null }).where('reporter', '=', voterOf(commenter)))
  for (const { id } of standings) tx.run(tx.deleteFrom('comment_standings').where('id', '=', id))
  for (const name of [commenter.account, ...(commenter.email === null ? [] : [commenter.email])]) await forgetAnswersNaming(tx, name)
  return { votes: Number(votes), reports: Number(reports), standings: standings.length }
}

/** Forgets addresses that came before a time, and who voted, reported or was banned by them: some at a time. @returns whether there are more */
export async function forgetAddresses(tx: Write, before: string, limit: number): Promise<boolean> {
  const old = await tx.read
    .selectFrom('comments')
    .select('id')
    .where('ip_hash', 'is not', null)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
    .execute()
  for (const { id } of old) tx.update('comments', ['id', id], { ip_hash: null })
  const votes = await tx.read
    .selectFrom('comment_votes')
    .select(['comment_id', 'voter'])
    .where('created_at', '<', before)
    .where('voter', '>=', 'address:')
    .where('voter', '<', 'address;')
    .limit(limit)
    .execute()
  for (const { comment_id, voter } of votes) tx.run(tx.deleteFrom('comment_votes').where('comment_id', '=', comment_id).where('voter', '=', voter))
  tx.run(
    tx
      .updateTable('comment_reports')
      .set({ reporter: null })
      .where('created_at', '<', before)
      .where('reporter', '>=', 'address:')
      .where('reporter', '<', 'address;'),
  )
  tx.run(tx.deleteFrom('comment_standings').where('kind', '=', 'ip').where('created_at', '<', before))
  return old.length === limit || votes.length === limit
}

/** Forgets keys under which nothing is hashed any more. @param before when the last of their addresses came */
export function forgetKeys(tx: Write, before: string): void {
  tx.run(tx.deleteFrom('comment_address_keys').where('created_at', '<', before))
}

/** Whether addresses are kept that came before a time, or who voted, reported or was banned by them. */
export async function hasAddresses(read: Read, before: string): Promise<boolean> {
  const byAddress = (column: 'voter' | 'reporter') => sql<SqlBool>`${sql.ref(column)} >= 'address:' and ${sql.ref(column)} < 'address;'`
  const looks = [
    read.selectFrom('comments').select('id').where('ip_hash', 'is not', null).where('created_at', '<', before).limit(1),
    read.selectFrom('comment_votes').select('comment_id').where('created_at', '<', before).where(byAddress('voter')).limit(1),
    read.selectFrom('comment_reports').select('id').where('created_at', '<', before).where(byAddress('reporter')).limit(1),
    read.selectFrom('comment_standings').select('id').where('kind', '=', 'ip').where('created_at', '<', before).limit(1),
  ]
  for (const look of looks) if ((await look.execute()).length > 0) return true
  return false
}

/** Whether there are keys of before a time, or counts of minutes that are over. */
export async function hasLeftovers(read: Read, before: string): Promise<boolean> {
  const key = await read.selectFrom('comment_address_keys').select('id').where('created_at', '<', before).limit(1).executeTakeFirst()
  if (key) return true
  return (await read.selectFrom('comment_rates').select('id').where('minute', '<', pastMinute()).limit(1).executeTakeFirst()) !== undefined
}
