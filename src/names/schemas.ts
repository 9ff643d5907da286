import type { Static } from 'typebox'
import { Author } from '../authors/schemas.ts'
import { HighlightList } from '../highlight-lists/schemas.ts'
import { JsonPatch } from '../http/patches.ts'
import { Actor, described, type Named, Nullable, named, nullable, PageOf, RowOf, ref, refAs, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { Site } from '../site/schemas.ts'
import { Topic } from '../topics/schemas.ts'

const example = {
  number: 2,
  at: '2026-05-01T09:30:00.000Z',
  by: { tokenId: null, name: 'Desk' },
  note: 'Name corrected',
  changes: [{ op: 'replace', path: '/name', value: 'Ada Berg' }],
}

const revision = {
  number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, format: 'int64', description: 'The revision that it had.' }),
  at: described(Time, 'When it was made.'),
  by: nullable(Actor),
  note: Nullable(Type.String({ description: 'What `X-Change-Note` said.' })),
  published: Type.Optional(Type.Boolean({ description: 'Of a freestanding list: whether it was public.' })),
  changes: ref(JsonPatch),
}

export const NameRevision = named(
  'NameRevision',
  Type.Object(revision, {
    description: 'A change to an author, a topic, a freestanding list or the site, as a JSON Patch against the revision before; none where that isn’t kept.',
    examples: [example],
  }),
)
export type NameRevision = Static<typeof NameRevision>

export const NameRevisionRow = RowOf('NameRevisionRow', NameRevision, 'A revision, or those properties of it that `fields` picked.')
export const NameRevisionPage = PageOf('NameRevisionPage', NameRevisionRow)
export const nameRevisionProperties = Object.keys(revision)

const whole = <P extends string>(id: string, property: P, schema: Named, what: string) =>
  named(
    id,
    Type.Object(
      { ...revision, [property]: refAs(schema, `The ${what} as it was.`) },
      {
        description: `A revision with the ${what} as it was.`,
        examples: [{ ...example, [property]: ((schema as { examples?: unknown[] }).examples ?? [])[0] }],
      },
    ),
  )

export const WholeAuthorRevision = whole('WholeAuthorRevision', 'author', Author as Named, 'author')
export const WholeTopicRevision = whole('WholeTopicRevision', 'topic', Topic as Named, 'topic')
export const WholeHighlightListRevision = whole('WholeHighlightListRevision', 'highlightList', HighlightList as Named, 'highlight list')
export const WholeSiteRevision = whole('WholeSiteRevision', 'site', Site as Named, 'site')

export const NAME_REVISION_SCHEMAS = [
  ...[NameRevisionRow, NameRevisionPage],
  ...[WholeAuthorRevision, WholeTopicRevision, WholeHighlightListRevision, WholeSiteRevision],
] as Named[]
