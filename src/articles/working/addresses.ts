import type { Static } from 'typebox'
import { isId } from '../../database/slugs.ts'
import { type ShareNetwork, shareLinks } from '../../site/networks.ts'
import type { Share } from './schemas.ts'

type Addressed = { id: string; slug: string; canonicalUrl: string | null; publishedAt: string | null; topics: { slug: string }[] }

/**
 * A story's address: its canonical one, which may be a path of the operator's site, else made from the operator's pattern; null without
 * a pattern, or while it asks for something the story doesn't have yet (a date, a topic).
 */
export function articleUrl(pattern: string | null, addressed: Addressed): string | null {
  const { canonicalUrl } = addressed
  if (canonicalUrl !== null && !canonicalUrl.startsWith('/')) return canonicalUrl
  if (pattern === null) return null
  if (canonicalUrl === null) return filled(pattern, addressed)
  const origin = originAt(pattern, addressed)
  return origin === null ? null : origin + canonicalUrl
}

/** The pattern of the scheme and host of the operator's site. */
export const originOf = (pattern: string): string => /^[^/]*\/\/[^/?#]*/.exec(pattern)?.[0] ?? ''

/** The scheme and host of the operator's site, which may be made of the story; null as above. */
export const originAt = (pattern: string | null, addressed: Addressed): string | null => (pattern === null ? null : filled(originOf(pattern), addressed))

function filled(pattern: string, { id, slug, publishedAt, topics }: Addressed): string | null {
  const [year, month, day] = publishedAt?.slice(0, 10).split('-') ?? []
  const values: Record<string, string | undefined> = { id, slug, year, month, day, topic: topics[0]?.slug }
  let isComplete = true
  const url = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    isComplete &&= values[name] !== undefined
    return values[name] ?? ''
  })
  return isComplete ? url : null
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const placeholders: Record<string, string> = {
  '{slug}': '([a-z0-9-]+)',
  '{id}': '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
  '{year}': '\\d{4}',
  '{month}': '\\d\\d',
  '{day}': '\\d\\d',
  '{topic}': '[a-z0-9-]+',
}

const sourceOf = (text: string, slug: string) =>
  text
    .split(/(\{\w+\})/)
    .map((part) => (part === '{slug}' ? slug : (placeholders[part] ?? literal(part))))
    .join('')

// Where a topic is in the same part of a path, a slug may be so many words: no slug has more.
const mostWords = 100
const besideTopic = /\{topic\}[^/?]*\{slug\}|\{slug\}[^/?]*\{topic\}/

/** The addresses that a site's pattern makes, without scheme and `www.`, with the slugs and the ids in them; what a campaign adds may follow a query. */
function patternsOf(site: string): RegExp[] {
  const [address = ''] = site.replace(/^https?:\/\/(?:www\.)?/i, '').split('#')
  const [page = '', query] = address.split(/\?(.*)/s)
  const pattern = (slug: string) =>
    new RegExp(`^${sourceOf(page.replace(/\/$/, ''), slug)}${query ? `\\?${sourceOf(query, slug)}(?:&.*)?` : '(?:\\?.*)?'}$`, 'i')
  if (!besideTopic.test(address)) return [pattern('([a-z0-9-]+)')]
  return Array.from({ length: mostWords }, (_, words) => pattern(`([a-z0-9]+(?:-[a-z0-9]+){${words}})`))
}

// Of the one pattern that a server has.
let known: { site: string; patterns: RegExp[] } | null = null

/**
 * The id or else the slugs that an address may have where the operator's pattern has them, the longest first; none where it isn't made by
 * that. There are several only where the pattern has a topic right beside the slug.
 * @param address its page, without scheme and `www.`, and its query
 */
export function namesIn({ page, query }: { page: string; query: string }, site: string): string[] {
  if (known?.site !== site) known = { site, patterns: patternsOf(site) }
  const address = page + query
  const patterns = known.patterns.slice(0, address.split('-').length).reverse()
  const names = patterns.flatMap((pattern) => (pattern.exec(address)?.slice(1) ?? []).filter(Boolean))
  const [id] = names.filter(isId)
  return id === undefined ? [...new Set(names)] : [id]
}

/** Whether a host is one of those of the operator's site, with or without `www.`. @param host with its port, as URLs have it */
export function isOfSite(host: string, site: string): boolean {
  const own = originOf(site).replace(/^https?:\/\/(?:www\.)?/i, '')
  return new RegExp(`^(?:www\\.)?${sourceOf(own, placeholders['{slug}'] as string)}$`, 'i').test(host)
}

const samples: Record<string, string> = { '{year}': '2000', '{month}': '01', '{day}': '01', '{id}': '00000000-0000-7000-8000-000000000000' }

/** A host that a site's pattern may make, with its scheme: what of it stands for a story is any. */
export const someOrigin = (site: string): string => originOf(site).replace(/\{\w+\}/g, (name) => samples[name] ?? 'x')

/** What is shared of a story: its address with its headline. */
type Shared = { url: string | null; headline: string; language: string }

/** The addresses that share a story, in the order of the site's networks. */
export function shareOf({ url, headline, language }: Shared, networks: readonly ShareNetwork[]): Static<typeof Share> | null {
  return url === null ? null : { url, links: shareLinks(networks, url, headline, language) }
}
