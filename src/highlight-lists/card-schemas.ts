import type { Static } from 'typebox'
import { AuthorReference } from '../authors/schemas.ts'
import { Count, described, Id, Image, Line, Nullable, named, nullable, ref, Slug, Time, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { TopicReference } from '../topics/schemas.ts'

export const cardExample = {
  id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
  slug: 'harbour-reopens',
  headline: 'Harbour reopens',
  kicker: null,
  standfirst: null,
  excerpt: 'Two years after the storm, ships are back.',
  readingTime: 1,
  leadImage: null,
  authors: [],
  topics: [],
  publishedAt: '2026-05-01T09:30:00.000Z',
  updatedAt: '2026-05-01T09:30:00.000Z',
  url: null,
}

export const ArticleCard = named(
  'ArticleCard',
  Type.Object(
    {
      id: Id,
      slug: Slug,
      headline: described(Line, 'The headline.'),
      kicker: Nullable(described(Line, 'The words over the headline.')),
      standfirst: Nullable(Type.String({ description: 'The words under the headline that sum it up.' })),
      excerpt: Type.Optional(Nullable(Type.String({ description: 'What a teaser says, in at most 200 characters; editions made before 0.3 leave it out.' }))),
      readingTime: Type.Optional(Count('How long it takes to read, in minutes; editions made before 0.3 leave it out.')),
      leadImage: nullable(Image),
      authors: Type.Array(ref(AuthorReference), { description: 'Who wrote it, in order.' }),
      topics: Type.Array(ref(TopicReference), { description: 'What it is about, the main one first.' }),
      publishedAt: Nullable(described(Time, 'The story’s date.')),
      updatedAt: described(Time, 'When it was last changed.'),
      url: Nullable(described(Url, 'Where readers find it.')),
    },
    {
      description: 'What a teaser of an article needs.',
      examples: [cardExample],
    },
  ),
)
export type ArticleCard = Static<typeof ArticleCard>
