import type { SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import { idsByReference } from '../database/slugs.ts'
import type { Tables } from '../database/tables.ts'

/** Whose stories are looked at: those of a topic, with those under it, or of an author, by a reference; else all. */
export type Among = { kind: 'topic' | 'author'; reference: string } | null

export type Neighbours = { previous: string | null; next: string | null }

/** The rows of the stories that are looked at, which are kept in the order of their dates; null where a reference names nobody the public knows. */
async function rowsAmong(read: Read, among: Among) {
  if (!among) return read.selectFrom('public_articles as story')
  const { kind, reference } = among
  const id = (await idsByReference(read, kind, [reference], true)).get(reference)
  if (id === undefined) return null
  // Both tables have these columns; their types can't be told from a name that varies.
  const rows = read.selectFrom(`public_article_${kind}s as story` as 'public_article_topics as story').where(`story.${kind}_id` as 'story.topic_id', '=', id)
  return rows as unknown as SelectQueryBuilder<Tables & { story: Tables['public_articles'] }, 'story', object>
}

/** The ids of the public stories just before and just after a public story, by their dates and then their ids. */
export async function neighboursOf(read: Read, articleId: string, among: Among): Promise<Neighbours> {
  const own = await read.selectFrom('public_articles').select('published_at').where('article_id', '=', articleId).executeTakeFirstOrThrow()
  const rows = await rowsAmong(read, among)
  const beside = async (operator: '<' | '>', direction: 'asc' | 'desc') => {
    const found = await rows
      ?.select('story.article_id')
      .where(sql<boolean>`(story.published_at, story.article_id) ${sql.raw(operator)} (${own.published_at}, ${articleId})`)
      .orderBy('story.published_at', direction)
      .orderBy('story.article_id', direction)
      .limit(1)
      .executeTakeFirst()
    return found?.article_id ?? null
  }
  return { previous: await beside('<', 'desc'), next: await beside('>', 'asc') }
}
