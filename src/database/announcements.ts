import type { AppendedEvent } from './handles.ts'

/** An event as processes tell each other of it. */
export type AnnouncedEvent = AppendedEvent

/** What processes tell each other: what one of them has committed, or that another one has acted on the event of this number. */
export type Announcement = { from: string; events: AnnouncedEvent[] } | { heard: number }

/** The notification of a change to other processes. @param from its sender, who ignores its own */
export const announcementOf = (from: string, events: readonly AppendedEvent[]): string => JSON.stringify({ from, events: [...events] } satisfies Announcement)

/** Tells that an event was acted on. */
export const acknowledgementOf = (seq: number): string => JSON.stringify({ heard: seq } satisfies Announcement)

/** Parses a notification; null where it isn't understood, such as one of another version. */
export function announced(text: string): Announcement | null {
  try {
    const parsed = JSON.parse(text)
    return Array.isArray(parsed.events) || Number.isSafeInteger(parsed.heard) ? parsed : null
  } catch {
    return null
  }
}
