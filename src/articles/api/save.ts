import { isDeepStrictEqual } from 'node:util'
import type { Read } from '../../database/engine.ts'
import type { EventTypeOf } from '../../database/event-types.ts'
import type { Write } from '../../database/handles.ts'
import { newId } from '../../database/ids.ts'
import { movedIds } from '../../database/moves.ts'
import { menusNaming } from '../../database/name-uses.ts'
import { releaseSlugs } from '../../database/slugs.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { differs } from '../../database/values.ts'
import { clearTargets, listsLeadingTo } from '../../highlight-lists/clear.ts'
import { newList, placedLists, saveLists } from '../../highlight-lists/store.ts'
import { claimExternalId } from '../../http/external-ids.ts'
import { forgetAnswersOn } from '../../http/idempotency.ts'
import { claimSlug, firstSlug } from '../../http/slug-claims.ts'
import { newSection, saveSections } from '../../sections/store.ts'
import { loadShareNetworks } from '../../site/store.ts'
import { type Changing, changing, unkept } from '../public/changing.ts'
import { performDue } from '../public/due.ts'
import { headlinesOf, lastEdition, rewriteEditions } from '../public/editions.ts'
import { refreshSearch, removeIndexRows, writeWorkingSearch } from '../public/index-rows.ts'
import { firstPublication, insertPublication } from '../public/publish.ts'
import { recordChange } from '../public/record-change.ts'
import { writeTextLinks } from '../public/text-links.ts'
import { saveAliases } from '../working/aliases.ts'
import { aliasesOf, assembled, translatedOf } from '../working/current.ts'
import { jsonColumns } from '../working/fields.ts'
import type { Content } from '../working/resolve.ts'
import { articlesMentioning, recordRevision, rewriteHistory } from '../working/revisions.ts'
import { requireNoEmbargo, requireSense, type ScheduleColumns, scheduleColumnNames } from '../working/schedule.ts'
import type { Article } from '../working/schemas.ts'
import type { StoredRelated } from '../working/store.ts'
import { type Joined, joinTranslations, requireFreeLanguage, requireFreePlan, translatedArticle } from '../working/translations.ts'

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id)

function insertNames(tx: Write, articleId: string, { authors, topics }: Content): void {
  tx.insert(
    'article_authors',
    authors.map(({ id, role }, position) => ({ article_id: articleId, position, author_id: id, role })),
  )
  tx.insert(
    'article_topics',
    topics.map(({ id }, position) => ({ article_id: articleId, position, topic_id: id })),
  )
}

function insertRelated(tx: Write, articleId: string, related: readonly StoredRelated[]): void {
  tx.insert(
    'related',
    related.map(({ relation, text, target }, position) => ({
      article_id: articleId,
      position,
      relation,
      text,
      target_type: target?.type ?? null,
      target_article_id: target?.type === 'article' ? target.id : null,
      target_url: target?.type === 'url' ? target.url : null,
    })),
  )
}

function removeParts(tx: Write, articleId: string, tables: readonly ('article_authors' | 'article_topics' | 'related')[]): void {
  for (const table of tables) tx.run(tx.deleteFrom(table).where('article_id', '=', articleId))
}

/** What an event says of the translations that are others now: where the public sees none of them, nothing. */
const touchedBy = ({ touched }: Joined, isPublic: boolean) => (isPublic || touched.length > 0 ? { translations: [...new Set(touched)] } : {})

const plannedStatus = ({ publish_at }: Content['columns']) => (publish_at === null ? 'draft' : 'scheduled')

/**
 * Makes an article, whole; what is planned for a time that is past is done at once.
 * @param isPublished whether it is public at once @returns it as it is now
 */
export async function createArticle(tx: Write, content: Content, slug: string | undefined, isPublished: boolean): Promise<Changing> {
  const id = newId()
  const { columns, authors, topics, related, aliases } = content
  const site = tx.author.site ?? null
  requireNoEmbargo(columns.embargo_until, columns.publish_at, '/schedule/publish/at')
  if (columns.external_id !== null) await claimExternalId(tx, 'article', id, columns.external_id)
  requireSense(0, columns, null)
  const [given, networks] = await Promise.all([
    firstSlug(tx, 'article', id, { given: slug, text: columns.headline, fallback: 'article' }, isPublished),
    loadShareNetworks(tx.read),
  ])
  const joined = content.translationOf === null ? null : await joinTranslations(tx, { id, language: columns.language }, content.translationOf)
  const row: ArticleTable = {
    id,
    revision: 1,
    slug: given,
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
    translation_group: joined?.group ?? null,
    ...columns,
  }
  const sections = content.sections.map((section) => newSection(id, section, tx.now))
  const lists = placedLists(id, content.lists).map((list) => newList(list, tx.now))
  const parts = { authors, topics, sections, lists, related, aliases, networks, ...(await translatedArticle(tx.read, row, site)) }
  const made = unkept(await assembled(tx.read, row, parts, site))
  const first = isPublished ? await firstPublication(tx, made) : null
  tx.insert('articles', [(first?.published ?? made).row])
  tx.append({ type: 'article.created', subject: { type: 'article', id }, data: joined ? touchedBy(joined, isPublished) : {}, revision: [null, 1] })
  if (columns.scheduled_at !== null) tx.append({ type: 'article.scheduled', subject: { type: 'article', id }, revision: [1, 1] })
  insertNames(tx, id, content)
  insertRelated(tx, id, related)
  await saveAliases(tx, id, [], aliases)
  saveSections(tx, id, [], content.sections)
  saveLists(tx, id, [], content.lists, new Set())
  writeTextLinks(tx, 'working', id, made.copy, made.kept)
  made.kept.head = await recordRevision(tx, made.copy, null, isPublished)
  if (!first) {
    await writeWorkingSearch(tx, made)
    return performDue(tx, made)
  }
  await insertPublication(tx, first.published, first.publication, null, false)
  return first.published
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
 * @returns it as it is now
 */
export async function replaceArticle(tx: Write, current: Changing, content: Content, slug: string | null | undefined): Promise<Changing> {
  const { row, copy, kept } = current
  const { id } = row
  const columns = keepingEqualJson(row, content.columns)
  const isPlanKept = columns.publish_at === row.publish_at
  requireNoEmbargo(columns.embargo_until, columns.publish_at, isPlanKept ? '/embargoUntil' : '/schedule/publish/at', isPlanKept)
  if (isRescheduled(row, content)) requireSense(row.was_public, columns, row)
  if (columns.external_id !== null && columns.external_id !== row.external_id) await claimExternalId(tx, 'article', id, columns.external_id)
  const newSlug =
    slug === undefined || slug === row.slug
      ? row.slug
      : await claimSlug(tx, 'article', id, { given: slug ?? undefined, text: columns.headline, fallback: 'article' }, false)
  const { language } = columns
  const isOtherwiseTranslated = content.translationOf !== (copy.translationOf ?? null)
  const joined = isOtherwiseTranslated ? await joinTranslations(tx, { id, language }, content.translationOf) : null
  const translation_group = joined ? joined.group : row.translation_group
  if (language !== row.language) await requireFreeLanguage(tx, { id, language }, translation_group)
  await requireFreePlan(tx, row, columns.publish_revision, translation_group, '/schedule/publish/revision')
  const namesOf = ({ authors, topics }: Pick<Content, 'authors' | 'topics'>) => [authors.map(({ id, role }) => ({ id, role })), idsOf(topics)]
  const hasNewNames = !isDeepStrictEqual(namesOf(copy), namesOf(content))
  const { aliases } = content
  const hasNewAliases = !isDeepStrictEqual(aliasesOf(copy), aliases)
  const hasNewRelated = !isDeepStrictEqual(current.related, content.related)
  if (hasNewNames) {
    removeParts(tx, id, ['article_authors', 'article_topics'])
    insertNames(tx, id, content)
  }
  if (hasNewRelated) {
    removeParts(tx, id, ['related'])
    insertRelated(tx, id, content.related)
  }
  if (hasNewAliases) await saveAliases(tx, id, aliasesOf(copy), aliases)
  const lists = saveLists(tx, id, current.lists, content.lists, movedIds(idsOf(current.lists), idsOf(content.lists)))
  const sections = saveSections(tx, id, copy.sections, content.sections)
  const hasNewSchedule = isRescheduled(row, content)
  const words = Object.fromEntries(Object.entries(columns).filter(([name]) => !scheduleColumnNames.includes(name as keyof ScheduleColumns)))
  const translated = joined ? await translatedArticle(tx.read, { id, translation_group }, tx.author.site ?? null) : translatedOf(copy)
  const hasNewGroup = !isDeepStrictEqual(translated, translatedOf(copy))
  const hasNewParts = hasNewNames || hasNewRelated || hasNewAliases || hasNewGroup || lists !== current.lists || sections !== copy.sections
  const isChanged = hasNewParts || Boolean(content.updatedAt) || differs<ArticleTable>(row, { ...words, slug: newSlug })
  if (!isChanged && !hasNewSchedule) return current
  const isPlanned = row.status === 'draft' || row.status === 'scheduled'
  const { authors, topics } = hasNewNames ? content : copy
  const related = hasNewRelated ? content.related : current.related
  const parts = { authors, topics, sections, lists, related, aliases, networks: current.networks, ...translated }
  const after = { ...(await assembled(tx.read, row, parts, tx.author.site ?? null, current)), kept }
  const events: EventTypeOf<'article'>[] = []
  if (isChanged) events.push('article.updated')
  if (hasNewSchedule) events.push('article.scheduled')
  const hasNewPolicy = row.edition_number !== null && (columns.comment_policy !== row.comment_policy || columns.comments_close_at !== row.comments_close_at)
  const recorded = await recordChange(tx, after, {
    columns: { ...columns, slug: newSlug, translation_group, ...(isPlanned ? { status: plannedStatus(columns) } : {}) },
    events,
    data: {
      ...(hasNewPolicy ? { commentPolicy: columns.comment_policy, commentsCloseAt: columns.comments_close_at } : {}),
      ...(hasNewAliases && row.edition_number !== null ? { aliases: true } : {}),
      ...(columns.external_id !== row.external_id && row.edition_number !== null ? { externalId: true } : {}),
      ...(joined && hasNewGroup ? { translationOf: true, ...touchedBy(joined, row.edition_number !== null) } : {}),
    },
    updatedAt: content.updatedAt,
  })
  return performDue(tx, recorded)
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
    ...(document.translationOf === id ? { translationOf: null } : {}),
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
  const gathered = await tx.read
    .selectFrom('events')
    .select(['change_set', ({ fn }) => fn.countAll().as('count')])
    .where((where) => where.or([where('subject_id', '=', id), where('article_id', '=', id)]))
    .where('change_set', 'is not', null)
    .groupBy('change_set')
    .orderBy('change_set')
    .execute()
  await tx
    .deleteFrom('events')
    .where((where) => where.or([where('subject_id', '=', id), where('article_id', '=', id)]))
    .execute()
  tx.forgetEvents(id, new Map(gathered.map(({ change_set, count }) => [change_set as string, Number(count)])))
  await forgetAnswersOn(tx, id)
}

/** Permanently deletes an article with all that is its own; what pointed at it points at nothing, and keeps the words it showed. */
export async function deleteArticle(tx: Write, row: ArticleTable): Promise<void> {
  const { id } = row
  tx.lock([...(await articlesLeadingTo(tx.read, id)), ...(await articlesMentioning(tx.read, id))].map((articleId) => `article:${articleId}`))
  // What is under way of its comments, and of lists that lead there, is done before, and goes with it.
  tx.lock([`comments:${id}`])
  tx.lock((await listsLeadingTo(tx.read, id)).map((listId) => `highlight-list:${listId}`))
  const lastWords = await lastWordsOf(tx.read, row)
  const { words, publicWords } = lastWords
  // Caches may have what the same batch has taken down.
  const isTakenDown = tx.waitingEvents(id).some(({ type, data }) => type === 'article.unpublished' || (type === 'article.trashed' && data?.wasPublic))
  const touched = new Set(await clearTargets(tx, 'target_article_id', id, words, publicWords))
  const relating = await tx.read.selectFrom('related').select('article_id').distinct().where('target_article_id', '=', id).orderBy('article_id').execute()
  if (words === null) await tx.deleteFrom('related').where('target_article_id', '=', id).where('text', 'is', null).execute()
  await tx
    .updateTable('related')
    .set(({ fn, val }) => ({ text: fn.coalesce('text', val(words)), target_type: null, target_article_id: null }))
    .where('target_article_id', '=', id)
    .execute()
  for (const { article_id } of relating) touched.add(article_id)
  touched.delete(id)
  const articles = [...new Set([...touched, ...(await articlesMentioning(tx.read, id))])].filter((articleId) => articleId !== id)
  await removeTraces(tx, id, lastWords)
  await removeIndexRows(tx, row.id)
  await tx.deleteFrom('articles').where('id', '=', id).execute()
  await releaseSlugs(tx, 'article', id)
  for (const articleId of new Set([...touched, ...articles])) {
    const other = await tx.read.selectFrom('articles').selectAll().where('id', '=', articleId).executeTakeFirstOrThrow()
    const changed = await changing(tx, other)
    await refreshSearch(tx, changed)
    if (touched.has(articleId)) await recordChange(tx, changed)
  }
  const shows = { ...(articles.length > 0 ? { articles } : {}), ...(await menusNaming(tx.read, id)) }
  const data = { wasPublic: row.edition_number !== null || isTakenDown, ...shows }
  tx.append({ type: 'article.deleted', subject: { type: 'article', id }, data, revision: [row.revision, null] })
}
