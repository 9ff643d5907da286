import { beginsEntry, startsWithTime } from './times.ts'

/** The contract's limit of single-line texts, in code points. */
export const SINGLE_LINE_LIMIT = 1_000

const HEADING_LIMIT = 120
const HEADING_WORDS = 16
const LABEL_LIMIT = 80
const DECK_LIMIT = 250
const DECK_WORDS = 40

const COLON_AT_END = /\s?[:：]$/u
const SENTENCE_END = /[.!?…。！？｡۔؟।॥](?:["'”’»」』)\]]{0,3})$/u
const SENTENCE_END_INSIDE = /[.!?…۔؟।]\s|[。！？｡]/u
const CLAUSE_END = /[,;،؛，；、]$/u
// “iPhone” begins a sentence as well as any capital does.
const LOWER_CASE_START = /^\p{Ll}(?!\p{Lu})/u
const QUOTATION_OR_ASIDE = /^["'“‘«「『].*["'”’»」』]$|^[(（©]/u
const LOWER_CASE_WORD = /^\P{L}*\p{Ll}(?!\p{Lu})/u
const SHORT_WORD = 4
const LETTER = /[\p{L}\p{N}]/u
const SPACELESS_CHARACTER = '[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\u3000-\\u303F\\uFF00-\\uFFEF]'
const SPACELESS_END = new RegExp(`${SPACELESS_CHARACTER}$`, 'u')
const SPACELESS_START = new RegExp(`^${SPACELESS_CHARACTER}`, 'u')

/** Whether a text may be a single-line text of the contract. */
export function fitsSingleLine(text: string): boolean {
  if (text.length <= SINGLE_LINE_LIMIT) return true
  return text.length <= 2 * SINGLE_LINE_LIMIT && [...text].length <= SINGLE_LINE_LIMIT
}

/** A line as it is compared with others: quotes, dashes, case and white space folded, a colon at its end dropped. */
export function folded(text: string): string {
  return withoutColon(text)
    .normalize('NFC')
    .replace(/[‘’ʼ´`′]/g, "'")
    .replace(/[“”„«»″]/g, '"')
    .replace(/[‐‑‒–—]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

export function withoutColon(text: string): string {
  return text.replace(COLON_AT_END, '')
}

export function endsInColon(text: string): boolean {
  return COLON_AT_END.test(text)
}

export function endsSentence(text: string): boolean {
  return SENTENCE_END.test(text)
}

export function startsInLowerCase(text: string): boolean {
  return LOWER_CASE_START.test(text)
}

export function wordsIn(text: string): number {
  return text.split(' ').length
}

/** “Background of the Visit:”: short, one clause, a colon at its end. */
export function isColonHeading(text: string): boolean {
  if (!endsInColon(text) || text.length > HEADING_LIMIT) return false
  const heading = withoutColon(text)
  return LETTER.test(heading) && !SENTENCE_END_INSIDE.test(heading) && !/:\s/.test(heading)
}

/**
 * Whether a line reads as a title, up to `limit` characters: it doesn't begin in lower case, isn't a quotation, and ends neither a
 * sentence nor a clause. A question may be a title (“What happens next?”), an exclamation is more often speech.
 */
export function isTitle(text: string, limit = HEADING_LIMIT, most = HEADING_WORDS): boolean {
  if (text.length > limit || wordsIn(text) > most || !LETTER.test(text)) return false
  if (LOWER_CASE_START.test(text) || QUOTATION_OR_ASIDE.test(text) || CLAUSE_END.test(text)) return false
  if (text.includes('://') || endsInColon(text) || /^\d{1,9}[.)]\s/.test(text)) return false
  if (startsWithTime(text)) return false
  if (/[?？؟]$/u.test(text)) return !SENTENCE_END_INSIDE.test(text.slice(0, -1))
  return !endsSentence(text)
}

/** A title as long as a second headline may be. */
export function isDeck(text: string): boolean {
  return isTitle(text, DECK_LIMIT, DECK_WORDS)
}

/** Whether all but the short words begin with a capital or a digit (“The Last Guests of the Hut”), or could in no other way. */
export function isTitleCase(text: string): boolean {
  const words = text.split(' ').filter((word) => LETTER.test(word))
  const lower = words.filter((word) => LOWER_CASE_WORD.test(word))
  return 2 * lower.length <= words.length && lower.every((word) => word.length <= SHORT_WORD) && lower[0] !== words[0]
}

export function hasSentenceEndInside(text: string): boolean {
  return SENTENCE_END_INSIDE.test(text)
}

/** A byline, or a line that only dates the page: it belongs to no list and heads nothing. */
export function isByline(text: string): boolean {
  if (text.length > HEADING_LIMIT || endsInColon(text) || beginsEntry(text)) return false
  if (endsSentence(text) && !/\d\s?[ap]\.\s?m\.$/i.test(text)) return false
  if (/^(?:By|BY) \p{Lu}/u.test(text)) return text.split(/\s/).every(isNameWord)
  if (/^(?:last )?(?:published|updated|posted|modified)\b.*\d/i.test(text)) return true
  return /^(?:\p{L}+,? )?(?:\d{1,2}\.? \p{L}+|\p{L}+ \d{1,2}),? \d{4}\b/u.test(text) || /^\d{4}-\d{2}-\d{2}/.test(text)
}

function isNameWord(word: string): boolean {
  return /^(?:\p{Lu}|and$|&$|de$|of$|in$|the$|\|$)/u.test(word)
}

/**
 * Splits “Trade Expansion: Leaders discussed …” at its first colon. `null` where that is no label: over 80 characters, a sentence
 * in itself, an address (`https://`), a time (`10:30`), or cut off inside a quotation or bracket.
 */
export function splitLabel(text: string): { label: string; rest: string } | null {
  const head = text.slice(0, LABEL_LIMIT + 2)
  const colon = head.search(/[:：]/)
  if (colon < 1) return null
  const after = text.slice(colon + 1)
  const rest = after.trim()
  if (rest === '' || (text[colon] === ':' && !/^\s/.test(after))) return null
  const label = text.slice(0, colon).trim()
  if (label.length > LABEL_LIMIT || !LETTER.test(label) || SENTENCE_END_INSIDE.test(label) || endsSentence(label)) return null
  return isBalanced(label) ? { label, rest } : null
}

function isBalanced(text: string): boolean {
  const count = (sign: RegExp): number => text.match(sign)?.length ?? 0
  return count(/"/g) % 2 === 0 && count(/[“「『«]/g) === count(/[”」』»]/g) && count(/[([（]/g) === count(/[)\]）]/g)
}

/** Joins wrapped lines with a space, or with nothing between two characters of a script without spaces. */
export function joinLines(texts: string[]): string {
  let joined = ''
  let last = ''
  for (const text of texts) {
    if (last !== '') joined += SPACELESS_END.test(last) && SPACELESS_START.test(text) ? '' : ' '
    joined += text
    last = text
  }
  return joined
}
