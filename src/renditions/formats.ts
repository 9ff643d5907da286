import { ansOf } from './ans.ts'
import { jsonLdOf } from './json-ld.ts'
import { markdownOf } from './markdown.ts'
import { ninjsOf } from './ninjs.ts'
import { pageOf } from './page.ts'
import type { Source } from './source.ts'
import { textRenditionOf } from './text.ts'

/** A form in which a story is given to other machines. */
export type Format = {
  /** Its media type. */
  type: string
  /** The end of a file’s name. */
  extension: string
  /** In words. */
  title: string
  /** Its text, or what is its JSON. */
  render: (source: Source) => string | object | Promise<string>
}

/** The forms, by their names. */
export const formats = {
  html: { type: 'text/html', extension: 'html', title: 'a whole HTML page with JSON-LD and Open Graph', render: pageOf },
  markdown: { type: 'text/markdown', extension: 'md', title: 'Markdown with front matter', render: markdownOf },
  text: { type: 'text/plain', extension: 'txt', title: 'plain text', render: textRenditionOf },
  jsonld: { type: 'application/ld+json', extension: 'jsonld', title: 'JSON-LD (schema.org NewsArticle)', render: jsonLdOf },
  ninjs: { type: 'application/json', extension: 'ninjs.json', title: 'IPTC ninjs 3.0', render: ninjsOf },
  ans: { type: 'application/json', extension: 'ans.json', title: 'Arc XP’s ANS 0.10', render: ansOf },
} as const satisfies Record<string, Format>

export type FormatName = keyof typeof formats
