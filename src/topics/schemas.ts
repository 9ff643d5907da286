import type { Static } from 'typebox'
import { ExternalId, ExternalIdInput, externalReference } from '../http/external-ids.ts'
import {
  Closed,
  Count,
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
  SameAs,
  SameAsInput,
  SameId,
  Slug,
  SlugInput,
} from '../http/schemas.ts'
import Type from '../http/type.ts'

export const topicKinds = ['topic', 'section', 'series', 'person', 'organisation', 'place', 'event'] as const

export const TopicKind = named('TopicKind', Enum(topicKinds, { description: 'A topic, a section of the paper, a series, or whom or what stories are about.' }))

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
      sameAs: SameAs,
      externalId: ExternalId,
      path: Type.Optional(Type.Array(ref(TopicReference), { description: 'The topics above it, the topmost first. With `include=path`.' })),
      children: Type.Optional(Type.Array(ref(TopicReference), { description: 'The topics right under it, by name. With `include=children`.' })),
      articleCount: Type.Optional(Count('How many public articles name it, or one under it. With `include=articleCount`, or `count=articles` of a list.')),
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
          sameAs: ['https://www.wikidata.org/wiki/Q155930'],
          externalId: null,
        },
      ],
    },
  ),
)
export type Topic = Static<typeof Topic>

export const TopicRow = RowOf('TopicRow', Topic, 'A topic, or those properties of it that `fields` picked.')
export const TopicPage = PageOf('TopicPage', TopicRow)

/** What a path takes, too. */
const TopicName = Type.String({
  pattern: `^([A-Za-z0-9]+(-[A-Za-z0-9]+)*|${externalReference})$`,
  maxLength: 204,
  description: 'The topic that it is under: its id, its slug, or `ext:` and its external id.',
})

const writable = {
  slug: Type.Optional(SlugInput),
  name: described(Name, 'The name, as readers see it.'),
  kind: Type.Optional(ref(TopicKind)),
  parentId: Type.Optional(Nullable(TopicName)),
  description: Type.Optional(Nullable(described(Prose, 'What it is, as plain text.'))),
  image: Type.Optional(nullable(ImageInput)),
  sameAs: Type.Optional(SameAsInput),
  externalId: Type.Optional(Nullable(ExternalIdInput)),
}
/** What `include` adds comes back in a PUT. */
const included = { path: ignored(Topic.properties.path), children: ignored(Topic.properties.children), articleCount: ignored(Topic.properties.articleCount) }
const input = { id: SameId, revision: ExpectedRevision, ...writable, ...included }

export const TopicCreate = named(
  'TopicCreate',
  Closed(
    { id: NotGiven, revision: hidden(Revision), ...writable, ...included },
    { description: 'A new topic.', examples: [{ name: 'Shipping', kind: 'topic' }] },
  ),
)

export const TopicInput = named(
  'TopicInput',
  Closed(input, { description: 'A topic, as input; `kind` is `topic` where it is left out.', examples: [{ name: 'Shipping', kind: 'topic' }] }),
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
      sameAs: Type.Optional(Nullable(SameAsInput)),
    },
    { description: 'A merge patch of a topic.', examples: [{ description: 'Ships, ports and those who work there.' }] },
  ),
)

export const TopicReferenceInput = named(
  'TopicReferenceInput',
  Closed(
    {
      id: Type.Optional(Id),
      slug: Type.Optional(SlugInput),
      externalId: Type.Optional(ExternalIdInput),
      name: Type.Optional(described(Name, 'The name, as readers see it.')),
      kind: ignored(ref(TopicKind)),
    },
    {
      description: 'Names a topic: the `id` wins, then the `slug`, then the `externalId`; a `name` alone finds one, or makes it.',
      examples: [{ name: 'Shipping' }],
    },
  ),
)
export type TopicReferenceInput = Static<typeof TopicReferenceInput>

export const TOPIC_SCHEMAS: Named[] = [TopicKind, Topic, TopicRow, TopicPage, TopicCreate, TopicInput, TopicPatch, TopicReference, TopicReferenceInput]
