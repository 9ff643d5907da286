import type { FastifyRequest } from 'fastify'
import { nameKey } from '../copy/names.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { findByReference } from '../database/slugs.ts'
import type { SlugKind } from '../database/tables.ts'
import { Redirect } from './answers.ts'
import { type Fault, notFound } from './problems.ts'

/** What a path names in the request's own words. */
export function parameter(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? ''
}

/** A found resource, and whether the public sees it. */
export type Found<T> = { row: T; isPublic: boolean }

/**
 * Finds what a path segment names, for a reader who sees what is public, or everything.
 * @throws Problem 404 where there is nothing this reader may see; Redirect where the slug is an old one.
 */
export async function findVisible<T extends { slug: string | null }>(
  read: Read,
  kind: SlugKind,
  reference: string,
  seesAll: boolean,
  load: (id: string) => Promise<Found<T> | null>,
): Promise<Found<T>> {
  const what = kind.replace('-', ' ')
  const named = await findByReference(read, kind, reference)
  const found = named && (await load(named.id))
  if (!found || !(seesAll || found.isPublic)) throw notFound(what)
  if (named.movedTo === null) return found
  if (!seesAll && !named.wasPublic) throw notFound(what)
  throw new Redirect(reference, named.movedTo)
}

/**
 * What a change is about: found to know what to lock, and again as it is once nobody else can change it.
 * @param timeOf when it was last changed: this change is no earlier
 */
export async function locked<T>(tx: Write, keyOf: (found: T) => string, find: () => Promise<T>, timeOf: (found: T) => string | null): Promise<T> {
  tx.lock([keyOf(await find())])
  const found = await find()
  tx.notBefore(timeOf(found))
  return found
}

/** How a body names an author or a topic: the first of these that it has is what counts. */
export type NameReference = { id?: string; slug?: string; externalId?: string; name?: string }

const ways = ['id', 'slug', 'externalId', 'name'] as const

/** By which of its properties a reference names; undefined where it has none of them. */
export const wayOf = (reference: NameReference) => ways.find((way) => reference[way] !== undefined)

/** What a reference is found by: an id in lower case, a slug, an id elsewhere, or the key of a name. */
export function keyOf(reference: NameReference): string {
  const way = wayOf(reference) ?? 'name'
  const value = reference[way] ?? ''
  return way === 'id' ? value.toLowerCase() : way === 'name' ? nameKey(value) : value
}

/** What names are referred to by: the keys of each way. */
export function namesIn(references: readonly NameReference[]): Record<(typeof ways)[number], string[]> {
  const keys: Record<(typeof ways)[number], string[]> = { id: [], slug: [], externalId: [], name: [] }
  for (const reference of references) keys[wayOf(reference) ?? 'name'].push(keyOf(reference))
  return keys
}

/** The fault of a reference that names nobody, where it can't make one by its name. */
export function namelessFault(reference: NameReference, what: string, pointer: string): Fault | null {
  const way = wayOf(reference)
  if (way === undefined) return { pointer, code: 'required', message: 'needs an id, a slug, an externalId or a name' }
  return way === 'name' ? null : { pointer: `${pointer}/${way}`, code: 'not-found', message: `names no ${what}` }
}

/** The faults of read-only properties that came with another value. */
export function readOnlyFaults(input: Record<string, unknown>, stored: Record<string, unknown> | null, pointer = ''): Fault[] {
  return ['id', 'articleId', 'createdAt'].flatMap((name): Fault[] => {
    const given = input[name]
    if (given === undefined) return []
    const own = stored?.[name]
    const isSame = stored !== null && (given === own || (typeof given === 'string' && typeof own === 'string' && given.toLowerCase() === own.toLowerCase()))
    return isSame
      ? []
      : [
          {
            pointer: `${pointer}/${name}`,
            code: 'read-only',
            message: stored ? 'is read-only: it must be what it was, or be left out' : 'is given by the server: leave it out',
          },
        ]
  })
}
