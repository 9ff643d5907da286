import { linksIn, plainText } from '../copy/markdown.ts'
import { addAll } from '../database/values.ts'
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

/** What a section’s body says that is none of its text: in place of pictures, and in code. */
export function besideText(body: readonly Block[]): string[] {
  return body.flatMap((block) => {
    if (block.type === 'code') return [block.code]
    return block.type === 'image' && block.image.alt ? [block.image.alt] : []
  })
}

const itemLinks = ({ text, items = [] }: ListItem): string[] => [...linksIn(text), ...items.flatMap(itemLinks)]

function linksOfBlock(block: Block): string[] {
  switch (block.type) {
    case 'paragraph':
    case 'quote':
      return linksIn(block.text)
    case 'list':
      return block.items.flatMap(itemLinks)
    case 'table':
      return [...(block.header ?? []), ...block.rows.flat()].flatMap(linksIn)
    case 'embed':
      return [block.url]
    case 'image':
    case 'code':
      return []
  }
}

/** The addresses, http or https, to which the texts and embeds of a section's body link. @param most so many are looked for, about */
export function linksOf(body: readonly Block[], most: number): string[] {
  const links: string[] = []
  for (const block of body) {
    if (links.length >= most) break
    addAll(links, linksOfBlock(block) ?? [])
  }
  return links
}
