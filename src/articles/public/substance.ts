import { isDeepStrictEqual } from 'node:util'
import type { ArticleTable } from '../../database/tables.ts'
import { publishedPart } from '../working/copies.ts'
import type { Article } from '../working/schemas.ts'

/** Whether an editor set another time of change than the one that an edition says. */
export const hasOtherTime = (row: ArticleTable, edition: Article) => Boolean(row.updated_at_is_set) && edition.updatedAt !== row.updated_at

/** Whether publishing one where the other is public would change what it says. */
export function differsInSubstance(one: Article, other: Article): boolean {
  return !isDeepStrictEqual(publishedPart(one), publishedPart(other))
}
