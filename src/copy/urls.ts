/** A URL in ASCII, as browsers ask for it: a host that only looks like another shows what it is. */
export function plainUrl(url: string): string {
  const { origin, href } = new URL(url)
  // What a browser lets stand, and RFC 3986 doesn’t.
  const [rest = '', ...fragment] = href.slice(origin.length).split('#')
  const path = fragment.length > 0 ? `${rest}#${fragment.join('%23')}` : rest
  return (
    origin +
    path
      .replaceAll('[', '%5B')
      .replaceAll(']', '%5D')
      .replace(/%(?![0-9a-f]{2})/gi, '%25')
  )
}
