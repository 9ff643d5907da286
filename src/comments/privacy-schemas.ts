import type { Static } from 'typebox'
import { Count, described, Id, type Named, named, ref, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { CommenterStanding, CommentHistoryEntry, CommentReport } from './moderation-schemas.ts'
import { Comment, CommentsPage } from './schemas.ts'

const ExportedComment = named(
  'ExportedComment',
  Type.Object(
    { ...Comment.properties, history: Type.Array(ref(CommentHistoryEntry), { description: 'What was done to it.' }) },
    { description: 'A comment with its history.', examples: [{ ...(Comment as { examples?: object[] }).examples?.[0], history: [] }] },
  ),
)

const example = { comments: { data: [], page: { limit: 20, nextCursor: null, prevCursor: null } }, votes: [], reports: [], bans: [], trusts: [] }

export const CommenterExport = named(
  'CommenterExport',
  Type.Object(
    {
      comments: Type.Object(
        { data: Type.Array(ref(ExportedComment), { description: 'Whole, as moderators see them.' }), page: ref(CommentsPage) },
        { description: 'A page of what the person wrote.' },
      ),
      votes: Type.Array(
        Type.Object(
          {
            commentId: described(Id, 'The comment.'),
            value: Type.Integer({ minimum: -1, maximum: 1, format: 'int32', description: 'For it or against it.' }),
            createdAt: described(Time, 'When.'),
          },
          { description: 'A vote.' },
        ),
        { description: 'How they voted; 10,000 at the most.' },
      ),
      reports: Type.Array(Type.Object({ ...CommentReport.properties, commentId: described(Id, 'The comment.') }, { description: 'A report.' }), {
        description: 'What they reported; 10,000 at the most.',
      }),
      bans: Type.Array(ref(CommenterStanding), { description: 'Bans of the person.' }),
      trusts: Type.Array(ref(CommenterStanding), { description: 'Trust in the person.' }),
    },
    { description: 'What is kept about a person.', examples: [example] },
  ),
)
export type CommenterExport = Static<typeof CommenterExport>

export const CommenterErasure = named(
  'CommenterErasure',
  Type.Object(
    {
      comments: Count('Comments that are gone, or tombstones now.'),
      votes: Count('Votes that are nobody’s now.'),
      reports: Count('Reports that are nobody’s now.'),
      standings: Count('Bans and trusts that are gone.'),
    },
    { description: 'What was erased.', examples: [{ comments: 12, votes: 3, reports: 0, standings: 1 }] },
  ),
)

export const COMMENTER_SCHEMAS = [ExportedComment, CommenterExport, CommenterErasure] as Named[]
