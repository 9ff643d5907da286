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
export async function storiesThatSay(read: Read, addresses: readonly string[]): Promise<string[]> {
  const rows = await inPieces([...new Set(addresses.map(ownAddress))], (own) =>
    read
      .selectFrom('public_articles')
      .select('article_id')
      .where('own_address', 'in', own)
      // What an index has of it, so that it is used.
      .where(
        sql`substr(own_address, 1, 500)`,
        'in',
        own.map((one) => one.slice(0, 500)),
      )
      .execute(),
  )
  return rows.map(({ article_id }) => article_id).sort()
}
