import { directionOf } from '../copy/direction.ts'
import { escapeHtml, sanitized } from '../copy/html.ts'
import { inlineToHtml } from '../copy/markdown.ts'
import type { Image } from '../http/schemas.ts'
import type { Block, ListItem } from './blocks.ts'
import { frameOf, playerHosts } from './frames.ts'

/** @param hosts whose pages embeds may show in a frame (`EMBED_HOSTS`) */
type Options = { language: string; hosts: readonly string[] }

type Part = { anchor: string; heading: string | null; depth: number; body: readonly Block[] }

const element = (name: string, content: string, attributes: Record<string, string | number | true | null> = {}): string => {
  const given = Object.entries(attributes).flatMap(([attribute, value]) =>
    value === null ? [] : value === true ? [` ${attribute}`] : [` ${attribute}="${escapeHtml(String(value))}"`],
  )
  return `<${name}${given.join('')}>${content}</${name}>`
}

const lines = (text: string) => escapeHtml(text).replace(/\r?\n/g, '<br>')

function itemHtml({ label, text, items }: ListItem, ordered: boolean): string {
  const words = `${label ? `<strong>${escapeHtml(label)}:</strong> ` : ''}${inlineToHtml(text)}`
  return `<li>${words}${items && items.length > 0 ? listHtml(items, ordered) : ''}</li>`
}

const listHtml = (items: readonly ListItem[], ordered: boolean): string =>
  items.length === 0 ? '' : element(ordered ? 'ol' : 'ul', items.map((item) => itemHtml(item, ordered)).join(''))

/** A picture with what is said under it, as HTML that isn't sanitized yet. */
export function figureHtml({ url, alt, title, caption, credit, width, height }: Image, loading: 'lazy' | 'eager' = 'lazy'): string {
  const attributes = { src: url, alt: alt ?? '', title, width, height, loading, decoding: 'async' }
  const picture = url === null ? '' : element('img', '', attributes).replace('</img>', '')
  // Where there is no picture, its words are all that shows.
  const said = url === null ? [title ? `<strong>${escapeHtml(title)}</strong>` : '', lines(caption ?? alt ?? '')] : [lines(caption ?? '')]
  const words = [...said, credit ? element('small', escapeHtml(credit)) : ''].filter(Boolean).join(' ')
  return picture + words === '' ? '' : element('figure', picture + (words ? element('figcaption', words) : ''))
}

function tableHtml({ caption, header, rows }: Extract<Block, { type: 'table' }>): string {
  const cells = (row: readonly string[]) => element('tr', row.map((cell) => element('td', inlineToHtml(cell))).join(''))
  const head =
    header && header.length > 0 ? element('thead', element('tr', header.map((cell) => element('th', inlineToHtml(cell), { scope: 'col' })).join(''))) : ''
  return element('table', (caption ? element('caption', escapeHtml(caption)) : '') + head + element('tbody', rows.map(cells).join('')))
}

function embedHtml({ url, title }: Extract<Block, { type: 'embed' }>, hosts: readonly string[]): string {
  const frame = frameOf(url, hosts)
  if (frame === null) return element('p', element('a', escapeHtml(title || url), { href: url }))
  const sandbox = 'allow-scripts allow-same-origin allow-popups allow-presentation'
  const attributes = { src: frame, title: title || new URL(url).hostname, width: 640, height: 360, loading: 'lazy', sandbox }
  return element('figure', element('iframe', '', { ...attributes, referrerpolicy: 'strict-origin-when-cross-origin', allowfullscreen: true }))
}

function blockHtml(block: Block, hosts: readonly string[]): string {
  switch (block.type) {
    case 'paragraph':
      return block.text.trim() ? element('p', inlineToHtml(block.text)) : ''
    case 'list':
      return listHtml(block.items, block.ordered)
    case 'quote': {
      const quote = element('blockquote', element('p', inlineToHtml(block.text)))
      return block.attribution ? element('figure', quote + element('figcaption', escapeHtml(block.attribution))) : quote
    }
    case 'image':
      return figureHtml(block.image)
    case 'table':
      return tableHtml(block)
    case 'embed':
      return embedHtml(block, hosts)
    case 'code':
      return element(
        'pre',
        element('code', escapeHtml(block.code), { class: /^[\w+#-]{1,40}$/.test(block.language ?? '') ? `language-${block.language}` : null }),
      )
    default:
      // A type that came later than this server shows nothing.
      return ''
  }
}

const bodyOf = (body: readonly Block[], hosts: readonly string[]) =>
  body
    .map((block) => blockHtml(block, hosts))
    .filter(Boolean)
    .join('\n')

const safe = (html: string, { hosts }: Options) => sanitized(html, [...playerHosts, ...hosts])

const whole = (html: string, options: Options) => safe(element('div', html, { lang: options.language, dir: directionOf(options.language) }), options)

/** The blocks of a section as safe HTML, without its heading, in a `div` that says language and direction. */
export const sectionHtml = ({ body }: Pick<Part, 'body'>, options: Options): string => whole(bodyOf(body, options.hosts), options)

/**
 * Sections as safe HTML, in a `div` that says language and direction: headings from `h2` on, by depth, with the anchors as their ids;
 * a section without a heading stands in a `div` with its anchor.
 */
export function sectionsHtml(sections: readonly Part[], options: Options): string {
  const parts = sections.map(({ anchor, heading, depth, body }) => {
    const blocks = bodyOf(body, options.hosts)
    if (!heading?.trim()) return element('div', blocks, { id: anchor })
    return [element(`h${Math.min(6, 2 + depth)}`, escapeHtml(heading), { id: anchor }), blocks].filter(Boolean).join('\n')
  })
  return whole(parts.join('\n'), options)
}

type Rendered<B> = B & { html?: string; captionHtml?: string | null; headerHtml?: string[] | null; rowsHtml?: string[][] }

/** A block with `html` beside each of its inline texts: safe HTML of a phrase, without an element around it. */
export function withInlineHtml(block: Block): Rendered<Block> {
  const html = (text: string) => sanitized(inlineToHtml(text), [])
  const item = ({ text, items, ...own }: ListItem): ListItem & { html: string } => ({
    ...own,
    text,
    html: html(text),
    ...(items ? { items: items.map(item) } : {}),
  })
  switch (block.type) {
    case 'paragraph':
    case 'quote':
      return { ...block, html: html(block.text) }
    case 'list':
      return { ...block, items: block.items.map(item) }
    case 'image':
      return { ...block, captionHtml: block.image.caption === null ? null : lines(block.image.caption) }
    case 'table': {
      const { caption = null, header = null, rows } = block
      return {
        ...block,
        captionHtml: caption === null ? null : escapeHtml(caption),
        headerHtml: header?.map(html) ?? null,
        rowsHtml: rows.map((row) => row.map(html)),
      }
    }
    default:
      return block
  }
}
