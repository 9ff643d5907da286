import type { Selectable } from 'kysely'
import type { Database } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { prepared } from '../database/prepared.ts'
import type { EventTable } from '../database/tables.ts'
import type { Cache } from '../http/cache.ts'
import { announcedKeys, type EventFacts, keysOfEvent } from './keys.ts'
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

// So long, in milliseconds, a take-down waits at the most for its own notice.
const toldWithin = 500
const takeDowns: EventType[] = ['article.unpublished', 'article.trashed']

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
  const waiting = new Set<{ seq: number; resolve: () => void }>()
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
    for (const one of waiting) if (one.seq <= seen) one.resolve()
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

  /** Waits until the database has told this process of its own change: the others are told at that time, and may hear it a little later. */
  function told(seq: number): Promise<void> {
    return new Promise((resolve) => {
      const one = {
        seq,
        resolve() {
          clearTimeout(timer)
          waiting.delete(one)
          resolve()
        },
      }
      const timer = setTimeout(one.resolve, toldWithin)
      waiting.add(one)
    })
  }

  /** Begins, also anew: what happened meanwhile is unknown. */
  async function begin(): Promise<void> {
    try {
      seen = await latest(read)
      cache.clear()
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
    const last = events.findLast(({ type }) => takeDowns.includes(type))
    // Where they look for themselves before they answer, nobody needs to be told.
    if (last && isFollowing && isWatched && !look && last.seq > seen) return told(last.seq)
  })

  return {
    async start() {
      const watch = await database.engine.watch({
        onChange(announced) {
          const keys = announced === null ? undefined : announcedKeys(announced)
          if (keys !== undefined) drop(keys)
          wake()
        },
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
      isFollowing = true
      read = watch.read ?? database.read
      await begin()
    },
    async stop() {
      isStopped = true
      look = null
      for (const one of waiting) one.resolve()
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
