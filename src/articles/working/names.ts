import type { Read } from '../../database/engine.ts'
import { ownersOfSlugs } from '../../database/slugs.ts'
import type { TopicTable } from '../../database/tables.ts'
import { presentIds } from '../../database/values.ts'

type Kept = { id: string; slug: string; name: string; role?: string | null; kind?: TopicTable['kind'] }

/** How an author or a topic is named that a copy kept: by id, by that of what it was merged into, or by name where it is gone. */
export type PresentName = ({ id: string } | { name: string; formerKind?: TopicTable['kind'] }) & { role?: string | null }

/** What authors or topics that a copy kept are named by now. */
export async function presentNames(read: Read, kind: 'author' | 'topic', kept: readonly Kept[]): Promise<PresentName[]> {
  const present = await presentIds(
    read,
    `${kind}s`,
    kept.map(({ id }) => id),
  )
  const missing = kept.filter(({ id }) => !present.has(id))
  const merged = await ownersOfSlugs(
    read,
    kind,
    missing.map(({ slug }) => slug),
  )
  const seen = new Set<string>()
  return kept.flatMap(({ id, slug, name, role, kind: formerKind }) => {
    const now = present.has(id) ? id : merged.get(slug)
    const named = {
      ...(now === undefined ? { name, ...(formerKind ? { formerKind } : {}) } : { id: now }),
      ...(role === undefined ? {} : { role }),
    } as PresentName
    // It and what it was merged into may both have been named.
    const key = JSON.stringify(named)
    if (seen.has(key)) return []
    seen.add(key)
    return [named]
  })
}
