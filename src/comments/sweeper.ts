import type { App } from '../http/server.ts'
import { forgottenBefore } from './addresses.ts'
import { forgetAddresses, forgetKeys, hasAddresses, hasLeftovers } from './privacy.ts'
import { forgetRates } from './rates.ts'

// Addresses are kept by the day, so nobody waits for a minute.
const every = 10 * 60_000
const piece = 500

/** Forgets, as long as the server listens, what is kept for a time alone: addresses, their keys, and what was counted. */
export function startCommentSweeper(app: App): void {
  const { database, config, log } = app
  const nobody = { actor: null, requestId: null }
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  async function sweep(): Promise<void> {
    const days = config.COMMENT_ADDRESS_RETENTION
    const before = forgottenBefore(days)
    // Most often there is nothing to do, and then nothing is written.
    for (let hasMore = await hasAddresses(database.read, before); hasMore && !isStopped; )
      hasMore = await database.transaction(nobody, (tx) => forgetAddresses(tx, before, piece))
    if (isStopped || !(await hasLeftovers(database.read, forgottenBefore(2 * days)))) return
    await database.transaction(nobody, async (tx) => {
      forgetRates(tx)
      // A key is used for as long as addresses are kept, and what it hashed is kept as long again.
      forgetKeys(tx, forgottenBefore(2 * days))
    })
  }
  const turn = () =>
    sweep()
      .catch((error) => {
        // A database that can’t be written says so by itself, and the next turn comes.
        if (!database.engine.isUnavailable(error) && !database.engine.isBusy(error))
          log.error({ err: error }, 'what is kept of comments for a time could not be forgotten')
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(turn, every).unref()
      })
  app.addHook('onListen', async () => {
    timer = setTimeout(turn, 1000).unref()
  })
  app.addHook('onClose', async () => {
    isStopped = true
    clearTimeout(timer)
  })
}
