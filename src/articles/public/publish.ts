import { isDeepStrictEqual } from 'node:util'
import { findAuthors, makeAuthors } from '../../authors/store.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import { markSlugPublic } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { differs, without } from '../../database/values.ts'
import { conflict, type Fault } from '../../http/problems.ts'
import { refuse } from '../../http/validation.ts'
import { findTopics, makeTopics } from '../../topics/store.ts'
import { inFieldOrder } from '../working/copies.ts'
import { withRow } from '../working/current.ts'
import { workingOnly } from '../working/fields.ts'
import { presentNames } from '../working/names.ts'
import { endLinks, revokeLinks } from '../working/preview-links.ts'
import type { Schedule } from '../working/publication-schemas.ts'
import { documentAt, markPublished } from '../working/revisions.ts'
import { requireNoEmbargo, requireSense, scheduleColumns, scheduleOf } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import { groupRestored, requireFreeLanguage, requireFreePlan, untranslated } from '../working/translations.ts'
import { type Changing, changing } from './changing.ts'
import { completedEdition } from './documents.ts'
import { type Edition, endEdition, insertEdition } from './editions.ts'
import { removePublicRows, writePublicRows, writeWorkingSearch } from './index-rows.ts'
import { recordChange } from './record-change.ts'
import { differsInSubstance, hasOtherTime } from './substance.ts'

/** An article with other values in its row, which are written where they are others. */
export function setColumns(tx: Write, changed: Changing, values: Partial<ArticleTable>): Changing {
  const { row } = changed
  if (!differs(row, values)) return changed
  tx.update('articles', ['id', row.id], values, row)
  return withRow(changed, { ...row, ...values }, tx.author.site ?? null)
}

const appendArticleEvent = (
  tx: Write,
  verb: 'published' | 'unpublished' | 'trashed' | 'restored' | 'scheduled',
  { id, revision }: Pick<ArticleTable, 'id' | 'revision'>,
  data: Record<string, unknown> = {},
) => tx.append({ type: `article.${verb}`, subject: { type: 'article', id }, data, revision: [revision, revision] })

/** What an event that ends a plan says of it: what was planned until then. */
const plannedIn = (row: ArticleTable): { was?: Schedule } => (row.scheduled_at === null ? {} : { was: scheduleOf(row) })

/** A working copy, now or of a revision, as an edition says it. */
export function asPublished(content: Article, row: ArticleTable, revision: number, updatedAt: string, now: string): Article {
  const published = without(content, ...workingOnly)
  const publishedAt = content.publishedAt ?? row.published_at ?? now
  const current = { translations: [], commentCount: 0 }
  return inFieldOrder({ ...published, revision, status: 'published' as const, publishedRevision: revision, updatedAt, publishedAt, ...current })
}

/** How a copy is published. */
type Publishing = {
  /** Whether `updatedAt` stays. */
  isMinor?: boolean
  /** What the edition says when it was last changed, where that isn’t now: what goes back is as old as it was. */
  updatedAt?: string
}

/** What an edition says when it was last changed. @param before the edition before it, public or not */
function timeOfEdition(row: ArticleTable, before: Article | null, publishedAt: string, { isMinor, updatedAt }: Publishing, now: string): string {
  if (updatedAt !== undefined) return updatedAt
  const notBeforeIt = (time: string) => (time > publishedAt ? time : publishedAt)
  if (row.updated_at_is_set) return notBeforeIt(row.updated_at)
  if (before) return isMinor ? before.updatedAt : notBeforeIt(now)
  // The first one of an archive was public, and unchanged, since its date.
  return publishedAt
}

const isOtherwiseDated = (row: ArticleTable, edition: Article, { updatedAt }: Publishing) =>
  updatedAt === undefined ? hasOtherTime(row, edition) : updatedAt !== edition.updatedAt

/** How many approved comments an article has. */
export async function commentCount(read: Read, id: string): Promise<number> {
  const [row] = await countRow(read, { id })
  return row?.approved ?? 0
}

const countRow = prepared<{ id: string }, { approved: number }>((db, { id }) => db.selectFrom('comment_counts').select('approved').where('article_id', '=', id))

/** What publishing sets of an article's row, and the edition that it makes. */
type Publication = { values: Partial<ArticleTable>; edition: Omit<Edition, 'publicFrom' | 'publicUntil'> }

/** The edition that what `content` says makes; null where the public sees the same already. */
async function publicationOf(
  tx: Write,
  { row, copy, kept, networks }: Changing,
  content: Article,
  revision: number,
  publishing: Publishing,
): Promise<Publication | null> {
  const { last } = kept
  const current = last?.number === row.edition_number ? last : null
  if (last) tx.notBefore(last.publicUntil ?? last.publicFrom)
  const words = asPublished(content, row, revision, tx.now, tx.now)
  if (current && !differsInSubstance(current.document, words) && !isOtherwiseDated(row, current.document, publishing)) return null
  const updatedAt = timeOfEdition(row, last?.document ?? null, words.publishedAt as string, publishing, tx.now)
  // The policy is the article's, whichever revision it is that is published.
  const live = { commentPolicy: row.comment_policy, commentsCloseAt: row.comments_close_at, commentCount: last ? await commentCount(tx.read, row.id) : 0 }
  const { document, hidden } = await completedEdition(tx.read, { ...words, updatedAt, ...live }, tx.author.site ?? null, networks)
  const publishedAt = row.published_at ?? document.publishedAt
  return {
    values: {
      status: 'published',
      edition_number: (last?.number ?? 0) + 1,
      public_slug: document.slug,
      published_revision: revision,
      published_at: publishedAt,
      was_public: 1,
      takedown_reason: null,
      takedown_notice: null,
      updated_at_is_set: 0,
      // The date that it gets is the working copy's, too.
      has_unpublished_changes: Number(differsInSubstance(document, { ...copy, publishedAt })),
    },
    edition: { number: (last?.number ?? 0) + 1, revision, document, hidden },
  }
}

/** Makes the first edition of an article that this very change makes. @returns it with the row that it is to have */
export async function firstPublication(tx: Write, made: Changing): Promise<{ published: Changing; publication: Publication }> {
  requireNoEmbargo(made.row.embargo_until, tx.now, '')
  const publication = (await publicationOf(tx, made, made.copy, made.row.revision, {})) as Publication
  return { published: withRow(made, { ...made.row, ...publication.values }, tx.author.site ?? null), publication }
}

/** Writes an edition that is public from now on, and what follows from it. @param published the article with its new row @param planned what was planned until now */
export async function insertPublication(
  tx: Write,
  published: Changing,
  { edition }: Publication,
  before: Edition | null,
  isMinor: boolean,
  planned: { was?: Schedule } = {},
): Promise<void> {
  const { row, kept } = published
  if (before) endEdition(tx, row.id, before)
  kept.last = insertEdition(tx, row.id, edition, isMinor)
  await writePublicRows(tx, published, edition.document, before?.document ?? null)
  await writeWorkingSearch(tx, published)
  appendArticleEvent(tx, 'published', row, { edition: edition.number, revision: edition.revision, minor: isMinor, ...planned })
}

/**
 * Makes an edition of what `content` says, public from now on in the place of the one before; where that says the same,
 * nothing is done.
 * @param revision the one that it was made from @param more what else is set of its row
 */
export async function publishContent(
  tx: Write,
  changed: Changing,
  content: Article,
  revision: number,
  publishing: Publishing,
  more: Partial<ArticleTable> = {},
): Promise<Changing> {
  const { row, kept } = changed
  const before = row.edition_number === null ? null : kept.last
  const publication = await publicationOf(tx, changed, content, revision, publishing)
  if (!publication) {
    if (kept.goesPublic) await writeWorkingSearch(tx, changed)
    return changed
  }
  const published = setColumns(tx, changed, { ...publication.values, ...more })
  const { slug } = publication.edition.document
  if (before?.document.slug !== slug) markSlugPublic(tx, 'article', slug)
  await endLinks(tx, row.id)
  await insertPublication(
    tx,
    published,
    publication,
    before,
    publishing.isMinor ?? false,
    'publish_at' in more && row.publish_at !== null ? plannedIn(row) : {},
  )
  if (before?.revision !== revision) markPublished(tx, row.id, revision)
  return published
}

/**
 * An article as it was, whose authors and topics are named as they are now: those deleted meanwhile are found by their name, or created again.
 * @throws Problem 400 where they may not be
 */
async function withPresentNames(tx: Write, document: Article): Promise<Article> {
  // Nobody deletes or merges whom it names before it is public.
  tx.lock(
    document.authors.map(({ id }) => `author:${id}`),
    true,
  )
  tx.lock(['topics'], true)
  const faults: Fault[] = []
  const authors = await findAuthors(tx, await presentNames(tx.read, 'author', document.authors), '/authors', faults)
  const topics = await findTopics(tx, await presentNames(tx.read, 'topic', document.topics), '/topics', faults)
  refuse(faults)
  return { ...document, authors: await makeAuthors(tx, authors), topics: await makeTopics(tx, topics) }
}

/**
 * Makes an edition of the working copy, or of a revision that there is, and takes the planned publication as done.
 * @param options `keepsPlan`: unless the public has that already
 */
export async function publishArticle(
  tx: Write,
  changed: Changing,
  { revision = null as number | null, isMinor = false, pointer = '', keepsPlan = false } = {},
): Promise<Changing> {
  const { row } = changed
  requireNoEmbargo(row.embargo_until, tx.now, pointer)
  const isPinned = revision !== null && revision !== row.revision
  const content = isPinned ? await withPresentNames(tx, await documentAt(tx.read, row.id, revision)) : changed.copy
  // What is due goes out: nobody is there to be told.
  if (content.language !== row.language && tx.author.actor !== null)
    await requireFreeLanguage(tx, { id: row.id, language: content.language }, row.translation_group, '/revision')
  const rest = scheduleColumns({ ...scheduleOf(row), publish: null })
  const after = await publishContent(tx, changed, content, isPinned ? revision : row.revision, { isMinor }, rest)
  if (after === changed && keepsPlan) return changed
  if (after === changed && row.publish_at !== null) appendArticleEvent(tx, 'scheduled', row, plannedIn(row))
  return withSchedule(tx, after, { ...scheduleOf(row), publish: null })
}

function withSchedule(tx: Write, changed: Changing, schedule: Schedule): Changing {
  const { status } = changed.row
  const columns = scheduleColumns(schedule)
  const isPlanned = status === 'draft' || status === 'scheduled'
  return setColumns(tx, changed, { ...columns, status: isPlanned ? (columns.publish_at === null ? 'draft' : 'scheduled') : status })
}

/** Plans when an article is to be published and taken down; what it was planned for is forgotten. */
export async function reschedule(tx: Write, changed: Changing, schedule: Schedule, updatedAt?: string): Promise<Changing> {
  const { row } = changed
  if (isDeepStrictEqual(schedule, scheduleOf(row))) return changed
  requireSense(row.was_public, scheduleColumns(schedule), scheduleColumns(scheduleOf(row)))
  requireNoEmbargo(row.embargo_until, schedule.publish?.at ?? null, '/at')
  await requireFreePlan(tx, row, schedule.publish?.revision ?? null, row.translation_group, '/revision')
  return recordChange(tx, withSchedule(tx, changed, schedule), { events: ['article.scheduled'], data: { was: scheduleOf(row) }, updatedAt })
}

type Takedown = { reason: 'editorial' | 'legal'; notice: string | null }

/**
 * Takes an article down, or says something else about why it was, and takes the planned taking down as done.
 * @param isPlanned whether it was planned: else what is planned to be published is cancelled, which would lift it unasked
 * @throws Problem 409 where it never was public
 */
export async function unpublishArticle(tx: Write, changed: Changing, { reason, notice }: Takedown, isPlanned = false): Promise<Changing> {
  const { row } = changed
  if (!row.was_public) throw conflict({ pointer: '', code: 'conflict', message: 'isn’t public and never was: there is nothing to take down' })
  const isNew = row.takedown_reason !== reason || row.takedown_notice !== notice
  const after = isNew ? await hide(tx, changed, { status: 'unpublished', takedown_reason: reason, takedown_notice: notice }) : changed
  if (isNew) appendArticleEvent(tx, 'unpublished', row, { reason, ...(notice === null ? {} : { notice }), ...plannedIn(row) })
  else if (row.scheduled_at !== null) appendArticleEvent(tx, 'scheduled', row, plannedIn(row))
  return withSchedule(tx, after, { publish: isPlanned ? scheduleOf(row).publish : null, unpublish: null })
}

/** Ends what the public has of an article. */
async function hide(tx: Write, changed: Changing, values: Partial<ArticleTable>): Promise<Changing> {
  const { row, kept } = changed
  const isPublic = row.edition_number !== null
  if (isPublic && kept.last) endEdition(tx, row.id, kept.last)
  await revokeLinks(tx, row.id)
  const after = setColumns(tx, changed, { ...values, edition_number: null, public_slug: null, published_revision: null, has_unpublished_changes: 1 })
  if (isPublic) {
    await removePublicRows(tx, after)
    await writeWorkingSearch(tx, after)
  }
  return after
}

/** Moves an article to the trash, with all that is its own; what was planned for it is cancelled. */
export async function trashArticle(tx: Write, row: ArticleTable): Promise<void> {
  if (row.status === 'trashed') return
  const takedown = row.status === 'published' ? { takedown_reason: 'editorial' as const, takedown_notice: null } : {}
  appendArticleEvent(tx, 'trashed', row, { wasPublic: row.edition_number !== null, ...plannedIn(row) })
  if (row.scheduled_at !== null) appendArticleEvent(tx, 'scheduled', row, plannedIn(row))
  await hide(tx, await changing(tx, row), { status: 'trashed', ...takedown, ...scheduleColumns({ publish: null, unpublish: null }) })
}

/**
 * Brings an article back from the trash: a draft again, or unpublished where it had been public; a translation no more where another
 * has its language by now.
 */
export async function restoreArticle(tx: Write, changed: Changing): Promise<Changing> {
  const { row, copy } = changed
  if (row.status !== 'trashed') return changed
  appendArticleEvent(tx, 'restored', row)
  const translation_group = await groupRestored(tx, row)
  const after = translation_group === row.translation_group ? changed : { ...changed, copy: { ...copy, ...untranslated } }
  return setColumns(tx, after, { status: row.was_public ? 'unpublished' : 'draft', translation_group })
}

/** Takes a planned take-down as done of an article that was never public: its publication was cancelled meanwhile. */
export function dropTakeDown(tx: Write, changed: Changing): Changing {
  appendArticleEvent(tx, 'scheduled', changed.row, plannedIn(changed.row))
  return withSchedule(tx, changed, { publish: scheduleOf(changed.row).publish, unpublish: null })
}

/**
 * Makes editions of what is public and has none: content of before there were editions.
 * @returns how many
 */
export async function completeEditions(tx: Write): Promise<number> {
  const rows = await tx.read.selectFrom('articles').selectAll().where('status', '=', 'published').where('edition_number', 'is', null).execute()
  for (const row of rows) await publishArticle(tx, await changing(tx, { ...row, embargo_until: null }))
  return rows.length
}

/** The edition that the public has of an article. @throws Problem 409 where there is none */
export function currentEdition({ row, kept }: Changing): Article {
  if (row.edition_number === null || !kept.last) throw conflict({ pointer: '', code: 'conflict', message: 'has no public edition' })
  return kept.last.document
}
