import type { Read } from '../database/engine.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { RevisionTable } from '../database/tables.ts'
import type { Revision } from './schemas.ts'
import { withoutDerived } from './shown.ts'

export function revisionOf(row: RevisionTable): Revision {
  const by = row.token_name === null ? null : { tokenId: row.token_id, name: row.token_name }
  return { number: row.number, at: row.at, by, note: row.note, published: Boolean(row.is_published), changes: withoutDerived(JSON.parse(row.changes)) }
}

/** A page of an article's revisions. */
export async function pageOfRevisions(read: Read, articleId: string, page: PageRequest): Promise<Rows<Revision & { id: string }>> {
  const found = await fetchPage(read.selectFrom('revisions').where('article_id', '=', articleId), page.sort.name === 'id' ? 'id' : 'number', 'id', page)
  const ids = found.data.map(({ id }) => id)
  const rows = ids.length === 0 ? [] : await read.selectFrom('revisions').selectAll().where('id', 'in', ids).execute()
  return { ...found, data: inOrder(ids, rows).map((row) => ({ id: row.id, ...revisionOf(row) })) }
}
