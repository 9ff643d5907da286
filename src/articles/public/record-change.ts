import type { EventTypeOf } from '../../database/event-types.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { recordRevision } from '../working/revisions.ts'
import type { Article } from '../working/schemas.ts'
import { workingCopy } from '../working/store.ts'
import { loadEdition } from './editions.ts'
import { writeWorkingSearch } from './index-rows.ts'
import { differsInSubstance, hasOtherTime } from './substance.ts'

/** Whether the public would see something else if this were published. */
async function hasUnpublishedChanges(tx: Write, article: ArticleTable, copy: Article): Promise<boolean> {
  const edition = await loadEdition(tx.read, article.id, article.edition_number)
  return edition === null || differsInSubstance(edition.document, copy) || hasOtherTime(article, edition.document)
}

/** What is planned goes out as somebody saw it who may publish: an edit by one who may not leaves the plan with the revision before. */
function pinned(tx: Write, { publish_at, publish_revision, revision }: ArticleTable): Pick<ArticleTable, 'publish_revision'> {
  const isPinned = publish_at !== null && publish_revision === null && tx.author.actor !== null && !tx.author.mayPublish
  return { publish_revision: isPinned ? revision : publish_revision }
}

/**
 * Records that a working copy or one of its parts changed: its revision rises, and what is derived from it follows. What the
 * public sees stays as it is.
 * @param events the types of the article's own events, and what they say besides
 * @param updatedAt the time of its last change, where an editor sets it
 * @returns the article as it is now
 */
export async function recordChange(
  tx: Write,
  articleId: string,
  events: readonly EventTypeOf<'article'>[] = ['article.updated'],
  data: Record<string, unknown> = {},
  updatedAt: string | null = null,
): Promise<ArticleTable> {
  const before = await tx.read.selectFrom('articles').selectAll().where('id', '=', articleId).executeTakeFirstOrThrow()
  if (!before.updated_at_is_set) tx.notBefore(before.updated_at)
  const { count } = await tx.read
    .selectFrom('sections')
    .select(({ fn }) => fn.sum<number | null>('word_count').as('count'))
    .where('article_id', '=', articleId)
    .executeTakeFirstOrThrow()
  const changed = {
    revision: before.revision + 1,
    updated_at: updatedAt ?? tx.now,
    updated_at_is_set: Number(updatedAt !== null),
    word_count: Number(count ?? 0),
    ...pinned(tx, before),
  }
  const article = { ...before, ...changed }
  const copy = await workingCopy(tx.read, article, tx.author.site ?? null)
  const differs = await hasUnpublishedChanges(tx, article, copy)
  article.has_unpublished_changes = Number(differs)
  await tx
    .updateTable('articles')
    .set({ ...changed, has_unpublished_changes: article.has_unpublished_changes })
    .where('id', '=', articleId)
    .execute()
  const isPinnedNow = article.publish_revision !== before.publish_revision
  for (const type of isPinnedNow && !events.includes('article.scheduled') ? [...events, 'article.scheduled' as const] : events)
    tx.append({ type, subject: { type: 'article', id: articleId }, data })
  await writeWorkingSearch(tx, article)
  await recordRevision(tx, { ...copy, hasUnpublishedChanges: differs })
  return article
}
