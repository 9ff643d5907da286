import type { FastifyRequest } from 'fastify'
import type { Read } from '../../database/engine.ts'
import { externalIdIn, externalOwner } from '../../database/external-ids.ts'
import type { Write } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import { isId, slugOwner } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { type Answer, Redirect } from '../../http/answers.ts'
import { may, requirePermission, requireScope } from '../../http/auth.ts'
import { notFound, Problem } from '../../http/problems.ts'
import { locked, parameter } from '../../http/references.ts'
import { Enum } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { performOverdue } from '../public/due.ts'
import { lastEdition } from '../public/editions.ts'
import type { Current } from '../working/current.ts'

export const copyParameter = { copy: Type.Optional(Enum(['working'], { description: '`working`: the copy that editors change, with `content:read`.' })) }

/** Whether what an article names may be new. */
export const createParameter = {
  create: Type.Optional(Type.Boolean({ default: true, description: '`false`: an author or a topic of a name that is unknown is a 400, and not made.' })),
}

/** The problems of reading what may never have been public, or be no more. */
export const readProblems = ['not-found', 'gone', 'unavailable-for-legal-reasons'] as const

/** Those of changing an article or a part of it. */
export const writeProblems = ['not-found', 'conflict', 'in-trash'] as const

export const isPublic = (row: Pick<ArticleTable, 'edition_number'>) => row.edition_number !== null

/** @throws Problem 403 without `content:publish`, which whatever shows in public at once needs */
export const publishPermission = (request: FastifyRequest, doing: string) =>
  requirePermission(request, 'content:publish', `${doing} needs the scope content:publish.`)

/** What the public gets in the place of an article that it doesn't see: 410 or 451 where it did, else 404. */
async function absence(read: Read, row: ArticleTable): Promise<Problem> {
  if (!row.was_public) return notFound('article')
  const notice = row.takedown_notice
  if (row.takedown_reason === 'legal') return new Problem('unavailable-for-legal-reasons', notice ?? 'It was taken down for legal reasons.', { notice })
  const edition = await lastEdition(read, row.id)
  return new Problem('gone', notice ?? 'It was taken down.', { headline: edition?.document.headline ?? row.headline, notice })
}

/** An article as editors see it. */
export const workingAnswer = ({ copy }: Current): Answer => ({ body: copy, revision: copy.revision })

const articleById = prepared<{ id: string }, ArticleTable>((db, { id }) => db.selectFrom('articles').selectAll().where('id', '=', id))

/** @throws Problem 404, or 410 or 451, where the public doesn't see an article */
export async function requirePublic(read: Read, articleId: string): Promise<void> {
  const [row] = await articleById(read, { id: articleId })
  if (!row) throw notFound('article')
  if (!isPublic(row)) throw await absence(read, row)
}

type Held = { row: ArticleTable; slug: string | null; wasPublic: boolean }

/** The id that a reference names, as it is, by its slug or by an id elsewhere; null where that is nobody's. */
export async function idOfReference(read: Read, reference: string): Promise<string | null> {
  if (isId(reference)) return reference.toLowerCase()
  const externalId = externalIdIn(reference)
  return externalId === null ? ((await slugOwner(read, 'article', reference))?.owner_id ?? null) : externalOwner(read, 'article', externalId)
}

async function held(read: Read, reference: string): Promise<Held> {
  const load = async (id: string) => (await articleById(read, { id }))[0]
  const isSlug = !isId(reference) && externalIdIn(reference) === null
  const slug = isSlug ? reference : null
  const owner = isSlug ? await slugOwner(read, 'article', reference) : undefined
  const id = isSlug ? owner?.owner_id : await idOfReference(read, reference)
  const row = id ? await load(id) : undefined
  if (!row) throw notFound('article')
  return { row, slug, wasPublic: Boolean(owner?.was_public) }
}

/**
 * The article that a path names, by id, or by its slug in the working copy or in public, for one who sees all.
 * @throws Problem 404; Redirect for an old slug
 */
async function findForEditors(read: Read, reference: string): Promise<ArticleTable> {
  const { row, slug } = await held(read, reference)
  if (slug !== null && slug !== row.slug && slug !== row.public_slug) throw new Redirect(slug, row.slug)
  return row
}

/**
 * The article that a path names, as the public sees it.
 * @throws Problem 404, or 410 or 451 where it was taken down; Redirect for a slug that the public knew it by
 */
async function findForPublic(read: Read, reference: string): Promise<ArticleTable> {
  const { row, slug, wasPublic } = await held(read, reference)
  if (slug !== null && !wasPublic) throw notFound('article')
  if (row.public_slug === null) throw await absence(read, row)
  if (slug !== null && slug !== row.public_slug) throw new Redirect(slug, row.public_slug)
  return row
}

/**
 * The article that a path names, for a reader who sees all (`seesAll`) or what is public.
 * @throws Problem 404, 410, 451; Redirect for an old slug
 */
export function findArticle(read: Read, request: FastifyRequest, seesAll: boolean): Promise<ArticleTable> {
  const reference = parameter(request, 'article')
  return seesAll ? findForEditors(read, reference) : findForPublic(read, reference)
}

/**
 * The same, for a change: nobody else changes the article or its parts until the transaction ends. What is due for it is done
 * first, as the article is: whoever comes after the time is too late to be part of it.
 */
export async function lockArticle(tx: Write, request: FastifyRequest, seesAll: boolean): Promise<ArticleTable> {
  const row = await locked(
    tx,
    ({ id }) => `article:${id}`,
    () => findArticle(tx.read, request, seesAll),
    // One that an editor set is the story's, not the last change's.
    ({ updated_at, updated_at_is_set }) => (updated_at_is_set ? null : updated_at),
  )
  return performOverdue(tx, row)
}

/**
 * An article whose working copy is to be changed.
 * @throws Problem 404; 409 where it is in the trash; Redirect for an old slug
 */
export async function lockWritable(tx: Write, request: FastifyRequest): Promise<ArticleTable> {
  const row = await lockArticle(tx, request, true)
  if (row.status === 'trashed') throw new Problem('in-trash', 'The article is in the trash: restore it first.')
  return row
}

/**
 * The article to read, and which of its copies: the public edition where there is one, unless `copy=working` asks for the other.
 * @throws Problem 401 or 403 for `copy=working` without `content:read`
 */
export async function findReadable(read: Read, request: FastifyRequest): Promise<{ article: ArticleTable; shows: 'public' | 'working' }> {
  const { copy } = request.query as { copy?: 'working' }
  const reference = parameter(request, 'article')
  if (copy === 'working') {
    requireScope(request, 'content:read')
    return { article: await findForEditors(read, reference), shows: 'working' }
  }
  if (!may(request, 'content:read')) return { article: await findForPublic(read, reference), shows: 'public' }
  const { row, slug } = await held(read, reference)
  if (row.public_slug === null) return { article: await findForEditors(read, reference), shows: 'working' }
  // An editor may come by the slug of the working copy, which the public doesn't know yet.
  if (slug !== null && slug !== row.slug && slug !== row.public_slug) throw new Redirect(slug, row.public_slug)
  return { article: row, shows: 'public' }
}

/** The article of which an edition is to be read, for the public as for editors. @throws Problem 404, 410, 451; Redirect */
export function findPublished(read: Read, request: FastifyRequest): Promise<ArticleTable> {
  return findForPublic(read, parameter(request, 'article'))
}
