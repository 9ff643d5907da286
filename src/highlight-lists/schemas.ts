import type { Static } from 'typebox'
import { ExternalId, ExternalIdInput } from '../http/external-ids.ts'
import {
  Closed,
  Count,
  described,
  Enum,
  ExpectedRevision,
  hidden,
  Id,
  ignored,
  inDocument,
  Line,
  type Named,
  NonEmptyLine,
  NotGiven,
  Nullable,
  named,
  nullable,
  Revision,
  ref,
  refAs,
  SameId,
  SameTime,
  Slug,
  SlugInput,
  Time,
  Url,
  WholeOf,
} from '../http/schemas.ts'
import Type from '../http/type.ts'
import { ArticleCard } from './card-schemas.ts'

const tag = <T extends string>(type: T) => Type.Unsafe<T>({ type: 'string', const: type, description: 'What it leads to.' })
const exampleIds = [
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c04',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c05',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
]

export const SectionTarget = named(
  'SectionTarget',
  Type.Object(
    {
      type: tag('section'),
      id: described(Id, 'The section’s id.'),
      anchor: described(Slug, 'The section’s anchor.'),
      heading: Type.Optional(Nullable(described(Line, 'The section’s heading; editions made before 0.3 leave it out.'))),
    },
    {
      description: 'A section of the list’s own article, with its heading.',
      examples: [{ type: 'section', id: exampleIds[2], anchor: 'background', heading: 'Background' }],
    },
  ),
)
export const ArticleTarget = named(
  'ArticleTarget',
  Type.Object(
    { type: tag('article'), id: described(Id, 'The article’s id.'), slug: described(Slug, 'The article’s slug.'), article: Type.Optional(ref(ArticleCard)) },
    {
      description: 'In freestanding lists and in `related` it carries the article’s card.',
      examples: [{ type: 'article', id: exampleIds[3], slug: 'harbour-reopens' }],
    },
  ),
)
export const UrlTarget = named(
  'UrlTarget',
  Type.Object({ type: tag('url'), url: Url }, { description: 'An address.', examples: [{ type: 'url', url: 'https://port.example/tides' }] }),
)

export const SectionTargetInput = named(
  'SectionTargetInput',
  Closed(
    {
      type: tag('section'),
      id: Type.Optional(described(Id, 'The section’s id.')),
      anchor: Type.Optional(described(SlugInput, 'The section’s anchor.')),
      heading: ignored(Nullable(Line)),
    },
    { description: 'A section of the list’s own article, by `id` or `anchor`.', examples: [{ type: 'section', anchor: 'background' }] },
  ),
)
export const ArticleTargetInput = named(
  'ArticleTargetInput',
  Closed(
    {
      type: tag('article'),
      id: Type.Optional(described(Id, 'The article’s id.')),
      slug: Type.Optional(described(SlugInput, 'The article’s slug.')),
      externalId: Type.Optional(described(ExternalIdInput, 'The article’s id in another system.')),
      article: ignored(ref(ArticleCard)),
    },
    { description: 'An article, by `id`, `slug` or `externalId`.', examples: [{ type: 'article', slug: 'harbour-reopens' }] },
  ),
)
export const UrlTargetInput = named(
  'UrlTargetInput',
  Closed({ type: tag('url'), url: Url }, { description: 'An address, as input.', examples: [{ type: 'url', url: 'https://port.example/tides' }] }),
)

export type Target = Static<typeof SectionTarget> | Static<typeof ArticleTarget> | Static<typeof UrlTarget>
export type TargetInput = Static<typeof SectionTargetInput> | Static<typeof ArticleTargetInput> | Static<typeof UrlTargetInput>

/** One of several named schemas, told apart by `type`. @param tags their types, in the same order */
export const union = <T>(members: Named[], tags: string[], description: string) =>
  Type.Unsafe<T>({
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: members.map((member) => ({ $ref: `${member.$id}#` })),
    'x-tags': tags,
    description,
  })

export const Target = named(
  'Target',
  union<Target>([SectionTarget, ArticleTarget, UrlTarget] as Named[], ['section', 'article', 'url'], 'What an item leads to.'),
)
export const TargetInput = named(
  'TargetInput',
  union<TargetInput>([SectionTargetInput, ArticleTargetInput, UrlTargetInput] as Named[], ['section', 'article', 'url'], 'What an item leads to, as input.'),
)

export const HighlightItem = named(
  'HighlightItem',
  Type.Object(
    { id: Id, text: Nullable(described(Line, 'What it says; `null` means the headline or heading of its target.')), target: Nullable(ref(Target)) },
    {
      description: 'An item; a `null` text means the headline or heading of its target.',
      examples: [{ id: exampleIds[1], text: 'How it began', target: { type: 'section', id: exampleIds[2], anchor: 'background', heading: 'Background' } }],
    },
  ),
)
export type HighlightItem = Static<typeof HighlightItem>

export const HighlightItemInput = named(
  'HighlightItemInput',
  Closed(
    {
      id: Type.Optional(described(Id, 'Of one that is there, which it keeps.')),
      text: Type.Optional(Nullable(described(NonEmptyLine, 'What it says; the headline or heading of its target where it is left out.'))),
      target: Type.Optional(Nullable(ref(TargetInput))),
    },
    {
      description: 'An item, as input: `text`, `target` or both.',
      examples: [{ text: 'How it began', target: { type: 'section', anchor: 'background' } }],
    },
  ),
)
export type HighlightItemInput = Static<typeof HighlightItemInput>

export const ListStyle = named('ListStyle', Enum(['bulleted', 'numbered'], { description: 'How the items are marked; `bulleted` where it is left out.' }))

export const PlannedListPublication = named(
  'PlannedListPublication',
  Type.Object(
    {
      at: described(Time, 'When it goes out.'),
      revision: Nullable(described(Revision, 'The revision that goes out; `null` where it is the working copy of that time.')),
    },
    { description: 'A publication of a freestanding list that is planned.', examples: [{ at: '2026-05-02T06:00:00.000Z', revision: null }] },
  ),
)
export const ListSchedule = named(
  'ListSchedule',
  Type.Object(
    { publish: nullable(PlannedListPublication) },
    { description: 'When a freestanding list is to be published.', examples: [{ publish: { at: '2026-05-02T06:00:00.000Z', revision: null } }] },
  ),
)

export const HighlightList = named(
  'HighlightList',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      articleId: Nullable(described(Id, 'The article that it is part of; `null` for a freestanding list.')),
      slug: Nullable(described(Slug, 'The name of a freestanding list for addresses; `null` in an article.')),
      title: Nullable(described(Line, 'The title over it.')),
      style: ref(ListStyle),
      position: Count('Among the lists of its article, without gaps; 0 for a freestanding list.'),
      items: Type.Array(ref(HighlightItem), { description: 'In order.' }),
      externalId: Type.Optional(described(ExternalId, 'The id of a freestanding list in another system, unique among these; none in an article.')),
      createdAt: described(Time, 'When it was made.'),
      updatedAt: described(Time, 'When it was last changed.'),
      hasUnpublishedChanges: Type.Optional(
        Type.Boolean({ description: 'Of a freestanding list, for editors: whether the public would see something else if the working copy were published.' }),
      ),
      publishedRevision: Type.Optional(
        Nullable(described(Revision, 'Of a freestanding list, for editors: the revision that the public has; `null` where it isn’t public.')),
      ),
      schedule: Type.Optional(refAs(ListSchedule, 'Of a freestanding list, for editors: when it is to be published.')),
    },
    {
      description: 'The bullets before a story; or, with a slug and without an article, a freestanding list.',
      examples: [
        {
          id: exampleIds[0],
          revision: 1,
          articleId: exampleIds[3],
          slug: null,
          title: 'At a glance',
          style: 'bulleted',
          position: 0,
          items: [{ id: exampleIds[1], text: 'How it began', target: { type: 'section', id: exampleIds[2], anchor: 'background', heading: 'Background' } }],
          createdAt: '2026-05-01T09:30:00.000Z',
          updatedAt: '2026-05-01T09:30:00.000Z',
        },
      ],
    },
  ),
)
export type HighlightList = Static<typeof HighlightList>

const Items = Type.Array(ref(HighlightItemInput), { maxItems: 1000, description: 'In order.' })

export const writable = {
  title: Type.Optional(Nullable(described(Line, 'The title over it.'))),
  style: Type.Optional(ref(ListStyle)),
  items: Type.Optional(Items),
}
const counted = { updatedAt: ignored(Time) }
const ArticleId = Type.Optional(
  inDocument(Nullable(Type.String()), {
    anyOf: [{ ...Id }, { type: 'null' }],
    readOnly: true,
    description: 'Read-only: another value than the stored one is a fault.',
  }),
)
const readOnly = { articleId: ArticleId, createdAt: SameTime, ...counted }
/** What a list that comes in a POST takes, and what it doesn’t. */
export const created = { id: NotGiven, articleId: hidden(Nullable(Type.String())), createdAt: NotGiven, revision: hidden(Revision), ...counted }
const inputExample = { title: 'At a glance', items: [{ text: 'How it began', target: { type: 'url', url: 'https://port.example/tides' } }] }

const NoSlug = ignored(HighlightList.properties.slug)

export const NestedHighlightListInput = named(
  'NestedHighlightListInput',
  Closed(
    {
      id: Type.Optional(described(Id, 'Of one that is there, which it keeps.')),
      ...writable,
      ...readOnly,
      slug: NoSlug,
      revision: ignored(Revision),
      position: ignored(HighlightList.properties.position),
    },
    {
      description: 'A highlight list in its article’s array, whose order is theirs; a known `id` keeps it.',
      examples: [inputExample],
    },
  ),
)
export type NestedHighlightListInput = Static<typeof NestedHighlightListInput>

/** What a list that is written alone may say, and what of it a patch may set to `null`. */
export const single = { id: SameId, revision: ExpectedRevision, ...writable, ...readOnly }
export const nullables = { style: Type.Optional(nullable(ListStyle)), items: Type.Optional(Nullable(Items)) }
const Position = Type.Optional(Count('Among the article’s lists, from 0; last where it is left out.'))

export const HighlightListCreate = named(
  'HighlightListCreate',
  Closed({ ...created, ...writable, slug: NoSlug, position: Position }, { description: 'A new highlight list of an article.', examples: [inputExample] }),
)
export const HighlightListInput = named(
  'HighlightListInput',
  Closed({ ...single, slug: NoSlug, position: Position }, { description: 'A highlight list of an article, as input.', examples: [inputExample] }),
)
export const HighlightListPatch = named(
  'HighlightListPatch',
  Closed(
    { ...single, ...nullables, slug: NoSlug, position: Position },
    { description: 'A merge patch of an article’s highlight list.', examples: [{ style: 'numbered' }] },
  ),
)
export type HighlightListInput = Static<typeof HighlightListInput>

export const HighlightLists = WholeOf('HighlightLists', HighlightList, 'The highlight lists of an article, in order.')
export const HighlightListsInput = named(
  'HighlightListsInput',
  Closed(
    { data: Type.Array(ref(NestedHighlightListInput), { maxItems: 100, description: 'All of them, in order.' }) },
    { description: 'All highlight lists of an article, in order.' },
  ),
)
export type HighlightListsInput = Static<typeof HighlightListsInput>

export const HIGHLIGHT_LIST_SCHEMAS = [
  ListStyle,
  PlannedListPublication,
  ListSchedule,
  SectionTarget,
  ArticleTarget,
  UrlTarget,
  SectionTargetInput,
  ArticleTargetInput,
  UrlTargetInput,
  Target,
  TargetInput,
  HighlightItem,
  HighlightItemInput,
  HighlightList,
  NestedHighlightListInput,
  HighlightListCreate,
  HighlightListInput,
  HighlightListPatch,
  HighlightLists,
  HighlightListsInput,
] as Named[]
