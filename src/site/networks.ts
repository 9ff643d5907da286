/** A network in which readers share stories: what it is called, and the address that shares one there. */
type Network = { name: string; href: (address: string, words: string, url: string) => string }

/** Those that are known, by name. `address` and `words` are percent-encoded. */
const networks = {
  email: { name: 'Email', href: (address, words) => `mailto:?subject=${words}&body=${address}` },
  facebook: { name: 'Facebook', href: (address) => `https://www.facebook.com/sharer/sharer.php?u=${address}` },
  x: { name: 'X', href: (address, words) => `https://x.com/intent/post?url=${address}&text=${words}` },
  whatsapp: { name: 'WhatsApp', href: (address, words) => `https://wa.me/?text=${words}%20${address}` },
  linkedin: { name: 'LinkedIn', href: (address) => `https://www.linkedin.com/sharing/share-offsite/?url=${address}` },
  bluesky: { name: 'Bluesky', href: (address, words) => `https://bsky.app/intent/compose?text=${words}%20${address}` },
  // Readers’ servers are many: the project’s own page asks for theirs.
  mastodon: { name: 'Mastodon', href: (address, words) => `https://share.joinmastodon.org/#text=${words}%20${address}` },
  threads: { name: 'Threads', href: (address, words) => `https://www.threads.com/intent/post?url=${address}&text=${words}` },
  telegram: { name: 'Telegram', href: (address, words) => `https://t.me/share/url?url=${address}&text=${words}` },
  reddit: { name: 'Reddit', href: (address, words) => `https://www.reddit.com/submit?url=${address}&title=${words}` },
  copy: { name: 'Copy link', href: (_address, _words, url) => url },
} satisfies Record<string, Network>

export type NetworkName = keyof typeof networks

/** A network with what it is called, by language (BCP 47). */
export type ShareNetwork = { network: NetworkName; labels: Record<string, string> }

export const networkNames = Object.keys(networks) as NetworkName[]

const usual: NetworkName[] = ['email', 'facebook', 'x', 'whatsapp', 'linkedin']

/** Those of a newsroom that has not said in which its stories are shared. */
export const usualNetworks: readonly ShareNetwork[] = usual.map((network) => ({ network, labels: { en: networks[network].name } }))

/** Ranges that match a language by lookup (RFC 4647, 3.4): itself, then without its last subtag, and so on. */
function lookedUp(language: string): string[] {
  const ranges = []
  for (let parts = language.split('-'); parts.length > 0; parts = parts.slice(0, -1)) if (parts.at(-1)?.length !== 1) ranges.push(parts.join('-'))
  return ranges
}

/** What a network is called for readers of a language: else by the first label that it has, else by its own name. */
function labelOf({ network, labels }: ShareNetwork, language: string): string {
  const range = lookedUp(language).find((one) => Object.hasOwn(labels, one))
  return (range === undefined ? Object.values(labels)[0] : labels[range]) ?? networks[network].name
}

/** The addresses that share something, by network. @param language of what is shared, as it is stored */
export function shareLinks(all: readonly ShareNetwork[], url: string, text: string, language: string) {
  const [address, words] = [encodeURIComponent(url), encodeURIComponent(text)]
  return all.map((one) => ({ network: one.network, label: labelOf(one, language), href: networks[one.network].href(address, words, url) }))
}

/** The networks of a stored site; the usual ones where there is none. @param stored its column, null where there is no row */
export const networksOf = (stored: string | null | undefined): readonly ShareNetwork[] =>
  typeof stored === 'string' ? (JSON.parse(stored) as ShareNetwork[]) : usualNetworks
