import type { Static } from 'typebox'
import { created, HighlightList, ListSchedule, nullables, single, writable } from '../highlight-lists/schemas.ts'
import { ExternalIdInput } from '../http/external-ids.ts'
import { Closed, described, ignored, type Named, Nullable, named, PageOf, RowOf, refAs, SlugInput, TimeInput } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const HighlightListRow = RowOf('HighlightListRow', HighlightList, 'A highlight list, or those properties of it that `fields` picked.')
/** Whether a write is public at once. */
export const publishParameter = {
  publish: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether the public has it at once, with `content:publish`; `false` changes the working copy alone.' }),
  ),
}

/** The publication of a working copy. */
export const ListPublishInput = named(
  'ListPublishInput',
  Closed(
    { at: Type.Optional(Nullable(described(TimeInput, 'When; one over a minute past is a fault.'))) },
    { description: 'Now, or `at` a time; one over a minute past is a fault.', examples: [{ at: '2099-05-02T06:00:00Z' }] },
  ),
)
export type ListPublishInput = Static<typeof ListPublishInput>

export const HighlightListPage = PageOf('HighlightListPage', HighlightListRow)

const slug = Type.Optional(Nullable(described(SlugInput, 'Its slug; made from the title where none is given.')))
const externalId = Type.Optional(Nullable(ExternalIdInput))
const position = ignored(HighlightList.properties.position)
/** What editors get of a list besides its words, and may send back. */
const { hasUnpublishedChanges, publishedRevision } = HighlightList.properties
const forEditors = {
  hasUnpublishedChanges: ignored(hasUnpublishedChanges),
  publishedRevision: ignored(publishedRevision),
  schedule: ignored(
    refAs(
      ListSchedule,
      'When it is to be published, which `POST …/publish` plans and `DELETE …/schedule` cancels. Another value than the stored one is a fault.',
    ),
  ),
}
const example = { title: 'Top stories', slug: 'top-stories', items: [{ target: { type: 'article', slug: 'harbour-reopens' } }] }

export const FreestandingListCreate = named(
  'FreestandingListCreate',
  Closed({ ...created, ...writable, slug, externalId, position, ...forEditors }, { description: 'A new freestanding highlight list.', examples: [example] }),
)

export const FreestandingListInput = named(
  'FreestandingListInput',
  Closed({ ...single, slug, externalId, position, ...forEditors }, { description: 'A freestanding highlight list, as input.', examples: [example] }),
)
export const FreestandingListPatch = named(
  'FreestandingListPatch',
  Closed(
    { ...single, ...nullables, slug, externalId, position, ...forEditors },
    { description: 'A merge patch of a freestanding highlight list.', examples: [{ title: 'Top stories today' }] },
  ),
)
export type FreestandingListInput = Static<typeof FreestandingListInput>

export const FREESTANDING_LIST_SCHEMAS = [
  HighlightListRow,
  HighlightListPage,
  FreestandingListCreate,
  FreestandingListInput,
  FreestandingListPatch,
  ListPublishInput,
] as Named[]
