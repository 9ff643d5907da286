import { slugify } from '../copy/slug.ts'
import type { Write } from '../database/handles.ts'
import { freeSlug, giveSlug, slugOwner, takeSlug } from '../database/slugs.ts'
import type { SlugKind } from '../database/tables.ts'
import { Problem } from './problems.ts'

/** What a slug is to be: the given one, or one made from a text. */
export type SlugWish = { given: string | undefined; text: string; fallback: string }

/**
 * Makes a slug the owner's current one and returns it.
 * @throws Problem 409 with its holder where a given slug is in use, or kept for another's redirect.
 */
export async function claimSlug(tx: Write, kind: SlugKind, ownerId: string, { given, text, fallback }: SlugWish, isPublic: boolean): Promise<string> {
  // Those who want the same words take them one after the other.
  tx.lock([`slug:${kind}:${given ?? slugify(text)}`])
  const slug = given ?? (await freeSlug(tx.read, kind, text, fallback, ownerId))
  const holder = await takeSlug(tx, kind, slug, ownerId, isPublic)
  if (holder === null) return slug
  throw taken(kind, slug, holder)
}

/**
 * Gives a slug to an owner who is made by this very change, and has none.
 * @throws Problem 409 with its holder where a given slug is in use, or kept for another's redirect.
 */
export async function firstSlug(tx: Write, kind: SlugKind, ownerId: string, { given, text, fallback }: SlugWish, isPublic: boolean): Promise<string> {
  tx.lock([`slug:${kind}:${given ?? slugify(text)}`])
  const holder = given === undefined ? undefined : await slugOwner(tx.read, kind, given)
  if (given !== undefined && holder) throw taken(kind, given, holder.owner_id)
  const slug = given ?? (await freeSlug(tx.read, kind, text, fallback, ownerId))
  giveSlug(tx, kind, slug, ownerId, isPublic)
  return slug
}

function taken(kind: SlugKind, slug: string, holder: string): Problem {
  return new Problem('slug-taken', `The slug ${slug} is in use, or kept for a redirect.`, {
    errors: [{ pointer: '/slug', code: 'conflict', message: 'belongs to another' }],
    holder: { type: kind, id: holder },
  })
}
