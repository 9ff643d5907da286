import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestId } from './lifecycle.ts'
import { Problem } from './problems.ts'
import type { App } from './server.ts'

/** What of one kind of request is under way; `most` are let in at any time, and `steadily` while there is too much to do. */
type Gate = { underWay: number; crowded: number; most: number; steadily: number; crowdedSince: number | null; refusesUntil: number }

// A burst is taken as it comes; what goes on for longer than this, in milliseconds, is too much.
const burst = 250
// Who was refused lately is refused again before the queue can grow.
const refusesFor = 1000
// So much reading is done in one turn of the event loop, in milliseconds, while there is too much to do.
const turn = 8
const [fewestInTurn, mostInTurn] = [4, 64]

const gate = (most: number, crowded: number, steadily: number): Gate => ({ underWay: 0, crowded, most, steadily, crowdedSince: null, refusesUntil: 0 })

/** Whether a gate is crowded, and has been for longer than a burst. @param size how many are under way or came at once */
function isOverloaded(own: Gate, size: number, now: number): boolean {
  if (size <= own.crowded) own.crowdedSince = null
  else own.crowdedSince ??= now
  if (own.crowdedSince !== null && now - own.crowdedSince > burst) own.refusesUntil = now + refusesFor
  return now < own.refusesUntil
}

/**
 * Bounds what waits: past what the server can do, requests are refused at once (503 with `Retry-After`), so that those that are let in
 * are answered soon. Answers from memory come before this, and whoever watches the server is never refused.
 */
export function installOverload(app: App): void {
  const reads = gate(2000, 100, 64)
  const writes = gate(500, 64, 16)
  // What came in this turn of the event loop, how much of it was let in, and what one of them costs on average.
  let [arrived, admitted, begunAt, cost] = [0, 0, 0, 0.5]
  let refused = 0

  function endTurn(): void {
    // Writes that are under way take their time in the same turn.
    if (admitted > 0 && writes.underWay === 0) cost += 0.1 * ((performance.now() - begunAt) / admitted - cost)
    arrived = 0
    admitted = 0
  }

  function admits(isWrite: boolean): boolean {
    const now = performance.now()
    if (isWrite) return writes.underWay < (isOverloaded(writes, writes.underWay, now) ? writes.steadily : writes.most)
    if (arrived++ === 0) {
      begunAt = now
      setImmediate(endTurn)
    }
    const isTooMuch = isOverloaded(reads, Math.max(arrived, reads.underWay), now)
    if (!isTooMuch) return reads.underWay < reads.most
    return admitted < Math.max(fewestInTurn, Math.min(mostInTurn, turn / cost)) && reads.underWay < reads.steadily
  }

  function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
    refused++
    app.metrics.count('overload')
    const id = requestId(headers['x-request-id'])
    const body = Buffer.from(JSON.stringify(new Problem('unavailable', 'There is too much to do; nothing was changed.').toBody(id)))
    response.writeHead(503, {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'private, no-store',
      vary: 'Accept-Encoding, Authorization',
      'retry-after': '1',
      'x-request-id': id,
      ...(app.config.CORS_ORIGINS === '*' ? { 'access-control-allow-origin': '*' } : {}),
    })
    response.end(body)
  }

  // One line a second, and not one a request, which would be one more thing to do.
  const timer = setInterval(() => {
    if (refused > 0) app.log.warn({ refused }, 'there was too much to do: requests were refused')
    refused = 0
  }, 1000).unref()
  app.addHook('onClose', async () => clearInterval(timer))

  app.addHook('onListen', () => {
    const [route] = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
    if (!route) return
    app.server.removeListener('request', route)
    app.server.on('request', (request, response) => {
      if (request.url?.startsWith('/health/')) return route.call(app.server, request, response)
      const isWrite = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS'
      if (!admits(isWrite)) return refuse(request, response)
      const own = isWrite ? writes : reads
      if (!isWrite) admitted++
      own.underWay++
      response.once('close', () => own.underWay--)
      route.call(app.server, request, response)
    })
  })
}
