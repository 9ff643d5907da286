import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import type { TopicInput } from '../topics/schemas.ts'
import { replaceTopic, topicOf } from '../topics/store.ts'

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
