import type { Static } from 'typebox'
import {
  Closed,
  Enum,
  Id,
  Ignored,
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

export const topicKinds = ['topic', 'section', 'series'] as const

const Kind = Enum(topicKinds, { description: 'A topic, a section of the paper, or a series.' })

export const Topic = named(
  'Topic',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      slug: Slug,
      name: Line,
      kind: Kind,
      parentId: Nullable(Id),
      description: Nullable(Type.String()),
      image: nullable(Image),
    },
    {
      description: 'What stories are about; those under it belong to it.',
      examples: [
        {
          id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02',
          revision: 1,
          slug: 'shipping',
          name: 'Shipping',
          kind: 'topic',
          parentId: null,
          description: null,
          image: null,
        },
      ],
    },
  ),
)
export type Topic = Static<typeof Topic>

export const TopicRow = RowOf('TopicRow', Topic, 'A topic, or those properties of it that `fields` picked.')

const input = {
  id: SameId,
  revision: Type.Optional(Revision),
  slug: Type.Optional(SlugInput),
  name: Name,
  kind: Type.Optional(Kind),
  parentId: Type.Optional(Nullable(Id)),
  description: Type.Optional(Nullable(Prose)),
  image: Type.Optional(nullable(ImageInput)),
}

export const TopicInput = named(
  'TopicInput',
  Closed(input, { description: 'A topic on the way in; `kind` is `topic` where it is left out.', examples: [{ name: 'Shipping', kind: 'topic' }] }),
)
export type TopicInput = Static<typeof TopicInput>

export const TopicPatch = named(
  'TopicPatch',
  Closed(
    {
      ...input,
      slug: Type.Optional(Nullable(SlugInput)),
      name: Type.Optional(Name),
      kind: Type.Optional(Nullable(Kind)),
    },
    { description: 'A merge patch of a topic.', examples: [{ description: 'Ships, ports and those who work there.' }] },
  ),
)

export const TopicReference = named(
  'TopicReference',
  Type.Object(
    { id: Id, slug: Slug, name: Line, kind: Kind },
    {
      description: 'A topic as an article names it.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02', slug: 'shipping', name: 'Shipping', kind: 'topic' }],
    },
  ),
)
export type TopicReference = Static<typeof TopicReference>

export const TopicReferenceInput = named(
  'TopicReferenceInput',
  Closed(
    {
      id: Type.Optional(Id),
      slug: Type.Optional(SlugInput),
      name: Type.Optional(Name),
      kind: Ignored,
    },
    { description: 'Names a topic: the `id` wins, then the `slug`; a `name` alone finds one, or makes it.', examples: [{ name: 'Shipping' }] },
  ),
)
export type TopicReferenceInput = Static<typeof TopicReferenceInput>

export const TOPIC_SCHEMAS: Named[] = [Topic, TopicRow, TopicInput, TopicPatch, TopicReference, TopicReferenceInput]
