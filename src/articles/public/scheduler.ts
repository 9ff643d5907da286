import { currentTime, milliseconds } from '../../database/clock.ts'
import type { App } from '../../http/server.ts'
import { firstDue, performNextDue } from './due.ts'

// What is due goes out within a second, the time of the work included.
const every = 400
// An article that fails is not tried at every turn, and keeps no other from going out.
const restsFor = 30_000

/** Publishes and takes down what is planned, as long as the server listens; several processes may do so at once. */
export function startScheduler(app: App): void {
  const { database, config, log, metrics } = app
  const resting = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function performAll(): Promise<void> {
    for (const [id, until] of resting) if (until <= milliseconds()) resting.delete(id)
    for (;;) {
      const ids = [...resting.keys()]
      const next = isStopped ? undefined : await firstDue(database.read, currentTime(), ids)
      metrics.schedulerLag(next ? Math.max(0, (milliseconds() - Date.parse(next.scheduled_at as string)) / 1000) : 0)
      if (!next) return
      try {
        await database.transaction({ actor: null, requestId: null, site: config.PUBLIC_SITE_URL }, (tx) => performNextDue(tx, ids))
      } catch (error) {
        if (database.engine.isUnavailable(error) || database.engine.isBusy(error)) throw error
        log.error({ err: error, articleId: next.id }, 'what was planned for an article could not be done')
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
