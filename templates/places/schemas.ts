import type { Static } from 'typebox'
import {
  Closed,
  Id,
  Image,
  ImageInput,
  Line,
  Name,
  type Named,
  Nullable,
  named,
  nullable,
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
    { id: Id, revision: Revision, slug: Slug, name: Line, description: Nullable(Type.String()), image: nullable(Image) },
    {
      description: 'Where it happens.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3d01', revision: 1, slug: 'the-harbour', name: 'The harbour', description: null, image: null }],
    },
  ),
)
export type Place = Static<typeof Place>

export const PlaceRow = RowOf('PlaceRow', Place, 'A place, or those properties of it that `fields` picked.')

const input = {
  id: SameId,
  revision: Type.Optional(Revision),
  slug: Type.Optional(SlugInput),
  name: Name,
  description: Type.Optional(Nullable(Prose)),
  image: Type.Optional(nullable(ImageInput)),
}

export const PlaceInput = named('PlaceInput', Closed(input, { description: 'A place on the way in.', examples: [{ name: 'The harbour' }] }))
export type PlaceInput = Static<typeof PlaceInput>

export const PlacePatch = named(
  'PlacePatch',
  Closed(
    { ...input, slug: Type.Optional(Nullable(SlugInput)), name: Type.Optional(Name) },
    { description: 'A merge patch of a place.', examples: [{ description: 'Two piers and a crane.' }] },
  ),
)

export const PLACE_SCHEMAS: Named[] = [Place, PlaceRow, PlaceInput, PlacePatch]
