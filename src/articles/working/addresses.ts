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

const sourceOf = (text: string) =>
  text
    .split(/(\{\w+\})/)
    .map((part) => placeholders[part] ?? literal(part))
    .join('')

// Where a topic ends and a slug begins there is told by the slugs that there are.
const besideTopic = /\{topic\}-\{slug\}|\{slug\}-\{topic\}/

/** The addresses that a site's pattern makes, without scheme and `www.`, with the slugs and the ids in them; what a campaign adds may follow a query. */
function patternOf(site: string): RegExp {
  const [address = ''] = site.replace(/^https?:\/\/(?:www\.)?/i, '').split('#')
  const [page = '', query] = address.split(/\?(.*)/s)
  const source = `${sourceOf(page.replace(/\/$/, ''))}${query ? `\\?${sourceOf(query)}(?:&.*)?` : '(?:\\?.*)?'}`
  const beside = besideTopic.exec(address)
  return new RegExp(`^${beside ? source.replace(sourceOf(beside[0]), '(?<beside>[a-z0-9-]+)') : source}$`, 'i')
}

// No slug is longer, and so neither are the two of them longer than twice that.
const longestSlug = 200

/** The slugs that may stand beside a topic's, the longest first. */
function slugsBeside(words: readonly string[], isLast: boolean): string[] {
  const slugs = words.slice(1).map((_, index) => (isLast ? words.slice(index + 1) : words.slice(0, words.length - index - 1)).join('-'))
  return slugs.filter((slug) => slug.length <= longestSlug)
}

/**
 * The id or else the slugs that an address may have where the operator's pattern has them, the longest first; none where it isn't made by
 * that. There are several only where the pattern has a topic right beside the slug.
 * @param address its page, without scheme and `www.`, and its query
 */
export function namesIn({ page, query }: { page: string; query: string }, site: string): string[] {
  const match = patternOf(site).exec(page + query)
  const names = (match?.slice(1) ?? []).filter(Boolean)
  const [id, beside] = [names.find(isId), match?.groups?.beside]
  if (id !== undefined || beside === undefined) return [id ?? names[0] ?? []].flat()
  return beside.length > 2 * longestSlug + 1 ? [] : slugsBeside(beside.split('-'), site.includes('{topic}-{slug}'))
}

/** Whether a host is one of those of the operator's site, with or without `www.`. @param host with its port, as URLs have it */
export function isOfSite(host: string, site: string): boolean {
  const own = originOf(site).replace(/^https?:\/\/(?:www\.)?/i, '')
  return new RegExp(`^(?:www\\.)?${sourceOf(own)}$`, 'i').test(host)
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
