import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

/**
 * The limit of writes: better-sqlite3 alone, making the rows of a comment (or of an article) in one durable transaction each,
 * for so many seconds, on the same file system. Prints how many a second.
 */
const [kind = 'comment', seconds = '2'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'broadsheet-durable-'))
const db = new Sqlite(join(folder, 'limit.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec(`
  create table comments (id text primary key, article_id text, status text, author text, body text, created_at text);
  create index comments_article on comments (article_id, created_at, id);
  create index comments_status on comments (status, created_at, id);
  create index comments_created_at on comments (created_at, id);
  create table counts (article_id text primary key, approved integer);
  create table events (seq integer primary key autoincrement, type text, subject text, at text, data text);
  create table articles (id text primary key, slug text unique, headline text, created_at text, document text);
  create table sections (id text primary key, article_id text, place integer, body text);
  create index sections_place on sections (article_id, place);
  create table items (id text primary key, list_id text, text text);
  create table revisions (id text primary key, article_id text, document text);
  create virtual table search using fts5(headline, body, content='', contentless_delete=1, tokenize='ascii');
`)
const insert = (table: string, columns: number) => db.prepare(`insert into ${table} values (${Array(columns).fill('?').join(', ')})`)
const [comments, articles, sections, items, revisions] = [
  insert('comments', 6),
  insert('articles', 5),
  insert('sections', 4),
  insert('items', 3),
  insert('revisions', 3),
]
const counts = db.prepare('insert into counts values (?, 1) on conflict do update set approved = approved + 1')
const events = db.prepare('insert into events (type, subject, at, data) values (?, ?, ?, ?)')
const search = db.prepare('insert into search (rowid, headline, body) values (?, ?, ?)')
const words = Array.from({ length: 1000 }, (_, index) => `word${index % 300}`).join(' ')
const part = words.slice(0, words.length / 5)
const id = (number: number) => String(number).padStart(36, '0')

const writeComment = db.transaction((number: number) => {
  const at = new Date().toISOString()
  comments.run(
    id(number),
    id(number % 1000),
    'approved',
    'Reader',
    'A comment of some twenty words, as readers write them under a story that they liked, or did not like.',
    at,
  )
  counts.run(id(number % 1000))
  events.run('comment.created', id(number), at, '{}')
})
const writeArticle = db.transaction((number: number) => {
  const at = new Date().toISOString()
  articles.run(id(number), `slug-${number}`, 'A headline of some words', at, words)
  for (let place = 0; place < 5; place++) sections.run(`${id(number)}/${place}`, id(number), place, part)
  for (let place = 0; place < 4; place++) items.run(`${id(number)}/${place}`, id(number), 'A highlight of some words')
  revisions.run(id(number), id(number), words)
  search.run(number, 'A headline of some words', words)
  events.run('article.created', id(number), at, '{}')
})
const write = kind === 'comment' ? writeComment : writeArticle
const start = performance.now()
let count = 0
while (performance.now() - start < Number(seconds) * 1000) write(++count)
console.log((count / (performance.now() - start)) * 1000)
db.close()
rmSync(folder, { recursive: true, force: true })
