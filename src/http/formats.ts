import { plainUrl } from '../copy/urls.ts'
import { isId } from '../database/slugs.ts'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A time of RFC 3339 whose day exists, and that still has four digits of year in UTC. */
export function isTime(text: string): boolean {
  const match = rfc3339.exec(text)
  if (!match) return false
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number]
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  if (month < 1 || month > 12 || date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return false
  const time = Date.parse(text.replace(/:60/, ':59'))
  // Leap seconds come at the end of a day in UTC.
  if (match[5] === '60' && new Date(time).toISOString().slice(11, 19) !== '23:59:59') return false
  return time >= Date.parse('0001-01-01T00:00:00Z') && time <= Date.parse('9999-12-31T23:59:59.999Z')
}

/** The time that a text valid by `isTime` means, as it is stored: UTC, milliseconds. A leap second is the second before. */
export function normalTime(text: string): string {
  return new Date(text.toUpperCase().replace(/:60/, ':59')).toISOString()
}

// As long as a schema lets one be.
const longestUrl = 2000

const someSite = 'https://a.example'
const uriCharacters = /^(?:[\w\-.~:/?@!$&'()*+,;=]|%[0-9a-f]{2})*(?:#(?:[\w\-.~:/?@!$&'()*+,;=]|%[0-9a-f]{2})*)?$/i

/**
 * A URL or a path of a site that is valid by its format as a URI (RFC 3986), as answers say it: what isn’t ASCII and stray percent signs
 * are encoded. One that is a URI already stays as it is.
 */
export function asUri(text: string): string {
  if (uriCharacters.test(text)) return text
  return text.startsWith('/') ? plainUrl(someSite + text).slice(someSite.length) : plainUrl(text)
}

function isWebUrl(text: string): boolean {
  // Each test looks at each character once: what is too long is looked at, too.
  if (text.length > longestUrl || !/^https?:\/\/[^\s/?#\\]/i.test(text) || /[\s\\<>"{}|^`]/.test(text)) return false
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && !/^[^/?#]*@/.test(text.slice(text.indexOf('//') + 2)) && asUri(text).length <= longestUrl
}

function isLanguage(text: string): boolean {
  if (text.length > 100) return false
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

// Controls (C0 and C1), and what breaks a line or paragraph: a single line has none of them.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
// What turns the order of what stands around it, so that a name or headline shows as another.
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/
// White space, format characters, marks with nothing to stand on, and letters that are drawn as nothing.
const INVISIBLE = /^[\s\p{Cf}\p{Cc}\p{Zs}\p{Zl}\p{Zp}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u

/** Whether a text shows anything. */
const isVisible = (text: string): boolean => !INVISIBLE.test(text)

/** Whether a text is one line: no controls, no line or paragraph separators. */
export const isLine = (text: string): boolean => !CONTROLS.test(text)

/** Whether a text is a path of a site, with its query: no other site's, and nothing that shows as another. */
export const isSitePath = (text: string): boolean => /^\/(?![/\\])[^\s\p{Cc}#\\]*$/u.test(text)

// What browsers encode in an address they are given, so that it is found as it was written.
const isWebAddress = (text: string): boolean =>
  isWebUrl(text) || (text.length <= longestUrl && isSitePath(text.replace(/#.*$/, '')) && !/[\s<>"{}|^`\\]/.test(text) && asUri(text).length <= longestUrl)

/** What the name of a set ends with that reverts another. */
export const reverting = '.revert'

/** The formats of texts in the document that aren't JSON Schema's own, or are checked more closely here, by name. */
export const formats: Record<string, (text: string) => boolean> = {
  'date-time': isTime,
  'site-path': isSitePath,
  uri: isWebUrl,
  'web-address': isWebAddress,
  language: isLanguage,
  slug: (text) => !isId(text),
  'change-set': (text) => !text.endsWith(reverting),
  line: isLine,
  visible: isVisible,
  'visible-line': (text) => isLine(text) && isVisible(text),
  title: (text) => isLine(text) && !BIDI_CONTROLS.test(text),
  name: (text) => isLine(text) && isVisible(text) && !BIDI_CONTROLS.test(text),
}
