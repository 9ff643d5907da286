import { type RawBuilder, sql } from 'kysely'
import { type Derived, insertDerived, removeDerived } from '../articles/derived.ts'
import type { Article } from '../articles/schemas.ts'
import type { Write } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import type { ArticleTable, Tables } from '../database/tables.ts'
import { chunked, groupBy } from '../database/values.ts'
import type { EventType } from '../events/types.ts'
import { type Kind, recordsById, stored, type TransferRecord, tableOf } from './records.ts'

type Row = Record<string, unknown>
type TableName = keyof Tables

/** A record that can't be taken: it has another shape, or something else has what it wants. */
export class RecordError extends Error {}

/** Rows to insert, by table, in the order in which they refer to each other. */
type Rows = Map<TableName, Row[]>

function add(rows: Rows, table: TableName, more: readonly Row[]): void {
  const own = rows.get(table)
  if (own) own.push(...more)
  else rows.set(table, [...more])
}

async function insertAll(tx: Write, rows: Rows): Promise<void> {
  for (const [table, own] of rows) if (own.length > 0) await tx.engine.insertRows(tx, table, own)
}

async function upsert(tx: Write, table: TableName, row: Row, keys: readonly string[]): Promise<void> {
  const rest = Object.keys(row).filter((name) => !keys.includes(name))
  await tx
    .insertInto(table as 'articles')
    .values(row as never)
    .onConflict((conflict) =>
      conflict
        .columns(keys as never)
        .doUpdateSet(Object.fromEntries(rest.map((name) => [name, sql.ref(`excluded.${name}`)])) as Record<string, RawBuilder<never>>),
    )
    .execute()
}

const numbered = (rows: readonly Row[], more: Row) => rows.map((row, position) => ({ ...row, position, ...more }))

async function writeFreestanding(tx: Write, { items, ...list }: Row & { items: Row[] }): Promise<void> {
  await upsert(tx, 'highlight_lists', { ...list, article_id: null, position: 0 }, ['id'])
  await tx
    .deleteFrom('highlight_items')
    .where('list_id', '=', list.id as string)
    .execute()
  await insertAll(tx, new Map([['highlight_items', numbered(items, { list_id: list.id })]]))
}

const partTables = [
  'article_authors',
  'article_topics',
  'related',
  'sections',
  'highlight_lists',
  'revisions',
  'editions',
  'article_heads',
  'article_mentions',
  'preview_links',
] as const

/** The rows of the parts of an article. */
function addParts(rows: Rows, record: Row): Row {
  const { authors, topics, related, sections, highlight_lists, revisions, editions, mentions, preview_links, head, ...article } = record as Row &
    Record<string, Row[]>
  const own = { article_id: record.id }
  const lists = (highlight_lists ?? []) as (Row & { items: Row[] })[]
  const of = (table: TableName, parts: readonly Row[] | undefined) => (parts ?? []).map((row) => ({ ...stored(table, row), ...own }))
  add(
    rows,
    'article_authors',
    numbered(
      (authors ?? []).map(({ id, role }) => ({ author_id: id, role })),
      own,
    ),
  )
  add(
    rows,
    'article_topics',
    numbered(
      (topics ?? []).map((topic_id) => ({ topic_id })),
      own,
    ),
  )
  add(rows, 'related', numbered(related ?? [], own))
  add(
    rows,
    'sections',
    of('sections', sections).map((row, place) => ({ ...row, place })),
  )
  add(
    rows,
    'highlight_lists',
    lists.map(({ items: _, ...list }, position) => ({ ...list, ...own, slug: null, position })),
  )
  for (const { id, items } of lists) add(rows, 'highlight_items', numbered(items, { list_id: id }))
  add(rows, 'revisions', of('revisions', revisions))
  add(rows, 'editions', of('editions', editions))
  add(
    rows,
    'article_mentions',
    (mentions ?? []).map((target_id) => ({ target_id, ...own })),
  )
  add(rows, 'preview_links', of('preview_links', preview_links))
  if (head) add(rows, 'article_heads', of('article_heads', [{ document: head }] as Row[]))
  return article
}

/** Writes articles of one batch. @param present the ids of those that are there already */
async function writeArticles(tx: Write, records: readonly Row[], present: ReadonlySet<string>): Promise<void> {
  const rows: Rows = new Map([['articles', []]])
  for (const record of records) {
    const id = record.id as string
    const article = stored('articles', addParts(rows, record))
    if (present.has(id)) {
      await upsert(tx, 'articles', article, ['id'])
      for (const table of partTables) await tx.deleteFrom(table).where('article_id', '=', id).execute()
      await removeDerived(tx, id)
    } else add(rows, 'articles', [article])
  }
  await insertAll(tx, rows)
  await insertDerived(
    tx,
    records.map((record): Derived => {
      const row = record as unknown as ArticleTable & { sections?: Derived['sections']; editions?: (Article & { number: number; document: Article })[] }
      const edition = row.editions?.find(({ number }) => number === row.edition_number)
      return { row, sections: row.sections ?? [], edition: edition ? { ...edition.document, sections: edition.sections } : null }
    }),
  )
}

async function writeSlug(tx: Write, row: Row): Promise<void> {
  const { kind, slug, owner_id: owner } = row as Tables['slugs']
  const held = await tx.read.selectFrom('slugs').select('owner_id').where('kind', '=', kind).where('slug', '=', slug).executeTakeFirst()
  if (held && held.owner_id !== owner) throw new RecordError(`the slug ${slug} belongs to another ${kind} here`)
  if (row.is_current) await tx.updateTable('slugs').set({ is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', owner).execute()
  await upsert(tx, 'slugs', row, ['kind', 'slug'])
}

/** Whether no one has a slug yet of those whose slugs these are, so that none of them takes another's place. */
async function areFirstSlugs(read: Read, rows: readonly Tables['slugs'][]): Promise<boolean> {
  const owners = new Set(rows.map(({ owner_id }) => owner_id))
  if (owners.size < rows.length) return false
  for (const [kind, own] of groupBy(rows, (row) => row.kind))
    for (const ids of chunked(own.map(({ owner_id }) => owner_id)))
      if (await read.selectFrom('slugs').select('slug').where('kind', '=', kind).where('owner_id', 'in', ids).limit(1).executeTakeFirst()) return false
  return true
}

/** A topic's parent may come after it in an import: until it is there the topic has none. */
async function writeTopic(tx: Write, record: Row): Promise<void> {
  const parentId = record.parent_id as string | null
  const parent = parentId === null ? undefined : await tx.read.selectFrom('topics').select('id').where('id', '=', parentId).executeTakeFirst()
  await upsert(tx, 'topics', stored('topics', { ...record, parent_id: parent?.id ?? null }), ['id'])
}

async function write(tx: Write, { kind, data }: TransferRecord): Promise<void> {
  if (kind === 'slug') return writeSlug(tx, data)
  if (kind === 'topic') return writeTopic(tx, data)
  if (kind === 'highlight-list') return writeFreestanding(tx, data as Row & { items: Row[] })
  await upsert(tx, tableOf[kind], stored(tableOf[kind], data), ['id'])
}

const rowsOf = (records: readonly TransferRecord[]) => records.map(({ data }) => data as Tables['slugs'])

/** Whether a record is one row, that refers to nothing of its own kind. */
const isPlain = (kind: Kind): kind is 'author' | 'token' | 'comment' => ['author', 'token', 'comment'].includes(kind)

/**
 * Makes records of one kind what they say, by id, with the events of what changed; what is so already is left alone, so
 * an import that was broken off can be run again.
 * @returns how many changed
 */
export async function writeRecords(tx: Write, kind: Kind, records: readonly TransferRecord[]): Promise<number> {
  const present = await recordsById(
    tx.read,
    kind,
    records.map(({ id }) => id),
  )
  const changed = records.filter((record) => {
    const before = present.get(record.id)
    return !before || JSON.stringify(before) !== JSON.stringify(record)
  })
  if (kind === 'article')
    await writeArticles(
      tx,
      changed.map(({ data }) => data),
      new Set(present.keys()),
    )
  else if (isPlain(kind) && present.size === 0) await insertAll(tx, new Map([[tableOf[kind], changed.map(({ data }) => stored(tableOf[kind], data))]]))
  else if (kind === 'slug' && present.size === 0 && (await areFirstSlugs(tx.read, rowsOf(changed)))) await insertAll(tx, new Map([['slugs', rowsOf(changed)]]))
  else for (const record of changed) await write(tx, record)
  if (kind !== 'slug')
    for (const { id } of changed)
      tx.append({ type: `${kind}.${present.has(id) ? 'updated' : 'created'}` satisfies EventType, subject: { type: kind, id }, data: { imported: true } })
  return changed.length
}

/** Counts the approved comments of every article anew. */
export async function countComments(tx: Write): Promise<void> {
  await tx.deleteFrom('comment_counts').execute()
  await tx
    .insertInto('comment_counts')
    .columns(['article_id', 'approved'])
    .expression((from) =>
      from
        .selectFrom('comments')
        .select(({ fn }) => ['article_id', fn.countAll<number>().as('approved')])
        .where('status', '=', 'approved')
        .groupBy('article_id'),
    )
    .execute()
}
