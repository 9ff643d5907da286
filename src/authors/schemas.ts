import type { Static } from 'typebox'
import { ExternalId, ExternalIdInput } from '../http/external-ids.ts'
import {
  Closed,
  described,
  ExpectedRevision,
  hidden,
  Id,
  Image,
  ImageInput,
  ignored,
  Line,
  Name,
  type Named,
  NonEmptyLine,
  NotGiven,
  Nullable,
  named,
  nullable,
  PageOf,
  Prose,
  Revision,
  RowOf,
  ref,
  SameAs,
  SameAsInput,
  SameId,
  Slug,
  SlugInput,
  Url,
} from '../http/schemas.ts'
import Type from '../http/type.ts'

const link = (label: typeof Line) => ({ label: described(label, 'What to call it.'), url: described(Url, 'Where it leads.') })
const linkExample = { label: 'Site', url: 'https://ada.example/' }

export const AuthorLink = named('AuthorLink', Type.Object(link(Line), { description: 'A page of an author.', examples: [linkExample] }))
export const AuthorLinkInput = named('AuthorLinkInput', Closed(link(NonEmptyLine), { description: 'A page of an author, as input.', examples: [linkExample] }))

export const Author = named(
  'Author',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      slug: Slug,
      name: described(Line, 'The name, as readers see it.'),
      jobTitle: Nullable(described(Line, 'What the author does.')),
      bio: Nullable(Type.String({ description: 'Who the author is, as plain text.' })),
      image: nullable(Image),
      links: Type.Array(ref(AuthorLink), { description: 'Pages of the author, in order.' }),
      sameAs: SameAs,
      externalId: ExternalId,
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
          sameAs: ['https://www.wikidata.org/wiki/Q7259'],
          externalId: 'staff:ada',
        },
      ],
    },
  ),
)
export type Author = Static<typeof Author>

export const AuthorRow = RowOf('AuthorRow', Author, 'An author, or those properties of it that `fields` picked.')
export const AuthorPage = PageOf('AuthorPage', AuthorRow)

const writable = {
  slug: Type.Optional(SlugInput),
  name: described(Name, 'The name, as readers see it.'),
  jobTitle: Type.Optional(Nullable(described(Line, 'What the author does.'))),
  bio: Type.Optional(Nullable(described(Prose, 'Who the author is, as plain text.'))),
  image: Type.Optional(nullable(ImageInput)),
  links: Type.Optional(Type.Array(ref(AuthorLinkInput), { maxItems: 100, description: 'Pages of the author, in order.' })),
  sameAs: Type.Optional(SameAsInput),
  externalId: Type.Optional(Nullable(ExternalIdInput)),
}
const input = { id: SameId, revision: ExpectedRevision, ...writable }

export const AuthorCreate = named(
  'AuthorCreate',
  Closed(
    { id: NotGiven, revision: hidden(Revision), ...writable },
    { description: 'A new author.', examples: [{ name: 'Ada Berg', jobTitle: 'Harbour correspondent' }] },
  ),
)

export const AuthorInput = named(
  'AuthorInput',
  Closed(input, { description: 'An author, as input.', examples: [{ name: 'Ada Berg', jobTitle: 'Harbour correspondent' }] }),
)
export type AuthorInput = Static<typeof AuthorInput>

export const AuthorPatch = named(
  'AuthorPatch',
  Closed(
    {
      ...input,
      slug: Type.Optional(Nullable(SlugInput)),
      name: Type.Optional(described(Name, 'The name, as readers see it.')),
      links: Type.Optional(Nullable(input.links)),
      sameAs: Type.Optional(Nullable(SameAsInput)),
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
      name: described(Line, 'The name, as readers see it.'),
      image: nullable(Image),
      role: Nullable(described(Line, 'What the author did, such as `words` or `photographs`.')),
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
      externalId: Type.Optional(ExternalIdInput),
      name: Type.Optional(described(Name, 'The name: finds the author, or makes one.')),
      image: ignored(nullable(Image)),
      role: Type.Optional(Nullable(described(Line, 'What the author did, such as `words` or `photographs`.'))),
    },
    {
      description: 'Names an author: the `id` wins, then the `slug`, then the `externalId`; a `name` alone finds one, or makes it.',
      examples: [{ name: 'Ada Berg', role: 'words' }],
    },
  ),
)
export type AuthorReferenceInput = Static<typeof AuthorReferenceInput>

export const AUTHOR_SCHEMAS: Named[] = [
  AuthorLink,
  AuthorLinkInput,
  Author,
  AuthorRow,
  AuthorPage,
  AuthorCreate,
  AuthorInput,
  AuthorPatch,
  AuthorReference,
  AuthorReferenceInput,
]
