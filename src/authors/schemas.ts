import type { Static } from 'typebox'
import {
  Closed,
  Id,
  Ignored,
  Image,
  ImageInput,
  Line,
  Name,
  type Named,
  NonEmptyLine,
  Nullable,
  named,
  nullable,
  Prose,
  Revision,
  RowOf,
  SameId,
  Slug,
  SlugInput,
  Url,
} from '../http/schemas.ts'
import Type from '../http/type.ts'

const links = Type.Array(Type.Object({ label: Line, url: Url }))

export const Author = named(
  'Author',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      slug: Slug,
      name: Line,
      jobTitle: Nullable(Line),
      bio: Nullable(Type.String()),
      image: nullable(Image),
      links,
    },
    {
      description: 'Who writes.',
      examples: [
        {
          id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c01',
          revision: 1,
          slug: 'ada-berg',
          name: 'Ada Berg',
          jobTitle: 'Harbour correspondent',
          bio: null,
          image: null,
          links: [{ label: 'Site', url: 'https://ada.example/' }],
        },
      ],
    },
  ),
)
export type Author = Static<typeof Author>

export const AuthorRow = RowOf('AuthorRow', Author, 'An author, or those properties of it that `fields` picked.')

const input = {
  id: SameId,
  revision: Type.Optional(Revision),
  slug: Type.Optional(SlugInput),
  name: Name,
  jobTitle: Type.Optional(Nullable(Line)),
  bio: Type.Optional(Nullable(Prose)),
  image: Type.Optional(nullable(ImageInput)),
  links: Type.Optional(Type.Array(Closed({ label: NonEmptyLine, url: Url }), { maxItems: 100 })),
}

export const AuthorInput = named(
  'AuthorInput',
  Closed(input, { description: 'An author on the way in.', examples: [{ name: 'Ada Berg', jobTitle: 'Harbour correspondent' }] }),
)
export type AuthorInput = Static<typeof AuthorInput>

export const AuthorPatch = named(
  'AuthorPatch',
  Closed(
    {
      ...input,
      slug: Type.Optional(Nullable(SlugInput)),
      name: Type.Optional(Name),
      links: Type.Optional(Nullable(input.links)),
    },
    { description: 'A merge patch of an author.', examples: [{ jobTitle: 'Editor' }] },
  ),
)

export const AuthorReference = named(
  'AuthorReference',
  Type.Object(
    {
      id: Id,
      slug: Slug,
      name: Line,
      image: nullable(Image),
      role: Nullable(Line),
    },
    {
      description: 'An author as an article names it.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c01', slug: 'ada-berg', name: 'Ada Berg', image: null, role: 'words' }],
    },
  ),
)
export type AuthorReference = Static<typeof AuthorReference>

export const AuthorReferenceInput = named(
  'AuthorReferenceInput',
  Closed(
    {
      id: Type.Optional(Id),
      slug: Type.Optional(SlugInput),
      name: Type.Optional(Name),
      image: Ignored,
      role: Type.Optional(Nullable(Line)),
    },
    { description: 'Names an author: the `id` wins, then the `slug`; a `name` alone finds one, or makes it.', examples: [{ name: 'Ada Berg', role: 'words' }] },
  ),
)
export type AuthorReferenceInput = Static<typeof AuthorReferenceInput>

export const AUTHOR_SCHEMAS: Named[] = [Author, AuthorRow, AuthorInput, AuthorPatch, AuthorReference, AuthorReferenceInput]
