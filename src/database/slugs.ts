import type { Kysely } from 'kysely'
import { slugify } from '../copy/slug.ts'
import type { Read } from './engine.ts'
import { currentExternalOwner, externalIdIn, externalOwners, formerExternalOwner, hasExternalIds } from './external-ids.ts'
import type { Write } from './handles.ts'
import { prepared, preparedWrite } from './prepared.ts'
import type { SlugKind, SlugTable, Tables } from './tables.ts'
import { chunked, inPieces } from './values.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a path segment or reference has an id's form; slugs and anchors never have it. */
export function isId(text: string): boolean {
  return uuid.test(text)
}

/** `base`, `base-2`, `base-3` …; at most 200 characters. */
const numbered = (base: string, number: number) => (number === 1 ? base : `${base.slice(0, 199 - String(number).length).replace(/-+$/, '')}-${number}`)

/** The first of `base`, `base-2`, `base-3` … that `isTaken` doesn't know; at most 200 characters. */
export function unique(base: string, isTaken: (slug: string) => boolean): string {
  for (let number = 1; ; number++) {
    const slug = numbered(base, number)
    if (!isTaken(slug)) return slug
  }
}

const ownerOfSlug = prepared<{ kind: SlugKind; slug: string }, Pick<SlugTable, 'owner_id' | 'is_current' | 'was_public'>>((db, { kind, slug }) =>
  db.selectFrom('slugs').select(['owner_id', 'is_current', 'was_public']).where('kind', '=', kind).where('slug', '=', slug),
)

/** The owner of a slug, current or kept for a redirect. */
export async function slugOwner(read: Read, kind: SlugKind, slug: string) {
  return (await ownerOfSlug(read, { kind, slug }))[0]
}

/**
 * A slug made from a text, or from `fallback` where the text has no letters left, that no other than the owner has or keeps.
 * Very many may have the same words, so it isn't the first free one that is looked for, but one after one that is taken.
 */
export async function freeSlug(read: Read, kind: SlugKind, text: string, fallback: string, ownerId: string): Promise<string> {
  const base = slugify(text) || fallback
  const isTaken = async (number: number) => {
    const owner = await slugOwner(read, kind, numbered(base, number))
    return owner !== undefined && owner.owner_id !== ownerId
  }
  let [taken, free] = [0, 1]
  while (await isTaken(free)) [taken, free] = [free, free * 2]
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2)
    if (await isTaken(middle)) taken = middle
    else free = middle
  }
  return numbered(base, free)
}

/**
 * Makes `slug` the owner's current one; the slug it had until now is kept for redirects.
 * @returns the id of another owner who has it or keeps it, and then nothing has changed.
 */
export async function takeSlug(tx: Write, kind: SlugKind, slug: string, ownerId: string, isPublic: boolean): Promise<string | null> {
  const held = await slugOwner(tx.read, kind, slug)
  if (held && held.owner_id !== ownerId) return held.owner_id
  tx.run(tx.updateTable('slugs').set({ is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', ownerId))
  if (!held) giveSlug(tx, kind, slug, ownerId, isPublic)
  else {
    const row = { is_current: 1, was_public: isPublic ? 1 : held.was_public }
    tx.run(tx.updateTable('slugs').set(row).where('kind', '=', kind).where('slug', '=', slug))
  }
  return null
}

/** Makes a slug that nobody has the current one of an owner who has no other. */
export function giveSlug(tx: Write, kind: SlugKind, slug: string, ownerId: string, isPublic: boolean): void {
  tx.insert('slugs', [{ kind, slug, owner_id: ownerId, is_current: 1, was_public: Number(isPublic) }])
}

/** Remembers that the public has seen the current slugs of owners. */
export function markSlugsPublic(tx: Write, kind: SlugKind, ownerIds: readonly string[]): void {
  const [only] = ownerIds
  if (only !== undefined && ownerIds.length === 1) markCurrentSlug(tx, { kind, ownerId: only })
  else for (const ids of chunked(ownerIds)) tx.run(unseenSlugs(tx, kind).where('owner_id', 'in', ids))
}

const unseenSlugs = (db: Kysely<Tables>, kind: SlugKind) =>
  db.updateTable('slugs').set({ was_public: 1 }).where('kind', '=', kind).where('was_public', '=', 0).where('is_current', '=', 1)

const markCurrentSlug = preparedWrite<{ kind: SlugKind; ownerId: string }>((db, { kind, ownerId }) => unseenSlugs(db, kind).where('owner_id', '=', ownerId))

/** Remembers that the public has seen a slug. */
export function markSlugPublic(tx: Write, kind: SlugKind, slug: string): void {
  tx.run(tx.updateTable('slugs').set({ was_public: 1 }).where('kind', '=', kind).where('slug', '=', slug).where('was_public', '=', 0))
}

/** A slug that led to something besides its current one, and whether the public has seen it. */
export type FormerSlug = { slug: string; wasPublic: boolean }

/** The old slugs of an owner as an event keeps them, so that they can come back; nothing where there are none. */
export async function formerSlugsOf(read: Read, kind: SlugKind, ownerId: string): Promise<{ formerSlugs?: FormerSlug[] }> {
  const query = read.selectFrom('slugs').select(['slug', 'was_public']).where('kind', '=', kind).where('owner_id', '=', ownerId).where('is_current', '=', 0)
  const rows = await query.orderBy('slug').execute()
  return rows.length > 0 ? { formerSlugs: rows.map(({ slug, was_public }) => ({ slug, wasPublic: Boolean(was_public) })) } : {}
}

/** Gives the owner's slugs back: nothing redirects to what is gone. */
export async function releaseSlugs(tx: Write, kind: SlugKind, ownerId: string): Promise<void> {
  await tx.deleteFrom('slugs').where('kind', '=', kind).where('owner_id', '=', ownerId).execute()
}

/**
 * Lets old slugs lead to something that came back, those that lead nowhere by now.
 * @param into what it was merged into, and they lead to since; null where it was deleted
 */
export async function giveBackSlugs(tx: Write, kind: SlugKind, ownerId: string, former: readonly FormerSlug[], into: string | null): Promise<void> {
  for (const { slug, wasPublic } of former) {
    const held = await slugOwner(tx.read, kind, slug)
    const externalId = externalIdIn(slug)
    // What had an id elsewhere before it was merged may have it again.
    if (externalId !== null && hasExternalIds(kind) && (await currentExternalOwner(tx.read, kind, externalId)) !== null) continue
    if (!held) tx.insert('slugs', [{ kind, slug, owner_id: ownerId, is_current: 0, was_public: Number(wasPublic) }])
    else if (held.owner_id === into && !held.is_current)
      tx.run(tx.updateTable('slugs').set({ owner_id: ownerId }).where('kind', '=', kind).where('slug', '=', slug))
  }
}

/** What a path segment names: an id as it is, or the owner of a slug. */
export type Named = { id: string /** Set where the slug is an old one: the current one. */; movedTo: string | null; wasPublic: boolean }

/** The id that a reference (an id, a slug, also an old one, or `ext:` and an id elsewhere) names; an id is not looked up. */
export async function findByReference(read: Read, kind: SlugKind, reference: string): Promise<Named | null> {
  if (isId(reference)) return { id: reference.toLowerCase(), movedTo: null, wasPublic: true }
  const externalId = externalIdIn(reference)
  if (externalId !== null) {
    if (!hasExternalIds(kind)) return null
    const owner = await currentExternalOwner(read, kind, externalId)
    if (owner !== null) return { id: owner, movedTo: null, wasPublic: true }
    const stays = await formerExternalOwner(read, kind, externalId)
    return stays && { id: stays.id, movedTo: (await currentSlug(read, kind, stays.id)) ?? null, wasPublic: Boolean(stays.was_public) }
  }
  const held = await slugOwner(read, kind, reference)
  if (!held) return null
  if (held.is_current) return { id: held.owner_id, movedTo: null, wasPublic: Boolean(held.was_public) }
  const current = await currentSlug(read, kind, held.owner_id)
  return current === undefined ? null : { id: held.owner_id, movedTo: current, wasPublic: Boolean(held.was_public) }
}

async function currentSlug(read: Read, kind: SlugKind, ownerId: string): Promise<string | undefined> {
  const row = await read
    .selectFrom('slugs')
    .select('slug')
    .where('kind', '=', kind)
    .where('owner_id', '=', ownerId)
    .where('is_current', '=', 1)
    .executeTakeFirst()
  return row?.slug
}

/** The owners of several slugs, old ones too. @param isPublic whether only slugs that were public count */
export async function ownersOfSlugs(read: Read, kind: SlugKind, slugs: readonly string[], isPublic = false): Promise<Map<string, string>> {
  const rows = await inPieces(slugs, (piece) => {
    const query = read.selectFrom('slugs').select(['slug', 'owner_id']).where('kind', '=', kind).where('slug', 'in', piece)
    return (isPublic ? query.where('was_public', '=', 1) : query).execute()
  })
  return new Map(rows.map((row) => [row.slug, row.owner_id]))
}

/** The ids that references (ids, slugs or `ext:` and an id elsewhere) name, by these; ids aren't looked up. @param isPublic whether only what was public counts of slugs, and of what was merged */
export async function idsByReference(read: Read, kind: SlugKind, references: readonly string[], isPublic = false): Promise<Map<string, string>> {
  const [ids, others] = [references.filter(isId), references.filter((reference) => !isId(reference))]
  const slugs = others.filter((reference) => externalIdIn(reference) === null)
  const owners = await ownersOfSlugs(read, kind, slugs, isPublic)
  for (const id of ids) owners.set(id, id.toLowerCase())
  const externalIds = others.flatMap((reference) => externalIdIn(reference) ?? [])
  if (hasExternalIds(kind)) for (const [externalId, id] of await externalOwners(read, kind, externalIds, isPublic)) owners.set(`ext:${externalId}`, id)
  return owners
}

/** The ids of what references name, in their order; what names nothing is left out. @param isPublic as above */
export async function idsOfReferences(read: Read, kind: SlugKind, references: readonly string[], isPublic = false): Promise<string[]> {
  const owners = await idsByReference(read, kind, references, isPublic)
  return references.flatMap((reference) => owners.get(reference) ?? [])
}
