import { type RawBuilder, sql } from 'kysely'
import { insertIndexEntries, removeIndexRows } from '../articles/public/index-rows.ts'
import { indexComments } from '../comments/search.ts'
import { bodyColumns } from '../comments/store.ts'
import type { Read, RowSet, Text } from '../database/engine.ts'
import type { EventSubject, SubjectKind } from '../database/event-types.ts'
import type { Write } from '../database/handles.ts'
import { insertTables, rowSet, stringOf } from '../database/rows.ts'
import type { CommentTable, SlugTable, TableName } from '../database/tables.ts'
import { chunked, groupBy, inPieces, presentIds, without } from '../database/values.ts'
import { itemRows, type PreparedArticles, partTables, prepareArticle } from './articles.ts'
import { commentRow, hasHistory, type Kind, kinds, laterNames, recordsById, storedRow, type TransferRecord, tableOfKind } from './records.ts'

type Row = Record<string, unknown>

/** A record that can't be taken: it has another shape, or something else has what it wants. */
export class RecordError extends Error {}

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

async function writeFreestanding(tx: Write, { items, ...list }: Row & { items: Row[] }): Promise<void> {
  await upsert(tx, 'highlight_lists', { ...laterNames.highlight_lists, ...list, article_id: null, position: 0 }, ['id'])
  await tx
    .deleteFrom('highlight_items')
    .where('list_id', '=', list.id as string)
    .execute()
  if (items.length > 0) await tx.engine.insertRows(tx, 'highlight_items', rowSet(itemRows(list.id, items)))
}

/** Makes articles what their records say. @param present the ids of those that are there already */
async function writeArticles(tx: Write, records: readonly Row[], present: readonly string[]): Promise<void> {
  const prepared: PreparedArticles = { rows: new Map(), entries: [] }
  for (const record of records) prepareArticle(prepared, record)
  const { rows } = prepared
  for (const id of present) {
    for (const table of partTables) await tx.deleteFrom(table).where('article_id', '=', id).execute()
    await removeIndexRows(tx, id)
  }
  const { columns, rows: articles } = rows.get('articles') as RowSet
  await requireFreeLanguages(tx.read, rows.get('articles'))
  // Among themselves they may have changed languages.
  for (const ids of chunked(present)) await tx.updateTable('articles').set({ translation_group: null }).where('id', 'in', ids).execute()
  for (const values of articles) await upsert(tx, 'articles', Object.fromEntries(values.map((value, index) => [columns[index], value])), ['id'])
  rows.delete('articles')
  await insertArticles(tx, prepared)
}

/** An old address belongs to one article: what these had here is gone by now, so whoever has one is another. */
async function requireFreeAliases(read: Read, aliases: RowSet | undefined): Promise<void> {
  const at = aliases?.columns.indexOf('path') ?? -1
  const paths = (aliases?.rows ?? []).map((values) => stringOf(values[at] as Text))
  const [held] = await inPieces(paths, (piece) => read.selectFrom('article_aliases').select('path').where('path', 'in', piece).limit(1).execute())
  if (held) throw new RecordError(`the address ${held.path} belongs to another article here`)
}

/** Among translations each language is one story's. */
async function requireFreeLanguages(read: Read, articles: RowSet | undefined): Promise<void> {
  const { columns, rows } = articles ?? { columns: [], rows: [] }
  const valueOf = (values: unknown[], name: string) => values[columns.indexOf(name)]
  const isGrouped = (values: unknown[]) => typeof valueOf(values, 'translation_group') === 'string' && valueOf(values, 'status') !== 'trashed'
  const placeOf = (values: unknown[]) => `${valueOf(values, 'translation_group')} ${valueOf(values, 'language')}`
  const grouped = rows.filter(isGrouped)
  const ids = new Set(rows.map((values) => valueOf(values, 'id')))
  const taken = new Set<string>()
  const held = await inPieces([...new Set(grouped.map((values) => valueOf(values, 'translation_group') as string))], (groups) =>
    read
      .selectFrom('articles')
      .select(['id', 'language', 'translation_group'])
      .where('translation_group', 'in', groups)
      .where('status', '<>', 'trashed')
      .execute(),
  )
  for (const { id, language, translation_group } of held) if (!ids.has(id)) taken.add(`${translation_group} ${language}`)
  for (const values of grouped) {
    if (taken.has(placeOf(values))) throw new RecordError(`the language ${valueOf(values, 'language')} is that of another translation here`)
    taken.add(placeOf(values))
  }
}

async function insertArticles(tx: Write, { rows, entries }: PreparedArticles): Promise<void> {
  await requireFreeAliases(tx.read, rows.get('article_aliases'))
  await requireFreeLanguages(tx.read, rows.get('articles'))
  await insertTables(tx, rows)
  await insertIndexEntries(tx, entries)
}

async function writeSlug(tx: Write, row: Row): Promise<void> {
  const { kind, slug, owner_id: owner } = row as SlugTable
  const held = await tx.read.selectFrom('slugs').select('owner_id').where('kind', '=', kind).where('slug', '=', slug).executeTakeFirst()
  if (held && held.owner_id !== owner) throw new RecordError(`the slug ${slug} belongs to another ${kind} here`)
  if (row.is_current) await tx.updateTable('slugs').set({ is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', owner).execute()
  await upsert(tx, 'slugs', row, ['kind', 'slug'])
}

const namesBeforeSlugs = kinds.slice(0, kinds.indexOf('slug')) as Exclude<Kind, 'slug'>[]

/** Slugs of articles and lists come before what they are of; those of names come after, and others may name them by these. */
async function requireNames(read: Read, rows: readonly SlugTable[]): Promise<void> {
  for (const kind of namesBeforeSlugs) {
    const own = rows.filter((row) => row.kind === kind)
    const present = await presentIds(
      read,
      tableOfKind[kind],
      own.map(({ owner_id }) => owner_id),
    )
    const lost = own.find(({ owner_id }) => !present.has(owner_id))
    if (lost) throw new RecordError(`the slug ${lost.slug} belongs to no ${kind} here`)
  }
}

/** Whether no one has a slug yet of those whose slugs these are, so that none of them takes another's place. */
async function areFirstSlugs(read: Read, rows: readonly SlugTable[]): Promise<boolean> {
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
  await upsert(tx, 'topics', storedRow('topics', { ...laterNames.topics, ...record, parent_id: parent?.id ?? null }), ['id'])
}

/** A record's row; what a comment shows is made of what it says, whatever else the file has. */
function importedRow(kind: Exclude<Kind, 'slug'>, data: Row): Row {
  const row = storedRow(tableOfKind[kind], { ...laterNames[tableOfKind[kind]], ...data })
  return kind === 'comment' ? { ...commentRow(row), ...bodyColumns(row.body as string | null) } : row
}

async function write(tx: Write, { kind, data }: TransferRecord): Promise<void> {
  if (kind === 'slug') return writeSlug(tx, data)
  if (kind === 'topic') return writeTopic(tx, data)
  if (kind === 'highlight-list') return writeFreestanding(tx, data as Row & { items: Row[] })
  await upsert(tx, tableOfKind[kind], importedRow(kind, data), ['id'])
}

/** Writes what records say of the history of what they are, and of its working copy, in the place of what is there. */
async function writeHistory(tx: Write, kind: Kind, records: readonly TransferRecord[]): Promise<void> {
  for (const piece of chunked(records.map(({ id }) => id))) {
    await tx.deleteFrom('name_revisions').where('subject_id', 'in', piece).execute()
    for (const table of ['list_drafts', 'list_preview_links'] as const) await tx.deleteFrom(table).where('list_id', 'in', piece).execute()
  }
  const of = (name: 'revisions' | 'draft' | 'preview_links', { data }: TransferRecord) => [data[name] ?? []].flat() as Row[]
  const revisions = records.flatMap((record) => of('revisions', record).map((row) => ({ ...storedRow('name_revisions', row), kind, subject_id: record.id })))
  const drafts = records.flatMap((record) => of('draft', record).map((row) => ({ ...storedRow('list_drafts', row), list_id: record.id })))
  const links = records.flatMap((record) => of('preview_links', record).map((row) => ({ ...row, list_id: record.id })))
  if (revisions.length > 0) await tx.engine.insertRows(tx, 'name_revisions', rowSet(revisions))
  if (drafts.length > 0) await tx.engine.insertRows(tx, 'list_drafts', rowSet(drafts))
  if (links.length > 0) await tx.engine.insertRows(tx, 'list_preview_links', rowSet(links))
}

/** Whether a record is one row, that refers to nothing of its own kind. */
const isPlain = (kind: Kind): kind is Exclude<Kind, 'slug' | 'topic' | 'article' | 'highlight-list'> =>
  !['slug', 'topic', 'article', 'highlight-list'].includes(kind)

/** Records of one kind: their lines by their ids, in order. `articles` are the same, ready to be written, where they are articles. */
export type Batch = { kind: Kind; records: Map<string, Uint8Array>; articles: PreparedArticles | null }

/**
 * Makes records what they say, by id, with the events of what changed; what is so already is left alone, so that an import
 * that was broken off can be run again.
 * @returns how many changed
 */
export async function writeRecords(tx: Write, { kind, records, articles }: Batch): Promise<number> {
  const present = await recordsById(tx.read, kind, [...records.keys()])
  const append = (id: string, more: object = {}) => {
    // The site was always there.
    const type = `${kind as SubjectKind & Kind}.${present.has(id) || kind === 'site' ? 'updated' : 'created'}`
    tx.append({ ...({ type, subject: { type: kind, id } } as EventSubject), data: { imported: true, ...more } })
  }
  const appendArticles = async (ids: readonly string[]) => {
    const translations = await translationsOf(tx.read, ids)
    for (const id of ids) append(id, translations.has(id) ? { translations: translations.get(id) } : {})
  }
  if (articles && present.size === 0) {
    await insertArticles(tx, articles)
    await appendArticles([...records.keys()])
    return records.size
  }
  const changed = [...records.values()]
    .map((line) => JSON.parse(stringOf(line)) as TransferRecord)
    .filter((record) => {
      const before = present.get(record.id)
      return !before || JSON.stringify(before) !== JSON.stringify(record)
    })
  if (changed.length === 0) return 0
  const rows = hasHistory(kind) ? changed.map((record) => ({ ...record, data: without(record.data, 'revisions', 'draft', 'preview_links') })) : changed
  const data = rows.map((record) => record.data)
  if (kind === 'slug') await requireNames(tx.read, data as SlugTable[])
  const replaced = changed.flatMap(({ id }) => present.get(id) ?? [])
  if (kind === 'article')
    await writeArticles(
      tx,
      data,
      replaced.map(({ id }) => id),
    )
  else if (isPlain(kind) && present.size === 0) await tx.engine.insertRows(tx, tableOfKind[kind], rowSet(data.map((row) => importedRow(kind, row))))
  else if (kind === 'slug' && present.size === 0 && (await areFirstSlugs(tx.read, data as SlugTable[]))) await tx.engine.insertRows(tx, 'slugs', rowSet(data))
  else for (const record of rows) await write(tx, record)
  if (hasHistory(kind)) await writeHistory(tx, kind, changed)
  if (kind === 'comment') {
    indexComments(tx, data as CommentTable[])
    await countComments(
      tx,
      data,
      replaced.map((record) => record.data),
    )
  }
  if (kind === 'article') await appendArticles(changed.map(({ id }) => id))
  else if (kind === 'comment') for (const { id, data: row } of changed) append(id, { articleId: (row as CommentTable).article_id })
  else if (kind !== 'slug') for (const { id } of changed) append(id)
  return changed.length
}

/** The translations of stories that have any, by their ids: what these show of each other is another. */
async function translationsOf(read: Read, ids: readonly string[]): Promise<Map<string, string[]>> {
  const grouped = (column: 'id' | 'translation_group', values: readonly string[]) =>
    inPieces(values, (piece) =>
      read.selectFrom('articles').select(['id', 'translation_group']).where(column, 'in', piece).where('translation_group', 'is not', null).execute(),
    )
  const own = await grouped('id', ids)
  const members = groupBy(
    await grouped('translation_group', [...new Set(own.map(({ translation_group }) => translation_group as string))]),
    (one) => one.translation_group,
  )
  return new Map(own.map(({ id, translation_group }) => [id, (members.get(translation_group) ?? []).map((one) => one.id).filter((other) => other !== id)]))
}

/** Counts on the approved comments of the articles that some were added to, and back those that were there before. */
async function countComments(tx: Write, added: readonly Row[], before: readonly Row[]): Promise<void> {
  const changes = new Map<string, number>()
  const count = (rows: readonly Row[], change: number) => {
    for (const { article_id: id, status } of rows as CommentTable[]) if (status === 'approved') changes.set(id, (changes.get(id) ?? 0) + change)
  }
  count(added, 1)
  count(before, -1)
  const rows = [...changes].filter(([, change]) => change !== 0).map(([article_id, approved]) => ({ article_id, approved, tombstones: 0 }))
  for (const piece of chunked(rows))
    await tx
      .insertInto('comment_counts')
      .values(piece)
      .onConflict((conflict) =>
        conflict.column('article_id').doUpdateSet(({ eb, ref }) => ({ approved: eb('comment_counts.approved', '+', ref('excluded.approved')) })),
      )
      .execute()
}
