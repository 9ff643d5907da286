import { withoutBoilerplate } from './boilerplate.ts'
import type { Highlights } from './highlights.ts'
import { linesOf } from './lines.ts'
import { type ListItem, type ListToken, tokensOf } from './lists.ts'
import { escapeMarkdown } from './markdown.ts'
import { readPageHeader } from './page-header.ts'
import { fitsSingleLine, folded, splitLabel } from './phrases.ts'
import type { PictureWords } from './picture.ts'
import { type PageSection, sectionsOf } from './sections.ts'
import { slugify, uniqueSlugs } from './slug.ts'

/** An image of the contract of which only the words are known. */
export type TextImage = {
  url: null
  alt: string | null
  title: string | null
  caption: string | null
  credit: null
  width: null
  height: null
  focalPoint: null
}

/** An item of a list block; `text` is inline Markdown, `label` plain text. */
export type TextListItem = { label?: string; text: string; items?: TextListItem[] }

/** The contract's blocks that a text can hold; `text` is inline Markdown. */
export type TextBlock = { type: 'paragraph'; text: string } | { type: 'list'; ordered: boolean; items: TextListItem[] }

/** A section; `heading` is null only for what stands before the first heading. */
export type TextSection = { heading: string | null; anchor: string; depth: number; body: TextBlock[] }

/** A highlight list; an item whose words are a section's heading targets that section. */
export type TextHighlightList = {
  title?: string
  style: 'bulleted' | 'numbered'
  items: { text: string; target: null | { type: 'section'; anchor: string } }[]
}

/** What the text of a page says, in the shape of the contract's `ArticleInput`. */
export type ArticleFromText = {
  headline: string
  alternativeHeadline?: string
  leadImage?: TextImage
  sections: TextSection[]
  highlightLists: TextHighlightList[]
}

/**
 * Reads the text of a published page: its first line is the headline; a second headline, the picture's words and the highlights
 * may stand before the story; then come sections. The site's own lines at the end (“Leave a comment”) are left out, nothing else is;
 * what Markdown would read as markup is escaped. `null` where there is no headline: no text, boilerplate alone, or a first line
 * over 1,000 characters. Takes time in proportion to the text; 1,000 sections and 1,000 blocks a section are the caller's to check.
 */
export function articleFromText(text: string): ArticleFromText | null {
  const lines = withoutBoilerplate(linesOf(text))
  const first = lines.findIndex((line) => line.text !== '')
  const headline = lines[first]?.text
  if (headline === undefined || !fitsSingleLine(headline)) return null
  const tokens = tokensOf(lines.slice(first + 1))
  const begin = tokens[0]
  // What stands right under the headline is told from what a blank line sets apart.
  if (begin && lines[first + 1]?.text !== '') begin.apart = false
  const header = readPageHeader(headline, tokens)
  const named = new Set(header.highlights.flatMap((list) => list.texts.map(folded)))
  const anchors = new Map<string, string>()
  const unique = uniqueSlugs('section')
  const sections = sectionsOf(header.story, named).map((section) => sectionOf(section, unique, anchors))
  return {
    headline,
    ...(header.alternativeHeadline === null ? {} : { alternativeHeadline: header.alternativeHeadline }),
    ...(header.picture === null ? {} : { leadImage: imageOf(header.picture) }),
    sections,
    highlightLists: header.highlights.map((list) => highlightListOf(list, anchors)),
  }
}

function sectionOf(section: PageSection, unique: (slug: string) => string, anchors: Map<string, string>): TextSection {
  const { heading, parts } = section
  const anchor = unique(heading === null ? '' : slugify(heading))
  const key = heading === null ? null : folded(heading)
  if (key !== null && !anchors.has(key)) anchors.set(key, anchor)
  return { heading, anchor, depth: 0, body: parts.map(blockOf) }
}

function blockOf(part: string | ListToken): TextBlock {
  if (typeof part === 'string') return { type: 'paragraph', text: escapeMarkdown(part) }
  return { type: 'list', ordered: part.ordered, items: part.items.map(listItemOf) }
}

function listItemOf(item: ListItem): TextListItem {
  const split = splitLabel(item.text)
  return {
    ...(split ? { label: split.label } : {}),
    text: escapeMarkdown(split ? split.rest : item.text),
    ...(item.items.length > 0 ? { items: item.items.map(listItemOf) } : {}),
  }
}

function imageOf(words: PictureWords): TextImage {
  const { alt, title, caption } = words
  return { url: null, alt, title, caption, credit: null, width: null, height: null, focalPoint: null }
}

function highlightListOf(list: Highlights, anchors: Map<string, string>): TextHighlightList {
  return {
    ...(list.title === null ? {} : { title: list.title }),
    style: list.ordered ? 'numbered' : 'bulleted',
    items: list.texts.map((text) => {
      const anchor = anchors.get(folded(text))
      return { text, target: anchor === undefined ? null : { type: 'section', anchor } }
    }),
  }
}
