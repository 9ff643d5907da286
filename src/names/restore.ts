import { refreshTopicRows } from '../articles/public/index-rows.ts'
import type { Author } from '../authors/schemas.ts'
import { createAuthor, loadAuthor, replaceAuthor } from '../authors/store.ts'
import type { Write } from '../database/handles.ts'
import type { NameKind, State } from '../database/name-revisions.ts'
import { lastRevisionOfName } from '../database/name-revisions.ts'
import { restoreFreestanding } from '../freestanding-lists/restore.ts'
import type { StoredList } from '../highlight-lists/store.ts'
import { conflict } from '../http/problems.ts'
import { restoreSite, type StoredSite } from '../site/store.ts'
import type { Topic } from '../topics/schemas.ts'
import { createTopic, loadTopic, replaceTopic, resolveTopic, topicsUnder } from '../topics/store.ts'

/** How something is restored. */
type Restoring = {
  /** What comes back with the words: the names for addresses (`slug`, `externalId`), or the words alone. */
  names?: Names
  /** Whether the topic that one was under must be there; else it comes back without it. */
  isWhole?: boolean
  /** Whether a freestanding list is public at once, or its working copy alone is restored. */
  publishes?: boolean
}
type Names = 'with-names' | 'words-alone'

/** What a thing was last that is deleted. */
async function formerOf(tx: Write, { id, revision }: State): Promise<State> {
  const last = await lastRevisionOfName(tx.read, id)
  return { id, revision: Math.max(revision, last?.number ?? 0) }
}

async function restoreAuthor(tx: Write, document: Author, names: Names): Promise<void> {
  tx.lock([`author:${document.id}`])
  const found = await loadAuthor(tx.read, document.id)
  if (!found) await createAuthor(tx, document, await formerOf(tx, document))
  else {
    tx.notBefore(found.row.updated_at)
    const externalId = names === 'with-names' ? document.externalId : found.row.external_id
    await replaceAuthor(tx, found, { ...document, externalId }, names === 'with-names' ? document.slug : undefined)
  }
}

/**
 * The topic that one is to be under again: none where that is gone, and the present one where it is under it by now.
 * @throws Problem 409 in either case where it must come back whole
 */
async function parentOf(tx: Write, { id, parentId }: Topic, present: string | null, isWhole: boolean): Promise<string | null> {
  const { faults } = await resolveTopic(tx.read, id, { name: '', parentId })
  const [fault] = faults
  if (fault && isWhole) throw conflict({ pointer: '/parentId', code: 'conflict', message: 'is gone, or under it by now' })
  return fault ? (fault.code === 'not-found' ? null : present) : parentId
}

async function restoreTopic(tx: Write, document: Topic, names: Names, isWhole: boolean): Promise<void> {
  tx.lock(['topics'])
  const found = await loadTopic(tx.read, document.id)
  const present = found?.row.parent_id ?? null
  const input = { ...document, parentId: await parentOf(tx, document, present, isWhole) }
  if (!found) await createTopic(tx, input, await formerOf(tx, document))
  else {
    tx.notBefore(found.row.updated_at)
    const externalId = names === 'with-names' ? document.externalId : found.row.external_id
    await replaceTopic(tx, found, { ...input, externalId }, names === 'with-names' ? document.slug : undefined)
    if (input.parentId !== present) await refreshTopicRows(tx, await topicsUnder(tx.read, [document.id]))
  }
}

/**
 * Makes an author, a topic, a freestanding list or the site again what a revision kept of it, in a new revision; one that was deleted comes back
 * with its id. References to what no longer exists are dropped.
 * @param document as `name_revisions` has it, parsed
 * @throws Problem 409 where another has its slug or external id by now
 */
export async function restoreName(
  tx: Write,
  kind: NameKind,
  document: State,
  { names = 'with-names', isWhole = false, publishes = true }: Restoring = {},
): Promise<void> {
  if (kind === 'author') await restoreAuthor(tx, document as Author, names)
  else if (kind === 'topic') await restoreTopic(tx, document as Topic, names, isWhole)
  else if (kind === 'site') await restoreSite(tx, document as StoredSite)
  else await restoreFreestanding(tx, document as StoredList, names === 'with-names', publishes)
}
