import { createRequire } from 'node:module'
import type { MarkdownIt } from 'markdown-it'
import { neutralised } from './neutral.ts'

// The contract's inline Markdown, with CommonMark's rules. What is not named here is plain text.
const INLINE_RULES = ['text', 'newline', 'escape', 'backticks', 'emphasis', 'link', 'autolink', 'entity']
const ALLOWED_LINK = /^(?:https?:\/\/|mailto:|#)/i
// What can begin anything but text, and line ends.
const MARKUP = /[\\`*_[\]<&\r\n\0]/
const ENTITY = /&(?=#?[a-z0-9]{1,64};)/gi

// Readers' links must not lend the site's standing, nor hand its window over.
const readersRel = 'nofollow ugc noopener'

// The parser is a large part of what the server would load; many a one never renders anything.
const inline = onceAsked(() => inlineMarkdown(false))
const comment = onceAsked(() => {
  const markdown = inlineMarkdown(true)
  markdown.block.ruler.enableOnly(['paragraph', 'blockquote', 'list', 'fence'])
  // Whom an address names before its host is not where it leads.
  markdown.validateLink = (url) => ALLOWED_LINK.test(url) && !/^https?:\/\/[^/?#]*@/i.test(url)
  // What is said of a language of code would be a class.
  markdown.renderer.rules.fence = (tokens, index) => `<pre><code>${markdown.utils.escapeHtml(tokens[index]?.content ?? '')}</code></pre>\n`
  markdown.renderer.rules.link_open = (tokens, index, options, _env, renderer) => {
    tokens[index]?.attrSet('rel', readersRel)
    return renderer.renderToken(tokens, index, options)
  }
  return markdown
})

const require = createRequire(import.meta.url)

const sanitizer = onceAsked(() => {
  const sanitize = require('sanitize-html') as typeof import('sanitize-html')
  return (html: string) =>
    sanitize(html, {
      allowedTags: ['p', 'br', 'em', 'strong', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a'],
      allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
      allowedSchemes: ['http', 'https', 'mailto'],
      allowProtocolRelative: false,
      disallowedTagsMode: 'escape',
      transformTags: { a: (tagName, { href = '' }) => ({ tagName, attribs: { href, rel: readersRel } }) },
    })
})

/**
 * Renders the contract's inline Markdown as safe HTML, without a paragraph around it: strong, emphasis, code,
 * links to http, https, mailto and `#anchor`, backslash escapes and entities (CommonMark 0.31). Raw HTML shows as text,
 * a link elsewhere as it was written, an image as `!` and a link; bare addresses don't become links.
 */
export function inlineToHtml(text: string): string {
  return inline().renderInline(text)
}

// Any tag but those of paragraphs and line ends.
const OTHER_TAG = /<(?!p>|\/p>|br>)/

/** What the sanitizer makes of HTML; what has nothing but paragraphs and line ends, as most comments, it would leave as it is. */
function sanitized(html: string): string {
  if (!OTHER_TAG.test(html)) return html.replaceAll('&quot;', '"')
  // Void elements as HTML writes them, and as the renderer did.
  return sanitizer()(html).replaceAll('<br />', '<br>')
}

/**
 * Renders a reader's comment as safe HTML: paragraphs parted by blank lines, line ends as `<br>`, quotes, lists and fenced code,
 * inline Markdown as in `inlineToHtml`, each link with `rel="nofollow ugc noopener"`. There are no headings, tables or images; raw
 * HTML is text. What the renderer gives goes through a sanitizer, which lets nothing else pass.
 */
export function commentToHtml(body: string): string {
  // What entities stand for is there only now.
  return neutralised(sanitized(comment().render(body))).trimEnd()
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
const decoded = (text: string) => text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] as string)

/**
 * What a reader sees of a comment, and where its links lead.
 * @param html what `commentToHtml` made of it
 */
export function shownOf(html: string): { text: string; links: string[] } {
  const links: string[] = []
  const bare = html.replace(/<a href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g, (_, href: string, label: string) => {
    links.push(decoded(href))
    return label
  })
  // Blocks stand apart; emphasis stands within words.
  return { text: decoded(bare.replace(/<\/?(?:p|br|pre|blockquote|ul|ol|li)\b[^>]*>/g, '\n').replace(/<[^>]*>/g, '')), links }
}

// Prose has far fewer signs of markup than one in twenty characters; parsing them takes longer than all else that is done with a text.
const [FEW_SIGNS, SIGNS_A_TEXT] = [500, 1 / 20]
const SIGNS = /[\\`*_[\]<&]/g

function isMostlyMarkup(text: string): boolean {
  if (text.length <= FEW_SIGNS) return false
  let count = 0
  for (const _ of text.matchAll(SIGNS)) count += 1
  return count > FEW_SIGNS && count > text.length * SIGNS_A_TEXT
}

/**
 * The words of an inline Markdown text without its markup, on one line: for word counts, search and snippets. Of a text that is mostly
 * markup they are what stands between its signs.
 */
export function plainText(text: string): string {
  // Most texts have no markup, and are what they say.
  if (!MARKUP.test(text)) return text
  if (isMostlyMarkup(text)) return text.replace(SIGNS, ' ').replace(/\s+/g, ' ').trim()
  let plain = ''
  for (const token of inline().parseInline(text, {})[0]?.children ?? []) {
    if (token.type === 'softbreak' || token.type === 'hardbreak') plain += ' '
    else plain += token.content
  }
  return plain
}

// What can begin a link to a page.
const PAGE_LINK = /\]\(|<https?:/i

/** What the parser of inline Markdown reads the destination and the title of a link by, and what a character reference stands for. */
export const markdownHelpers = () => ({ ...inline().helpers, decoded: inline().utils.unescapeAll })

/** The addresses, http or https, to which an inline Markdown text links, as it has them. A text that is mostly markup has none. */
export function linksIn(text: string): string[] {
  if (!PAGE_LINK.test(text) || isMostlyMarkup(text)) return []
  const tokens = inline().parseInline(text, {})[0]?.children ?? []
  return tokens.flatMap((token) => {
    const href = token.type === 'link_open' ? String(token.attrGet('href')) : ''
    return /^https?:/i.test(href) ? [href] : []
  })
}

const escapedText = (text: string) => text.replace(/[\\*`_[\]<>~|]/g, '\\$&').replace(ENTITY, '\\&')

/** Code between as many backticks as nothing in it ends. */
function codeSpan(code: string): string {
  const fence = '`'.repeat(1 + Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length)))
  return /^`|`$|^ .* $/.test(code) ? `${fence} ${code} ${fence}` : fence + code + fence
}

/**
 * Writes the contract's inline Markdown so that any CommonMark parser, with raw HTML on and as a paragraph, shows what `inlineToHtml`
 * gives: what that takes for text is escaped, links stay, and nothing begins a block.
 */
export function inlineToMarkdown(text: string): string {
  const tokens = inline().parseInline(text, {})[0]?.children ?? []
  const hrefs: string[] = []
  const parts = tokens.map((token, index) => {
    switch (token.type) {
      case 'text':
      case 'text_special':
        // Before a link it would make that a picture.
        return escapedText(token.content).replace(/!$/, tokens[index + 1]?.type === 'link_open' ? '\\!' : '!')
      case 'code_inline':
        return codeSpan(token.content)
      case 'strong_open':
      case 'strong_close':
        return '**'
      case 'em_open':
      case 'em_close':
        return '*'
      case 'link_open':
        hrefs.push(String(token.attrGet('href')))
        return '['
      case 'link_close':
        return `](<${(hrefs.pop() ?? '').replace(/[<>\\]/g, encodeURIComponent)}>)`
      case 'hardbreak':
        return '\\\n'
      default:
        return token.type === 'softbreak' ? ' ' : ''
    }
  })
  return parts
    .join('')
    .trim()
    .split('\n')
    .map((line) => escapeBlockStart(line.trimStart()))
    .join('\n')
}

/**
 * Writes a plain text as inline Markdown that renders as it stood: `plainText(escapeMarkdown(x))` is `x` with its white
 * space trimmed and each run of spaces, tabs and line ends made one space. Also what would begin a block (`#`, `>`, `-`, `1.` …)
 * or GitHub's strikethrough is escaped, for frontends that render a text with a whole Markdown parser.
 */
export function escapeMarkdown(text: string): string {
  const escaped = text
    .replace(/[ \t\r\n]+/g, ' ')
    .trim()
    .replace(/[\\*`[\]]/g, '\\$&')
    .replace(/_+/g, escapeUnderscores)
    .replace(/<(?=\S)/g, '\\<')
    .replace(ENTITY, '\\&')
    .replace(/~~+/g, (run) => run.replaceAll('~', '\\~'))
  return escapeBlockStart(escaped)
}

// Underscores between letters or digits (snake_case) are never emphasis; escaping them would only be noise.
function escapeUnderscores(run: string, offset: number, whole: string): string {
  const before = whole.slice(Math.max(0, offset - 2), offset)
  const after = whole.slice(offset + run.length, offset + run.length + 2)
  if (/[\p{L}\p{N}]$/u.test(before) && /^[\p{L}\p{N}]/u.test(after)) return run
  return run.replaceAll('_', '\\_')
}

function escapeBlockStart(text: string): string {
  const number = /^(\d{1,9})([.)])(?= |$)/.exec(text)
  if (number) return `${number[1]}\\${text.slice(number[1]?.length)}`
  return /^(?:#{1,6}(?= |$)|>|[-+](?= |$)|-[- ]*$|=+$|\|)/.test(text) ? `\\${text}` : text
}

function onceAsked<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function inlineMarkdown(breaks: boolean): MarkdownIt {
  const Markdown = require('markdown-it') as typeof import('markdown-it').default
  const markdown = new Markdown('commonmark', { html: false, xhtmlOut: false, breaks })
  markdown.block.ruler.enableOnly(['paragraph'])
  markdown.inline.ruler.enableOnly(INLINE_RULES)
  markdown.validateLink = (url) => ALLOWED_LINK.test(url)
  return markdown
}
