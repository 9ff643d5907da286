import { run } from '../support/command.ts'
import { commented } from '../support/comments.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, type Json, startServer } from '../support/server.ts'
import { t } from '../support/tap.ts'

const [workers, steps] = [8, 100]

/** A small generator: the same choices on each run. */
function choices(seed: number) {
  let state = seed
  return (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % most
  }
}

t.test('counts are right whatever is done at once, in two processes', async (t) => {
  const url = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL: url, COMMENT_MAX_DEPTH: '3' })
  const env = {
    DATABASE_URL: url,
    ADMIN_TOKEN: adminToken,
    PORT: '0',
    LOG_LEVEL: 'error',
    WRITE_RATE_LIMIT: 'off',
    COMMENT_RATES: 'off',
    COMMENT_MAX_DEPTH: '3',
  }
  const other = (await run(t, ['serve'], { env }).sees(/answers on (\S+)/))[1] as string
  const stories = [await commented(server), await commented(server)]
  const made: { id: string; path: string }[] = []
  const statuses = new Map<number, number>()

  async function work(worker: number): Promise<void> {
    const choose = choices(worker + 1)
    const pick = <T>(list: readonly T[]) => list[choose(list.length)] as T
    for (let step = 0; step < steps; step++) {
      const address = pick([server.url, other])
      const send = async (method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<Json> => {
        const answer = await fetch(address + path, {
          method,
          headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', ...headers },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const text = await answer.text()
        if (answer.status >= 500) t.fail(`${method} ${path}: ${answer.status} ${text}`)
        return answer.ok && text ? JSON.parse(text) : null
      }
      const comment = made.length > 0 ? pick(made) : null
      const kind = choose(10)
      if (comment === null || kind < 4) {
        const parent = comment && choose(3) > 0 ? comment : null
        const path = parent?.path ?? pick(stories).path
        const said = await send('POST', path, { author: { name: 'Reader' }, body: `${worker}/${step}`, parentId: parent?.id })
        if (said) made.push({ id: said.id, path })
      } else if (kind < 6) await send('PATCH', `/v1/comments/${comment.id}`, { status: pick(['approved', 'rejected', 'pending', 'spam']) })
      else if (kind < 7) await send('DELETE', `/v1/comments/${comment.id}`)
      else await send('POST', `/v1/comments/${comment.id}/votes`, { value: choose(3) - 1 }, { 'comment-author': `reader ${choose(5)}` })
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  t.comment(`${[...statuses].map(([status, count]) => `${count} answers of ${status}`).join(', ')}; ${made.length} comments made`)

  const rows = await server.database.read.selectFrom('comments').selectAll().orderBy('depth', 'desc').orderBy('id').execute()
  const votes = await server.database.read.selectFrom('comment_votes').selectAll().execute()
  t.ok(rows.length > 20)
  t.equal(new Set(votes.map(({ comment_id, voter }) => `${comment_id} ${voter}`)).size, votes.length)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const counted = new Map(rows.map(({ id }) => [id, { replies: 0, tombstones: 0, children: 0 }]))
  const stateOf = (id: string) => {
    const { status } = byId.get(id) as (typeof rows)[number]
    const isSeen = status === 'approved' || (counted.get(id)?.replies ?? 0) > 0
    return { isSeen, isTombstone: isSeen && status !== 'approved' }
  }
  // From the deepest up, as what is seen follows from what is under it.
  for (const { id, parent_id } of rows) {
    if (parent_id === null) continue
    const above = counted.get(parent_id)
    if (!above) {
      t.fail('it stands under one that is there')
      continue
    }
    above.children++
    above.replies += Number(stateOf(id).isSeen)
    above.tombstones += Number(stateOf(id).isTombstone)
  }
  for (const row of rows) {
    const { replies, tombstones, children } = counted.get(row.id) as { replies: number; tombstones: number; children: number }
    const own = votes.filter(({ comment_id }) => comment_id === row.id)
    const [up, down] = [1, -1].map((value) => own.filter((vote) => vote.value === value).length)
    t.strictSame([row.reply_count, row.tombstone_count, row.child_count, row.upvotes, row.downvotes], [replies, tombstones, children, up, down])
    t.ok(row.status !== 'deleted' || children > 0, 'a tombstone stands for its replies alone')
    t.equal(row.root_id, row.parent_id === null ? row.id : byId.get(row.parent_id)?.root_id)
  }
  for (const { id, path } of stories) {
    const own = rows.filter(({ article_id }) => article_id === id)
    const approved = own.filter(({ status }) => status === 'approved').length
    const tombstones = own.filter((row) => stateOf(row.id).isTombstone).length
    for (const address of [server.url, other]) {
      const { page } = (await (await fetch(`${address}${path}?count=true`)).json()) as Json
      t.strictSame([page.total, page.tombstones], [approved, tombstones])
      t.equal(((await (await fetch(`${address}/v1/articles/${id}`)).json()) as Json).commentCount, approved)
    }
    let listed = 0
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { data, page } = (await (await fetch(`${server.url}${path}?limit=50${cursor && `&cursor=${cursor}`}`)).json()) as Json
      listed += data.length
      cursor = page.nextCursor
    }
    t.equal(listed, approved + tombstones)
  }
})
