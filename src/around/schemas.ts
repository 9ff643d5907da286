import { ArticleCard, cardExample } from '../highlight-lists/card-schemas.ts'
import { type Named, Nullable, named, refAs, WholeOf } from '../http/schemas.ts'
import Type from '../http/type.ts'

const neighbour = (description: string) => Nullable(refAs(ArticleCard, description))

export const ArticleNeighbours = named(
  'ArticleNeighbours',
  Type.Object(
    {
      previous: neighbour('The story published just before.'),
      next: neighbour('The story published just after.'),
    },
    {
      description: 'The stories next to a story in the order of their dates; `null` where it is the first or the last.',
      examples: [{ previous: cardExample, next: null }],
    },
  ),
)

export const SimilarArticles = WholeOf(
  'SimilarArticles',
  ArticleCard,
  'Stories that have topics, authors or words in common with a story, the most similar first.',
)

export const AROUND_SCHEMAS = [ArticleNeighbours, SimilarArticles] as Named[]
