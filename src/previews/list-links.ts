import { mostLinks, tokenStart } from '../articles/working/preview-links.ts'
import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import type { ListPreviewLinkTable } from '../database/tables.ts'
import { conflict } from '../http/problems.ts'
import { hasChecksum, hashOf, newSecret } from '../http/secrets.ts'

const appendLinkEvent = (tx: Write, verb: 'created' | 'deleted', { id, list_id, revision }: ListPreviewLinkTable) =>
  tx.append({ type: `preview-link.${verb}`, subject: { type: 'preview-link', id }, data: { listId: list_id, revision } })

/** The links of a list that still open it. */
const standing = (read: Read, listId: string) =>
  read.selectFrom('list_preview_links').where('list_id', '=', listId).where('expires_at', '>', currentTime()).where('published_at', 'is', null)

/** A page of the links of a list that still open it. */
export async function pageOfListLinks(read: Read, listId: string, page: PageRequest): Promise<Rows<ListPreviewLinkTable>> {
  const found = await fetchPage(standing(read, listId), page.sort.name === 'id' ? 'id' : 'created_at', 'id', page)
  const ids = found.data.map(({ id }) => id)
  const rows = ids.length === 0 ? [] : await read.selectFrom('list_preview_links').selectAll().where('id', 'in', ids).execute()
  return { ...found, data: inOrder(ids, rows) }
}

/**
 * Makes a link. @param revision null for the working copy @param expiresIn in seconds
 * @returns its row, and the token, of which only a hash is stored @throws Problem 409 where as many stand as may
 */
export async function createListLink(
  tx: Write,
  listId: string,
  revision: number | null,
  expiresIn: number,
): Promise<{ row: ListPreviewLinkTable; token: string }> {
  const { count } = await standing(tx.read, listId)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (Number(count) >= mostLinks)
    throw conflict({ pointer: '', code: 'length', message: `a list has at most ${mostLinks} preview links that stand: revoke one first` })
  const token = newSecret(tokenStart)
  const expires_at = new Date(Date.parse(tx.now) + expiresIn * 1000).toISOString()
  const row: ListPreviewLinkTable = { id: newId(), list_id: listId, revision, hash: hashOf(token), expires_at, created_at: tx.now, published_at: null }
  tx.insert('list_preview_links', [row])
  appendLinkEvent(tx, 'created', row)
  return { row, token }
}

/** Revokes one link of a list. @returns whether there was one */
export async function revokeListLink(tx: Write, listId: string, id: string): Promise<boolean> {
  const row = await tx.deleteFrom('list_preview_links').where('list_id', '=', listId).where('id', '=', id).returningAll().executeTakeFirst()
  if (row) appendLinkEvent(tx, 'deleted', row)
  return row !== undefined
}

/** Ends the links of a list whose words are public now: from now on they lead there. */
export async function endListLinks(tx: Write, listId: string): Promise<void> {
  const query = tx.updateTable('list_preview_links').set({ published_at: tx.now }).where('list_id', '=', listId).where('published_at', 'is', null)
  const ended = await query.returningAll().execute()
  for (const row of ended.toSorted((a, b) => (a.id < b.id ? -1 : 1))) appendLinkEvent(tx, 'deleted', row)
}

/** The link of a list that a token opens, while it does. */
export async function listLinkOfToken(read: Read, token: string): Promise<ListPreviewLinkTable | undefined> {
  if (!token.startsWith(tokenStart) || !hasChecksum(token)) return undefined
  const row = await read.selectFrom('list_preview_links').selectAll().where('hash', '=', hashOf(token)).executeTakeFirst()
  return row && row.expires_at > currentTime() ? row : undefined
}
