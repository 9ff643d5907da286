import type { Static } from 'typebox'
import { ExternalIdInput } from '../http/external-ids.ts'
import {
  Closed,
  described,
  ExpectedRevision,
  ignored,
  Name,
  type Named,
  Nullable,
  named,
  Revision,
  ref,
  refAs,
  SameId,
  SameTime,
  TimeInput,
  Url,
} from '../http/schemas.ts'
import Type from '../http/type.ts'
import { about, CommentStatus, comment, ModeratedStatus } from './schemas.ts'

const bodyLimit = 10_000

export const VoteInput = named(
  'VoteInput',
  Closed(
    { value: Type.Integer({ minimum: -1, maximum: 1, format: 'int32', description: '1 for it, -1 against it, 0 takes a vote back.' }) },
    { description: 'A reader’s vote on a comment.', examples: [{ value: 1 }] },
  ),
)
export type VoteInput = Static<typeof VoteInput>

const Body = Type.String({
  minLength: 1,
  maxLength: bodyLimit,
  pattern: '\\S',
  format: 'visible',
  description: 'Markdown (CommonMark): emphasis, code, links, quotes, lists and fenced code; raw HTML is text. Bidi overrides and invisible signs are dropped.',
})

const CommentAuthorInput = named(
  'CommentAuthorInput',
  Closed(
    {
      name: described(Name, 'What the reader is called.'),
      email: Type.Optional(Nullable(Type.String({ format: 'email', maxLength: 254, description: 'Never shown to the public.' }))),
      url: Type.Optional(Nullable(described(Url, 'The reader’s own page.'))),
      staff: Type.Optional(Type.Boolean({ description: 'Whether the newsroom says it; `false` where this is left out: with `comments:moderate`.' })),
    },
    { description: 'Who writes a comment.', examples: [{ name: 'Reader' }] },
  ),
)

export const CommentInput = named(
  'CommentInput',
  Closed(
    {
      author: Type.Optional(refAs(CommentAuthorInput, 'Who writes it; may be left out where `Comment-Author-Name` says so.')),
      body: Body,
      parentId: Type.Optional(
        Nullable(
          Type.String({
            minLength: 1,
            maxLength: 210,
            description: 'The comment that it answers: its id, or `ext:` and its external id.',
            examples: ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c05'],
          }),
        ),
      ),
      honeypot: Type.Optional(
        Type.String({ maxLength: 1000, description: 'What was filled into a field of the form that people don’t see: nothing, by people.' }),
      ),
      stamp: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'From `GET /v1/comment-stamp`, when the form was loaded.' })),
      createdAt: Type.Optional(described(TimeInput, 'When it was written, not in the future. For imports, with `comments:moderate`.')),
      editedAt: Type.Optional(Nullable(described(TimeInput, 'When it was last edited. For imports, with `comments:moderate`.'))),
      status: Type.Optional(refAs(ModeratedStatus, 'What became of it; `approved` where an import doesn’t say. For imports, with `comments:moderate`.')),
      externalId: Type.Optional(
        Nullable(
          described(
            ExternalIdInput,
            'Its id where it comes from: the same comment sent again is answered as it is, and another one is a 409. For imports, with `comments:moderate`.',
          ),
        ),
      ),
    },
    { description: 'A comment, as input.', examples: [{ author: { name: 'Reader' }, body: 'Good *news*.' }] },
  ),
)
export type CommentInput = Static<typeof CommentInput>

const readOnly = {
  id: SameId,
  articleId: SameId,
  createdAt: SameTime,
  parentId: ignored(comment.parentId),
  replyTo: ignored(comment.replyTo),
  bodyHtml: ignored(comment.bodyHtml),
  depth: ignored(comment.depth),
  replyCount: ignored(comment.replyCount),
  score: ignored(comment.score),
  myVote: ignored(comment.myVote),
  updatedAt: ignored(comment.updatedAt),
  editedAt: ignored(comment.editedAt),
  ip: ignored(comment.ip),
  reports: ignored(comment.reports),
  externalId: ignored(comment.externalId),
  moderation: ignored(comment.moderation),
}
const vouched = { email: ignored(about.email), verified: ignored(about.verified), staff: ignored(about.staff), account: ignored(about.account) }
const Note = Type.Optional(Nullable(Type.String({ maxLength: 1000, description: 'What moderators tell each other: moderators alone.' })))
const Reason = Type.Optional(Nullable(Type.String({ maxLength: 1000, format: 'line', description: 'Moderators alone.' })))

/** A comment after a patch: as `GET` gives it, with the moderator's reason. */
export const PatchedComment = named(
  'PatchedComment',
  Closed({
    ...readOnly,
    revision: Type.Optional(Revision),
    status: ref(CommentStatus),
    reason: Reason,
    note: Note,
    pinned: Type.Boolean(),
    featured: Type.Boolean(),
    author: Closed({ name: Name, url: Type.Optional(Nullable(Url)), ...vouched }),
    body: Body,
  }),
)
export type PatchedComment = Static<typeof PatchedComment>

const CommentAuthorPatch = named(
  'CommentAuthorPatch',
  Closed(
    {
      name: Type.Optional(described(Name, 'What the reader is called.')),
      url: Type.Optional(Nullable(described(Url, 'The reader’s own page.'))),
      ...vouched,
    },
    { description: 'What the writer of a comment, and nobody else, changes of who wrote it.', examples: [{ name: 'A reader' }] },
  ),
)

export const CommentPatch = named(
  'CommentPatch',
  Closed(
    {
      ...readOnly,
      revision: ExpectedRevision,
      status: Type.Optional(refAs(ModeratedStatus, 'What becomes of it: moderators alone.')),
      reason: Reason,
      note: Note,
      pinned: Type.Optional(Type.Boolean({ description: 'Whether it stands above the others, in the place of one that did: moderators alone.' })),
      featured: Type.Optional(Type.Boolean({ description: 'Whether the newsroom features it: moderators alone.' })),
      body: Type.Optional(Body),
      author: Type.Optional(ref(CommentAuthorPatch)),
    },
    {
      description: 'A merge patch of a comment: a moderator’s `status` and `reason`, or its writer’s `body` and `author`.',
      examples: [{ status: 'rejected', reason: 'Off the subject' }],
    },
  ),
)

export const COMMENT_INPUT_SCHEMAS = [VoteInput, CommentAuthorInput, CommentAuthorPatch, CommentInput, CommentPatch] as Named[]
