import { authorsOfArticles } from '../../authors/store.ts'
import type { Read } from '../../database/engine.ts'
import { inOrder as rowsInOrder } from '../../database/pages.ts'
import type { ArticleTable, RelatedTable } from '../../database/tables.ts'
import { groupBy, inPieces } from '../../database/values.ts'
import { articlesOf, presentList, presentTarget, type TargetArticle } from '../../highlight-lists/present.ts'
import { listsOfArticles, type StoredTarget } from '../../highlight-lists/store.ts'
import { sectionsOfArticles } from '../../sections/store.ts'
import { loadShareNetworks } from '../../site/store.ts'
import { topicsOfArticles } from '../../topics/store.ts'
import { aliasesOfArticles } from './aliases.ts'
import { workingCards, workingTargets } from './cards.ts'
import { inFieldOrder, type PartialArticle, whole, workingArticle } from './copies.ts'
import { digestsOf } from './digests.ts'
import { leftOutOfRows } from './fields.ts'
import type { Article, Related } from './schemas.ts'
import { translatedArticles, untranslated } from './translations.ts'

export type StoredRelated = { relation: Related['relation']; text: string | null; target: Exclude<StoredTarget, { type: 'section' }> | null }

/** An article as it is answered, with what its answer's headers need. */
export type Document = {
  id: string
  article: PartialArticle
  isPartial: boolean
  keys: string[]
  /** The keys of what it leads to and doesn't show. */
  dependsOn?: string[]
  /** The ids of the articles that it leaves out since they aren't public. */
  hidden?: string[]
  /** Its sections as JSON, in the place of the empty ones that it shows. */
  sections?: string | null
}

/** Which parts to load besides those of every row: all for a whole article. */
export type Parts = ReadonlySet<string>

export const allParts: Parts = new Set<string>(leftOutOfRows)

/** A related item of its row. */
export function relatedOf({ relation, text, target_type, target_article_id, target_url }: Omit<RelatedTable, 'article_id' | 'position'>): StoredRelated {
  let target: StoredRelated['target'] = null
  if (target_type === 'url' && target_url) target = { type: 'url', url: target_url }
  if (target_type === 'article' && target_article_id) target = { type: 'article', id: target_article_id }
  return { relation, text, target }
}

/** What articles lead to besides their lists, in order. */
export async function relatedOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, StoredRelated[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read.selectFrom('related').selectAll().where('article_id', 'in', ids).orderBy('article_id').orderBy('position').execute(),
  )
  return new Map([...groupBy(rows, (row) => row.article_id)].map(([id, own]) => [id, own.map(relatedOf)]))
}

/** Related items as the API shows them; in public those whose article isn't are left out. */
export function presentRelated(
  items: readonly StoredRelated[],
  cards: ReadonlyMap<string, TargetArticle>,
  isPublic: boolean,
): { value: Related[]; isPartial: boolean } {
  const value = items.flatMap(({ relation, text, target }) => {
    const presented = presentTarget(target, cards, isPublic)
    return presented || !target ? [{ relation, text, target: presented }] : []
  })
  return { value, isPartial: value.length < items.length }
}

/**
 * Working copies, in the order of `rows`, each kind of part in one query for all of them.
 * @param parts which of the parts that rows leave out to load
 * @param site the pattern of `PUBLIC_SITE_URL`
 */
export async function workingDocuments(read: Read, rows: readonly ArticleTable[], parts: Parts, site: string | null): Promise<Document[]> {
  const ids = rows.map(({ id }) => id)
  const authors = await authorsOfArticles(read, ids)
  const topics = await topicsOfArticles(read, ids)
  const sections = parts.has('sections') ? await sectionsOfArticles(read, ids) : null
  const lists = parts.has('highlightLists') ? await listsOfArticles(read, ids) : null
  const related = parts.has('related') ? await relatedOfArticles(read, ids) : null
  const aliases = parts.has('aliases') ? await aliasesOfArticles(read, ids) : null
  const translated = parts.has('translations') || parts.has('translationOf') ? await translatedArticles(read, rows, site) : null
  const targets = await workingTargets(
    read,
    [...(lists?.values() ?? [])].flat().flatMap(({ items }) => articlesOf(items)),
  )
  const cards = await workingCards(
    read,
    [...(related?.values() ?? [])].flat().flatMap(({ target }) => (target?.type === 'article' ? [target.id] : [])),
    site,
  )
  const digests = sections ? null : await digestsOf(read, rows)
  const networks = parts.has('share') ? await loadShareNetworks(read) : []
  const leftOut = new Set(leftOutOfRows.filter((name) => !parts.has(name)))
  return rows.map((row): Document => {
    const own = {
      authors: authors.get(row.id) ?? [],
      topics: topics.get(row.id) ?? [],
      ...(sections ? { sections: sections.get(row.id) ?? [] } : {}),
      ...(lists ? { highlightLists: (lists.get(row.id) ?? []).map((list) => presentList(list, targets, false).value) } : {}),
      ...(related ? { related: presentRelated(related.get(row.id) ?? [], cards, false).value } : {}),
      ...(translated ? (translated.get(row.id) ?? untranslated) : {}),
      ...(aliases ? { aliases: aliases.get(row.id) ?? [] } : {}),
    }
    const article = workingArticle({ row, parts: own, site, networks }, leftOut)
    return { id: row.id, article: digests ? inFieldOrder({ ...article, ...digests.get(row.id) }) : article, isPartial: false, keys: [] }
  })
}

/** Working copies by their ids, in this order. */
export async function workingDocumentsById(read: Read, ids: readonly string[], parts: Parts, site: string | null): Promise<Document[]> {
  const rows = await inPieces(ids, (piece) => read.selectFrom('articles').selectAll().where('id', 'in', piece).execute())
  return workingDocuments(read, rowsInOrder(ids, rows), parts, site)
}

/** One article, whole, as editors change it. */
export async function workingCopy(read: Read, row: ArticleTable, site: string | null): Promise<Article> {
  const [document] = await workingDocuments(read, [row], allParts, site)
  return whole((document as Document).article)
}
