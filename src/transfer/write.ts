import { type RawBuilder, sql } from 'kysely'
import { removePublicRows, writePublicRows, writeWorkingSearch } from '../articles/derived.ts'
import type { Write } from '../database/connect.ts'
import type { ArticleTable, Tables } from '../database/tables.ts'
import { chunked } from '../database/values.ts'
import { loadEdition } from '../editions/store.ts'
import type { EventType } from '../events/types.ts'
import { type Kind, recordsById, stored, type TransferRecord, tableOf } from './records.ts'

type Row = Record<string, unknown>
type TableName = keyof Tables

/** A record that can't be taken: it has another shape, or something else has what it wants. */
export class RecordError extends Error {}

async function insertRows(tx: Write, table: TableName, rows: readonly Row[]): Promise<void> {
  // Databases take only so many values a statement.
  for (const piece of chunked(rows, 50))
    await tx
      .insertInto(table as 'articles')
      .values(piece as never)
      .execute()
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

async function writeLists(tx: Write, lists: readonly (Row & { items: Row[] })[], place: (index: number) => Row): Promise<void> {
  for (const [index, { items, ...list }] of lists.entries()) {
    await upsert(tx, 'highlight_lists', { ...list, ...place(index) }, ['id'])
    await tx
      .deleteFrom('highlight_items')
      .where('list_id', '=', list.id as string)
      .execute()
    await insertRows(tx, 'highlight_items', numbered(items, { list_id: list.id }))
  }
}

/** Writes what is derived from an article: what it is found by, and by whom. */
async function writeDerived(tx: Write, row: ArticleTable): Promise<void> {
  const edition = await loadEdition(tx.read, row.id, row.edition_number)
  await writeWorkingSearch(tx, row)
  if (edition) await writePublicRows(tx, row, edition.document)
  else await removePublicRows(tx, row)
}

async function writeArticle(tx: Write, record: Row): Promise<void> {
  const { authors, topics, related, sections, highlight_lists, revisions, editions, preview_links, head, ...article } = record as Row & Record<string, Row[]>
  const articleId = record.id as string
  const own = { article_id: articleId }
  await upsert(tx, 'articles', stored('articles', article), ['id'])
  for (const table of [
    'article_authors',
    'article_topics',
    'related',
    'sections',
    'highlight_lists',
    'revisions',
    'editions',
    'article_heads',
    'preview_links',
  ] as const)
    await tx.deleteFrom(table).where('article_id', '=', articleId).execute()
  await insertRows(
    tx,
    'article_authors',
    numbered(
      (authors ?? []).map(({ id, role }) => ({ author_id: id, role })),
      own,
    ),
  )
  await insertRows(
    tx,
    'article_topics',
    numbered(
      (topics ?? []).map((topic_id) => ({ topic_id })),
      own,
    ),
  )
  await insertRows(tx, 'related', numbered(related ?? [], own))
  await insertRows(
    tx,
    'sections',
    (sections ?? []).map((row, place) => ({ ...stored('sections', row), ...own, place })),
  )
  await insertRows(
    tx,
    'revisions',
    (revisions ?? []).map((row) => ({ ...stored('revisions', row), ...own })),
  )
  await insertRows(
    tx,
    'editions',
    (editions ?? []).map((row) => ({ ...stored('editions', row), ...own })),
  )
  await insertRows(
    tx,
    'preview_links',
    (preview_links ?? []).map((row) => ({ ...row, ...own })),
  )
  if (head) await insertRows(tx, 'article_heads', [stored('article_heads', { ...own, document: head })])
  await writeLists(tx, (highlight_lists ?? []) as (Row & { items: Row[] })[], (position) => ({ ...own, slug: null, position }))
  await writeDerived(tx, (await tx.read.selectFrom('articles').selectAll().where('id', '=', articleId).executeTakeFirstOrThrow()) as ArticleTable)
}

async function writeSlug(tx: Write, row: Row): Promise<void> {
  const { kind, slug, owner_id: owner } = row as Tables['slugs']
  const held = await tx.read.selectFrom('slugs').select('owner_id').where('kind', '=', kind).where('slug', '=', slug).executeTakeFirst()
  if (held && held.owner_id !== owner) throw new RecordError(`the slug ${slug} belongs to another ${kind} here`)
  if (row.is_current) await tx.updateTable('slugs').set({ is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', owner).execute()
  await upsert(tx, 'slugs', row, ['kind', 'slug'])
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
  if (kind === 'article') return writeArticle(tx, data)
  if (kind === 'highlight-list') return writeLists(tx, [data as Row & { items: Row[] }], () => ({ article_id: null, position: 0 }))
  await upsert(tx, tableOf[kind], stored(tableOf[kind], data), ['id'])
}

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
  let changed = 0
  for (const record of records) {
    const before = present.get(record.id)
    if (before && JSON.stringify(before) === JSON.stringify(record)) continue
    await write(tx, record)
    changed++
    if (kind !== 'slug')
      tx.append({ type: `${kind}.${before ? 'updated' : 'created'}` satisfies EventType, subject: { type: kind, id: record.id }, data: { imported: true } })
  }
  return changed
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
