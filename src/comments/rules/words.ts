import type { Phrase } from './files.ts'
import { readingsOf, spelledApart } from './folding.ts'
import type { Rule } from './rule.ts'

function occurs({ words, isPrefix, isSpaceless }: Phrase, reading: readonly string[]): boolean {
  // Where words aren’t parted, what a segmenter makes of a text depends on what stands around.
  if (isSpaceless) return reading.join('').includes(words.join(''))
  const last = words.length - 1
  return reading.some((_, start) =>
    words.every((word, index) => (isPrefix && index === last ? reading[start + index]?.startsWith(word) : reading[start + index] === word)),
  )
}

/** A word or phrase of the operator’s list, in the comment or in its author’s name, however it is spelt. */
export const words: Rule = ({ text, name }, { lists: { phrases } }) => {
  if (phrases.length === 0) return null
  const readings = [text, name].flatMap(readingsOf)
  const apart = [text, name].flatMap(spelledApart)
  const found = phrases.filter((phrase) => readings.some((reading) => occurs(phrase, reading)) || apart.some((run) => run.includes(phrase.words.join(''))))
  return found.length > 0
    ? found
        .slice(0, 5)
        .map(({ entry }) => entry)
        .join(', ')
    : null
}
