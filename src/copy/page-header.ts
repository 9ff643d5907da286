import { type Highlights, highlightsOf, isTitledList, namesLaterLine } from './highlights.ts'
import type { LineToken, ListToken, Token } from './lists.ts'
import { endsSentence, folded, isByline, isColonHeading, isDeck, splitLabel, withoutColon, wordsIn } from './phrases.ts'
import { findPicture, HEADER_LIMIT, isLoneTitle, lineAt, looksLikeHeading, type PictureWords } from './picture.ts'
import { runLength, standsOverText } from './sections.ts'

/** What stands between the headline and the story, and `story`: everything else, in its order. */
export type PageHeader = {
  alternativeHeadline: string | null
  picture: PictureWords | null
  highlights: Highlights[]
  story: Token[]
}

// How far the headings of a page are looked at to tell a second headline from them.
const HEADINGS_LIMIT = 50

/** Takes the second headline, the picture's words and the highlight lists off the tokens that follow the headline. */
export function readPageHeader(headline: string, tokens: Token[]): PageHeader {
  const picture = findPicture(headline, tokens)
  const header: PageHeader = { alternativeHeadline: null, picture: picture?.words ?? null, highlights: [], story: [] }
  const taken = new Set<number>()
  if (picture) for (let index = picture.from; index < picture.to; index += 1) taken.add(index)
  const second = picture?.secondHeadline ?? null
  if (second !== null) {
    taken.add(second)
    header.alternativeHeadline = lineAt(tokens, second)?.text ?? null
  }
  readHead(
    tokens.filter((_, index) => !taken.has(index)),
    tokens[0],
    header,
  )
  return header
}

/** Fills in `header` from the tokens that the picture and its second headline left. */
function readHead(open: Token[], first: Token | undefined, header: PageHeader): void {
  const bylines: Token[] = []
  const passed: Token[] = []
  let index = 0
  for (; index < Math.min(open.length, HEADER_LIMIT); index += 1) {
    const token = open[index] as Token
    const next = open[index + 1]
    if (token.kind === 'list') {
      // Another list under the highlights begins the story, as a line there does.
      const highlights = header.highlights.length === 0 ? highlightsOf(token, null) : null
      if (!highlights) break
      header.highlights.push(highlights)
      passed.push(token)
    } else if (next?.kind === 'list' && isTitledList(open, index)) {
      const highlights = highlightsOf(next, withoutColon(token.text))
      if (!highlights) break
      header.highlights.push(highlights)
      passed.push(token, next)
      index += 1
    } else if (isByline(token.text)) {
      bylines.push(token)
      passed.push(token)
    } else if (header.alternativeHeadline === null && header.highlights.length === 0 && isSecondHeadline(open, index, first, header.picture !== null)) {
      header.alternativeHeadline = token.text
    } else break
  }
  header.story = [...bylines, ...open.slice(index)]
  if (header.story.length > bylines.length) return
  // Bullets with no story after them are the story.
  header.highlights = []
  header.story = passed
}

/** Whether a line before any highlights is the second headline, not the first section's heading or the story. */
function isSecondHeadline(open: Token[], index: number, first: Token | undefined, hasPicture: boolean): boolean {
  const line = lineAt(open, index)
  if (!line || !isDeck(line.text)) return false
  let below = index + 1
  while (isByline(lineAt(open, below)?.text ?? '')) below += 1
  const next = open[below]
  if (!next) return true
  if (isNamedByHighlight(open, line.text)) return false
  const apart = next.apart || below > index + 1
  const underHeadline = line === first && !line.apart
  if (next.kind === 'list') return underHeadline || standsOverHighlights(open, line, below, hasPicture)
  if (isColonHeading(next.text)) return true
  if (!apart) return underHeadline && standsOverText(line.text, next.text, runLength(open, index))
  if (underHeadline || isLoneTitle(open, below) || isTitledList(open, below)) return true
  // Under a picture, only a first heading stands right over text.
  if (hasPicture) return false
  // A title over text, in the place of a first heading: told from one by its length, next to the page's other headings.
  const others = headingsFrom(open, below)
  if (others.length === 0) return isWordy(line.text)
  const longest = others.reduce((most, { text }) => Math.max(most, text.length), 0)
  return isLong(line.text) && line.text.length > 1.5 * longest
}

/** Whether the list under a title is highlights, so that the title is a second headline; else it heads the list. */
function standsOverHighlights(open: Token[], line: LineToken, at: number, hasPicture: boolean): boolean {
  const list = open[at] as ListToken
  if (namesLaterLine(list, open)) return true
  const isLabelled = list.items.some(({ text }) => splitLabel(text) !== null)
  const isEnd = open[at + 1] === undefined
  if (!isLabelled && list.items.every(({ text }) => !endsSentence(text))) return !isEnd || isWordy(line.text)
  return !hasPicture && !isLabelled && !isEnd && isWordy(line.text) && !looksLikeHeading(open, at + 1)
}

function headingsFrom(open: Token[], start: number): LineToken[] {
  const found: LineToken[] = []
  for (let index = start; index < open.length && found.length < HEADINGS_LIMIT; index += 1) {
    const line = lineAt(open, index)
    if (line && looksLikeHeading(open, index)) found.push(line)
  }
  return found
}

function isWordy(text: string): boolean {
  return wordsIn(text) >= 5 || text.length >= 35 || (hasOwnScript(text) && text.length >= 12)
}

function isLong(text: string): boolean {
  return wordsIn(text) >= 8 || text.length >= 50 || (hasOwnScript(text) && text.length >= 12)
}

/** Whether a text is in a script that says more in fewer characters. */
function hasOwnScript(text: string): boolean {
  return /[^\u0000-\u2FFF]/.test(text)
}

function isNamedByHighlight(open: Token[], text: string): boolean {
  const key = folded(text)
  return open.slice(0, HEADER_LIMIT).some((token) => token.kind === 'list' && token.items.some((item) => folded(item.text) === key))
}
