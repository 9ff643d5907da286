import type { Static } from 'typebox'
import { AuthorReference } from '../authors/schemas.ts'
import { Id, Image, Line, Nullable, named, nullable, ref, Slug, Time, Url } from '../http/schemas.ts'
import Type from '../http/type.ts'
import { TopicReference } from '../topics/schemas.ts'

export const ArticleCard = named(
  'ArticleCard',
  Type.Object(
    {
      id: Id,
      slug: Slug,
      headline: Line,
      kicker: Nullable(Line),
      standfirst: Nullable(Type.String()),
      leadImage: nullable(Image),
      authors: Type.Array(ref(AuthorReference)),
      topics: Type.Array(ref(TopicReference)),
      publishedAt: Nullable(Time),
      updatedAt: Time,
      url: Nullable(Url),
    },
    {
      description: 'What a teaser of an article needs.',
      examples: [
        {
          id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
          slug: 'harbour-reopens',
          headline: 'Harbour reopens',
          kicker: null,
          standfirst: null,
          leadImage: null,
          authors: [],
          topics: [],
          publishedAt: '2026-05-01T09:30:00.000Z',
          updatedAt: '2026-05-01T09:30:00.000Z',
          url: null,
        },
      ],
    },
  ),
)
export type ArticleCard = Static<typeof ArticleCard>
