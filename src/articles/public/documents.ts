import { type RawBuilder, sql } from 'kysely'
import type { Read } from '../../database/engine.ts'
import { prepared } from '../../database/prepared.ts'
import { chunked, fromJson, inPieces } from '../../database/values.ts'
import { articlesOf, presentList, type TargetArticle } from '../../highlight-lists/present.ts'
import type { StoredList } from '../../highlight-lists/store.ts'
import { digestOf } from '../../sections/digest.ts'
import { networksOf, type ShareNetwork, usualNetworks } from '../../site/networks.ts'
import { articleUrl, shareOf } from '../working/addresses.ts'
import { cardOf } from '../working/cards.ts'
import { completed } from '../working/copies.ts'
import { leftOutOfRows } from '../working/fields.ts'
import type { Article, Related } from '../working/schemas.ts'
import { type Document, type Parts, presentRelated, type StoredRelated } from '../working/store.ts'
import type { Edition } from './editions.ts'
import { targetsOf } from './index-values.ts'

type Row = {
  kind: 'edition' | 'card' | 'author' | 'topic' | 'target' | 'site'
  id: string
  slug: string | null
  name: string | null
  data: string | null
  more: string | null
  detail: string | null
  count: number
}

/** An edition without its sections, and these as they are stored, where they were asked for. */
type Shown = { document: Article; hasDigest: boolean; sections: string | null; commentCount: number } & Pick<Article, 'commentPolicy' | 'commentsCloseAt'>

/** Public editions, and what is live in them. */
type Loaded = {
  editions: Map<string, Shown>
  authors: Map<string, Pick<Article['authors'][number], 'id' | 'slug' | 'name' | 'image'>>
  topics: Map<string, Article['topics'][number]>
  /** The slugs of the public articles that they lead to. */
  slugs: Map<string, string>
  /** Where they are shared. */
  networks: readonly ShareNetwork[]
}

/** The rows `shown` of a table, and which of them. */
type Source = { from: RawBuilder<unknown>; where: RawBuilder<unknown> }

const editionsOf = ({ from, where }: Source, kind: 'edition' | 'card', sections: 'editions.sections' | 'null') =>
  sql`select ${sql.lit(kind)} as kind, shown.id as id, null as slug, shown.comments_close_at as name, editions.document as data, ${sql.raw(sections)} as more,
    shown.comment_policy as detail, coalesce(comment_counts.approved, 0) as count
    from ${from} inner join editions on editions.article_id = shown.id and editions.number = shown.edition_number
    left join comment_counts on comment_counts.article_id = shown.id where ${where}`

const authorsOf = ({ from, where }: Source) =>
  sql`select 'author', authors.id, authors.slug, authors.name, authors.image, null, null, 0
    from ${from} inner join authors on authors.id = shown.author_id where ${where}`

const topicsOf = ({ from, where }: Source) =>
  sql`select 'topic', topics.id, topics.slug, topics.name, null, null, topics.kind, 0
    from ${from} inner join topics on topics.id = shown.topic_id where ${where}`

/**
 * What public answers about these articles are made of, in one statement. It only joins, though some rows come twice so: an
 * embedded engine makes a small database of its own for each set that a statement asks for.
 * @param withTargets whether also of what they lead to @param withShare whether also where they are shared
 */
function statement(ids: RawBuilder<unknown>, withTargets: boolean, withSections: boolean, withShare: boolean): RawBuilder<Row> {
  const asked = (table: string, key = 'article_id'): Source => ({
    from: sql`${sql.table(table)} as shown`,
    where: sql`${sql.ref(`shown.${key}`)} in (${ids})`,
  })
  const onCards = (table: string, key = 'article_id'): Source => ({
    from: sql`public_article_targets as target inner join ${sql.table(table)} as shown on ${sql.ref(`shown.${key}`)} = target.target_id`,
    where: sql`target.article_id in (${ids}) and target.has_card = 1`,
  })
  const parts = [
    editionsOf(asked('articles', 'id'), 'edition', withSections ? 'editions.sections' : 'null'),
    authorsOf(asked('public_article_authors')),
    topicsOf(asked('public_article_topics')),
  ]
  if (withTargets)
    parts.push(
      editionsOf(onCards('articles', 'id'), 'card', 'null'),
      authorsOf(onCards('public_article_authors')),
      topicsOf(onCards('public_article_topics')),
      sql`select 'target', articles.id, articles.public_slug, null, null, null, null, 0
        from public_article_targets as target inner join articles on articles.id = target.target_id
        where target.article_id in (${ids}) and articles.public_slug is not null`,
    )
  if (withShare) parts.push(sql`select 'site', sites.id, null, null, sites.share_networks, null, null, 0 from sites`)
  return sql<Row>`${sql.join(parts, sql` union all `)}`
}

// Most often it is about one article, whole.
const statementOfOne = prepared<{ id: string }, Row>((db, { id }) => ({ compile: () => statement(sql`${id}`, true, true, true).compile(db) }))

async function editionRows(read: Read, ids: readonly string[], withTargets: boolean, parts: Parts): Promise<Row[]> {
  if (ids.length === 1) return statementOfOne(read, { id: ids[0] as string })
  return (await statement(sql.join(ids), withTargets, parts.has('sections'), parts.has('share')).execute(read as never)).rows
}

async function load(read: Read, articleIds: readonly string[], parts: Parts): Promise<Loaded> {
  const loaded: Loaded = { editions: new Map(), authors: new Map(), topics: new Map(), slugs: new Map(), networks: usualNetworks }
  const withTargets = parts.has('highlightLists') || parts.has('related')
  for (const ids of chunked(articleIds)) {
    for (const { kind, id, slug, name, data, more, detail, count } of await editionRows(read, ids, withTargets, parts)) {
      // One that was asked for may also be on a card of another, without its sections.
      if (kind === 'edition' || (kind === 'card' && !loaded.editions.has(id))) {
        const stored = JSON.parse(data as string)
        loaded.editions.set(id, {
          hasDigest: 'excerpt' in stored,
          document: completed(stored),
          sections: more,
          commentPolicy: detail as Article['commentPolicy'],
          commentsCloseAt: name,
          commentCount: Number(count),
        })
      } else if (kind === 'author') loaded.authors.set(id, { id, slug: slug as string, name: name as string, image: fromJson(data) })
      else if (kind === 'topic') loaded.topics.set(id, { id, slug: slug as string, name: name as string, kind: detail as Article['topics'][number]['kind'] })
      else if (kind === 'target') loaded.slugs.set(id, slug as string)
      else if (kind === 'site') loaded.networks = networksOf(data)
    }
  }
  await addDigests(read, loaded.editions)
  return loaded
}

/** What is told in lists of editions that were made before they said it: it follows from their sections. */
async function addDigests(read: Read, editions: Loaded['editions']): Promise<void> {
  const without = [...editions.values()].filter(({ hasDigest }) => !hasDigest)
  const rows = await inPieces(
    without.map(({ document }) => document.id),
    (ids) =>
      read
        .selectFrom('articles')
        .innerJoin('editions', (join) => join.onRef('editions.article_id', '=', 'articles.id').onRef('editions.number', '=', 'articles.edition_number'))
        .select(['articles.id', 'editions.sections'])
        .where('articles.id', 'in', ids)
        .execute(),
  )
  for (const { id, sections } of rows) {
    const { document } = editions.get(id) as Shown
    Object.assign(document, digestOf({ ...document, sections: JSON.parse(sections) }))
  }
}

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
const targetOf = (article: Article): TargetArticle => ({ slug: article.slug, isPublic: true, card: cardOf(article) })

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

type Presented = { highlightLists: Article['highlightLists']; related: Related[]; isPartial: boolean }

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
    isPartial: related.isPartial || lists.some(({ isPartial }) => isPartial),
  }
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
    const { isPartial, highlightLists, related } = presentParts(whole, targets, cards, true)
    Object.assign(whole, { highlightLists, related, commentCount: edition.commentCount, share: shareOf(whole, loaded.networks) })
    if (!isRaw && edition.sections !== null) whole.sections = JSON.parse(edition.sections)
    const article: Document['article'] = whole
    for (const name of leftOutOfRows) if (!parts.has(name)) delete article[name]
    const showsPartial = isPartial && (parts.has('related') || parts.has('highlightLists'))
    const dependsOn = [...relatedIds, ...listed].map((other) => `article:${other}`)
    const hidden = [
      ...(parts.has('related') ? relatedIds.filter((other) => !cards.has(other)) : []),
      ...(parts.has('highlightLists') ? listed.filter((other) => !targets.has(other)) : []),
    ]
    return [{ id, article, isPartial: showsPartial, keys: keysOf(article, cards), dependsOn, hidden, ...(isRaw ? { sections: edition.sections } : {}) }]
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

/** An edition as it was public when it was published, without what was taken down since. */
export async function editionDocument(read: Read, { document, hidden }: Edition): Promise<Document> {
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
  const { isPartial, ...parts } = presentParts(document, slugs, cards, true)
  const keys = [document.id, ...publicIds].map((id) => `article:${id}`)
  // What was hidden in its time stays so.
  const pending = ids.filter((id) => !publicIds.has(id) && !hidden.includes(id))
  return { id: document.id, article: { ...document, ...parts }, isPartial, keys, dependsOn: ids.map((id) => `article:${id}`), hidden: pending }
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
  const { isPartial: _, ...parts } = presentParts(own, known(listed, slugs), known(related, cards), false)
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

/** The keys of what cards show, by which caches are purged. */
export function keysOfCards(articles: ReadonlyMap<string, TargetArticle>): string[] {
  return [...articles].flatMap(([id, { isPublic, card }]) =>
    isPublic
      ? [`article:${id}`, ...(card?.authors ?? []).map((author) => `author:${author.id}`), ...(card?.topics ?? []).map((topic) => `topic:${topic.id}`)]
      : [],
  )
}
