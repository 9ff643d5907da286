import type { Following, LoggedEvent } from '../database/log.ts'
import { follow } from '../events/follow.ts'
import type { App } from '../http/server.ts'
import { addressesOf, baseOf } from './formats.ts'
import { toldOf } from './store.ts'

// In milliseconds.
const patience = 5000
// More addresses are not kept for a hub that doesn’t answer: it is told of what comes next.
const mostWaiting = 1000
// So many are told in one request.
const mostAtOnce = 100

const changesFeeds = ({ type, data }: LoggedEvent): boolean =>
  type === 'article.published' || type === 'article.unpublished' || ((type === 'article.trashed' || type === 'article.deleted') && data.wasPublic === true)

/**
 * Tells the hub (WebSub, 7) which feeds changed, from the start of the server on: a POST of `hub.mode=publish` with their addresses.
 * What it doesn’t take is told again with the next change. Each process tells it, and a hub looks at a feed before it passes anything on.
 */
export function startHub(app: App): void {
  const { WEBSUB_HUB: hub } = app.config
  if (hub === null) return
  const base = baseOf(app.config)
  const waiting = new Set<string>()

  async function tell(): Promise<void> {
    for (const addresses of Array.from({ length: Math.ceil(waiting.size / mostAtOnce) }, (_, index) =>
      [...waiting].slice(index * mostAtOnce, (index + 1) * mostAtOnce),
    )) {
      const body = new URLSearchParams([['hub.mode', 'publish'], ...addresses.map((address): [string, string] => ['hub.url', address])])
      const answer = await fetch(hub as string, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(patience) })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`the hub answered ${answer.status}`)
      for (const address of addresses) waiting.delete(address)
    }
  }

  const following: Following = follow(app.database, {
    from: 'now',
    async onEvents(events) {
      const ids = new Set(events.filter(changesFeeds).map(({ subject }) => subject.id))
      if (ids.size === 0) return
      for (const address of addressesOf(base, await toldOf(app.database.read, [...ids]))) if (waiting.size < mostWaiting) waiting.add(address)
      await tell().catch((err) => app.log.warn({ err }, 'the WebSub hub was not told of what changed; it will be, with the next change'))
    },
  })
  app.addHook('onListen', following.start)
  app.addHook('onClose', following.stop)
}
