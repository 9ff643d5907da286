import type { Static } from 'typebox'
import { HighlightList, nullables, single } from '../highlight-lists/schemas.ts'
import { Closed, Ignored, type Named, Nullable, named, RowOf, SlugInput } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const HighlightListRow = RowOf('HighlightListRow', HighlightList, 'A highlight list, or those properties of it that `fields` picked.')

export const FreestandingListInput = named(
  'FreestandingListInput',
  Closed(
    { ...single, slug: Type.Optional(Nullable(SlugInput)), position: Ignored },
    {
      description: 'A freestanding highlight list on the way in.',
      examples: [{ title: 'Top stories', slug: 'top-stories', items: [{ target: { type: 'article', slug: 'harbour-reopens' } }] }],
    },
  ),
)
export const FreestandingListPatch = named(
  'FreestandingListPatch',
  Closed(
    { ...single, ...nullables, slug: Type.Optional(Nullable(SlugInput)), position: Ignored },
    { description: 'A merge patch of a freestanding highlight list.', examples: [{ title: 'Top stories today' }] },
  ),
)
export type FreestandingListInput = Static<typeof FreestandingListInput>

export const FREESTANDING_LIST_SCHEMAS = [HighlightListRow, FreestandingListInput, FreestandingListPatch] as Named[]
