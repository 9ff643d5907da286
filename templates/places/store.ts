import { v7 as newId } from 'uuid'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { ownersOfSlugs, releaseSlugs } from '../database/slugs.ts'
import type { PlaceTable } from '../database/tables.ts'
import { differs, fromJson, toJson } from '../database/values.ts'
import type { Found } from '../http/references.ts'
import { imageWithDefaults } from '../http/schemas.ts'
import { claimSlug } from '../http/slug-claims.ts'
import type { Place, PlaceInput } from './schemas.ts'

export function placeOf({ id, revision, slug, name, description, image }: PlaceTable): Place {
  return { id, revision, slug, name, description, image: fromJson(image) }
}

/** A place; everyone sees all of them. */
export async function loadPlace(read: Read, id: string): Promise<Found<PlaceTable> | null> {
  const row = await read.selectFrom('places').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? { row, isPublic: true } : null
}

async function placesById(read: Read, ids: readonly string[]): Promise<Place[]> {
  if (ids.length === 0) return []
  return inOrder(ids, (await read.selectFrom('places').selectAll().where('id', 'in', ids).execute()).map(placeOf))
}

/** A page of places by name. */
export async function pageOfPlaces(read: Read, page: PageRequest): Promise<Rows<Place>> {
  const found = await fetchPage(read.selectFrom('places'), page.sort.name === 'id' ? 'places.id' : 'places.name', 'places.id', page)
  return {
    ...found,
    data: await placesById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

/** Places by ids or slugs, in the order asked; those not found are left out. */
export async function orderedPlaces(read: Read, { ids, slugs = [] }: { ids?: string[]; slugs?: string[] }): Promise<Place[]> {
  const owners = await ownersOfSlugs(read, 'place', slugs)
  return placesById(read, [...new Set(ids ?? slugs.flatMap((slug) => owners.get(slug) ?? []))])
}

const placeColumns = ({ name, description = null, image }: PlaceInput) => ({ name, description, image: toJson(imageWithDefaults(image)) })

/** Makes a place. @throws Problem 409 where the given slug is another's */
export async function createPlace(tx: Write, input: PlaceInput): Promise<PlaceTable> {
  const id = newId()
  const slug = await claimSlug(tx, 'place', id, { given: input.slug, text: input.name, fallback: 'place' }, true)
  const row: PlaceTable = { id, revision: 1, slug, ...placeColumns(input), created_at: tx.now, updated_at: tx.now }
  await tx.insertInto('places').values(row).execute()
  tx.append({ type: 'place.created', subject: { type: 'place', id } })
  return row
}

/** Makes a place what the input says. @param slug the given one, null for a new one made from the name, undefined to keep it */
export async function replacePlace(tx: Write, row: PlaceTable, input: PlaceInput, slug: string | null | undefined): Promise<PlaceTable> {
  const isKept = slug === undefined || slug === row.slug
  const kept = isKept ? row.slug : await claimSlug(tx, 'place', row.id, { given: slug ?? undefined, text: input.name, fallback: 'place' }, true)
  const values = { ...placeColumns(input), slug: kept }
  if (!differs(row, values)) return row
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  await tx.updateTable('places').set(changed).where('id', '=', row.id).execute()
  tx.append({ type: 'place.updated', subject: { type: 'place', id: row.id } })
  return changed
}

export async function deletePlace(tx: Write, id: string): Promise<void> {
  await tx.deleteFrom('places').where('id', '=', id).execute()
  await releaseSlugs(tx, 'place', id)
  tx.append({ type: 'place.deleted', subject: { type: 'place', id } })
}
