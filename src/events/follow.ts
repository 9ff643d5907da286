import type { Selectable } from 'kysely'
import { announced } from '../database/announcements.ts'
import type { Peers, Read } from '../database/engine.ts'
import type { Database } from '../database/handles.ts'
import type { Following, FollowOptions, LoggedEvent } from '../database/log.ts'
import { prepared } from '../database/prepared.ts'
import type { EventTable } from '../database/tables.ts'
import { subjectOf } from './subject.ts'

const triedAgainAfter = 1000
// So many events are taken at a time.
const most = 1000
const nobody = { actor: null, requestId: null }

const eventsAfter = prepared<{ seq: number }, Selectable<EventTable>>((db, { seq }) =>
  db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(most),
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

const loggedEvent = (row: Selectable<EventTable>): LoggedEvent => ({
  seq: row.seq,
  ...subjectOf(row),
  data: JSON.parse(row.data),
  at: row.at,
})

const cursorSetting = (cursor: string) => `cursor:${cursor}`

async function loadCursor(read: Read, cursor: string): Promise<number> {
  const row = await read.selectFrom('settings').select('value').where('name', '=', cursorSetting(cursor)).executeTakeFirst()
  return Number(row?.value ?? 0)
}

async function saveCursor(database: Database, cursor: string, seq: number): Promise<void> {
  const row = { name: cursorSetting(cursor), value: String(seq) }
  await database.transaction(nobody, async (tx) => {
    await tx
      .insertInto('settings')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute()
  })
}

/** Follows the log of events of all processes: each is taken as soon as the database tells of it. */
export function follow(database: Database, { from, onEvents, onAnnounced, onLost = () => {}, onBegin = () => {} }: FollowOptions): Following {
  const cursor = typeof from === 'object' ? from.cursor : null
  let seen = typeof from === 'number' ? from : 0
  let reading: Promise<void> | null = null
  let isWoken = false
  let isStopped = false
  // Whether the database tells of changes.
  let isWatched = true
  let retry: NodeJS.Timeout | undefined
  let unwatch = async () => {}
  let look: (() => void) | null = null
  let hasLooked = false
  let peers: Peers | null = null
  // Readers may have all other connections, and what is stale must not wait for them.
  let read = database.read

  async function readOn(): Promise<void> {
    for (;;) {
      const rows = await eventsAfter(read, { seq: seen })
      const last = rows.at(-1)
      if (!last || isStopped) return
      await onEvents(rows.map(loggedEvent))
      seen = last.seq
      if (cursor !== null) await saveCursor(database, cursor, seen)
      if (rows.length < most) return
    }
  }

  function lose(error: unknown): void {
    if (isStopped) return
    onLost(error)
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

  /** Begins, or goes on after it was lost. */
  async function begin(): Promise<void> {
    try {
      if (from === 'now') seen = await latest(read)
      else if (cursor !== null) seen = await loadCursor(read, cursor)
      if (isWatched && !isStopped) onBegin()
      if (from !== 'now') wake()
    } catch (error) {
      lose(error)
    }
  }

  function onChange(text: string | null, connection = 0): void {
    const announcement = text === null ? null : announced(text)
    if (announcement) onAnnounced?.(announcement, connection)
    if (!announcement || 'events' in announcement) wake()
  }

  return {
    async start() {
      const watch = await database.engine.watch({
        onChange,
        onLost() {
          isWatched = false
          onLost(null)
        },
        onBack() {
          isWatched = true
          void begin()
        },
        acknowledges: onAnnounced !== undefined,
      })
      // It may have been stopped meanwhile.
      if (isStopped) return watch.stop()
      unwatch = watch.stop
      look = watch.look
      peers = watch.peers
      read = watch.read ?? database.read
      await begin()
    },
    async stop() {
      isStopped = true
      look = null
      peers = null
      clearTimeout(retry)
      // What is being taken is counted as taken.
      await reading
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
    seen: () => seen,
    isCaughtUp: async (read) => !database.hasReplicas || (await latest(read)) >= seen,
    peers: () => (isWatched ? peers : null),
  }
}
