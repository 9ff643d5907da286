import type { LineToken, ListToken, Token } from './lists.ts'
import {
  endsInColon,
  endsSentence,
  fitsSingleLine,
  folded,
  isByline,
  isColonHeading,
  isTitle,
  isTitleCase,
  joinLines,
  startsInLowerCase,
  withoutColon,
  wordsIn,
} from './phrases.ts'
import { beginsEntry, hasTimeOfDay } from './times.ts'

/** A section as the page has it, in plain text; `heading` is null for what stands before the first heading. */
export type PageSection = { heading: string | null; parts: (string | ListToken)[] }

// A page whose lines are longer than this isn't wrapped: each of its line ends is meant.
const LONGEST_WRAP = 160
// A heading right on top of its text, without a colon, is only told apart in lines of a real page's length.
const SHORTEST_TEXT = 60

/**
 * Parts a story into sections. A heading is a short line without the end of a sentence that stands alone between blank lines,
 * or ends in a colon, or stands right over a list or a much longer line; or any line that a highlight (`named`, folded) names.
 * What heads nothing is a paragraph of the section before. Consecutive lines are one paragraph, unless the break between them
 * is plainly meant.
 */
export function sectionsOf(tokens: Token[], named: Set<string>): PageSection[] {
  const sections: PageSection[] = []
  // The line of the last section's heading, as the page has it.
  let headingLine = ''
  const partsOfLast = (): PageSection['parts'] => {
    if (sections.length === 0) sections.push({ heading: null, parts: [] })
    return sections.at(-1)?.parts ?? []
  }
  const dropBareHeading = (): void => {
    const last = sections.at(-1)
    if (!last || last.heading === null || last.parts.length > 0) return
    sections.pop()
    partsOfLast().push(headingLine)
  }
  let index = 0
  while (index < tokens.length) {
    const token = tokens[index] as Token
    if (token.kind === 'list') {
      partsOfLast().push(token)
      index += 1
      continue
    }
    const run = runAt(tokens, index)
    const longest = longestOf(run)
    const after = tokens[index + run.length]
    let at = 0
    while (at < run.length) {
      const line = run[at] as LineToken
      if (isHeading(run, at, after, longest, named)) {
        dropBareHeading()
        sections.push({ heading: withoutColon(line.text), parts: [] })
        headingLine = line.text
        at += 1
        continue
      }
      const from = at
      at += 1
      const goesOn = (): boolean => !isMeantBreak(run[at - 1] as LineToken, run[at] as LineToken, longest) && !isOverList(run, at, after)
      while (at < run.length && goesOn()) at += 1
      partsOfLast().push(joinLines(run.slice(from, at).map(({ text }) => text)))
    }
    index += run.length
  }
  dropBareHeading()
  return sections
}

/** The lines from `start` on that no blank line or list parts. */
export function runAt(tokens: Token[], start: number): LineToken[] {
  const run: LineToken[] = []
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index] as Token
    if (token.kind === 'list' || (index > start && token.apart)) break
    run.push(token)
  }
  return run
}

/** The length of the longest line from `start` on, up to the next blank line or list. */
export function runLength(tokens: Token[], start: number): number {
  return longestOf(runAt(tokens, start))
}

function longestOf(run: LineToken[]): number {
  return run.reduce((most, line) => Math.max(most, line.text.length), 0)
}

function isHeading(run: LineToken[], at: number, after: Token | undefined, longest: number, named: Set<string>): boolean {
  const { text } = run[at] as LineToken
  const above = run[at - 1]
  const next = run[at + 1]
  const isBegun = above === undefined || endsSentence(above.text)
  if (isBegun && fitsSingleLine(text) && named.has(folded(text))) return true
  if (isByline(text) || hasTimeOfDay(text)) return false
  if (isColonHeading(text)) {
    // “Leaders at the talks agreed on the following:” right over its list belongs to the list, not over it.
    const leadsIn = !next && after?.kind === 'list' && !after.apart && isSentenceLike(text)
    return !leadsIn
  }
  if (!isTitle(text)) return false
  if (next) return standsOverText(text, next.text, longest)
  // What stands alone at the very end heads nothing: a signature, a source.
  return after !== undefined && (run.length === 1 || isOverList(run, at, after))
}

/** Whether a line under a paragraph, without a blank line, heads the list right under it. */
function isOverList(run: LineToken[], at: number, after: Token | undefined): boolean {
  const line = run[at] as LineToken
  if (at !== run.length - 1 || after?.kind !== 'list' || after.apart || !isTitle(line.text)) return false
  return endsSentence(run[at - 1]?.text ?? '') && !isSentenceLike(line.text)
}

/** Whether a title right over a line, in lines of up to `longest` characters, was set apart from it on purpose. */
export function standsOverText(title: string, below: string, longest: number): boolean {
  if ((longest < SHORTEST_TEXT && !isTitleCase(title)) || startsInLowerCase(below) || isTitle(below)) return false
  return title.length + 1 + firstWordLength(below) <= 0.75 * longest && below.length > title.length
}

/** Whether the break between two lines is a writer's, in lines of up to `longest` characters, and not one that wraps a text. */
export function isMeantBreak(above: LineToken, below: LineToken, longest: number): boolean {
  if (below.numbered || longest > LONGEST_WRAP || beginsEntry(below.text)) return true
  // A colon's line goes on in the next one (“he said: / …”) unless it is a heading, which was asked before.
  if (!endsSentence(above.text) || endsInColon(above.text)) return false
  return below.indent >= above.indent + 2 || above.text.length + 1 + firstWordLength(below.text) <= longest
}

function firstWordLength(text: string): number {
  const space = text.indexOf(' ')
  return space < 0 ? text.length : space
}

/** Five words or more, most of them in lower case: a clause, where a heading would be shorter or in title case. */
function isSentenceLike(text: string): boolean {
  const long = text.split(' ').filter((word) => word.length > 3)
  return wordsIn(text) >= 5 && long.filter(startsInLowerCase).length > long.length / 2
}
