import type { Read } from '../../database/engine.ts'
import { chunked, inPieces } from '../../database/values.ts'
import { articlesOf, presentList, type TargetArticle } from '../../highlight-lists/present.ts'
import type { StoredList } from '../../highlight-lists/store.ts'
import type { ShareNetwork } from '../../site/networks.ts'
import { articleUrl, shareOf } from '../working/addresses.ts'
import { cardOf } from '../working/cards.ts'
import { leftOutOfRows } from '../working/fields.ts'
import type { Article, Related } from '../working/schemas.ts'
import { type Document, type Parts, presentRelated, type StoredRelated } from '../working/store.ts'
import { inOrderOfLanguage } from '../working/translations.ts'
import { type Edition, editionsAt } from './editions.ts'
import { targetsOf } from './index-values.ts'
import { type Loaded, load, type Shown } from './load.ts'

/** What an edition says of itself, brought to the names and the address that are right now. */
function live({ document, commentPolicy, commentsCloseAt }: Shown, { authors, topics }: Loaded, site: string | null): Article {
  document.authors = document.authors.map((author) => ({ ...author, ...authors.get(author.id) }))
  document.topics = document.topics.map((topic) => topics.get(topic.id) ?? topic)
  document.commentPolicy = commentPolicy
  document.commentsCloseAt = commentsCloseAt
  document.url = articleUrl(site, document)
  return document
}

/** A public article as what leads to it shows it. */
export const targetOf = (article: Article): TargetArticle => ({ slug: article.slug, isPublic: true, card: cardOf(article) })

/** The cards of those of these articles that were loaded. */
function cardsIn(loaded: Loaded, ids: Iterable<string>, site: string | null): Map<string, TargetArticle> {
  const cards = new Map<string, TargetArticle>()
  for (const id of ids) {
    const edition = loaded.editions.get(id)
    if (!edition) continue
    cards.set(id, targetOf(live(edition, loaded, site)))
  }
  return cards
}

/** The articles that what was loaded leads to with a card. */
const relatedFrom = ({ editions }: Loaded): Set<string> => new Set([...editions.values()].flatMap(({ document }) => articlesOf(document.related)))

/** The parts, and which of them leave something out since it isn’t public. */
type Presented = { highlightLists: Article['highlightLists']; related: Related[]; partial: readonly ('highlightLists' | 'related')[] }

/** The parts of an edition that lead to articles, as the public sees them. */
export function presentParts(
  document: Article,
  targets: ReadonlyMap<string, TargetArticle>,
  cards: ReadonlyMap<string, TargetArticle>,
  isPublic: boolean,
): Presented {
  const lists = document.highlightLists.map((list) => presentList(list as StoredList, targets, isPublic))
  const related = presentRelated(document.related as StoredRelated[], cards, isPublic)
  return {
    highlightLists: lists.map(({ value }) => value),
    related: related.value,
    partial: [...(related.isPartial ? (['related'] as const) : []), ...(lists.some(({ isPartial }) => isPartial) ? (['highlightLists'] as const) : [])],
  }
}

const noTranslations = { translations: [], keys: [], dependsOn: [], hidden: [] }

type Translations = Required<Pick<Document, 'keys' | 'dependsOn' | 'hidden'>> & { translations: Article['translations'] }

/** The public stories that one is a translation of, or they of it; those that aren't public are hidden. */
function translationsIn(loaded: Loaded, id: string, site: string | null): Translations {
  const others = loaded.translations.get(id) ?? []
  const shown = others.flatMap((other) => {
    const edition = loaded.editions.get(other)
    return edition ? [live(edition, loaded, site)] : []
  })
  return {
    translations: inOrderOfLanguage(shown.map(({ language, id, slug, headline, url }) => ({ language, id, slug, headline, url }))),
    // An address may be made of the main topic.
    keys: shown.flatMap((other) => [`article:${other.id}`, ...other.topics.slice(0, 1).map((topic) => `topic:${topic.id}`)]),
    dependsOn: others.map((other) => `article:${other}`),
    hidden: others.filter((other) => !loaded.editions.has(other)),
  }
}

/** The same, read for one whose other parts come from elsewhere. */
export async function publicTranslations(read: Read, id: string, site: string | null): Promise<Translations> {
  return translationsIn(await load(read, [id], new Set(['translations'])), id, site)
}

/**
 * What the public sees of articles, in the order of their ids; those that aren't public are left out.
 * @param parts which of the parts that rows leave out to give
 * @param site the pattern of `PUBLIC_SITE_URL`
 * @param isRaw whether sections come apart, as the JSON that they are stored as
 */
export async function publicDocuments(read: Read, ids: readonly string[], parts: Parts, site: string | null, isRaw = false): Promise<Document[]> {
  if (ids.length === 0) return []
  const loaded = await load(read, ids, parts)
  const cards = parts.has('related') ? cardsIn(loaded, relatedFrom(loaded), site) : new Map<string, TargetArticle>()
  const targets = new Map([...loaded.slugs].map(([id, slug]) => [id, { slug, isPublic: true }]))
  return ids.flatMap((id): Document[] => {
    const edition = loaded.editions.get(id)
    if (!edition) return []
    const whole = live(edition, loaded, site)
    const { listed, related: relatedIds } = targetsOf(whole)
    const { partial, highlightLists, related } = presentParts(whole, targets, cards, true)
    const { translations, ...translated } = parts.has('translations') ? translationsIn(loaded, id, site) : noTranslations
    Object.assign(whole, { highlightLists, related, translations, commentCount: edition.commentCount, share: shareOf(whole, loaded.networks) })
    if (!isRaw && edition.sections !== null) whole.sections = JSON.parse(edition.sections)
    const article: Document['article'] = whole
    for (const name of leftOutOfRows) if (!parts.has(name)) delete article[name]
    const dependsOn = [...[...relatedIds, ...listed].map((other) => `article:${other}`), ...translated.dependsOn]
    const hidden = [
      ...translated.hidden,
      ...(parts.has('related') ? relatedIds.filter((other) => !cards.has(other)) : []),
      ...(parts.has('highlightLists') ? listed.filter((other) => !targets.has(other)) : []),
    ]
    return [
      {
        id,
        article,
        isPartial: partial.some((name) => parts.has(name)),
        keys: [...keysOf(article, cards), ...translated.keys],
        dependsOn,
        hidden,
        ...(isRaw ? { sections: edition.sections } : {}),
      },
    ]
  })
}

/** The keys of everything that an article shows, by which caches are purged. */
function keysOf(article: Document['article'], cards: ReadonlyMap<string, TargetArticle>): string[] {
  const { authors = [], topics = [], highlightLists = [] } = article
  const { listed, related } = targetsOf(article)
  const keys = [`article:${article.id}`]
  if (article.share) keys.push('site')
  if (article.commentCount !== undefined) keys.push(`comments:${article.id}`)
  for (const { id } of authors) keys.push(`author:${id}`)
  for (const { id } of topics) keys.push(`topic:${id}`)
  for (const { id } of highlightLists) keys.push(`highlight-list:${id}`)
  for (const id of listed) keys.push(`article:${id}`)
  const relatedCards = related.flatMap((id): [string, TargetArticle][] => (cards.has(id) ? [[id, cards.get(id) as TargetArticle]] : []))
  return keys.concat(keysOfCards(new Map(relatedCards)))
}

/** What the public sees of one article. */
export async function publicDocument(read: Read, id: string, parts: Parts, site: string | null, isRaw = false): Promise<Document & { article: Article }> {
  const [document] = await publicDocuments(read, [id], parts, site, isRaw)
  if (!document) throw new Error(`the article ${id} has no public edition`)
  return document as Document & { article: Article }
}

/** An edition as it was public when it was published, without what was taken down since; its translations are those of now. */
export async function editionDocument(read: Read, { document, hidden }: Edition, site: string | null): Promise<Document> {
  const targets = [...document.highlightLists.flatMap(({ items }) => items), ...document.related].flatMap(({ target }) =>
    target?.type === 'article' ? [target] : [],
  )
  const ids = [...new Set(targets.map(({ id }) => id))]
  const publicIds = new Set<string>()
  for (const piece of chunked(ids))
    for (const { article_id } of await read.selectFrom('public_articles').select('article_id').where('article_id', 'in', piece).execute())
      if (!hidden.includes(article_id)) publicIds.add(article_id)
  const cards = new Map(targets.map(({ id, slug, article }) => [id, { slug, isPublic: publicIds.has(id), ...(article ? { card: article } : {}) }]))
  const slugs = new Map([...cards].map(([id, { slug, isPublic }]) => [id, { slug, isPublic }]))
  const { partial, ...parts } = presentParts(document, slugs, cards, true)
  const { translations, ...translated } = await publicTranslations(read, document.id, site)
  const keys = [...[document.id, ...publicIds].map((id) => `article:${id}`), ...translated.keys]
  // What was hidden in its time stays so.
  const pending = ids.filter((id) => !publicIds.has(id) && !hidden.includes(id))
  return {
    id: document.id,
    article: { ...document, ...parts, translations },
    isPartial: partial.length > 0,
    keys,
    dependsOn: [...ids.map((id) => `article:${id}`), ...translated.dependsOn],
    hidden: [...pending, ...translated.hidden],
  }
}

/**
 * A new edition with what its targets show as it becomes public; those that aren't public are listed as hidden. It may lead to itself.
 * @param document it, whose authors and topics are named as they are now
 */
export async function completedEdition(
  read: Read,
  document: Article,
  site: string | null,
  networks: readonly ShareNetwork[],
): Promise<{ document: Article; hidden: string[] }> {
  const own = { ...document, url: articleUrl(site, document) }
  const { listed, related } = targetsOf(own)
  const others = (ids: readonly string[]) => [...new Set(ids)].filter((id) => id !== own.id)
  const [slugs, cards] = [await publicSlugs(read, others(listed)), await publicCards(read, others(related), site)]
  slugs.set(own.id, { slug: own.slug, isPublic: true })
  cards.set(own.id, targetOf(own))
  const known = (ids: string[], visible: ReadonlyMap<string, TargetArticle>) =>
    new Map(ids.map((id) => [id, visible.get(id) ?? { slug: hiddenSlug, isPublic: false }]))
  const { partial: _, ...parts } = presentParts(own, known(listed, slugs), known(related, cards), false)
  const hidden = [...new Set([...listed.filter((id) => !slugs.has(id)), ...related.filter((id) => !cards.has(id))])]
  return { document: { ...own, ...parts, share: shareOf(own, networks) }, hidden }
}

/** Articles with the slugs that the public knows them by, those that it sees. */
async function publicSlugs(read: Read, ids: readonly string[]): Promise<Map<string, TargetArticle>> {
  const rows = await inPieces(ids, (piece) =>
    read.selectFrom('articles').select(['id', 'public_slug']).where('id', 'in', piece).where('public_slug', 'is not', null).execute(),
  )
  return new Map(rows.map(({ id, public_slug }) => [id, { slug: public_slug as string, isPublic: true }]))
}

// Never shown: what was hidden stays so in its edition.
const hiddenSlug = 'hidden'

/** Articles with the cards that the public sees of them, those that it does. */
export async function publicCards(read: Read, ids: readonly string[], site: string | null): Promise<Map<string, TargetArticle>> {
  return ids.length === 0 ? new Map() : cardsIn(await load(read, [...new Set(ids)], new Set()), new Set(ids), site)
}

/** The same as it was at a time (RFC 3339), of those that the public sees now. */
export async function publicCardsAt(read: Read, ids: readonly string[], time: string): Promise<Map<string, TargetArticle>> {
  return new Map([...(await editionsAt(read, ids, time))].map(([id, { document }]) => [id, targetOf(document)]))
}

/** The keys of what cards show, by which caches are purged. */
export function keysOfCards(articles: ReadonlyMap<string, TargetArticle>): string[] {
  return [...articles].flatMap(([id, { isPublic, card }]) =>
    isPublic
      ? [`article:${id}`, ...(card?.authors ?? []).map((author) => `author:${author.id}`), ...(card?.topics ?? []).map((topic) => `topic:${topic.id}`)]
      : [],
  )
}
