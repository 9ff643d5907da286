import type { Kysely } from 'kysely'
import { nameKey } from '../copy/names.ts'
import type { Read } from '../database/engine.ts'
import { externalOwners } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { keepRevision, revisionOfName, type State } from '../database/name-revisions.ts'
import { menusNaming } from '../database/name-uses.ts'
import { fetchPage, inOrder, type PageRequest, type Rows } from '../database/pages.ts'
import { preparedList } from '../database/prepared.ts'
import { formerSlugsOf, idsOfReferences, releaseSlugs } from '../database/slugs.ts'
import type { AuthorTable, Tables } from '../database/tables.ts'
import { differs, fromJson, groupBy, inPieces, toJson } from '../database/values.ts'
import { claimExternalId } from '../http/external-ids.ts'
import type { Fault } from '../http/problems.ts'
import { type Found, keyOf, namelessFault, namesIn, wayOf } from '../http/references.ts'
import { imageWithDefaults } from '../http/schemas.ts'
import { claimSlug, firstSlug } from '../http/slug-claims.ts'
import type { Author, AuthorInput, AuthorReference, AuthorReferenceInput } from './schemas.ts'

export function authorOf(row: AuthorTable): Author {
  return {
    id: row.id,
    revision: row.revision,
    slug: row.slug,
    name: row.name,
    jobTitle: row.job_title,
    bio: row.bio,
    image: fromJson(row.image),
    links: fromJson(row.links) ?? [],
    sameAs: fromJson(row.same_as) ?? [],
    externalId: row.external_id,
  }
}

/** An author, public where a public article names it. */
export async function loadAuthor(read: Read, id: string): Promise<Found<AuthorTable> | null> {
  const row = await read.selectFrom('authors').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return null
  const named = await read.selectFrom('public_article_authors').select('author_id').where('author_id', '=', id).limit(1).executeTakeFirst()
  return { row, isPublic: named !== undefined }
}

/** Whether an article that is planned to be published names it. */
export async function isPlannedAuthor(read: Read, id: string): Promise<boolean> {
  const query = read.selectFrom('article_authors').innerJoin('articles', 'articles.id', 'article_authors.article_id').select('article_id')
  return (await query.where('author_id', '=', id).where('publish_at', 'is not', null).limit(1).executeTakeFirst()) !== undefined
}

function visibleAuthors(read: Read, seesAll: boolean) {
  const query = read.selectFrom('authors')
  return seesAll
    ? query
    : query.where(({ exists, selectFrom }) => exists(selectFrom('public_article_authors').select('author_id').whereRef('author_id', '=', 'authors.id')))
}

/** A page of authors by name. */
export async function pageOfAuthors(read: Read, seesAll: boolean, page: PageRequest): Promise<Rows<Author>> {
  const found = await fetchPage(visibleAuthors(read, seesAll), page.sort.name === 'id' ? 'authors.id' : 'authors.name', 'authors.id', page)
  return {
    ...found,
    data: await authorsById(
      read,
      found.data.map(({ id }) => id),
    ),
  }
}

async function authorsById(read: Read, ids: string[]): Promise<Author[]> {
  if (ids.length === 0) return []
  return inOrder(ids, (await read.selectFrom('authors').selectAll().where('id', 'in', ids).execute()).map(authorOf))
}

/** Authors by ids or slugs, in the order asked; those not found are left out. */
export async function orderedAuthors(read: Read, seesAll: boolean, asked: { ids?: string[]; slugs?: string[] }): Promise<Author[]> {
  const ids = await idsOfReferences(read, 'author', asked.ids ?? asked.slugs ?? [], !seesAll)
  if (ids.length === 0) return []
  const visible = await visibleAuthors(read, seesAll).select('authors.id').where('authors.id', 'in', ids).execute()
  const seen = new Set(visible.map(({ id }) => id))
  return authorsById(
    read,
    [...new Set(ids)].filter((id) => seen.has(id)),
  )
}

/** The authors of several articles, in their order. */
export async function authorsOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, AuthorReference[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read
      .selectFrom('article_authors')
      .innerJoin('authors', 'authors.id', 'article_authors.author_id')
      .select(['article_id', 'authors.id', 'slug', 'name', 'image', 'role'])
      .where('article_id', 'in', ids)
      .orderBy('article_id')
      .orderBy('position')
      .execute(),
  )
  const grouped = groupBy(rows, (row) => row.article_id)
  return new Map(
    [...grouped].map(([id, own]) => [
      id,
      own.map((row) => ({ id: row.id, slug: row.slug, name: row.name, image: fromJson(row.image), role: row.role }) as AuthorReference),
    ]),
  )
}

function authorColumns(input: AuthorInput) {
  return {
    name: input.name,
    name_key: nameKey(input.name),
    job_title: input.jobTitle ?? null,
    bio: input.bio ?? null,
    image: toJson(imageWithDefaults(input.image)),
    links: JSON.stringify(input.links ?? []),
    same_as: input.sameAs?.length ? JSON.stringify(input.sameAs) : null,
    external_id: input.externalId ?? null,
  }
}

/**
 * Makes an author. @param former what it was last, where it was deleted and comes back
 * @throws Problem 409 where the given slug or external id is another's
 */
export async function createAuthor(tx: Write, input: AuthorInput, former: State | null = null): Promise<AuthorTable> {
  const [id, revision] = [former?.id ?? newId(), (former?.revision ?? 0) + 1]
  if (input.externalId) await claimExternalId(tx, 'author', id, input.externalId)
  const slug = await firstSlug(tx, 'author', id, { given: input.slug, text: input.name, fallback: 'author' }, false)
  const row: AuthorTable = { id, revision, slug, ...authorColumns(input), created_at: tx.now, updated_at: tx.now }
  tx.insert('authors', [row])
  const data = former ? { restored: true } : {}
  tx.append({ type: 'author.created', subject: { type: 'author', id }, data, revision: [null, revision] })
  await keepRevision(tx, 'author', null, tx.now, authorOf(row))
  return row
}

/** Makes an author what the input says. @param slug the given one, null for a newly derived one, undefined to keep it */
export async function replaceAuthor(
  tx: Write,
  { row, isPublic }: Found<AuthorTable>,
  input: AuthorInput,
  slug: string | null | undefined,
): Promise<AuthorTable> {
  const columns = authorColumns(input)
  if (columns.external_id !== null && columns.external_id !== row.external_id) await claimExternalId(tx, 'author', row.id, columns.external_id)
  const kept =
    slug === undefined || slug === row.slug
      ? row.slug
      : await claimSlug(tx, 'author', row.id, { given: slug ?? undefined, text: input.name, fallback: 'author' }, isPublic)
  const values = { ...columns, slug: kept }
  if (!differs(row, values)) return row
  const changed = { ...row, ...values, revision: row.revision + 1, updated_at: tx.now }
  await tx.updateTable('authors').set(changed).where('id', '=', row.id).execute()
  tx.append({ type: 'author.updated', subject: { type: 'author', id: row.id }, revision: [row.revision, changed.revision] })
  await keepRevision(tx, 'author', authorOf(row), row.updated_at, authorOf(changed))
  return changed
}

export async function deleteAuthor(tx: Write, row: AuthorTable): Promise<void> {
  const { id, revision } = row
  // What it was last is kept, so that it can come back.
  if (!(await revisionOfName(tx.read, id, revision))) await keepRevision(tx, 'author', null, row.updated_at, authorOf(row))
  const former = await formerSlugsOf(tx.read, 'author', id)
  await tx.deleteFrom('authors').where('id', '=', id).execute()
  await releaseSlugs(tx, 'author', id)
  tx.append({ type: 'author.deleted', subject: { type: 'author', id }, data: { ...former, ...(await menusNaming(tx.read, id)) }, revision: [revision, null] })
}

/** An author as an article names one; without an `id` one of a new name, who is yet to be made. */
export type NamedAuthor = AuthorReference | { name: string; role: string | null }

type NamedRow = Pick<AuthorTable, 'id' | 'slug' | 'name' | 'image'>

const referenceOf = ({ id, slug, name, image }: NamedRow, role: string | null) => ({ id, slug, name, image: fromJson(image), role }) as AuthorReference

const selectNamed = (db: Kysely<Tables>) => db.selectFrom('authors').select(['authors.id', 'authors.slug', 'authors.name', 'authors.image'])
const namedById = preparedList<NamedRow & { key: string }>((db, ids) => selectNamed(db).select('id as key').where('id', 'in', ids))
const namedBySlug = preparedList<NamedRow & { key: string }>((db, slugs) =>
  selectNamed(db)
    .innerJoin('slugs', 'slugs.owner_id', 'authors.id')
    .select('slugs.slug as key')
    .where('slugs.kind', '=', 'author')
    .where('slugs.slug', 'in', slugs),
)
// The last of a name is the one that is taken: the oldest.
const namedByName = preparedList<NamedRow & { key: string }>((db, keys) =>
  selectNamed(db).select('name_key as key').where('name_key', 'in', keys).orderBy('id', 'desc'),
)

/** The authors that some references name: by id, by a slug of theirs, and the first of each name. */
async function authorsNamed(tx: Write, references: readonly AuthorReferenceInput[]): Promise<(reference: AuthorReferenceInput) => NamedRow | undefined> {
  const { id: ids, slug: slugs, externalId: externalIds, name: keys } = namesIn(references)
  // Those who name the same at once find what the first of them makes.
  tx.lock(keys.map((key) => `name:author:${key}`))
  const found = async (query: typeof namedBySlug, list: readonly string[]) =>
    new Map((await inPieces(list, (piece) => query(tx, piece))).map((row) => [row.key, row]))
  // What was merged is named by what it was merged into.
  const owners = await externalOwners(tx.read, 'author', externalIds)
  const owned = await found(namedById, [...owners.values()])
  const by = {
    id: await found(namedById, ids),
    slug: await found(namedBySlug, slugs),
    externalId: new Map([...owners].map(([externalId, id]) => [externalId, owned.get(id)])),
    name: await found(namedByName, keys),
  }
  return (reference) => by[wayOf(reference) ?? 'name'].get(keyOf(reference))
}

/** Finds the authors that an article names; who is unknown by id or slug, or there twice in the same role, is a fault. */
export async function findAuthors(tx: Write, references: AuthorReferenceInput[], pointer: string, faults: Fault[]): Promise<NamedAuthor[]> {
  const known = await authorsNamed(tx, references)
  const found = new Map<string, NamedAuthor>()
  for (const [index, reference] of references.entries()) {
    const { name, role = null } = reference
    const place = `${pointer}/${index}`
    const row = known(reference)
    const fault = row ? null : namelessFault(reference, 'author', place)
    if (fault) faults.push(fault)
    else if (!row && tx.author.makesNames === false)
      faults.push({ pointer: `${place}/name`, code: 'not-found', message: 'names no author, and create=false makes none' })
    else {
      const author = row ? referenceOf(row, role) : { name: name as string, role }
      const key = JSON.stringify([row ? row.id : { name: nameKey(author.name) }, role])
      if (found.has(key)) faults.push({ pointer: place, code: 'duplicate', message: 'names an author that is there already in the same role' })
      else found.set(key, author)
    }
  }
  return [...found.values()]
}

/** Makes those of the named authors who aren't there. @returns all of them */
export async function makeAuthors(tx: Write, authors: readonly NamedAuthor[]): Promise<AuthorReference[]> {
  const made: AuthorReference[] = []
  for (const author of authors) {
    if ('id' in author) made.push(author)
    else {
      // This very change may have made one of that name meanwhile.
      const known = (await authorsNamed(tx, [author]))(author)
      made.push(referenceOf(known ?? (await createAuthor(tx, { name: author.name })), author.role))
    }
  }
  return made
}
