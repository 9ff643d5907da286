import type { Write } from '../database/handles.ts'
import { lastRevisionOfName } from '../database/name-revisions.ts'
import type { StoredList } from '../highlight-lists/store.ts'
import { claimExternalId } from '../http/external-ids.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import { createFreestanding, loadFreestanding, presentItems, replaceFreestanding } from './store.ts'

/**
 * Makes a freestanding list again what a revision kept of it, in a new revision; one that was deleted comes back with its id.
 * @param hasNames whether its slug and external id come back, too; not with the working copy of a public one
 * @param publishes whether it is public at once
 * @throws Problem 409 where another has these by now
 */
export async function restoreFreestanding(tx: Write, document: StoredList, hasNames: boolean, publishes: boolean): Promise<void> {
  const { id, title, style } = document
  tx.lock([`highlight-list:${id}`])
  const list = await loadFreestanding(tx.read, id)
  const before = list?.working
  // What a public list is called is public at once.
  const takesNames = hasNames && (publishes || !list?.published)
  const content = { id, title, style, items: await presentItems(tx, document.items, list) }
  const wish = { given: document.slug ?? undefined, text: title ?? '', fallback: 'list' }
  const { externalId = null } = takesNames || !before ? document : before
  if (externalId !== null && externalId !== before?.externalId) await claimExternalId(tx, 'highlight-list', id, externalId)
  if (list && before) {
    tx.notBefore(before.updatedAt)
    const isKept = !takesNames || document.slug === before.slug
    const slug = isKept ? (before.slug as string) : await claimSlug(tx, 'highlight-list', id, wish, publishes || list.published !== null)
    await replaceFreestanding(tx, list, content, { slug, externalId }, publishes)
  } else {
    const formerRevision = (await lastRevisionOfName(tx.read, id))?.number ?? document.revision
    await createFreestanding(
      tx,
      { ...content, formerRevision, createdAt: document.createdAt },
      { slug: await firstSlug(tx, 'highlight-list', id, wish, publishes), externalId },
      publishes,
    )
  }
}
