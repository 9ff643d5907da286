/** Where a page of YouTube says that its film is to begin, in seconds: `t=90`, `t=90s`, `t=1m30s`, `start=90`; 0 where it doesn't. */
function beginningOf({ searchParams }: URL): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?$/.exec(searchParams.get('t') ?? searchParams.get('start') ?? '') ?? []
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

const youTube = (id: string, page: URL) => {
  const begins = beginningOf(page)
  return `https://www.youtube-nocookie.com/embed/${id}${begins > 0 ? `?start=${begins}` : ''}`
}
const vimeo = (id: string) => `https://player.vimeo.com/video/${id}?dnt=1`

// Players that may stand in a page, by the pages that people link to: none of them sets a cookie before it is played.
const players: { host: RegExp; path: RegExp; player: (id: string, page: URL) => string }[] = [
  { host: /^(?:www\.|m\.)?youtube\.com$/, path: /^\/watch\?(?:.*&)?v=([\w-]{6,20})(?:&|$)/, player: youTube },
  {
    host: /^(?:www\.)?youtube(?:-nocookie)?\.com$/,
    path: /^\/(?:embed|shorts|live)\/([\w-]{6,20})/,
    player: youTube,
  },
  { host: /^youtu\.be$/, path: /^\/([\w-]{6,20})/, player: youTube },
  { host: /^(?:www\.)?vimeo\.com$/, path: /^\/(?:video\/)?(\d{5,15})/, player: vimeo },
  { host: /^player\.vimeo\.com$/, path: /^\/video\/(\d{5,15})/, player: vimeo },
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
    if (id !== undefined) return player(id, url)
  }
  return hosts.includes(url.hostname) ? url.href : null
}
