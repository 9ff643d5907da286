import { words } from '../../copy/words.ts'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { preparedList } from '../../database/prepared.ts'
import type { CommentTable } from '../../database/tables.ts'
import { chunked } from '../../database/values.ts'
import { addressesIn, hostsOf } from './links.ts'
import type { Candidate, Rule, WordCounts } from './rule.ts'

/** Features that one comment more, or less, of a kind has. */
export type Lesson = { features: string[]; ham: number; spam: number }

const [mostFeatures, mostTelling, fewestLessons] = [200, 25, 20]

/** From how likely on a comment falls under the rule. */
export const threshold = 0.99
/** The row that counts comments rather than a word. */
export const allWords = ''

/** What the filter sees of a comment: its words, its links’ hosts, and how many links there are. */
export function featuresOf({ body, name, url }: Pick<Candidate, 'body' | 'name' | 'url'>): string[] {
  const links = [...addressesIn(body), ...(url === null ? [] : [url])]
  const plain = words(body).filter((word) => word.length <= 30)
  return [
    ...new Set([`links:${Math.min(links.length, 5)}`, ...hostsOf(links).map((host) => `host:${host}`), ...words(name).map((word) => `name:${word}`), ...plain]),
  ].slice(0, mostFeatures)
}

/**
 * How likely a comment is spam, from 0 to 1: naive Bayes (Graham’s way: of the features those that tell most, with their
 * probabilities drawn towards a half where little is known).
 * @param counts in how many comments each feature was; of `''` how many there were in all
 */
export function spamChance(features: readonly string[], counts: ReadonlyMap<string, WordCounts>): number {
  const { ham, spam } = counts.get(allWords) ?? { ham: 0, spam: 0 }
  const chances = features.flatMap((feature) => {
    const known = counts.get(feature)
    if (!known) return []
    const [inSpam, inHam] = [known.spam / Math.max(1, spam), known.ham / Math.max(1, ham)]
    const seen = known.spam + known.ham
    return [(0.5 + (seen * inSpam) / (inSpam + inHam)) / (1 + seen)]
  })
  const telling = chances.toSorted((a, b) => Math.abs(b - 0.5) - Math.abs(a - 0.5)).slice(0, mostTelling)
  return 1 / (1 + Math.exp(telling.reduce((sum, chance) => sum + Math.log(1 - chance) - Math.log(chance), 0)))
}

/** What a comment teaches as one of a kind, or -1: what it taught and no longer does. */
export function lessonOf(
  { body, author_name, author_url }: Pick<CommentTable, 'body' | 'author_name' | 'author_url'>,
  kind: 'ham' | 'spam',
  by: 1 | -1,
): Lesson {
  return { features: featuresOf({ body: body ?? '', name: author_name ?? '', url: author_url }), ham: kind === 'ham' ? by : 0, spam: kind === 'spam' ? by : 0 }
}

const countsOfWords = preparedList<{ word: string; ham: number; spam: number }>((db, words) =>
  db.selectFrom('comment_words').selectAll().where('word', 'in', words),
)

/** What is known of features. */
export async function countsOf(read: Read, features: readonly string[]): Promise<Map<string, WordCounts>> {
  const rows = await countsOfWords(read, [allWords, ...features])
  return new Map(rows.map(({ word, ham, spam }) => [word, { ham, spam }]))
}

/** Learns from what moderators decided, or forgets it again: 1 or -1 in `ham` or `spam`. */
export async function learn(tx: Write, lessons: readonly Lesson[]): Promise<void> {
  const changes = new Map<string, { word: string; ham: number; spam: number }>()
  for (const { features, ham, spam } of lessons)
    for (const word of [allWords, ...features]) {
      const change = changes.get(word) ?? { word, ham: 0, spam: 0 }
      changes.set(word, { word, ham: change.ham + ham, spam: change.spam + spam })
    }
  if (changes.size === 0) return
  tx.lock(['comment-words'])
  for (const rows of chunked([...changes.values()].filter(({ ham, spam }) => ham !== 0 || spam !== 0)))
    await tx
      .insertInto('comment_words')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('word').doUpdateSet(({ eb, ref }) => ({
          ham: eb('comment_words.ham', '+', ref('excluded.ham')),
          spam: eb('comment_words.spam', '+', ref('excluded.spam')),
        })),
      )
      .execute()
}

/** What moderators’ decisions taught the filter to take for spam, once they made enough of both kinds. */
export const learned: Rule = async (candidate, { read, taught }) => {
  if (taught.ham < fewestLessons || taught.spam < fewestLessons) return null
  const features = featuresOf(candidate)
  const chance = spamChance(features, await countsOf(read, features))
  return chance >= threshold ? `${(chance * 100).toFixed(1)} %` : null
}
