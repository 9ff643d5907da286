import type { EventType } from './types.ts'

/** What an event says, as far as caches need it. */
export type EventFacts = { type: EventType; subject: { type: string; id: string }; data: Record<string, unknown> }

const publications: EventType[] = ['article.published', 'article.unpublished']

/**
 * The keys of what an event changes in public answers; `null` where anything may have changed. The working copy of an article,
 * and what else only editors see, changes nothing.
 */
export function keysOfEvent({ type, subject, data }: EventFacts): string[] | null {
  const [kind] = type.split('.')
  if (data.imported) return null
  const article = [`article:${subject.id}`, `comments:${subject.id}`]
  // Its comments are at its address, which may be another now, or none.
  if (publications.includes(type)) return [...article, 'list']
  // What leads to an article that isn't public shows differently once it is gone.
  if (type === 'article.trashed' || type === 'article.deleted') return [...article, ...(data.wasPublic ? ['list'] : [])]
  // The policy is the article's, not the edition's.
  if (type === 'article.updated') return data.commentPolicy === undefined ? [] : [`article:${subject.id}`, 'list']
  if (kind === 'comment') return [`comments:${data.articleId}`]
  if (type === 'author.updated' || type === 'topic.updated') return [`${kind}:${subject.id}`, 'list']
  if (kind === 'highlight-list' && data.articleId === null) return [`highlight-list:${subject.id}`]
  return []
}
