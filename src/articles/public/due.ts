import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { scheduleOf } from '../working/schedule.ts'
import { type Changing, changing } from './changing.ts'
import { dropTakeDown, publishArticle, unpublishArticle } from './publish.ts'

/** The article of which something is due first. @param resting the ids of those that are left out */
export const firstDue = (read: Read, now: string, resting: readonly string[]) => {
  const due = read.selectFrom('articles').selectAll().where('scheduled_at', '<=', now)
  return (resting.length > 0 ? due.where('id', 'not in', resting) : due).orderBy('scheduled_at').orderBy('id').limit(1).executeTakeFirst()
}

/** Does what is due first of what is planned for an article, publishing before taking down. @returns null where nothing is */
async function performFirst(tx: Write, changed: Changing): Promise<Changing | null> {
  const { row } = changed
  const { publish, unpublish } = scheduleOf(row)
  const isPublishDue = publish !== null && publish.at <= tx.now
  const isUnpublishDue = unpublish !== null && unpublish.at <= tx.now
  if (isPublishDue && !(isUnpublishDue && unpublish.at < publish.at)) return publishArticle(tx, changed, { revision: publish.revision, isMinor: publish.minor })
  if (!isUnpublishDue) return null
  return row.was_public ? unpublishArticle(tx, changed, unpublish, true) : dropTakeDown(tx, changed)
}

/** Does all that is due of what is planned for an article, in the order of the times. */
export async function performDue(tx: Write, changed: Changing): Promise<Changing> {
  for (let after = changed; ; ) {
    const next = await performFirst(tx, after)
    if (!next) return after
    after = next
  }
}

/** The same before a change of the article, which comes too late to be part of it: as nobody's. */
export function performOverdue(tx: Write, row: ArticleTable): Promise<ArticleTable> | ArticleTable {
  if (row.scheduled_at === null || row.scheduled_at > tx.now) return row
  return tx.as({ actor: null, requestId: null, site: tx.author.site ?? null }, async () => (await performDue(tx, await changing(tx, row))).row)
}

/** Does what is due first of what is planned for an article, where it still is. */
export async function performDueOf(tx: Write, id: string): Promise<void> {
  tx.lock([`article:${id}`])
  const row = await tx.read.selectFrom('articles').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) await performFirst(tx, await changing(tx, row))
}
