import type { Static } from 'typebox'
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

/** The scheme and host of the operator's site, which may be made of the story; null as above. */
export const originAt = (pattern: string | null, addressed: Addressed): string | null =>
  pattern === null ? null : filled(/^[^/]*\/\/[^/?#]*/.exec(pattern)?.[0] ?? '', addressed)

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

/** The addresses that share a story, in the contract's order. */
export function shareOf(url: string | null, headline: string): Static<typeof Share> | null {
  if (url === null) return null
  const [address, words] = [encodeURIComponent(url), encodeURIComponent(headline)]
  const link = (network: string, label: string, href: string) => ({ network, label, href })
  return {
    url,
    links: [
      link('email', 'Email', `mailto:?subject=${words}&body=${address}`),
      link('facebook', 'Facebook', `https://www.facebook.com/sharer/sharer.php?u=${address}`),
      link('x', 'X', `https://x.com/intent/post?url=${address}&text=${words}`),
      link('whatsapp', 'WhatsApp', `https://wa.me/?text=${words}%20${address}`),
      link('linkedin', 'LinkedIn', `https://www.linkedin.com/sharing/share-offsite/?url=${address}`),
    ],
  }
}
