import type { Static } from 'typebox'
import { AuthorReference, AuthorReferenceInput } from '../../authors/schemas.ts'
import { ArticleCard } from '../../highlight-lists/card-schemas.ts'
import { ArticleTarget, ArticleTargetInput, HighlightList, NestedHighlightListInput, UrlTarget, UrlTargetInput, union } from '../../highlight-lists/schemas.ts'
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
  NonEmptyLine,
  Nullable,
  named,
  nullable,
  Prose,
  Revision,
  ref,
  SameId,
  Slug,
  SlugInput,
  Time,
  TimeInput,
  Title,
  Url,
  VisibleProse,
} from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { mostSections, NestedSectionInput, Section } from '../../sections/schemas.ts'
import { TopicReference, TopicReferenceInput } from '../../topics/schemas.ts'
import { PublishInput, Schedule, ScheduleInput, UnpublishInput } from './publication-schemas.ts'

export const statuses = ['draft', 'scheduled', 'published', 'unpublished', 'trashed'] as const
export const commentPolicies = ['open', 'moderated', 'closed'] as const

const Status = Enum(statuses, {
  description:
    'What the public has now: nothing yet (`draft`, or `scheduled`), an edition (`published`), one no more (`unpublished`); or it is in the trash (`trashed`).',
})
const CommentPolicy = Enum(commentPolicies)
const Relation = Enum(['related', 'updates', 'background'])
const Language = Type.String({ format: 'language', maxLength: 100, description: 'BCP 47.', examples: ['en'] })
const Custom = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'Any JSON object up to 16 kB, kept as given.',
  examples: [{ printPage: 'A1' }],
})
const Source = Type.Object({ name: Nullable(Line), url: Nullable(Url) })
const Copyright = Type.Object({ holder: Nullable(Line), notice: Nullable(Type.String()), usageTerms: Nullable(Type.String()) })
const Seo = Type.Object({ title: Nullable(Line), description: Nullable(Type.String()), image: nullable(Image), noindex: Type.Boolean() })

export const RelatedTarget = named(
  'RelatedTarget',
  union<Static<typeof ArticleTarget> | Static<typeof UrlTarget>>([ArticleTarget, UrlTarget] as Named[], ['article', 'url'], 'An article or an address.'),
)
export type RelatedTarget = Static<typeof RelatedTarget>

export const Related = named(
  'Related',
  Type.Object(
    { relation: Relation, text: Nullable(Line), target: Nullable(ref(RelatedTarget)) },
    {
      description: 'Another story or page; an article target carries its card.',
      examples: [{ relation: 'background', text: 'Tide tables', target: { type: 'url', url: 'https://port.example/tides' } }],
    },
  ),
)
export type Related = Static<typeof Related>

export const Share = named(
  'Share',
  Type.Object(
    {
      url: Type.String(),
      links: Type.Array(Type.Object({ network: Type.String(), label: Type.String(), href: Type.String() })),
    },
    {
      description: 'Addresses that share the story.',
      examples: [
        {
          url: 'https://news.example/harbour-reopens',
          links: [{ network: 'email', label: 'Email', href: 'mailto:?subject=Harbour%20reopens&body=https%3A%2F%2Fnews.example%2Fharbour-reopens' }],
        },
      ],
    },
  ),
)

export const example = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
  revision: 3,
  slug: 'harbour-reopens',
  status: 'published',
  publishedRevision: 3,
  language: 'en',
  headline: 'Harbour reopens',
  alternativeHeadline: null,
  kicker: null,
  standfirst: null,
  slugline: null,
  dateline: 'OAKMERE',
  genre: null,
  leadImage: null,
  authors: [],
  topics: [],
  sections: [],
  highlightLists: [],
  related: [],
  source: null,
  copyright: null,
  seo: null,
  commentPolicy: 'open',
  commentCount: 2,
  wordCount: 0,
  corrections: [],
  custom: {},
  url: null,
  canonicalUrl: null,
  share: null,
  createdAt: '2026-05-01T09:00:00.000Z',
  updatedAt: '2026-05-01T09:30:00.000Z',
  publishedAt: '2026-05-01T09:30:00.000Z',
}

export const article = {
  id: Id,
  revision: Revision,
  slug: Slug,
  status: Status,
  publishedRevision: Nullable(Type.Integer()),
  language: Type.String({ description: 'BCP 47.' }),
  headline: Line,
  alternativeHeadline: Nullable(Line),
  kicker: Nullable(Line),
  standfirst: Nullable(Type.String()),
  slugline: Nullable(Line),
  dateline: Nullable(Line),
  genre: Nullable(Line),
  leadImage: nullable(Image),
  authors: Type.Array(ref(AuthorReference)),
  topics: Type.Array(ref(TopicReference), { description: 'In the given order; the first is the main one.' }),
  sections: Type.Array(ref(Section)),
  highlightLists: Type.Array(ref(HighlightList)),
  related: Type.Array(ref(Related)),
  source: Nullable(Source),
  copyright: Nullable(Copyright),
  seo: Nullable(Seo),
  commentPolicy: CommentPolicy,
  commentCount: Type.Optional(Type.Integer({ minimum: 0, description: 'Approved comments; a working copy leaves it out.' })),
  wordCount: Type.Integer({ minimum: 0 }),
  corrections: Type.Array(Type.Object({ text: Type.String(), at: Time })),
  custom: Custom,
  url: Nullable(Type.String()),
  canonicalUrl: Nullable(Url),
  share: nullable(Share),
  createdAt: Time,
  updatedAt: Time,
  publishedAt: Nullable(Time),
  hasUnpublishedChanges: Type.Optional(
    Type.Boolean({ description: 'Whether the public would see something else if it were published now. Only in a working copy.' }),
  ),
  editorNote: Type.Optional(Nullable(Type.String({ description: 'Only in a working copy.' }))),
  embargoUntil: Type.Optional(Nullable(Type.String({ format: 'date-time', description: 'It can’t be published before. Only in a working copy.' }))),
  externalId: Type.Optional(Nullable(Type.String({ description: 'Only in a working copy.' }))),
  schedule: Type.Optional(ref(Schedule)),
}

export const Article = named('Article', Type.Object(article, { description: 'A whole story.', examples: [example] }))
export type Article = Static<typeof Article>

const RelatedTargetInput = named(
  'RelatedTargetInput',
  union<Static<typeof ArticleTargetInput> | Static<typeof UrlTargetInput>>(
    [ArticleTargetInput, UrlTargetInput] as Named[],
    ['article', 'url'],
    'An article or an address.',
  ),
)
export const RelatedInput = named(
  'RelatedInput',
  Closed(
    { relation: Relation, text: Type.Optional(Nullable(NonEmptyLine)), target: Type.Optional(Nullable(ref(RelatedTargetInput))) },
    {
      description: 'Another story or page on the way in: `text`, `target` or both.',
      examples: [{ relation: 'background', text: 'Tide tables', target: { type: 'url', url: 'https://port.example/tides' } }],
    },
  ),
)
export type RelatedInput = Static<typeof RelatedInput>

const line = Type.Optional(Nullable(Line))
const text = Type.Optional(Nullable(Prose))

// So many authors, topics, related items, highlight lists and corrections an article may have.
const most = { maxItems: 100 }

const written = {
  id: SameId,
  revision: Type.Optional(Revision),
  slug: Type.Optional(SlugInput),
  status: Type.Optional(Status),
  language: Type.Optional(Language),
  alternativeHeadline: Type.Optional(Nullable(Title)),
  kicker: line,
  standfirst: text,
  slugline: line,
  dateline: line,
  genre: line,
  leadImage: Type.Optional(nullable(ImageInput)),
  authors: Type.Optional(Type.Array(ref(AuthorReferenceInput), { ...most, examples: [[{ name: 'Ada Berg' }]] })),
  topics: Type.Optional(Type.Array(ref(TopicReferenceInput), { ...most, examples: [[{ name: 'Shipping' }]] })),
  sections: Type.Optional(Type.Array(ref(NestedSectionInput), { maxItems: mostSections })),
  highlightLists: Type.Optional(Type.Array(ref(NestedHighlightListInput), most)),
  related: Type.Optional(Type.Array(ref(RelatedInput), most)),
  source: Type.Optional(Nullable(Closed({ name: Type.Optional(Nullable(Title)), url: Type.Optional(Nullable(Url)) }))),
  copyright: Type.Optional(Nullable(Closed({ holder: line, notice: text, usageTerms: text }))),
  seo: Type.Optional(
    Nullable(Closed({ title: line, description: text, image: Type.Optional(nullable(ImageInput)), noindex: Type.Optional(Nullable(Type.Boolean())) })),
  ),
  commentPolicy: Type.Optional(CommentPolicy),
  corrections: Type.Optional(Type.Array(Closed({ text: VisibleProse, at: Type.Optional(TimeInput) }), most)),
  custom: Type.Optional(Custom),
  canonicalUrl: Type.Optional(Nullable(Url)),
  publishedAt: Type.Optional(Nullable(TimeInput)),
  editorNote: text,
  embargoUntil: Type.Optional(Nullable(TimeInput)),
  externalId: line,
  schedule: Type.Optional(nullable(ScheduleInput)),
  createdAt: SameId,
  updatedAt: Ignored,
  publishedRevision: Ignored,
  hasUnpublishedChanges: Ignored,
  commentCount: Ignored,
  wordCount: Ignored,
  url: Ignored,
  share: Ignored,
}

const SetTime = Type.String({
  format: 'date-time',
  description: 'For archives, with `content:publish`: when it was last changed; not in the future, nor before `publishedAt`. The next edition says so.',
})

const inputExample = {
  headline: 'Harbour reopens',
  dateline: 'OAKMERE',
  authors: [{ name: 'Ada Berg' }],
  topics: [{ name: 'Shipping' }],
  sections: [{ heading: 'Background', body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }] }],
  highlightLists: [{ items: [{ text: 'How it began', target: { type: 'section', anchor: 'background' } }] }],
}

export const ArticleInput = named(
  'ArticleInput',
  Closed(
    { ...written, headline: Name },
    { description: 'A whole story on the way in. What comes back from a `GET` with `copy=working` is taken as it is.', examples: [inputExample] },
  ),
)
export type ArticleInput = Static<typeof ArticleInput>

export const ArticleCreate = named(
  'ArticleCreate',
  Closed(
    {
      ...written,
      headline: Type.Optional(Name),
      updatedAt: Type.Optional(SetTime),
      fromText: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 1_000_000,
          description: 'The text of a page, without markup; what the body names itself wins over what the text says.',
        }),
      ),
    },
    { description: 'A new story: with a `headline`, or with `fromText`.', examples: [inputExample] },
  ),
)
export type ArticleCreate = Static<typeof ArticleCreate>

export const ArticlePatch = named(
  'ArticlePatch',
  Closed(
    {
      ...(Object.fromEntries(
        Object.entries(written).map(([name, schema]) => [name, name === 'revision' ? schema : Type.Optional(Nullable(schema))]),
      ) as typeof written),
      headline: Type.Optional(Name),
      updatedAt: Type.Optional(SetTime),
    },
    {
      description: 'A merge patch of a story (RFC 7396): `null` gives a property its default, arrays are replaced whole.',
      examples: [{ headline: 'Harbour reopens after two years', status: 'published' }],
    },
  ),
)

export const ARTICLE_SCHEMAS = [
  Schedule,
  ScheduleInput,
  PublishInput,
  UnpublishInput,
  ArticleCard,
  RelatedTarget,
  Related,
  Share,
  Article,
  RelatedTargetInput,
  RelatedInput,
  ArticleInput,
  ArticleCreate,
  ArticlePatch,
] as Named[]
