import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import type { Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { movedIds } from '../database/moves.ts'
import { releaseSlugs } from '../database/slugs.ts'
import type { ArticleTable } from '../database/tables.ts'
import { chunked, differs } from '../database/values.ts'
import type { EventType } from '../events/types.ts'
import { clearTargets, listsOfArticle, saveLists } from '../highlight-lists/store.ts'
import { claimSlug } from '../http/claims.ts'
import { revokeLinks } from '../previews/store.ts'
import { recordRevision } from '../revisions/store.ts'
import { saveSections } from '../sections/store.ts'
import type { Content, Current } from './resolve.ts'
import type { Article } from './schemas.ts'
import { relatedOfArticles, type StoredRelated, workingCopy } from './store.ts'
import { removeSearchRows, touch, writeDerived } from './touch.ts'

type Status = Article['status']

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

/** Makes an article, whole. @returns its row */
export async function createArticle(tx: Write, content: Content, slug: string | undefined, status: Status): Promise<ArticleTable> {
  const id = newId()
  const isPublic = status === 'published'
  const row: ArticleTable = {
    id,
    revision: 1,
    slug: await claimSlug(tx, 'article', id, { given: slug, text: content.columns.headline, fallback: 'article' }, isPublic),
    status,
    published_revision: isPublic ? 1 : null,
    was_public: Number(isPublic),
    word_count: content.sections.reduce((sum, { wordCount }) => sum + wordCount, 0),
    created_at: tx.now,
    updated_at: tx.now,
    ...content.columns,
    ...(isPublic ? { published_at: content.columns.published_at ?? tx.now } : {}),
  }
  await tx.insertInto('articles').values(row).execute()
  tx.append({ type: 'article.created', subject: { type: 'article', id } })
  await saveNames(tx, id, content)
  await saveRelated(tx, id, content.related)
  await saveSections(tx, id, [], content.sections)
  await saveLists(tx, id, [], content.lists, new Set())
  if (isPublic) tx.append({ type: 'article.published', subject: { type: 'article', id } })
  await writeDerived(tx, row)
  await recordRevision(tx, await workingCopy(tx.read, row, tx.author.site ?? null))
  return row
}

const jsonColumns = ['lead_image', 'source', 'copyright', 'seo', 'corrections', 'custom'] as const

/** The columns, with stored JSON kept as it is where it says the same: another order of keys is no change. */
function keepingEqualJson(row: ArticleTable, columns: Content['columns']): Content['columns'] {
  const kept = { ...columns }
  for (const name of jsonColumns) {
    const [stored, given] = [row[name], columns[name]]
    if (stored !== null && given !== null && isDeepStrictEqual(JSON.parse(stored), JSON.parse(given))) Object.assign(kept, { [name]: stored })
  }
  return kept
}

/**
 * Makes an article what `content` says; where that changes nothing, nothing is written.
 * @param slug the wanted one, null for one made anew, undefined to keep it
 * @returns its row as it is now
 */
export async function replaceArticle(tx: Write, current: Current, content: Content, slug: string | null | undefined, status: Status): Promise<ArticleTable> {
  const { row, copy } = current
  const { id } = row
  const columns = keepingEqualJson(row, content.columns)
  const newSlug =
    slug === undefined || slug === row.slug
      ? row.slug
      : await claimSlug(tx, 'article', id, { given: slug ?? undefined, text: columns.headline, fallback: 'article' }, status === 'published')
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
  const isChanged = hasNewNames || hasNewRelated || hasNewLists || hasNewSections || differs<ArticleTable>(row, { ...columns, slug: newSlug })
  const isPublished = status === 'published' && row.status !== 'published'
  const isWithdrawn = status !== 'published' && row.status === 'published'
  if (!isChanged && !isPublished && !isWithdrawn) return row
  const publication = isPublished ? { was_public: 1, published_at: columns.published_at ?? tx.now } : {}
  await tx
    .updateTable('articles')
    .set({ ...columns, slug: newSlug, status, ...publication })
    .where('id', '=', id)
    .execute()
  if (isPublished) await revokeLinks(tx, id)
  const events: EventType[] = []
  if (isChanged) events.push('article.updated')
  if (isPublished) events.push('article.published')
  if (isWithdrawn) events.push('article.unpublished')
  return touch(tx, id, events)
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

/** Removes an article with all that is its own; what pointed at it points at nothing, and keeps the words it showed. */
export async function deleteArticle(tx: Write, row: ArticleTable): Promise<void> {
  const { id, headline } = row
  await tx.lock((await articlesLeadingTo(tx.read, id)).map((articleId) => `article:${articleId}`))
  const touched = new Set(await clearTargets(tx, 'target_article_id', id, headline))
  const relating = await tx.read.selectFrom('related').select('article_id').distinct().where('target_article_id', '=', id).execute()
  await tx
    .updateTable('related')
    .set(({ fn, val }) => ({ text: fn.coalesce('text', val(headline)), target_type: null, target_article_id: null }))
    .where('target_article_id', '=', id)
    .execute()
  for (const { article_id } of relating) touched.add(article_id)
  touched.delete(id)
  await removeSearchRows(tx, row)
  await tx.deleteFrom('articles').where('id', '=', id).execute()
  await releaseSlugs(tx, 'article', id)
  for (const articleId of touched) await touch(tx, articleId)
  tx.append({ type: 'article.deleted', subject: { type: 'article', id } })
}
