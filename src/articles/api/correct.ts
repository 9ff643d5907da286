import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import type { Write } from '../../database/handles.ts'
import { pick, without } from '../../database/values.ts'
import type { ListContent, StoredList } from '../../highlight-lists/store.ts'
import { requirePermission } from '../../http/auth.ts'
import { mediaTypeOf } from '../../http/media-types.ts'
import { type Operation, patchStep } from '../../http/patches.ts'
import { badRequest, conflict, type Fault, Problem } from '../../http/problems.ts'
import { replacementFrom } from '../../http/replacement.ts'
import { Enum } from '../../http/schemas.ts'
import Type from '../../http/type.ts'
import { digestOf } from '../../sections/digest.ts'
import type { Section } from '../../sections/schemas.ts'
import type { SectionContent } from '../../sections/tree.ts'
import type { Changing } from '../public/changing.ts'
import { withLiveNames } from '../public/live-names.ts'
import { currentEdition, publishContent } from '../public/publish.ts'
import { whole, workingArticle } from '../working/copies.ts'
import type { Current } from '../working/current.ts'
import { bare, workingOnly } from '../working/fields.ts'
import { ArticleInput } from '../working/input-schemas.ts'
import { type Content, makeNames, resolveArticle } from '../working/resolve.ts'
import { requireNoEmbargo } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import type { StoredRelated } from '../working/store.ts'
import { givenUpdatedAt } from './input.ts'
import { replaceArticle } from './save.ts'

export const minorParameter = {
  minor: Type.Optional(Type.Boolean({ default: false, description: 'Whether what is published leaves `updatedAt` as it is.' })),
}

export const applyParameter = {
  ...minorParameter,
  apply: Type.Optional(
    Enum(['both'], {
      description:
        '`both`: the patch is applied to the public edition, which becomes a new one, and to the working copy, which stays unpublished; where it doesn’t fit both, 409. Needs `content:publish`.',
    }),
  ),
}

/** Whether what a patch publishes leaves `updatedAt` as it is. */
const isMinorIn = (request: FastifyRequest) => (request.query as { minor?: boolean }).minor === true

/** The same, for a part of an article: only with it is there anything that could be minor. */
export function partAppliesToBoth(request: FastifyRequest): boolean {
  const isBoth = appliesToBoth(request)
  if (!isBoth && isMinorIn(request)) request.faults.push({ parameter: 'minor', code: 'combination', message: 'goes with apply=both' })
  return isBoth
}

/** Whether a patch is to be applied to the public edition, too. @throws Problem 403 where the token may not */
export function appliesToBoth(request: FastifyRequest): boolean {
  if ((request.query as { apply?: string }).apply !== 'both') return false
  requirePermission(request, 'content:publish', 'apply=both publishes, which needs the scope content:publish.')
  return true
}

type Tried<T> = { result: T } | { faults: Fault[]; isConflict: boolean }

async function tried<T>(request: FastifyRequest, work: () => Promise<T> | T): Promise<Tried<T>> {
  const known = request.faults.length
  try {
    const result = await work()
    const faults = request.faults.splice(known)
    return faults.length > 0 ? { faults, isConflict: false } : { result }
  } catch (error) {
    request.faults.length = Math.min(known, request.faults.length)
    if (!(error instanceof Problem) || !['bad-request', 'conflict'].includes(error.type)) throw error
    return { faults: error.extras.errors ?? [], isConflict: error.type === 'conflict' }
  }
}

const labelled = (faults: readonly Fault[], where: string) => faults.map((fault) => ({ ...fault, message: `${where}: ${fault.message}` }))

/**
 * Works out the same change of the working copy and of the public edition.
 * @throws Problem 400 for what is wrong in both, and so in itself; 409 for what doesn't fit one of them
 */
export async function forBoth<W, E>(
  request: FastifyRequest,
  onWorking: () => Promise<W> | W,
  onEdition: () => Promise<E> | E,
): Promise<{ working: W; edition: E }> {
  const working = await tried(request, onWorking)
  const edition = await tried(request, onEdition)
  if ('result' in working && 'result' in edition) return { working: working.result, edition: edition.result }
  const [own, published] = ['faults' in working ? working : null, 'faults' in edition ? edition : null]
  if (own && published && !own.isConflict && !published.isConflict) throw badRequest(own.faults)
  if (own) throw conflict(labelled(own.faults, 'in the working copy'))
  throw conflict(labelled(published?.faults ?? [], 'in the public edition'))
}

type Value = Record<string, unknown> | unknown[] | string | number | boolean | null | undefined

const isHolder = (value: unknown): value is Record<string, unknown> | unknown[] => typeof value === 'object' && value !== null
const idIn = (value: unknown) => (isHolder(value) && !Array.isArray(value) && typeof value.id === 'string' ? value.id : undefined)

/** Whether a pointer leads through the same elements of arrays in both, by their ids. */
function leadsAlike(one: Value, other: Value, pointer: string, isPlace: boolean): boolean {
  const keys = pointer.split('/').slice(1)
  // Where something is added, the last key names a place, not an element.
  for (const key of isPlace ? keys.slice(0, -1) : keys) {
    if (!isHolder(one) || !isHolder(other)) return true
    ;[one, other] = [(one as Record<string, Value>)[key], (other as Record<string, Value>)[key]]
    if (idIn(one) !== undefined && idIn(other) !== undefined && idIn(one) !== idIn(other)) return false
  }
  return true
}

/**
 * A JSON Patch names elements by their place: where that is another element in the other copy, it would change what it
 * doesn't mean. @throws Problem 409
 */
export function requireSamePlaces(request: FastifyRequest, working: object, edition: object): void {
  if (mediaTypeOf(request) !== 'application/json-patch+json') return
  let [one, other]: unknown[] = [structuredClone(working), structuredClone(edition)]
  for (const [index, operation] of (request.body as Operation[]).entries()) {
    const { op, path, from } = operation
    const pointers: [string, boolean][] = [
      [path, op === 'add' || op === 'move' || op === 'copy'],
      ...(from === undefined ? [] : [[from, false] as [string, boolean]]),
    ]
    if (!pointers.every(([pointer, isPlace]) => leadsAlike(one as Value, other as Value, pointer, isPlace)))
      throw conflict({ pointer: `/${index}`, code: 'conflict', message: 'names another element in the working copy than in the public edition' })
    // What doesn't fit is said when the patch is applied.
    try {
      ;[one, other] = [patchStep(one, operation), patchStep(other, operation)]
    } catch {
      return
    }
  }
}

/** The sections of a corrected edition. @param working those of the working copy after the same change */
export function correctedSections(after: readonly SectionContent[], edition: Article, working: readonly Section[], now: string): Section[] {
  const earlier = new Map(edition.sections.map((section) => [section.id, section]))
  const others = new Map(working.map((section) => [section.id, section]))
  return after.map(({ place: _, id, ...content }): Section => {
    const before = earlier.get(id)
    const isSame = before && isDeepStrictEqual({ ...before, ...content }, before)
    if (isSame) return before
    const other = others.get(id)
    const revision = other?.revision ?? (before?.revision ?? 0) + 1
    return { id, revision, articleId: edition.id, ...content, createdAt: before?.createdAt ?? other?.createdAt ?? now, updatedAt: now } as Section
  })
}

type Lists = Article['highlightLists']

/** The lists of a corrected edition. @param working those of the working copy after the same change */
export function correctedLists(after: readonly ListContent[], edition: Article, working: Lists, now: string): Lists {
  const earlier = new Map(edition.highlightLists.map((list) => [list.id, list]))
  const others = new Map(working.map((list) => [list.id, list]))
  return after.map(({ id, title, style, items }, position) => {
    const before = earlier.get(id)
    const says = (list: Pick<ListContent, 'title' | 'style' | 'items'>) => ({ title: list.title, style: list.style, items: list.items.map(bare) })
    const isSame = before && isDeepStrictEqual(says({ title, style, items }), says(before))
    const other = others.get(id)
    return {
      id,
      revision: isSame ? before.revision : (other?.revision ?? (before?.revision ?? 0) + 1),
      articleId: edition.id,
      slug: null,
      title,
      style,
      position,
      items: items as Lists[number]['items'],
      createdAt: before?.createdAt ?? other?.createdAt ?? now,
      updatedAt: isSame ? before.updatedAt : now,
    }
  })
}

/** An edition with the anchors and headings that its sections have: targets go by ids. */
function withAnchors(document: Article): Article {
  const sections = new Map(document.sections.map((section) => [section.id, section]))
  const highlightLists = document.highlightLists.map((list) => ({
    ...list,
    items: list.items.map((item) => {
      if (item.target?.type !== 'section') return item
      const section = sections.get(item.target.id)
      return { ...item, target: section ? { ...item.target, anchor: section.anchor, heading: section.heading } : null }
    }),
  }))
  const wordCount = document.sections.reduce((sum, section) => sum + section.wordCount, 0)
  return { ...document, highlightLists, wordCount, ...digestOf(document) }
}

/** Publishes a corrected edition in the place of the one that it corrects. @param after the article after the same change */
export async function publishCorrection(tx: Write, request: FastifyRequest, after: Changing, document: Article): Promise<Changing> {
  requireNoEmbargo(after.row.embargo_until, tx.now)
  const named = { ...withAnchors(document), ...(await withLiveNames(tx.read, document, after.copy)) }
  return publishContent(tx, after, named, after.row.revision, { isMinor: isMinorIn(request) })
}

type Ids = { sections: readonly { id: string }[]; lists: readonly { id: string; items: readonly { id: string }[] }[] }

const idsOf = ({ sections, lists }: Ids) => [...sections, ...lists, ...lists.flatMap(({ items }) => items)].map(({ id }) => id)

/** A value with other ids: those that are named `id`, or by a name that ends so. */
function withIds<T>(value: T, ids: ReadonlyMap<string, string>): T {
  const walked = (part: unknown, name: string): unknown => {
    if (typeof part === 'string') return /^id$|Id$/.test(name) ? (ids.get(part) ?? part) : part
    if (Array.isArray(part)) return part.map((one) => walked(one, name))
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, own]) => [key, walked(own, key)]))
  }
  return walked(value, '') as T
}

/** Gives what a change added to the edition the ids that the same additions have in the working copy. */
export function withSharedIds<T>(value: T, after: Ids, before: Ids, workingAfter: Ids, workingBefore: Ids): T {
  const added = (now: Ids, then: Ids) => {
    const known = new Set(idsOf(then))
    return idsOf(now).filter((id) => !known.has(id))
  }
  const [own, shared] = [added(after, before), added(workingAfter, workingBefore)]
  if (own.length === 0 || own.length !== shared.length) return value
  return withIds(value, new Map(own.map((id, index) => [id, shared[index] as string])))
}

/** The edition that a content makes. @param after the article after the same change */
function documentFrom(content: Content, edition: Article, after: Changing, slug: string, site: string | null, now: string): Article {
  const { row, copy: working, networks } = after
  const own = {
    authors: content.authors,
    topics: content.topics,
    sections: correctedSections(content.sections, edition, working.sections, now),
    highlightLists: correctedLists(content.lists, edition, working.highlightLists, now),
    related: content.related as Article['related'],
    translations: [],
  }
  return whole(workingArticle({ row: { ...row, slug, ...content.columns }, parts: own, site, networks }))
}

/**
 * Applies a patch to the public edition and to the working copy alike; the first becomes a new edition.
 * @throws Problem 409 where it doesn't fit both, and then nothing has changed
 */
export async function correctArticle(tx: Write, request: FastifyRequest, current: Changing, config: Config): Promise<Changing> {
  const { row } = current
  const edition = currentEdition(current)
  const live = pick(current.copy, 'revision', 'translations', 'commentPolicy', 'commentsCloseAt')
  const copy = { ...without(edition, 'commentCount'), ...pick(current.copy, ...workingOnly), ...live }
  const stored = { lists: edition.highlightLists as StoredList[], related: edition.related as StoredRelated[] }
  const resolve = async (own: Current) => {
    const wanted = replacementFrom<ArticleInput>(request, own.copy, ArticleInput)
    if (wanted.names('status')) request.faults.push({ pointer: '/status', code: 'combination', message: 'can’t be changed with apply=both' })
    return { ...wanted, content: await resolveArticle(tx, wanted.input, own, true, config) }
  }
  const resolveSame = async () => {
    const working = await resolve(current)
    return { working, edition: working }
  }
  // Where the public has what the working copy says, what is right in one is right in the other.
  const both = row.has_unpublished_changes
    ? await forBoth(
        request,
        () => resolve(current),
        () => resolve({ row, copy, ...stored, networks: current.networks }),
      )
    : await resolveSame()
  if (request.faults.length > 0) return current
  requireSamePlaces(request, current.copy, copy)
  const { input, names } = both.working
  const content = await makeNames(tx, both.working.content)
  if (names('updatedAt')) content.updatedAt = givenUpdatedAt(request, input.updatedAt, row.updated_at, content.columns.published_at, tx.now)
  if (request.faults.length > 0) return current
  const resolved = both.edition === both.working ? content : await makeNames(tx, both.edition.content)
  const corrected = withSharedIds(resolved, resolved, { sections: edition.sections, lists: edition.highlightLists }, content, {
    sections: current.copy.sections,
    lists: current.lists,
  })
  current.kept.goesPublic = true
  const after = await replaceArticle(tx, current, content, input.slug ?? null)
  const slug = names('slug') ? after.row.slug : edition.slug
  return publishCorrection(tx, request, after, documentFrom(corrected, edition, after, slug, config.PUBLIC_SITE_URL, tx.now))
}
