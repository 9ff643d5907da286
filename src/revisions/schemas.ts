import type { Static } from 'typebox'
import { PastArticle, workingExample } from '../articles/working/schemas.ts'
import { without } from '../database/values.ts'
import { JsonPatch } from '../http/patches.ts'
import { Actor, described, type Named, Nullable, Revision as NumberOf, named, nullable, PageOf, RowOf, ref, refAs, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'

const example = {
  number: 2,
  at: '2026-05-01T09:30:00.000Z',
  by: { tokenId: null, name: 'Desk' },
  note: 'Name corrected',
  published: false,
  changes: [{ op: 'replace', path: '/headline', value: 'Harbour reopens' }],
}

const revision = {
  number: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    format: 'int64',
    description: 'The revision that the article had; from 1, without gaps.',
  }),
  at: described(Time, 'When it was made.'),
  by: nullable(Actor),
  note: Nullable(Type.String({ description: 'What `X-Change-Note` said.' })),
  published: Type.Boolean({ description: 'Whether it was public.' }),
  changes: ref(JsonPatch),
}

export const Revision = named(
  'Revision',
  Type.Object(revision, { description: 'A change to a working copy, as a JSON Patch against the revision before.', examples: [example] }),
)
export type Revision = Static<typeof Revision>

export const RevisionRow = RowOf('RevisionRow', Revision, 'A revision, or those properties of it that `fields` picked.')
export const RevisionPage = PageOf('RevisionPage', RevisionRow)
export const revisionProperties = Object.keys(revision)

export const WholeRevision = named(
  'WholeRevision',
  Type.Object(
    { ...revision, article: refAs(PastArticle as Named, 'The article as it was.') },
    { description: 'A revision with the article as it was.', examples: [{ ...example, article: without(workingExample, 'translations') }] },
  ),
)

export const RevisionDiff = named(
  'RevisionDiff',
  Type.Object(
    {
      from: described(NumberOf, 'The revision that is compared with.'),
      to: described(NumberOf, 'The revision that it becomes.'),
      operations: ref(JsonPatch),
    },
    { description: 'What turns one revision into another.', examples: [{ from: 1, to: 2, operations: example.changes }] },
  ),
)

export const REVISION_SCHEMAS = [RevisionRow, RevisionPage, WholeRevision, RevisionDiff] as Named[]
