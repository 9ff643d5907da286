import type { Selectable } from 'kysely'
import type { Database } from '../database/connect.ts'
import type { Peers, Read } from '../database/engine.ts'
import { prepared } from '../database/prepared.ts'
import type { EventTable } from '../database/tables.ts'
import type { Cache } from '../http/cache.ts'
import { acknowledgementOf, announced, type EventFacts, keysOfEvent, lastTakeDown } from './keys.ts'
import type { EventType } from './types.ts'

export type Follower = {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Looks, once a turn of the event loop, what others have changed: null when all that is known has been applied, else when it is. */
  look: () => Promise<void> | null
  /** Whether a handle shows all whose events have been seen here: a replica may not yet. */
  isCaughtUp: (read: Read) => Promise<boolean>
}

const triedAgainAfter = 1000

// So long, in milliseconds, a take-down waits at the most for the other processes.
const heardWithin = 500

const eventsAfter = prepared<{ seq: number }, Selectable<EventTable>>((db, { seq }) =>
  db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq'),
)

const latest = async (read: Read) =>
  Number(
    (
      await read
        .selectFrom('events')
        .select(({ fn }) => fn.max<number | null>('seq').as('seq'))
        .executeTakeFirst()
    )?.seq ?? 0,
  )

/**
 * Drops from a cache what committed changes touch: those of this process as soon as they are committed, those of others as
 * soon as the database tells of them. While it can't tell, nothing is kept.
 */
export function eventFollower(database: Database, cache: Cache, onError: (error: unknown) => void): Follower {
  let seen = 0
  // Events of this process that are still to be read, and have been applied already.
  const own = new Set<number>()
  let reading: Promise<void> | null = null
  let isWoken = false
  let [isFollowing, isStopped] = [false, false]
  // Whether the database tells of changes.
  let isWatched = true
  let retry: NodeJS.Timeout | undefined
  let unwatch = async () => {}
  let look: (() => void) | null = null
  let hasLooked = false
  let peers: Peers | null = null
  // Who has acknowledged which take-down of this process, and what is told of each acknowledgement.
  const heardBy = new Map<number, Set<number>>()
  const waiting = new Set<() => void>()
  // Readers may have all other connections, and what is stale must not wait for them.
  let read = database.read

  function drop(keys: string[] | null): void {
    if (keys === null) cache.clear()
    else if (keys.length > 0) cache.drop(keys)
  }

  const apply = (event: EventFacts) => drop(keysOfEvent(event))

  async function readOn(): Promise<void> {
    const rows = await eventsAfter(read, { seq: seen })
    for (const row of rows) {
      seen = row.seq
      if (!own.delete(row.seq)) apply({ type: row.type as EventType, subject: { type: row.subject_type, id: row.subject_id }, data: JSON.parse(row.data) })
    }
  }

  function lose(error: unknown): void {
    cache.pause()
    if (isStopped) return
    onError(error)
    retry = setTimeout(begin, triedAgainAfter).unref()
  }

  async function readAll(): Promise<void> {
    try {
      while (isWoken && !isStopped) {
        isWoken = false
        await readOn()
      }
    } catch (error) {
      lose(error)
    } finally {
      reading = null
    }
  }

  function wake(): void {
    isWoken = true
    reading ??= readAll()
  }

  /** Waits until every other process that listens has dropped what a take-down drops, though not for one that hangs. */
  async function heardByAll(seq: number, { listeners }: Peers): Promise<void> {
    const others = await listeners()
    const isHeard = () => others.every((one) => heardBy.get(seq)?.has(one))
    if (isHeard()) return
    await new Promise<void>((resolve) => {
      const look = () => (isHeard() || isStopped) && end()
      const timer = setTimeout(end, heardWithin)
      function end(): void {
        clearTimeout(timer)
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
    })
  }

  function onAnnouncement(text: string | null, from?: number): void {
    const told = text === null ? null : announced(text)
    if (told && 'heard' in told) {
      if (told.from !== database.id || from === undefined) return
      heardBy.set(told.heard, (heardBy.get(told.heard) ?? new Set()).add(from))
      for (const look of waiting) look()
      return
    }
    if (told && told.from !== database.id) {
      drop(told.keys)
      // Nothing is lost with an acknowledgement but time.
      if (told.awaited !== null) peers?.tell(acknowledgementOf(text as string)).catch(() => {})
    }
    wake()
  }

  /** Begins, also anew: what happened meanwhile is unknown. */
  async function begin(): Promise<void> {
    try {
      seen = await latest(read)
      cache.clear()
      heardBy.clear()
      if (isWatched && !isStopped) cache.resume()
    } catch (error) {
      lose(error)
    }
  }

  database.onCommit((events) => {
    for (const { seq, type, subject, data = {} } of events) {
      if (seq > seen) own.add(seq)
      apply({ type, subject, data })
    }
    const takeDown = lastTakeDown(events)
    if (takeDown && isFollowing && isWatched && peers)
      return heardByAll(takeDown.seq, peers)
        .catch(() => {})
        .finally(() => heardBy.delete(takeDown.seq))
  })

  return {
    async start() {
      const watch = await database.engine.watch({
        onChange: onAnnouncement,
        onLost() {
          isWatched = false
          cache.pause()
        },
        onBack() {
          isWatched = true
          void begin()
        },
      })
      unwatch = watch.stop
      look = watch.look
      peers = watch.peers
      isFollowing = true
      read = watch.read ?? database.read
      await begin()
    },
    async stop() {
      isStopped = true
      look = null
      for (const look of waiting) look()
      clearTimeout(retry)
      cache.pause()
      await unwatch()
    },
    look() {
      if (look && !hasLooked) {
        hasLooked = true
        setImmediate(() => {
          hasLooked = false
        })
        look()
      }
      return look ? reading : null
    },
    isCaughtUp: async (read) => !database.hasReplicas || (await latest(read)) >= seen,
  }
}
