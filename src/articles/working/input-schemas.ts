import type { Static, TSchema } from 'typebox'
import { AuthorReferenceInput } from '../../authors/schemas.ts'
import { ArticleTargetInput, NestedHighlightListInput, UrlTargetInput, union } from '../../highlight-lists/schemas.ts'
import { ExternalIdInput, externalReference } from '../../http/external-ids.ts'
import {
  Closed,
  described,
  Enum,
  ExpectedRevision,
  hidden,
  ImageInput,
  ignored,
  inDocument,
  Line,
  Name,
  type Named,
  NonEmptyLine,
  NotGiven,
  Nullable,
  named,
  nullable,
  Prose,
  Revision,
  ref,
  refAs,
  SameId,
  SameTime,
  SitePath,
  SlugInput,
  TimeInput,
  Title,
  Url,
  UrlOrPath,
  VisibleProse,
} from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { mostSections, NestedSectionInput } from '../../sections/schemas.ts'
import { TopicReferenceInput } from '../../topics/schemas.ts'
import { mostAliases } from './aliases.ts'
import { PUBLICATION_SCHEMAS, ScheduleInput } from './publication-schemas.ts'
import { ArticleStatus, article, CommentPolicy, Custom, canonicalText, Relation } from './schemas.ts'

const RelatedTargetInput = named(
  'RelatedTargetInput',
  union<Static<typeof ArticleTargetInput> | Static<typeof UrlTargetInput>>(
    [ArticleTargetInput, UrlTargetInput] as Named[],
    ['article', 'url'],
    'An article or an address, as input.',
  ),
)
export const RelatedInput = named(
  'RelatedInput',
  Closed(
    {
      relation: ref(Relation),
      text: Type.Optional(Nullable(described(NonEmptyLine, 'What is said of it; the headline of its target where it is left out.'))),
      target: Type.Optional(Nullable(ref(RelatedTargetInput))),
    },
    {
      description: 'Another story or page, as input: `text`, `target` or both.',
      examples: [{ relation: 'background', text: 'Tide tables', target: { type: 'url', url: 'https://port.example/tides' } }],
    },
  ),
)
export type RelatedInput = Static<typeof RelatedInput>

/** What a path takes, too. */
const ArticleName = Type.String({
  pattern: `^([A-Za-z0-9]+(-[A-Za-z0-9]+)*|${externalReference})$`,
  maxLength: 204,
  description:
    'The story that it is a translation of, or any other translation of that: its id, its slug, or `ext:` and its external id. Each language is once among them. It holds at once, not with publishing; `null` leaves them.',
  examples: ['harbour-reopens'],
})

const line = (description: string) => Type.Optional(Nullable(described(Line, description)))
const text = (description: string) => Type.Optional(Nullable(described(Prose, description)))

const SourceInput = named(
  'SourceInput',
  Closed(
    {
      name: Type.Optional(Nullable(described(Title, 'Who had it first, such as an agency.'))),
      url: Type.Optional(Nullable(described(Url, 'Where it stood first.'))),
    },
    { description: 'Where a story comes from, as input.', examples: [{ name: 'Harbour Wire' }] },
  ),
)
const CopyrightInput = named(
  'CopyrightInput',
  Closed(
    { holder: line('Whose the story is.'), notice: text('What is to be printed with it.'), usageTerms: text('What may be done with it.') },
    { description: 'Whose a story is, as input.', examples: [{ holder: 'The Oakmere Post' }] },
  ),
)
const SeoInput = named(
  'SeoInput',
  Closed(
    {
      title: line('The title for search engines.'),
      description: text('The description for search engines.'),
      image: Type.Optional(nullable(ImageInput)),
      noindex: Type.Optional(Nullable(Type.Boolean({ description: 'Whether search engines are to leave it out; default false.' }))),
    },
    { description: 'What search engines and shared links show, as input.', examples: [{ title: 'Harbour reopens' }] },
  ),
)
const CorrectionInput = named(
  'CorrectionInput',
  Closed(
    {
      text: described(VisibleProse, 'What was wrong, and what is right.'),
      at: Type.Optional(described(TimeInput, 'When it was corrected; now where it is left out.')),
    },
    { description: 'A correction that readers are told of, as input.', examples: [{ text: 'The harbour master’s name was misspelt.' }] },
  ),
)

// So many authors, topics, related items, highlight lists and corrections an article may have.
const most = { maxItems: 100 }

const written = {
  revision: ExpectedRevision,
  slug: Type.Optional(SlugInput),
  language: Type.Optional(
    Type.String({
      format: 'language',
      maxLength: 100,
      description: 'BCP 47, from a language on (`x-` and `i-` tags aren’t taken); the operator’s `DEFAULT_LANGUAGE` where it is left out.',
      examples: ['en'],
    }),
  ),
  alternativeHeadline: Type.Optional(Nullable(described(Title, 'A second headline.'))),
  kicker: line('The words over the headline.'),
  standfirst: text('The words under the headline that sum it up.'),
  slugline: line('What the newsroom calls it.'),
  dateline: line('Where it was written.'),
  genre: line('What kind of story it is, such as `news` or `opinion`.'),
  leadImage: Type.Optional(nullable(ImageInput)),
  authors: Type.Optional(Type.Array(ref(AuthorReferenceInput), { ...most, description: 'Who wrote it, in order.', examples: [[{ name: 'Ada Berg' }]] })),
  topics: Type.Optional(
    Type.Array(ref(TopicReferenceInput), { ...most, description: 'What it is about, the main one first.', examples: [[{ name: 'Shipping' }]] }),
  ),
  sections: Type.Optional(
    Type.Array(ref(NestedSectionInput), {
      maxItems: mostSections,
      description: 'The story itself, flat, in document order.',
      examples: [[{ heading: 'Background', body: [{ type: 'paragraph', text: 'Crews worked through the night.' }] }]],
    }),
  ),
  highlightLists: Type.Optional(
    Type.Array(ref(NestedHighlightListInput), {
      ...most,
      description: 'The bullets before the story.',
      examples: [[{ items: [{ text: 'How it began', target: { type: 'section', anchor: 'background' } }] }]],
    }),
  ),
  related: Type.Optional(
    Type.Array(ref(RelatedInput), {
      ...most,
      description: 'Other stories and pages.',
      examples: [[{ relation: 'background', target: { type: 'url', url: 'https://port.example/tides' } }]],
    }),
  ),
  source: Type.Optional(nullable(SourceInput)),
  copyright: Type.Optional(nullable(CopyrightInput)),
  seo: Type.Optional(nullable(SeoInput)),
  commentPolicy: Type.Optional(ref(CommentPolicy)),
  commentsCloseAt: Type.Optional(Nullable(described(TimeInput, 'When it stops taking comments by itself; it may be past.'))),
  corrections: Type.Optional(
    Type.Array(ref(CorrectionInput), {
      ...most,
      description: 'What was corrected, in order.',
      examples: [[{ text: 'The harbour master’s name was misspelt.' }]],
    }),
  ),
  custom: Type.Optional(Custom),
  canonicalUrl: Type.Optional(Nullable(described(UrlOrPath, canonicalText))),
  publishedAt: Type.Optional(Nullable(described(TimeInput, 'The story’s date, with `content:publish`: not in the future. For archives.'))),
  editorNote: text('A note for editors, never public.'),
  embargoUntil: Type.Optional(Nullable(described(TimeInput, 'It can’t be published before.'))),
  externalId: Type.Optional(Nullable(ExternalIdInput)),
  translationOf: Type.Optional(Nullable(ArticleName)),
  aliases: Type.Optional(
    Type.Array(SitePath, {
      maxItems: mostAliases,
      description: 'Where it stood on the old site: each path is one article’s. They hold at once, not with publishing.',
      examples: [['/2014/05/old-story.html?p=7']],
    }),
  ),
  schedule: Type.Optional(nullable(ScheduleInput)),
  updatedAt: ignored(article.updatedAt),
  publishedRevision: ignored(article.publishedRevision),
  hasUnpublishedChanges: ignored(article.hasUnpublishedChanges),
  commentCount: ignored(article.commentCount),
  wordCount: ignored(article.wordCount),
  readingTime: ignored(article.readingTime),
  bodyHtml: ignored(article.bodyHtml),
  bodyText: ignored(article.bodyText),
  url: ignored(article.url),
  share: ignored(article.share),
  translations: ignored(article.translations),
}
const ids = { id: SameId, createdAt: SameTime }

const SetTime = Type.String({
  format: 'date-time',
  description: 'For archives, with `content:publish`: when it was last changed; not in the future, nor before `publishedAt`. The next edition says so.',
})

const headline = described(Name, 'The headline.')

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
    {
      ...ids,
      ...written,
      // Who sends one to make or patch a story means its standfirst, and is told so.
      excerpt: ignored(article.excerpt),
      status: Type.Optional(refAs(ArticleStatus, 'In a PUT that makes the article as in a POST; else ignored there: `publish=true` publishes.')),
      headline,
    },
    { description: 'A whole story, as input. What comes back from a `GET` with `copy=working` is taken as it is.', examples: [inputExample] },
  ),
)
export type ArticleInput = Static<typeof ArticleInput>

const created = {
  id: NotGiven,
  createdAt: NotGiven,
  ...written,
  revision: hidden(Revision),
  status: Type.Optional(Enum(['draft', 'published'], { description: '`published` publishes it at once, with `content:publish`; default `draft`.' })),
  headline: Type.Optional(headline),
  updatedAt: Type.Optional(SetTime),
  fromText: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000_000,
      description: 'The text of a page, without markup; what the body names itself wins over what the text says.',
    }),
  ),
}
const either = (name: 'headline' | 'fromText') => Closed({ ...created, [name]: { ...created[name] } }, { description: `A new story with \`${name}\`.` })

export const ArticleCreate = named(
  'ArticleCreate',
  inDocument(
    Closed(created, { description: 'A new story: with a `headline`, or with `fromText`.', examples: [inputExample] }),
    // The one fault that the server makes of it names both.
    { 'x-without': ['type', 'properties', 'additionalProperties'], anyOf: [either('headline'), either('fromText')] },
  ),
)
export type ArticleCreate = Static<typeof ArticleCreate>

const isNullable = (schema: TSchema) => (schema as { anyOf?: { type?: string }[] }).anyOf?.some(({ type }) => type === 'null') === true
// What has no default can’t be taken away.
const lasting = ['revision', 'commentPolicy']
const given = Object.keys(written).filter((name) => !lasting.includes(name) && !('x-document' in written[name as keyof typeof written]))
const patched = Object.fromEntries(
  Object.entries({ ...ids, ...written }).map(([name, schema]) => [
    name,
    name in ids || (given.includes(name) && !isNullable(schema)) ? Type.Optional(Nullable(schema)) : schema,
  ]),
) as typeof ids & typeof written

export const ArticlePatch = named(
  'ArticlePatch',
  Closed(
    {
      ...patched,
      status: Type.Optional(refAs(ArticleStatus, '`published` publishes, `unpublished` and `draft` take down; `draft` cancels a plan.')),
      headline: Type.Optional(headline),
      updatedAt: Type.Optional(SetTime),
    },
    {
      description: 'A merge patch of a story (RFC 7396): `null` gives a property its default, arrays are replaced whole.',
      examples: [{ headline: 'Harbour reopens after two years' }],
    },
  ),
)

export const ARTICLE_INPUT_SCHEMAS = [
  ...PUBLICATION_SCHEMAS,
  RelatedTargetInput,
  RelatedInput,
  SourceInput,
  CopyrightInput,
  SeoInput,
  CorrectionInput,
  ArticleInput,
  ArticleCreate,
  ArticlePatch,
] as Named[]
