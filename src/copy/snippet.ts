import { escapeHtml } from './html.ts'
import type { QueryTerm } from './query.ts'
import { type WordSpan, wordSpans } from './words.ts'

const wordsBefore = 8
const wordsInAll = 30

/** Which words of a text belong to a match of any term. */
function matched(spans: readonly WordSpan[], terms: readonly QueryTerm[]): boolean[] {
  const marks = spans.map(() => false)
  for (const { words, prefix } of terms)
    for (let start = 0; start + words.length <= spans.length; start++) {
      const fits = words.every((word, offset) => {
        const found = spans[start + offset]?.word ?? ''
        return found === word || (prefix && offset === words.length - 1 && found.startsWith(word))
      })
      if (fits) marks.fill(true, start, start + words.length)
    }
  return marks
}

/**
 * Cuts the place of the first match out of a text, from one of its lines: escaped HTML of about 30 words, matches in
 * `<mark>`, `…` where it was cut.
 * @returns null where nothing matches
 */
export function snippetOf(text: string, terms: readonly QueryTerm[]): string | null {
  for (const line of text.split('\n')) {
    const snippet = snippetOfLine(line, terms)
    if (snippet !== null) return snippet
  }
  return null
}

function snippetOfLine(text: string, terms: readonly QueryTerm[]): string | null {
  const spans = wordSpans(text)
  const marks = matched(spans, terms)
  const first = marks.indexOf(true)
  if (first < 0) return null
  const from = Math.max(0, first - wordsBefore)
  return marked(text, spans, marks, from, Math.min(spans.length, from + wordsInAll))
}

/** A whole line as escaped HTML, matches in `<mark>`. @returns null where nothing matches */
export function markedLine(text: string, terms: readonly QueryTerm[]): string | null {
  const spans = wordSpans(text)
  const marks = matched(spans, terms)
  return marks.includes(true) ? marked(text, spans, marks, 0, spans.length) : null
}

/** The words of a text from one to another as escaped HTML, with marks, and `…` where it was cut. */
function marked(text: string, spans: readonly WordSpan[], marks: readonly boolean[], from: number, to: number): string {
  const begin = from === 0 ? 0 : (spans[from] as WordSpan).start
  const end = to === spans.length ? text.length : (spans[to - 1] as WordSpan).end
  let html = from === 0 ? '' : '…'
  let at = begin
  for (let index = from; index < to; index++) {
    const span = spans[index] as WordSpan
    if (!marks[index] || span.start < at) continue
    html += `${escapeHtml(text.slice(at, span.start))}<mark>${escapeHtml(text.slice(span.start, span.end))}</mark>`
    at = span.end
  }
  return `${html}${escapeHtml(text.slice(at, end))}${to === spans.length ? '' : '…'}`.replace(/\s+/g, ' ').trim()
}
