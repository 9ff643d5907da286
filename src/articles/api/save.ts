import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import type { Read } from '../../database/engine.ts'
import type { EventTypeOf } from '../../database/event-types.ts'
import type { Write } from '../../database/handles.ts'
import { movedIds } from '../../database/moves.ts'
import { releaseSlugs } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { chunked, differs } from '../../database/values.ts'
import { clearTargets, listsOfArticle, saveLists } from '../../highlight-lists/store.ts'
import { forgetAnswersOn } from '../../http/idempotency.ts'
import { claimSlug } from '../../http/slug-claims.ts'
import { saveSections } from '../../sections/store.ts'
import { performDue } from '../public/due.ts'
import { headlinesOf, lastEdition, rewriteEditions } from '../public/editions.ts'
import { removeIndexRows, writeWorkingSearch } from '../public/index-rows.ts'
import { recordChange } from '../public/record-change.ts'
import { jsonColumns } from '../working/fields.ts'
import type { Content, Current } from '../working/resolve.ts'
import { articlesMentioning, recordRevision, rewriteHistory } from '../working/revisions.ts'
import { requireNoEmbargo, requireSense, type ScheduleColumns, scheduleColumnNames } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import { relatedOfArticles, type StoredRelated, workingCopy } from '../working/store.ts'

/** What a change needs to know of an article as it is. */
export async function currentOf(tx: Write, row: ArticleTable, site: string | null): Promise<Current> {
  return {
    row,
    copy: await workingCopy(tx.read, row, site),
    lists: await listsOfArticle(tx.read, row.id),
    related: (await relatedOfArticles(tx.read, [row.id])).get(row.id) ?? [],
  }
}

async function saveNames(tx: Write, articleId: string, { authors, topics }: Content): Promise<void> {
  await tx.deleteFrom('article_authors').where('article_id', '=', articleId).execute()
  await tx.deleteFrom('article_topics').where('article_id', '=', articleId).execute()
  const authorRows = authors.map(({ id, role }, position) => ({ article_id: articleId, position, author_id: id, role }))
  const topicRows = topics.map((topic_id, position) => ({ article_id: articleId, position, topic_id }))
  for (const rows of chunked(authorRows)) await tx.insertInto('article_authors').values(rows).execute()
  for (const rows of chunked(topicRows)) await tx.insertInto('article_topics').values(rows).execute()
}

async function saveRelated(tx: Write, articleId: string, related: readonly StoredRelated[]): Promise<void> {
  await tx.deleteFrom('related').where('article_id', '=', articleId).execute()
  const rows = related.map(({ relation, text, target }, position) => ({
    article_id: articleId,
    position,
    relation,
    text,
    target_type: target?.type ?? null,
    target_article_id: target?.type === 'article' ? target.id : null,
    target_url: target?.type === 'url' ? target.url : null,
  }))
  for (const piece of chunked(rows, 100)) await tx.insertInto('related').values(piece).execute()
}

const plannedStatus = ({ publish_at }: Content['columns']) => (publish_at === null ? 'draft' : 'scheduled')

/** Makes an article, whole; what is planned for a time that is past is done at once. @returns its row */
export async function createArticle(tx: Write, content: Content, slug: string | undefined): Promise<ArticleTable> {
  const id = newId()
  const { columns } = content
  requireNoEmbargo(columns.embargo_until, columns.publish_at, '/schedule/publish/at')
  requireSense(0, columns, null)
  const row: ArticleTable = {
    id,
    revision: 1,
    slug: await claimSlug(tx, 'article', id, { given: slug, text: columns.headline, fallback: 'article' }, false),
    status: plannedStatus(columns),
    published_revision: null,
    was_public: 0,
    word_count: content.sections.reduce((sum, { wordCount }) => sum + wordCount, 0),
    created_at: tx.now,
    updated_at: content.updatedAt ?? tx.now,
    edition_number: null,
    public_slug: null,
    has_unpublished_changes: 1,
    takedown_reason: null,
    takedown_notice: null,
    updated_at_is_set: Number(Boolean(content.updatedAt)),
    ...columns,
  }
  await tx.insertInto('articles').values(row).execute()
  tx.append({ type: 'article.created', subject: { type: 'article', id } })
  if (columns.scheduled_at !== null) tx.append({ type: 'article.scheduled', subject: { type: 'article', id } })
  await saveNames(tx, id, content)
  await saveRelated(tx, id, content.related)
  await saveSections(tx, id, [], content.sections)
  await saveLists(tx, id, [], content.lists, new Set())
  await writeWorkingSearch(tx, row)
  await recordRevision(tx, await workingCopy(tx.read, row, tx.author.site ?? null))
  return performDue(tx, row)
}

/** The columns, with stored JSON kept as it is where it says the same: another order of keys is no change. */
function keepingEqualJson(row: ArticleTable, columns: Content['columns']): Content['columns'] {
  const kept = { ...columns }
  for (const name of Object.keys(jsonColumns) as (keyof typeof jsonColumns)[]) {
    const [stored, given] = [row[name], columns[name]]
    if (stored !== null && given !== null && isDeepStrictEqual(JSON.parse(stored), JSON.parse(given))) Object.assign(kept, { [name]: stored })
  }
  return kept
}

/** Whether a change plans something else. */
export function isRescheduled(row: ArticleTable, { columns }: Pick<Content, 'columns'>): boolean {
  return scheduleColumnNames.some((name) => columns[name] !== row[name])
}

/**
 * Makes a working copy what `content` says; where that changes nothing, nothing is written. What is planned for a time that is
 * past is done at once.
 * @param slug the wanted one, null for a newly derived one, undefined to keep it
 * @returns its row as it is now
 */
export async function replaceArticle(tx: Write, current: Current, content: Content, slug: string | null | undefined): Promise<ArticleTable> {
  const { row, copy } = current
  const { id } = row
  const columns = keepingEqualJson(row, content.columns)
  const isPlanKept = columns.publish_at === row.publish_at
  requireNoEmbargo(columns.embargo_until, columns.publish_at, isPlanKept ? '/embargoUntil' : '/schedule/publish/at', isPlanKept)
  if (isRescheduled(row, content)) requireSense(row.was_public, columns, row)
  const newSlug =
    slug === undefined || slug === row.slug
      ? row.slug
      : await claimSlug(tx, 'article', id, { given: slug ?? undefined, text: columns.headline, fallback: 'article' }, false)
  const hasNewNames = !isDeepStrictEqual(
    { authors: copy.authors.map(({ id, role }) => ({ id, role })), topics: copy.topics.map(({ id }) => id) },
    { authors: content.authors, topics: content.topics },
  )
  const hasNewRelated = !isDeepStrictEqual(current.related, content.related)
  if (hasNewNames) await saveNames(tx, id, content)
  if (hasNewRelated) await saveRelated(tx, id, content.related)
  const moved = movedIds(
    current.lists.map((list) => list.id),
    content.lists.map((list) => list.id),
  )
  const hasNewLists = await saveLists(tx, id, current.lists, content.lists, moved)
  const hasNewSections = await saveSections(tx, id, copy.sections, content.sections)
  const hasNewSchedule = isRescheduled(row, content)
  const words = Object.fromEntries(Object.entries(columns).filter(([name]) => !scheduleColumnNames.includes(name as keyof ScheduleColumns)))
  const hasNewTime = Boolean(content.updatedAt)
  const isChanged = hasNewNames || hasNewRelated || hasNewLists || hasNewSections || hasNewTime || differs<ArticleTable>(row, { ...words, slug: newSlug })
  if (!isChanged && !hasNewSchedule) return row
  const isPlanned = row.status === 'draft' || row.status === 'scheduled'
  await tx
    .updateTable('articles')
    .set({ ...columns, slug: newSlug, ...(isPlanned ? { status: plannedStatus(columns) } : {}) })
    .where('id', '=', id)
    .execute()
  const events: EventTypeOf<'article'>[] = []
  if (isChanged) events.push('article.updated')
  if (hasNewSchedule) events.push('article.scheduled')
  const hasNewPolicy = row.edition_number !== null && columns.comment_policy !== row.comment_policy
  return performDue(tx, await recordChange(tx, id, events, hasNewPolicy ? { commentPolicy: columns.comment_policy } : {}, content.updatedAt))
}

/** The articles whose lists or related items lead to one. */
async function articlesLeadingTo(read: Read, id: string): Promise<string[]> {
  const related = await read.selectFrom('related').select('article_id').where('target_article_id', '=', id).execute()
  const listed = await read
    .selectFrom('highlight_items')
    .innerJoin('highlight_lists', 'highlight_lists.id', 'list_id')
    .select('article_id')
    .where('target_article_id', '=', id)
    .execute()
  return [...related, ...listed].flatMap(({ article_id }) => article_id ?? [])
}

/**
 * An article that leads to another no more; what led there keeps the words it showed, and goes where it showed none.
 * @param words what it showed, where it had neither a text nor a card
 * @param isDisclosed whether a card's headline may still be disclosed
 */
function withoutTarget(document: Article, id: string, words: string | null, isDisclosed: boolean): Article {
  const withoutIt = <T extends { text: string | null; target: unknown }>(item: T): T[] => {
    const target = item.target as { type: string; id?: string; article?: { headline: string } } | null
    if (target?.type !== 'article' || target.id !== id) return [item]
    const text = item.text ?? (isDisclosed ? (target.article?.headline ?? words) : null)
    return text === null ? [] : [{ ...item, text, target: null }]
  }
  return {
    ...document,
    highlightLists: document.highlightLists.map((list) => ({ ...list, items: list.items.flatMap(withoutIt) })),
    related: document.related.flatMap(withoutIt),
  }
}

/** What may be disclosed of an article that is deleted: to editors, and to the public, which last saw its last edition. */
type LastWords = { isDisclosed: boolean; words: string | null; publicWords: string | null }

async function lastWordsOf(read: Read, row: ArticleTable): Promise<LastWords> {
  const isDisclosed = row.takedown_reason !== 'legal'
  const headline = (await lastEdition(read, row.id))?.document.headline
  return { isDisclosed, words: isDisclosed ? (headline ?? row.headline) : null, publicWords: row.edition_number === null ? null : (headline ?? null) }
}

/** Redacts an article outside its own rows: in others' history and editions, events, and answers kept for replay. */
async function removeTraces(tx: Write, id: string, { isDisclosed, words }: LastWords): Promise<void> {
  const headlines = await headlinesOf(tx.read, id)
  for (const articleId of await articlesMentioning(tx.read, id)) {
    await rewriteHistory(tx, articleId, (document) => withoutTarget(document, id, words, isDisclosed))
    // Each edition keeps what it showed in its own time.
    await rewriteEditions(tx, articleId, (document, { publicFrom, hidden }) =>
      withoutTarget(document, id, headlines(publicFrom), isDisclosed && !hidden.includes(id)),
    )
  }
  for (const table of ['article_mentions', 'public_article_targets'] as const) await tx.deleteFrom(table).where('target_id', '=', id).execute()
  await tx
    .deleteFrom('events')
    .where((where) => where.or([where('subject_id', '=', id), where('article_id', '=', id)]))
    .execute()
  await forgetAnswersOn(tx, id)
}

/** Permanently deletes an article with all that is its own; what pointed at it points at nothing, and keeps the words it showed. */
export async function deleteArticle(tx: Write, row: ArticleTable): Promise<void> {
  const { id } = row
  await tx.lock([...(await articlesLeadingTo(tx.read, id)), ...(await articlesMentioning(tx.read, id))].map((articleId) => `article:${articleId}`))
  const lastWords = await lastWordsOf(tx.read, row)
  const { words, publicWords } = lastWords
  const touched = new Set(await clearTargets(tx, 'target_article_id', id, words, publicWords))
  const relating = await tx.read.selectFrom('related').select('article_id').distinct().where('target_article_id', '=', id).execute()
  if (words === null) await tx.deleteFrom('related').where('target_article_id', '=', id).where('text', 'is', null).execute()
  await tx
    .updateTable('related')
    .set(({ fn, val }) => ({ text: fn.coalesce('text', val(words)), target_type: null, target_article_id: null }))
    .where('target_article_id', '=', id)
    .execute()
  for (const { article_id } of relating) touched.add(article_id)
  touched.delete(id)
  await removeTraces(tx, id, lastWords)
  await removeIndexRows(tx, row.id)
  await tx.deleteFrom('articles').where('id', '=', id).execute()
  await releaseSlugs(tx, 'article', id)
  for (const articleId of touched) await recordChange(tx, articleId)
  tx.append({ type: 'article.deleted', subject: { type: 'article', id }, data: { wasPublic: row.edition_number !== null } })
}
