import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Read } from '../database/engine.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { RevisionTable } from '../database/tables.ts'
import type { Revision } from './schemas.ts'
import { withoutDerived } from './shown.ts'

// What is longer is read in a turn of the event loop of its own.
const longChanges = 100_000

export function revisionOf(row: Pick<RevisionTable, (typeof shortColumns)[number] | 'changes'>): Revision {
  const by = row.token_name === null ? null : { tokenId: row.token_id, name: row.token_name }
  return { number: row.number, at: row.at, by, note: row.note, published: Boolean(row.is_published), changes: withoutDerived(JSON.parse(row.changes)) }
}

const shortColumns = ['id', 'number', 'at', 'token_id', 'token_name', 'note', 'is_published'] as const

/** A page of an article's revisions. @param hasChanges whether what changed is asked for: of a long story that is very much */
export async function pageOfRevisions(read: Read, articleId: string, page: PageRequest, hasChanges: boolean): Promise<Rows<Revision & { id: string }>> {
  const found = await fetchPage(read.selectFrom('revisions').where('article_id', '=', articleId), page.sort.name === 'id' ? 'id' : 'number', 'id', page)
  const ids = found.data.map(({ id }) => id)
  if (ids.length === 0) return { ...found, data: [] }
  const query = read.selectFrom('revisions').select(shortColumns).where('id', 'in', ids)
  const rows = hasChanges ? await query.select('changes').execute() : (await query.execute()).map((row) => ({ ...row, changes: '[]' }))
  const data: (Revision & { id: string })[] = []
  for (const row of inOrder(ids, rows)) {
    if (row.changes.length > longChanges) await nextTurn()
    data.push({ id: row.id, ...revisionOf(row) })
  }
  return { ...found, data }
}
