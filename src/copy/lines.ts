/** What stands before a list item's text: a bullet (`-`, `*`, `•`, `–` …) or a number (`1.`, `1)`, `1、`). */
export type Marker = { kind: 'bullet'; sign: string; rest: string } | { kind: 'number'; sign: string; value: number; rest: string }

/** One line of a page: trimmed, each run of white space one space; `indent` in columns (a tab goes to the next multiple of 4). */
export type Line = { text: string; indent: number; marker: Marker | null }

const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
const BULLET = /^(?:([-*–])\s|([•‣◦▪●])\s?)(.*)$/u
const NUMBER = /^(\d{1,9}|[٠-٩]{1,9}|[۰-۹]{1,9}|[०-९]{1,9})(?:([.)])\s|([、．]))(.*)$/u
const DIGIT_ZEROS = ['0', '٠', '۰', '०'].map((zero) => zero.charCodeAt(0))
const TAB_WIDTH = 4
const BLANK: Line = { text: '', indent: 0, marker: null }

/** Splits a page's text into lines, whatever its line ends (also a lone CR, form feeds, Unicode's own); a BOM is dropped. */
export function linesOf(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(LINE_END)
    .map(lineOf)
}

function lineOf(raw: string): Line {
  // A no-break space inside a line is the writer's (French punctuation, “10 km”) and stays.
  const text = raw.trim().replace(/[ \t]{2,}|\t/g, ' ')
  if (text === '') return BLANK
  return { text, indent: indentOf(raw), marker: markerOf(text) }
}

function indentOf(raw: string): number {
  let column = 0
  for (const character of raw) {
    if (character === '\t') column += TAB_WIDTH - (column % TAB_WIDTH)
    else if (character.trim() === '') column += 1
    else return column
  }
  return 0
}

function markerOf(text: string): Marker | null {
  const bullet = BULLET.exec(text)
  if (bullet) {
    const rest = (bullet[3] ?? '').trim()
    // “* * *” and “- - -” part a text, they don't list anything.
    if (!/[^\s*•–-]/.test(rest)) return null
    return { kind: 'bullet', sign: bullet[1] ?? bullet[2] ?? '', rest }
  }
  const number = NUMBER.exec(text)
  const rest = (number?.[4] ?? '').trim()
  if (!number || rest === '') return null
  return { kind: 'number', sign: number[2] ?? number[3] ?? '', value: valueOf(number[1] ?? ''), rest }
}

function valueOf(digits: string): number {
  let value = 0
  for (const digit of digits) {
    const code = digit.charCodeAt(0)
    value = value * 10 + code - Math.max(...DIGIT_ZEROS.filter((zero) => zero <= code))
  }
  // “01.” would come back as “1.”: such a number has to stay visible, so it never counts as a list's next one.
  return /^[0٠۰०]./u.test(digits) ? -1 : value
}
