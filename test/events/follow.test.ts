import { openDatabase } from '../../src/commands/open.ts'
import { readConfig } from '../../src/config.ts'
import type { LoggedEvent } from '../../src/database/log.ts'
import { follow } from '../../src/events/follow.ts'
import { emptyDatabase } from '../support/database.ts'
import { t } from '../support/tap.ts'

const author = { actor: null, requestId: null }

t.test('the log is followed from a number, from now, or from a cursor that outlasts a stop', async (t) => {
  const { database } = await openDatabase(readConfig({ DATABASE_URL: await emptyDatabase(t), ADMIN_TOKEN: 'x'.repeat(32) }))
  // Following alone doesn't keep a process running, as a server would.
  const running = setInterval(() => {}, 1000)
  t.teardown(async () => {
    clearInterval(running)
    await database.close()
  })
  const append = (id: string) => database.transaction(author, async (tx) => tx.append({ type: 'topic.created', subject: { type: 'topic', id } }))

  /** Follows until `count` events were taken. @param failsAt the id of the event at which taking fails the first time */
  async function taken(from: Parameters<typeof follow>[1]['from'], count: number, whileFollowing = async () => {}, failsAt = ''): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = []
    let hasFailed = false
    const enough = Promise.withResolvers<void>()
    const following = follow(database, {
      from,
      onEvents(more) {
        if (!hasFailed && more.some(({ subject }) => subject.id === failsAt)) {
          hasFailed = true
          throw new Error('not now')
        }
        events.push(...more)
        if (events.length >= count) enough.resolve()
      },
    })
    await following.start()
    await whileFollowing()
    await enough.promise
    await following.stop()
    t.equal(hasFailed, failsAt !== '')
    return events
  }
  const idsOf = (events: LoggedEvent[]) => events.map(({ subject }) => subject.id)

  for (const id of ['a', 'b', 'c']) await append(id)
  const all = await taken(0, 3)
  t.strictSame(idsOf(all), ['a', 'b', 'c'])
  t.strictSame(
    all.map(({ seq }) => seq),
    all.map(({ seq }) => seq).toSorted((one, other) => one - other),
  )
  t.match(all[0], { type: 'topic.created', subject: { type: 'topic', id: 'a' }, data: {} })
  t.strictSame(idsOf(await taken(all[1]?.seq as number, 1)), ['c'])
  t.strictSame(idsOf(await taken('now', 1, () => append('d').then(() => {}))), ['d'])
  t.strictSame(idsOf(await taken({ cursor: 'test' }, 4)), ['a', 'b', 'c', 'd'])
  await append('e')
  t.strictSame(idsOf(await taken({ cursor: 'test' }, 2, () => append('f').then(() => {}))), ['e', 'f'], 'it goes on where it ended')
  t.strictSame(idsOf(await taken({ cursor: 'test' }, 1, () => append('g').then(() => {}), 'g')), ['g'], 'what could not be taken comes again')
})
