import { linkHelpers } from './markdown.ts'

// Addresses as they are, and those between angle brackets.
const pageAddress = /<[^<>\s]+[:@][^<>\s]*>|https?:\/\/[^\s)]+|\bwww\.[^\s)]+/iy
const mailAddress = /(?<![^\s<>()[\]])[^\s<>()[\]]{1,200}@[^\s<>()[\]]+/y

type Range = [start: number, end: number]

/** Where a run of backticks ends that ends the code which one of this length begins; -1 where nothing does. */
function codeEnds(text: string): (start: number, length: number) => number {
  const byLength = Map.groupBy(text.matchAll(/`+/g), ([run]) => run.length)
  const next = new Map<number, number>()
  return (start, length) => {
    const runs = byLength.get(length) ?? []
    let index = next.get(length) ?? 0
    while (index < runs.length && (runs[index] as RegExpExecArray).index < start) index++
    next.set(length, index)
    const run = runs[index]
    return run ? run.index + length : -1
  }
}

/** What a sticky pattern matches at a place; empty where it doesn’t. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

const space = /[ \t\n]*/y
const backticks = /`+/y
const afterSpace = (text: string, start: number): number => start + matchAt(space, text, start).length

/** Where the destination of a link ends whose parenthesis opens before `start` (CommonMark, 6.3); -1 where that is no link. */
function destinationEnd(text: string, start: number): number {
  const { parseLinkDestination, parseLinkTitle } = linkHelpers()
  const at = afterSpace(text, start)
  const destination = parseLinkDestination(text, at, text.length)
  const end = destination.ok ? destination.pos : at
  const afterIt = afterSpace(text, end)
  const title = afterIt > end ? parseLinkTitle(text, afterIt, text.length) : { ok: false, pos: 0 }
  return text[title.ok ? afterSpace(text, title.pos) : afterIt] === ')' ? end : -1
}

/** What stands in a text but is no word of it, in order: code (CommonMark, 6.1), the destinations of links, and addresses as they are. */
function noWordsIn(text: string): Range[] {
  if (!/[`@]|\]\(|:\/\/|www\./i.test(text)) return []
  const ranges: Range[] = []
  const codeEnd = codeEnds(text)
  let at = 0
  while (at < text.length) {
    const run = matchAt(backticks, text, at).length
    let end = -1
    if (text[at] === '\\') at++
    else if (run > 0) end = codeEnd(at + run, run)
    else if (text.startsWith('](', at)) end = destinationEnd(text, at + 2)
    else end = at + (matchAt(pageAddress, text, at) || matchAt(mailAddress, text, at)).length
    if (end > at) ranges.push([at, end])
    at = Math.max(end, at + Math.max(run, 1))
  }
  return ranges
}

// A character that is written as a reference (HTML, 13.5) is this one character, and no letters.
const reference = '&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);'
const references: Record<string, string> = { '&': `(?:&amp;|&(?!${reference.slice(1)}))`, '<': '(?:&lt;|<)', '>': '(?:&gt;|>)', '"': '(?:&quot;|")' }

// A sign may be written with a backslash before it (CommonMark, 2.4), which is one itself where there are two.
const backslash = String.raw`(?:(?<!\\)\\)?`
const signs = /[!-/:-@[-`{-~]/g
const beginsWithSign = /^[!-/:-@[-`{-~]/

const escaped = (text: string) => text.replaceAll(signs, (sign) => backslash + (references[sign] ?? (/[$()*+./?[\\\]^{|}]/.test(sign) ? `\\${sign}` : sign)))

// So many are looked for: a text of nothing else is no word.
const mostPlaces = 100

/** Where what is sought stands within what it is to be, also where it is written otherwise there. */
function placesOf(sought: string, pattern: RegExp, within: string): number[] {
  const places: number[] = []
  for (let place = within.indexOf(sought); place !== -1 && places.length < mostPlaces; place = within.indexOf(sought, place + 1)) places.push(place)
  for (const { index } of within.matchAll(pattern)) if (!places.includes(index) && places.length < 2 * mostPlaces) places.push(index)
  return places
}

// What comes of it may be found again: two spaces of three, made one.
const mostPasses = 10

/**
 * Makes what replaces words in a text, in their case, and leaves the addresses in it alone, and what stands in what it is to be already:
 * done twice it changes nothing more. Letters are the same whether they are composed or not (Unicode's NFC).
 * @param isWhole whether what is found must not be a part of a longer word
 */
export function wordReplacer(find: string, replacement: string, isWhole: boolean): (text: string) => string {
  const letter = String.raw`[\p{L}\p{N}\p{M}]`
  const sought = find.normalize()
  const made = replacement.normalize()
  const wanted = escaped(sought)
  // Of it so much is written in one way alone: most texts haven’t even that.
  const [certain = ''] = sought.split(signs).sort((one, other) => other.length - one.length)
  // An underscore within a word is no emphasis, and so a part of it.
  const whole = `(?<!${letter}|${letter}_)${wanted}(?!_?${letter})`
  const pattern = new RegExp(`(${isWhole ? whole : wanted})|${reference}`, 'gu')
  const places = placesOf(sought, new RegExp(wanted, 'gu'), made)
  // What begins with a sign stays no markup where that was none.
  const safely = beginsWithSign.test(made) ? `\\${replacement}` : replacement

  function once(text: string): string {
    // Addresses stay as they are written, letter by letter.
    const kept: Range[] = []
    let [normal, end] = ['', 0]
    for (const [from, to] of noWordsIn(text)) {
      normal += text.slice(end, from).normalize()
      kept.push([normal.length, normal.length + to - from])
      normal += text.slice(from, to)
      end = to
    }
    normal += text.slice(end).normalize()
    let [isFound, next] = [false, 0]
    const changed = normal.replace(pattern, (all: string, found: string | undefined, at: number) => {
      while (next < kept.length && (kept[next] as Range)[1] <= at) next++
      const isKept = next < kept.length && (kept[next] as Range)[0] < at + all.length
      if (found === undefined || isKept || places.some((place) => at >= place && normal.startsWith(made, at - place))) return all
      isFound = true
      return found.startsWith('\\') && !sought.startsWith('\\') ? safely : replacement
    })
    return isFound ? changed : text
  }

  return (text) => {
    if (!text.normalize().includes(certain)) return text
    let changed = text
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = changed
      changed = once(before)
      if (changed === before) break
    }
    return changed
  }
}
