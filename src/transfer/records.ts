import { jsonColumns as articleJson } from '../articles/working/fields.ts'
import { bodyHash, emailKey, numberOf } from '../comments/search.ts'
import type { Read } from '../database/engine.ts'
import type { CommentTable, JsonColumn, SlugKind, TableName, Tables } from '../database/tables.ts'
import { addAll, chunked, groupBy, without } from '../database/values.ts'

/**
 * The kinds of record of an export with their tables, in its order: what is referred to comes before what refers to it, and slugs
 * before what is found by them, so that nobody takes one meanwhile. What has slugs is one of them.
 */
export const tableOfKind = {
  author: 'authors',
  topic: 'topics',
  token: 'tokens',
  slug: 'slugs',
  article: 'articles',
  'highlight-list': 'highlight_lists',
  site: 'sites',
  comment: 'comments',
} as const satisfies Record<SlugKind | 'slug', TableName> & Record<string, TableName>

export type Kind = keyof typeof tableOfKind

/** Each in the order of an export. */
export const kinds = Object.keys(tableOfKind) as Kind[]

/** A line of an export: a row as it is stored, with the rows that are its own; JSON columns are parsed. */
export type TransferRecord = { kind: Kind; id: string; data: Record<string, unknown> }

/** Tables whose rows stand in the records of what they are parts of. */
type Part =
  | 'article_authors'
  | 'article_topics'
  | 'article_aliases'
  | 'article_heads'
  | 'article_mentions'
  | 'related'
  | 'sections'
  | 'revisions'
  | 'editions'
  | 'preview_links'
  | 'highlight_items'
  | 'list_drafts'
  | 'list_preview_links'
  | 'name_revisions'

/** Tables that follow from others. */
type Derived =
  | 'comment_counts'
  | 'public_articles'
  | 'public_months'
  | 'public_counts'
  | 'public_article_authors'
  | 'public_article_topics'
  | 'public_article_targets'
  | 'text_links'
  | 'search_rows'

/** Tables of what one database did, which another one didn't. */
type Own =
  | 'comment_votes'
  | 'comment_rates'
  | 'comment_words'
  | 'comment_address_keys'
  | 'comment_gone'
  | 'comment_history'
  | 'comment_reports'
  | 'comment_standings'
  | 'events'
  | 'idempotency_keys'
  | 'settings'
  | 'change_sets'
  | 'migrations'
  | 'migration_checksums'

export type Exported = (typeof tableOfKind)[Kind] | Part

type None<Table extends never> = Table

/** A table that is named in none of these is an error here. */
export type Forgotten = None<Exclude<TableName, Exported | Derived | Own>>

/** The columns that hold JSON. */
const jsonColumns: { [Table in Exported]: Record<JsonColumn<Table>, true> } = {
  articles: articleJson,
  article_authors: {},
  article_topics: {},
  article_aliases: {},
  article_heads: { document: true },
  article_mentions: {},
  related: {},
  sections: { body: true },
  revisions: { changes: true, document: true },
  editions: { document: true, sections: true, hidden: true },
  preview_links: {},
  highlight_lists: {},
  highlight_items: {},
  list_drafts: { document: true },
  list_preview_links: {},
  name_revisions: { document: true },
  authors: { image: true, links: true, same_as: true },
  topics: { image: true, same_as: true },
  sites: { document: true, share_networks: true },
  slugs: {},
  tokens: { scopes: true },
  comments: { flags: true },
}

type Row = Record<string, unknown>

function mapped(table: Exported, row: Row, change: (value: unknown) => unknown): Row {
  const json: object = jsonColumns[table]
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Object.hasOwn(json, name) && value !== null ? change(value) : value]))
}

/** A row as it stands in a record. */
export const exportedRow = (table: Exported, row: Row) => mapped(table, row, (value) => JSON.parse(value as string))

/** A row as it is stored. */
export const storedRow = (table: Exported, row: Row) => mapped(table, row, (value) => JSON.stringify(value))

async function selectRows(read: Read, table: TableName, column: string, values: readonly string[], order: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const piece of chunked(values)) {
    // The tables have these columns; their types can't be told from a name that varies.
    let query = read
      .selectFrom(table as 'sections')
      .selectAll()
      .where(column as 'id', 'in', piece)
    for (const name of order) query = query.orderBy(name as 'id')
    addAll(rows, (await query.execute()) as Row[])
  }
  return rows
}

async function withItems(read: Read, lists: Row[]): Promise<Row[]> {
  const items = groupBy(
    await selectRows(
      read,
      'highlight_items',
      'list_id',
      lists.map(({ id }) => id as string),
      ['position'],
    ),
    (row) => row.list_id,
  )
  return lists.map((list) => ({ ...list, items: (items.get(list.id) ?? []).map((row) => without(row, 'list_id', 'position')) }))
}

async function withParts(read: Read, articles: Row[]): Promise<Row[]> {
  const ids = articles.map(({ id }) => id as string)
  const parts = async (table: TableName, order: string) => groupBy(await selectRows(read, table, 'article_id', ids, [order]), (row) => row.article_id)
  const authors = await parts('article_authors', 'position')
  const topics = await parts('article_topics', 'position')
  const related = await parts('related', 'position')
  const aliases = await parts('article_aliases', 'position')
  const sections = await parts('sections', 'place')
  const revisions = await parts('revisions', 'number')
  const editions = await parts('editions', 'number')
  const mentions = await parts('article_mentions', 'target_id')
  const links = await parts('preview_links', 'id')
  const heads = await parts('article_heads', 'article_id')
  const lists = groupBy(await withItems(read, await selectRows(read, 'highlight_lists', 'article_id', ids, ['position'])), (row) => row.article_id)
  return articles.map((article) => ({
    ...article,
    authors: (authors.get(article.id) ?? []).map(({ author_id, role }) => ({ id: author_id, role })),
    topics: (topics.get(article.id) ?? []).map(({ topic_id }) => topic_id),
    // Exports of before there were any are the same.
    ...(aliases.has(article.id) ? { aliases: aliases.get(article.id)?.map(({ path }) => path) } : {}),
    related: (related.get(article.id) ?? []).map((row) => without(row, 'article_id', 'position')),
    sections: (sections.get(article.id) ?? []).map((row) => without(exportedRow('sections', row), 'article_id', 'place')),
    revisions: (revisions.get(article.id) ?? []).map((row) => without(exportedRow('revisions', row), 'article_id')),
    editions: (editions.get(article.id) ?? []).map((row) => without(exportedRow('editions', row), 'article_id')),
    mentions: (mentions.get(article.id) ?? []).map(({ target_id }) => target_id),
    preview_links: (links.get(article.id) ?? []).map((row) => without(row, 'article_id')),
    head: (heads.get(article.id) ?? []).map((row) => exportedRow('article_heads', row).document)[0] ?? null,
    highlight_lists: (lists.get(article.id) ?? []).map((row) => without(row, 'article_id', 'slug', 'position', 'external_id', 'is_public')),
  }))
}

/** Columns in the order of their names: the same in every database, however its tables came about. */
function recordOf(kind: Kind, id: string, row: Row): TransferRecord {
  return { kind, id, data: Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** What columns of comments that are younger than the first exports are where a record leaves them out: so the exports of before are the same. */
const laterColumns: Partial<CommentTable> = {
  reply_to: null,
  upvotes: 0,
  downvotes: 0,
  is_staff: 0,
  is_pinned: 0,
  is_featured: 0,
  flags: null,
  account: null,
  external_id: null,
  moderation_note: null,
}

/** A comment’s row of what a record says of it. */
export const commentRow = (data: Row): Row => ({
  ...laterColumns,
  ...data,
  root_id: null,
  under_id: data.parent_id ?? data.article_id,
  email_key: emailKey(data.author_email as string | null),
  number: numberOf(data.id as string),
  body_hash: bodyHash(data.body as string | null),
})

/** What follows from the rest, or from what no export has. */
const derivedColumns = ['body_html', 'root_id', 'under_id', 'email_key', 'rank', 'tombstone_count', 'report_count', 'learned', 'body_hash', 'number']

/** The same of articles, authors, topics and lists. */
export const laterNames: Partial<Record<Exported, Row>> = {
  articles: { translation_group: null },
  authors: { external_id: null, same_as: null },
  topics: { external_id: null, same_as: null },
  highlight_lists: { external_id: null, is_public: 1 },
}

const withoutLaterNames = (table: Exported, row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => laterNames[table]?.[name] !== value))

/** A comment without what follows from the rest, and without what says nothing. */
const commentData = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(without(row, ...derivedColumns)).filter(([name, value]) => !(name in laterColumns && laterColumns[name as keyof CommentTable] === value)),
  )

/** The kinds whose records have the history of what they are. */
const kindsWithHistory = ['author', 'topic', 'highlight-list', 'site'] as const
type KindWithHistory = (typeof kindsWithHistory)[number]
export const hasHistory = (kind: Kind): kind is KindWithHistory => (kindsWithHistory as readonly Kind[]).includes(kind)

/** Names with their revisions, and lists with their working copies, where they have them. */
async function withHistory(read: Read, kind: KindWithHistory, rows: Row[]): Promise<Row[]> {
  const ids = rows.map(({ id }) => id as string)
  const revisions = groupBy(await selectRows(read, 'name_revisions', 'subject_id', ids, ['subject_id', 'number']), (row) => row.subject_id)
  const ofLists = async (table: 'list_drafts' | 'list_preview_links', order: string[]): Promise<Map<unknown, Row[]>> =>
    kind === 'highlight-list' ? groupBy(await selectRows(read, table, 'list_id', ids, order), (row) => row.list_id) : new Map()
  const [drafts, links] = [await ofLists('list_drafts', []), await ofLists('list_preview_links', ['id'])]
  return rows.map((row) => {
    const own = (revisions.get(row.id) ?? []).map((revision) => without(exportedRow('name_revisions', revision), 'kind', 'subject_id'))
    const [draft] = drafts.get(row.id) ?? []
    const standing = (links.get(row.id) ?? []).map((link) => without(link, 'list_id'))
    return {
      ...row,
      ...(own.length > 0 ? { revisions: own } : {}),
      ...(standing.length > 0 ? { preview_links: standing } : {}),
      ...(draft ? { draft: without(exportedRow('list_drafts', draft), 'list_id') } : {}),
    }
  })
}

async function complete(read: Read, kind: Exclude<Kind, 'slug'>, rows: Row[]): Promise<TransferRecord[]> {
  const table = tableOfKind[kind]
  const base = rows.map((row) => withoutLaterNames(table, exportedRow(table, row)))
  const whole =
    kind === 'article'
      ? await withParts(read, base)
      : kind === 'highlight-list'
        ? (await withHistory(read, kind, await withItems(read, base))).map((row) => without(row, 'article_id', 'position'))
        : hasHistory(kind)
          ? await withHistory(read, kind, base)
          : kind === 'comment'
            ? base.map(commentData)
            : base
  return whole.map((row) => recordOf(kind, row.id as string, row))
}

/** A slug's id in an export: what it is a slug of, and itself. */
export const slugId = ({ kind, slug }: { kind: string; slug: string }) => `${kind}/${slug}`

const slugRecord = (row: Tables['slugs']) => recordOf('slug', slugId(row), row)

/** The records of a kind after an id, in the order of ids: at most `limit`. */
export async function recordsAfter(read: Read, kind: Kind, after: string, limit: number): Promise<TransferRecord[]> {
  if (kind === 'slug') {
    const [ofKind, slug] = after.split('/') as [Tables['slugs']['kind'], string?]
    const rows = await read
      .selectFrom('slugs')
      .selectAll()
      .where((where) => where.or([where('kind', '>', ofKind), where.and([where('kind', '=', ofKind), where('slug', '>', slug ?? '')])]))
      .orderBy('kind')
      .orderBy('slug')
      .limit(limit)
      .execute()
    return rows.map(slugRecord)
  }
  let query = read
    .selectFrom(tableOfKind[kind] as 'articles')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
  if (kind === 'highlight-list') query = query.where('article_id' as 'id', 'is', null as never)
  return complete(read, kind, (await query.execute()) as Row[])
}

/** The records that there are of these ids, by id. */
export async function recordsById(read: Read, kind: Kind, ids: readonly string[]): Promise<Map<string, TransferRecord>> {
  if (kind === 'slug') {
    const rows = await selectRows(
      read,
      'slugs',
      'slug',
      ids.map((id) => id.split('/')[1] as string),
      [],
    )
    return new Map((rows as unknown as Tables['slugs'][]).map((row) => [slugId(row), slugRecord(row)]))
  }
  return new Map((await complete(read, kind, await selectRows(read, tableOfKind[kind], 'id', ids, []))).map((record) => [record.id, record]))
}

/** How many records an export has. */
export async function countRecords(read: Read): Promise<number> {
  let total = 0
  for (const table of Object.values(tableOfKind)) {
    let query = read.selectFrom(table as 'highlight_lists').select(({ fn }) => fn.countAll<number>().as('count'))
    if (table === 'highlight_lists') query = query.where('article_id', 'is', null)
    total += Number((await query.executeTakeFirstOrThrow()).count)
  }
  return total
}
