import { slugify } from '../copy/slug.ts'
import type { Write } from '../database/handles.ts'
import { freeSlug, takeSlug } from '../database/slugs.ts'
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
  await tx.lock([`slug:${kind}:${given ?? slugify(text)}`])
  const slug = given ?? (await freeSlug(tx.read, kind, text, fallback, ownerId))
  const holder = await takeSlug(tx, kind, slug, ownerId, isPublic)
  if (holder === null) return slug
  throw new Problem('slug-taken', `The slug ${slug} is in use, or kept for a redirect.`, {
    errors: [{ pointer: '/slug', code: 'conflict', message: 'belongs to another' }],
    holder: { type: kind, id: holder },
  })
}
