import type { Announcement } from './announcements.ts'
import type { Peers, Read } from './engine.ts'
import type { EventSubject } from './event-types.ts'

/** An event as it stands in the log. */
export type LoggedEvent = EventSubject & { seq: number; data: Record<string, unknown>; at: string }

export type FollowOptions = {
  /**
   * Where to begin: with what comes next (`now`), after the event of a number, or, with a cursor that is kept in the database under
   * this name, where the last one who had it ended: at the very beginning for the first.
   */
  from: 'now' | number | { cursor: string }
  /**
   * Takes events in the order of the log, all that there are and some at a time; more come once it is done. Where it fails they
   * come again, as they may with a cursor after a stop: each is taken at least once.
   */
  onEvents: (events: readonly LoggedEvent[]) => void | Promise<void>
  /**
   * Called at once with the notifications of other processes, ahead of the log and maybe twice. Who takes this is listed among the listeners, and
   * acknowledges what they are to acknowledge.
   * @param connection the number of the connection that sent it
   */
  onAnnounced?: (announcement: Announcement, connection: number) => void
  /** The log can't be followed for now. @param error null where the database only can't tell of changes */
  onLost?: (error: unknown) => void
  /** It can from now on; begun with `now`, what happened meanwhile is unknown. */
  onBegin?: () => void
}

export type Following = {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Looks, once a turn of the event loop, what others have changed: null when all that is known has been taken, else when it is. */
  look: () => Promise<void> | null
  /** The number of the last event that was taken. */
  seen: () => number
  /** Whether a handle shows all whose events have been taken here: a replica may not yet. */
  isCaughtUp: (read: Read) => Promise<boolean>
  /** The other processes, where they are notified of changes rather than poll for them. */
  peers: () => Peers | null
}
