import { type Kysely, sql } from 'kysely'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

// So many rows are read at a time.
const step = 1000

/** The one form of a text of a URI: what none may hold is encoded, hex digits are large, and what needs no encoding has none. */
const oneForm = (text: string) =>
  text.replace(/%[0-9a-f]{2}|%|[^%]+/gi, (piece) => {
    if (piece === '%') return '%25'
    if (!piece.startsWith('%')) return encodeURI(piece)
    const character = String.fromCharCode(Number.parseInt(piece.slice(1), 16))
    return /[\w.~'-]/.test(character) ? character : piece.toUpperCase()
  })

function ownAddress(address: string): string {
  const url = URL.parse(address, address.startsWith('/') ? 'https://a.example' : undefined)
  return url ? (address.startsWith('/') ? '' : url.host.replace(/^www\./, '')) + oneForm(url.pathname + url.search) : address
}

async function fill(db: Kysely<Tables>): Promise<void> {
  const query = db
    .selectFrom('public_articles')
    .select(['article_id', 'canonical_url'])
    .where('canonical_url', 'is not', null)
    .orderBy('article_id')
    .limit(step)
  for (let rows = await query.execute(); rows.length > 0; rows = await query.where('article_id', '>', rows.at(-1)?.article_id as string).execute())
    for (const { article_id, canonical_url } of rows)
      await db
        .updateTable('public_articles')
        .set({ own_address: ownAddress(canonical_url as string) })
        .where('article_id', '=', article_id)
        .execute()
}

/** An encoded quote is one in old addresses and in links, unless another address is the same then. */
async function decodeQuotes(db: Kysely<unknown>): Promise<void> {
  await sql`update article_aliases set path = replace(path, '%27', '''') where path like '%!%27%' escape '!'
    and not exists (select 1 from article_aliases as other where other.path = replace(article_aliases.path, '%27', ''''))`.execute(db)
  await sql`update text_links set page = replace(page, '%27', ''''), query = replace(query, '%27', '''')
    where (page like '%!%27%' escape '!' or query like '%!%27%' escape '!') and not exists (select 1 from text_links as other
      where other.article_id = text_links.article_id and other.copy = text_links.copy and other.section_id = text_links.section_id
      and other.page = replace(text_links.page, '%27', '''') and other.query = replace(text_links.query, '%27', ''''))`.execute(db)
}

/** What public stories say is their address is found in one form, however it is written. */
export async function up(db: Kysely<unknown>, { columns }: Engine): Promise<void> {
  await db.schema.alterTable('public_articles').addColumn('own_address', columns.text).execute()
  await fill(db as Kysely<Tables>)
  await db.schema.dropIndex('public_articles_canonical_url').execute()
  // Of an address as much as every engine takes as a key.
  await sql`create index public_articles_own_address on public_articles ((substr(own_address, 1, 500))) where own_address is not null`.execute(db)
  await decodeQuotes(db)
}

/** It is found as it is written. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('public_articles_own_address').execute()
  await sql`create index public_articles_canonical_url on public_articles ((substr(canonical_url, 1, 500))) where canonical_url is not null`.execute(db)
  await db.schema.alterTable('public_articles').dropColumn('own_address').execute()
}
