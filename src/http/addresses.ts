/** Whether a path and query has one form already: nothing in it is encoded, or said in more than one way. */
const isPlain = (url: string) => /^[\w/.~-]*(\?\w+=[\w.,~:*-]+)?$/.test(url)

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+').replaceAll('%2C', ',').replaceAll('%3A', ':')
}

/**
 * The one form of a path and query that can be written in many: so that `?&&&`, another order or needless escapes are no other page.
 * @param url well-formed: what isn't has been refused
 */
export function normalAddress(url: string): string {
  if (isPlain(url)) return url
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  const segments = path.split('/').map((segment) => encoded(decodeURIComponent(segment)).replaceAll('+', '%20'))
  const pairs = query.split('&').flatMap((pair): [string, string][] => {
    if (pair === '') return []
    const [name = '', value = ''] = pair.split(/=(.*)/s).map((part) => encoded(decodeURIComponent(part.replaceAll('+', ' '))))
    return [[name, value]]
  })
  // Values of one parameter stay in their order.
  const sorted = pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => `${name}=${value}`)
  return segments.join('/') + (sorted.length > 0 ? `?${sorted.join('&')}` : '')
}
