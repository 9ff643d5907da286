import type { Static } from 'typebox'
import { Closed, Enum, Id, Ignored, Line, Name, type Named, Nullable, named, PageOf, Revision, RowOf, SameId, Time, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const commentStatuses = ['pending', 'approved', 'rejected', 'spam', 'deleted'] as const

const bodyLimit = 10_000
const example = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06',
  revision: 1,
  articleId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
  parentId: null,
  status: 'approved',
  author: { name: 'Reader', url: null },
  body: 'Good *news*.',
  bodyHtml: '<p>Good <em>news</em>.</p>',
  depth: 0,
  replyCount: 0,
  createdAt: '2026-05-01T10:00:00.000Z',
  updatedAt: '2026-05-01T10:00:00.000Z',
  editedAt: null,
}

const comment = {
  id: Id,
  revision: Revision,
  articleId: Id,
  parentId: Nullable(Id),
  status: Enum(commentStatuses),
  author: Nullable(
    Type.Object({
      name: Line,
      url: Nullable(Url),
      email: Type.Optional(Nullable(Type.String({ description: 'Only for moderators.' }))),
      verified: Type.Optional(Type.Boolean({ description: '`true` where a site’s token vouched for the reader.' })),
    }),
  ),
  body: Nullable(Type.String({ description: 'Inline Markdown.' })),
  bodyHtml: Nullable(Type.String({ description: 'The body as safe HTML.' })),
  depth: Type.Integer({ minimum: 0 }),
  replyCount: Type.Integer({ minimum: 0, description: 'Direct replies that the public sees.' }),
  createdAt: Time,
  updatedAt: Time,
  editedAt: Nullable(Time),
  ip: Type.Optional(Nullable(Type.String({ description: 'The address, hashed. Only for moderators.' }))),
  moderation: Type.Optional(
    Nullable(Type.Object({ by: Nullable(Type.String()), at: Time, reason: Nullable(Type.String()) }, { description: 'Only for moderators.' })),
  ),
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
    { examples: [{ ...example, editToken: 'bshe_…' }] },
  ),
)

export const CommentRow = RowOf('CommentRow', Comment, 'A comment, or those properties of it that `fields` picked.')
export const CommentPage = named('CommentPage', PageOf(CommentRow))
export const commentProperties = Object.keys(comment)

const Body = Type.String({ minLength: 1, maxLength: bodyLimit, pattern: '\\S', format: 'visible', description: 'Inline Markdown.' })

export const CommentInput = named(
  'CommentInput',
  Closed(
    {
      author: Closed({
        name: Name,
        email: Type.Optional(Nullable(Type.String({ format: 'email', maxLength: 254, description: 'Never shown to the public.' }))),
        url: Type.Optional(Nullable(Url)),
      }),
      body: Body,
      parentId: Type.Optional(Nullable(Id)),
    },
    { description: 'A comment on the way in.', examples: [{ author: { name: 'Reader' }, body: 'Good *news*.' }] },
  ),
)
export type CommentInput = Static<typeof CommentInput>

const readOnly = {
  id: SameId,
  articleId: SameId,
  createdAt: SameId,
  parentId: Ignored,
  bodyHtml: Ignored,
  depth: Ignored,
  replyCount: Ignored,
  updatedAt: Ignored,
  editedAt: Ignored,
  ip: Ignored,
  moderation: Ignored,
}
const Reason = Type.Optional(Nullable(Type.String({ maxLength: 1000, format: 'line', description: 'Moderators alone.' })))

/** A comment after a patch: as `GET` gives it, with the moderator's reason. */
export const PatchedComment = named(
  'PatchedComment',
  Closed({
    ...readOnly,
    revision: Type.Optional(Revision),
    status: Enum(commentStatuses),
    reason: Reason,
    author: Closed({ name: Name, url: Type.Optional(Nullable(Url)), email: Ignored, verified: Ignored }),
    body: Body,
  }),
)
export type PatchedComment = Static<typeof PatchedComment>

export const CommentPatch = named(
  'CommentPatch',
  Closed(
    {
      ...readOnly,
      revision: Type.Optional(Revision),
      status: Type.Optional(Enum(['pending', 'approved', 'rejected', 'spam'], { description: 'Moderators alone.' })),
      reason: Reason,
      body: Type.Optional(Body),
      author: Type.Optional(
        Closed({ name: Type.Optional(Name), url: Type.Optional(Nullable(Url)), email: Ignored, verified: Ignored }, { description: 'The writer alone.' }),
      ),
    },
    {
      description: 'A merge patch of a comment: a moderator’s `status` and `reason`, or its writer’s `body` and `author`.',
      examples: [{ status: 'approved' }],
    },
  ),
)

export const COMMENT_SCHEMAS = [Comment, CreatedComment, CommentRow, CommentPage, CommentInput, CommentPatch] as Named[]
