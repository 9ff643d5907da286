import type { Static } from 'typebox'
import { replacedByThemselves, replacedIn } from '../articles/working/fields.ts'
import { ArticlePatch } from '../articles/working/input-schemas.ts'
import { statuses } from '../articles/working/schemas.ts'
import { AuthorReferenceInput } from '../authors/schemas.ts'
import { JsonPatch } from '../http/patches.ts'
import { Closed, Count, described, Enum, Id, type Named, NonEmptyLine, Nullable, named, Revision, ref, Slug, TimeInput } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { TopicReferenceInput } from '../topics/schemas.ts'

/** So many articles one request changes. */
export const mostArticles = 10_000

const text = (description: string, maxLength = 4000) => Type.Optional(Type.String({ minLength: 1, maxLength, description }))

/** What the list takes as a parameter that may be repeated. */
const several = (description: string) => {
  const values = { minLength: 1, maxLength: 4000 }
  return Type.Optional(
    Type.Union([Type.String(values), Type.Array(Type.String(values), { minItems: 1, maxItems: 20 })], {
      description: `${description} \`a,b\` is any of, a leading \`-\` none of; of several in a list all hold.`.trimStart(),
    }),
  )
}
const time = (description: string) => Type.Optional({ ...TimeInput, description })

export const ArticleFilterInput = named(
  'ArticleFilterInput',
  Closed(
    {
      ids: text('Ids, comma-separated.', 400_000),
      slug: text('Slugs, comma-separated.', 400_000),
      externalId: text('Ids of another system, comma-separated.', 400_000),
      status: several(`Of ${statuses.join(', ')}.`),
      topic: several('By id, slug or `ext:`, with those under it.'),
      author: several('By id, slug or `ext:`.'),
      language: several('Finds what is more specific, too (`fr`: `fr-CA`).'),
      fallback: text(
        'Languages in the place of those of `language`, the best first, or `*` for any: of stories that are translations of each other only that in the first of these.',
      ),
      genre: several(''),
      publishedAfter: time('This time or later.'),
      publishedBefore: time('Earlier than this time.'),
      updatedAfter: time('This time or later.'),
      updatedBefore: time('Earlier than this time.'),
      scheduledAfter: time('Planned for this time or later.'),
      scheduledBefore: time('Planned for earlier than this time.'),
      hasUnpublishedChanges: Type.Optional(Type.Boolean({ description: 'Whether the public would see something else if they were published now.' })),
      q: text('Words that must all occur; `"…"` is a phrase, a trailing `*` a prefix.', 500),
    },
    {
      description: 'Which articles, as the parameters of `GET /v1/articles?copy=working` have it; all that it says must hold, and it says something.',
      minProperties: 1,
      examples: [{ topic: 'shipping', status: 'published' }],
    },
  ),
)
export type ArticleFilterInput = Static<typeof ArticleFilterInput>

export const TextReplacementInput = named(
  'TextReplacementInput',
  Closed(
    {
      find: Type.String({ minLength: 1, maxLength: 500, description: 'What to find, in its case.' }),
      with: Type.String({ maxLength: 1000, description: 'What to put there.' }),
      in: Type.Optional(
        Type.Array(Enum(replacedIn), {
          minItems: 1,
          maxItems: replacedIn.length,
          uniqueItems: true,
          description: `In which properties; where it is left out in ${replacedByThemselves.map((name) => `\`${name}\``).join(', ')}. Addresses, code and names stay.`,
        }),
      ),
      wholeWord: Type.Optional(Type.Boolean({ description: 'Whether what is found must not be a part of a longer word.' })),
    },
    { description: 'Words in the place of others.', examples: [{ find: 'harbor', with: 'harbour', wholeWord: true }] },
  ),
)
export type TextReplacement = Static<typeof TextReplacementInput>

const references = (schema: Named, description: string) => Type.Optional(Type.Array(ref(schema), { minItems: 1, maxItems: 100, description }))

export const ArticleChangesInput = named(
  'ArticleChangesInput',
  Closed(
    {
      filter: ref(ArticleFilterInput),
      patch: Type.Optional(ref(ArticlePatch)),
      addTopics: references(TopicReferenceInput, 'Topics that each is to name, behind those that it names.') as unknown as ReturnType<
        typeof Type.Optional<ReturnType<typeof Type.Array<typeof TopicReferenceInput>>>
      >,
      removeTopics: references(TopicReferenceInput, 'Topics that none is to name.') as unknown as ReturnType<
        typeof Type.Optional<ReturnType<typeof Type.Array<typeof TopicReferenceInput>>>
      >,
      replaceText: Type.Optional(ref(TextReplacementInput)),
      apply: Type.Optional(Enum(['both'], { description: '`both`: of what is public the public edition is changed, too. Needs `content:publish`.' })),
      minor: Type.Optional(Type.Boolean({ description: 'Whether what is published leaves `updatedAt` as it is.' })),
      publish: Type.Optional(Type.Boolean({ description: 'Whether to publish each that changes. Needs `content:publish`.' })),
      note: Type.Optional(described(NonEmptyLine, 'Kept with each revision: why it was changed.')),
    },
    {
      description: 'A change of many articles: `patch`, topics, words, or several of these.',
      examples: [{ filter: { q: 'harbor' }, replaceText: { find: 'harbor', with: 'harbour', wholeWord: true }, apply: 'both', minor: true, note: 'Typo' }],
    },
  ),
)
export type ArticleChangesInput = Static<typeof ArticleChangesInput>

export const ArticleChangeResult = named(
  'ArticleChangeResult',
  Type.Object(
    {
      id: Id,
      slug: Nullable(Slug),
      result: Enum(['changed', 'unchanged', 'failed'], { description: 'What came of it; `unchanged` where it was so already.' }),
      revision: Nullable(described(Revision, 'Its revision now.')),
      diff: Type.Optional(
        Type.Unsafe<Static<typeof JsonPatch>>({ $ref: `${JsonPatch.$id}#`, description: 'With `dryRun=true`: what would change of its working copy.' }),
      ),
      publicDiff: Type.Optional(
        Type.Unsafe<Static<typeof JsonPatch>>({
          $ref: `${JsonPatch.$id}#`,
          description: 'With `dryRun=true` and `apply=both`: what would change of its public edition.',
        }),
      ),
      problem: Type.Optional(
        Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description: 'Why it failed: a problem (RFC 9457).' }),
      ),
    },
    {
      description: 'What came of one article.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55', slug: 'harbour-reopens', result: 'changed', revision: 4 }],
    },
  ),
)
export type ArticleChangeResult = Static<typeof ArticleChangeResult>

export const ArticleChanges = named(
  'ArticleChanges',
  Type.Object(
    {
      matched: Count('How many articles the filter found.'),
      changed: Count('How many changed.'),
      unchanged: Count('How many were so already.'),
      failed: Count('How many could not be changed, and are what they were.'),
      data: Type.Array(ref(ArticleChangeResult), { description: 'What came of each, the oldest first.' }),
    },
    { description: 'What came of a change of many articles.' },
  ),
)

export const MergeInput = named(
  'MergeInput',
  Closed(
    {
      into: Type.Unsafe<{ id?: string; slug?: string; externalId?: string }>({
        ...Closed({
          id: Type.Optional(Id),
          slug: AuthorReferenceInput.properties.slug,
          externalId: AuthorReferenceInput.properties.externalId,
        }),
        minProperties: 1,
        description: 'The one that stays: by its `id`, else its `slug`, else its `externalId`.',
      }),
    },
    { description: 'What something is merged into.', examples: [{ into: { externalId: 'desk:7' } }] },
  ),
)

export const Merge = named(
  'Merge',
  Type.Object(
    {
      id: described(Id, 'What was merged.'),
      into: described(Id, 'What it was merged into.'),
      articles: Count('How many articles were changed by this request.'),
      failed: Type.Array(ref(ArticleChangeResult), { description: 'Articles that can’t be changed, and so keep it from being gone: at most 100.' }),
      remaining: Count('How many articles still name it: the same request again goes on with them. `0` where it is done, and it is gone.'),
    },
    {
      description: 'How far a merge is.',
      examples: [{ id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02', into: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c03', articles: 12, failed: [], remaining: 0 }],
    },
  ),
)

export const BULK_SCHEMAS = [ArticleFilterInput, TextReplacementInput, ArticleChangesInput, ArticleChangeResult, ArticleChanges, MergeInput, Merge] as Named[]
