import type { Article, ArticleInput } from '../articles/schemas.ts'
import type { Read } from '../database/engine.ts'
import { chunked } from '../database/values.ts'
import type { RevisionDocument } from './store.ts'

type Item = Article['highlightLists'][number]['items'][number]
type Target = Item['target'] | Article['related'][number]['target']

async function presentIds(read: Read, table: 'authors' | 'topics' | 'articles', ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const piece of chunked(ids)) for (const { id } of await read.selectFrom(table).select('id').where('id', 'in', piece).execute()) found.add(id)
  return found
}

/** An id where the article has that part still; a part that is gone is made anew. */
const kept = <T extends { id: string }>(part: T, now: ReadonlyMap<string, unknown>) => (now.has(part.id) ? { id: part.id } : {})

/**
 * What to write for an article to be again what a revision kept: its words and parts, with the ids of those that are still there. Its
 * slug, status, date and comment policy stay what they are now. What it named and is gone is named by its name, or keeps the words
 * that it showed.
 */
export async function restoredInput(read: Read, document: RevisionDocument, now: Article): Promise<ArticleInput> {
  const {
    id: _,
    revision: __,
    slug: ___,
    status: ____,
    publishedRevision: _____,
    publishedAt: ______,
    commentPolicy: _______,
    createdAt: ________,
    updatedAt: _________,
    wordCount: __________,
    ...words
  } = document
  const targets = [...document.highlightLists.flatMap(({ items }) => items), ...document.related].flatMap(({ target }) =>
    target?.type === 'article' ? [target.id] : [],
  )
  const [authors, topics, articles] = [
    await presentIds(
      read,
      'authors',
      document.authors.map(({ id }) => id),
    ),
    await presentIds(
      read,
      'topics',
      document.topics.map(({ id }) => id),
    ),
    await presentIds(read, 'articles', targets),
  ]
  const sectionsNow = new Map(now.sections.map((section) => [section.id, section]))
  const listsNow = new Map(now.highlightLists.map((list) => [list.id, list]))
  const lead = <T extends { text: string | null; target: Target }>({ text, target }: T) => {
    if (target?.type === 'section') return { text, target: { type: 'section' as const, anchor: target.anchor } }
    if (target?.type === 'article')
      return articles.has(target.id)
        ? { text, target: { type: 'article' as const, id: target.id } }
        : { text: text ?? target.article?.headline ?? target.slug, target: null }
    return { text, target }
  }
  return {
    ...words,
    authors: document.authors.map(({ id, name, role }) => (authors.has(id) ? { id, role } : { name, role })),
    topics: document.topics.map(({ id, name }) => (topics.has(id) ? { id } : { name })),
    sections: document.sections.map((section) => ({
      ...kept(section, sectionsNow),
      depth: section.depth,
      anchor: section.anchor,
      heading: section.heading,
      body: section.body as never,
    })),
    highlightLists: document.highlightLists.map((list) => {
      const items = new Map((listsNow.get(list.id)?.items ?? []).map((item) => [item.id, item]))
      return { ...kept(list, listsNow), title: list.title, style: list.style, items: list.items.map((item) => ({ ...kept(item, items), ...lead(item) })) }
    }),
    related: document.related.map((item) => ({ relation: item.relation, ...(lead(item) as { text: string | null; target: never }) })),
  }
}
