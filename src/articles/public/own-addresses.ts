import { sql } from 'kysely'
import type { Read } from '../../database/engine.ts'
import { inPieces } from '../../database/values.ts'
import { normalAlias } from '../working/aliases.ts'

const someSite = 'https://a.example'

/**
 * The one form of an address that can be written in many, as browsers send it: without its fragment, and without a host where it is a
 * path of the site. What is no address stays as it is.
 */
export function ownAddress(address: string): string {
  const url = URL.parse(address, address.startsWith('/') ? someSite : undefined)
  if (!url) return address
  return (address.startsWith('/') ? '' : url.origin) + normalAlias(url.pathname + url.search).replaceAll("'", '%27')
}

/** The public stories that say that one of these addresses is their own (`canonicalUrl`), in the order of their ids. */
export async function storiesThatSay(read: Read, addresses: readonly string[]): Promise<string[]> {
  const rows = await inPieces([...new Set(addresses.map(ownAddress))], (own) =>
    read
      .selectFrom('public_articles')
      .select('article_id')
      .where('canonical_url', 'in', own)
      // What an index has of it, so that it is used.
      .where(
        sql`substr(canonical_url, 1, 500)`,
        'in',
        own.map((one) => one.slice(0, 500)),
      )
      .execute(),
  )
  return rows.map(({ article_id }) => article_id).sort()
}
