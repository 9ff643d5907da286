import { AuthorReference } from '../../authors/schemas.ts'
import { Count, type Named, named, ref } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { TopicReference } from '../../topics/schemas.ts'

const { id, slug, name } = AuthorReference.properties
const count = Count('How many of the stories have it.')

const topicExample = { id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c02', slug: 'shipping', name: 'Shipping', kind: 'topic', count: 12 }
const authorExample = { id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c01', slug: 'ada-berg', name: 'Ada Berg', count: 7 }
const valueExample = { value: 'en', count: 30 }

const TopicFacet = named(
  'TopicFacet',
  Type.Object({ ...TopicReference.properties, count }, { description: 'A topic with how many stories name it, or one under it.', examples: [topicExample] }),
)
const AuthorFacet = named(
  'AuthorFacet',
  Type.Object({ id, slug, name, count }, { description: 'An author with how many stories are by them.', examples: [authorExample] }),
)
const ValueFacet = named(
  'ValueFacet',
  Type.Object(
    { value: Type.String({ description: 'What the filter takes.' }), count },
    { description: 'A value of a filter with how many stories have it.', examples: [valueExample] },
  ),
)

const facet = <S extends Named>(schema: S, what: string) =>
  Type.Optional(Type.Array(ref(schema), { description: `The ${what} that most of them have, at most 20, the most frequent first.` }))

export const ArticleFacets = named(
  'ArticleFacets',
  Type.Object(
    {
      isComplete: Type.Boolean({
        description: 'Whether all stories of the list are counted; `false`: there are more, and only the newest that a count may look at were.',
      }),
      topic: facet(TopicFacet, 'topics'),
      author: facet(AuthorFacet, 'authors'),
      language: facet(ValueFacet, 'languages'),
      genre: facet(ValueFacet, 'genres'),
    },
    {
      description: 'How many stories of a list have what, for those of its filters that `facets` asked for.',
      examples: [{ isComplete: true, language: [valueExample] }],
    },
  ),
)

export const FACET_SCHEMAS = [TopicFacet, AuthorFacet, ValueFacet, ArticleFacets] as Named[]
