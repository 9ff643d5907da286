import type { EventType } from './types.ts'

/** What an event says, as far as caches need it. */
export type EventFacts = { type: EventType; subject: { type: string; id: string }; data?: Record<string, unknown> }

const publications: EventType[] = ['article.published', 'article.unpublished']

/**
 * The keys of what an event changes in public answers; `null` where anything may have changed. The working copy of an article,
 * and what else only editors see, changes nothing.
 */
export function keysOfEvent({ type, subject, data = {} }: EventFacts): string[] | null {
  const [kind] = type.split('.')
  if (data.imported) return null
  const article = [`article:${subject.id}`, `comments:${subject.id}`]
  // Its comments are at its address, which may be another now, or none.
  if (publications.includes(type)) return [...article, 'list']
  // What leads to an article that isn't public shows differently once it is gone.
  if (type === 'article.trashed' || type === 'article.deleted') return [...article, ...(data.wasPublic ? ['list'] : [])]
  // The policy is the article's, not the edition's.
  if (type === 'article.updated') return data.commentPolicy === undefined ? [] : [`article:${subject.id}`, 'list']
  // Lists too long to name their rows are told by one key that comments have changed.
  if (kind === 'comment') return [`comments:${data.articleId}`, 'comments']
  if (type === 'author.updated' || type === 'topic.updated') return [`${kind}:${subject.id}`, 'list']
  // Pages of freestanding lists show new ones, and those whose keys would be too long have this one alone.
  if (kind === 'highlight-list' && data.articleId === null) return [`highlight-list:${subject.id}`, 'list']
  return []
}

/**
 * All that a cache outside must purge for an event, by the keys of `Surrogate-Key`: also what left something out since it wasn't
 * public.
 * @param pending the opaque key of an article that isn't shown
 */
export function purgedKeys(event: EventFacts, pending: (articleId: string) => string): string[] {
  const { type, subject, data = {} } = event
  const keys = keysOfEvent(event) ?? [`${subject.type}:${subject.id}`, 'list', ...importedKeys(subject, data)]
  const appears = type === 'article.published' || type === 'article.deleted' || (data.imported === true && subject.type === 'article')
  return appears ? [...keys, pending(subject.id)] : keys
}

function importedKeys({ type, id }: EventFacts['subject'], data: Record<string, unknown>): string[] {
  if (type === 'article') return [`comments:${id}`]
  return type === 'comment' ? ['comments', ...(typeof data.articleId === 'string' ? [`comments:${data.articleId}`] : [])] : []
}

// What must not be read any more when the answer to it has come, wherever it is asked for.
const takeDowns: EventType[] = ['article.unpublished', 'article.trashed']

/** The last of the events that take something down, if any does. */
export const lastTakeDown = <Event extends EventFacts>(events: readonly Event[]): Event | undefined => events.findLast(({ type }) => takeDowns.includes(type))

// More keys than this, in bytes, are told as all of them where who is told must answer.
const mostKeyBytes = 4000

/** What processes tell each other: a change and the keys that it drops (null for all of them), and that such a change has been heard. */
export type Announcement = { from: string } & ({ keys: string[] | null; awaited: number | null } | { heard: number })

/**
 * What a change tells the other processes; where it takes something down, it waits for their acknowledgement of the event's number.
 * @param from who tells: nobody needs to be told of their own changes
 */
export function announcementOf(from: string, events: readonly (EventFacts & { seq: number })[]): string {
  const each = events.map(keysOfEvent)
  const awaited = lastTakeDown(events)?.seq ?? null
  const keys = each.includes(null) ? null : [...new Set(each.flat())]
  const isLong = awaited !== null && Buffer.byteLength(JSON.stringify(keys)) > mostKeyBytes
  return JSON.stringify({ from, keys: isLong ? null : keys, awaited })
}

/** The answer to a change that waits for one. */
export const acknowledgementOf = (text: string): string => {
  const { from, awaited } = JSON.parse(text) as { from: string; awaited: number }
  return JSON.stringify({ from, heard: awaited })
}

/** What was told by another process or this one: an acknowledgement has the name of the one whose change it is about. Null where it can't be read. */
export function announced(text: string): Announcement | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
