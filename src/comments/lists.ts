import { type SqlBool, sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import { type Edge, fetchAround, fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { prepared } from '../database/prepared.ts'
import type { CommentTable } from '../database/tables.ts'
import { chunked } from '../database/values.ts'

/** What `isVisible` says, in the words of the partial indexes. */
const visible = sql<SqlBool>`(comments.status = 'approved' or comments.reply_count > 0)`

const columnOf = { createdAt: 'comments.created_at', updatedAt: 'comments.updated_at', rank: 'comments.rank', id: 'comments.id' } as const

const selectComments = (read: Read) => read.selectFrom('comments')

export async function commentsById(read: Read, ids: string[]): Promise<CommentTable[]> {
  return ids.length === 0 ? [] : inOrder(ids, await read.selectFrom('comments').selectAll().where('id', 'in', ids).execute())
}

/** @param around the row that the page is to hold, wherever it is */
async function pageOf(read: Read, query: ReturnType<typeof selectComments>, page: PageRequest, around?: CommentTable): Promise<Rows<CommentTable>> {
  const key = columnOf[page.sort.name as keyof typeof columnOf]
  const found = around
    ? await fetchAround(query, key, 'comments.id', page, { value: page.sort.name === 'rank' ? around.rank : around.created_at, id: around.id })
    : await fetchPage(query, key, 'comments.id', page)
  const ids = found.data.map(({ id }) => id)
  return { ...found, data: await commentsById(read, ids) }
}

/** Those with a mark, or without. The statement names the value, by which the index of the marked alone is found. */
export const isMarked = (name: 'is_featured' | 'is_pinned', isSet: boolean) => sql<SqlBool>`${sql.ref(name)} = ${sql.lit(Number(isSet))}`

/** What of an article’s comments: those that answer nothing, or those with these marks. */
type Chosen = { isTree: boolean; is_featured?: boolean | undefined; is_pinned?: boolean | undefined }

/** What the public sees under an article. */
export async function pageOfVisible(read: Read, articleId: string, chosen: Chosen, page: PageRequest, around?: CommentTable): Promise<Rows<CommentTable>> {
  const base = selectComments(read)
  const marks = (['is_featured', 'is_pinned'] as const).filter((name) => chosen[name] !== undefined)
  if (marks.length > 0) {
    // Few have a mark: they have indexes of their own, which no other condition is to lead away from.
    let marked = base.where('article_id', '=', articleId).where('status', '=', 'approved')
    for (const name of marks) marked = marked.where(isMarked(name, chosen[name] === true))
    return pageOf(read, marked, page)
  }
  const query = chosen.isTree ? base.where('under_id', '=', articleId) : base.where('article_id', '=', articleId)
  const rows = await pageOf(read, query.where(visible), { ...page, count: false }, around)
  if (!page.count) return rows
  const [counts] = await countsOf(read, { articleId })
  return { ...rows, total: counts?.approved ?? 0, counts: { tombstones: counts?.tombstones ?? 0 } }
}

const countsOf = prepared<{ articleId: string }, { approved: number; tombstones: number }>((db, { articleId }) =>
  db.selectFrom('comment_counts').select(['approved', 'tombstones']).where('article_id', '=', articleId),
)

/** What the public sees right under a comment, tombstones among it. */
export async function pageOfReplies(read: Read, parent: CommentTable, page: PageRequest, around?: CommentTable): Promise<Rows<CommentTable>> {
  const rows = await pageOf(read, selectComments(read).where('under_id', '=', parent.id).where(visible), { ...page, count: false }, around)
  return page.count ? { ...rows, total: parent.reply_count - parent.tombstone_count, counts: { tombstones: parent.tombstone_count } } : rows
}

/** The comments that one stands under, from the top down. */
export async function ancestorsOf(read: Read, row: CommentTable): Promise<CommentTable[]> {
  const ancestors: CommentTable[] = []
  for (let id = row.parent_id; id !== null; ) {
    const [parent] = await commentById(read, { id })
    if (!parent) break
    ancestors.unshift(parent)
    id = parent.parent_id
  }
  return ancestors
}

export const commentById = prepared<{ id: string }, CommentTable>((db, { id }) => db.selectFrom('comments').selectAll().where('id', '=', id))

// A page shows so many replies at the most, however deep they are; all others are at their own addresses.
const mostReplies = 500
// A statement has so many parts at the most.
const mostParents = 50

const oldest = { name: 'createdAt', isDescending: false, isIdDescending: false }

/** Where the replies to a comment begin: what goes on from there has all of them. */
const beginning: Edge = { value: '', id: '' }

/**
 * The first replies to each of some comments, oldest first, and to each of those, until `mostReplies` are read.
 * @param each how many of each @param path comments one under the other that are to be among them, the first one of `rows`
 */
export async function repliesUnder(
  read: Read,
  rows: readonly CommentTable[],
  each: number,
  path: readonly CommentTable[],
): Promise<Map<string, Rows<CommentTable>>> {
  const replies = new Map<string, Rows<CommentTable>>()
  let left = mostReplies
  for (let level = rows; level.length > 0; ) {
    const next: CommentTable[] = []
    const wanted = new Map(level.filter(({ reply_count }) => reply_count > 0).map((row) => [row.id, row]))
    for (const row of level) replies.set(row.id, { data: [], next: row.reply_count > 0 ? beginning : null, prev: null })
    const add = (id: string, found: Rows<CommentTable>) => {
      replies.set(id, found)
      next.push(...found.data)
      left -= found.data.length
    }
    for (const [index, row] of path.entries()) {
      const child = path[index + 1]
      if (!child || !wanted.delete(row.id)) continue
      add(row.id, await pageOfReplies(read, row, { limit: Math.max(each, 1), sort: oldest, position: null, count: false }, child))
    }
    if (each > 0)
      for (const ids of chunked([...wanted.keys()], mostParents)) {
        if (left < ids.length * each) break
        for (const [id, found] of await firstReplies(read, ids, each)) add(id, found)
      }
    level = next
  }
  return replies
}

/** The first replies to each of some comments: a range of an index for each. */
async function firstReplies(read: Read, ids: readonly string[], each: number): Promise<Map<string, Rows<CommentTable>>> {
  const firstOf = (id: string) =>
    read
      .selectFrom(
        selectComments(read)
          .selectAll()
          .where('under_id', '=', id)
          .where(visible)
          .orderBy('created_at')
          .orderBy('id')
          .limit(each + 1)
          .as('replies'),
      )
      .selectAll()
  const [first, ...others] = ids.map(firstOf)
  if (!first) return new Map()
  const rows = await others.reduce((query, other) => query.unionAll(other), first).execute()
  const found = Map.groupBy(rows, (row) => row.under_id)
  return new Map(
    [...found].map(([id, replies]) => {
      const data = replies.sort((a, b) => (a.created_at < b.created_at || (a.created_at === b.created_at && a.id < b.id) ? -1 : 1)).slice(0, each)
      const last = data.at(-1)
      return [id, { data, next: replies.length > each && last ? { value: last.created_at, id: last.id } : null, prev: null }]
    }),
  )
}
