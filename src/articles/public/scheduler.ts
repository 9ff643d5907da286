import { currentTime, milliseconds } from '../../database/clock.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import type { App } from '../../http/server.ts'
import { firstDue, performDueOf } from './due.ts'

// What is due goes out within a second, the time of the work included.
const every = 400
// What fails is not tried at every turn, and keeps no other from going out.
const restsFor = 30_000

/** What is planned of one kind of thing. */
export type Plans = {
  /** As in the log. */
  name: string
  /** What is due first of it. @param resting the ids of those that are left out */
  first: (read: Read, now: string, resting: readonly string[]) => Promise<{ id: string; at: string } | undefined>
  /** Does what is due first for one, where something still is. */
  perform: (tx: Write, id: string) => Promise<unknown>
}

/** What is planned for articles. */
export const articlePlans: Plans = {
  name: 'article',
  async first(read, now, resting) {
    const row = await firstDue(read, now, resting)
    return row && { id: row.id, at: row.scheduled_at as string }
  },
  perform: performDueOf,
}

/**
 * Publishes and takes down what is planned, as long as the server listens; several processes may do so at once.
 * @param plans of what is due at the same time, the first of them come first
 */
export function startScheduler(app: App, plans: readonly Plans[]): void {
  const { database, config, log, metrics } = app
  const resting = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function firstOfAll(read: Read, now: string, resting: readonly string[]) {
    const found: { id: string; at: string; plan: Plans }[] = []
    for (const plan of plans) {
      const due = await plan.first(read, now, resting)
      if (due) found.push({ ...due, plan })
    }
    return found.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))[0]
  }

  async function performAll(): Promise<void> {
    for (const [id, until] of resting) if (until <= milliseconds()) resting.delete(id)
    for (;;) {
      const ids = [...resting.keys()]
      let next = isStopped ? undefined : await firstOfAll(database.read, currentTime(), ids)
      metrics.schedulerLag(next ? Math.max(0, (milliseconds() - Date.parse(next.at)) / 1000) : 0)
      if (!next) return
      try {
        await database.transaction({ actor: null, requestId: null, site: config.PUBLIC_SITE_URL }, async (tx) => {
          // One after the other, whichever process does it: so they go out in order, and each once.
          tx.lock(['schedule'])
          const due = await firstOfAll(tx.read, tx.now, ids)
          if (!due) return
          next = due
          await due.plan.perform(tx, due.id)
        })
      } catch (error) {
        if (database.engine.isUnavailable(error) || database.engine.isBusy(error)) throw error
        log.error({ err: error, [`${next.plan.name}Id`]: next.id }, 'what was planned could not be done')
        resting.set(next.id, milliseconds() + restsFor)
      }
    }
  }

  // A database that is gone is said once, and not at every look.
  let isFailing = false
  const turn = () =>
    performAll()
      .then(() => {
        isFailing = false
      })
      .catch((error) => {
        if (!isFailing) log.error({ err: error }, 'what is planned could not be looked at')
        isFailing = true
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(turn, every).unref()
      })
  app.addHook('onListen', async () => void turn())
  app.addHook('onClose', async () => {
    isStopped = true
    clearTimeout(timer)
  })
}
