import type { Kysely } from 'kysely'
import type { Tables } from '../src/database/tables.ts'

// So many rows are read at a time.
const step = 1000

const someSite = 'https://a.example'

/** The one form of a path and query: what no address may hold is encoded, hex digits are large, and what needs no encoding has none. */
const normal = (path: string) =>
  path
    .replace(/%[0-9a-f]{2}|%|[^%]+/gi, (piece) => {
      if (piece === '%') return '%25'
      if (!piece.startsWith('%')) return encodeURI(piece)
      const character = String.fromCharCode(Number.parseInt(piece.slice(1), 16))
      return /[\w.~-]/.test(character) ? character : piece.toUpperCase()
    })
    .replaceAll("'", '%27')

function oneForm(address: string): string {
  const url = URL.parse(address, address.startsWith('/') ? someSite : undefined)
  return url ? (address.startsWith('/') ? '' : url.origin) + normal(url.pathname + url.search) : address
}

/** What public stories say is their address is found in one form, however it was written. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = db as Kysely<Tables>
  const query = tables
    .selectFrom('public_articles')
    .select(['article_id', 'canonical_url'])
    .where('canonical_url', 'is not', null)
    .orderBy('article_id')
    .limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.where('article_id', '>', rows.at(-1)?.article_id as string).execute())
    for (const { article_id, canonical_url: written } of rows) {
      const canonical_url = oneForm(written as string)
      if (canonical_url !== written) await tables.updateTable('public_articles').set({ canonical_url }).where('article_id', '=', article_id).execute()
    }
}

/** What was found in several forms is found in this one, too. */
export async function down(): Promise<void> {}
