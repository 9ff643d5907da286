import { CompiledQuery, type Kysely, type QueryExecutorProvider, sql } from 'kysely'
import type { Engine, SearchCopy, SearchIndex, SearchTerm, SearchTexts, SearchTier } from './engine.ts'
import { stringOf } from './rows.ts'
import { foldedRows } from './search-rows.ts'
import type { Tables } from './tables.ts'

// What stands before the words of each text, so that those of a headline are found without looking at all the others. No word
// has these signs; a tier looks for the words of so many texts.
const marks = ['§', '±', ''] as const

const marked = (text: string, mark: string) => (text === '' ? text : mark + text.replaceAll(' ', ` ${mark}`))

// Words hold only letters, marks and digits, so inside quotes nothing of them is FTS5 syntax.
function phrase({ words, prefix }: SearchTerm, mark: string): string {
  return `"${words.map((word) => mark + word).join(' ')}"${prefix ? ' *' : ''}`
}

function within(terms: SearchTerm[], tier: SearchTier): string {
  const texts = marks.slice(0, tier + 1)
  return `(${terms.map((term) => `(${texts.map((mark) => phrase(term, mark)).join(' OR ')})`).join(' AND ')})`
}

function matchExpression(terms: SearchTerm[], tier: SearchTier | 'any'): string {
  if (tier === 'any') return within(terms, 2)
  return tier === 0 ? within(terms, 0) : `${within(terms, tier)} NOT ${within(terms, tier === 1 ? 0 : 1)}`
}

// By default a segment is rewritten when a tenth of its rows are gone, and each edit of a story takes one of them.
const fewRows = { automerge: 4, hashsize: 1_048_576, deletemerge: 50 }
const manyRows = { automerge: 0, hashsize: 16_000_000 }

const tableOf = (copy: SearchIndex) => sql.table(`search_${copy}`)

// The words come folded and separated by spaces; the ascii tokenizer splits there and keeps all else.
async function createSearchTable(db: QueryExecutorProvider, copy: SearchIndex): Promise<void> {
  await sql`create virtual table ${tableOf(copy)} using fts5(headline, secondary, body, content='', contentless_delete=1, tokenize='ascii')`.execute(db)
}

const replacement = (copy: SearchIndex) => `replace into search_${copy} (rowid, headline, secondary, body) values (?, ?, ?, cast(? as text))`

/** The values of a row of the index. */
function indexRow(number: number, { headline, secondary, body }: SearchTexts, isMarked: boolean): unknown[] {
  const [first, second] = [headline, secondary].map((text, index) => (isMarked ? marked(stringOf(text), marks[index] as string) : stringOf(text)))
  return [number, first, second, body]
}

async function rebuildIndex(db: Kysely<Tables>, copy: SearchCopy, isMarked: boolean): Promise<void> {
  await sql`drop table ${tableOf(copy)}`.execute(db)
  await createSearchTable(db, copy)
  for await (const rows of foldedRows(db, copy))
    for (const [number, texts] of rows) await db.executeQuery(CompiledQuery.raw(replacement(copy), indexRow(number, texts, isMarked)))
}

type Search = Pick<Engine, 'expectMany' | 'createSearchTable' | 'tieSearch' | 'markSearch' | 'rebuildSearch' | 'writeSearch' | 'removeSearch' | 'hits'>

/** Full-text search by FTS5: what an engine has of it. @param beforeCommit runs a statement on a table’s row before the change commits */
export const sqliteSearch = (beforeCommit: (table: string, row: number, text: string, parameters: readonly unknown[]) => void): Search => ({
  // By default a few new rows at a time are merged into the index, which for many is done over and over.
  async expectMany(db, isMany) {
    // Migrations call this before there are all of them.
    const { rows } = await sql<{ name: string }>`select name from sqlite_master where name in ('search_public', 'search_working', 'search_comments')`.execute(
      db,
    )
    for (const { name: table } of rows)
      for (const [name, value] of Object.entries(isMany ? manyRows : fewRows))
        await sql`insert into ${sql.table(table)} (${sql.ref(table)}, rank) values (${sql.lit(name)}, ${sql.lit(value)})`.execute(db)
  },
  createSearchTable,
  async tieSearch(db, copy, isTied) {
    const trigger = sql.ref(`${copy}_deleted`)
    if (!isTied) await sql`drop trigger ${trigger}`.execute(db)
    else
      await sql`create trigger ${trigger} after delete on ${sql.table(copy)} when old.number is not null
        begin delete from ${tableOf(copy)} where rowid = old.number; end`.execute(db)
  },
  async markSearch(db, isMarked) {
    for (const copy of ['public', 'working'] as const) await rebuildIndex(db, copy, isMarked)
  },
  rebuildSearch: (db, copy) => rebuildIndex(db, copy, true),
  // FTS5 writes out what it has gathered at each savepoint, and there is one for each change.
  writeSearch(tx, copy, rows) {
    tx.requireOpen()
    for (const [number, texts] of rows) beforeCommit(`search_${copy}`, number, replacement(copy), indexRow(number, texts, true))
  },
  removeSearch(tx, copy, number) {
    tx.requireOpen()
    beforeCommit(`search_${copy}`, number, `delete from search_${copy} where rowid = ?`, [number])
  },
  hits(copy, terms, tier) {
    const table = `search_${copy}`
    return { table, number: sql`${sql.ref(`${table}.rowid`)}`, where: sql`${sql.ref(table)} match ${matchExpression(terms, tier)}` }
  },
})
