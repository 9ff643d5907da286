import { isTitledList, namesLaterLine } from './highlights.ts'
import type { LineToken, Token } from './lists.ts'
import {
  endsInColon,
  endsSentence,
  fitsSingleLine,
  folded,
  hasSentenceEndInside,
  isByline,
  isColonHeading,
  isDeck,
  isTitle,
  isTitleCase,
  joinLines,
  splitLabel,
  startsInLowerCase,
  wordsIn,
} from './phrases.ts'
import { isMeantBreak, runAt } from './sections.ts'
import { startsWithTime } from './times.ts'

/** The words of the picture at the top of a page; its address isn't on the page. */
export type PictureWords = { alt: string | null; title: string | null; caption: string | null }

/** The tokens of a picture, and where the second headline stands that it comes with. */
export type Picture = { words: PictureWords; from: number; to: number; secondHeadline: number | null }

/** A page's header is short; looking further would take a story's repeated headings for a picture. */
export const HEADER_LIMIT = 16

const CAPTION_LINES = 6

/** Finds the words of the picture among the tokens that follow the headline. */
export function findPicture(headline: string, tokens: Token[]): Picture | null {
  const keys = tokens.slice(0, HEADER_LIMIT).map((token) => (token.kind === 'line' ? folded(token.text) : null))
  for (let index = 0; index < keys.length && isBeforeStory(tokens, index); index += 1) {
    const key = keys[index] ?? null
    if (key === null) continue
    const repeat = keys.indexOf(key, index + 1)
    const picture = repeat > 0 ? repeatedPicture(tokens, index, repeat) : null
    if (picture) return picture
    // The alternative text may also repeat the headline itself.
    const end = key === folded(headline) ? captionEnd(tokens, index) : index + 1
    if (end > index + 1) return pictureFrom(tokens, index, secondAbove(tokens, index), end)
  }
  return captionedPicture(tokens)
}

/** Whether a title stands by itself: set apart from what is above it and from a text below it. */
export function isLoneTitle(tokens: Token[], index: number): boolean {
  const line = lineAt(tokens, index)
  const next = tokens[index + 1]
  return line?.apart === true && isTitle(line.text) && next !== undefined && (next.apart || next.kind === 'list')
}

/** Whether a line heads what follows it, as far as the line after it tells. */
export function looksLikeHeading(tokens: Token[], index: number): boolean {
  const line = lineAt(tokens, index)
  return line !== null && (isColonHeading(line.text) || isLoneTitle(tokens, index))
}

export function lineAt(tokens: Token[], index: number): LineToken | null {
  const token = tokens[index]
  return token?.kind === 'line' ? token : null
}

/** The line above the caption only repeats the second headline, which may stand before or after the picture. */
function repeatedPicture(tokens: Token[], first: number, repeat: number): Picture | null {
  const text = lineAt(tokens, first)?.text ?? ''
  if (!fitsSingleLine(text) || !/\p{L}/u.test(text) || endsInColon(text)) return null
  const stands = (index: number): boolean => {
    const next = tokens[index + 1]
    return next === undefined || next.apart || next.kind === 'list' || isColonHeading(next.text)
  }
  const end = Math.min(captionEnd(tokens, first), repeat)
  if (end > first + 1 && stands(repeat) && isHeadOnly(tokens, end, repeat)) return pictureFrom(tokens, first, repeat, end)
  if (!isHeadOnly(tokens, first + 1, repeat)) return null
  const endOfRepeat = captionEnd(tokens, repeat)
  if (endOfRepeat > repeat + 1) return pictureFrom(tokens, repeat, first, endOfRepeat)
  // No caption at all: the words of the picture are its alternative text alone.
  return isDeck(text) && stands(repeat) ? pictureFrom(tokens, first, repeat, first + 1) : null
}

/** A picture without a repeated line: “Title: caption” before any list, under the headline, a byline or the second headline. */
function captionedPicture(tokens: Token[]): Picture | null {
  for (let index = 0; index < HEADER_LIMIT && index < tokens.length; index += 1) {
    const line = lineAt(tokens, index)
    if (!line) return null
    if (isByline(line.text)) continue
    const end = captionAt(tokens, index)
    // A second headline may have a colon itself: the caption is what stands right under it, then.
    if (end !== null && !(isDeck(line.text) && captionAt(tokens, index + 1) !== null)) return captioned(tokens, index, end)
    if (!isDeck(line.text)) return null
  }
  return null
}

function captioned(tokens: Token[], from: number, to: number): Picture {
  const second = secondAbove(tokens, from)
  const earlier = second === null ? null : secondAbove(tokens, second)
  // With a second headline already there, the line right over the caption says what the picture shows.
  if (earlier !== null && isRightUnder(tokens, from, second)) return pictureFrom(tokens, from - 1, earlier, to)
  return { words: captionWords(textOf(tokens, from, to), null), from, to, secondHeadline: second }
}

/** The end of the caption that begins at `index`, or `null` where none does. */
function captionAt(tokens: Token[], index: number): number | null {
  const line = lineAt(tokens, index)
  if (!line || isByline(line.text) || !splitLabel(line.text)) return null
  const end = captionBlockEnd(tokens, index)
  return isCaption(textOf(tokens, index, end), tokens, end, isRightUnder(tokens, index, secondAbove(tokens, index))) ? end : null
}

function isRightUnder(tokens: Token[], index: number, second: number | null): boolean {
  return second !== null && second === index - 1 && lineAt(tokens, index)?.apart === false
}

/** The line that is the second headline of what stands at `index`: the one before it, over its bylines. */
function secondAbove(tokens: Token[], index: number): number | null {
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = lineAt(tokens, at)
    if (!line) return null
    if (!isByline(line.text)) return isDeck(line.text) ? at : null
  }
  return null
}

/**
 * Whether a text is a picture's “Title: caption”, next to `tokens[end]` below it and, where `isUnder`, right under a second headline.
 * A story may begin so as well (“LONDON: …”, “He said: …”): the less its place tells, the more the words have to.
 */
function isCaption(text: string, tokens: Token[], end: number, isUnder: boolean): boolean {
  const split = splitLabel(text)
  const next = tokens[end]
  if (!split || !next || !fitsSingleLine(split.rest) || startsWithTime(text) || !isTitle(split.label)) return false
  const { label, rest } = split
  const isSentence = endsSentence(rest)
  // “Strike Looms: Bakers Reject The Third Offer” is a headline with a colon.
  if (!isSentence && (wordsIn(rest) < 5 || isTitleCase(rest))) return false
  const words = wordsIn(label)
  const isTitled = isTitleCase(label) && (words > 1 || label !== label.toUpperCase())
  const isProse = words < 2 || startsInLowerCase(rest)
  // “OAKMERE: …”, “Oakmere: …” and “Oakmere: the …” begin stories, “Low Water: Boats …” and “Reopened: Boats …” captions.
  if (isUnder) return isTitled || !isProse
  if (next.kind === 'list' && !next.apart) return isTitled || !isProse || looksLikeHeading(tokens, end + 1) || namesLaterLine(next, tokens)
  if (startsInLowerCase(rest) || (!isSentence && (isProse || !isTitled))) return false
  if (next.kind === 'list' || looksLikeHeading(tokens, end)) return isTitled || !isProse
  // Over the story's text, only what can hardly be its first sentence.
  return isTitled && !isProse && /\p{Ll}/u.test(label) && !/[,،、]/.test(label) && !hasSentenceEndInside(rest)
}

/** The end of the lines from `index` on that make one text. */
function captionBlockEnd(tokens: Token[], index: number): number {
  const run = runAt(tokens.slice(0, index + CAPTION_LINES + 1), index)
  const longest = run.reduce((most, line) => Math.max(most, line.text.length), 0)
  let end = 1
  while (end < run.length) {
    const above = run[end - 1] as LineToken
    const below = run[end] as LineToken
    if (isMeantBreak(above, below, longest) || isColonHeading(below.text)) break
    end += 1
  }
  return index + end
}

function pictureFrom(tokens: Token[], from: number, secondHeadline: number | null, to: number): Picture {
  const alt = lineAt(tokens, from)?.text ?? null
  return { words: captionWords(textOf(tokens, from + 1, to), alt), from, to, secondHeadline }
}

function textOf(tokens: Token[], from: number, to: number): string {
  return joinLines(tokens.slice(from, to).flatMap((token) => (token.kind === 'line' ? [token.text] : [])))
}

function captionWords(caption: string, alt: string | null): PictureWords {
  const split = splitLabel(caption)
  if (split) return { alt, title: split.label, caption: split.rest }
  return { alt, title: null, caption: caption === '' ? null : caption }
}

/** The end of the lines right under `index` that can be its caption; `index + 1` where there are none. */
function captionEnd(tokens: Token[], index: number): number {
  let end = index + 1
  const texts: string[] = []
  for (; end < tokens.length && end <= index + CAPTION_LINES; end += 1) {
    const line = lineAt(tokens, end)
    if (!line || line.apart || isColonHeading(line.text)) break
    texts.push(line.text)
    if (!fitsSingleLine(joinLines(texts))) return index + 1
  }
  return end
}

/** Whether all before `index` can stand between a headline and its story; asked of each index in turn. */
function isBeforeStory(tokens: Token[], index: number): boolean {
  const above = tokens[index - 1]
  return above === undefined || isHeadToken(tokens, index - 1, above)
}

/** Whether what is between two lines belongs to the header: a title over a list heads a section. */
function isHeadOnly(tokens: Token[], from: number, to: number): boolean {
  return tokens.slice(from, to).every((token, at) => {
    const isOverList = token.kind === 'line' && tokens[from + at + 1]?.kind === 'list'
    return isHeadToken(tokens, from + at, token) && (!isOverList || isByline(token.text) || isTitledList(tokens, from + at))
  })
}

function isHeadToken(tokens: Token[], index: number, token: Token): boolean {
  return token.kind === 'list' || isByline(token.text) || isDeck(token.text) || isTitledList(tokens, index)
}
