import { escapeMarkdown, inlineToMarkdown } from '../copy/markdown.ts'
import { said } from '../copy/said.ts'
import type { Image } from '../http/schemas.ts'
import type { Block, ListItem } from '../sections/blocks.ts'
import { highlightsOf, isPicture, type Linked, relatedOf, type Source } from './source.ts'

const oneLine = (text: string) => text.replace(/\\?\s*\r?\n\s*/g, ' ').trim()

function itemLines({ label, text, items = [] }: ListItem, mark: string, ordered: boolean): string[] {
  const own = `${mark} ${label ? `**${escapeMarkdown(label)}:** ` : ''}${oneLine(inlineToMarkdown(text))}`
  return [own, ...listLines(items, ordered).map((line) => ' '.repeat(mark.length + 1) + line)]
}

const listLines = (items: readonly ListItem[], ordered: boolean): string[] =>
  items.flatMap((item, index) => itemLines(item, ordered ? `${index + 1}.` : '-', ordered))

const quoted = (text: string) => text.replace(/^/gm, '> ')

/** A fence that nothing in the code ends. */
function fenced(code: string, language: string | null | undefined): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${/^[\w+#-]{1,40}$/.test(language ?? '') ? language : ''}\n${code}\n${fence}`
}

// In code a bar is escaped for the table alone.
const cellOf = (text: string) => oneLine(inlineToMarkdown(text)).replace(/(?<!\\)\|/g, '\\|')

function tableOf({ caption, header, rows }: Extract<Block, { type: 'table' }>): string {
  const width = Math.max(1, header?.length ?? 0, ...rows.map((row) => row.length))
  const row = (cells: readonly string[]) => `| ${Array.from({ length: width }, (_, index) => cellOf(cells[index] ?? '')).join(' | ')} |`
  const lines = [row(header ?? []), `|${' --- |'.repeat(width)}`, ...rows.map(row)]
  return [caption ? `*${escapeMarkdown(caption)}*\n` : null, ...lines].filter((line) => line !== null).join('\n')
}

const address = (url: string) => `<${url.replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll(' ', '%20')}>`

function pictureOf(image: Image): string {
  const { alt, title, caption, credit } = image
  const picture = isPicture(image) ? `![${escapeMarkdown(alt ?? '')}](${address(image.url)})` : ''
  const words = [isPicture(image) ? null : title, caption ?? (isPicture(image) ? null : alt), credit && `(${credit})`].filter(Boolean).join(' ')
  return [picture, words && `*${escapeMarkdown(words)}*`].filter(Boolean).join('\n\n')
}

function blockOf(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return inlineToMarkdown(block.text)
    case 'list':
      return listLines(block.items, block.ordered).join('\n')
    case 'quote':
      return [quoted(inlineToMarkdown(block.text)), block.attribution ? `>\n> — ${escapeMarkdown(block.attribution)}` : null].filter(Boolean).join('\n')
    case 'image':
      return pictureOf(block.image)
    case 'table':
      return tableOf(block)
    case 'embed':
      return `[${escapeMarkdown(block.title ?? block.url)}](${address(block.url)})`
    case 'code':
      return fenced(block.code, block.language)
    default:
      return ''
  }
}

/** A story as Markdown (CommonMark, tables of GitHub’s), with all that is not its text in front matter: YAML that is read alike by 1.1 and 1.2. */
export async function markdownOf(source: Source): Promise<string> {
  // Few ask for this: nobody else waits for the library, or keeps it in memory.
  const { stringify } = await import('yaml')
  const { article } = source
  const matter = {
    title: article.headline,
    alternativeTitle: article.alternativeHeadline,
    kicker: article.kicker,
    description: article.standfirst,
    slug: article.slug,
    id: article.id,
    language: article.language,
    url: article.url,
    date: article.publishedAt,
    updated: article.updatedAt,
    dateline: article.dateline,
    genre: article.genre,
    authors: article.authors.map(({ name }) => name),
    topics: article.topics.map(({ name }) => name),
    image: isPicture(article.leadImage) ? article.leadImage.url : null,
    imageAlt: article.leadImage?.alt,
    corrections: article.corrections,
    source: article.source?.name,
    copyright: article.copyright?.notice ?? article.copyright?.holder,
  }
  const sections = article.sections.flatMap(({ heading, depth, body }) => [
    ...(heading?.trim() ? [`${'#'.repeat(Math.min(6, 2 + depth))} ${escapeMarkdown(heading)}`] : []),
    ...body.map(blockOf),
  ])
  const linked = ({ text, url }: Linked) => (url === null ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${address(url)})`)
  const highlights = highlightsOf(source).flatMap(({ title, isNumbered, items }) => [
    ...(title ? [`**${escapeMarkdown(title)}**`] : []),
    items.map((item, index) => `${isNumbered ? `${index + 1}.` : '-'} ${linked(item)}`).join('\n'),
  ])
  const related = relatedOf(source).map((item) => `- ${linked(item)}`)
  const lead = article.leadImage ? [pictureOf(article.leadImage)] : []
  const parts = [`# ${escapeMarkdown(article.headline)}`, ...lead, ...highlights, ...sections, related.join('\n')]
  return `---\n${stringify(said(matter), { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}---\n\n${parts.filter(Boolean).join('\n\n')}\n`
}
