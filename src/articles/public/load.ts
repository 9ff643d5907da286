import { type RawBuilder, sql } from 'kysely'
import type { Read } from '../../database/engine.ts'
import { prepared } from '../../database/prepared.ts'
import { chunked, fromJson, inPieces } from '../../database/values.ts'
import { digestOf } from '../../sections/digest.ts'
import { networksOf, type ShareNetwork, usualNetworks } from '../../site/networks.ts'
import { completed } from '../working/copies.ts'
import type { Article } from '../working/schemas.ts'
import type { Parts } from '../working/store.ts'

type Row = {
  kind: 'edition' | 'card' | 'translation' | 'author' | 'topic' | 'target' | 'site'
  id: string
  slug: string | null
  name: string | null
  data: string | null
  more: string | null
  detail: string | null
  count: number
}

/** An edition without its sections, and these as they are stored, where they were asked for. */
export type Shown = { document: Article; hasDigest: boolean; sections: string | null; commentCount: number } & Pick<
  Article,
  'commentPolicy' | 'commentsCloseAt'
>

/** Public editions, and what is live in them. */
export type Loaded = {
  editions: Map<string, Shown>
  authors: Map<string, Pick<Article['authors'][number], 'id' | 'slug' | 'name' | 'image'>>
  topics: Map<string, Article['topics'][number]>
  /** The slugs of the public articles that they lead to. */
  slugs: Map<string, string>
  /** The translations of those that have any, public or not. */
  translations: Map<string, string[]>
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

// Also of those that aren't public, which have no edition.
const translationsOf = ({ from, where }: Source) =>
  sql`select 'translation', shown.id, asked.id, shown.comments_close_at, editions.document, null, shown.comment_policy, 0
    from ${from} left join editions on editions.article_id = shown.id and editions.number = shown.edition_number where ${where}`

const authorsOf = ({ from, where }: Source) =>
  sql`select 'author', authors.id, authors.slug, authors.name, authors.image, null, null, 0
    from ${from} inner join authors on authors.id = shown.author_id where ${where}`

const topicsOf = ({ from, where }: Source) =>
  sql`select 'topic', topics.id, topics.slug, topics.name, null, null, topics.kind, 0
    from ${from} inner join topics on topics.id = shown.topic_id where ${where}`

/** What of articles to load besides what every row shows. */
type Wanted = { targets: boolean; sections: boolean; translations: boolean; share: boolean }

/**
 * What public answers about these articles are made of, in one statement. It only joins, though some rows come twice so: an
 * embedded engine makes a small database of its own for each set that a statement asks for.
 * @param wants whether also of what they lead to, their sections, their translations, and where they are shared
 */
function statement(ids: RawBuilder<unknown>, wants: Wanted): RawBuilder<Row> {
  const asked = (table: string, key = 'article_id'): Source => ({
    from: sql`${sql.table(table)} as shown`,
    where: sql`${sql.ref(`shown.${key}`)} in (${ids})`,
  })
  const onCards = (table: string, key = 'article_id'): Source => ({
    from: sql`public_article_targets as target inner join ${sql.table(table)} as shown on ${sql.ref(`shown.${key}`)} = target.target_id`,
    where: sql`target.article_id in (${ids}) and target.has_card = 1`,
  })
  const grouped = sql`articles as asked inner join articles as translated
    on translated.translation_group = asked.translation_group and translated.id <> asked.id`
  const ofTranslations = (table: string, key = 'article_id'): Source => ({
    from: sql`${grouped} inner join ${sql.table(table)} as shown on ${sql.ref(`shown.${key}`)} = translated.id`,
    where: sql`asked.id in (${ids})`,
  })
  const parts = [
    editionsOf(asked('articles', 'id'), 'edition', wants.sections ? 'editions.sections' : 'null'),
    authorsOf(asked('public_article_authors')),
    topicsOf(asked('public_article_topics')),
  ]
  if (wants.translations) parts.push(translationsOf(ofTranslations('articles', 'id')), topicsOf(ofTranslations('public_article_topics')))
  if (wants.targets)
    parts.push(
      editionsOf(onCards('articles', 'id'), 'card', 'null'),
      authorsOf(onCards('public_article_authors')),
      topicsOf(onCards('public_article_topics')),
      sql`select 'target', articles.id, articles.public_slug, null, null, null, null, 0
        from public_article_targets as target inner join articles on articles.id = target.target_id
        where target.article_id in (${ids}) and articles.public_slug is not null`,
    )
  if (wants.share) parts.push(sql`select 'site', sites.id, null, null, sites.share_networks, null, null, 0 from sites`)
  return sql<Row>`${sql.join(parts, sql` union all `)}`
}

// Most often it is about one article, whole.
const statementOfOne = prepared<{ id: string }, Row>((db, { id }) => ({
  compile: () => statement(sql`${id}`, { targets: true, sections: true, translations: true, share: true }).compile(db),
}))

async function editionRows(read: Read, ids: readonly string[], wants: Wanted): Promise<Row[]> {
  if (ids.length === 1) return statementOfOne(read, { id: ids[0] as string })
  return (await statement(sql.join(ids), wants).execute(read as never)).rows
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

/** Loads public articles. @param parts which of the parts that rows leave out they have */
export async function load(read: Read, articleIds: readonly string[], parts: Parts): Promise<Loaded> {
  const loaded: Loaded = { editions: new Map(), authors: new Map(), topics: new Map(), slugs: new Map(), translations: new Map(), networks: usualNetworks }
  const wants = {
    targets: parts.has('highlightLists') || parts.has('related'),
    sections: parts.has('sections'),
    translations: parts.has('translations'),
    share: parts.has('share'),
  }
  for (const ids of chunked(articleIds)) {
    for (const { kind, id, slug, name, data, more, detail, count } of await editionRows(read, ids, wants)) {
      if (kind === 'translation') loaded.translations.set(slug as string, [...(loaded.translations.get(slug as string) ?? []), id])
      // One that was asked for may also be on a card of another, or its translation, without its sections.
      if (kind === 'edition' || ((kind === 'card' || kind === 'translation') && data !== null && !loaded.editions.has(id))) {
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
