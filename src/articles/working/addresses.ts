import type { Static } from 'typebox'
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

const placeholders: Record<string, string> = { '{slug}': '([a-z0-9-]+)', '{id}': '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})' }

/** The addresses that a site's pattern makes, without scheme and `www.`, with the slugs and the ids in them; what a campaign adds may follow a query. */
function patternOf(site: string): RegExp {
  const [address = ''] = site.replace(/^https?:\/\/(?:www\.)?/i, '').split('#')
  const [page = '', query] = address.split(/\?(.*)/s)
  const source = (text: string) =>
    text
      .split(/(\{\w+\})/)
      .map((part) => placeholders[part] ?? (part.startsWith('{') ? '[^/]+' : literal(part)))
      .join('')
  return new RegExp(`^${source(page.replace(/\/$/, ''))}${query ? `\\?${source(query)}(?:&.*)?` : '(?:\\?.*)?'}$`, 'i')
}

/**
 * The id or else the slug that an address has where the operator's pattern has it; null where it isn't made by that.
 * @param address its page, without scheme and `www.`, and its query
 */
export function nameIn({ page, query }: { page: string; query: string }, pattern: string): string | null {
  const names = (
    patternOf(pattern)
      .exec(page + query)
      ?.slice(1) ?? []
  ).filter(Boolean)
  const [id] = names.filter((name) => name.length === 36)
  return id ?? names[0] ?? null
}

/** What is shared of a story: its address with its headline. */
type Shared = { url: string | null; headline: string; language: string }

/** The addresses that share a story, in the order of the site's networks. */
export function shareOf({ url, headline, language }: Shared, networks: readonly ShareNetwork[]): Static<typeof Share> | null {
  return url === null ? null : { url, links: shareLinks(networks, url, headline, language) }
}
