import { authorOf, loadAuthor } from '../authors/store.ts'
import type { Read } from '../database/engine.ts'
import { formerExternal } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { keepRevision, revisionOfName } from '../database/name-revisions.ts'
import { type FormerSlug, formerSlugsOf, slugOwner } from '../database/slugs.ts'
import type { AuthorTable, TopicTable } from '../database/tables.ts'
import { conflict } from '../http/problems.ts'
import type { Found } from '../http/references.ts'
import { renameInMenus } from '../site/store.ts'
import type { TopicInput } from '../topics/schemas.ts'
import { loadTopic, replaceTopic, topicOf, topicsUnder } from '../topics/store.ts'

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

/** Ends what nothing names any more in favour of another, which gets its slugs, and its external id, as old ones. */
export async function endMerged(tx: Write, kind: MergedKind, row: MergedRow, intoId: string): Promise<void> {
  const { id, slug, revision, external_id: externalId } = row
  if (!(await revisionOfName(tx.read, id, revision))) {
    await keepRevision(tx, kind, null, row.updated_at, kind === 'author' ? authorOf(row as AuthorTable) : topicOf(row as TopicTable))
  }
  const former = await formerSlugsOf(tx.read, kind, id)
  // What the public never saw of it doesn’t lead the public on.
  const wasPublic = (await slugOwner(tx.read, kind, slug))?.was_public ?? 0
  await tx
    .deleteFrom(`${kind}s` as 'topics')
    .where('id', '=', id)
    .execute()
  tx.run(tx.updateTable('slugs').set({ owner_id: intoId, is_current: 0 }).where('kind', '=', kind).where('owner_id', '=', id))
  if (externalId !== null) {
    const former = formerExternal(externalId)
    // It is its own, wherever else it was said to lead.
    tx.run(tx.deleteFrom('slugs').where('kind', '=', kind).where('slug', '=', former))
    tx.insert('slugs', [{ kind, slug: former, owner_id: intoId, is_current: 0, was_public: wasPublic }])
  }
  appendMerged(tx, kind, row, intoId, former)
  await renameInMenus(tx, kind, id, intoId)
}

/** Appends the event of a merge. @param former the old slugs that lead to the other from now on */
export function appendMerged(
  tx: Write,
  kind: MergedKind,
  { id, revision }: Pick<MergedRow, 'id' | 'revision'>,
  into: string,
  former: { formerSlugs?: FormerSlug[] },
): void {
  const data = { into, ...former }
  if (kind === 'author') tx.append({ type: 'author.merged', subject: { type: 'author', id }, data, revision: [revision, null] })
  else tx.append({ type: 'topic.merged', subject: { type: 'topic', id }, data, revision: [revision, null] })
}

/** The oldest topic of a name, by its key. */
export async function topicOfName(read: Read, key: string): Promise<string | undefined> {
  return (await read.selectFrom('topics').select('id').where('name_key', '=', key).orderBy('id').limit(1).executeTakeFirst())?.id
}

/** Puts what is right under a topic under another. @throws Problem 409 where that is gone, or under the topic by now */
export async function moveChildren(tx: Write, id: string, into: string): Promise<void> {
  tx.lock(['topics'])
  const fault = (message: string) => conflict({ pointer: '/into', code: 'conflict', message })
  if (!(await loadTopic(tx.read, into))) throw fault('is gone meanwhile: it was deleted, or merged itself')
  if ((await topicsUnder(tx.read, [id])).includes(into)) throw fault('is under the topic meanwhile: move it first')
  const children = await tx.read.selectFrom('topics').selectAll().where('parent_id', '=', id).orderBy('id').execute()
  for (const row of children) await replaceTopic(tx, { row, isPublic: true }, { ...topicOf(row), parentId: into } as TopicInput, undefined)
}

/** The public articles under a topic. */
export async function publicUnder(read: Read, topicId: string, most: number): Promise<string[]> {
  const rows = await read.selectFrom('public_article_topics').select('article_id').where('topic_id', '=', topicId).limit(most).execute()
  return rows.map(({ article_id }) => article_id)
}
