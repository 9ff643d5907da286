import { sql } from 'kysely'
import { oneForm, onePath } from '../../copy/urls.ts'
import type { Read } from '../../database/engine.ts'
import { inPieces } from '../../database/values.ts'

/**
 * The one form of an address that can be written in many: without scheme, `www.` and fragment, and of a path of the site without its host.
 * What is no address stays as it is.
 */
export function ownAddress(address: string): string {
  if (address.startsWith('/')) return onePath(address)
  const url = URL.parse(address)
  return url ? url.host.replace(/^www\./, '') + oneForm(url.pathname + url.search) : address
}

/** The public stories that say that one of these addresses is their own (`canonicalUrl`), in the order of their ids. */
export const storiesThatSay = async (read: Read, addresses: readonly string[]): Promise<string[]> => (await saying(read, addresses)).map(({ id }) => id).sort()

/** The first of these addresses that a public story says is its own, with the oldest story that does; null where none does. */
export async function firstThatSays(read: Read, addresses: readonly string[]): Promise<{ id: string; address: string } | null> {
  const stories = (await saying(read, addresses)).sort((one, other) => (one.id < other.id ? -1 : 1))
  for (const address of addresses) {
    const story = stories.find(({ own }) => own === ownAddress(address))
    if (story) return { id: story.id, address }
  }
  return null
}

function saying(read: Read, addresses: readonly string[]): Promise<{ id: string; own: string | null }[]> {
  return inPieces([...new Set(addresses.map(ownAddress))], (own) =>
    read
      .selectFrom('public_articles')
      .select(['article_id as id', 'own_address as own'])
      .where('own_address', 'in', own)
      // What an index has of it, so that it is used.
      .where(
        sql`substr(own_address, 1, 500)`,
        'in',
        own.map((one) => one.slice(0, 500)),
      )
      .execute(),
  )
}
