import type { Read } from './engine.ts'

/** What names an author or a topic. */
export type NameUses = {
  /** How many articles name it, in their working copy, in public or in a revision that is planned to be public. */
  articles: number
  /** The paths of lists that hold them all between them: working copies, what is public, the trash, what is planned. */
  lists: string[]
}

/** Finds the articles of which a planned revision names an author or a topic. */
export type PlannedNaming = (read: Read, kind: 'author' | 'topic', id: string) => Promise<string[]>

// So many ids a list takes.
const mostListed = 100

/** The articles that name an author or a topic. */
export async function usesOfName(read: Read, kind: 'author' | 'topic', id: string, plannedNaming: PlannedNaming): Promise<NameUses> {
  // Both kinds have such tables; their types can't be told from a name that varies.
  const [inWorking, inPublic] = [`article_${kind}s` as 'article_topics', `public_article_${kind}s` as 'public_article_topics']
  const column = `${kind}_id` as 'topic_id'
  const working = await read
    .selectFrom(inWorking)
    .innerJoin('articles', 'articles.id', `${inWorking}.article_id`)
    .select(['articles.id', 'articles.status'])
    .where(column, '=', id)
    .execute()
  const shown = await read.selectFrom(inPublic).select('article_id').where(column, '=', id).execute()
  const own = new Set(working.map((row) => row.id))
  const publicAlone = shown.filter(({ article_id }) => !own.has(article_id))
  for (const { article_id } of publicAlone) own.add(article_id)
  const planned = (await plannedNaming(read, kind, id)).filter((article) => !own.has(article))
  const lists = [
    ...(working.some(({ status }) => status !== 'trashed') ? [`/v1/articles?copy=working&${kind}=${id}`] : []),
    ...(publicAlone.length > 0 ? [`/v1/articles?${kind}=${id}`] : []),
    ...(working.some(({ status }) => status === 'trashed') ? [`/v1/articles?copy=working&status=trashed&${kind}=${id}`] : []),
    ...(planned.length > 0 ? [`/v1/articles?copy=working&ids=${planned.slice(0, mostListed).join(',')}`] : []),
  ]
  return { articles: own.size + planned.length, lists }
}

/** Says in the event of a deletion that a menu of the site leads there, which shows its label alone from now on. */
export async function menusNaming(read: Read, id: string): Promise<{ inMenus?: true }> {
  const site = await read.selectFrom('sites').select('id').where('document', 'like', `%"${id}"%`).executeTakeFirst()
  return site ? { inMenus: true } : {}
}
