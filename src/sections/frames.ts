// Players that may stand in a page, by the pages that people link to: none of them sets a cookie before it is played.
const players: { host: RegExp; path: RegExp; player: (id: string) => string }[] = [
  { host: /^(?:www\.|m\.)?youtube\.com$/, path: /^\/watch\?(?:.*&)?v=([\w-]{6,20})(?:&|$)/, player: (id) => `https://www.youtube-nocookie.com/embed/${id}` },
  {
    host: /^(?:www\.)?youtube(?:-nocookie)?\.com$/,
    path: /^\/(?:embed|shorts|live)\/([\w-]{6,20})/,
    player: (id) => `https://www.youtube-nocookie.com/embed/${id}`,
  },
  { host: /^youtu\.be$/, path: /^\/([\w-]{6,20})/, player: (id) => `https://www.youtube-nocookie.com/embed/${id}` },
  { host: /^(?:www\.)?vimeo\.com$/, path: /^\/(?:video\/)?(\d{5,15})/, player: (id) => `https://player.vimeo.com/video/${id}?dnt=1` },
  { host: /^player\.vimeo\.com$/, path: /^\/video\/(\d{5,15})/, player: (id) => `https://player.vimeo.com/video/${id}?dnt=1` },
]

/** The hosts of the players that are known. */
export const playerHosts = ['www.youtube-nocookie.com', 'player.vimeo.com']

/**
 * The address of what may be shown in an `iframe` for an embed: the player of a page of YouTube or Vimeo, or the address itself where
 * it is https and of a host that the operator lists; null where it is to be a link.
 * @param hosts those of `EMBED_HOSTS`
 */
export function frameOf(address: string, hosts: readonly string[]): string | null {
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' || url.port !== '') return null
  for (const { host, path, player } of players) {
    const id = host.test(url.hostname) ? path.exec(url.pathname + url.search)?.[1] : undefined
    if (id !== undefined) return player(id)
  }
  return hosts.includes(url.hostname) ? url.href : null
}
