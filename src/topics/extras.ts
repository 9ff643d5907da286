import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import type { TopicTable } from '../database/tables.ts'
import type { Topic, TopicReference } from './schemas.ts'
import { visibleTopics } from './store.ts'

const referenceOf = ({ id, slug, name, kind }: Pick<TopicTable, 'id' | 'slug' | 'name' | 'kind'>): TopicReference => ({ id, slug, name, kind })

/** The topics above topics, by their ids, the topmost first. */
async function pathsOf(read: Read, ids: readonly string[]): Promise<Map<string, TopicReference[]>> {
  const tree = sql<TopicReference & { of: string; height: number }>`with recursive tree(of, id, height) as (
    select id, parent_id, 1 from topics where id in (${sql.join(ids)}) and parent_id is not null
    union all select tree.of, topics.parent_id, tree.height + 1 from topics join tree on topics.id = tree.id where topics.parent_id is not null and tree.height < 1000
  ) select tree.of as "of", topics.id, topics.slug, topics.name, topics.kind, tree.height as height from tree join topics on topics.id = tree.id order by height desc`
  return new Map([...Map.groupBy((await tree.execute(read as never)).rows, (row) => row.of)].map(([id, own]) => [id, own.map(referenceOf)]))
}

/** The topics right under topics, by the ids of these. */
async function childrenOf(read: Read, seesAll: boolean, ids: readonly string[]): Promise<Map<string | null, TopicReference[]>> {
  const rows = await visibleTopics(read, seesAll).selectAll().where('parent_id', 'in', ids).orderBy('name').orderBy('id').execute()
  return new Map([...Map.groupBy(rows, (row) => row.parent_id)].map(([id, own]) => [id, own.map(referenceOf)]))
}

async function articleCounts(read: Read, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await read.selectFrom('public_counts').select(['value', 'count']).where('kind', '=', 'topic').where('value', 'in', ids).execute()
  return new Map(rows.map(({ value, count }) => [value, count]))
}

/** What topics may be shown with. */
export type TopicExtras = { path: boolean; children: boolean; articles: boolean }

/** Topics with what else was asked for. */
export async function withExtras(read: Read, seesAll: boolean, topics: readonly Topic[], { path, children, articles }: TopicExtras): Promise<Topic[]> {
  const ids = topics.map(({ id }) => id)
  if (ids.length === 0) return []
  const paths = path ? await pathsOf(read, ids) : null
  const under = children ? await childrenOf(read, seesAll, ids) : null
  const counts = articles ? await articleCounts(read, ids) : null
  return topics.map((topic) => ({
    ...topic,
    ...(paths ? { path: paths.get(topic.id) ?? [] } : {}),
    ...(under ? { children: under.get(topic.id) ?? [] } : {}),
    ...(counts ? { articleCount: counts.get(topic.id) ?? 0 } : {}),
  }))
}
