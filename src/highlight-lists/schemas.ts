import type { Static } from 'typebox'
import {
  Closed,
  Enum,
  Id,
  Ignored,
  Line,
  type Named,
  NonEmptyLine,
  Nullable,
  named,
  Revision,
  ref,
  SameId,
  Slug,
  SlugInput,
  Time,
  Url,
  WholeOf,
} from '../http/schemas.ts'
import Type from '../http/type.ts'
import { ArticleCard } from './card-schemas.ts'

const tag = <T extends string>(type: T) => Type.Unsafe<T>({ type: 'string', const: type })
const exampleIds = [
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c04',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c05',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03',
  '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
]

export const SectionTarget = named(
  'SectionTarget',
  Type.Object({ type: tag('section'), id: Id, anchor: Slug }, { examples: [{ type: 'section', id: exampleIds[2], anchor: 'background' }] }),
)
export const ArticleTarget = named(
  'ArticleTarget',
  Type.Object(
    { type: tag('article'), id: Id, slug: Slug, article: Type.Optional(ref(ArticleCard)) },
    {
      description: 'In freestanding lists and in `related` it carries the article’s card.',
      examples: [{ type: 'article', id: exampleIds[3], slug: 'harbour-reopens' }],
    },
  ),
)
export const UrlTarget = named('UrlTarget', Type.Object({ type: tag('url'), url: Url }, { examples: [{ type: 'url', url: 'https://port.example/tides' }] }))

export const SectionTargetInput = named(
  'SectionTargetInput',
  Closed(
    { type: tag('section'), id: Type.Optional(Id), anchor: Type.Optional(SlugInput) },
    { description: 'A section of the list’s own article, by `id` or `anchor`.', examples: [{ type: 'section', anchor: 'background' }] },
  ),
)
export const ArticleTargetInput = named(
  'ArticleTargetInput',
  Closed(
    { type: tag('article'), id: Type.Optional(Id), slug: Type.Optional(SlugInput), article: Ignored },
    { description: 'An article, by `id` or `slug`.', examples: [{ type: 'article', slug: 'harbour-reopens' }] },
  ),
)
export const UrlTargetInput = named(
  'UrlTargetInput',
  Closed({ type: tag('url'), url: Url }, { examples: [{ type: 'url', url: 'https://port.example/tides' }] }),
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
  union<TargetInput>(
    [SectionTargetInput, ArticleTargetInput, UrlTargetInput] as Named[],
    ['section', 'article', 'url'],
    'What an item leads to, on the way in.',
  ),
)

export const HighlightItem = named(
  'HighlightItem',
  Type.Object(
    { id: Id, text: Nullable(Line), target: Nullable(ref(Target)) },
    {
      description: 'An item; a `null` text means the headline or heading of its target.',
      examples: [{ id: exampleIds[1], text: 'How it began', target: { type: 'section', id: exampleIds[2], anchor: 'background' } }],
    },
  ),
)
export type HighlightItem = Static<typeof HighlightItem>

export const HighlightItemInput = named(
  'HighlightItemInput',
  Closed(
    { id: Type.Optional(Id), text: Type.Optional(Nullable(NonEmptyLine)), target: Type.Optional(Nullable(ref(TargetInput))) },
    {
      description: 'An item on the way in: `text`, `target` or both.',
      examples: [{ text: 'How it began', target: { type: 'section', anchor: 'background' } }],
    },
  ),
)
export type HighlightItemInput = Static<typeof HighlightItemInput>

const Style = Enum(['bulleted', 'numbered'])

export const HighlightList = named(
  'HighlightList',
  Type.Object(
    {
      id: Id,
      revision: Revision,
      articleId: Nullable(Id),
      slug: Nullable(Slug),
      title: Nullable(Line),
      style: Style,
      position: Type.Integer({ minimum: 0 }),
      items: Type.Array(ref(HighlightItem)),
      createdAt: Time,
      updatedAt: Time,
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
          items: [{ id: exampleIds[1], text: 'How it began', target: { type: 'section', id: exampleIds[2], anchor: 'background' } }],
          createdAt: '2026-05-01T09:30:00.000Z',
          updatedAt: '2026-05-01T09:30:00.000Z',
        },
      ],
    },
  ),
)
export type HighlightList = Static<typeof HighlightList>

const Items = Type.Array(ref(HighlightItemInput), { maxItems: 1000 })

const writable = {
  title: Type.Optional(Nullable(Line)),
  style: Type.Optional(Style),
  items: Type.Optional(Items),
}
const readOnly = { articleId: Type.Optional(Nullable(Type.String())), createdAt: SameId, updatedAt: Ignored }
const inputExample = { title: 'At a glance', items: [{ text: 'How it began', target: { type: 'url', url: 'https://port.example/tides' } }] }

export const NestedHighlightListInput = named(
  'NestedHighlightListInput',
  Closed(
    { id: Type.Optional(Id), ...writable, ...readOnly, slug: Ignored, revision: Ignored, position: Ignored },
    {
      description: 'A highlight list in its article’s array, whose order is theirs; a known `id` keeps it.',
      examples: [inputExample],
    },
  ),
)
export type NestedHighlightListInput = Static<typeof NestedHighlightListInput>

/** What a list that is written alone may say, and what of it a patch may set to `null`. */
export const single = { id: SameId, revision: Type.Optional(Revision), ...writable, ...readOnly }
export const nullables = { style: Type.Optional(Nullable(Style)), items: Type.Optional(Nullable(Items)) }
const Position = Type.Optional(Type.Integer({ description: 'Among the article’s lists; last where it is left out.' }))

export const HighlightListInput = named(
  'HighlightListInput',
  Closed({ ...single, slug: Ignored, position: Position }, { description: 'A highlight list of an article on the way in.', examples: [inputExample] }),
)
export const HighlightListPatch = named(
  'HighlightListPatch',
  Closed(
    { ...single, ...nullables, slug: Ignored, position: Position },
    { description: 'A merge patch of an article’s highlight list.', examples: [{ style: 'numbered' }] },
  ),
)
export type HighlightListInput = Static<typeof HighlightListInput>

export const HighlightLists = named('HighlightLists', WholeOf(HighlightList))
export const HighlightListsInput = named(
  'HighlightListsInput',
  Closed({ data: Type.Array(ref(NestedHighlightListInput), { maxItems: 100 }) }, { description: 'All highlight lists of an article, in order.' }),
)
export type HighlightListsInput = Static<typeof HighlightListsInput>

export const HIGHLIGHT_LIST_SCHEMAS = [
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
  HighlightListInput,
  HighlightListPatch,
  HighlightLists,
  HighlightListsInput,
] as Named[]
