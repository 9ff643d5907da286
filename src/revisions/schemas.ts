import type { Static } from 'typebox'
import { Article } from '../articles/working/schemas.ts'
import { JsonPatch } from '../http/patches.ts'
import { type Named, Nullable, named, PageOf, RowOf, ref, Time } from '../http/schemas.ts'
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
  number: Type.Integer({ minimum: 1, description: 'The revision that the article had; from 1, without gaps.' }),
  at: Time,
  by: Nullable(Type.Object({ tokenId: Nullable(Type.String()), name: Type.String() })),
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
export const RevisionPage = named('RevisionPage', PageOf(RevisionRow))
export const revisionProperties = Object.keys(revision)

export const WholeRevision = named(
  'WholeRevision',
  Type.Object({ ...revision, article: ref(Article as Named) }, { description: 'A revision with the article as it was.' }),
)

export const RevisionDiff = named(
  'RevisionDiff',
  Type.Object(
    { from: Type.Integer(), to: Type.Integer(), operations: ref(JsonPatch) },
    { description: 'What turns one revision into another.', examples: [{ from: 1, to: 2, operations: example.changes }] },
  ),
)

export const REVISION_SCHEMAS = [RevisionRow, RevisionPage, WholeRevision, RevisionDiff] as Named[]
