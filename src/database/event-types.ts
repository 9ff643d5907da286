/** Every type of event there is, with what it says happened. A committed change appends its events, no change appends none. */
export const eventTypes = {
  'article.created': 'An article was made.',
  'article.updated': 'An article, or one of its parts, changed.',
  'article.scheduled':
    'The time at which an article is to be published or taken down was set, changed or cancelled; `data.was` is what was planned before, as it is in any event that ends a plan.',
  'article.published': 'A new edition of an article became public.',
  'article.unpublished': 'An article was taken down; `data` has the `reason` and, if any, the `notice`.',
  'article.trashed': 'An article was moved to the trash.',
  'article.restored': 'An article was restored from the trash.',
  'article.deleted':
    'An article was permanently deleted; `data.articles` are those that led there, if any, and `data.inMenus` says that a menu of the site did.',
  'section.created': 'A section was added to an article.',
  'section.updated': 'A section changed or moved.',
  'section.deleted': 'A section was deleted.',
  'highlight-list.created': 'A highlight list was made.',
  'highlight-list.updated': 'A highlight list changed or moved; with `copy: "working"` in its data only the working copy of a freestanding one.',
  'highlight-list.scheduled':
    'The time at which a freestanding list is to be published was set, changed or cancelled; `data.was` is what was planned before, as it is in any event that ends a plan.',
  'highlight-list.published': 'The working copy of a freestanding list became public.',
  'highlight-list.deleted':
    'A highlight list was deleted; `data.formerSlugs` are the old slugs of a freestanding one, if any, and `data.inMenus` says that a menu of the site led there.',
  'comment.created': 'A reader commented.',
  'comment.updated': 'A comment was moderated or edited.',
  'comment.deleted': 'A comment was deleted.',
  'comment.voted': 'A reader voted on a comment, or took a vote back.',
  'comment.reported': 'A reader reported a comment.',
  'comment-ban.created': 'Somebody was banned from commenting, or the ban changed.',
  'comment-ban.deleted': 'A ban was lifted.',
  'comment-trust.created': 'Somebody’s comments are approved at once from now on, or until another time.',
  'comment-trust.deleted': 'Somebody is trusted no longer.',
  'preview-link.created': 'A preview link was made.',
  'preview-link.deleted': 'A preview link was revoked.',
  'author.created': 'An author was made.',
  'author.updated': 'An author changed.',
  'author.deleted': 'An author was deleted; `data.formerSlugs` are its old slugs, if any, and `data.inMenus` says that a menu of the site led there.',
  'author.merged':
    'An author was merged into another, and is gone; `data.into` names the one that stays, to which its slugs lead; `data.formerSlugs` are those that it had before, if any.',
  'topic.created': 'A topic was made.',
  'topic.updated': 'A topic changed.',
  'topic.deleted': 'A topic was deleted; `data.formerSlugs` are its old slugs, if any, and `data.inMenus` says that a menu of the site led there.',
  'topic.merged':
    'A topic was merged into another, and is gone; `data.into` names the one that stays, to which its slugs lead; `data.formerSlugs` are those that it had before, if any.',
  'site.updated': 'What the newsroom says of itself changed.',
  'token.created': 'A token was made.',
  'token.updated': 'A token’s name, scopes or expiry changed.',
  'token.deleted': 'A token was revoked.',
} as const

export type EventType = keyof typeof eventTypes

type KindOf<T extends EventType> = T extends `${infer Kind}.${string}` ? Kind : never

/** The kinds of thing that events tell of. */
export type SubjectKind = KindOf<EventType>

/** The types of the events that tell of one kind of thing. */
export type EventTypeOf<Kind extends SubjectKind> = Extract<EventType, `${Kind}.${string}`>

/** What an event tells of: a type with a subject of its kind. */
export type EventSubject = { [Kind in SubjectKind]: { type: EventTypeOf<Kind>; subject: { type: Kind; id: string } } }[SubjectKind]
