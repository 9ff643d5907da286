import type { Write } from '../database/handles.ts'
import { lastRevisionOfName } from '../database/name-revisions.ts'
import { chunked, presentIds } from '../database/values.ts'
import { articlesOf } from '../highlight-lists/present.ts'
import type { StoredItem, StoredList } from '../highlight-lists/store.ts'
import { claimExternalId } from '../http/external-ids.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import { createFreestanding, loadFreestanding, replaceFreestanding } from './store.ts'

/** Items without targets that are gone: what has a text of its own keeps that, the rest goes. @param present the articles that there are */
export const withoutGone = (items: readonly StoredItem[], present: { has: (id: string) => boolean }): StoredItem[] =>
  items.flatMap((item) => {
    if (item.target?.type !== 'article' || present.has(item.target.id)) return [item]
    return item.text === null ? [] : [{ ...item, target: null }]
  })

async function presentItems(tx: Write, items: readonly StoredItem[]): Promise<StoredItem[]> {
  const ids = [...new Set(articlesOf(items))]
  // Nobody deletes one meanwhile.
  for (const piece of chunked(ids))
    tx.lock(
      piece.map((id) => `article:${id}`),
      true,
    )
  return withoutGone(items, await presentIds(tx.read, 'articles', ids))
}

/**
 * Makes a freestanding list again what a revision kept of it, in a new revision; one that was deleted comes back with its id.
 * @param hasNames whether its slug and external id come back, too
 * @throws Problem 409 where another has these by now
 */
export async function restoreFreestanding(tx: Write, document: StoredList, hasNames: boolean): Promise<void> {
  const { id, title, style } = document
  tx.lock([`highlight-list:${id}`])
  const before = await loadFreestanding(tx.read, id)
  const content = { id, title, style, items: await presentItems(tx, document.items) }
  const wish = { given: document.slug ?? undefined, text: title ?? '', fallback: 'list' }
  const { externalId = null } = hasNames || !before ? document : before
  if (externalId !== null && externalId !== before?.externalId) await claimExternalId(tx, 'highlight-list', id, externalId)
  if (before) {
    tx.notBefore(before.updatedAt)
    const isKept = !hasNames || document.slug === before.slug
    const slug = isKept ? (before.slug as string) : await claimSlug(tx, 'highlight-list', id, wish, true)
    await replaceFreestanding(tx, before, content, { slug, externalId })
  } else {
    const formerRevision = (await lastRevisionOfName(tx.read, id))?.number ?? document.revision
    await createFreestanding(tx, { ...content, formerRevision }, { slug: await firstSlug(tx, 'highlight-list', id, wish, true), externalId })
  }
}
