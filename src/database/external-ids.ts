import type { Read } from './engine.ts'
import { prepared } from './prepared.ts'
import type { SlugKind } from './tables.ts'
import { inPieces } from './values.ts'

const tables = { article: 'articles', author: 'authors', topic: 'topics', 'highlight-list': 'highlight_lists', comment: 'comments' } as const

/** The kinds of thing that may have an id elsewhere. */
export type ExternalKind = keyof typeof tables

/** Whether a kind of thing has them. */
export const hasExternalIds = (kind: SlugKind): kind is SlugKind & ExternalKind => Object.hasOwn(tables, kind)

const start = 'ext:'

/** The id elsewhere that a reference names after `ext:`; null where it is another reference. */
export function externalIdIn(reference: string): string | null {
  return reference.startsWith(start) ? reference.slice(start.length) : null
}

// The tables have these columns; their types can't be told from a name that varies.
const ownerQueries = Object.fromEntries(
  Object.entries(tables).map(([kind, table]) => [
    kind,
    prepared<{ externalId: string }, { id: string }>((db, { externalId }) =>
      db
        .selectFrom(table as 'articles')
        .select('id')
        .where('external_id', '=', externalId),
    ),
  ]),
) as Record<ExternalKind, ReturnType<typeof prepared<{ externalId: string }, { id: string }>>>

/** The slug as which the id elsewhere of something that was merged is kept: no other slug has a colon. */
export const formerExternal = (externalId: string) => `${start}${externalId}`

const ownerOfFormer = prepared<{ kind: SlugKind; slug: string }, { id: string; was_public: number }>((db, { kind, slug }) =>
  db.selectFrom('slugs').select(['owner_id as id', 'was_public']).where('kind', '=', kind).where('slug', '=', slug),
)

/** What something was merged into that had an id elsewhere, and whether the public had seen that; null where nothing was. */
export async function formerExternalOwner(read: Read, kind: ExternalKind, externalId: string): Promise<{ id: string; was_public: number } | null> {
  if (kind === 'comment') return null
  return (await ownerOfFormer(read, { kind, slug: formerExternal(externalId) }))[0] ?? null
}

/** Whose an id elsewhere is by itself, if anybody’s. */
export async function currentExternalOwner(read: Read, kind: ExternalKind, externalId: string): Promise<string | null> {
  return (await ownerQueries[kind](read, { externalId }))[0]?.id ?? null
}

/** Whose an id elsewhere is, or that of something that was merged into it; null where it is nobody’s. */
export async function externalOwner(read: Read, kind: ExternalKind, externalId: string): Promise<string | null> {
  return (await currentExternalOwner(read, kind, externalId)) ?? (await formerExternalOwner(read, kind, externalId))?.id ?? null
}

/**
 * The owners of several ids elsewhere, by these.
 * @param isPublic whether of those of what was merged only what the public had seen counts
 */
export async function externalOwners(read: Read, kind: ExternalKind, externalIds: readonly string[], isPublic = false): Promise<Map<string, string>> {
  const rows = await inPieces(externalIds, (piece) =>
    read
      .selectFrom(tables[kind] as 'articles')
      .select(['id', 'external_id'])
      .where('external_id', 'in', piece)
      .execute(),
  )
  const owners = new Map(rows.map(({ id, external_id }) => [external_id as string, id]))
  const missing = externalIds.filter((externalId) => !owners.has(externalId))
  if (missing.length === 0 || kind === 'comment') return owners
  const former = await inPieces(missing, (piece) =>
    read.selectFrom('slugs').select(['slug', 'owner_id', 'was_public']).where('kind', '=', kind).where('slug', 'in', piece.map(formerExternal)).execute(),
  )
  for (const { slug, owner_id, was_public } of former) if (was_public || !isPublic) owners.set(slug.slice(start.length), owner_id)
  return owners
}

/** Everything that has an id elsewhere, of whichever kind: at most one of each. */
export async function ownersOfAnyKind(read: Read, externalId: string): Promise<string[]> {
  const owners: string[] = []
  for (const kind of Object.keys(tables) as ExternalKind[]) {
    const owner = await externalOwner(read, kind, externalId)
    if (owner !== null) owners.push(owner)
  }
  return owners
}
