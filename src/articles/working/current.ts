import type { Read } from '../../database/engine.ts'
import type { ArticleTable } from '../../database/tables.ts'
import { pick } from '../../database/values.ts'
import { articlesOf, presentList } from '../../highlight-lists/present.ts'
import type { StoredList } from '../../highlight-lists/store.ts'
import type { Section } from '../../sections/schemas.ts'
import type { ShareNetwork } from '../../site/networks.ts'
import { cardOf, workingCards, workingTargets } from './cards.ts'
import { whole, workingArticle } from './copies.ts'
import type { Article } from './schemas.ts'
import { presentRelated, type StoredRelated } from './store.ts'
import type { Translated } from './translations.ts'

/** An article as it is now: its row, its working copy, the parts that the copy shows otherwise, and where it is shared. */
export type Current = {
  row: ArticleTable
  copy: Article
  lists: readonly StoredList[]
  related: readonly StoredRelated[]
  networks: readonly ShareNetwork[]
}

/** The parts of an article that are rows of their own. */
export type StoredParts = Pick<Article, 'authors' | 'topics'> &
  Translated & { sections: readonly Section[]; aliases: readonly string[] } & Pick<Current, 'lists' | 'related' | 'networks'>

/** Lists whose items name the sections that they lead to as these are now; what led to one that is gone leads nowhere. */
function withSections(lists: Article['highlightLists'], sections: readonly Section[]): Article['highlightLists'] {
  const byId = new Map(sections.map((section) => [section.id, section]))
  return lists.map((list) => ({
    ...list,
    items: list.items.map((item) => {
      if (item.target?.type !== 'section') return item
      const section = byId.get(item.target.id)
      return { ...item, target: section ? { type: 'section' as const, id: section.id, anchor: section.anchor, heading: section.heading } : null }
    }),
  }))
}

/** The old addresses of a working copy. */
export const aliasesOf = ({ aliases = [] }: Article): string[] => aliases

/** What a working copy says of its translations. */
export const translatedOf = ({ translations, translationOf = null }: Article): Translated => ({ translations, translationOf })

/** The parts of an article as it is. */
export const partsOf = ({ copy, lists, related, networks }: Current): StoredParts => ({
  ...pick(copy, 'authors', 'topics', 'sections'),
  ...translatedOf(copy),
  aliases: aliasesOf(copy),
  lists,
  related,
  networks,
})

/** A copy whose targets that lead to itself show what it says. */
function withOwnCard(copy: Article): Article {
  const items = [...copy.highlightLists.flatMap((list) => list.items), ...copy.related]
  if (!items.some(({ target }) => target?.type === 'article' && target.id === copy.id)) return copy
  const { id, slug } = copy
  const card = cardOf(copy)
  const shown = <T extends { target: Article['related'][number]['target'] | Article['highlightLists'][number]['items'][number]['target'] }>(item: T): T =>
    item.target?.type === 'article' && item.target.id === id
      ? { ...item, target: { ...item.target, slug, ...('article' in item.target ? { article: card } : {}) } }
      : item
  return { ...copy, highlightLists: copy.highlightLists.map((list) => ({ ...list, items: list.items.map(shown) })), related: copy.related.map(shown) }
}

const articlesIn = (related: readonly StoredRelated[]) => related.flatMap(({ target }) => (target?.type === 'article' ? [target.id] : []))

/**
 * An article as its row and its parts make it. What its lists and related items show of other articles is looked up.
 * @param before it earlier in the same change: parts that are still the same show what they showed
 */
export async function assembled(read: Read, row: ArticleTable, parts: StoredParts, site: string | null, before: Current | null = null): Promise<Current> {
  const { authors, topics, lists, related, networks, translations, translationOf } = parts
  const sections = [...parts.sections]
  const kept = (part: 'lists' | 'related') => (before && parts[part] === before[part] ? before.copy : null)
  const listed = lists.flatMap(({ items }) => articlesOf(items))
  const shownLists = async () => {
    const targets = await workingTargets(read, listed)
    return lists.map((list) => presentList(list, targets, false).value)
  }
  const shownRelated = async () => presentRelated(related, await workingCards(read, articlesIn(related), site), false).value
  const shown = {
    authors,
    topics,
    sections,
    highlightLists: withSections(kept('lists')?.highlightLists ?? (await shownLists()), sections),
    related: kept('related')?.related ?? (await shownRelated()),
    translations,
    translationOf,
    aliases: [...parts.aliases],
  }
  return { row, copy: withOwnCard(whole(workingArticle({ row, parts: shown, site, networks }))), lists, related, networks }
}

/** The same with another row, whose parts are what they were. */
export function withRow<C extends Current>(current: C, row: ArticleTable, site: string | null): C {
  const parts = pick(current.copy, 'authors', 'topics', 'sections', 'highlightLists', 'related', 'translations', 'translationOf', 'aliases')
  return { ...current, row, copy: withOwnCard(whole(workingArticle({ row, parts, site, networks: current.networks }))) }
}
