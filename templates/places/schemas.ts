import type { Static } from 'typebox'
import {
  Closed,
  described,
  ExpectedRevision,
  hidden,
  Id,
  Image,
  ImageInput,
  Line,
  Name,
  type Named,
  NotGiven,
  Nullable,
  named,
  nullable,
  PageOf,
  Prose,
  Revision,
  RowOf,
  SameId,
  Slug,
  SlugInput,
} from '../http/schemas.ts'
import Type from '../http/type.ts'

export const Place = named(
  'Place',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      slug: Slug,
      name: described(Line, 'The name, as readers see it.'),
      description: Nullable(Type.String({ description: 'What it is, as plain text.' })),
      image: nullable(Image),
    },
    {
      description: 'Where it happens.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3d01', revision: 1, slug: 'the-harbour', name: 'The harbour', description: null, image: null }],
    },
  ),
)
export type Place = Static<typeof Place>

export const PlaceRow = RowOf('PlaceRow', Place, 'A place, or those properties of it that `fields` picked.')
export const PlacePage = PageOf('PlacePage', PlaceRow)

const writable = {
  slug: Type.Optional(SlugInput),
  name: described(Name, 'The name, as readers see it.'),
  description: Type.Optional(Nullable(described(Prose, 'What it is, as plain text.'))),
  image: Type.Optional(nullable(ImageInput)),
}
const input = { id: SameId, revision: ExpectedRevision, ...writable }

export const PlaceCreate = named(
  'PlaceCreate',
  Closed({ id: NotGiven, revision: hidden(Revision), ...writable }, { description: 'A new place.', examples: [{ name: 'The harbour' }] }),
)

export const PlaceInput = named('PlaceInput', Closed(input, { description: 'A place, as input.', examples: [{ name: 'The harbour' }] }))
export type PlaceInput = Static<typeof PlaceInput>

export const PlacePatch = named(
  'PlacePatch',
  Closed(
    { ...input, slug: Type.Optional(Nullable(SlugInput)), name: Type.Optional(described(Name, 'The name, as readers see it.')) },
    { description: 'A merge patch of a place.', examples: [{ description: 'Two piers and a crane.' }] },
  ),
)

export const PLACE_SCHEMAS: Named[] = [Place, PlaceRow, PlacePage, PlaceCreate, PlaceInput, PlacePatch]
