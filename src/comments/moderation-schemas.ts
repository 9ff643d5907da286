import type { Static } from 'typebox'
import { Closed, Count, described, Enum, Id, Line, type Named, Nullable, named, nullable, PageOf, RowOf, ref, refAs, Time, TimeInput } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { CommentStatus, ModeratedStatus } from './schemas.ts'

const [Reason, Note] = [
  Nullable(Type.String({ maxLength: 1000, format: 'line', description: 'Why, as the writer might be told.' })),
  Nullable(Type.String({ maxLength: 1000, description: 'What moderators tell each other.' })),
]

const decision = {
  status: Type.Optional(refAs(ModeratedStatus, 'What becomes of them.')),
  reason: Type.Optional(Reason),
  note: Type.Optional(Note),
  featured: Type.Optional(Type.Boolean({ description: 'Whether they are among the featured ones.' })),
}

export const ModerationInput = named(
  'ModerationInput',
  Closed(
    {
      ids: Type.Array(
        Type.String({ pattern: '^([0-9a-fA-F-]{36}|ext:.+)$', minLength: 1, maxLength: 210, description: 'An id, or `ext:` and an external id.' }),
        { minItems: 1, maxItems: 1000, uniqueItems: true, description: 'Which comments.' },
      ),
      ...decision,
      atomic: Type.Optional(
        Type.Boolean({ description: 'Whether all of them are changed or none (so where this is left out); else each that can be, with a result each.' }),
      ),
    },
    {
      description: 'A decision on many comments at once.',
      examples: [{ ids: ['01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06'], status: 'approved', reason: 'On the subject' }],
    },
  ),
)
export type ModerationInput = Static<typeof ModerationInput>

const results = ['changed', 'unchanged', 'not-found', 'deleted', 'not-approved'] as const
export const ModerationResult = named(
  'ModerationResult',
  Type.Object(
    {
      id: Type.String({ description: 'The comment’s id; where it isn’t found, what was given.' }),
      result: Enum(results, {
        description: 'What came of it: `unchanged` was so already, `deleted` has nothing left to decide on, `not-approved` can’t be featured.',
      }),
      status: nullable(CommentStatus),
    },
    {
      description: 'What came of a decision on one comment.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06', result: 'changed', status: 'approved' }],
    },
  ),
)
export type ModerationResult = Static<typeof ModerationResult>
export const ModerationResults = named(
  'ModerationResults',
  Type.Object(
    { data: Type.Array(ref(ModerationResult), { description: 'In the order of `ids`.' }), changed: Count('How many changed.') },
    {
      description: 'What came of a decision on many comments.',
      examples: [{ data: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06', result: 'changed', status: 'approved' }], changed: 1 }],
    },
  ),
)

const actions = ['moderated', 'edited', 'pinned', 'unpinned', 'featured', 'unfeatured', 'hidden'] as const
const history = {
  id: Id,
  at: described(Time, 'When.'),
  by: Type.Object(
    {
      kind: Enum(['moderator', 'writer', 'readers', 'rules'] as const, { description: 'Who: a moderator, its writer, readers by their reports, or a rule.' }),
      name: Nullable(Type.String({ description: 'The name of the moderator’s token.' })),
    },
    { description: 'Who did it.' },
  ),
  action: Enum(actions, { description: 'What was done: `hidden` is what enough reports do.' }),
  statusBefore: refAs(CommentStatus, 'The status until then.'),
  status: refAs(CommentStatus, 'The status from then on.'),
  reason: Reason,
  note: Note,
  authorName: Nullable(Type.String({ description: 'What the author was called until it was edited.' })),
  body: Nullable(Type.String({ description: 'What it said until it was edited.' })),
}
const historyExample = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c07',
  at: '2026-05-01T10:05:00.000Z',
  by: { kind: 'moderator', name: 'Desk' },
  action: 'moderated',
  statusBefore: 'pending',
  status: 'approved',
  reason: null,
  note: null,
  authorName: null,
  body: null,
}
export const CommentHistoryEntry = named(
  'CommentHistoryEntry',
  Type.Object(history, { description: 'Something that was done to a comment.', examples: [historyExample] }),
)
export type CommentHistoryEntry = Static<typeof CommentHistoryEntry>
export const CommentHistoryPage = PageOf('CommentHistoryPage', CommentHistoryEntry)

export const reportReasons = ['spam', 'abuse', 'hate', 'off-topic', 'personal-data', 'false', 'other'] as const
const ReportReason = Enum(reportReasons, { description: 'What is wrong with it.' })

export const ReportInput = named(
  'ReportInput',
  Closed(
    { reason: ReportReason, text: Type.Optional(Nullable(Type.String({ maxLength: 1000, description: 'More about it, for moderators.' }))) },
    { description: 'A reader’s report of a comment.', examples: [{ reason: 'abuse', text: 'Calls the author names.' }] },
  ),
)
export type ReportInput = Static<typeof ReportInput>
export const ReportReceipt = named(
  'ReportReceipt',
  Type.Object(
    { commentId: described(Id, 'The comment.'), reason: ReportReason, at: described(Time, 'When it was reported first.') },
    {
      description: 'That a report was taken.',
      examples: [{ commentId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06', reason: 'abuse', at: '2026-05-01T10:05:00.000Z' }],
    },
  ),
)
export const CommentReport = named(
  'CommentReport',
  Type.Object(
    {
      id: Id,
      reason: ReportReason,
      text: Nullable(Type.String({ description: 'What else the reader said.' })),
      createdAt: described(Time, 'When.'),
      settledAt: Nullable(described(Time, 'When a moderator decided on it.')),
    },
    {
      description: 'A reader’s report, as moderators see it.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c08', reason: 'abuse', text: null, createdAt: '2026-05-01T10:05:00.000Z', settledAt: null }],
    },
  ),
)
export type CommentReport = Static<typeof CommentReport>
export const CommentReportPage = PageOf('CommentReportPage', CommentReport)

const [account, email, ip] = [
  Type.String({ minLength: 1, maxLength: 200, format: 'line', description: 'By a site’s id (`Comment-Author`).' }),
  Type.String({ format: 'email', maxLength: 254, description: 'By the e-mail address.' }),
  Type.String({
    minLength: 32,
    maxLength: 32,
    pattern: '^[0-9a-f]{32}$',
    description: 'By the hashed address, as comments show it to moderators; no longer than such hashes are kept.',
  }),
]
const standing = {
  account: Nullable(account),
  email: Nullable(email),
  ip: Nullable(ip),
  reason: Nullable(Type.String({ maxLength: 1000, format: 'line', description: 'Why.' })),
  expiresAt: Nullable(described(Time, 'Until when; `null`: until it is undone.')),
}
const standingExample = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c09',
  account: null,
  email: 'reader@mail.example',
  ip: null,
  reason: 'Abuse',
  expiresAt: null,
  by: 'Desk',
  createdAt: '2026-05-01T10:05:00.000Z',
}
export const CommenterStanding = named(
  'CommenterStanding',
  Type.Object(
    { id: Id, ...standing, by: Nullable(described(Line, 'The name of the moderator’s token.')), createdAt: described(Time, 'Since when.') },
    { description: 'Somebody who is banned or trusted: by one of `account`, `email` and `ip`.', examples: [standingExample] },
  ),
)
export type CommenterStanding = Static<typeof CommenterStanding>
export const CommenterStandingRow = RowOf(
  'CommenterStandingRow',
  CommenterStanding,
  'Somebody who is banned or trusted, or those properties that `fields` picked.',
)
export const CommenterStandingPage = PageOf('CommenterStandingPage', CommenterStandingRow)
export const CommenterStandingInput = named(
  'CommenterStandingInput',
  Closed(
    {
      account: Type.Optional(Nullable(account)),
      email: Type.Optional(Nullable(email)),
      ip: Type.Optional(Nullable(ip)),
      reason: Type.Optional(standing.reason),
      expiresAt: Type.Optional(Nullable(described(TimeInput, 'Until when, in the future; left out: until it is undone.'))),
    },
    { description: 'Whom to ban or trust: exactly one of `account`, `email` and `ip`.', examples: [{ email: 'reader@mail.example', reason: 'Abuse' }] },
  ),
)
export type CommenterStandingInput = Static<typeof CommenterStandingInput>

export const COMMENT_MODERATION_SCHEMAS = [
  ModerationInput,
  ModerationResult,
  ModerationResults,
  CommentHistoryEntry,
  CommentHistoryPage,
  ReportInput,
  ReportReceipt,
  CommentReport,
  CommentReportPage,
  CommenterStanding,
  CommenterStandingRow,
  CommenterStandingPage,
  CommenterStandingInput,
] as Named[]
