import { type AnnouncedEvent, type Announcement, acknowledgementOf } from '../database/announcements.ts'
import type { Peers } from '../database/engine.ts'
import type { EventType } from '../database/event-types.ts'
import type { AppendedEvent, Database } from '../database/handles.ts'
import type { Following, FollowOptions } from '../database/log.ts'
import type { Cache } from './cache.ts'
import { keysOfEvent } from './cache-keys.ts'

// What must not be read any more when the answer to it has come, whichever process is asked.
const takeDowns: EventType[] = ['article.unpublished', 'article.trashed']
const isTakeDown = ({ type }: AnnouncedEvent) => takeDowns.includes(type)

// So long, in milliseconds, a take-down waits at the most for the other processes.
const heardWithin = 500
// Of so many events it is remembered who acknowledged them: all tell all.
const mostHeard = 1000

/** Who has acknowledged which event, and who waits for that. */
function acknowledgements() {
  const heardBy = new Map<number, Set<number>>()
  const waiting = new Set<() => void>()
  return {
    note(seq: number, connection: number): void {
      const own = heardBy.get(seq)
      if (own) own.add(connection)
      else heardBy.set(seq, new Set([connection]))
      const [first] = heardBy.keys()
      if (heardBy.size > mostHeard && first !== undefined) heardBy.delete(first)
      for (const look of waiting) look()
    },
    /** Waits until every listener has acknowledged an event, though not for one that hangs. */
    async ofAll(seq: number, { listeners }: Peers): Promise<void> {
      const others = await listeners()
      const isHeard = () => others.every((one) => heardBy.get(seq)?.has(one))
      if (isHeard()) return
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        const look = () => isHeard() && end()
        const timer = setTimeout(end, heardWithin)
        waiting.add(look)
      })
    },
  }
}

/**
 * Drops from a cache what committed changes touch: those of this process as soon as they are committed, those of others as
 * soon as the database tells of them. While it can't tell, nothing is kept.
 * @param follow what follows the log of events @param onError is called with why it can't be followed
 */
export function invalidate(
  database: Database,
  cache: Cache,
  follow: (database: Database, options: FollowOptions) => Following,
  onError: (error: unknown) => void,
): Following {
  // Events that are still to come in the log, and have been applied already.
  const applied = new Set<number>()
  const heard = acknowledgements()
  let isFollowing = false

  function apply(event: AnnouncedEvent): void {
    const keys = keysOfEvent(event)
    if (keys === null) cache.clear()
    else if (keys.length > 0) cache.drop(keys)
  }

  function applyOthers(event: AnnouncedEvent): void {
    apply(event)
    // Nothing is lost with an acknowledgement but time.
    if (isTakeDown(event))
      following
        .peers()
        ?.tell(acknowledgementOf(event.seq))
        .catch(() => {})
  }

  function onAnnounced(announcement: Announcement, connection: number): void {
    if ('heard' in announcement) heard.note(announcement.heard, connection)
    else if (announcement.from !== database.id)
      for (const event of announcement.events) {
        if (event.seq <= following.seen() || applied.has(event.seq)) continue
        applied.add(event.seq)
        applyOthers(event)
      }
  }

  const following = follow(database, {
    from: 'now',
    onEvents(events) {
      for (const event of events) if (!applied.delete(event.seq)) applyOthers(event)
    },
    onAnnounced,
    onLost(error) {
      isFollowing = false
      cache.pause()
      if (error !== null) onError(error)
    },
    onBegin() {
      isFollowing = true
      applied.clear()
      cache.clear()
      cache.resume()
    },
  })

  database.onCommit((events: readonly AppendedEvent[]) => {
    for (const event of events) {
      if (event.seq > following.seen()) applied.add(event.seq)
      apply(event)
    }
    const takeDown = events.findLast(isTakeDown)
    const peers = isFollowing ? following.peers() : null
    // Where they poll before they answer, nobody needs to be notified.
    return takeDown && peers ? heard.ofAll(takeDown.seq, peers).catch(() => {}) : undefined
  })

  return {
    ...following,
    async stop() {
      cache.pause()
      await following.stop()
    },
  }
}
