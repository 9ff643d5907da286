import { slugify } from '../copy/slug.ts'
import { countWords } from '../copy/words.ts'
import { unique } from '../database/slugs.ts'
import { type Fault, pointerKey } from '../http/problems.ts'
import { imageWithDefaults } from '../http/schemas.ts'
import type { Block, ListItem } from './blocks.ts'
import { mostLevels } from './schemas.ts'
import { textOf } from './text.ts'

/** A section as it is to be stored, in its place. */
export type SectionContent = {
  id: string
  parentId: string | null
  position: number
  place: number
  depth: number
  anchor: string
  heading: string | null
  body: Block[]
  wordCount: number
  /** Of one that comes back: the last revision that it had, and when it was made. */
  formerRevision?: number
  createdAt?: string
}

/** A section without its place. */
export type Node = Pick<SectionContent, 'id' | 'parentId' | 'anchor' | 'heading' | 'body' | 'wordCount'>

/** Puts sections, each after its earlier siblings, into document order with their places. */
export function arranged(nodes: readonly Node[]): SectionContent[] {
  const children = Map.groupBy(nodes, (node) => node.parentId)
  const result: SectionContent[] = []
  const visit = (parentId: string | null, depth: number) => {
    for (const [position, node] of (children.get(parentId) ?? []).entries()) {
      result.push({ ...node, position, place: result.length, depth })
      visit(node.id, depth + 1)
    }
  }
  visit(null, 0)
  return result
}

/** A section and all under it. */
export function withDescendants(nodes: readonly Node[], id: string): Set<string> {
  const found = new Set([id])
  // In document order a parent always comes before its children.
  for (const node of nodes) if (node.parentId !== null && found.has(node.parentId)) found.add(node.id)
  return found
}

/** Puts a node among the children of its parent. @param position null for last */
export function placed(nodes: readonly Node[], node: Node, position: number | null): Node[] {
  const others = nodes.filter(({ id }) => id !== node.id)
  const siblings = others.filter(({ parentId }) => parentId === node.parentId)
  const next = position === null ? undefined : siblings[position]
  const index = next ? others.indexOf(next) : others.length
  return others.toSpliced(index, 0, node)
}

/** What an item that led to a section shows once the section is gone. */
export const wordsOfSection = ({ heading, anchor }: Pick<Node, 'heading' | 'anchor'>) => (heading?.trim() ? heading : anchor)

/** A new anchor from a heading, unlike those taken. */
export function anchorFor(heading: string | null, taken: ReadonlySet<string>): string {
  return unique(slugify(heading ?? '') || 'section', (anchor) => taken.has(anchor))
}

const itemDepth = (items: readonly ListItem[]): number => 1 + items.reduce((most, item) => Math.max(most, item.items?.length ? itemDepth(item.items) : 0), 0)

/** What a schema can't say of a body: lists nest no deeper than the limit. */
export function bodyDepthFaults(body: readonly Block[], pointer: string): Fault[] {
  return body.flatMap((block, index): Fault[] =>
    block.type === 'list' && itemDepth(block.items) > mostLevels
      ? [{ pointer: `${pointer}/${pointerKey(index)}/items`, code: 'range', message: `is nested deeper than ${mostLevels} levels` }]
      : [],
  )
}

const rendered = ['html', 'captionHtml', 'headerHtml', 'rowsHtml']

/** A block or an item without what `include=html` had added to it. */
const asWritten = <T extends object>(part: T): T =>
  rendered.some((name) => name in part) ? (Object.fromEntries(Object.entries(part).filter(([name]) => !rendered.includes(name))) as T) : part

const storedItems = (items: readonly ListItem[]): ListItem[] =>
  items.map((item) => (item.items ? { ...asWritten(item), items: storedItems(item.items) } : asWritten(item)))

/** A body as it is stored: images whole, and nothing that follows from the rest. */
export function storedBody(body: readonly Block[] | undefined): Block[] {
  return (body ?? []).map((given) => {
    const block = asWritten(given)
    if (block.type === 'list') return { ...block, items: storedItems(block.items) }
    if (block.type !== 'image') return block
    return { ...block, image: imageWithDefaults(block.image) as NonNullable<ReturnType<typeof imageWithDefaults>> }
  })
}

export const wordsOf = (body: readonly Block[]) => countWords(textOf(body))
