import type { Database } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import type { Cache } from '../http/cache.ts'
import { announcedKeys, type EventFacts, keysOfEvent } from './keys.ts'
import type { EventType } from './types.ts'

export type Follower = {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Whether a handle shows all whose events have been seen here: a replica may not yet. */
  isCaughtUp: (read: Read) => Promise<boolean>
}

const triedAgainAfter = 1000

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
  let isReading = false
  let isWoken = false
  let isStopped = false
  // Whether the database tells of changes.
  let isWatched = true
  let retry: NodeJS.Timeout | undefined
  let unwatch = async () => {}
  // Readers may have all other connections, and what is stale must not wait for them.
  let read = database.read

  function drop(keys: string[] | null): void {
    if (keys === null) cache.clear()
    else if (keys.length > 0) cache.drop(keys)
  }

  const apply = (event: EventFacts) => drop(keysOfEvent(event))

  async function readOn(): Promise<void> {
    const rows = await read.selectFrom('events').selectAll().where('seq', '>', seen).orderBy('seq').execute()
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

  async function wake(): Promise<void> {
    isWoken = true
    if (isReading) return
    isReading = true
    try {
      while (isWoken && !isStopped) {
        isWoken = false
        await readOn()
      }
    } catch (error) {
      lose(error)
    } finally {
      isReading = false
    }
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
  })

  return {
    async start() {
      const watch = await database.engine.watch({
        onChange(announced) {
          const keys = announced === null ? undefined : announcedKeys(announced)
          if (keys !== undefined) drop(keys)
          void wake()
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
      read = watch.read ?? database.read
      await begin()
    },
    async stop() {
      isStopped = true
      clearTimeout(retry)
      cache.pause()
      await unwatch()
    },
    isCaughtUp: async (read) => !database.hasReplicas || (await latest(read)) >= seen,
  }
}
