import { type RawBuilder, sql } from 'kysely'
import { perMillisecond } from '../articles/public/index-values.ts'
import { words } from '../copy/words.ts'
import type { Engine, Read } from '../database/engine.ts'
import { preparedList } from '../database/prepared.ts'
import type { ArticleCard } from '../highlight-lists/card-schemas.ts'

/** What is similar: a topic, an author or a word of the headline; `weight` is the more, the fewer stories have it. */
type Trait = { rows: RawBuilder<unknown>; weight: (found: number) => number }

// The first ones are what a story is about, and who wrote it.
const [mostTopics, mostAuthors, mostWords] = [5, 2, 4]

/** So many of the newest stories that have it are looked at for each. */
const newest = 20

/** What stories have in common weighs the more, the fewer of them have it. @param count how many do */
const rarity = (count: number) => 1 / Math.log2(2 + count)

// Of a word it is only known whether fewer than are looked at have it; one that more have is taken to be as frequent as this.
const frequent = 10_000

// Up to three letters of an alphabet with capitals are words such as “the”; other scripts say more with as many.
const tells = (word: string) => word.length > 3 || /\p{Lo}/u.test(word)

/** The words of a headline by which a story is told: the long ones are the rare ones. */
function tellingWords(headline: string): string[] {
  const known = [...new Set(words(headline))].filter(tells)
  return known.sort((one, other) => other.length - one.length || (one < other ? -1 : 1)).slice(0, mostWords)
}

/** The newest of the public stories that have a topic or an author, from the index. */
const named = (kind: 'topic' | 'author', id: string) =>
  sql`select article_id, published_at, 0 as number from ${sql.table(`public_article_${kind}s`)} where ${sql.ref(`${kind}_id`)} = ${id}
    order by published_at desc, article_id desc limit ${newest}`

/** The newest of those that have a word in their headlines. */
function titled(engine: Engine, word: string) {
  const { table, number, where } = engine.hits('public', [{ words: [word], prefix: false }], 0)
  return sql`select found.article_id, null as published_at, found.number from ${sql.table(table)} cross join search_rows as found
    where found.copy = 'public' and found.number = ${number} and ${where} order by ${number} desc limit ${newest}`
}

/** How many stories have topics or authors. */
const countsOf = preparedList<{ value: string; count: number }>((db, ids) =>
  db.selectFrom('public_counts').select(['value', 'count']).where('kind', 'in', ['topic', 'author']).where('value', 'in', ids),
)

type Row = { trait: number; article_id: string; published_at: string | null; number: number }

/** When a story was published, in milliseconds: by its row, or by the number of its search row. */
const timeOf = ({ published_at, number }: Row) => (published_at === null ? Math.floor(number / perMillisecond) : Date.parse(published_at))

type Similar = { id: string; at: number; score: number }

/** Those with the most in common come first, and the newest of those that have the same. */
const byScore = (one: Similar, other: Similar) => other.score - one.score || other.at - one.at || (one.id < other.id ? 1 : -1)

async function traitsOf(read: Read, engine: Engine, { headline, topics, authors }: ArticleCard): Promise<Trait[]> {
  const ids = { topic: topics.slice(0, mostTopics).map(({ id }) => id), author: authors.slice(0, mostAuthors).map(({ id }) => id) }
  const counts = new Map((await countsOf(read, [...ids.topic, ...ids.author])).map(({ value, count }) => [value, count]))
  // Who wrote it says less than what it is about.
  const share = { topic: 1, author: 0.5 }
  const traits = (['topic', 'author'] as const).flatMap((kind) =>
    ids[kind].map((id): Trait => ({ rows: named(kind, id), weight: () => share[kind] * rarity(counts.get(id) ?? 0) })),
  )
  for (const word of tellingWords(headline)) traits.push({ rows: titled(engine, word), weight: (found) => 0.5 * rarity(found < newest ? found : frequent) })
  return traits
}

/**
 * The ids of public stories that have topics, authors or words of the headline in common with a public story, those with the most of
 * the rarest first, and the newest first among equals. Of each topic, author and word the newest stories are looked at, in one statement.
 */
export async function similarTo(read: Read, engine: Engine, card: ArticleCard, limit: number): Promise<string[]> {
  const traits = await traitsOf(read, engine, card)
  if (traits.length === 0) return []
  const all = traits.map(
    ({ rows }, index) => sql`select ${sql.lit(index)} as trait, article_id, published_at, number from (${rows}) as ${sql.table(`trait${index}`)}`,
  )
  const found = await sql<Row>`${sql.join(all, sql` union all `)}`.execute(read as never)
  const similar = new Map<string, Similar>()
  // Always added up in one order, so that what has the same in common is equal.
  for (const [trait, rows] of Map.groupBy(found.rows, ({ trait }) => trait)
    .entries()
    .toArray()
    .sort(([one], [other]) => one - other)) {
    const weight = traits[trait]?.weight(rows.length) ?? 0
    for (const row of rows) {
      const known = similar.get(row.article_id)
      if (known) known.score += weight
      else similar.set(row.article_id, { id: row.article_id, at: timeOf(row), score: weight })
    }
  }
  similar.delete(card.id)
  return [...similar.values()]
    .sort(byScore)
    .slice(0, limit)
    .map(({ id }) => id)
}
