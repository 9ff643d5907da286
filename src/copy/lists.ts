import type { Line, Marker } from './lines.ts'
import { endsInColon, endsSentence, joinLines, startsInLowerCase } from './phrases.ts'

/** A list item as plain text, with what is nested under it. */
export type ListItem = { text: string; items: ListItem[] }

/** A page in its order: lines of text, and whole lists. `apart` says that a blank line (or a list) stands before. */
export type Token =
  | { kind: 'line'; text: string; indent: number; apart: boolean; numbered: boolean }
  | { kind: 'list'; ordered: boolean; items: ListItem[]; apart: boolean }
export type LineToken = Extract<Token, { kind: 'line' }>
export type ListToken = Extract<Token, { kind: 'list' }>

/** The contract's limit: lists nested deeper are flattened to it. */
export const LIST_DEPTH_LIMIT = 8

type Level = { indent: number; items: ListItem[]; texts: string[]; counted: boolean }

/**
 * Gathers lists out of lines. A list of numbers begins at 1 and goes up by one; any other numbered line stays a line, with its number,
 * because a `list` block has no start number. Blank lines between items don't part a list, another kind of bullet does.
 * Items nest by two or more columns of indentation.
 */
export function tokensOf(lines: Line[]): Token[] {
  const tokens: Token[] = []
  let apart = true
  let index = 0
  while (index < lines.length) {
    const line = lines[index] as Line
    if (line.text === '') {
      apart = true
      index += 1
    } else if (beginsList(lines, index)) {
      const { items, next } = readList(lines, index)
      tokens.push({ kind: 'list', ordered: line.marker?.kind === 'number', items, apart })
      apart = false
      index = next
    } else {
      const before = tokens.at(-1)
      const first = apart || before?.kind !== 'line'
      const numbered = line.marker?.kind === 'number' && (first || before.numbered)
      tokens.push({ kind: 'line', text: line.text, indent: line.indent, apart: first, numbered })
      apart = false
      index += 1
    }
  }
  return tokens
}

function beginsList(lines: Line[], index: number): boolean {
  const line = lines[index] as Line
  if (line.marker?.kind === 'number') return line.marker.value === 1
  if (!line.marker) return false
  // A dash that only happens to begin a wrapped line (“the minister / – who arrived on Monday – said”) lists nothing.
  const above = lines[index - 1]?.text ?? ''
  const wrapped = above !== '' && !lines[index - 1]?.marker && !endsSentence(above) && !endsInColon(above)
  const lone = !lines[index + 1]?.marker
  return !(wrapped && lone && /[-–]/.test(line.marker.sign) && startsInLowerCase(line.marker.rest))
}

function readList(lines: Line[], start: number): { items: ListItem[]; next: number } {
  const root: Level = { indent: lines[start]?.indent ?? 0, items: [], texts: [], counted: true }
  const first = lines[start]?.marker as Marker
  const levels: Level[] = [root]
  let rootCount = 0
  let index = start
  let next = start
  while (index < lines.length) {
    const line = lines[index] as Line
    if (line.text === '') {
      index += 1
      continue
    }
    if (line.marker) {
      const level = levelFor(levels, line.indent, rootCount > 0)
      if (level === root && !continues(first, line.marker, rootCount)) break
      if (level === root) rootCount += 1
      addItem(level, line.text, line.marker, level === root || first.kind === 'number')
    } else if (index === next && continuesItem(levels, line)) {
      ;(levels.at(-1) as Level).texts.push(line.text)
    } else break
    index += 1
    next = index
  }
  for (const level of levels) closeItem(level)
  return { items: root.items, next }
}

/** Finds the level a line's indentation belongs to, opening one under the last item where it stands further in. */
function levelFor(levels: Level[], indent: number, mayOpen: boolean): Level {
  let top = levels.at(-1) as Level
  while (levels.length > 1 && indent < top.indent - 1) {
    closeItem(top)
    levels.pop()
    top = levels.at(-1) as Level
  }
  if (!mayOpen || indent < top.indent + 2) {
    closeItem(top)
    return top
  }
  closeItem(top)
  const parent = top.items.at(-1) as ListItem
  const items = levels.length < LIST_DEPTH_LIMIT ? parent.items : top.items
  const opened: Level = { indent, items, texts: [], counted: items.length === 0 }
  levels.push(opened)
  return opened
}

function continues(first: Marker, marker: Marker, count: number): boolean {
  if (marker.kind !== first.kind || marker.sign !== first.sign) return false
  return marker.kind === 'bullet' || marker.value === count + 1
}

function addItem(level: Level, text: string, marker: Marker, ordered: boolean): void {
  // A nested list has no kind of its own: its numbers go only where the whole list is numbered and they are what it would count.
  const fits = marker.kind === 'bullet' || (ordered && level.counted && marker.value === level.items.length + 1)
  if (marker.kind === 'bullet' || !fits) level.counted = false
  level.items.push({ text: '', items: [] })
  level.texts = [fits ? marker.rest : text]
}

function closeItem(level: Level): void {
  const item = level.items.at(-1)
  if (item && level.texts.length > 0) item.text = joinLines(level.texts)
  level.texts = []
}

/** Text right under an item goes on with it where it stands further in, or goes on in lower case. */
function continuesItem(levels: Level[], line: Line): boolean {
  const top = levels.at(-1) as Level
  return line.indent > top.indent || startsInLowerCase(line.text)
}
