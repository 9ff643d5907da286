import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { v7 as newId } from 'uuid'

/**
 * The limit of writes: better-sqlite3 alone, writing the rows of a change in one durable transaction each, for so many seconds, into
 * the same tables with the same indexes; or so many of them in one transaction. They are those of a story that is there, under other ids. Prints how many a second.
 */
const [kind = 'comment', seconds = '2', source = '', together = '1'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-durable-'))
const file = join(folder, 'limit.db')
cpSync(source, file)
const db = new Sqlite(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('foreign_keys = ON')
db.pragma('cache_size = -16000')
db.pragma('wal_autocheckpoint = 2000')

type Row = Record<string, unknown>

const { id: story } = db.prepare('select id from articles order by id limit 1 offset 100').get() as { id: string }
const rowsOf = (table: string, where = 'article_id = ?') => db.prepare(`select * from "${table}" where ${where}`).all(story) as Row[]

/** Rows that are inserted with other ids and another slug, whichever of their columns have them. */
function insertion(table: string, rows: Row[]) {
  const names = Object.keys(rows[0] ?? {})
  const statement = db.prepare(`insert into "${table}" (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map(() => '?').join(', ')})`)
  const changed = names.map((name) => /^(id|article_id|list_id|owner_id|slug|public_slug|number|target_section_id)$/.test(name))
  return (other: (value: unknown, name: string) => unknown) => {
    for (const row of rows) statement.run(names.map((name, index) => (changed[index] ? other(row[name], name) : row[name])))
  }
}

const search = rowsOf('search_rows')
const parts = [
  insertion('articles', rowsOf('articles', 'id = ?')),
  insertion('slugs', rowsOf('slugs', "kind = 'article' and owner_id = ?")),
  ...['article_authors', 'article_topics', 'sections', 'highlight_lists'].map((table) => insertion(table, rowsOf(table))),
  insertion('highlight_items', rowsOf('highlight_items', 'list_id in (select id from highlight_lists where article_id = ?)')),
  ...['revisions', 'editions', 'public_articles', 'public_article_topics', 'public_article_authors'].map((table) => insertion(table, rowsOf(table))),
  insertion('search_rows', search),
]
const index = db.prepare('replace into search_public (rowid, headline, secondary, body) values (?, ?, ?, ?)')
const events = db.prepare(
  "insert into events (type, subject_type, subject_id, article_id, actor, at, request_id, data) values (?, 'article', ?, null, null, ?, null, '{}')",
)
let number = 2 ** 52
const now = () => new Date().toISOString()

function writeArticle(): void {
  const ids = new Map<unknown, string>()
  const other = (value: unknown, name: string) => {
    if (value === null) return null
    // Revisions and editions are numbered from 1.
    if (name === 'number') return typeof value === 'number' && value > 1000 ? number : value
    if (name === 'slug' || name === 'public_slug') return `story-${number}`
    const id = ids.get(value) ?? newId()
    ids.set(value, id)
    return id
  }
  number++
  for (const insert of parts) insert(other)
  for (const { headline, secondary, body } of search) index.run(number, headline, secondary, body)
  for (let count = 0; count < 8; count++) events.run('article.created', String(ids.get(story)), now())
}

const [section] = rowsOf('sections') as { id: string; body: string }[]
const [edition] = rowsOf('editions') as { document: string; sections: string }[]
const [revision] = rowsOf('revisions')
const insertRevision = insertion('revisions', [{ ...revision, changes: '[]', document: null }])
const insertEdition = insertion('editions', [{ ...edition }])
const updates = {
  section: db.prepare('update sections set heading = ?, body = ?, revision = revision + 1, updated_at = ? where id = ?'),
  article: db.prepare('update articles set revision = revision + 1, updated_at = ? where id = ?'),
  head: db.prepare('insert into article_heads (article_id, document) values (?, ?) on conflict do update set document = excluded.document'),
  search: db.prepare('update search_rows set secondary = ? where article_id = ?'),
  listed: db.prepare('update public_articles set updated_at = ? where article_id = ?'),
  ended: db.prepare('update editions set public_until = ? where article_id = ? and number = ?'),
}

function writeSection(): void {
  number++
  updates.section.run(`A heading ${number}`, section?.body, now(), section?.id)
  updates.article.run(now(), story)
  insertRevision((value, name) => (name === 'id' ? newId() : name === 'number' ? number : value))
  updates.head.run(story, edition?.sections)
  updates.search.run(`A heading ${number}`, story)
  for (const row of search) index.run(row.number, row.headline, row.secondary, row.body)
  for (let count = 0; count < 2; count++) events.run('section.updated', story, now())
}

function writeBoth(): void {
  writeSection()
  updates.ended.run(now(), story, number - 1)
  insertEdition((value, name) => (name === 'number' ? number : value))
  updates.listed.run(now(), story)
}

const insertComment = insertion('comments', (db.prepare('select * from comments limit 1').all() as Row[]).slice(0, 1))
const count = db.prepare('update comment_counts set approved = approved + 1 where article_id = ?')
const stories = (db.prepare('select id from articles').all() as { id: string }[]).map(({ id }) => id)

function writeComment(): void {
  const id = stories[number++ % stories.length]
  insertComment((_, name) => (name === 'article_id' ? id : newId()))
  count.run(id)
  events.run('comment.created', story, now())
}

const writeOne = { comment: writeComment, article: writeArticle, section: writeSection, both: writeBoth }[kind] as () => void
const write = db.transaction(() => {
  for (let count = 0; count < Number(together); count++) writeOne()
})
const start = performance.now()
let written = 0
for (; performance.now() - start < Number(seconds) * 1000; written += Number(together)) write()
console.log((written / (performance.now() - start)) * 1000)
db.close()
rmSync(folder, { recursive: true, force: true })
