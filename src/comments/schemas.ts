import type { Static } from 'typebox'
import { Count, described, Enum, Id, Line, type Named, Nullable, named, nullable, Page, Revision, RowOf, ref, Time, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const commentStatuses = ['pending', 'approved', 'rejected', 'spam', 'deleted'] as const

const example = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06',
  revision: 1,
  articleId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
  parentId: null,
  replyTo: null,
  status: 'approved',
  author: { name: 'Reader', url: null },
  body: 'Good *news*.',
  bodyHtml: '<p>Good <em>news</em>.</p>',
  depth: 0,
  replyCount: 0,
  score: 0,
  pinned: false,
  featured: false,
  createdAt: '2026-05-01T10:00:00.000Z',
  updatedAt: '2026-05-01T10:00:00.000Z',
  editedAt: null,
}

export const CommentStatus = named(
  'CommentStatus',
  Enum(commentStatuses, { description: 'Whether the public sees it: `approved`; `deleted` leaves a tombstone where it has replies.' }),
)
const moderated = ['pending', 'approved', 'rejected', 'spam'] as const
export const ModeratedStatus = named('ModeratedStatus', Enum(moderated, { description: 'What a moderator may make of a comment.' }))

/** What is said of who wrote a comment. */
export const about = {
  name: described(Line, 'What the reader is called.'),
  url: Nullable(described(Url, 'The reader’s own page.')),
  email: Nullable(Type.String({ description: 'Only for moderators.' })),
  verified: Type.Boolean({ description: '`true` where a site’s token vouched for the reader.' }),
  staff: Type.Boolean({ description: '`true` where the newsroom wrote it.' }),
  account: Nullable(Type.String({ description: 'The site’s own id of the reader. Only for moderators.' })),
}
export const CommentAuthor = named(
  'CommentAuthor',
  Type.Object(
    {
      ...about,
      email: Type.Optional(about.email),
      verified: Type.Optional(about.verified),
      staff: Type.Optional(about.staff),
      account: Type.Optional(about.account),
    },
    { description: 'Who wrote a comment.', examples: [{ name: 'Reader', url: null }] },
  ),
)
export const Moderation = named(
  'Moderation',
  Type.Object(
    {
      by: Nullable(Type.String({ description: 'The name of the moderator’s token.' })),
      at: Nullable(described(Time, 'When it was moderated; `null` where only rules looked at it.')),
      reason: Nullable(Type.String({ description: 'Why.' })),
      note: Nullable(Type.String({ description: 'What moderators tell each other.' })),
      flags: Type.Array(
        Type.Object(
          { rule: Type.String({ description: 'The rule.' }), detail: Nullable(Type.String({ description: 'What it found.' })) },
          { description: 'A rule that it fell under.' },
        ),
        { description: 'Which rules it fell under when it was written.' },
      ),
    },
    {
      description: 'What moderators and rules made of it. Only for moderators.',
      examples: [{ by: 'Desk', at: '2026-05-01T10:05:00.000Z', reason: null, note: null, flags: [{ rule: 'links', detail: '4 links' }] }],
    },
  ),
)

/** The properties of a comment. */
export const comment = {
  id: Id,
  revision: Revision,
  articleId: described(Id, 'The article that it is about.'),
  parentId: Nullable(described(Id, 'The comment that it stands under: the one that it answers, unless that is as deep as comments may be.')),
  replyTo: Nullable(described(Id, 'The comment that it answers, where it stands beside that one rather than under it.')),
  status: ref(CommentStatus),
  author: nullable(CommentAuthor),
  body: Nullable(Type.String({ description: 'Markdown: emphasis, code, links, quotes, lists and fenced code; raw HTML is text.' })),
  bodyHtml: Nullable(Type.String({ description: 'The body as safe HTML.' })),
  depth: Count('How many comments it is under.'),
  replyCount: Count('Direct replies that the public sees, tombstones among them.'),
  score: Type.Integer({ format: 'int32', description: 'Votes for it less those against it.' }),
  pinned: Type.Boolean({ description: 'Whether it stands above the others: one a story may.' }),
  featured: Type.Boolean({ description: 'Whether the newsroom featured it.' }),
  createdAt: described(Time, 'When it was written.'),
  updatedAt: described(Time, 'When it was last changed.'),
  editedAt: Nullable(described(Time, 'When its writer last changed it.')),
  myVote: Type.Optional(
    Type.Integer({ minimum: -1, maximum: 1, format: 'int32', description: 'How the reader voted: 1, -1, or 0. Where the reader is known.' }),
  ),
  ip: Type.Optional(Nullable(Type.String({ description: 'The address, hashed. Only for moderators.' }))),
  reports: Type.Optional(Count('Reports that no moderator has decided on. Only for moderators.')),
  externalId: Type.Optional(Nullable(Type.String({ description: 'Its id where it came from. Only for moderators.' }))),
  moderation: Type.Optional(nullable(Moderation)),
}

export const Comment = named(
  'Comment',
  Type.Object(comment, { description: 'What a reader says. A tombstone has the status `deleted`, and neither author nor body.', examples: [example] }),
)
export type Comment = Static<typeof Comment>

export const CreatedComment = named(
  'CreatedComment',
  Type.Object(
    {
      ...comment,
      editToken: Nullable(Type.String({ description: 'Sent back as `Comment-Edit-Token` it lets the writer edit or delete; it is not shown again.' })),
    },
    { description: 'A comment with the token that lets its writer change it.', examples: [{ ...example, editToken: 'bshe_…' }] },
  ),
)

export const commentProperties = Object.keys(comment)

export const CommentRow = RowOf(
  'CommentRow',
  Type.Object(
    {
      ...comment,
      replies: Type.Optional(
        Type.Unsafe<unknown>({ allOf: [{ $ref: 'Replies#' }], description: 'The first ones to it, and to those, in `view=tree`, whatever `fields` picks.' }),
      ),
    },
    { examples: [example] },
  ),
  'A comment, or those properties of it that `fields` picked.',
)

export const Replies = named(
  'Replies',
  Type.Object(
    {
      data: Type.Array(ref(CommentRow), { description: 'Oldest first.' }),
      page: Type.Object(
        {
          nextCursor: Nullable(
            Type.String({ description: 'For `cursor` at `/v1/comments/{comment}/replies`: what comes after these; `null` where nothing does.' }),
          ),
          prevCursor: Nullable(Type.String({ description: 'The same: what comes before these.' })),
        },
        { description: 'Where these are among all replies.' },
      ),
    },
    { description: 'Some of the direct replies to a comment.', examples: [{ data: [], page: { nextCursor: null, prevCursor: null } }] },
  ),
)

export const CommentsPage = named(
  'CommentsPage',
  Type.Object(
    {
      ...Page.properties,
      total: Type.Optional(Count('All comments but tombstones, only with `count=true`.')),
      tombstones: Type.Optional(Count('Tombstones, only with `count=true`.')),
      statuses: Type.Optional(
        Type.Object(Object.fromEntries(commentStatuses.map((status) => [status, Count('How many have this status.')])), {
          description: 'How many there are of each status, whichever are asked for. In the queue, only with `count=true`, and not with `ids`.',
        }),
      ),
      closesAt: Type.Optional(
        Nullable(described(Time, 'When the article stops taking comments by itself, as things are; `null` where it doesn’t. On an article’s comments.')),
      ),
    },
    { description: 'Where a page is among the others.', examples: [{ limit: 20, nextCursor: null, prevCursor: null }] },
  ),
)

const rows = Type.Array(ref(CommentRow), { description: 'The rows of this page, in order.' })
export const CommentPage = named('CommentPage', Type.Object({ data: rows, page: ref(CommentsPage) }, { description: 'A page of comments.' }))

export const CommentStamp = named(
  'CommentStamp',
  Type.Object(
    { stamp: Type.String({ description: 'For `stamp` of a comment.' }) },
    { description: 'When a form was loaded, signed.', examples: [{ stamp: 'mbq1k2x8.9f86d081884c7d659a2feaa0c55ad015' }] },
  ),
)

export const COMMENT_SCHEMAS = [
  CommentStamp,
  CommentStatus,
  ModeratedStatus,
  CommentAuthor,
  Moderation,
  Comment,
  CreatedComment,
  CommentRow,
  Replies,
  CommentsPage,
  CommentPage,
] as Named[]
