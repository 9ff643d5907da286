import type { Static } from 'typebox'
import { created, HighlightList, nullables, single, writable } from '../highlight-lists/schemas.ts'
import { ExternalIdInput } from '../http/external-ids.ts'
import { Closed, described, ignored, type Named, Nullable, named, PageOf, RowOf, SlugInput } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const HighlightListRow = RowOf('HighlightListRow', HighlightList, 'A highlight list, or those properties of it that `fields` picked.')
export const HighlightListPage = PageOf('HighlightListPage', HighlightListRow)

const slug = Type.Optional(Nullable(described(SlugInput, 'Its name for addresses; made from the title where none is given.')))
const externalId = Type.Optional(Nullable(ExternalIdInput))
const position = ignored(HighlightList.properties.position)
const example = { title: 'Top stories', slug: 'top-stories', items: [{ target: { type: 'article', slug: 'harbour-reopens' } }] }

export const FreestandingListCreate = named(
  'FreestandingListCreate',
  Closed({ ...created, ...writable, slug, externalId, position }, { description: 'A new freestanding highlight list.', examples: [example] }),
)

export const FreestandingListInput = named(
  'FreestandingListInput',
  Closed({ ...single, slug, externalId, position }, { description: 'A freestanding highlight list on the way in.', examples: [example] }),
)
export const FreestandingListPatch = named(
  'FreestandingListPatch',
  Closed(
    { ...single, ...nullables, slug, externalId, position },
    { description: 'A merge patch of a freestanding highlight list.', examples: [{ title: 'Top stories today' }] },
  ),
)
export type FreestandingListInput = Static<typeof FreestandingListInput>

export const FREESTANDING_LIST_SCHEMAS = [HighlightListRow, HighlightListPage, FreestandingListCreate, FreestandingListInput, FreestandingListPatch] as Named[]
