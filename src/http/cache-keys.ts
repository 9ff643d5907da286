import type { EventSubject, EventTypeOf, SubjectKind } from '../database/event-types.ts'

type Data = Record<string, unknown>

/** What an event says, as far as caches need it. */
export type EventFacts = EventSubject & { data?: Data }

/** The keys of what an event about this kind of thing changes in public answers; null where only editors see such things. */
type KeysOf<Kind extends SubjectKind> = ((id: string, type: EventTypeOf<Kind>, data: Data) => string[]) | null

// What a menu led to and is gone leaves its label there.
const ofMenus = ({ inMenus }: Data): string[] => (inMenus ? ['site'] : [])

/** What an event about an author or a topic changes. */
function keysOfName(id: string, type: EventTypeOf<'author' | 'topic'>, data: Data): string[] {
  const [kind, verb] = type.split('.') as ['author' | 'topic', string]
  // Where it was merged, its old addresses led to another, or do by now.
  const into = typeof data.into === 'string' ? [`${kind}:${data.into}`] : []
  if (verb === 'updated' || into.length > 0 || data.restored) return [`${kind}:${id}`, ...into, 'list', ...ofMenus(data)]
  // The public sees none whom no public article names.
  return ofMenus(data)
}

const keysOfKind: { [Kind in SubjectKind]: KeysOf<Kind> } = {
  article: (id, type, data) => {
    const own = [`article:${id}`, `comments:${id}`]
    // Its comments are at its address, which may be another now, or none.
    if (type === 'article.published' || type === 'article.unpublished') return [...own, 'list']
    // What leads to an article that isn't public shows differently once it is gone.
    if (type === 'article.trashed') return [...own, ...(data.wasPublic ? ['list'] : [])]
    // The events that said so before are gone with it; what others showed of it is rewritten.
    if (type === 'article.deleted')
      return [...own, 'list', ...(Array.isArray(data.articles) ? data.articles.map((other) => `article:${other}`) : []), ...ofMenus(data)]
    // What a story joins or leaves shows others as its translations, and so do lists of several languages.
    const translated = Array.isArray(data.translations) ? [`article:${id}`, ...data.translations.map((other) => `article:${other}`), 'list'] : []
    if (type !== 'article.updated') return translated
    // The policy is the article's, not the edition's, as are the id elsewhere by which it is found, and the old addresses that lead to it.
    const isWhole = data.commentPolicy !== undefined || data.externalId
    return [...(isWhole ? [...own, 'list'] : []), ...(data.aliases ? [`article:${id}`, 'redirects'] : []), ...translated]
  },
  section: null,
  // Pages of freestanding lists show new ones, and those whose keys would be too long have this one alone.
  'highlight-list': (id, type, data) =>
    data.articleId === null && data.copy !== 'working' && type !== 'highlight-list.scheduled'
      ? [`highlight-list:${id}`, 'list', ...ofMenus(data)]
      : ofMenus(data),
  // Lists too long to name their rows share one key, which any change of comments drops.
  // Reports are for moderators alone.
  comment: (_id, type, data) => (type === 'comment.reported' ? [] : [`comments:${data.articleId}`, 'comments']),
  'comment-ban': null,
  'comment-trust': null,
  'preview-link': null,
  author: keysOfName,
  topic: keysOfName,
  site: () => ['site'],
  token: null,
}

/**
 * The keys of what an event changes in public answers; `null` where anything may have changed. The working copy of an article,
 * and what else only editors see, changes nothing.
 */
export function keysOfEvent({ type, subject, data = {} }: EventFacts): string[] | null {
  if (data.imported) return null
  // The table has for each kind what takes its own types.
  const keys = keysOfKind[subject.type] as KeysOf<SubjectKind>
  return keys?.(subject.id, type, data) ?? []
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

function importedKeys({ type, id }: EventFacts['subject'], data: Data): string[] {
  if (type === 'article') return [`comments:${id}`, ...(Array.isArray(data.translations) ? data.translations.map((other) => `article:${other}`) : [])]
  if (type === 'site') return ['site']
  return type === 'comment' ? ['comments', ...(typeof data.articleId === 'string' ? [`comments:${data.articleId}`] : [])] : []
}
