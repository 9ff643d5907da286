import { plainText } from '../copy/markdown.ts'
import { charactersIn, excerptOf, isBlank, isReadByCharacters, readingTime } from '../copy/reading.ts'
import type { Block, ListItem } from './blocks.ts'
import { textOf } from './text.ts'

/** What is told of a story in a list. */
export type Digest = { excerpt: string | null; readingTime: number }

/** What of a story tells it. */
type Told = { language: string; standfirst: string | null; sections: readonly { body: readonly Block[]; wordCount: number }[] }

// More than an excerpt can have.
const enough = 500

const itemText = ({ label, text, items = [] }: ListItem): string[] => [label ? `${label}: ${plainText(text)}` : plainText(text), ...items.flatMap(itemText)]

function proseOf(block: Block): string[] {
  if (block.type === 'paragraph' || block.type === 'quote') return [plainText(block.text)]
  return block.type === 'list' ? block.items.flatMap(itemText) : []
}

/** The first words of a story: of its paragraphs, quotes and lists. */
function beginning(sections: Told['sections']): string {
  let text = ''
  for (const { body } of sections)
    for (const block of body) {
      text += ` ${proseOf(block).join(' ')}`
      if (text.length >= enough) return text
    }
  return text
}

/** Whether what is told of a story needs its sections to be read. */
export const needsSections = ({ language, standfirst }: Pick<Told, 'language' | 'standfirst'>): boolean =>
  standfirst === null || isBlank(standfirst) || isReadByCharacters(language)

/** How long a story takes to read, and what a teaser says of it: its standfirst, else its first sentences. */
export function digestOf({ language, standfirst, sections }: Told): Digest {
  const words = () => sections.reduce((sum, { wordCount }) => sum + wordCount, 0)
  const characters = () => sections.reduce((sum, { body }) => sum + charactersIn(textOf(body)), 0)
  return {
    excerpt: excerptOf(standfirst === null || isBlank(standfirst) ? beginning(sections) : standfirst, language),
    readingTime: readingTime(language, isReadByCharacters(language) ? characters() : words()),
  }
}
