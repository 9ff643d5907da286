import type { AuthorInput } from '../authors/schemas.ts'
import { authorOf, loadAuthor, replaceAuthor } from '../authors/store.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision, revisionOfName } from '../database/name-revisions.ts'
import type { AuthorTable, TopicTable } from '../database/tables.ts'
import type { Found } from '../http/references.ts'
import type { TopicInput } from '../topics/schemas.ts'
import { loadTopic, replaceTopic, topicOf } from '../topics/store.ts'

/** What is merged. */
export type MergedKind = 'author' | 'topic'
export type MergedRow = AuthorTable | TopicTable

export function loadMerged(read: Read, kind: MergedKind, id: string): Promise<Found<MergedRow> | null> {
  return kind === 'author' ? loadAuthor(read, id) : loadTopic(read, id)
}

/** The ids of articles that name an author or a topic, or in public one under it, in their working copy or in public, the oldest first. */
export async function articlesWith(read: Read, kind: MergedKind, id: string, limit: number): Promise<string[]> {
  // Both kinds have such tables; their types can't be told from a name that varies.
  const column = `${kind}_id` as 'topic_id'
  const working = read
    .selectFrom(`article_${kind}s` as 'article_topics')
    .select('article_id')
    .where(column, '=', id)
  const inPublic = read
    .selectFrom(`public_article_${kind}s` as 'public_article_topics')
    .select('article_id')
    .where(column, '=', id)
  const rows = await working.union(inPublic).orderBy('article_id').limit(limit).execute()
  return rows.map(({ article_id }) => article_id)
}

/** Ends what nothing names any more in favour of another, which gets its slugs as old ones, and its external id where it has none. */
export async function endMerged(tx: Write, kind: MergedKind, row: MergedRow, into: Found<MergedRow>): Promise<void> {
  const { id, revision } = row
  const documentOf = (one: MergedRow) => (kind === 'author' ? authorOf(one as AuthorTable) : topicOf(one as TopicTable))
  if (!(await revisionOfName(tx.read, id, revision))) await keepRevision(tx, kind, null, row.updated_at, documentOf(row))
  await tx
    .deleteFrom(`${kind}s` as 'topics')
    .where('id', '=', id)
    .execute()
  tx.run(tx.updateTable('slugs').set({ owner_id: into.row.id, is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', id))
  const data = { into: into.row.id }
  if (kind === 'author') tx.append({ type: 'author.merged', subject: { type: 'author', id }, data, revision: [revision, null] })
  else tx.append({ type: 'topic.merged', subject: { type: 'topic', id }, data, revision: [revision, null] })
  const input = { ...documentOf(into.row), externalId: into.row.external_id ?? row.external_id }
  if (kind === 'author') await replaceAuthor(tx, into as Found<AuthorTable>, input as AuthorInput, undefined)
  else await replaceTopic(tx, into as Found<TopicTable>, input as TopicInput, undefined)
}

/** The oldest topic of a name, by its key. */
export async function topicOfName(read: Read, key: string): Promise<string | undefined> {
  return (await read.selectFrom('topics').select('id').where('name_key', '=', key).orderBy('id').limit(1).executeTakeFirst())?.id
}

/** Puts what is right under a topic under another. */
export async function moveChildren(tx: Write, id: string, into: string): Promise<void> {
  tx.lock(['topics'])
  const children = await tx.read.selectFrom('topics').selectAll().where('parent_id', '=', id).orderBy('id').execute()
  for (const row of children) await replaceTopic(tx, { row, isPublic: true }, { ...topicOf(row), parentId: into } as TopicInput, undefined)
}

/** The dates of public articles under a topic, by their ids. */
export async function datesUnder(read: Read, topicId: string, most: number): Promise<Map<string, string>> {
  const rows = await read.selectFrom('public_article_topics').select(['article_id', 'published_at']).where('topic_id', '=', topicId).limit(most).execute()
  return new Map(rows.map(({ article_id, published_at }) => [article_id, published_at]))
}
