import { currentTime } from '../../database/clock.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { newId } from '../../database/ids.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../../database/pages.ts'
import { prepared } from '../../database/prepared.ts'
import type { ArticleTable, PreviewLinkTable } from '../../database/tables.ts'
import { hasChecksum, hashOf, newSecret } from '../../http/secrets.ts'

/** How the tokens of preview links start. */
export const tokenStart = 'bshp_'

const appendLinkEvent = (tx: Write, verb: 'created' | 'deleted', { id, article_id, revision }: PreviewLinkTable) =>
  tx.append({ type: `preview-link.${verb}`, subject: { type: 'preview-link', id }, data: { articleId: article_id, revision } })

/** So many links may open an article, or a list, at a time. */
export const mostLinks = 100

/** The links of an article that still open it. */
const standing = (read: Read, articleId: string) =>
  read.selectFrom('preview_links').where('article_id', '=', articleId).where('expires_at', '>', currentTime()).where('published_at', 'is', null)

/** A page of the links of an article that still open it. */
export async function pageOfLinks(read: Read, articleId: string, page: PageRequest): Promise<Rows<PreviewLinkTable>> {
  const found = await fetchPage(standing(read, articleId), page.sort.name === 'id' ? 'id' : 'created_at', 'id', page)
  const ids = found.data.map(({ id }) => id)
  const rows = ids.length === 0 ? [] : await read.selectFrom('preview_links').selectAll().where('id', 'in', ids).execute()
  return { ...found, data: inOrder(ids, rows) }
}

/** How many links still open an article. */
export async function countLinks(read: Read, articleId: string): Promise<number> {
  const { count } = await standing(read, articleId)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * Makes a link. @param revision null for the working copy @param expiresIn in seconds
 * @returns its row, and the token, of which only a hash is stored
 */
export async function createLink(tx: Write, articleId: string, revision: number | null, expiresIn: number): Promise<{ row: PreviewLinkTable; token: string }> {
  const token = newSecret(tokenStart)
  const expires_at = new Date(Date.parse(tx.now) + expiresIn * 1000).toISOString()
  const row: PreviewLinkTable = { id: newId(), article_id: articleId, revision, hash: hashOf(token), expires_at, created_at: tx.now, published_at: null }
  await tx.insertInto('preview_links').values(row).execute()
  appendLinkEvent(tx, 'created', row)
  return { row, token }
}

/** Revokes the links of an article. @returns whether there were any */
async function revoke(tx: Write, rows: readonly PreviewLinkTable[]): Promise<boolean> {
  for (const row of rows) {
    await tx.deleteFrom('preview_links').where('id', '=', row.id).execute()
    appendLinkEvent(tx, 'deleted', row)
  }
  return rows.length > 0
}

/** Revokes one link of an article. @returns whether there was one */
export async function revokeLink(tx: Write, articleId: string, id: string): Promise<boolean> {
  return revoke(tx, await tx.read.selectFrom('preview_links').selectAll().where('article_id', '=', articleId).where('id', '=', id).execute())
}

/** Revokes all links of an article: it was taken down, or is in the trash. */
export async function revokeLinks(tx: Write, articleId: string): Promise<void> {
  await revoke(tx, await tx.read.selectFrom('preview_links').selectAll().where('article_id', '=', articleId).orderBy('id').execute())
}

const endAll = prepared<{ articleId: string; now: string }, PreviewLinkTable>((db, { articleId, now }) =>
  db.updateTable('preview_links').set({ published_at: now }).where('article_id', '=', articleId).where('published_at', 'is', null).returningAll(),
)

/** Ends the links of an article whose words are public now: from now on they lead there. */
export async function endLinks(tx: Write, articleId: string): Promise<void> {
  const ended = await endAll(tx, { articleId, now: tx.now })
  for (const row of ended.toSorted((a, b) => (a.id < b.id ? -1 : 1))) appendLinkEvent(tx, 'deleted', row)
}

/** The link that a token opens, while it does. */
export async function linkOfToken(read: Read, token: string): Promise<PreviewLinkTable | undefined> {
  if (!token.startsWith(tokenStart) || !hasChecksum(token)) return undefined
  const row = await read.selectFrom('preview_links').selectAll().where('hash', '=', hashOf(token)).executeTakeFirst()
  return row && row.expires_at > currentTime() ? row : undefined
}

/** The article that a link opens; it goes with its article, so there is one. */
export async function articleOfLink(read: Read, link: PreviewLinkTable): Promise<ArticleTable> {
  return read.selectFrom('articles').selectAll().where('id', '=', link.article_id).executeTakeFirstOrThrow()
}
