import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestId } from './lifecycle.ts'
import { Problem } from './problems.ts'
import type { App } from './server.ts'

/** Lets a request be answered, now or in its turn, or refuses it. */
export type Admit = (request: IncomingMessage, response: ServerResponse, answer: () => void) => void

type Waiting = { run: () => void; since: number }

// So long, in milliseconds, the event loop works on requests before it looks at what else there is.
const turn = 8
// One connection is accepted a turn of the event loop. While they come, it turns for so long, in milliseconds, before it works on.
const accepting = 10
// Whoever is let in while there is too much to do waits about so long at the most.
const steadyWait = 10
// A queue of so many, longer than this in milliseconds, is too much once that goes on for more than a burst.
const [crowd, longWait, burst] = [64, 50, 250]
// Then so much is refused for so long at a time, in milliseconds, again and again while more than this part of what comes is refused:
// a queue that is kept short says no more how many would like to wait in it.
const [refusesFor, stillTooMuch] = [1000, 0.1]
// What may wait at any time, in milliseconds, though as many requests as a burst has; and the fewest while there is too much to do.
const [longestQueue, largestBurst, fewestWaiting] = [500, 256, 2]
// Writes that are under way: when that is a crowd, and the fewest and most of them while there is too much to do.
const [manyWrites, fewestWrites, steadyWrites] = [128, 4, 16]

/** Goes on when all is done that follows, without waiting, from what is done now. */
const whenDone = (work: () => void) => queueMicrotask(() => process.nextTick(work))

/** Whether something has been too much for longer than a burst, and since then more than could be let in. */
function overload() {
  let since: number | null = null
  let until = 0
  let [admitted, refused] = [0, 0]
  return {
    isOn(isMuch: boolean, now: number): boolean {
      if (!isMuch) since = null
      else since ??= now
      if (now < until) return true
      const goesOn = now < until + refusesFor && refused > stillTooMuch * (admitted + refused)
      if (goesOn || (since !== null && now - since > burst)) until = now + refusesFor
      ;[admitted, refused] = [0, 0]
      return now < until
    },
    /** What became of a request while it was on. */
    note(isRefused: boolean): void {
      if (isRefused) refused++
      else admitted++
    },
  }
}

type Overload = ReturnType<typeof overload>

/** About how long one takes of what is done one after the other, in milliseconds, by when they end. */
function pace(first: number) {
  let average = first
  let last = 0
  return {
    average: () => average,
    /** One has begun, where none was under way. */
    begin(now: number): void {
      last = now
    },
    end(now: number): void {
      average += 0.05 * (now - last - average)
      last = now
    },
  }
}

/**
 * Bounds what waits. Requests that aren't answered from memory are worked on for one turn of the event loop at a time, in the order in
 * which they came, however many come at once; past what the server can do, they are refused at once (503 with `Retry-After`), so that
 * those that are let in are answered soon. Whoever watches the server neither waits nor is refused.
 */
export function admission(app: App): Admit {
  const queue: Waiting[] = []
  const tooManyWaiting = overload()
  const tooManyWrites = overload()
  let [isWorking, isBegun] = [false, false]
  let writes = 0
  const writePace = pace(2)
  // When this turn began, 0 where none is counted; what one request takes on average, and when the last one began.
  let [turnSince, cost, lastAt] = [0, 0.5, 0]
  let refused = 0
  // Whether a connection was accepted since the last turn, and when work was last done.
  let [isAccepting, workedAt] = [false, 0]
  app.server.on('connection', () => {
    isAccepting = true
  })

  function work(): void {
    isWorking = true
    const since = performance.now()
    if (isAccepting && since - workedAt < accepting) {
      isAccepting = false
      setImmediate(work)
      return
    }
    const step = (): void => {
      const now = performance.now()
      const next = now - since < turn ? queue.shift() : undefined
      if (next) {
        if (lastAt > 0) cost += 0.05 * (now - lastAt - cost)
        lastAt = now
        next.run()
        whenDone(step)
      } else if (queue.length > 0) {
        workedAt = now
        // What comes between two turns isn't what a request costs.
        lastAt = 0
        setImmediate(work)
      } else {
        isWorking = false
        lastAt = 0
      }
    }
    step()
  }

  /** Runs a request now, or in its turn where this one has been long enough. */
  function inTurn(run: () => void, now: number): void {
    if (turnSince === 0) {
      turnSince = now
      setImmediate(() => {
        turnSince = 0
      })
    }
    if (queue.length === 0 && !isWorking && !isBegun && now - turnSince < turn) {
      // What comes with it on the same connection, before it has done anything, waits for it.
      isBegun = true
      whenDone(() => {
        isBegun = false
      })
      run()
      return
    }
    queue.push({ run, since: now })
    if (isWorking) return
    isWorking = true
    setImmediate(work)
  }

  function isOver(overload: Overload, isMuch: boolean, count: number, most: number, now: number): boolean {
    if (!overload.isOn(isMuch, now)) return false
    const isRefused = count >= most
    overload.note(isRefused)
    return isRefused
  }

  function isRefused(isWrite: boolean, now: number): boolean {
    const waits = queue[0] ? now - queue[0].since : 0
    if (isOver(tooManyWaiting, queue.length > crowd && waits > longWait, queue.length, Math.max(fewestWaiting, steadyWait / cost), now)) return true
    if (queue.length >= Math.max(largestBurst, longestQueue / cost)) return true
    if (!isWrite) return false
    const steady = Math.min(steadyWrites, Math.max(fewestWrites, steadyWait / writePace.average()))
    return isOver(tooManyWrites, writes > manyWrites, writes, steady, now) || writes >= Math.max(largestBurst, longestQueue / writePace.average())
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

  return (request, response, answer) => {
    if (request.url?.startsWith('/health/')) return answer()
    const now = performance.now()
    const isWrite = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS'
    if (isRefused(isWrite, now)) return refuse(request, response)
    if (isWrite) {
      if (writes++ === 0) writePace.begin(now)
      response.once('close', () => {
        writes--
        writePace.end(performance.now())
      })
    }
    // Whoever has gone meanwhile needs no answer.
    inTurn(() => void (response.destroyed || answer()), now)
  }
}
