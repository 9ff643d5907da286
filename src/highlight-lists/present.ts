import type { ArticleCard } from './card-schemas.ts'
import type { HighlightList, Target } from './schemas.ts'
import type { StoredItem, StoredList } from './store.ts'

/** An article that targets lead to, as the reader may see it. */
export type TargetArticle = { slug: string; isPublic: boolean; card?: ArticleCard }

/** What a reader sees of something that has targets; `isPartial` where something isn't public and so not shown. */
export type Presented<T> = { value: T; isPartial: boolean }

/** The articles that a list leads to. */
export function articlesOf(items: readonly { target: { type: 'article'; id: string } | { type: 'section' | 'url' } | null }[]): string[] {
  const ids: string[] = []
  for (const { target } of items) if (target?.type === 'article') ids.push(target.id)
  return ids
}

/**
 * Items without targets that are gone: what has a text of its own keeps that, the rest goes.
 * @param present the articles that there are @param texts those that the items have by now, by their ids
 */
export const withoutGone = (
  items: readonly StoredItem[],
  present: { has: (id: string) => boolean },
  texts: ReadonlyMap<string, string | null> = new Map(),
): StoredItem[] =>
  items.flatMap((item) => {
    if (item.target?.type !== 'article' || present.has(item.target.id)) return [item]
    const text = item.text ?? texts.get(item.id) ?? null
    return text === null ? [] : [{ ...item, text, target: null }]
  })

/**
 * A stored target as the API shows it; null where its article isn't public and the reader sees only what is.
 * @param articles the articles it may lead to; those with a card show it
 */
export function presentTarget<T extends StoredItem['target']>(
  target: T,
  articles: ReadonlyMap<string, TargetArticle>,
  isPublic: boolean,
): Exclude<T, { type: 'article' }> | Extract<Target, { type: 'article' }> | null {
  if (target?.type !== 'article') return target as Exclude<T, { type: 'article' }>
  const article = articles.get(target.id)
  if (!article || (isPublic && !article.isPublic)) return null
  return { type: 'article', id: target.id, slug: article.slug, ...(article.card ? { article: article.card } : {}) }
}

/**
 * A list as the API shows it. In public, an item whose article isn't public is left out of a freestanding list; in an article's own
 * list it keeps its text without the target, and without a text it is left out too.
 */
export function presentList(list: StoredList, articles: ReadonlyMap<string, TargetArticle>, isPublic: boolean): Presented<HighlightList> {
  let isPartial = false
  const items: HighlightList['items'] = []
  for (const { id, text, target } of list.items) {
    const presented = presentTarget(target, articles, isPublic)
    const isHidden = target !== null && presented === null
    isPartial ||= isHidden
    if (!isHidden || (list.articleId !== null && text !== null)) items.push({ id, text, target: presented })
  }
  const { id, revision, articleId, slug, title, style, position, externalId, createdAt, updatedAt } = list
  const own = externalId === undefined ? {} : { externalId }
  return { value: { id, revision, articleId, slug, title, style, position, items, ...own, createdAt, updatedAt }, isPartial }
}
