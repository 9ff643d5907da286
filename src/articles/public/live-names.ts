import type { Read } from '../../database/engine.ts'
import { fromJson, inPieces } from '../../database/values.ts'
import type { Article } from '../working/schemas.ts'

type Names = Pick<Article, 'authors' | 'topics'>

/** The names that an article's authors and topics have now. @param known some that are known to be right */
export async function withLiveNames(read: Read, { authors, topics }: Names, known: Names = { authors: [], topics: [] }): Promise<Names> {
  const people = new Map<string, Partial<Article['authors'][number]>>(known.authors.map(({ role: _, ...person }) => [person.id, person]))
  const themes = new Map(known.topics.map((topic) => [topic.id, topic]))
  const unknownIds = (list: readonly { id: string }[], named: ReadonlyMap<string, unknown>) => list.map(({ id }) => id).filter((id) => !named.has(id))
  const authorRows = await inPieces(unknownIds(authors, people), (ids) =>
    read.selectFrom('authors').select(['id', 'slug', 'name', 'image']).where('id', 'in', ids).execute(),
  )
  const topicRows = await inPieces(unknownIds(topics, themes), (ids) =>
    read.selectFrom('topics').select(['id', 'slug', 'name', 'kind']).where('id', 'in', ids).execute(),
  )
  for (const { image, ...person } of authorRows) people.set(person.id, { ...person, image: fromJson<Article['authors'][number]['image']>(image) })
  for (const topic of topicRows) themes.set(topic.id, topic)
  return { authors: authors.map((author) => ({ ...author, ...people.get(author.id) })), topics: topics.map((topic) => themes.get(topic.id) ?? topic) }
}
