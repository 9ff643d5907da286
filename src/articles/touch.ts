import type { Write } from '../database/connect.ts'
import type { ArticleTable } from '../database/tables.ts'
import { loadEdition } from '../editions/store.ts'
import type { EventType } from '../events/types.ts'
import { recordRevision } from '../revisions/store.ts'
import { writeWorkingSearch } from './derived.ts'
import type { Article } from './schemas.ts'
import { workingCopy } from './store.ts'
import { differsInSubstance } from './substance.ts'

/** Whether the public would see something else if this were published. */
async function hasUnpublishedChanges(tx: Write, article: ArticleTable, copy: Article): Promise<boolean> {
  const edition = await loadEdition(tx.read, article.id, article.edition_number)
  return edition === null || differsInSubstance(edition.document, copy)
}

/**
 * Records that a working copy or one of its parts changed: its revision rises, and what is derived from it follows. What the
 * public sees stays as it is.
 * @param events the types of the article's own events, and what they say besides
 * @returns the article as it is now
 */
export async function touch(
  tx: Write,
  articleId: string,
  events: readonly EventType[] = ['article.updated'],
  data: Record<string, unknown> = {},
): Promise<ArticleTable> {
  const before = await tx.read.selectFrom('articles').selectAll().where('id', '=', articleId).executeTakeFirstOrThrow()
  const { count } = await tx.read
    .selectFrom('sections')
    .select(({ fn }) => fn.sum<number | null>('word_count').as('count'))
    .where('article_id', '=', articleId)
    .executeTakeFirstOrThrow()
  const article = { ...before, revision: before.revision + 1, updated_at: tx.now, word_count: Number(count ?? 0) }
  const copy = await workingCopy(tx.read, article, tx.author.site ?? null)
  const differs = await hasUnpublishedChanges(tx, article, copy)
  const { revision, updated_at, word_count } = article
  article.has_unpublished_changes = Number(differs)
  await tx
    .updateTable('articles')
    .set({ revision, updated_at, word_count, has_unpublished_changes: article.has_unpublished_changes })
    .where('id', '=', articleId)
    .execute()
  for (const type of events) tx.append({ type, subject: { type: 'article', id: articleId }, data })
  await writeWorkingSearch(tx, article)
  await recordRevision(tx, { ...copy, hasUnpublishedChanges: differs })
  return article
}
