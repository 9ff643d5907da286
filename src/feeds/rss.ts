import { escapeHtml } from '../copy/html.ts'
import { escapeXml } from '../copy/xml.ts'
import type { Entry, Feed } from './feed.ts'

const element = (name: string, text: string | null | undefined) =>
  text === null || text === undefined || text === '' ? [] : [`<${name}>${escapeXml(text)}</${name}>`]

/** A time as RSS has it (RFC 822, with the year whole). */
const dated = (at: string) => new Date(at).toUTCString().replace('GMT', '+0000')

function mediaOf({ image }: Entry): string[] {
  if (!image) return []
  const { url, width, height, alt, credit } = image
  const sizes = `${width ? ` width="${width}"` : ''}${height ? ` height="${height}"` : ''}`
  return [
    `<media:content url="${escapeXml(url)}" medium="image"${sizes}>`,
    ...(alt ? [`<media:description type="plain">${escapeXml(alt)}</media:description>`] : []),
    ...(credit ? [`<media:credit>${escapeXml(credit)}</media:credit>`] : []),
    '</media:content>',
  ]
}

function itemOf(entry: Entry): string[] {
  return [
    '<item>',
    ...element('title', entry.title),
    ...element('link', entry.url),
    `<guid isPermaLink="false">${escapeXml(entry.id)}</guid>`,
    `<pubDate>${dated(entry.published)}</pubDate>`,
    `<atom:updated>${entry.updated}</atom:updated>`,
    ...entry.authors.flatMap((name) => element('dc:creator', name)),
    ...entry.categories.flatMap((name) => element('category', name)),
    ...(entry.language ? element('dc:language', entry.language) : []),
    // Readers take it for HTML.
    ...element('description', entry.summary && escapeHtml(entry.summary)),
    ...element('content:encoded', entry.html),
    ...mediaOf(entry),
    ...entry.alternates.map(({ language, url }) => `<atom:link rel="alternate" hreflang="${language}" href="${escapeXml(url)}"/>`),
    '</item>',
  ]
}

const link = (relation: string, address: string | null, type = '') =>
  address === null ? [] : [`<atom:link rel="${relation}" href="${escapeXml(address)}"${type && ` type="${type}"`}/>`]

/** A feed as RSS 2.0, with the modules content, Dublin Core, Media RSS and Atom; pages as RFC 5005 has them. */
export function rssOf(feed: Feed): string {
  const type = 'application/rss+xml'
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">',
    '<channel>',
    ...element('title', feed.title),
    ...element('link', feed.home ?? feed.self),
    `<description>${escapeXml(feed.description ?? feed.title)}</description>`,
    ...element('language', feed.language),
    `<lastBuildDate>${dated(feed.updated)}</lastBuildDate>`,
    ...link('self', feed.self, type),
    ...link('first', feed.first, type),
    ...link('next', feed.next, type),
    ...link('previous', feed.previous, type),
    ...link('hub', feed.hub),
    ...(feed.icon ? ['<image>', ...element('url', feed.icon), ...element('title', feed.title), ...element('link', feed.home ?? feed.self), '</image>'] : []),
    ...feed.entries.flatMap(itemOf),
    '</channel>',
    '</rss>',
  ]
  return `${lines.join('\n')}\n`
}
