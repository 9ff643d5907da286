import { isReadByCharacters, readingTime } from '../../copy/reading.ts'
import type { Read } from '../../database/engine.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { groupBy, inPieces } from '../../database/values.ts'
import { type Digest, digestOf, needsSections } from '../../sections/digest.ts'

type Told = Pick<ArticleTable, 'id' | 'language' | 'standfirst' | 'word_count'>

/** What is told of working copies in lists, where their sections aren't loaded: only those are read that it takes. */
export async function digestsOf(read: Read, rows: readonly Told[]): Promise<Map<string, Digest>> {
  const sections = await inPieces(
    rows.filter(needsSections).map(({ id }) => id),
    (ids) => read.selectFrom('sections').select(['article_id', 'body']).where('article_id', 'in', ids).orderBy('article_id').orderBy('place').execute(),
  )
  const bodies = groupBy(sections, (section) => section.article_id)
  return new Map(
    rows.map(({ id, language, standfirst, word_count }) => {
      const own = (bodies.get(id) ?? []).map(({ body }) => ({ body: JSON.parse(body), wordCount: 0 }))
      const told = digestOf({ language, standfirst, sections: own })
      return [id, isReadByCharacters(language) ? told : { ...told, readingTime: readingTime(language, word_count) }]
    }),
  )
}
