import type { Kysely } from 'kysely'
import { foldedLines } from '../copy/words.ts'
import type { SearchCopy, SearchTexts } from './engine.ts'
import type { Tables } from './tables.ts'

// So many rows are read at a time: each may be of a megabyte.
const step = 100

/** The texts by which a copy of each article is found, as folded words by their rows’ numbers, some at a time. */
export async function* foldedRows(db: Kysely<Tables>, copy: SearchCopy): AsyncGenerator<[number: number, texts: SearchTexts][]> {
  const query = db.selectFrom('search_rows').select(['number', 'headline', 'secondary', 'body']).where('copy', '=', copy).orderBy('number').limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.where('number', '>', rows.at(-1)?.number as number).execute())
    yield rows.map(({ number, headline, secondary, body }) => [
      number,
      { headline: foldedLines(headline), secondary: foldedLines(secondary), body: foldedLines(body) },
    ])
}
