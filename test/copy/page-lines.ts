import { plainText } from '../../src/copy/markdown.ts'
import type { ArticleFromText, TextBlock, TextListItem } from '../../src/copy/text.ts'

/**
 * What of a page is not found again in its article, or stands elsewhere in it; `[]` where nothing is lost or added.
 * Compared without white space, bullets, colons and stops, which the article holds as structure (a numbered list's numbers are counted); `boilerplate` lines are left out.
 */
export function lossesOf(text: string, article: ArticleFromText, boilerplate: string[] = []): string[] {
  const chrome = new Set(boilerplate.map(bare))
  const lines = text
    .split(/\r\n|[\r\n]/)
    .map(bare)
    .filter((line) => line !== '' && !chrome.has(line))
  const losses: string[] = []
  for (const opening of openingTexts(article)
    .map(bare)
    .filter((part) => part !== '')) {
    const place = placeOf(lines, opening)
    if (place) lines.splice(place.from, place.to - place.from)
    else losses.push(`not a line of the page: ${opening}`)
  }
  const story = article.sections.flatMap((section) => [section.heading ?? '', ...section.body.flatMap(blockTexts)])
  const told = story.map(bare).join('')
  if (told !== lines.join('')) losses.push(`the story is\n${lines.join('\n')}\nand came out as\n${story.map(bare).join('\n')}`)
  return losses
}

/** The texts of a block, as read: “1. label: text”, nested items after their own. */
export function blockTexts(block: TextBlock): string[] {
  if (block.type === 'paragraph') return [plainText(block.text)]
  return block.items.flatMap((item, index) => {
    const [first = '', ...nested] = itemTexts(item)
    return [block.ordered ? `${index + 1}. ${first}` : first, ...nested]
  })
}

function itemTexts(item: TextListItem): string[] {
  const text = plainText(item.text)
  return [item.label === undefined ? text : `${item.label}: ${text}`, ...(item.items ?? []).flatMap(itemTexts)]
}

function openingTexts(article: ArticleFromText): string[] {
  const { leadImage: image, alternativeHeadline } = article
  const caption = image ? [image.title, image.caption].filter((part) => part !== null).join(': ') : ''
  const highlights = article.highlightLists.flatMap((list) => [
    list.title ?? '',
    ...list.items.map(({ text }, index) => (list.style === 'numbered' ? `${index + 1}. ${text}` : text)),
  ])
  return [article.headline, alternativeHeadline ?? '', image?.alt ?? '', caption, ...highlights]
}

function bare(line: string): string {
  return line
    .replace(/[\s\uFEFF:：*•–.)、-]/g, '')
    .replace(/’/g, "'")
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
}

/** Where a text stands as one line, or as some wrapped ones. */
function placeOf(lines: string[], text: string): { from: number; to: number } | null {
  for (let from = 0; from < lines.length; from += 1) {
    let joined = ''
    for (let to = from; to < lines.length && text.startsWith(joined); to += 1) {
      joined += lines[to]
      if (joined === text) return { from, to: to + 1 }
    }
  }
  return null
}
