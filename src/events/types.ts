/** Every type of event there is, with what it says happened. A committed change appends its events, no change appends none. */
export const eventTypes = {
  'article.created': 'An article was made.',
  'article.updated': 'An article, or one of its parts, changed.',
  'article.published': 'An article became public.',
  'article.unpublished': 'An article was withdrawn from the public.',
  'article.deleted': 'An article was deleted.',
  'section.created': 'A section was added to an article.',
  'section.updated': 'A section changed or moved.',
  'section.deleted': 'A section was deleted.',
  'highlight-list.created': 'A highlight list was made.',
  'highlight-list.updated': 'A highlight list changed or moved.',
  'highlight-list.deleted': 'A highlight list was deleted.',
  'comment.created': 'A reader commented.',
  'comment.updated': 'A comment was moderated or edited.',
  'comment.deleted': 'A comment was deleted.',
  'author.created': 'An author was made.',
  'author.updated': 'An author changed.',
  'author.deleted': 'An author was deleted.',
  'topic.created': 'A topic was made.',
  'topic.updated': 'A topic changed.',
  'topic.deleted': 'A topic was deleted.',
  'token.created': 'A token was made.',
  'token.updated': 'A token’s name, scopes or expiry changed.',
  'token.deleted': 'A token was revoked.',
} as const

export type EventType = keyof typeof eventTypes
