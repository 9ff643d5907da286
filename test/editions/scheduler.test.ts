import { connect } from '../../src/database/connect.ts'
import { clockAhead, hour } from '../support/clock.ts'
import { run } from '../support/command.ts'
import { emptyDatabase } from '../support/database.ts'
import { adminToken, type Json } from '../support/server.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

const url = await emptyDatabase(t)

/** A process that serves. `hourPasses` moves its clock ahead. */
async function serve(hoursAhead = 0): Promise<{
  kill: () => Promise<unknown>
  hourPasses: () => boolean
  say: (method: string, path: string, body?: unknown) => Promise<Json>
}> {
  const { child, sees, ends } = run(t, ['serve'], {
    env: { ...clockAhead(hoursAhead), DATABASE_URL: url, ADMIN_TOKEN: adminToken, PORT: '0', LOG_LEVEL: 'silent' },
  })
  const [, address] = await sees(/answers on (\S+)/)
  return {
    kill: () => {
      child.kill('SIGKILL')
      return ends
    },
    hourPasses: () => child.kill('SIGWINCH'),
    async say(method, path, body) {
      const answer = await fetch(`${address}/v1/articles${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      if (!answer.ok) throw new Error(await answer.text())
      return answer.json()
    },
  }
}

t.test('what is due goes out once and in order, from several processes, one of them killed, and after all were down', async (t) => {
  const servers = [await serve(), await serve(), await serve()] as const
  const database = connect(url)
  t.teardown(() => database.close())
  const events = () => database.read.selectFrom('events').selectAll().where('type', 'in', ['article.published', 'article.unpublished']).orderBy('seq').execute()

  const planned: { id: string; at: string }[] = []
  const start = Date.now() + hour
  for (let index = 0; index < 30; index++) {
    const at = new Date(start + index * 40).toISOString()
    const { id } = await servers[index % 3 === 0 ? 0 : 1].say('POST', '', { headline: `Planned ${index}`, schedule: { publish: { at } } })
    planned.push({ id, at })
  }
  // The working copy of that time goes out, but for one that is pinned.
  const [first, second] = planned as [{ id: string; at: string }, { id: string; at: string }]
  await servers[0].say('PATCH', `/${first.id}`, { kicker: 'changed after it was planned' })
  await servers[0].say('POST', `/${second.id}/publish`, { at: second.at, revision: 1 })
  await servers[0].say('PATCH', `/${second.id}`, { kicker: 'changed after it was planned' })
  await servers[0].say('POST', `/${first.id}/unpublish`, { at: new Date(start + 31 * 40).toISOString(), notice: 'Over.' })

  for (const server of servers) server.hourPasses()
  await until('some are out', async () => (await events()).length > 5)
  await servers[2].kill()
  await until('all are out', async () => (await events()).length >= 31)
  const done = await events()
  t.strictSame(
    done.map(({ type, subject_id }) => [type, subject_id]),
    [...planned.map(({ id }) => ['article.published', id]), ['article.unpublished', first.id]],
  )
  t.ok(done.every(({ actor }) => actor === null))
  const shown = async (id: string) => {
    const row = await database.read.selectFrom('editions').selectAll().where('article_id', '=', id).execute()
    return row.map(({ document }) => JSON.parse(document).kicker)
  }
  t.strictSame(await shown(first.id), ['changed after it was planned'])
  t.strictSame(await shown(second.id), [null])

  const nextHour = Date.now() + 2 * hour
  const at = (later: number) => new Date(nextHour + later).toISOString()
  const missed = [await servers[0].say('POST', '', { headline: 'Missed', schedule: { publish: { at: at(0) }, unpublish: { at: at(200) } } })]
  missed.push(await servers[0].say('POST', '', { headline: 'Missed, too', schedule: { publish: { at: at(100) } } }))
  await Promise.all([servers[0].kill(), servers[1].kill()])
  t.equal((await events()).length, 31, 'nothing is done while all are down')
  await serve(3)
  await until('those after it are out', async () => (await events()).length >= 34)
  t.strictSame(
    (await events()).slice(31).map(({ type, subject_id }) => [type, subject_id]),
    [
      ['article.published', missed[0].id],
      ['article.published', missed[1].id],
      ['article.unpublished', missed[0].id],
    ],
  )
})

t.test('lists that are planned go out with the stories of their time, once over several processes, and after all were down', async (t) => {
  const servers = [await serve(4), await serve(4)] as const
  const database = connect(url)
  t.teardown(() => database.close())
  const types = ['article.published', 'highlight-list.published'] as const
  const last = await database.read.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
  const events = () => database.read.selectFrom('events').selectAll().where('type', 'in', types).where('seq', '>', last.seq).orderBy('seq').execute()
  const lists = '/../highlight-lists'
  const start = Date.now() + 5 * hour
  const planned: [string, string][] = []
  for (let index = 0; index < 8; index++) {
    const at = new Date(start + index * 40).toISOString()
    const list = await servers[0].say('POST', `${lists}?publish=false`, { title: `Front ${index}` })
    await servers[1].say('POST', `${lists}/${list.id}/publish`, { at })
    const story = await servers[0].say('POST', '', { headline: `For the front ${index}`, schedule: { publish: { at } } })
    planned.push(['article.published', story.id], ['highlight-list.published', list.id])
  }
  for (const server of servers) server.hourPasses()
  await until('all are out', async () => (await events()).length >= planned.length)
  t.strictSame(
    (await events()).map(({ type, subject_id }) => [type, subject_id]),
    planned,
  )
  t.ok((await events()).every(({ actor }) => actor === null))
  const missed = await servers[0].say('POST', lists, { title: 'Missed' })
  await servers[0].say('PATCH', `${lists}/${missed.id}?publish=false`, { title: 'Out late' })
  await servers[0].say('POST', `${lists}/${missed.id}/publish`, { at: new Date(Date.now() + 6 * hour).toISOString() })
  await Promise.all(servers.map((server) => server.kill()))
  const late = await serve(7)
  await until('what was missed is out', async () => (await events()).length > planned.length)
  t.match(await late.say('GET', `${lists}/${missed.id}`), { title: 'Out late', revision: 2 })
  t.equal((await events()).length, planned.length + 1)
})
