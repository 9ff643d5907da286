import { acknowledgementOf, announced } from '../../src/database/announcements.ts'
import { connect } from '../../src/database/connect.ts'
import { emptyDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { createShort } from '../support/stories.ts'
import { t } from '../support/tap.ts'
import { until } from '../support/until.ts'

t.test('once a take-down is answered, no process gives the story any more', async (t) => {
  const url = await emptyDatabase(t)
  const [a, b] = [await startServer(t, { DATABASE_URL: url }), await startServer(t, { DATABASE_URL: url })]
  const story = await createShort(a, 'Taken down')
  const path = `/v1/articles/${story.id}`
  for (let round = 0; round < 20; round++) {
    for (const server of [a, b, a, b]) t.equal((await server.anonymous.get(path)).status, 200)
    const [way, status] = round % 2 === 0 ? [() => a.post(`${path}/unpublish`, { reason: 'legal' }), 451] : [() => a.delete(path), 410]
    t.match((await way()).status, /20[04]/)
    for (const server of [b, a]) t.equal((await server.anonymous.get(path)).status, status)
    if (status === 410) await a.post(`${path}/restore`)
    t.equal((await a.post(`${path}/publish`)).status, 200)
  }
})

t.test('a take-down is answered when each other process has said that it dropped the story', async (t) => {
  const url = await emptyDatabase(t)
  const server = await startServer(t, { DATABASE_URL: url })
  const other = connect(url)
  let onTakeDown: (seq: number) => void = () => {}
  const onChange = (text: string | null) => {
    const told = announced(text ?? '')
    if (told && 'events' in told) for (const { type, seq } of told.events) if (type === 'article.unpublished') onTakeDown(seq)
  }
  const watch = await other.engine.watch({ onChange, onLost() {}, onBack() {}, acknowledges: true })
  t.teardown(async () => {
    await watch.stop()
    await other.close()
  })
  const { peers } = watch
  if (!peers) return t.pass('on this engine each process looks for itself before it answers')
  // The server listens for others once it is there, and not before it answers.
  await until('the server listens', async () => (await peers.listeners()).length === 1)
  const story = await createShort(server, 'Taken down')
  const path = `/v1/articles/${story.id}`
  let isAnswered = false
  const heard = new Promise<number>((resolve) => {
    onTakeDown = resolve
  })
  const answer = server.post(`${path}/unpublish`, { reason: 'legal' }).finally(() => {
    isAnswered = true
  })
  const seq = await heard
  t.equal((await server.anonymous.get(path)).status, 451)
  t.notOk(isAnswered)
  await peers.tell(acknowledgementOf(seq))
  t.equal((await answer).status, 200)
})
