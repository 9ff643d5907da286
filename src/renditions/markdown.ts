import { stringify } from 'yaml'
import { escapeMarkdown } from '../copy/markdown.ts'
import type { Block, ListItem } from '../sections/blocks.ts'
import { isPicture, type Source } from './source.ts'

const oneLine = (text: string) => text.replace(/\s*\r?\n\s*/g, ' ').trim()

function itemLines({ label, text, items = [] }: ListItem, mark: string, ordered: boolean): string[] {
  const own = `${mark} ${label ? `**${escapeMarkdown(label)}:** ` : ''}${oneLine(text)}`
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

function tableOf({ caption, header, rows }: Extract<Block, { type: 'table' }>): string {
  const width = Math.max(1, header?.length ?? 0, ...rows.map((row) => row.length))
  const row = (cells: readonly string[]) => `| ${Array.from({ length: width }, (_, index) => oneLine(cells[index] ?? '').replaceAll('|', '\\|')).join(' | ')} |`
  const lines = [row(header ?? []), `|${' --- |'.repeat(width)}`, ...rows.map(row)]
  return [caption ? `*${escapeMarkdown(caption)}*\n` : null, ...lines].filter((line) => line !== null).join('\n')
}

const address = (url: string) => `<${url.replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll(' ', '%20')}>`

function blockOf(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return block.text
    case 'list':
      return listLines(block.items, block.ordered).join('\n')
    case 'quote':
      return [quoted(block.text), block.attribution ? `>\n> — ${escapeMarkdown(block.attribution)}` : null].filter(Boolean).join('\n')
    case 'image': {
      const { alt, caption, credit } = block.image
      const picture = isPicture(block.image) ? `![${escapeMarkdown(alt ?? '')}](${address(block.image.url)})` : ''
      const words = [caption && escapeMarkdown(caption), credit && `(${escapeMarkdown(credit)})`].filter(Boolean).join(' ')
      return [picture, words && `*${words}*`].filter(Boolean).join('\n\n')
    }
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

/** A story as Markdown (CommonMark, tables of GitHub’s), with all that is not its text in front matter (YAML 1.2). */
export function markdownOf({ article }: Source): string {
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
  const said = Object.fromEntries(
    Object.entries(matter).filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
  const sections = article.sections.flatMap(({ heading, depth, body }) => [
    ...(heading?.trim() ? [`${'#'.repeat(Math.min(6, 2 + depth))} ${escapeMarkdown(heading)}`] : []),
    ...body.map(blockOf),
  ])
  return `---\n${stringify(said, { lineWidth: 0 })}---\n\n${[`# ${escapeMarkdown(article.headline)}`, ...sections].filter(Boolean).join('\n\n')}\n`
}
