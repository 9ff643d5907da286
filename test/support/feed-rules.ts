import { childrenOf, type Element, textOf } from './xml.ts'

const isAddress = (text: string | undefined) => text !== undefined && URL.canParse(text) && /^https?:/.test(text)
const rfc822 = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

const linksOf = (element: Element, name: string) => childrenOf(element, name).map(({ attributes }) => attributes)

/** What is wrong with an RSS 2.0 document, by the RSS Advisory Board’s profile. */
export function rssFaults(rss: Element): string[] {
  const [channel] = childrenOf(rss, 'channel')
  if (rss.name !== 'rss' || rss.attributes.version !== '2.0' || !channel) return ['it is no RSS 2.0']
  const faults = ['title', 'link', 'description'].filter((name) => !textOf(channel, name)).map((name) => `the channel has no ${name}`)
  if (!isAddress(textOf(channel, 'link'))) faults.push('the channel’s link is no address')
  if (linksOf(channel, 'atom:link').filter(({ rel }) => rel === 'self').length !== 1) faults.push('the channel has no atom:link to itself')
  const guids = new Set<string>()
  for (const item of childrenOf(channel, 'item')) {
    const [guid] = childrenOf(item, 'guid')
    if (!guid?.text || guids.has(guid.text)) faults.push('an item’s guid is missing, or there twice')
    guids.add(guid?.text ?? '')
    if (guid?.attributes.isPermaLink !== 'false' && !isAddress(guid?.text)) faults.push('a guid that is no address says that it is one')
    if (!textOf(item, 'title') && !textOf(item, 'description')) faults.push('an item has neither title nor description')
    if (!rfc822.test(textOf(item, 'pubDate') ?? '')) faults.push(`${textOf(item, 'pubDate')} is no date of RSS`)
    if (childrenOf(item, 'link').length > 0 && !isAddress(textOf(item, 'link'))) faults.push('an item’s link is no address')
    for (const { attributes } of childrenOf(item, 'media:content')) if (!isAddress(attributes.url)) faults.push('a media:content has no address')
    for (const name of ['title', 'link', 'guid', 'pubDate', 'description', 'content:encoded'])
      if (childrenOf(item, name).length > 1) faults.push(`an item has several ${name}`)
  }
  return faults
}

/** What is wrong with an Atom document (RFC 4287, 4.1 and 4.2). */
export function atomFaults(feed: Element): string[] {
  if (feed.name !== 'feed' || feed.attributes.xmlns !== 'http://www.w3.org/2005/Atom') return ['it is no Atom feed']
  const faults: string[] = []
  const checked = (element: Element, what: string) => {
    for (const name of ['id', 'title', 'updated'])
      if (childrenOf(element, name).length !== 1 || !textOf(element, name)) faults.push(`${what} has not one ${name}`)
    if (!URL.canParse(textOf(element, 'id') ?? '')) faults.push(`${what}’s id is no IRI`)
    if (!rfc3339.test(textOf(element, 'updated') ?? '')) faults.push(`${what}’s time is none`)
    for (const { href } of linksOf(element, 'link')) if (!isAddress(href)) faults.push(`${what} has a link to ${href}`)
    for (const author of childrenOf(element, 'author')) if (!textOf(author, 'name')) faults.push(`${what} has an author without a name`)
  }
  checked(feed, 'the feed')
  const entries = childrenOf(feed, 'entry')
  const ids = new Set(entries.map((entry) => textOf(entry, 'id')))
  if (ids.size < entries.length) faults.push('an id is there twice')
  for (const entry of entries) {
    checked(entry, 'an entry')
    const links = linksOf(entry, 'link').filter(({ rel }) => rel === 'alternate')
    if (childrenOf(entry, 'content').length === 0 && links.length === 0) faults.push('an entry has neither content nor an alternate link')
    if (new Set(links.map(({ type, hreflang }) => `${type} ${hreflang}`)).size < links.length)
      faults.push('an entry has two alternate links of one type and language')
    if (childrenOf(entry, 'author').length === 0 && childrenOf(feed, 'author').length === 0) faults.push('an entry has no author')
  }
  return faults
}

type JsonFeed = { version: string; title: string; items: Record<string, unknown>[]; [name: string]: unknown }

/** What is wrong with a JSON Feed 1.1. */
export function jsonFeedFaults(feed: JsonFeed): string[] {
  const faults: string[] = []
  if (feed.version !== 'https://jsonfeed.org/version/1.1' || !feed.title) faults.push('it is no JSON Feed 1.1')
  for (const name of ['home_page_url', 'feed_url', 'next_url', 'icon'])
    if (name in feed && !isAddress(feed[name] as string)) faults.push(`${name} is no address`)
  if (new Set(feed.items.map(({ id }) => id)).size < feed.items.length) faults.push('an id is there twice')
  for (const item of feed.items) {
    if (typeof item.id !== 'string') faults.push('an item has no id')
    if (!('content_html' in item) && !('content_text' in item)) faults.push('an item has no content')
    for (const name of ['date_published', 'date_modified']) if (name in item && !rfc3339.test(item[name] as string)) faults.push(`${name} is no time`)
    for (const name of ['url', 'image']) if (name in item && !isAddress(item[name] as string)) faults.push(`${name} is no address`)
  }
  return faults
}
