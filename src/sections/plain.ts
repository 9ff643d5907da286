import { plainText } from '../copy/markdown.ts'
import type { Block, ListItem } from './blocks.ts'

function itemLines({ label, text, items = [] }: ListItem, mark: string, indent: string, ordered: boolean): string[] {
  const own = `${indent}${mark} ${label ? `${label}: ` : ''}${plainText(text)}`
  return [own, ...listLines(items, ordered, `${indent}  `)]
}

const listLines = (items: readonly ListItem[], ordered: boolean, indent = ''): string[] =>
  items.flatMap((item, index) => itemLines(item, ordered ? `${index + 1}.` : '-', indent, ordered))

const paragraphs = (...texts: (string | null | undefined)[]) => texts.filter((text) => text?.trim()).join('\n')

function blockText(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return plainText(block.text)
    case 'list':
      return listLines(block.items, block.ordered).join('\n')
    case 'quote':
      return paragraphs(`“${plainText(block.text)}”`, block.attribution && `— ${block.attribution}`)
    case 'image': {
      const { alt, caption, credit } = block.image
      return paragraphs([caption ?? alt, credit && `(${credit})`].filter(Boolean).join(' '))
    }
    case 'table':
      return paragraphs(block.caption, ...[...(block.header ? [block.header] : []), ...block.rows].map((row) => row.map(plainText).join('\t')))
    case 'embed':
      return paragraphs(block.title, block.url)
    case 'code':
      return block.code
    default:
      return ''
  }
}

/** The blocks of a section as plain text: a blank line between them, list items after `-` or their number, cells with tabs between. */
export const bodyText = (body: readonly Block[]): string => body.map(blockText).filter(Boolean).join('\n\n')

/** Sections as plain text, each under its heading. */
export const sectionsText = (sections: readonly { heading: string | null; body: readonly Block[] }[]): string =>
  sections
    .map(({ heading, body }) => [heading?.trim(), bodyText(body)].filter(Boolean).join('\n\n'))
    .filter(Boolean)
    .join('\n\n')
