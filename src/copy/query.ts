import { words } from './words.ts'

/** One condition of a search: the words in order; with `prefix` the last one may go on. */
export type QueryTerm = { words: string[]; prefix: boolean }

// Letters and digits that one of these signs joins are looked for as they stand: don’t, AT&T, U.S., anti-war, snake_case.
const JOINED = /[\p{L}\p{M}\p{N}]+(?:['’‘ʼ&._‐‑-]+[\p{L}\p{M}\p{N}]+)*/gu

/** The terms of a text that is no phrase: a joined run is one, so that its parts stand side by side. */
function termsOf(text: string): QueryTerm[] {
  const hasPrefix = /[\p{L}\p{M}\p{N}]\*$/u.test(text)
  const terms = [...text.matchAll(JOINED)].flatMap(([run]): QueryTerm[] => {
    const found = words(run)
    const isJoined = /[^\p{L}\p{M}\p{N}]/u.test(run)
    return isJoined ? [{ words: found, prefix: false }] : found.map((word) => ({ words: [word], prefix: false }))
  })
  const last = terms.at(-1)
  if (last) last.prefix = hasPrefix
  return terms
}

/**
 * Reads what a reader typed: words that must all occur, `"…"` a phrase, as are letters joined by an apostrophe, `&`, `.`, `-` or `_`;
 * a trailing `*` makes a prefix; all else is plain text.
 * @returns no terms where there is no word
 */
export function parseSearch(text: string): QueryTerm[] {
  const terms: QueryTerm[] = []
  for (const [, phrase, plain] of text.matchAll(/"([^"]*)"|([^\s"]+|")/g)) {
    if (phrase !== undefined) terms.push({ words: words(phrase), prefix: false })
    else terms.push(...termsOf(plain ?? ''))
  }
  const seen = new Set<string>()
  return terms.filter((term) => {
    const key = JSON.stringify(term)
    return term.words.length > 0 && !seen.has(key) && seen.add(key)
  })
}
