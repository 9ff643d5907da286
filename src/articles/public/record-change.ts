import type { EventTypeOf } from '../../database/event-types.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { withRow } from '../working/current.ts'
import { recordRevision } from '../working/revisions.ts'
import { scheduleOf } from '../working/schedule.ts'
import type { Changing } from './changing.ts'
import { writeWorkingSearch } from './index-rows.ts'
import { differsInSubstance, hasOtherTime } from './substance.ts'
import { writeTextLinks } from './text-links.ts'

/** Whether the public would see something else if this were published. */
export function hasUnpublishedChanges({ row, copy, kept: { last } }: Changing): boolean {
  return row.edition_number === null || !last || differsInSubstance(last.document, copy) || hasOtherTime(row, last.document)
}

/** What is planned goes out as somebody saw it who may publish: an edit by one who may not leaves the plan with the revision before. */
function pinned(tx: Write, { publish_at, publish_revision, revision }: ArticleTable): Pick<ArticleTable, 'publish_revision'> {
  const isPinned = publish_at !== null && publish_revision === null && tx.author.actor !== null && !tx.author.mayPublish
  return { publish_revision: isPinned ? revision : publish_revision }
}

type Change = {
  /** What else changes of its row. */
  columns?: Partial<ArticleTable>
  /** The types of the article's own events, and what they say besides. */
  events?: readonly EventTypeOf<'article'>[]
  data?: Record<string, unknown>
  /** The time of its last change, where an editor sets it. */
  updatedAt?: string | null | undefined
}

/**
 * Records that a working copy or one of its parts changed: its revision rises, and what is derived from it follows. What the
 * public sees stays as it is.
 * @param changed the article with its parts as they are now
 * @returns the article as it is now
 */
export async function recordChange(
  tx: Write,
  changed: Changing,
  { columns = {}, events = ['article.updated'], data = {}, updatedAt = null }: Change = {},
): Promise<Changing> {
  const before = { ...changed.row, ...columns }
  if (!before.updated_at_is_set) tx.notBefore(before.updated_at)
  const values = {
    ...columns,
    revision: before.revision + 1,
    updated_at: updatedAt ?? tx.now,
    updated_at_is_set: Number(updatedAt !== null),
    word_count: changed.copy.sections.reduce((sum, { wordCount }) => sum + wordCount, 0),
    ...pinned(tx, before),
  }
  const site = tx.author.site ?? null
  const unsettled = withRow(changed, { ...before, ...values }, site)
  const has_unpublished_changes = Number(hasUnpublishedChanges(unsettled))
  const after = withRow(unsettled, { ...unsettled.row, has_unpublished_changes }, site)
  const { row } = after
  tx.update('articles', ['id', row.id], { ...values, has_unpublished_changes }, changed.row)
  const isPinnedNow = row.publish_revision !== before.publish_revision
  for (const type of isPinnedNow && !events.includes('article.scheduled') ? [...events, 'article.scheduled' as const] : events)
    tx.append({
      type,
      subject: { type: 'article', id: row.id },
      data: type === 'article.scheduled' ? { was: scheduleOf(changed.row), ...data } : data,
      revision: [before.revision, row.revision],
    })
  writeTextLinks(tx, 'working', row.id, after.copy, after.kept)
  if (!after.kept.goesPublic) await writeWorkingSearch(tx, after)
  after.kept.head = await recordRevision(tx, after.copy, after.kept.head)
  return after
}
