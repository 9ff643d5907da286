import type { Static, TProperties } from 'typebox'
import { AuthorReference } from '../../authors/schemas.ts'
import { without } from '../../database/values.ts'
import { ArticleCard } from '../../highlight-lists/card-schemas.ts'
import { ArticleTarget, HighlightList, UrlTarget, union } from '../../highlight-lists/schemas.ts'
import { ExternalId } from '../../http/external-ids.ts'
import {
  Count,
  described,
  Enum,
  Id,
  Image,
  Line,
  type Named,
  Nullable,
  named,
  nullable,
  Revision,
  ref,
  refAs,
  Slug,
  Time,
  Url,
  UrlOrPath,
} from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { Section } from '../../sections/schemas.ts'
import { TopicReference } from '../../topics/schemas.ts'
import { Schedule } from './publication-schemas.ts'

export const statuses = ['draft', 'scheduled', 'published', 'unpublished', 'trashed'] as const
export const commentPolicies = ['open', 'moderated', 'closed'] as const

export const ArticleStatus = named(
  'ArticleStatus',
  Enum(statuses, {
    description:
      'What the public has now: nothing yet (`draft`, or `scheduled`), an edition (`published`), one no more (`unpublished`); or it is in the trash (`trashed`).',
  }),
)
export const CommentPolicy = named(
  'CommentPolicy',
  Enum(commentPolicies, { description: 'Whether readers’ comments show at once (`open`), once approved (`moderated`), or aren’t taken (`closed`).' }),
)
export const Relation = named(
  'Relation',
  Enum(['related', 'updates', 'background'], {
    description: 'What the other story is to this one: on the same matter, brought up to date by this one, or its background.',
  }),
)
export const Custom = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'Any JSON object up to 16 kB, kept as given.',
  examples: [{ printPage: 'A1' }],
})

const text = (description: string) => Nullable(Type.String({ description }))
const line = (description: string) => Nullable(described(Line, description))

export const Source = named(
  'Source',
  Type.Object(
    { name: line('Who had it first, such as an agency.'), url: Nullable(described(Url, 'Where it stood first.')) },
    { description: 'Where a story comes from.', examples: [{ name: 'Harbour Wire', url: 'https://wire.example/' }] },
  ),
)
export const Copyright = named(
  'Copyright',
  Type.Object(
    { holder: line('Whose the story is.'), notice: text('What is to be printed with it.'), usageTerms: text('What may be done with it.') },
    { description: 'Whose a story is.', examples: [{ holder: 'The Oakmere Post', notice: '© 2026 The Oakmere Post', usageTerms: null }] },
  ),
)
export const Seo = named(
  'Seo',
  Type.Object(
    {
      title: line('The title for search engines.'),
      description: text('The description for search engines.'),
      image: nullable(Image),
      noindex: Type.Boolean({ description: 'Whether search engines are to leave it out.' }),
    },
    { description: 'What search engines and shared links show.', examples: [{ title: 'Harbour reopens', description: null, image: null, noindex: false }] },
  ),
)
export const Correction = named(
  'Correction',
  Type.Object(
    { text: Type.String({ description: 'What was wrong, and what is right.' }), at: described(Time, 'When it was corrected.') },
    { description: 'A correction that readers are told of.', examples: [{ text: 'The harbour master’s name was misspelt.', at: '2026-05-01T11:00:00.000Z' }] },
  ),
)

export const RelatedTarget = named(
  'RelatedTarget',
  union<Static<typeof ArticleTarget> | Static<typeof UrlTarget>>([ArticleTarget, UrlTarget] as Named[], ['article', 'url'], 'An article or an address.'),
)
export type RelatedTarget = Static<typeof RelatedTarget>

export const Related = named(
  'Related',
  Type.Object(
    { relation: ref(Relation), text: line('What is said of it; `null` means the headline of its target.'), target: Nullable(ref(RelatedTarget)) },
    {
      description: 'Another story or page; an article target carries its card.',
      examples: [{ relation: 'background', text: 'Tide tables', target: { type: 'url', url: 'https://port.example/tides' } }],
    },
  ),
)
export type Related = Static<typeof Related>

export const ShareLink = named(
  'ShareLink',
  Type.Object(
    {
      network: Type.String({ description: 'A name for it: `email`, `facebook`, `x`, `whatsapp`, `linkedin`; there may be more.' }),
      label: Type.String({ description: 'What to call it.' }),
      href: Type.String({ description: 'Where it leads.' }),
    },
    {
      description: 'An address that shares a story in one network.',
      examples: [{ network: 'email', label: 'Email', href: 'mailto:?subject=Harbour%20reopens&body=https%3A%2F%2Fnews.example%2Fharbour-reopens' }],
    },
  ),
)
export const Share = named(
  'Share',
  Type.Object(
    {
      url: Type.String({ description: 'The address that is shared.' }),
      links: Type.Array(ref(ShareLink), { description: 'By network, always in the same order.' }),
    },
    { description: 'Addresses that share the story.' },
  ),
)

export const Translation = named(
  'Translation',
  Type.Object(
    {
      language: Type.String({ description: 'Its language, BCP 47.' }),
      id: Id,
      slug: Slug,
      headline: described(Line, 'Its headline.'),
      url: text('Where readers find it, as `url` of an article.'),
    },
    {
      description: 'The same story in another language.',
      examples: [
        {
          language: 'fr',
          id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c07',
          slug: 'le-port-rouvre',
          headline: 'Le port rouvre',
          url: 'https://news.example/le-port-rouvre',
        },
      ],
    },
  ),
)

const Alias = Type.String({ description: 'A path of the old site, with its query, percent-encoded.' })

export const canonicalText = 'Where a syndicated story stands first, or the path of its own page on the operator’s site, from `/` on.'

const exampleId = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55'
const sectionId = '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03'
const made = { createdAt: '2026-05-01T09:00:00.000Z', updatedAt: '2026-05-01T09:00:00.000Z' }

export const example = {
  id: exampleId,
  revision: 3,
  slug: 'harbour-reopens',
  status: 'published',
  publishedRevision: 3,
  language: 'en',
  headline: 'Harbour reopens',
  alternativeHeadline: null,
  kicker: null,
  standfirst: 'Two years after the storm, ships are back.',
  slugline: null,
  dateline: 'OAKMERE',
  genre: null,
  leadImage: null,
  authors: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c01', slug: 'ada-berg', name: 'Ada Berg', image: null, role: 'words' }],
  topics: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02', slug: 'shipping', name: 'Shipping', kind: 'topic' }],
  sections: [
    {
      id: sectionId,
      revision: 1,
      articleId: exampleId,
      parentId: null,
      position: 0,
      depth: 0,
      anchor: 'background',
      heading: 'Background',
      body: [{ type: 'paragraph', text: 'Crews worked **through the night**.' }],
      wordCount: 5,
      ...made,
    },
  ],
  highlightLists: [
    {
      id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c04',
      revision: 1,
      articleId: exampleId,
      slug: null,
      title: null,
      style: 'bulleted',
      position: 0,
      items: [
        {
          id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c05',
          text: 'How it began',
          target: { type: 'section', id: sectionId, anchor: 'background', heading: 'Background' },
        },
      ],
      ...made,
    },
  ],
  related: [],
  translations: [],
  source: null,
  copyright: null,
  seo: null,
  commentPolicy: 'open',
  commentsCloseAt: null,
  wordCount: 5,
  excerpt: 'Two years after the storm, ships are back.',
  readingTime: 1,
  corrections: [],
  custom: {},
  url: null,
  canonicalUrl: null,
  share: null,
  createdAt: '2026-05-01T09:00:00.000Z',
  updatedAt: '2026-05-01T09:30:00.000Z',
  publishedAt: '2026-05-01T09:30:00.000Z',
}

const shared = {
  id: Id,
  revision: Revision,
  slug: Slug,
  status: ref(ArticleStatus),
  publishedRevision: Nullable(described(Revision, 'The revision that the public sees; `null` where it sees none.')),
  language: Type.String({ description: 'BCP 47, such as `en` or `pt-BR`.' }),
  headline: described(Line, 'The headline.'),
  alternativeHeadline: line('A second headline.'),
  kicker: line('The words over the headline.'),
  standfirst: text('The words under the headline that sum it up.'),
  slugline: line('What the newsroom calls it.'),
  dateline: line('Where it was written.'),
  genre: line('What kind of story it is, such as `news` or `opinion`.'),
  leadImage: nullable(Image),
  authors: Type.Array(ref(AuthorReference), { description: 'Who wrote it, in the given order.' }),
  topics: Type.Array(ref(TopicReference), { description: 'In the given order; the first is the main one.' }),
  sections: Type.Array(ref(Section), { description: 'The story itself: flat, in document order, with `depth`.' }),
  highlightLists: Type.Array(ref(HighlightList), { description: 'The bullets before the story.' }),
  related: Type.Array(ref(Related), { description: 'Other stories and pages.' }),
  source: nullable(Source),
  copyright: nullable(Copyright),
  seo: nullable(Seo),
  commentPolicy: ref(CommentPolicy),
  commentsCloseAt: Nullable(
    described(Time, 'When it stops taking comments by itself; `null` where nobody said: then the operator’s `COMMENTS_CLOSE_AFTER` holds.'),
  ),
  wordCount: Count('Words of all sections.'),
  excerpt: text('What a teaser says: the standfirst, else the first sentences, of at most 200 characters and cut at a word; `null` without words.'),
  readingTime: Count('How long it takes to read, in minutes, by its language: words a minute, of Chinese, Japanese and Korean characters.'),
  corrections: Type.Array(ref(Correction), { description: 'In the given order.' }),
  custom: Custom,
  url: text('Where readers find it: `canonicalUrl`, a path of that on the site of `PUBLIC_SITE_URL`; or made from that pattern.'),
  canonicalUrl: Nullable(described(UrlOrPath, canonicalText)),
  share: nullable(Share),
  createdAt: described(Time, 'When it was made.'),
  updatedAt: described(Time, 'When it was last changed; in an edition, last published with a change that wasn’t `minor`.'),
  publishedAt: Nullable(described(Time, 'The story’s date, by which lists sort.')),
}
// No revision keeps them.
const current = { translations: Type.Array(ref(Translation), { description: 'The same story in other languages, by these.' }) }
const publicOnly = { commentCount: Count('Approved comments.') }
const workingOnly = {
  hasUnpublishedChanges: Type.Boolean({ description: 'Whether the public would see something else if it were published now.' }),
  editorNote: text('A note for editors, never public.'),
  embargoUntil: Nullable(described(Time, 'It can’t be published before.')),
  externalId: ExternalId,
  translationOf: Nullable(described(Id, 'The original that it is a translation of; `null` of that itself, and of what has no translations.')),
  aliases: Type.Array(Alias, { description: 'Where it stood on the old site: whoever comes there is sent here (`GET /v1/redirects`).' }),
  schedule: refAs(Schedule, 'What is planned for it.'),
}

const rendered = {
  bodyHtml: Type.Optional(
    Type.String({
      description:
        'With `include=html`: all sections as safe HTML in a `div` with language and direction; headings from `h2` on by depth, their anchors as ids.',
    }),
  ),
  bodyText: Type.Optional(Type.String({ description: 'With `include=text`: all sections as plain text.' })),
}

const optional = <P extends TProperties>(properties: P, copy: string): P =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const { description = '', anyOf = [] } = schema as { description?: string; anyOf?: { description?: string }[] }
      return [name, Type.Optional(copy === '' ? schema : described(schema, `${description || (anyOf[0]?.description ?? '')} ${copy}`))]
    }),
  ) as unknown as P

/** All that a row of either copy may have. */
export const article = { ...shared, ...current, ...rendered, ...optional(publicOnly, 'Only in public.'), ...optional(workingOnly, 'Only in a working copy.') }

export const workingExample = {
  ...example,
  hasUnpublishedChanges: false,
  editorNote: null,
  embargoUntil: null,
  externalId: null,
  translationOf: null,
  aliases: ['/2014/05/old-story.html?p=7'],
  schedule: { publish: null, unpublish: null },
}

export const Article = named(
  'Article',
  Type.Object(
    { ...shared, ...current, ...rendered, ...publicOnly },
    { description: 'A whole story as the public sees it.', examples: [{ ...example, commentCount: 2 }] },
  ),
)
export const WorkingArticle = named(
  'WorkingArticle',
  Type.Object(
    { ...shared, ...current, ...rendered, ...workingOnly },
    { description: 'A whole story as editors change it: what can be edited and sent back with PUT.', examples: [workingExample] },
  ),
)

export const PastArticle = named(
  'PastArticle',
  Type.Object(
    { ...shared, ...optional(publicOnly, ''), ...optional(workingOnly, '') },
    { description: 'A whole story as it was at a revision.', examples: [without(workingExample, 'translations')] },
  ),
)

const shapes = { shared: Type.Object({ ...shared, ...current }), publicOnly: Type.Object(publicOnly), workingOnly: Type.Object(workingOnly) }

/** A whole story, either copy. */
export type Article = Static<typeof shapes.shared> & Partial<Static<typeof shapes.publicOnly> & Static<typeof shapes.workingOnly>>

/** The public copy or the working copy, by who asks and for what. */
export const EitherArticle = Type.Unsafe<Article>({
  oneOf: [{ $ref: `${Article.$id}#` }, { $ref: `${WorkingArticle.$id}#` }],
  description: 'The public copy, or the working copy: only that has `schedule`.',
})

export const ARTICLE_SCHEMAS = [
  ArticleStatus,
  CommentPolicy,
  Relation,
  Source,
  Copyright,
  Seo,
  Correction,
  ArticleCard,
  RelatedTarget,
  Related,
  Translation,
  ShareLink,
  Share,
  Article,
  WorkingArticle,
  PastArticle,
] as Named[]
