/** A URL in ASCII, as browsers ask for it: a host that only looks like another shows what it is. It names no user. */
export function plainUrl(url: string): string {
  const { origin, pathname, search, hash } = new URL(url)
  // What a browser lets stand, and RFC 3986 doesn’t.
  const fragment = hash === '' ? '' : `#${hash.slice(1).replaceAll('#', '%23')}`
  return origin + (pathname + search + fragment).replaceAll(/[\\[\]^`{|}]/g, encodeURIComponent).replace(/%(?![0-9a-f]{2})/gi, '%25')
}

/**
 * The one form of a text of a URI that can be written in many (RFC 3986, 6.2.2): what none may hold is encoded, `%7E` is `~`, hex digits are
 * large, and a `%` that encodes nothing is one. What means something by itself (`%2F`, the order of a query) stays as it is, but for the
 * quote, which browsers encode in a query alone.
 */
export function oneForm(text: string): string {
  return text.replace(/%[0-9a-f]{2}|%|[^%]+/gi, (piece) => {
    if (piece === '%') return '%25'
    if (!piece.startsWith('%')) return encodeURI(piece)
    const character = String.fromCharCode(Number.parseInt(piece.slice(1), 16))
    return /[\w.~'-]/.test(character) ? character : piece.toUpperCase()
  })
}

const someSite = 'https://a.example'

/** The one form of a path and query of a site, as browsers ask for it: without steps (`/a/../b`) and a `?` that nothing follows. */
export function onePath(path: string): string {
  const { pathname, search } = new URL(someSite + path)
  return oneForm(pathname + search)
}
