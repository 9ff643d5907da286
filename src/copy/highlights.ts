import type { ListItem, ListToken, Token } from './lists.ts'
import { fitsSingleLine, folded } from './phrases.ts'

/** A highlight list as the page has it, in plain text. */
export type Highlights = { title: string | null; ordered: boolean; texts: string[] }

// Titles of highlight lists. Any other line over a list may as well be the first section's heading.
const TITLES = new Set(
  'highlights|key points|main points|the main points|key highlights|key takeaways|takeaways|the takeaways|key facts|at a glance|in brief|in short|summary|what we know|what to know'.split(
    '|',
  ),
)

/** A list as highlights, or `null` where it can't be without losing something: an item too long, or numbers around nested items. */
export function highlightsOf(list: ListToken, title: string | null): Highlights | null {
  if (list.ordered && list.items.some((item) => item.items.length > 0)) return null
  const texts = list.items.flatMap(flattened)
  return texts.every(fitsSingleLine) ? { title, ordered: list.ordered, texts } : null
}

/** Whether a line is the title of the highlight list under it (“Key points:”). */
export function isTitledList(tokens: Token[], index: number): boolean {
  const token = tokens[index]
  return token?.kind === 'line' && tokens[index + 1]?.kind === 'list' && TITLES.has(folded(token.text))
}

/** Whether an item of a list has the words of a line that follows it: a highlight, then, and the heading it leads to. */
export function namesLaterLine(list: ListToken, tokens: Token[]): boolean {
  const names = new Set(list.items.map((item) => folded(item.text)))
  const start = tokens.indexOf(list) + 1
  return tokens.some((token, index) => index >= start && token.kind === 'line' && fitsSingleLine(token.text) && names.has(folded(token.text)))
}

function flattened(item: ListItem): string[] {
  return [item.text, ...item.items.flatMap(flattened)]
}
