import type { Read } from '../database/engine.ts'
import type { ListDraftTable } from '../database/tables.ts'
import { inPieces, pick } from '../database/values.ts'
import type { ListContent, StoredList } from './store.ts'

/** What of a freestanding list its working copy has for itself; its names are the list’s. */
export type ListWords = Pick<ListContent, 'title' | 'style' | 'items'>

export const listWordsOf = (list: ListWords): ListWords => pick(list, 'title', 'style', 'items')

export const wordsOfDraft = (draft: Pick<ListDraftTable, 'document'>): ListWords => JSON.parse(draft.document)

/** The drafts of those of some lists that have one. */
export async function draftsOf(read: Read, listIds: readonly string[]): Promise<Map<string, ListDraftTable>> {
  const rows = await inPieces(listIds, (ids) => read.selectFrom('list_drafts').selectAll().where('list_id', 'in', ids).execute())
  return new Map(rows.map((row) => [row.list_id, row]))
}

/** The drafts that lead to an article. There are few, so each is looked through. */
export async function draftsLeadingTo(read: Read, articleId: string): Promise<ListDraftTable[]> {
  const rows = await read.selectFrom('list_drafts').selectAll().where('document', 'like', `%"${articleId}"%`).orderBy('list_id').execute()
  return rows.filter((row) => wordsOfDraft(row).items.some(({ target }) => target?.type === 'article' && target.id === articleId))
}

/** A list as editors have it. @param list as the public has it */
export const withDraft = (list: StoredList, draft: ListDraftTable | undefined): StoredList =>
  draft ? { ...list, ...wordsOfDraft(draft), revision: draft.revision, updatedAt: draft.updated_at } : list
