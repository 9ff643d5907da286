import { type SqlBool, sql } from 'kysely'
import { parseSearch } from '../copy/query.ts'
import type { Engine, Read } from '../database/engine.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { CommentTable } from '../database/tables.ts'
import type { Condition } from '../http/filters.ts'
import { commentsById, isMarked } from './lists.ts'
import { emailKey } from './search.ts'

type Status = CommentTable['status']

/** What moderators look for; articles and topics are ids. */
export type QueueFilters = {
  statuses: readonly Condition[]
  articles: readonly Condition[]
  topics: readonly Condition[]
  flags: readonly Condition[]
  author?: string | undefined
  email?: string | undefined
  account?: string | undefined
  ip?: string | undefined
  q?: string | undefined
  /** At least so many reports. */
  reports?: number | undefined
  isFeatured?: boolean | undefined
  isPinned?: boolean | undefined
  createdAfter?: string | undefined
  createdBefore?: string | undefined
  updatedAfter?: string | undefined
  updatedBefore?: string | undefined
}

const keys = { createdAt: 'comments.created_at', updatedAt: 'comments.updated_at', reports: 'comments.report_count', id: 'comments.id' } as const

/** Those that a text finds, in what they say or in their author’s name. */
function wordsCondition(engine: Engine, text: string, within: 'any' | 0): ReturnType<typeof sql<SqlBool>> {
  const terms = parseSearch(text)
  if (terms.length === 0) return sql<SqlBool>`1 = 0`
  const { table, number, where } = engine.hits('comments', terms, within)
  return sql<SqlBool>`comments.number in (select ${number} from ${sql.table(table)} where ${where})`
}

function matching(read: Read, engine: Engine, filters: QueueFilters, withStatus: boolean) {
  let query = read.selectFrom('comments')
  const anyOf = (column: 'status' | 'article_id', conditions: readonly Condition[]) => {
    for (const { isNone, values } of conditions) {
      if (values.length > 0) query = query.where(column, isNone ? 'not in' : 'in', values as Status[])
      else if (!isNone) query = query.where(sql<SqlBool>`1 = 0`)
    }
  }
  if (withStatus) anyOf('status', filters.statuses)
  anyOf('article_id', filters.articles)
  for (const { isNone, values } of filters.topics) {
    const named = sql<SqlBool>`comments.article_id ${sql.raw(isNone ? 'not in' : 'in')} (select article_id from article_topics where topic_id in (${sql.join(values)}))`
    query = query.where(values.length > 0 ? named : sql<SqlBool>`${sql.lit(isNone ? 1 : 0)} = 1`)
  }
  for (const { isNone, values } of filters.flags) {
    const has = sql.join(
      values.map((rule) => sql<SqlBool>`coalesce(comments.flags, '') like ${`%"rule":"${rule}"%`}`),
      sql` or `,
    )
    query = query.where(isNone ? sql<SqlBool>`not (${has})` : sql<SqlBool>`(${has})`)
  }
  if (filters.q !== undefined) query = query.where(wordsCondition(engine, filters.q, 'any'))
  if (filters.author !== undefined) query = query.where(wordsCondition(engine, filters.author, 0))
  if (filters.email !== undefined) query = query.where('email_key', '=', emailKey(filters.email))
  if (filters.account !== undefined) query = query.where('account', '=', filters.account)
  if (filters.ip !== undefined) query = query.where('ip_hash', '=', filters.ip)
  if (filters.reports !== undefined) query = query.where('report_count', '>=', filters.reports)
  if (filters.isFeatured !== undefined) query = query.where(isMarked('is_featured', filters.isFeatured))
  if (filters.isPinned !== undefined) query = query.where(isMarked('is_pinned', filters.isPinned))
  if (filters.createdAfter !== undefined) query = query.where('created_at', '>=', filters.createdAfter)
  if (filters.createdBefore !== undefined) query = query.where('created_at', '<', filters.createdBefore)
  if (filters.updatedAfter !== undefined) query = query.where('updated_at', '>=', filters.updatedAfter)
  if (filters.updatedBefore !== undefined) query = query.where('updated_at', '<', filters.updatedBefore)
  return query
}

/** How many there are of each status, whatever statuses are asked for. */
async function countsByStatus(read: Read, engine: Engine, filters: QueueFilters): Promise<Record<Status, number>> {
  const rows = await matching(read, engine, filters, false)
    .select(['status', sql<number>`count(*)`.as('count')])
    .groupBy('status')
    .execute()
  const counts = Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]))
  return { pending: 0, approved: 0, rejected: 0, spam: 0, deleted: 0, ...counts }
}

/** A page of what moderators look for; counted, it has the counts by status, too. */
export async function pageOfQueue(read: Read, engine: Engine, filters: QueueFilters, page: PageRequest): Promise<Rows<CommentTable>> {
  const found = await fetchPage(matching(read, engine, filters, true), keys[page.sort.name as keyof typeof keys], 'comments.id', page)
  const data = await commentsById(
    read,
    found.data.map(({ id }) => id),
  )
  return { ...found, data, ...(page.count ? { counts: { statuses: await countsByStatus(read, engine, filters) } } : {}) }
}

/** Comments by ids, in the order asked, those that the filters leave. */
export async function orderedComments(read: Read, engine: Engine, filters: QueueFilters, ids: string[]): Promise<CommentTable[]> {
  if (ids.length === 0) return []
  return inOrder(ids, await matching(read, engine, filters, true).selectAll().where('id', 'in', ids).execute())
}
