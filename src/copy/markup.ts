/** The markup languages that a text sent as plain text is told from. */
export type Markup = 'HTML' | 'XML' | 'Markdown' | 'front matter' | 'RTF' | 'JSON'

// Elements that stand around whole lines; what is within a line (`<b>`) may be the text of a story about it.
const BLOCK_ELEMENTS =
  'address|article|aside|blockquote|body|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|li|link|main|meta|nav|ol|p|picture|pre|script|section|style|table|tbody|td|template|th|thead|title|tr|ul|video'
const INLINE_ELEMENTS = 'a|abbr|b|big|br|button|center|cite|code|em|font|i|label|mark|q|s|small|span|strike|strong|sub|sup|svg|time|tt|u'
// “<Address withheld>” is no tag: attributes have values. The end of a tag needn't be on its line, but is near.
const ATTRIBUTES = String.raw`(?:\s[^<>=]{0,200}=[^<>]{0,2000})?\s{0,200}\/?>`
const HTML_DECLARATION = /^<(?:!doctype\s+html|!--)/i
const BLOCK_AT_START = new RegExp(`^<(?:${BLOCK_ELEMENTS})${ATTRIBUTES}`, 'i')
const INLINE_AT_START = new RegExp(`^<(${INLINE_ELEMENTS})${ATTRIBUTES}`, 'i')
const BLOCK_LINE = new RegExp(String.raw`^[ \t]*<\/?(?:${BLOCK_ELEMENTS})${ATTRIBUTES}`, 'gim')
const BLOCK_ON_ONE_LINE = new RegExp(String.raw`^[ \t]*<(${BLOCK_ELEMENTS})${ATTRIBUTES}[^\n]*<\/\1>[ \t]*$`, 'im')
const XML_DECLARATION = /^<\?xml[\s?]/i
const XML_ROOT = /^<([A-Za-z_][\w.:-]{0,100})(?:\s[^<>]{0,2000})?>/
const JSON_START = /^(?:\[\s{0,200})?\{\s{0,200}(?:"(?:[^"\\\n]|\\.){0,200}"\s{0,200}:|\}\s*\]?$)/
const MARKDOWN_HEADLINE = /^#{1,6}[ \t]+\S|^[^\n]{1,1000}\n={3,}[ \t]*(?:\n|$)/
// Under a headline without a sign, “# 7 on the list” is text; two signs, or fenced lines, are not.
const MARKDOWN_HEADING = /^#{2,6}[ \t]+\p{L}/mu
const MARKDOWN_FENCE = /^```[\w-]{0,30}[ \t]*$/gm
const FRONT_MATTER_SIGN = /^(?:---|\+\+\+)[ \t]*$/
const FRONT_MATTER_LINES = 200

/**
 * The markup that a text is written in, or `null` for plain text. Told by how it begins, and by lines that begin with a block's tag or
 * with a Markdown heading; `<` in a sentence, `#tags`, a row of dashes and inline signs are plain text.
 */
export function markupIn(text: string): Markup | null {
  const begun = text.replace(/^\uFEFF/, '').trimStart()
  if (begun.startsWith('{\\rtf')) return 'RTF'
  if (XML_DECLARATION.test(begun)) return 'XML'
  if (JSON_START.test(begun)) return 'JSON'
  const lines = begun.replace(/\r\n?/g, '\n')
  if (isHtml(lines)) return 'HTML'
  if (isXml(lines)) return 'XML'
  if (hasFrontMatter(lines)) return 'front matter'
  return isMarkdown(lines) ? 'Markdown' : null
}

function isHtml(text: string): boolean {
  if (HTML_DECLARATION.test(text) || BLOCK_AT_START.test(text)) return true
  const inline = INLINE_AT_START.exec(text)?.[1]
  if (inline && (/^(?:br|svg)$/i.test(inline) || text.toLowerCase().includes(`</${inline.toLowerCase()}>`))) return true
  return BLOCK_ON_ONE_LINE.test(text) || (text.match(BLOCK_LINE)?.length ?? 0) >= 2
}

/** Whether one element is around the whole text. */
function isXml(text: string): boolean {
  const root = XML_ROOT.exec(text)?.[1]
  return root !== undefined && text.trimEnd().endsWith(`</${root}>`)
}

/** Whether a text begins with `---` (or `+++`), names with values, and the same sign again. */
function hasFrontMatter(text: string): boolean {
  const [first = '', ...lines] = text.split('\n', FRONT_MATTER_LINES)
  if (!FRONT_MATTER_SIGN.test(first)) return false
  const end = lines.findIndex((line) => line.trimEnd() === first.trimEnd() || line.trimEnd() === '...')
  if (end < 0) return false
  const names = lines.slice(0, end).filter((line) => /^["']?[\w.-]+["']?\s?[:=](?:\s|$)/.test(line))
  // “Update: …” between two rows of dashes is a note to the reader; names of values are written small, or are several.
  return names.length > 1 || names.some((line) => /^["']?[a-z]/.test(line))
}

function isMarkdown(text: string): boolean {
  return MARKDOWN_HEADLINE.test(text) || MARKDOWN_HEADING.test(text) || (text.match(MARKDOWN_FENCE)?.length ?? 0) >= 2
}
