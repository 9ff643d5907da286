import { escapeXml } from '../copy/xml.ts'
import type { Entry, Feed } from './feed.ts'

const element = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`

const link = (relation: string, address: string | null, more = '') =>
  address === null ? [] : [`<link rel="${relation}" href="${escapeXml(address)}"${more}/>`]

function entryOf({ id, url, title, summary, html, published, updated, authors, categories, language, image, alternates }: Entry): string[] {
  // An entry without an address must have its content (RFC 4287, 4.1.1).
  const content =
    html !== null
      ? [`<content type="html">${escapeXml(html)}</content>`]
      : url === null
        ? [`<content type="text">${escapeXml(summary ?? title)}</content>`]
        : []
  const width = image?.width ? ` width="${image.width}"` : ''
  const height = image?.height ? ` height="${image.height}"` : ''
  return [
    `<entry${language ? ` xml:lang="${language}"` : ''}>`,
    element('id', id),
    element('title', title),
    ...link('alternate', url, ' type="text/html"'),
    ...alternates.flatMap((other) => link('alternate', other.url, ` type="text/html" hreflang="${other.language}"`)),
    element('published', published),
    element('updated', updated),
    ...authors.map((name) => `<author>${element('name', name)}</author>`),
    ...categories.map((name) => `<category term="${escapeXml(name)}"/>`),
    ...(summary === null ? [] : [`<summary type="text">${escapeXml(summary)}</summary>`]),
    ...content,
    ...(image ? [`<media:content url="${escapeXml(image.url)}" medium="image"${width}${height}/>`] : []),
    '</entry>',
  ]
}

/** A feed as Atom (RFC 4287), its pages as RFC 5005 has them. @param by the author of entries that name none */
export function atomOf(feed: Feed, by: string): string {
  const type = ' type="application/atom+xml"'
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="${feed.language}">`,
    element('id', feed.first),
    element('title', feed.title),
    ...(feed.description ? [element('subtitle', feed.description)] : []),
    element('updated', feed.updated),
    `<author>${element('name', by)}</author>`,
    ...link('alternate', feed.home, ' type="text/html"'),
    ...link('self', feed.self, type),
    ...link('first', feed.first, type),
    ...link('next', feed.next, type),
    ...link('previous', feed.previous, type),
    ...link('hub', feed.hub),
    ...(feed.icon ? [element('icon', feed.icon)] : []),
    ...feed.entries.flatMap(entryOf),
    '</feed>',
  ]
  return `${lines.join('\n')}\n`
}
