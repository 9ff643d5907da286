import type { Static } from 'typebox'
import {
  Closed,
  described,
  Enum,
  ExpectedRevision,
  hidden,
  Id,
  Image,
  ImageInput,
  ignored,
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
  ref,
  SameId,
  Slug,
  SlugInput,
} from '../http/schemas.ts'
import Type from '../http/type.ts'

export const topicKinds = ['topic', 'section', 'series'] as const

export const TopicKind = named('TopicKind', Enum(topicKinds, { description: 'A topic, a section of the paper, or a series.' }))

export const Topic = named(
  'Topic',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      slug: Slug,
      name: described(Line, 'The name, as readers see it.'),
      kind: ref(TopicKind),
      parentId: Nullable(described(Id, 'The topic that it is under.')),
      description: Nullable(Type.String({ description: 'What it is, as plain text.' })),
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
export const TopicPage = PageOf('TopicPage', TopicRow)

const writable = {
  slug: Type.Optional(SlugInput),
  name: described(Name, 'The name, as readers see it.'),
  kind: Type.Optional(ref(TopicKind)),
  parentId: Type.Optional(Nullable(described(Id, 'The topic that it is under.'))),
  description: Type.Optional(Nullable(described(Prose, 'What it is, as plain text.'))),
  image: Type.Optional(nullable(ImageInput)),
}
const input = { id: SameId, revision: ExpectedRevision, ...writable }

export const TopicCreate = named(
  'TopicCreate',
  Closed({ id: NotGiven, revision: hidden(Revision), ...writable }, { description: 'A new topic.', examples: [{ name: 'Shipping', kind: 'topic' }] }),
)

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
      name: Type.Optional(described(Name, 'The name, as readers see it.')),
      kind: Type.Optional(nullable(TopicKind)),
    },
    { description: 'A merge patch of a topic.', examples: [{ description: 'Ships, ports and those who work there.' }] },
  ),
)

export const TopicReference = named(
  'TopicReference',
  Type.Object(
    { id: Id, slug: Slug, name: described(Line, 'The name, as readers see it.'), kind: ref(TopicKind) },
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
      name: Type.Optional(described(Name, 'The name, as readers see it.')),
      kind: ignored(ref(TopicKind)),
    },
    { description: 'Names a topic: the `id` wins, then the `slug`; a `name` alone finds one, or makes it.', examples: [{ name: 'Shipping' }] },
  ),
)
export type TopicReferenceInput = Static<typeof TopicReferenceInput>

export const TOPIC_SCHEMAS: Named[] = [TopicKind, Topic, TopicRow, TopicPage, TopicCreate, TopicInput, TopicPatch, TopicReference, TopicReferenceInput]
