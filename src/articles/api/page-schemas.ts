import { type Named, Nullable, PageOf, RowOf, ref } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { leftOutOfRows } from '../working/fields.ts'
import { article, example } from '../working/schemas.ts'
import { ArticleFacets } from './facet-schemas.ts'

const row = {
  ...article,
  snippet: Type.Optional(Type.String({ description: 'With `q`: escaped text with the matches in `<mark>`.' })),
  headlineSnippet: Type.Optional(
    Nullable(Type.String({ description: 'With `q`: the headline, escaped, with the matches in `<mark>`; `null` where it has none of the words.' })),
  ),
}
const leftOut: readonly string[] = leftOutOfRows

export const ArticleRow = RowOf(
  'ArticleRow',
  Type.Object(row, { examples: [Object.fromEntries(Object.entries(example).filter(([name]) => !leftOut.includes(name)))] }),
  `A row of a list of articles. \`${leftOutOfRows.join(', ')}\` come where \`include\` or \`fields\` asks.`,
)
export const ArticlePage = PageOf('ArticlePage', ArticleRow, { facets: Type.Optional(ref(ArticleFacets)) })

export const ARTICLE_PAGE_SCHEMAS = [ArticleRow, ArticlePage] as Named[]
