import { CompiledQuery, type Kysely } from 'kysely'
import { isMarked } from '../../src/comments/lists.ts'
import type { Tables } from '../../src/database/tables.ts'
import { bodiesOf, commented } from '../support/comments.ts'
import { faultsOf, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

/** A tree as its bodies: `['One', ['Reply', …], …]`. */
const outline = (comments: Json[]): Json[] => comments.flatMap(({ body, replies }) => (replies.data.length > 0 ? [body, outline(replies.data)] : [body]))

t.test('a tree has each comment with its first replies, and says where the others are', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  const one = await say('One')
  const reply = await say('a', one.id)
  for (const body of ['b', 'c', 'd', 'e']) await say(body, one.id)
  await say('a1', (await say('a0', reply.id)).id)
  await say('Two')
  const tree = await server.anonymous.get(`${path}?view=tree&count=true`)
  t.strictSame(outline(tree.body.data), ['One', ['a', ['a0', ['a1']], 'b', 'c'], 'Two'])
  t.match(tree.body.page, { total: 9, tombstones: 0, nextCursor: null })
  const { page } = tree.body.data[0].replies
  t.equal(page.prevCursor, null)
  t.strictSame(bodiesOf(await server.anonymous.get(`/v1/comments/${one.id}/replies?cursor=${page.nextCursor}`)), ['d', 'e'])
  t.equal(tree.body.data[1].replies.page.nextCursor, null, 'there are none')

  const bare = (await server.anonymous.get(`${path}?view=tree&replies=0`)).body.data
  t.strictSame(outline(bare), ['One', 'Two'])
  const all = await server.anonymous.get(`/v1/comments/${one.id}/replies?cursor=${bare[0].replies.page.nextCursor}`)
  t.strictSame(bodiesOf(all), ['a', 'b', 'c', 'd', 'e'], 'from the beginning')
  t.strictSame(outline((await server.anonymous.get(`${path}?view=tree&sort=newest&replies=1&limit=1`)).body.data), ['Two'])
  const picked = (await server.anonymous.get(`${path}?view=tree&fields=body`)).body.data[0]
  t.strictSame(
    Object.keys(picked),
    ['id', 'status', 'body', 'updatedAt', 'replies'].filter((name) => name in picked),
  )
  t.notOk('author' in picked.replies.data[0])
  t.strictSame(faultsOf(await server.anonymous.get(`${path}?replies=2`)), ['replies: combination'])
})

t.test('a page of a tree pages through what answers nothing, both ways', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  for (const body of ['One', 'Two', 'Three', 'Four', 'Five']) await say('re', (await say(body)).id)
  const first = await server.anonymous.get(`${path}?view=tree&limit=2`)
  t.strictSame(outline(first.body.data), ['One', ['re'], 'Two', ['re']])
  const second = await server.anonymous.get(`${path}?view=tree&limit=2&cursor=${first.body.page.nextCursor}`)
  t.strictSame(bodiesOf(second), ['Three', 'Four'])
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?view=tree&limit=2&cursor=${second.body.page.prevCursor}`)), ['One', 'Two'])
  t.strictSame(faultsOf(await server.anonymous.get(`${path}?limit=2&cursor=${first.body.page.nextCursor}`)), ['cursor: value'], 'another view has others')
})

t.test('more replies than a page may show are left to their own addresses', async (t) => {
  const server = await startServer(t)
  const { id, path } = await commented(server)
  const at = '2026-05-01T10:00:00.000Z'
  const row = (number: number, parent: string | null) => ({
    id: `01980b3e-1c5f-7c60-a3f4-${String(number).padStart(12, '0')}`,
    revision: 1,
    article_id: id,
    parent_id: parent,
    under_id: parent ?? id,
    depth: parent ? 1 : 0,
    status: 'approved',
    author_name: 'Reader',
    is_verified: 0,
    body: String(number),
    body_html: String(number),
    reply_count: parent ? 0 : 10,
    child_count: parent ? 0 : 10,
    created_at: at,
    updated_at: at,
  })
  const tops = Array.from({ length: 100 }, (_, number) => row(number, null))
  const replies = tops.flatMap((top, index) => Array.from({ length: 10 }, (_, number) => row(1000 + index * 10 + number, top.id)))
  await server.database.transaction({ actor: null, requestId: null }, async (tx) => {
    tx.insert('comments', tops)
    tx.insert('comments', replies)
  })
  const { body } = await server.anonymous.get(`${path}?view=tree&limit=100&replies=10`)
  const shown = body.data.map((comment: Json) => comment.replies.data.length)
  t.equal(shown.length, 100)
  t.equal(
    shown.reduce((sum: number, count: number) => sum + count, 0),
    500,
  )
  const left = body.data.at(-1)
  t.equal(left.replies.data.length, 0)
  t.strictSame(bodiesOf(await server.anonymous.get(`/v1/comments/${left.id}/replies?limit=2&cursor=${left.replies.page.nextCursor}`)), ['1990', '1991'])
})

t.test('a link to a comment gives the page that has it', async (t) => {
  const server = await startServer(t)
  const { path, say } = await commented(server)
  const made: Json[] = []
  for (const body of ['1', '2', '3', '4', '5', '6', '7', '8', '9']) made.push(await say(body))
  const [first, , , , fifth] = made
  const around = await server.anonymous.get(`${path}?limit=3&around=${fifth.id}`)
  t.strictSame(bodiesOf(around), ['4', '5', '6'])
  const { nextCursor, prevCursor } = around.body.page
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?limit=3&cursor=${nextCursor}`)), ['7', '8', '9'])
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?limit=3&cursor=${prevCursor}`)), ['1', '2', '3'])
  t.notMatch(around.headers.get('link'), 'around')
  const atEdge = await server.anonymous.get(`${path}?limit=3&around=${first.id}`)
  t.strictSame([bodiesOf(atEdge), atEdge.body.page.prevCursor], [['1', '2', '3'], null])
  t.strictSame(bodiesOf(await server.anonymous.get(`${path}?limit=2&around=${fifth.id}&sort=newest`)), ['5', '4'])

  const replies: Json[] = []
  for (const body of ['a', 'b', 'c', 'd', 'e', 'f']) replies.push(await say(body, fifth.id))
  const deep = await say('deep', (await say('deeper', replies[4].id)).id)
  const tree = await server.anonymous.get(`${path}?view=tree&limit=1&replies=2&around=${deep.id}`)
  t.strictSame(outline(tree.body.data), ['5', ['e', ['deeper', ['deep']], 'f']])
  const { page } = tree.body.data[0].replies
  t.strictSame(bodiesOf(await server.anonymous.get(`/v1/comments/${fifth.id}/replies?cursor=${page.prevCursor}&limit=2`)), ['c', 'd'])
  t.equal(page.nextCursor, null)

  t.strictSame(faultsOf(await server.anonymous.get(`${path}?around=${first.id}&cursor=${nextCursor}`)), ['around: combination'])
  await server.patch(`/v1/comments/${first.id}`, { status: 'spam' })
  for (const other of [first.id, 'first', (await (await commented(server)).say('Elsewhere')).id])
    t.strictSame(faultsOf(await server.anonymous.get(`${path}?around=${other}`)), ['around: not-found'])
})

t.test('what the list counts is what the article counts, tombstones beside it', async (t) => {
  const server = await startServer(t)
  const { id, path, say } = await commented(server)
  const one = await say('One')
  const two = await say('Two', one.id)
  await say('Three', two.id)
  const counts = async () => {
    const { page } = (await server.anonymous.get(`${path}?count=true&limit=1`)).body
    const tree = (await server.anonymous.get(`${path}?view=tree&count=true`)).body.page
    t.strictSame([tree.total, tree.tombstones], [page.total, page.tombstones])
    t.equal((await server.anonymous.get(`/v1/articles/${id}`)).body.commentCount, page.total)
    return [page.total, page.tombstones]
  }
  t.strictSame(await counts(), [3, 0])
  await server.delete(`/v1/comments/${one.id}`)
  await server.patch(`/v1/comments/${two.id}`, { status: 'rejected' })
  t.strictSame(await counts(), [1, 2])
  const { page } = (await server.anonymous.get(`/v1/comments/${one.id}/replies?count=true`)).body
  t.strictSame([page.total, page.tombstones], [0, 1])
  await server.patch(`/v1/comments/${two.id}`, { status: 'approved' })
  t.strictSame(await counts(), [2, 1])
})

t.test(
  'the few comments with a mark are found by an index of theirs, over all stories and under one',
  { skip: process.env.TEST_DATABASE_URL !== undefined && 'a plan of SQLite' },
  async (t) => {
    const { database } = await startServer(t)
    const base = database.read.selectFrom('comments').select('id').orderBy('created_at').limit(2)
    const planOf = async (query: typeof base) => {
      const { sql, parameters } = query.compile()
      const { rows } = await (database.read as unknown as Kysely<Tables>).executeQuery(CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]))
      return JSON.stringify(rows)
    }
    t.match(await planOf(base.where(isMarked('is_pinned', true))), 'INDEX comments_pinned_by_time')
    t.match(await planOf(base.where(isMarked('is_featured', true))), 'INDEX comments_featured_by_time')
    t.match(await planOf(base.where('article_id', '=', 'x').where(isMarked('is_pinned', true))), 'INDEX comments_pinned (')
  },
)
