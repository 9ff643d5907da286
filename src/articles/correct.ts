import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Config } from '../config.ts'
import type { Write } from '../database/connect.ts'
import type { ArticleTable } from '../database/tables.ts'
import type { ListContent } from '../highlight-lists/resolve.ts'
import type { StoredList } from '../highlight-lists/store.ts'
import { may } from '../http/auth.ts'
import { desired, requirePermission } from '../http/desired.ts'
import { badRequest, conflict, Problem } from '../http/problems.ts'
import { Enum } from '../http/schemas.ts'
import type { Section } from '../sections/schemas.ts'
import type { SectionContent } from '../sections/tree.ts'
import { currentEdition, publishContent } from './publish.ts'
import { type Content, resolveArticle } from './resolve.ts'
import { currentOf, replaceArticle } from './save.ts'
import { type Article, ArticleInput } from './schemas.ts'
import { allParts, articleOf, type StoredRelated, workingCopy } from './store.ts'

export const applyParameter = {
  apply: Type.Optional(
    Enum(['both'], {
      description:
        '`both`: the patch is applied to the public edition, which becomes a new one, and to the working copy, which stays unpublished; where it doesn’t fit both, 409. Needs `content:publish`.',
    }),
  ),
}

/** Whether a patch is to be applied to the public edition, too. @throws Problem 403 where the token may not */
export function appliesToBoth(request: FastifyRequest): boolean {
  if ((request.query as { apply?: string }).apply !== 'both') return false
  requirePermission(may(request, 'content:publish'), 'content:publish', 'apply=both publishes, which needs the scope content:publish.')
  return true
}

/** Does the part of a correction that is about the edition: what is wrong with it there is at odds with what is stored. */
export async function onEdition<T>(request: FastifyRequest, work: () => Promise<T> | T): Promise<T> {
  const known = request.faults.length
  try {
    const result = await work()
    const faults = request.faults.splice(known)
    if (faults.length > 0) throw badRequest(...faults)
    return result
  } catch (error) {
    request.faults.length = Math.min(known, request.faults.length)
    if (error instanceof Problem && error.type === 'bad-request') throw conflict(...(error.extras.errors ?? []))
    throw error
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
    const isSame = before && isDeepStrictEqual({ ...before, title, style, items }, before)
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

/** An edition with the anchors that its sections have: targets go by ids. */
function withAnchors(document: Article): Article {
  const anchors = new Map(document.sections.map(({ id, anchor }) => [id, anchor]))
  const highlightLists = document.highlightLists.map((list) => ({
    ...list,
    items: list.items.map((item) => {
      if (item.target?.type !== 'section') return item
      const anchor = anchors.get(item.target.id)
      return { ...item, target: anchor === undefined ? null : { ...item.target, anchor } }
    }),
  }))
  return { ...document, highlightLists, wordCount: document.sections.reduce((sum, section) => sum + section.wordCount, 0) }
}

/** Publishes a corrected edition in the place of the one that it corrects. @param row the article after the same change */
export function publishCorrection(tx: Write, row: ArticleTable, document: Article): Promise<ArticleTable> {
  return publishContent(tx, row, withAnchors(document), row.revision, false)
}

type Ids = { sections: readonly { id: string }[]; lists: readonly { id: string; items: readonly { id: string }[] }[] }

const idsOf = ({ sections, lists }: Ids) => [...sections, ...lists, ...lists.flatMap(({ items }) => items)].map(({ id }) => id)

/** Gives what a change added to the edition the ids that the same additions have in the working copy. */
export function withSharedIds<T>(value: T, after: Ids, before: Ids, workingAfter: Ids, workingBefore: Ids): T {
  const added = (now: Ids, then: Ids) => {
    const known = new Set(idsOf(then))
    return idsOf(now).filter((id) => !known.has(id))
  }
  const [own, shared] = [added(after, before), added(workingAfter, workingBefore)]
  if (own.length === 0 || own.length !== shared.length) return value
  const text = own.reduce((json, id, index) => json.replaceAll(`"${id}"`, `"${shared[index]}"`), JSON.stringify(value))
  return JSON.parse(text)
}

/** The edition that a content makes. @param known where the names that it refers to are shown */
function documentFrom(row: ArticleTable, content: Content, edition: Article, working: Article, site: string | null, now: string): Article {
  const byId = <T extends { id: string }>(...lists: T[][]) => new Map(lists.flat().map((one) => [one.id, one]))
  const authors = byId(edition.authors, working.authors)
  const topics = byId(edition.topics, working.topics)
  const own = {
    authors: content.authors.map(({ id, role }) => ({ ...(authors.get(id) as Article['authors'][number]), role })),
    topics: content.topics.map((id) => topics.get(id) as Article['topics'][number]),
    sections: correctedSections(content.sections, edition, working.sections, now),
    highlightLists: correctedLists(content.lists, edition, working.highlightLists, now),
    related: content.related as Article['related'],
  }
  return articleOf({ ...row, ...content.columns }, own, allParts, site)
}

/**
 * Applies a patch to the public edition and to the working copy alike; the first becomes a new edition.
 * @throws Problem 409 where it doesn't fit both, and then nothing has changed
 */
export async function correctArticle(tx: Write, request: FastifyRequest, row: ArticleTable, config: Config): Promise<ArticleTable> {
  const site = config.PUBLIC_SITE_URL
  const edition = await currentEdition(tx.read, row)
  const current = await currentOf(tx, row, site)
  const { input, names } = desired<ArticleInput>(request, current.copy, ArticleInput)
  if (names('status')) request.faults.push({ pointer: '/status', code: 'combination', message: 'can’t be changed with apply=both' })
  const content = await resolveArticle(tx, input, current, true, config)
  if (request.faults.length > 0) return row
  const { hasUnpublishedChanges, editorNote, embargoUntil, externalId, schedule, commentPolicy, revision } = current.copy
  const { commentCount: _, ...shown } = edition
  const copy = { ...shown, revision, commentPolicy, hasUnpublishedChanges, editorNote, embargoUntil, externalId, schedule }
  const stored = { lists: edition.highlightLists as StoredList[], related: edition.related as StoredRelated[] }
  const resolved = await onEdition(request, () =>
    resolveArticle(tx, desired<ArticleInput>(request, copy, ArticleInput).input, { row, copy, ...stored }, true, config),
  )
  const corrected = withSharedIds(resolved, resolved, { sections: edition.sections, lists: edition.highlightLists }, content, {
    sections: current.copy.sections,
    lists: current.lists,
  })
  const after = await replaceArticle(tx, current, content, input.slug ?? null)
  const slug = names('slug') ? after.slug : edition.slug
  return publishCorrection(tx, after, documentFrom({ ...after, slug }, corrected, edition, await workingCopy(tx.read, after, site), site, tx.now))
}
