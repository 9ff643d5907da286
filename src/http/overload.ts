import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { requestId } from './lifecycle.ts'
import { isSafe } from './methods.ts'
import { Problem } from './problems.ts'
import { headersFor } from './public-headers.ts'
import type { App } from './server.ts'

// An import reads all that the module has, and what is behind one of its properties is a whole client of HTTP: 5 MB in each thread.
const { ServerResponse } = process.getBuiltinModule('node:http')

/** Lets a request be answered, now or in its turn, or refuses it. */
export type Admit = (request: IncomingMessage, response: CountedResponse, answer: () => void) => void

/** An answer that tells when it is made: its own events come once the client has read what comes before it on the same connection. */
export class CountedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  onMade: (() => void) | null = null

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    this.onMade?.()
    return super.end(chunk, encoding as BufferEncoding, callback as () => void)
  }
}

type Connection = { unread: number; waiting: (() => void)[] }

type Counted = { kind: UnderWay; request: IncomingMessage; since: number; isCounted: boolean; isDone: boolean }

type Waiting = { run: () => void; since: number }

// So long, in milliseconds, the event loop works on requests before it looks at what else there is: for less while some are refused, since
// those who are let in wait for each of their turns.
const [longTurn, shortTurn] = [8, 2]
// One connection is accepted a turn of the event loop. While they come, it turns for so long, in milliseconds, before it works on.
const accepting = 10
// Whoever is let in while there is too much to do waits about so long at the most.
const steadyWait = 4
// A queue of so many, longer than this in milliseconds, is too much once that goes on for more than a burst.
const [crowd, longWait, burst] = [64, 50, 250]
// Then so much is refused for so long at a time, in milliseconds, again and again while more than this part of what comes is refused:
// a queue that is kept short says no more how many would like to wait in it.
const [refusesFor, stillTooMuch] = [1000, 0.1]
// What may wait at any time, in milliseconds: as many requests as a burst has may wait for longer.
const [longestQueue, longestBurst, largestBurst] = [500, 1500, 256]
// The fewest that wait while there is too much to do.
const fewestWaiting = 1
// A refusal is sent after so many milliseconds: who asks again at once would otherwise take the time of those who were let in. So many
// wait for theirs at the most.
const [refusedAfter, mostRefusals] = [250, 2000]
// A request that takes longer than this, in milliseconds, says nothing about how often others end.
const longestPace = 50
// A body that takes longer than this to come, in milliseconds, is waited for without being counted.
const arrivesWithin = 100
// Of so many requests on one connection the answers may be unread: so many that come after them wait, and the rest is refused.
const [mostUnread, mostInLine] = [16, 100]
// Of reads, and of writes, that are under way: when that is a crowd, and the fewest and most of them while there is too much to do.
const [many, fewest, steadyMost] = [128, 2, 16]

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
    /** Whether one more is too much where there are so many, and while it is on only so many may be. */
    isOver(isMuch: boolean, count: number, most: number, now: number): boolean {
      if (!this.isOn(isMuch, now)) return false
      const isRefused = count >= most
      if (isRefused) refused++
      else admitted++
      return isRefused
    },
  }
}

/** How many may wait that take so long each, in milliseconds: never fewer than a crowd is. */
const mostWaiting = (each: number) => Math.max(many, longestQueue / each, Math.min(largestBurst, longestBurst / each))

/** Requests of one kind that were let in and aren't answered yet: how many, and how often one of them ends. */
function underWay() {
  const tooMany = overload()
  // In milliseconds between two ends, on average.
  let pace = 2
  let [count, last] = [0, 0]
  return {
    begin(now: number): void {
      if (count++ === 0) last = now
    },
    /** One of them is no longer counted, though it hasn't ended. */
    leave(): void {
      count--
    },
    end(now: number): void {
      count--
      pace += 0.05 * (Math.min(longestPace, now - last) - pace)
      last = now
    },
    /** Whether one more is too much: a few dozen never are, however slow the machine is. */
    isOver(now: number): boolean {
      const steady = Math.min(steadyMost, Math.max(fewest, steadyWait / pace))
      return tooMany.isOver(count > (pace * many > longestBurst ? crowd : many), count, steady, now) || count >= mostWaiting(pace)
    },
  }
}

type UnderWay = ReturnType<typeof underWay>

/**
 * Bounds what waits. Requests that aren't answered from memory are worked on for one turn of the event loop at a time, in the order in
 * which they came, however many come at once; past what the server can do, they are refused (503 with `Retry-After`), so that
 * those that are let in are answered soon. Whoever watches the server neither waits nor is refused.
 */
export function admission(app: App): Admit {
  const queue: Waiting[] = []
  const tooManyWaiting = overload()
  const [reads, writes] = [underWay(), underWay()]
  // Those whose bodies may still be coming, in the order in which they began.
  const arriving = new Set<Counted>()
  let [isWorking, isBegun] = [false, false]
  // When this turn began, 0 where none is counted; what one request takes of the event loop on average.
  let [turnSince, cost] = [0, 0.5]
  let refused = 0
  let refusedAt = Number.NEGATIVE_INFINITY
  const turnAt = (now: number) => (now - refusedAt < refusesFor ? shortTurn : longTurn)
  // Whether a connection was accepted since the last turn, and when work was last done.
  let [isAccepting, workedAt] = [false, 0]
  app.server.on('connection', () => {
    isAccepting = true
  })

  /**
   * Counts a request until its answer is made, but not while its body is long in coming: whoever sends or reads slowly keeps nobody else
   * out.
   */
  function count(kind: UnderWay, request: IncomingMessage, response: CountedResponse, now: number): void {
    kind.begin(now)
    const counted: Counted = { kind, request, since: now, isCounted: true, isDone: false }
    const { headers } = request
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) arriving.add(counted)
    response.onMade = () => {
      response.onMade = null
      arriving.delete(counted)
      if (counted.isCounted) kind.end(performance.now())
      counted.isDone = true
    }
  }

  /** Counts those no longer whose bodies are long in coming, until they have come. */
  function leaveSlow(now: number): void {
    for (const counted of arriving) {
      if (now - counted.since < arrivesWithin) return
      arriving.delete(counted)
      const { kind, request } = counted
      if (request.complete) continue
      kind.leave()
      counted.isCounted = false
      request.once('end', () => {
        if (counted.isDone) return
        kind.begin(performance.now())
        counted.isCounted = true
      })
    }
  }

  /** Runs a request, and counts how long it takes, with all that follows without waiting. */
  function runCounted(run: () => void, since: number, done: () => void): void {
    run()
    whenDone(() => {
      cost += 0.05 * (performance.now() - since - cost)
      done()
    })
  }

  function work(): void {
    isWorking = true
    const since = performance.now()
    if (isAccepting && since - workedAt < accepting) {
      isAccepting = false
      setImmediate(work)
      return
    }
    const turn = turnAt(since)
    const step = (): void => {
      const now = performance.now()
      const next = now - since < turn ? queue.shift() : undefined
      if (next) runCounted(next.run, now, step)
      else if (queue.length > 0) {
        workedAt = now
        setImmediate(work)
      } else isWorking = false
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
    if (queue.length === 0 && !isWorking && !isBegun && now - turnSince < turnAt(now)) {
      // What comes with it on the same connection, before it has done anything, waits for it.
      isBegun = true
      runCounted(run, now, () => {
        isBegun = false
      })
      return
    }
    queue.push({ run, since: now })
    if (isWorking) return
    isWorking = true
    setImmediate(work)
  }

  function isRefused(kind: UnderWay, now: number): boolean {
    const waits = queue[0] ? now - queue[0].since : 0
    const isMuch = queue.length > crowd && waits > longWait
    if (tooManyWaiting.isOver(isMuch, queue.length, Math.max(fewestWaiting, steadyWait / cost), now)) return true
    return queue.length >= mostWaiting(cost) || kind.isOver(now)
  }

  let refusals = 0
  function refuse(request: IncomingMessage, response: CountedResponse): void {
    refused++
    refusedAt = performance.now()
    app.metrics.count('overload')
    if (refusals >= mostRefusals) sendRefusal(request, response)
    else {
      refusals++
      setTimeout(() => {
        refusals--
        if (!response.destroyed) sendRefusal(request, response)
      }, refusedAfter)
    }
  }

  function sendRefusal({ headers }: IncomingMessage, response: CountedResponse): void {
    const id = requestId(headers['x-request-id'])
    const body = Buffer.from(JSON.stringify(new Problem('unavailable', 'There is too much to do; nothing was changed.').toBody(id)))
    response.writeHead(503, {
      ...headersFor(app.config, headers.origin, 'Accept-Encoding, Authorization'),
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'private, no-store',
      'retry-after': '1',
      'x-request-id': id,
    })
    response.end(body)
  }

  // One line a second, and not one a request, which would be one more thing to do.
  const timer = setInterval(() => {
    if (refused > 0) app.log.warn({ refused }, 'there was too much to do: requests were refused')
    refused = 0
  }, 1000).unref()
  app.addHook('onClose', async () => clearInterval(timer))

  const connections = new WeakMap<Socket, Connection>()

  /** Works on one request after the other of a client that doesn't read, however many it has sent: their answers are kept until then. */
  const inLine: Admit = (request, response, answer) => {
    const { socket } = request
    let connection = connections.get(socket)
    if (!connection) {
      connection = { unread: 0, waiting: [] }
      connections.set(socket, connection)
    }
    const own = connection
    if (own.unread >= mostUnread) {
      if (own.waiting.length >= mostInLine) refuse(request, response)
      else own.waiting.push(() => inLine(request, response, answer))
      return
    }
    own.unread++
    response.once('close', () => {
      response.onMade?.()
      own.unread--
      own.waiting.shift()?.()
    })
    admit(request, response, answer)
  }

  const admit: Admit = (request, response, answer) => {
    const now = performance.now()
    const kind = isSafe(request.method) ? reads : writes
    leaveSlow(now)
    if (isRefused(kind, now)) return refuse(request, response)
    count(kind, request, response, now)
    inTurn(() => {
      // Whoever has gone meanwhile needs no answer, nor, while there is too much to do, who sends no more.
      if (request.socket.readableEnded && performance.now() - refusedAt < refusesFor) request.socket.destroy()
      else if (!response.destroyed) answer()
    }, now)
  }

  return (request, response, answer) => {
    // Whoever has gone has no address any more.
    if (request.socket.remoteAddress === undefined) request.socket.destroy()
    else if (request.url?.startsWith('/health/')) answer()
    else inLine(request, response, answer)
  }
}
