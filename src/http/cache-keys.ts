import type { EventType } from '../database/event-types.ts'

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
