import type { LineToken, ListItem, ListToken, Token } from './lists.ts'
import {
  endsInColon,
  endsSentence,
  fitsSingleLine,
  folded,
  isByline,
  isColonHeading,
  isTitle,
  joinLines,
  splitLabel,
  withoutColon,
  wordsIn,
} from './phrases.ts'
import { standsOverText } from './sections.ts'

/** The words of the picture at the top of a page; its address isn't on the page. */
export type PictureWords = { alt: string | null; title: string | null; caption: string | null }

/** A highlight list as the page has it, in plain text. */
export type Highlights = { title: string | null; ordered: boolean; texts: string[] }

/** What stands between the headline and the story, and `story`: everything else, in its order. */
export type Opening = {
  alternativeHeadline: string | null
  picture: PictureWords | null
  highlights: Highlights[]
  story: Token[]
}

type Picture = { words: PictureWords; from: number; to: number; secondHeadline: number | null }

// A page's opening is short; looking further would take a story's repeated headings for a picture.
const OPENING_LIMIT = 16
const CAPTION_LINES = 6
const SECOND_HEADLINE_LIMIT = 250
const SECOND_HEADLINE_WORDS = 40
// Titles of highlight lists. Any other line over a list may as well be the first section's heading.
const HIGHLIGHT_TITLES = new Set(
  'highlights|key points|main points|the main points|key highlights|key takeaways|takeaways|the takeaways|key facts|at a glance|in brief|in short|summary|what we know|what to know'.split(
    '|',
  ),
)

/** Takes the second headline, the picture's words and the highlight lists off the tokens that follow the headline. */
export function readOpening(headline: string, tokens: Token[]): Opening {
  const picture = findPicture(headline, tokens)
  const opening: Opening = { alternativeHeadline: null, picture: picture?.words ?? null, highlights: [], story: [] }
  const taken = new Set<number>()
  if (picture) for (let index = picture.from; index < picture.to; index += 1) taken.add(index)
  const second = picture?.secondHeadline ?? null
  if (second !== null) {
    taken.add(second)
    opening.alternativeHeadline = lineAt(tokens, second)?.text ?? null
  }
  const open = tokens.map((token, index) => ({ token, index })).filter(({ index }) => !taken.has(index))
  readHead(
    open.map(({ token }) => token),
    tokens[0],
    opening,
  )
  return opening
}

/** Fills in `opening` from the tokens that the picture and its second headline left. */
function readHead(open: Token[], first: Token | undefined, opening: Opening): void {
  const bylines: Token[] = []
  const passed: Token[] = []
  let index = 0
  for (; index < Math.min(open.length, OPENING_LIMIT); index += 1) {
    const token = open[index] as Token
    const next = open[index + 1]
    if (token.kind === 'list') {
      const highlights = highlightsOf(token, null)
      if (!highlights) break
      opening.highlights.push(highlights)
      passed.push(token)
    } else if (next?.kind === 'list' && HIGHLIGHT_TITLES.has(folded(token.text))) {
      const highlights = highlightsOf(next, withoutColon(token.text))
      if (!highlights) break
      opening.highlights.push(highlights)
      passed.push(token, next)
      index += 1
    } else if (isByline(token.text)) {
      bylines.push(token)
      passed.push(token)
    } else if (opening.alternativeHeadline === null && isSecondHeadline(open, index, first)) {
      opening.alternativeHeadline = token.text
    } else break
  }
  opening.story = [...bylines, ...open.slice(index)]
  if (opening.story.length > bylines.length) return
  // Bullets with no story after them are the story.
  opening.highlights = []
  opening.story = passed
}

/** A list as highlights, or `null` where it can't be without losing something: an item too long, or numbers around nested items. */
function highlightsOf(list: ListToken, title: string | null): Highlights | null {
  if (list.ordered && list.items.some((item) => item.items.length > 0)) return null
  const texts = list.items.flatMap(flattened)
  return texts.every(fitsSingleLine) ? { title, ordered: list.ordered, texts } : null
}

function flattened(item: ListItem): string[] {
  return [item.text, ...item.items.flatMap(flattened)]
}

function isSecondHeadline(open: Token[], index: number, first: Token | undefined): boolean {
  const line = lineAt(open, index)
  if (!line || !isTitle(line.text, SECOND_HEADLINE_LIMIT, SECOND_HEADLINE_WORDS)) return false
  const next = open[index + 1]
  // What ends the page after a list (a source, a signature) is the story’s.
  if (!next) return open.slice(0, index).every(({ kind }) => kind !== 'list')
  if (isNamedByHighlight(open, line.text)) return false
  const underHeadline = line === first && !line.apart
  if (next.kind === 'list') return next.apart || underHeadline || isWordy(line.text)
  if (isColonHeading(next.text)) return true
  if (!next.apart) return underHeadline && standsOverText(line.text, next.text, runLength(open, index))
  if (underHeadline || isLoneTitle(open, index + 1)) return true
  // A title over text, in the place of a first heading: told from one by its length, next to the page's other headings.
  const others = open.filter((_, other) => other > index && isLoneTitle(open, other)) as LineToken[]
  const longest = Math.max(0, ...others.slice(0, 50).map(({ text }) => text.length))
  return isWordy(line.text) && line.text.length > 1.5 * longest
}

function isWordy(text: string): boolean {
  return wordsIn(text) >= 5 || text.length >= 35 || (/[^\u0000-\u2FFF]/.test(text) && text.length >= 12)
}

function isNamedByHighlight(open: Token[], text: string): boolean {
  const key = folded(text)
  return open.slice(0, OPENING_LIMIT).some((token) => token.kind === 'list' && token.items.some((item) => folded(item.text) === key))
}

function isLoneTitle(tokens: Token[], index: number): boolean {
  const line = lineAt(tokens, index)
  const next = tokens[index + 1]
  return line?.apart === true && isTitle(line.text) && next !== undefined && (next.apart || next.kind === 'list')
}

function runLength(tokens: Token[], index: number): number {
  let longest = 0
  for (let at = index; at < tokens.length; at += 1) {
    const line = lineAt(tokens, at)
    if (!line || (at > index && line.apart)) break
    longest = Math.max(longest, line.text.length)
  }
  return longest
}

function findPicture(headline: string, tokens: Token[]): Picture | null {
  const keys = tokens.slice(0, OPENING_LIMIT).map((token) => (token.kind === 'line' ? folded(token.text) : null))
  for (let index = 0; index < keys.length && isBeforeStory(tokens, index); index += 1) {
    const key = keys[index] ?? null
    if (key === null) continue
    const repeat = keys.indexOf(key, index + 1)
    const picture = repeat > 0 ? repeatedPicture(tokens, index, repeat) : null
    if (picture) return picture
    // The alternative text may also repeat the headline itself.
    if (key === folded(headline) && captionEnd(tokens, index) > index + 1) return pictureFrom(tokens, index, null)
  }
  return captionOverList(tokens)
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
  if (captionEnd(tokens, repeat) > repeat + 1) return pictureFrom(tokens, repeat, first)
  // No caption at all: the words of the picture are its alternative text alone.
  const title = isTitle(text, SECOND_HEADLINE_LIMIT, SECOND_HEADLINE_WORDS)
  return title && stands(repeat) ? pictureFrom(tokens, first, repeat, first + 1) : null
}

/** A picture whose alternative text repeats nothing: “Title: caption” right over the bullets, before a second headline. */
function captionOverList(tokens: Token[]): Picture | null {
  for (let index = 0; index < OPENING_LIMIT && index < tokens.length; index += 1) {
    const line = lineAt(tokens, index)
    const list = tokens[index + 1]
    if (line && list?.kind === 'list' && !list.apart && !list.ordered && isCaption(line.text)) {
      const above = lineAt(tokens, index - 1)
      const alt = above !== null && !line.apart && above.apart && isTitle(above.text, SECOND_HEADLINE_LIMIT, SECOND_HEADLINE_WORDS)
      const followed = isLoneTitle(tokens, index + 2) || lineAt(tokens, index + 2) === tokens.at(-1)
      if (alt) return pictureFrom(tokens, index - 1, null, index + 1)
      if (line.apart && followed) return { ...pictureFrom(tokens, index, null, index + 1), words: captionWords(line.text, null) }
      return null
    }
    if (!isBeforeStory(tokens, index + 1)) return null
  }
  return null
}

function isCaption(text: string): boolean {
  const split = splitLabel(text)
  return split !== null && fitsSingleLine(split.rest) && (wordsIn(split.rest) >= 5 || endsSentence(split.rest))
}

function pictureFrom(tokens: Token[], from: number, secondHeadline: number | null, to = captionEnd(tokens, from)): Picture {
  const texts = tokens.slice(from, to).flatMap((token) => (token.kind === 'line' ? [token.text] : []))
  return { words: captionWords(joinLines(texts.slice(1)), texts[0] ?? null), from, to, secondHeadline }
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

/** Whether all before `index` can stand between a headline and its story. */
function isBeforeStory(tokens: Token[], index: number): boolean {
  return index === 0 || isHeadOnly(tokens, index - 1, index)
}

function isHeadOnly(tokens: Token[], from: number, to: number): boolean {
  return tokens.slice(from, to).every((token) => {
    if (token.kind === 'list') return true
    return isByline(token.text) || isTitle(token.text, SECOND_HEADLINE_LIMIT, SECOND_HEADLINE_WORDS)
  })
}

function lineAt(tokens: Token[], index: number): LineToken | null {
  const token = tokens[index]
  return token?.kind === 'line' ? token : null
}
