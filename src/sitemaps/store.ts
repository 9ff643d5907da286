import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { articleUrl } from '../articles/working/addresses.ts'
import type { Read } from '../database/engine.ts'
import type { Tables } from '../database/tables.ts'
import { addAll, groupBy } from '../database/values.ts'
import { asUri } from '../http/formats.ts'

/** So many stories one sitemap has at the most: fewer than the protocol lets it have, so that it is small enough to be kept in memory. */
export const mostStories = 5000
// The protocol’s own, of an index.
const mostSitemaps = 50_000
/** So many a news sitemap has. */
export const mostNews = 1000
// So many are read at once, before the event loop has its turn.
const piece = 500
// The protocol’s own, and as much for a picture.
const longest = { url: 2047, image: 4000 }

/** What a sitemap says of a story. */
export type Listed = {
  url: string
  image: string | null
  language: string
  headline: string
  updatedAt: string
  publishedAt: string
  /** Its address in other languages. */
  alternates: { language: string; url: string }[]
}

/** Where stories are: the pattern of `PUBLIC_SITE_URL`, and the scheme and host in it. */
export type Place = { pattern: string; origin: string }

/** A sitemap of a month: its number, from 1. */
export type MonthPage = { month: string; number: number; changedAt: string }

/** The first text after all times of a month. */
const endOf = (month: string) => `${month}.`

/** The months in which there are public stories, the newest first, with when they changed, in as many sitemaps as each needs. */
export async function monthPages(read: Read, { pattern, origin }: Place): Promise<MonthPage[]> {
  const inPattern = pattern.includes('{topic}') ? sql`and main_topic_id is not null` : sql``
  const rows = await sql<Tables['public_months']>`select month, stories, changed_at from public_months
    where stories > 0 and exists (select 1 from public_articles
      where published_at >= month and published_at < month || '.' and is_noindex = 0
      and ((canonical_url is null ${inPattern}) or canonical_url like '/%' or canonical_url = ${origin}
        or substr(canonical_url, 1, ${origin.length + 1}) = ${`${origin}/`}))
    order by month desc limit ${mostSitemaps}`.execute(read as never)
  const pages = rows.rows.flatMap(({ month, stories, changed_at }) =>
    Array.from({ length: Math.ceil(Number(stories) / mostStories) }, (_, index) => ({ month, number: index + 1, changedAt: changed_at })),
  )
  return pages.slice(0, mostSitemaps)
}

const encoded = (url: string) => (URL.canParse(url) ? asUri(url) : null)

const listedColumns = ['slug', 'canonical_url', 'image_url', 'language', 'headline', 'published_at', 'updated_at'] as const

const listedRows = (read: Read) =>
  read
    .selectFrom('public_articles')
    .leftJoin('topics', 'topics.id', 'main_topic_id')
    .select(['article_id', 'topics.slug as topic_slug'])
    .select(listedColumns.map((column) => `public_articles.${column}` as const))
    .where('is_noindex', '=', 0)

type Row = Awaited<ReturnType<ReturnType<typeof listedRows>['execute']>>[number]

/** A story as a sitemap lists it; null where its address isn’t on the site. */
function listed(row: Row, { pattern, origin }: Place): Listed | null {
  const { article_id: id, slug, canonical_url: canonicalUrl, published_at: publishedAt, topic_slug, language, headline, updated_at: updatedAt } = row
  const topics = topic_slug === null ? [] : [{ slug: topic_slug }]
  const address = articleUrl(pattern, { id, slug: slug as string, canonicalUrl, publishedAt, topics })
  if (address === null || URL.parse(address)?.origin !== origin) return null
  const url = asUri(address)
  if (url.length > longest.url) return null
  const image = row.image_url === null ? null : encoded(row.image_url)
  return { url, image: image !== null && image.length <= longest.image ? image : null, language, headline, updatedAt, publishedAt, alternates: [] }
}

/** The addresses of stories' translations that search engines may find, by the ids of the stories. */
async function alternatesOf(read: Read, rows: readonly Row[], place: Place): Promise<Map<string, Listed['alternates']>> {
  const ids = rows.map(({ article_id }) => article_id)
  const others = await listedRows(read)
    .innerJoin('articles as translated', 'translated.id', 'public_articles.article_id')
    .innerJoin('articles as asked', (join) =>
      join.onRef('asked.translation_group', '=', 'translated.translation_group').onRef('asked.id', '<>', 'translated.id'),
    )
    .select('asked.id as asked_id')
    .where('asked.id', 'in', ids)
    .where('asked.translation_group', 'is not', null)
    .orderBy('public_articles.language')
    .execute()
  const found = groupBy(others, ({ asked_id }) => asked_id)
  return new Map([...found].map(([id, own]) => [id, own.flatMap((row) => listed(row, place) ?? []).map(({ language, url }) => ({ language, url }))]))
}

async function present(read: Read, rows: readonly Row[], place: Place): Promise<Listed[]> {
  if (rows.length === 0) return []
  const alternates = await alternatesOf(read, rows, place)
  return rows.flatMap((row) => {
    const story = listed(row, place)
    return story ? [{ ...story, alternates: alternates.get(row.article_id) ?? [] }] : []
  })
}

/** Where the stories of a sitemap begin: the first of them, which the one before leaves out. */
async function beginning(read: Read, month: string, number: number): Promise<{ time: string; id: string } | undefined> {
  return read
    .selectFrom('public_articles')
    .select(['published_at as time', 'article_id as id'])
    .where('published_at', '>=', month)
    .where('published_at', '<', endOf(month))
    .orderBy('published_at')
    .orderBy('article_id')
    .offset((number - 1) * mostStories)
    .limit(1)
    .executeTakeFirst()
}

/** The stories in a sitemap of a month, the oldest first, so that those that come out are in the last one. */
export async function storiesOf(read: Read, { month, number }: Pick<MonthPage, 'month' | 'number'>, place: Place): Promise<Listed[]> {
  const stories: Listed[] = []
  const first = await beginning(read, month, number)
  const next = first && (await beginning(read, month, number + 1))
  let after = first
  for (let isFirst = true; after; isFirst = false) {
    const { time, id }: { time: string; id: string } = after
    let query = listedRows(read)
      .where('published_at', '>=', time)
      .where('published_at', '<', endOf(month))
      .where((where) => where.or([where('published_at', '>', time), where('article_id', isFirst ? '>=' : '>', id)]))
    if (next)
      query = query
        .where('published_at', '<=', next.time)
        .where((where) => where.or([where('published_at', '<', next.time), where('article_id', '<', next.id)]))
    const rows = await query.orderBy('published_at').orderBy('article_id').limit(piece).execute()
    addAll(stories, await present(read, rows, place))
    const last = rows.at(-1)
    after = rows.length < piece || !last ? undefined : { time: last.published_at, id: last.article_id }
    await nextTurn()
  }
  return stories
}

/** When what is public of a month changed; undefined where nothing ever was. */
export async function changeOf(read: Read, month: string): Promise<string | undefined> {
  return (await read.selectFrom('public_months').select('changed_at').where('month', '=', month).executeTakeFirst())?.changed_at
}

/** The stories since a time, the newest first. */
export async function storiesSince(read: Read, time: string, place: Place): Promise<Listed[]> {
  const rows = await listedRows(read).where('published_at', '>=', time).orderBy('published_at', 'desc').orderBy('article_id', 'desc').limit(mostNews).execute()
  return present(read, rows, place)
}
