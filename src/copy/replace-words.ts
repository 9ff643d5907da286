import { markdownHelpers } from './markdown.ts'

// Addresses as they are, and those between angle brackets: looked at once, however long what begins like one is.
const pageAddress = /<(?=[^<>\s]*[:@])[^<>\s]+>|https?:\/\/[^\s)]+|\bwww\.[^\s)]+/iy
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
const hardBreak = /(?<! ) {2,}\n/y
const afterSpace = (text: string, start: number): number => start + matchAt(space, text, start).length

/** Where a link ends whose parenthesis opens before `start` (CommonMark, 6.3), with its destination and title; -1 where that is none. */
function linkEnd(text: string, start: number): number {
  const { parseLinkDestination, parseLinkTitle } = markdownHelpers()
  const at = afterSpace(text, start)
  const destination = parseLinkDestination(text, at, text.length)
  const end = destination.ok ? destination.pos : at
  const afterIt = afterSpace(text, end)
  const title = afterIt > end ? parseLinkTitle(text, afterIt, text.length) : { ok: false, pos: 0 }
  const last = title.ok ? afterSpace(text, title.pos) : afterIt
  return text[last] === ')' ? last + 1 : -1
}

const addressAt = (text: string, at: number) => matchAt(pageAddress, text, at) || matchAt(mailAddress, text, at)

/** Addresses as they stand in a text, in order. */
function addressesIn(text: string): Range[] {
  if (!/@|:\/\/|www\./i.test(text)) return []
  const ranges: Range[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + addressAt(text, at).length
    if (end > at) ranges.push([at, end])
    at = Math.max(end, at + 1)
  }
  return ranges
}

/**
 * What stands in Markdown but is no word of it, in order: code (CommonMark, 6.1), the destinations and titles of links, addresses as
 * they are, and line ends that stay (6.7).
 */
function noWordsIn(text: string): Range[] {
  if (!/[`@]|\]\(|:\/\/|www\.| {2}\n/i.test(text)) return []
  const ranges: Range[] = []
  const codeEnd = codeEnds(text)
  let at = 0
  while (at < text.length) {
    const run = matchAt(backticks, text, at).length
    let end = -1
    if (text[at] === '\\') at++
    else if (run > 0) end = codeEnd(at + run, run)
    else if (text.startsWith('](', at)) end = linkEnd(text, at + 2)
    else end = at + (matchAt(hardBreak, text, at) || addressAt(text, at)).length
    if (end > at) ranges.push([at, end])
    at = Math.max(end, at + Math.max(run, 1))
  }
  return ranges
}

// A character that is written as a reference (HTML, 13.5) is this one character, and no letters.
const reference = '&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);'
const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
const orReference = new RegExp(`\\\\[^]|${reference}`, 'g')
const isLetters = /^[\p{L}\p{N}\p{M}]+$/u

/** A text of Markdown with letters as they are, where they are written as references. */
const withLetters = (text: string): string =>
  text.includes('&')
    ? text.replaceAll(orReference, (written) => {
        const meant = written.startsWith('&') ? markdownHelpers().decoded(written) : written
        return isLetters.test(meant) ? meant : written
      })
    : text

const signs = /[!-/:-@[-`{-~]/g
const beginsWithSign = /^[!-/:-@[-`{-~]/
const literal = (text: string) => text.replaceAll(signs, (sign) => (/[$()*+./?[\\\]^{|}]/.test(sign) ? `\\${sign}` : sign))

// A sign may be written with a backslash before it (CommonMark, 2.4), which is one itself where there are two; that of the first is none of the text before.
const backslash = String.raw`(?:(?<!\\)\\)?`
const firstBackslash = String.raw`(?:(?<!\\)\\|(?<!(?<!\\)\\))`

/** What a sign may be written as in Markdown. */
function written(sign: string): string {
  const code = sign.charCodeAt(0)
  const hex = code.toString(16).replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const forms = [
    ...(references[sign] ? [references[sign]] : []),
    `&#0{0,5}${code};`,
    `&#[xX]0{0,4}${hex};`,
    sign === '&' ? `&(?!${reference.slice(1)})` : literal(sign),
  ]
  return `(?:${forms.join('|')})`
}

const inMarkdown = (text: string) => text.replaceAll(signs, (sign, at: number) => (at === 0 ? firstBackslash : backslash) + written(sign))

/** Where what is to be stands in a text by now, each place where it begins, in order. */
function placesOf(made: string, text: string): number[] {
  const places: number[] = []
  for (let place = text.indexOf(made); place !== -1; place = text.indexOf(made, place + 1)) places.push(place)
  return places
}

/** How many signs a text has, each of which may be written in several ways where the text is Markdown. */
export const signsIn = (text: string): number => text.normalize().match(signs)?.length ?? 0

/** No text of a story may be longer. */
export const longestText = 65_536

// What comes of it may be found again: two spaces of three, made one. So often the longest text can be halved.
const mostPasses = 17

/**
 * Makes what replaces words in a text, in their case, and leaves the addresses in it alone, and what stands in what it is to be already:
 * done twice it changes nothing more. Letters are the same whether they are composed or not (Unicode's NFC).
 * A text that gets longer than any may be is left at that.
 * @param isWhole whether what is found must not be a part of a longer word
 * @param isMarkdown whether the texts, and what replaces words in them, are Markdown: then code and links stay, too
 */
export function wordReplacer(find: string, replacement: string, isWhole: boolean, isMarkdown: boolean): (text: string) => string {
  const letter = String.raw`[\p{L}\p{N}\p{M}]`
  const sought = find.normalize()
  const made = replacement.normalize()
  const wanted = isMarkdown ? inMarkdown(sought) : literal(sought)
  // Of it so much is written in one way alone: most texts haven’t even that.
  const [certain = ''] = sought.split(signs).sort((one, other) => other.length - one.length)
  // An underscore within a word is no emphasis, and so a part of it.
  const whole = `(?<!${letter}|${letter}_)${wanted}(?!_?${letter})`
  const pattern = new RegExp(`(${isWhole ? whole : wanted})${isMarkdown ? `|${reference}` : ''}`, 'gu')
  const makesIt = made.includes(sought) || new RegExp(wanted, 'u').test(made)
  // What begins with a sign stays no markup where that was none.
  const safely = beginsWithSign.test(made) ? `\\${replacement}` : replacement
  const normalized = (text: string) => (isMarkdown ? withLetters(text) : text).normalize()

  function once(text: string): string {
    // Addresses stay as they are written, letter by letter.
    const kept: Range[] = []
    let [normal, end] = ['', 0]
    for (const [from, to] of isMarkdown ? noWordsIn(text) : addressesIn(text)) {
      normal += normalized(text.slice(end, from))
      kept.push([normal.length, normal.length + to - from])
      normal += text.slice(from, to)
      end = to
    }
    normal += normalized(text.slice(end))
    const present = makesIt ? placesOf(made, normal) : []
    let [isFound, next, nextPresent, length] = [false, 0, 0, normal.length]
    const changed = normal.replace(pattern, (all: string, found: string | undefined, at: number) => {
      while (next < kept.length && (kept[next] as Range)[1] <= at) next++
      const isKept = next < kept.length && (kept[next] as Range)[0] < at + all.length
      while (nextPresent < present.length && (present[nextPresent] as number) <= at) nextPresent++
      const isThere = nextPresent > 0 && (present[nextPresent - 1] as number) + made.length >= at + all.length
      const isTooLong = length > longestText && replacement.length > all.length
      if (found === undefined || isKept || isThere || isTooLong) return all
      isFound = true
      length += replacement.length - all.length
      return isMarkdown && found.startsWith('\\') && !sought.startsWith('\\') ? safely : replacement
    })
    return isFound ? changed : text
  }

  return (text) => {
    if (!normalized(text).includes(certain)) return text
    let changed = text
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = changed
      changed = once(before)
      if (changed === before) break
    }
    return changed
  }
}
