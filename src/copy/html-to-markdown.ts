import { Parser } from 'htmlparser2'
import { escapeMarkdown } from './markdown.ts'

const blocks = new Set(['p', 'div', 'blockquote', 'ul', 'ol', 'li', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'tr', 'figure', 'hr'])
const emphasis: Record<string, string> = { b: '**', strong: '**', i: '*', em: '*', code: '`' }
const dropped = new Set(['script', 'style', 'template', 'noscript', 'head', 'iframe', 'object', 'svg', 'math'])

type Frame = { name: string; parts: string[]; href: string | null; count: number }

/**
 * Writes HTML of comments elsewhere as the Markdown of comments here: paragraphs, line breaks, emphasis, code, links, quotes and
 * lists; all else is its text.
 * @param breaks whether line ends in the text are line breaks, and empty lines paragraphs: as WordPress shows what was typed
 */
export function htmlToMarkdown(html: string, breaks = false): string {
  const root: Frame = { name: '', parts: [], href: null, count: 0 }
  const stack: Frame[] = [root]
  let silent = 0
  const top = () => stack.at(-1) as Frame
  const isCode = () => stack.some(({ name }) => name === 'pre' || name === 'code')
  const say = (text: string) => void top().parts.push(text)
  const tidy = (text: string) =>
    text
      .replace(/[ \t]+\n/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  const prefixed = (text: string, first: string, rest: string) =>
    tidy(text)
      .split('\n')
      .map((line, index) => (index === 0 ? first : rest) + line)
      .join('\n')

  function close({ name, parts, href }: Frame): string {
    const text = parts.join('')
    const mark = emphasis[name]
    if (name === 'pre') return `\n\n\`\`\`\n${text.replace(/^\n|\n$/g, '').replaceAll('```', '')}\n\`\`\`\n\n`
    if (mark) {
      const inner = text.trim()
      if (inner === '') return text
      if (mark === '`') return inner.includes('`') || isCode() ? escapeMarkdown(inner) : `\`${inner}\``
      return `${/^\s/.test(text) ? ' ' : ''}${mark}${inner}${mark}${/\s$/.test(text) ? ' ' : ''}`
    }
    if (name === 'a') {
      const label = text.trim()
      if (href === null || !/^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(href)) return text
      return label === '' || label.replaceAll('\\', '') === href ? `<${href}>` : `[${label}](<${href}>)`
    }
    if (name === 'blockquote') return `\n\n${prefixed(text, '> ', '> ')}\n\n`
    if (name === 'li') {
      const list = stack.findLast((frame) => frame.name === 'ul' || frame.name === 'ol')
      if (list) list.count++
      return `\n${prefixed(text, list?.name === 'ol' ? `${list.count}. ` : '- ', list?.name === 'ol' ? '   ' : '  ')}\n`
    }
    return blocks.has(name) ? `\n\n${tidy(text)}\n\n` : text
  }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (dropped.has(name)) silent++
        if (name === 'br') say('\n')
        else stack.push({ name, parts: [], href: attributes.href ?? null, count: 0 })
      },
      ontext(text) {
        if (silent > 0) return
        if (isCode()) return say(text)
        const pieces = breaks ? text.split('\n') : [text]
        // What is one text may come in pieces, with the white space at their ends.
        const escaped = pieces.map((piece) => `${/^\s/.test(piece) ? ' ' : ''}${escapeMarkdown(piece)}${/\S\s+$/.test(piece) ? ' ' : ''}`)
        say(escaped.join('\n'))
      },
      onclosetag(name) {
        if (dropped.has(name)) silent--
        if (name === 'br' || top().name !== name) return
        const closed = stack.pop() as Frame
        say(close(closed))
      },
    },
    { decodeEntities: true },
  )
  parser.end(html)
  while (stack.length > 1) {
    const closed = stack.pop() as Frame
    say(close(closed))
  }
  return tidy(root.parts.join('').replace(/\n[ \t]+(?=\n)/g, '\n'))
}
