import { words } from './words.ts'

/** One condition of a search: the words in order; with `prefix` the last one may go on. */
export type QueryTerm = { words: string[]; prefix: boolean }

/**
 * Reads what a reader typed: words that must all occur, `"…"` a phrase, a trailing `*` a prefix; all else is plain text.
 * @returns no terms where there is no word
 */
export function parseSearch(text: string): QueryTerm[] {
  const terms: QueryTerm[] = []
  for (const [, phrase, plain] of text.matchAll(/"([^"]*)"|([^\s"]+|")/g)) {
    if (phrase !== undefined) terms.push({ words: words(phrase), prefix: false })
    else {
      const found = words(plain ?? '')
      const prefix = /[\p{L}\p{M}\p{N}]\*$/u.test(plain ?? '')
      for (const [index, word] of found.entries()) terms.push({ words: [word], prefix: prefix && index === found.length - 1 })
    }
  }
  const seen = new Set<string>()
  return terms.filter((term) => {
    const key = JSON.stringify(term)
    return term.words.length > 0 && !seen.has(key) && seen.add(key)
  })
}
