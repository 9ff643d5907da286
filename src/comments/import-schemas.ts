import type { Static } from 'typebox'
import { ExternalIdInput } from '../http/external-ids.ts'
import { Fault } from '../http/problem-schemas.ts'
import { Closed, Count, described, Enum, Id, Name, type Named, Nullable, named, ref, refAs, TimeInput, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { ModeratedStatus } from './schemas.ts'

const longestBody = 65_536

/** A comment from elsewhere, as a line of an import says it. */
export const CommentImportInput = named(
  'CommentImportInput',
  Closed(
    {
      article: Type.String({ minLength: 1, maxLength: 210, description: 'The article: an id, a slug, or `ext:` and its external id.' }),
      externalId: described(ExternalIdInput, 'Its id where it comes from: one that is there already stays what it is.'),
      parentId: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 210, description: 'What it answers: an id, or `ext:` and an external id.' }))),
      author: Closed(
        {
          name: described(Name, 'What the reader is called.'),
          email: Type.Optional(Nullable(Type.String({ format: 'email', maxLength: 254, description: 'Never shown to the public.' }))),
          url: Type.Optional(Nullable(described(Url, 'The reader’s own page.'))),
          staff: Type.Optional(Type.Boolean({ description: 'Whether the newsroom said it.' })),
        },
        { description: 'Who wrote it.' },
      ),
      account: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200, format: 'line', description: 'A site’s own id of who wrote it.' }))),
      body: Type.String({ minLength: 1, maxLength: longestBody, pattern: '\\S', format: 'visible', description: 'Markdown, as comments have it.' }),
      createdAt: described(TimeInput, 'When it was written, not in the future.'),
      editedAt: Type.Optional(Nullable(described(TimeInput, 'When it was last edited.'))),
      status: Type.Optional(refAs(ModeratedStatus, 'What became of it; `approved` where this isn’t said.')),
    },
    { description: 'A comment from elsewhere.' },
  ),
)
export type CommentImportInput = Static<typeof CommentImportInput>

export const CommentImportResult = named(
  'CommentImportResult',
  Type.Object(
    {
      line: Type.Integer({ minimum: 1, format: 'int32', description: 'The line, from 1.' }),
      result: Enum(['created', 'unchanged', 'failed'] as const, { description: 'What came of it: `unchanged` is there already, or was deleted here.' }),
      id: Nullable(described(Id, 'The comment; `null` where it failed, or was deleted.')),
      errors: Type.Array(ref(Fault), { description: 'Why it failed, with places in the line.' }),
    },
    { description: 'What came of one line.', examples: [{ line: 1, result: 'created', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06', errors: [] }] },
  ),
)
export type CommentImportResult = Static<typeof CommentImportResult>

export const CommentImportResults = named(
  'CommentImportResults',
  Type.Object(
    {
      data: Type.Array(ref(CommentImportResult), { description: 'One for each line that isn’t empty, in order.' }),
      created: Count('How many are new.'),
      unchanged: Count('How many were there already.'),
      failed: Count('How many could not be taken.'),
    },
    {
      description: 'What came of an import.',
      examples: [{ data: [{ line: 1, result: 'created', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c06', errors: [] }], created: 1, unchanged: 0, failed: 0 }],
    },
  ),
)

const example = {
  article: 'harbour-reopens',
  externalId: 'disqus:1234567',
  author: { name: 'Reader', email: 'reader@mail.example' },
  body: 'Good *news*.',
  createdAt: '2024-05-01T10:00:00Z',
}

/** The body of an import: text, of which each line is looked at by itself. */
export const CommentImportLines = named(
  'CommentImportLines',
  Type.String({
    maxLength: 16_777_216,
    description: 'NDJSON: a `CommentImportInput` a line, 10,000 at the most; 16 MiB in all.',
    examples: [
      `${JSON.stringify(example)}\n${JSON.stringify({ ...example, externalId: 'disqus:1234568', parentId: 'ext:disqus:1234567', body: 'Indeed.' })}\n`,
    ],
  }),
)

export const COMMENT_IMPORT_SCHEMAS = [CommentImportInput, CommentImportResult, CommentImportResults, CommentImportLines] as Named[]
