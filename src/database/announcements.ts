import type { AppendedEvent } from './handles.ts'

/** An event as processes tell each other of it. */
export type AnnouncedEvent = AppendedEvent

/** What processes tell each other: what one of them has committed, or that another one has acted on the event of this number. */
export type Announcement = { from: string; events: AnnouncedEvent[] } | { heard: number }

/** What a change tells the other processes. @param from who tells: nobody needs to be told of their own changes */
export const announcementOf = (from: string, events: readonly AppendedEvent[]): string => JSON.stringify({ from, events: [...events] } satisfies Announcement)

/** Tells that an event was acted on. */
export const acknowledgementOf = (seq: number): string => JSON.stringify({ heard: seq } satisfies Announcement)

/** What was told, null where it can't be read: another version may tell otherwise. */
export function announced(text: string): Announcement | null {
  try {
    const told = JSON.parse(text)
    return Array.isArray(told.events) || Number.isSafeInteger(told.heard) ? told : null
  } catch {
    return null
  }
}
