import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
// Its tables are several megabytes, and most texts don't need them.
const transliterate = (text: string) => (require('transliteration') as typeof import('transliteration')).transliterate(text)
const isAscii = (text: string) => !/[^\x20-\x7e]/.test(text)

/** The most characters a slug or an anchor may have. */
export const SLUG_LIMIT = 200

const UUID_FORM = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Makes a slug or anchor from any text: transliterated to ASCII, lower case, `[a-z0-9]+(-[a-z0-9]+)*`,
 * at most 200 characters, cut between words where there is more than one. `''` when nothing is left.
 * A result never has the form of a UUID (RFC 9562), because a path takes either an id or a slug.
 *
 * @example slugify('Raisi’s Visit: “Große Pläne”') // 'raisis-visit-grosse-plane'
 */
export function slugify(text: string): string {
  // More than a few thousand characters can't reach the slug; transliterating them would be wasted work.
  const plain = text.slice(0, 4_000).replace(/['’‘ʼ]/g, '')
  const ascii = isAscii(plain) ? plain : transliterate(plain)
  // Transliteration brings its own apostrophes (soft signs, ayin): they belong inside their word.
  const words =
    ascii
      .toLowerCase()
      .replace(/['`]/g, '')
      .match(/[a-z0-9]+/g) ?? []
  const slug = cutSlug(words.join('-'), SLUG_LIMIT)
  return UUID_FORM.test(slug) ? `${slug}-1` : slug
}

/**
 * Gives each slug a form that was not given before: the slug itself, then `-2`, `-3` …, never over 200 characters.
 * `''` counts as `fallback`.
 */
export function uniqueSlugs(fallback: string): (slug: string) => string {
  const given = new Set<string>()
  const counts = new Map<string, number>()
  return (slug) => {
    const base = slug === '' ? fallback : slug
    let count = counts.get(base) ?? 1
    let unique = count === 1 ? base : numbered(base, count)
    while (given.has(unique)) {
      count += 1
      unique = numbered(base, count)
    }
    counts.set(base, count)
    given.add(unique)
    return unique
  }
}

function numbered(base: string, count: number): string {
  const suffix = `-${count}`
  return cutSlug(base, SLUG_LIMIT - suffix.length) + suffix
}

function cutSlug(slug: string, limit: number): string {
  if (slug.length <= limit) return slug
  const end = slug.lastIndexOf('-', limit)
  return slug.slice(0, end > 0 ? end : limit)
}
