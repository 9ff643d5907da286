import { sql } from 'kysely'
import type { Read } from '../../database/engine.ts'
import { inPieces } from '../../database/values.ts'

/** An address as people read it, with letters of all alphabets; where it can't be read so, as it is. */
function readable(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

const withSmallDigits = (address: string) => address.replace(/%[0-9A-F]{2}/g, (encoded) => encoded.toLowerCase())

/** An address as it may be written: as it is, as people read it, and with small hex digits. */
export const spellings = (address: string): string[] => [...new Set([address, readable(address), withSmallDigits(address)])].filter(Boolean)

/**
 * The public stories that say that one of these addresses is their own (`canonicalUrl`), in the order of their ids.
 * @param addresses each as it may be written
 */
export async function storiesThatSay(read: Read, addresses: readonly string[]): Promise<string[]> {
  const rows = await inPieces([...new Set(addresses)], (own) =>
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
