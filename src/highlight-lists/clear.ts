import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision, revisionOfName } from '../database/name-revisions.ts'
import type { ListDraftTable } from '../database/tables.ts'
import { draftsLeadingTo, draftsOf, listWordsOf, withDraft } from './drafts.ts'
import { listEvent, type StoredItem, type StoredList, withItems } from './store.ts'

/** Items that lead to an article no more. @param words what those without a text of their own keep; null: they go */
const letGo = (items: readonly StoredItem[], articleId: string, words: string | null): StoredItem[] =>
  items.flatMap((item) => {
    if (item.target?.type !== 'article' || item.target.id !== articleId) return [item]
    const text = item.text ?? words
    return text === null ? [] : [{ ...item, text, target: null }]
  })

/** The freestanding lists that lead to an article, in public or in their working copies. */
export async function listsLeadingTo(read: Read, articleId: string): Promise<string[]> {
  const items = await read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select('list_id')
    .where('article_id', 'is', null)
    .where('target_article_id', '=', articleId)
    .execute()
  return [...new Set([...items, ...(await draftsLeadingTo(read, articleId))].map(({ list_id }) => list_id))]
}

async function freestanding(tx: Write, ids: readonly string[]): Promise<StoredList[]> {
  if (ids.length === 0) return []
  return withItems(
    tx.read,
    await tx.read.selectFrom('highlight_lists').selectAll().where('article_id', 'is', null).where('id', 'in', ids).orderBy('id').execute(),
  )
}

/** A working copy lets go of an article. @param list as the public has it @param revision the one that this makes */
async function clearDraft(tx: Write, list: StoredList, draft: ListDraftTable, articleId: string, words: string | null, revision: number): Promise<void> {
  const before = withDraft(list, draft)
  const after = { ...before, items: letGo(before.items, articleId, words), revision, updatedAt: tx.now }
  tx.update('list_drafts', ['list_id', list.id], { revision, document: JSON.stringify(listWordsOf(after)), updated_at: tx.now })
  await keepRevision(tx, 'highlight-list', null, tx.now, after, false)
}

/** What is kept of earlier revisions of freestanding lists lets go of an article, too: who restores one, or lets it go out, gets those words. */
async function clearHistory(tx: Write, articleId: string, words: string | null): Promise<void> {
  const revisions = await tx.read
    .selectFrom('name_revisions')
    .select(['subject_id', 'number'])
    .where('kind', '=', 'highlight-list')
    .where('document', 'like', `%"${articleId}"%`)
    .execute()
  // One at a time, since they may be large.
  for (const { subject_id, number } of revisions) {
    const kept = await revisionOfName(tx.read, subject_id, number)
    const list = JSON.parse(kept?.document as string) as StoredList
    const document = JSON.stringify({ ...list, items: letGo(list.items, articleId, words) })
    tx.run(tx.updateTable('name_revisions').set({ document }).where('subject_id', '=', subject_id).where('number', '=', number))
  }
}

/**
 * Lets go of what is deleted: items that point at it stay, with the words it last showed where they have none of their own, and
 * go where there are no such words.
 * @param publicWords those for freestanding lists, which are public, or will be
 * @returns the articles whose lists changed
 */
export async function clearTargets(
  tx: Write,
  column: 'target_section_id' | 'target_article_id',
  targetId: string,
  words: string | null,
  publicWords: string | null = words,
): Promise<string[]> {
  const items = await tx.read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select(['highlight_items.id', 'list_id', 'article_id', 'revision', 'text'])
    .where(column, '=', targetId)
    .orderBy('list_id')
    .orderBy('highlight_items.position')
    .execute()
  const lists = new Map(items.map((item) => [item.list_id, { id: item.list_id, articleId: item.article_id, revision: item.revision }]))
  const ofLists = [...lists.values()].filter(({ articleId }) => articleId === null).map(({ id }) => id)
  const before = await freestanding(tx, ofLists)
  for (const { id, article_id, text } of items) {
    const keptText = text ?? (article_id === null ? publicWords : words)
    if (keptText === null) await tx.deleteFrom('highlight_items').where('id', '=', id).execute()
    else
      await tx
        .updateTable('highlight_items')
        .set({ text: keptText, target_type: null, target_section_id: null, target_article_id: null })
        .where('id', '=', id)
        .execute()
  }
  for (const list of lists.values()) {
    if (list.articleId === null) continue
    tx.update('highlight_lists', ['id', list.id], { revision: list.revision + 1, updated_at: tx.now })
    listEvent(tx, 'updated', list)
  }
  const drafts = await draftsOf(tx.read, ofLists)
  for (const list of before) {
    const draft = drafts.get(list.id)
    const working = withDraft(list, draft)
    const revision = working.revision + 1
    tx.update('highlight_lists', ['id', list.id], { revision, updated_at: tx.now })
    await keepRevision(tx, 'highlight-list', list, list.updatedAt, {
      ...list,
      items: letGo(list.items, targetId, publicWords),
      revision,
      updatedAt: tx.now,
    } as StoredList)
    // The revision of the working copy is the last one.
    if (draft) await clearDraft(tx, list, draft, targetId, publicWords, revision + 1)
    listEvent(tx, 'updated', working, null, draft ? revision + 1 : revision)
  }
  const working = column === 'target_article_id' ? (await draftsLeadingTo(tx.read, targetId)).filter(({ list_id }) => !ofLists.includes(list_id)) : []
  const own = new Map(
    (
      await freestanding(
        tx,
        working.map(({ list_id }) => list_id),
      )
    ).map((list) => [list.id, list]),
  )
  for (const draft of working) {
    await clearDraft(tx, own.get(draft.list_id) as StoredList, draft, targetId, publicWords, draft.revision + 1)
    listEvent(tx, 'updated', { id: draft.list_id, articleId: null, revision: draft.revision }, 'working')
  }
  if (column === 'target_article_id') await clearHistory(tx, targetId, publicWords)
  return [...new Set([...lists.values()].flatMap(({ articleId }) => articleId ?? []))]
}
