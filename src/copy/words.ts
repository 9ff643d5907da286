/** A folded word and where it stands in the original text (UTF-16 offsets, `end` exclusive). */
export type WordSpan = { word: string; start: number; end: number }

/** Stands between two texts of a search index. No word, but a token: so a phrase ends at it. */
export const SEARCH_BOUNDARY = '¶'

const RUN = /[\p{L}\p{M}\p{N}]+/gu
const FOLDED_RUN = /[\p{L}\p{N}]+/gu
// Script extensions, not scripts, so that 々 and ー stay with the characters they follow.
const SPACELESS =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}][\p{M}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]*/gu
// A character with what NFKC may compose with it: marks, and the half-width voicing marks, which Unicode calls letters.
const CLUSTER = /[^][\p{M}\uFF9E\uFF9F]*/gu
// Letters, digits and signs of which none but a letter or digit folds to one (™ would, ½ may), nor needs a segmenter:
// a text of these alone can be folded in one go.
const FOLDS_WHOLE = /^[\u0000-\u024F\u0370-\u0373\u0376-\u0379\u037B-\u052F\u0590-\u06FF\u2010-\u205E\u20AC]*$/
// Signs that hold one counted word together: Iran’s, high-level, 10,000, 10:30, a@b.example.
const COUNTED = /[\p{L}\p{M}\p{N}]+(?:['’.,:_@‐‑-][\p{L}\p{M}\p{N}]+)*/gu

// The locale is fixed so that every machine splits alike; the dictionaries go by script, not by locale.
// Made when first needed, since its dictionaries take longer to load than a module does.
let segmenter: Intl.Segmenter | undefined
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })
  return segmenter.segment(text)
}

/**
 * The words of a text, folded, in their order: the one function for what the search index holds and what a query asks.
 * A word is a run of letters, marks and digits; in scripts without spaces (Han, Hiragana, Katakana, Thai, Lao, Khmer,
 * Myanmar) what a word segmenter (UAX 29 with dictionaries) says. Folding: NFKD, marks dropped, case folded, NFC,
 * so `Große`, `GROSSE` and `große` are one word, and so are full-width and plain letters.
 */
export function words(text: string): string[] {
  const ascii = foldedAscii(text)
  if (ascii !== null) return ascii === '' ? [] : ascii.split(' ')
  if (FOLDS_WHOLE.test(text)) return fold(text).match(FOLDED_RUN) ?? []
  const found: string[] = []
  eachWord(text, (word) => found.push(word))
  return found
}

// The lower-case letter or digit that each ASCII character folds to; 0 where it stands between words.
const ASCII_FOLDED = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase()
  return /[a-z0-9]/.test(letter) ? letter.charCodeAt(0) : 0
})
const SPACE = 0x20
const folding = Buffer.allocUnsafeSlow(1 << 16)

/** The words of a text with a space between each two; null where it isn't all ASCII. Several times as fast as a regular expression. */
function foldedAscii(text: string): string | null {
  const folded = text.length > folding.length ? Buffer.allocUnsafe(text.length) : folding
  let length = 0
  let isBetween = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 127) return null
    const letter = ASCII_FOLDED[code] as number
    if (letter === 0) isBetween = length > 0
    else {
      if (isBetween) folded[length++] = SPACE
      isBetween = false
      folded[length++] = letter
    }
  }
  return folded.toString('latin1', 0, length)
}

/** `words(text)` with a space between each two. */
export const foldedWords = (text: string): string => foldedAscii(text) ?? words(text).join(' ')

/** The folded words of a text line by line, with a sign between that no query holds: lines are neighbours by chance, and no phrase reaches over it. */
export function foldedLines(text: string): string {
  return text.split('\n').map(foldedWords).join(` ${SEARCH_BOUNDARY} `)
}

/**
 * The same words as `words(text)` with their places in the original text, for marking matches in a snippet.
 * A character that folds to several words (`½` is `1` and `2`) gives them all the same place.
 */
export function wordSpans(text: string): WordSpan[] {
  const spans: WordSpan[] = []
  eachWord(text, (word, start, end) => spans.push({ word, start, end }))
  return spans
}

/**
 * How many words an editor would count: `Iran’s`, `high-level` and `10,000` are one each, though a search sees two;
 * in scripts without spaces what the word segmenter says.
 */
export function countWords(text: string): number {
  const ascii = countAscii(text)
  if (ascii !== null) return ascii
  if (!NEEDS_LOOK.test(text)) return countRuns(text)
  let count = 0
  for (const [run] of text.matchAll(COUNTED)) {
    if (isAscii(run)) {
      count += 1
      continue
    }
    const rest = run.replace(SPACELESS, (piece) => {
      for (const segment of segmentsOf(piece)) if (segment.isWordLike) count += 1
      return ' '
    })
    for (const part of rest.split(' ')) if (/[\p{L}\p{N}]/u.test(part)) count += 1
  }
  return count
}

// What may be several words, or none: scripts without spaces, and marks.
const NEEDS_LOOK = /[\p{M}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u

/** How many runs of a text are words each; unlike `matchAll` it makes nothing of each that has to be collected. */
function countRuns(text: string): number {
  let count = 0
  COUNTED.lastIndex = 0
  while (COUNTED.test(text)) count += 1
  return count
}

const [LETTER, JOINER] = [1, 2]
const ASCII_COUNTED = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code)
  return /[a-z0-9]/i.test(sign) ? LETTER : /['.,:_@-]/.test(sign) ? JOINER : 0
})

/** The same of a text that is all ASCII, null of others: several times as fast as a regular expression. */
function countAscii(text: string): number | null {
  let count = 0
  // What the sign before is to a word: outside, in it, or what may join it to more.
  let before = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 127) return null
    const kind = ASCII_COUNTED[code] as number
    if (kind === LETTER && before === 0) count += 1
    before = kind === JOINER && before !== LETTER ? 0 : kind
  }
  return count
}

type Found = (word: string, start: number, end: number) => void

function eachWord(text: string, found: Found): void {
  for (const match of text.matchAll(RUN)) {
    const run = match[0]
    const start = match.index
    if (isAscii(run)) {
      found(run.toLowerCase(), start, start + run.length)
      continue
    }
    let spacedFrom = 0
    for (const piece of run.matchAll(SPACELESS)) {
      foldInto(run.slice(spacedFrom, piece.index), start + spacedFrom, start + piece.index, found)
      segmentInto(piece[0], start + piece.index, found)
      spacedFrom = piece.index + piece[0].length
    }
    foldInto(run.slice(spacedFrom), start + spacedFrom, start + run.length, found)
  }
}

/** The segmenter is shown NFKC, so that a text splits alike however its characters were typed. */
function segmentInto(piece: string, start: number, found: Found): void {
  const composed = piece.normalize('NFKC')
  const origins = composed === piece ? null : originsOf(piece)
  for (const { segment, index } of segmentsOf(origins ? origins.text : piece)) {
    const from = origins ? (origins.places[index] ?? 0) : index
    const to = origins ? (origins.places[index + segment.length] ?? piece.length) : index + segment.length
    // A compatibility character can hold several words; its end is then that of the character.
    foldInto(segment, start + from, start + Math.max(to, from + 1), found)
  }
}

function originsOf(piece: string): { text: string; places: number[] } {
  const places: number[] = []
  let text = ''
  for (const cluster of piece.matchAll(CLUSTER)) {
    const composed = cluster[0].normalize('NFKC')
    for (let unit = 0; unit < composed.length; unit += 1) places.push(cluster.index)
    text += composed
  }
  return { text, places }
}

function foldInto(run: string, start: number, end: number, found: Found): void {
  if (run === '') return
  const folded = fold(run)
  // NFKD can bring signs and spaces into a run (½ is 1⁄2): what stands between them are the words.
  for (const [word] of folded.matchAll(FOLDED_RUN)) found(word, start, end)
}

function fold(run: string): string {
  return run
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ς/g, 'σ')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC') // Hangul came apart into its letters; marks are gone, so nothing else comes together.
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
