import { plainText } from '../copy/markdown.ts'
import type { Block, ListItem } from './blocks.ts'

const itemTexts = ({ label, text, items = [] }: ListItem): string[] => [
  ...(label ? [`${label}: ${plainText(text)}`] : [plainText(text)]),
  ...items.flatMap(itemTexts),
]

function textsOf(block: Block): string[] {
  switch (block.type) {
    case 'paragraph':
      return [plainText(block.text)]
    case 'list':
      return block.items.flatMap(itemTexts)
    case 'quote':
      return [plainText(block.text), block.attribution ?? '']
    case 'image':
      return [block.image.title ?? '', block.image.caption ?? '']
    case 'table':
      return [block.caption ?? '', ...(block.header ?? []).map(plainText), ...block.rows.flat().map(plainText)]
    case 'embed':
      return [block.title ?? '']
    case 'code':
      return []
  }
}

/** The words of a section's body as a reader sees them, a line a piece: for word counts and search. Code is left out. */
export function textOf(body: readonly Block[]): string {
  return body.flatMap(textsOf).filter(Boolean).join('\n')
}
