import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Read } from '../database/engine.ts'
import { fetchPage, fetchUpTo, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { RevisionTable } from '../database/tables.ts'
import type { Revision } from './schemas.ts'
import { withoutDerived } from './shown.ts'

// What is longer is read in a turn of the event loop of its own.
const longChanges = 100_000
// So many characters of what changed has a page at the most, unless they are of one revision.
const mostChanges = 8 * 1024 * 1024

export function revisionOf(row: Pick<RevisionTable, (typeof shortColumns)[number] | 'changes'>): Revision {
  const by = row.token_name === null ? null : { tokenId: row.token_id, name: row.token_name }
  return { number: row.number, at: row.at, by, note: row.note, published: Boolean(row.is_published), changes: withoutDerived(JSON.parse(row.changes)) }
}

const shortColumns = ['id', 'number', 'at', 'token_id', 'token_name', 'note', 'is_published'] as const

/** A page of an article's revisions. @param hasChanges whether what changed is asked for: of a long story that is very much */
export async function pageOfRevisions(read: Read, articleId: string, page: PageRequest, hasChanges: boolean): Promise<Rows<Revision & { id: string }>> {
  const fetch = (page: PageRequest) => fetchPage(read.selectFrom('revisions').where('article_id', '=', articleId), 'number', 'id', page)
  const load = async (ids: readonly string[]) => {
    const query = read.selectFrom('revisions').select(shortColumns).where('id', 'in', ids)
    const rows = hasChanges ? await query.select('changes').execute() : (await query.execute()).map((row) => ({ ...row, changes: '[]' }))
    return inOrder(ids, rows)
  }
  const found = await fetchUpTo(page, fetch, load, ({ changes }) => changes.length, mostChanges)
  const data: (Revision & { id: string })[] = []
  for (const row of found.data) {
    if (row.changes.length > longChanges) await nextTurn()
    data.push({ id: row.id, ...revisionOf(row) })
  }
  return { ...found, data }
}
