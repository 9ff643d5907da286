import type { ArticleFromText, TextListItem, TextSection } from '../../src/copy/text.ts'
import { type Case, type Dice, wordsOf } from './generated-words.ts'
import { randomFrom } from './random.ts'

/** What must come out of a page: its article without what is the same in all. */
export type Expected = {
  headline: string
  alternativeHeadline: string | null
  picture: { alt: string | null; title: string | null; caption: string | null } | null
  highlights: { title: string | null; style: string; items: [text: string, heading: string | null][] }[]
  sections: Pick<TextSection, 'heading' | 'body'>[]
}

/** A page as a site would publish it; `kind` says what stands between its headline and its story. */
export type GeneratedPage = { kind: string; text: string; expected: Expected }

type Words = ReturnType<typeof wordsOf>
type Setting = { dice: Dice; words: Words; width: number; colons: 'all' | 'none' | 'some' }
type Section = { lines: string[]; heading: string | null; body: TextSection['body'] }
type Highlights = Expected['highlights'][number] & { lines: string[] }

const SIGNS = ['-', '–', '*', '•', '1)', '1.'] as const
const FURNITURE = ['', '', 'Share This Article\nLeave a comment', 'Share this story\nFacebook\nWhatsApp\nX\n\nLeave a Reply', 'Leave a comment']

/** The page of a seed, with what a careful reader finds in it; the same each time. */
export function generatedPage(seed: number): GeneratedPage {
  const below = randomFrom(seed)
  const dice: Dice = { below, oneOf: (values) => values[below(values.length)] as (typeof values)[number], chance: (percent) => below(100) < percent }
  const style = dice.oneOf<Case>(['Every Word', 'Words of Weight', 'first word'])
  const words = wordsOf(dice, style)
  const setting: Setting = { dice, words, width: dice.oneOf([0, 0, 58, 72]), colons: dice.oneOf(['all', 'none', 'some']) }
  const headline = words.headline()
  const picture = dice.chance(50)
  const second = dice.oneOf(['none', 'none', 'once', 'once', ...(picture ? ['twice', 'twice'] : [])])
  const highlighted = dice.chance(55)
  const byline = dice.chance(20) ? dice.oneOf(['By Ida Marsh', 'By Ida Marsh and Joel Okoro', 'Published 3 May 2031, 8:15 a.m.']) : null
  // What stands alone over the story could be its first heading, or its first paragraph, unless something tells.
  const isOpen = !highlighted && second !== 'twice' && !(picture && second === 'once')
  const story = storyOf(setting, { isOpen, second: second !== 'none', picture, style })
  const highlights = highlighted ? highlightsOf(setting, story) : null
  const deck = second === 'none' ? null : isOpen && story[0]?.heading === null ? words.longDeck() : words.deck()
  const image = picture
    ? { alt: second === 'twice' ? deck : dice.chance(15) && second === 'none' ? headline : null, title: words.shotTitle(), caption: words.shot() }
    : null
  const top = [...(byline && dice.chance(50) ? ['', byline] : []), ...headLines(setting, { deck, image, highlights, second })]
  const credited = byline && !top.includes(byline) ? [byline, '', ...dropFirstBlank(top)] : top
  const lines = [headline, ...credited, ...story.flatMap((section) => ['', ...section.lines]), '', dice.oneOf(FURNITURE)]
  const kind = [
    second === 'none' ? 'no second headline' : `second headline ${second}`,
    picture ? 'picture' : null,
    highlights ? `${highlights.title === null ? '' : 'titled '}${highlights.style} highlights` : null,
    byline ? 'byline' : null,
    story[0]?.heading === null ? 'lead' : null,
  ]
  const lead: Section[] = byline ? [{ lines: [], heading: null, body: [paragraph(byline)] }] : []
  const [first, ...others] = story
  const sections = byline && first?.heading === null ? [{ ...first, body: [...(lead[0]?.body ?? []), ...first.body] }, ...others] : [...lead, ...story]
  return {
    kind: kind.filter((part) => part !== null).join(', '),
    text: asSent(dice, lines),
    expected: {
      headline,
      alternativeHeadline: deck,
      picture: image,
      highlights: highlights ? [{ title: highlights.title, style: highlights.style, items: highlights.items }] : [],
      sections: sections.map(({ heading, body }) => ({ heading, body })),
    },
  }
}

/** An article in the shape of what is expected of it. */
export function outcomeOf(article: ArticleFromText): Expected {
  const headings = new Map(article.sections.map(({ anchor, heading }) => [anchor, heading]))
  const { leadImage: image } = article
  return {
    headline: article.headline,
    alternativeHeadline: article.alternativeHeadline ?? null,
    picture: image ? { alt: image.alt, title: image.title, caption: image.caption } : null,
    highlights: article.highlightLists.map(({ title, style, items }) => ({
      title: title ?? null,
      style,
      items: items.map(({ text, target }) => [text, target ? (headings.get(target.anchor) ?? null) : null]),
    })),
    sections: article.sections.map(({ heading, body }) => ({ heading, body })),
  }
}

function headLines(
  { dice, width }: Setting,
  head: { deck: string | null; image: Expected['picture']; highlights: Highlights | null; second: string },
): string[] {
  const { deck, image, highlights, second } = head
  const gap = (percent: number): string[] => (dice.chance(percent) ? [''] : [])
  const above = deck ?? image?.alt ?? null
  const repeated = second === 'twice' && deck !== null ? deck : null
  return [
    ...(above === null ? [] : ['', above]),
    ...(image ? [...(above === null ? [''] : []), ...wrapped(`${image.title}: ${image.caption}`, width)] : []),
    ...(highlights ? [...gap(above === null && !image ? 85 : 50), ...highlights.lines] : []),
    ...(repeated === null ? [] : ['', repeated]),
  ]
}

function storyOf(setting: Setting, head: { isOpen: boolean; second: boolean; picture: boolean; style: Case }): Section[] {
  const { dice, words, width } = setting
  const mayLead = !head.isOpen || !head.picture || head.style !== 'first word'
  const story: Section[] = []
  if (mayLead && dice.chance(35)) {
    const texts = [...(dice.chance(30) ? [words.timed()] : []), ...Array.from({ length: 1 + dice.below(2) }, words.paragraph)]
    story.push({ heading: null, body: texts.map(paragraph), lines: texts.flatMap((text) => [...wrapped(text, width), '']) })
  }
  const isBare = head.isOpen && !head.second && !head.picture && story.length === 0
  const count = isBare ? 2 + dice.below(3) : 1 + dice.below(4)
  for (let index = 0; index < count; index += 1) {
    const heading = isBare || (head.isOpen && head.second) ? words.shortTopic() : words.topic()
    story.push(sectionOf(setting, heading))
  }
  return story
}

function sectionOf(setting: Setting, heading: string): Section {
  const { dice, words, width, colons } = setting
  const hasColon = colons === 'all' || (colons === 'some' && dice.chance(50))
  const shape = dice.oneOf(['text', 'text', 'list', 'list', 'text list', 'list text', 'timed'])
  const body: TextSection['body'] = []
  const lines: string[] = []
  for (const part of shape.split(' ')) {
    if (part === 'list') {
      const list = listOf(setting)
      body.push(list.block)
      lines.push(...list.lines, '')
      continue
    }
    const texts = part === 'timed' ? [words.timed(), words.paragraph()] : Array.from({ length: 1 + dice.below(3) }, words.paragraph)
    body.push(...texts.map(paragraph))
    lines.push(...texts.flatMap((text) => [...wrapped(text, width), '']))
  }
  const isClose = shape.startsWith('list') ? dice.chance(50) : hasColon && dice.chance(50)
  return { heading, body, lines: [hasColon ? `${heading}:` : heading, ...(isClose ? [] : ['']), ...lines.slice(0, -1)] }
}

function listOf({ dice, words, width }: Setting): { block: TextSection['body'][number]; lines: string[] } {
  const sign = dice.oneOf(SIGNS)
  const indent = ' '.repeat(dice.oneOf([0, 0, 2, 4]))
  const items: TextListItem[] = Array.from({ length: 1 + dice.below(4) }, () =>
    dice.chance(50) ? { label: words.label(), text: words.sentence() } : { text: words.sentence() },
  )
  const lines = items.flatMap((item, index) => {
    const begin = `${indent}${signAt(sign, index)} `
    const text = item.label === undefined ? item.text : `${item.label}: ${item.text}`
    return wrapped(text, width).map((line, at) => (at === 0 ? begin : ' '.repeat(begin.length)) + line)
  })
  return { block: { type: 'list', ordered: sign.startsWith('1'), items }, lines }
}

function highlightsOf({ dice, words }: Setting, story: Section[]): Highlights {
  const sign = dice.oneOf(SIGNS)
  const title = dice.chance(25) ? dice.oneOf(['Key points', 'Highlights', 'At a glance', 'In brief']) : null
  const named = story.flatMap(({ heading }) => (heading !== null && dice.chance(50) ? [heading] : []))
  const others = Array.from({ length: named.length === 0 ? 2 : dice.below(2) }, words.extra)
  const indent = ' '.repeat(dice.oneOf([0, 0, 2, 3]))
  const items = [...named.map((text): [string, string] => [text, text]), ...others.map((text): [string, null] => [text, null])]
  const listed = items.map(([text], index) => `${indent}${signAt(sign, index)} ${text}`)
  return {
    title,
    style: sign.startsWith('1') ? 'numbered' : 'bulleted',
    items,
    lines: [...(title === null ? [] : ['', dice.chance(50) ? `${title}:` : title]), ...listed],
  }
}

function signAt(sign: string, index: number): string {
  return sign.replace('1', String(index + 1))
}

function paragraph(text: string): { type: 'paragraph'; text: string } {
  return { type: 'paragraph', text }
}

/** The lines of a text, each of at most `width` characters; 0 is without a limit. */
function wrapped(text: string, width: number): string[] {
  if (width === 0) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function dropFirstBlank(lines: string[]): string[] {
  return lines[0] === '' ? lines.slice(1) : lines
}

/** The lines as programs send them: other line ends, more blank lines, spaces at their ends, a byte order mark. */
function asSent({ oneOf, chance }: Dice, lines: string[]): string {
  const end = oneOf(['\n', '\n', '\n', '\r\n', '\r'])
  const blank = oneOf([[''], [''], ['', ''], ['  '], ['', '\t', '']])
  const trail = oneOf(['', '', ' '])
  const spread = lines.flatMap((line) => (line === '' ? blank : [`${line}${trail}`]))
  return (chance(10) ? '\uFEFF' : '') + (chance(10) ? end : '') + spread.join(end) + (chance(50) ? end : '')
}
