import { isDeepStrictEqual } from 'node:util'
import { findAuthors, makeAuthors } from '../../authors/store.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { presentIds, without } from '../../database/values.ts'
import { conflict } from '../../http/problems.ts'
import { findTopics, makeTopics } from '../../topics/store.ts'
import { inOrder } from '../working/copies.ts'
import { workingOnly } from '../working/fields.ts'
import { endLinks, revokeLinks } from '../working/preview-links.ts'
import type { Schedule } from '../working/publication-schemas.ts'
import { documentAt, markPublished } from '../working/revisions.ts'
import { requireNoEmbargo, requireSense, scheduleColumns, scheduleOf } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import { workingCopy } from '../working/store.ts'
import { completedEdition } from './documents.ts'
import { completeEdition, endEdition, insertEdition, lastEdition, loadEdition } from './editions.ts'
import { removePublicRows, writePublicRows } from './index-rows.ts'
import { recordChange } from './record-change.ts'
import { differsInSubstance, hasOtherTime } from './substance.ts'

async function save(tx: Write, row: ArticleTable, values: Partial<ArticleTable>): Promise<ArticleTable> {
  await tx.updateTable('articles').set(values).where('id', '=', row.id).execute()
  return { ...row, ...values }
}

const appendArticleEvent = (
  tx: Write,
  verb: 'published' | 'unpublished' | 'trashed' | 'restored' | 'scheduled',
  id: string,
  data: Record<string, unknown> = {},
) => tx.append({ type: `article.${verb}`, subject: { type: 'article', id }, data })

/** A working copy, now or of a revision, as an edition says it. */
export function asPublished(content: Article, row: ArticleTable, revision: number, updatedAt: string, now: string): Article {
  const published = without(content, ...workingOnly)
  const publishedAt = content.publishedAt ?? row.published_at ?? now
  return inOrder({ ...published, revision, status: 'published' as const, publishedRevision: revision, updatedAt, publishedAt, commentCount: 0 })
}

/** What an edition says when it was last changed. @param before the edition before it, public or not */
function timeOfEdition(row: ArticleTable, before: Article | null, publishedAt: string, isMinor: boolean, now: string): string {
  const notBeforeIt = (time: string) => (time > publishedAt ? time : publishedAt)
  if (row.updated_at_is_set) return notBeforeIt(row.updated_at)
  if (before) return isMinor ? before.updatedAt : notBeforeIt(now)
  // The first one of an archive was public, and unchanged, since its date.
  return publishedAt
}

/** How many approved comments an article has. */
export async function commentCount(read: Read, id: string): Promise<number> {
  const row = await read.selectFrom('comment_counts').select('approved').where('article_id', '=', id).executeTakeFirst()
  return row?.approved ?? 0
}

/**
 * Makes an edition of what `content` says, public from now on in the place of the one before; where that says the same,
 * nothing is done.
 * @param revision the one that it was made from @param isMinor whether `updatedAt` stays
 */
export async function publishContent(tx: Write, row: ArticleTable, content: Article, revision: number, isMinor: boolean): Promise<ArticleTable> {
  const site = tx.author.site ?? null
  const before = await lastEdition(tx.read, row.id)
  const current = before?.number === row.edition_number ? before : null
  if (before) tx.notBefore(before.publicUntil ?? before.publicFrom)
  const words = asPublished(content, row, revision, tx.now, tx.now)
  if (current && !differsInSubstance(current.document, words) && !hasOtherTime(row, current.document)) return row
  const number = (before?.number ?? 0) + 1
  const updatedAt = timeOfEdition(row, before?.document ?? null, words.publishedAt as string, isMinor, tx.now)
  const document = { ...words, updatedAt, commentCount: await commentCount(tx.read, row.id) }
  if (current) await endEdition(tx, row.id, current.number)
  await insertEdition(tx, row.id, { number, revision, document, hidden: [] }, isMinor)
  let after = await save(tx, row, {
    status: 'published',
    edition_number: number,
    public_slug: document.slug,
    published_revision: revision,
    published_at: row.published_at ?? document.publishedAt,
    was_public: 1,
    takedown_reason: null,
    takedown_notice: null,
    updated_at_is_set: 0,
  })
  await writePublicRows(tx, after, document)
  // Only now it is known what the public sees of it: it may lead to itself.
  const completed = await completedEdition(tx.read, document, site)
  await completeEdition(tx, row.id, { number, ...completed })
  const differs = differsInSubstance(completed.document, await workingCopy(tx.read, after, site))
  after = await save(tx, after, { has_unpublished_changes: Number(differs) })
  await endLinks(tx, row.id)
  await markPublished(tx, row.id, revision)
  appendArticleEvent(tx, 'published', row.id, { edition: number, revision, minor: isMinor })
  return after
}

/** An article as it was, whose authors and topics are there: those deleted meanwhile are found by their name, or created again. */
async function withPresentNames(tx: Write, document: Article): Promise<Article> {
  const authors = await presentIds(
    tx.read,
    'authors',
    document.authors.map(({ id }) => id),
  )
  const topics = await presentIds(
    tx.read,
    'topics',
    document.topics.map(({ id }) => id),
  )
  const namedAuthors = await makeAuthors(
    tx,
    await findAuthors(
      tx,
      document.authors.map(({ id, name, role }) => (authors.has(id) ? { id, role } : { name, role })),
      '',
      [],
    ),
  )
  const namedTopics = await makeTopics(
    tx,
    await findTopics(
      tx,
      document.topics.map(({ id, name }) => (topics.has(id) ? { id } : { name })),
      '',
      [],
    ),
  )
  return {
    ...document,
    authors: document.authors.map((author, index) => ({ ...author, id: namedAuthors[index]?.id ?? author.id })),
    topics: namedTopics.map((id, index) => ({ ...(document.topics[index] as Article['topics'][number]), id })),
  }
}

/** Makes an edition of the working copy, or of a revision that there is, and takes the planned publication as done. */
export async function publishArticle(
  tx: Write,
  row: ArticleTable,
  { revision = null as number | null, isMinor = false, pointer = '' } = {},
): Promise<ArticleTable> {
  requireNoEmbargo(row.embargo_until, tx.now, pointer)
  const isPinned = revision !== null && revision !== row.revision
  const content = isPinned ? await withPresentNames(tx, await documentAt(tx.read, row.id, revision)) : await workingCopy(tx.read, row, tx.author.site ?? null)
  const after = await publishContent(tx, row, content, isPinned ? revision : row.revision, isMinor)
  if (after === row && row.publish_at !== null) appendArticleEvent(tx, 'scheduled', row.id)
  return withSchedule(tx, after, { ...scheduleOf(row), publish: null })
}

async function withSchedule(tx: Write, row: ArticleTable, schedule: Schedule): Promise<ArticleTable> {
  const columns = scheduleColumns(schedule)
  const isPlanned = row.status === 'draft' || row.status === 'scheduled'
  const status = isPlanned ? (columns.publish_at === null ? 'draft' : 'scheduled') : row.status
  return save(tx, row, { ...columns, status })
}

/** Plans when an article is to be published and taken down; what it was planned for is forgotten. */
export async function reschedule(tx: Write, row: ArticleTable, schedule: Schedule): Promise<ArticleTable> {
  if (isDeepStrictEqual(schedule, scheduleOf(row))) return row
  requireSense(row.was_public, scheduleColumns(schedule), scheduleColumns(scheduleOf(row)))
  requireNoEmbargo(row.embargo_until, schedule.publish?.at ?? null, '/at')
  await withSchedule(tx, row, schedule)
  return recordChange(tx, row.id, ['article.scheduled'])
}

type Takedown = { reason: 'editorial' | 'legal'; notice: string | null }

/**
 * Takes an article down, or says something else about why it was, and takes the planned taking down as done.
 * @param isPlanned whether it was planned: else what is planned to be published is cancelled, which would lift it unasked
 * @throws Problem 409 where it never was public
 */
export async function unpublishArticle(tx: Write, row: ArticleTable, { reason, notice }: Takedown, isPlanned = false): Promise<ArticleTable> {
  if (!row.was_public) throw conflict({ pointer: '', code: 'conflict', message: 'isn’t public and never was: there is nothing to take down' })
  const isNew = row.takedown_reason !== reason || row.takedown_notice !== notice
  const after = isNew ? await hide(tx, row, { status: 'unpublished', takedown_reason: reason, takedown_notice: notice }) : row
  if (isNew) appendArticleEvent(tx, 'unpublished', row.id, { reason })
  else if (row.scheduled_at !== null) appendArticleEvent(tx, 'scheduled', row.id)
  return withSchedule(tx, after, { publish: isPlanned ? scheduleOf(row).publish : null, unpublish: null })
}

/** Ends what the public has of an article. */
async function hide(tx: Write, row: ArticleTable, values: Partial<ArticleTable>): Promise<ArticleTable> {
  if (row.edition_number !== null) {
    await endEdition(tx, row.id, row.edition_number)
    await removePublicRows(tx, row)
  }
  await revokeLinks(tx, row.id)
  return save(tx, row, { ...values, edition_number: null, public_slug: null, published_revision: null, has_unpublished_changes: 1 })
}

/** Moves an article to the trash, with all that is its own; what was planned for it is cancelled. */
export async function trashArticle(tx: Write, row: ArticleTable): Promise<void> {
  if (row.status === 'trashed') return
  const takedown = row.status === 'published' ? { takedown_reason: 'editorial' as const, takedown_notice: null } : {}
  appendArticleEvent(tx, 'trashed', row.id, { wasPublic: row.edition_number !== null })
  if (row.scheduled_at !== null) appendArticleEvent(tx, 'scheduled', row.id)
  await hide(tx, row, { status: 'trashed', ...takedown, ...scheduleColumns({ publish: null, unpublish: null }) })
}

/** Brings an article back from the trash: a draft again, or unpublished where it had been public. */
export async function restoreArticle(tx: Write, row: ArticleTable): Promise<ArticleTable> {
  if (row.status !== 'trashed') return row
  appendArticleEvent(tx, 'restored', row.id)
  return save(tx, row, { status: row.was_public ? 'unpublished' : 'draft' })
}

/** Takes a planned take-down as done of an article that was never public: its publication was cancelled meanwhile. */
export function dropTakeDown(tx: Write, row: ArticleTable): Promise<ArticleTable> {
  appendArticleEvent(tx, 'scheduled', row.id)
  return withSchedule(tx, row, { publish: scheduleOf(row).publish, unpublish: null })
}

/**
 * Makes editions of what is public and has none: content of before there were editions.
 * @returns how many
 */
export async function completeEditions(tx: Write): Promise<number> {
  const rows = await tx.read.selectFrom('articles').selectAll().where('status', '=', 'published').where('edition_number', 'is', null).execute()
  for (const row of rows) await publishArticle(tx, { ...row, embargo_until: null })
  return rows.length
}

/** The edition that the public has of an article. */
export async function currentEdition(read: Read, row: ArticleTable): Promise<Article> {
  const edition = await loadEdition(read, row.id, row.edition_number)
  if (!edition) throw conflict({ pointer: '', code: 'conflict', message: 'has no public edition' })
  return edition.document
}
