import { restoredPart } from '../articles/working/copies.ts'
import type { Current } from '../articles/working/current.ts'
import type { ArticleInput } from '../articles/working/input-schemas.ts'
import { presentNames } from '../articles/working/names.ts'
import type { Article } from '../articles/working/schemas.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { inPieces, presentIds } from '../database/values.ts'
import type { StoredItem, StoredList } from '../highlight-lists/store.ts'

type Item = Article['highlightLists'][number]['items'][number]
type Target = Item['target'] | Article['related'][number]['target']

/**
 * What to write for an article to be again what a revision kept: its words and parts, with the ids that they had. Its
 * slug, old addresses, status, dates, plans and comment policy stay what they are now. What it named and is gone is named by its name, or keeps the words
 * that it showed.
 */
export async function restoredInput(read: Read, document: Article): Promise<ArticleInput> {
  const words = restoredPart(document)
  const targets = [...document.highlightLists.flatMap(({ items }) => items), ...document.related].flatMap(({ target }) =>
    target?.type === 'article' ? [target.id] : [],
  )
  const articles = await presentIds(read, 'articles', targets)
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
    authors: await presentNames(read, 'author', document.authors),
    topics: await presentNames(read, 'topic', document.topics),
    sections: document.sections.map((section) => ({
      id: section.id,
      depth: section.depth,
      anchor: section.anchor,
      heading: section.heading,
      body: section.body as never,
    })),
    highlightLists: document.highlightLists.map(({ id, title, style, items }) => ({
      id,
      title,
      style,
      items: items.map((item) => ({ id: item.id, ...lead(item) })),
    })),
    related: document.related.map((item) => ({ relation: item.relation, ...(lead(item) as { text: string | null; target: never }) })),
  }
}

/** Lets parts that come back by their ids go on from the last revision that they had, and be as old as they are: what was read of them before is stale. */
export async function continueParts(
  tx: Write,
  { copy, lists }: Current,
  document: Article,
  content: { sections: readonly { id: string }[]; lists: readonly { id: string }[] },
): Promise<void> {
  const present = new Set([...copy.sections, ...lists].map(({ id }) => id))
  const former = new Map([...document.sections, ...document.highlightLists].map(({ id, revision, createdAt }) => [id, { revision, createdAt }]))
  const back = [...content.sections, ...content.lists].filter(({ id }) => !present.has(id) && former.has(id))
  const last = new Map(
    await inPieces(
      back.map(({ id }) => id),
      async (ids) => {
        const { max } = tx.read.fn
        const rows = await tx.read
          .selectFrom('events')
          .select(['subject_id', max('revision_before').as('last')])
          .where('subject_id', 'in', ids)
          .groupBy('subject_id')
          .execute()
        return rows.map(({ subject_id, last }) => [subject_id, Number(last)] as const)
      },
    ),
  )
  for (const one of back) {
    const { revision, createdAt } = former.get(one.id) as { revision: number; createdAt: string }
    // Also within a batch, whose events wait for its end.
    const waiting = tx.waitingEvents(one.id).map((event) => event.revision?.[0] ?? 0)
    Object.assign(one, { formerRevision: Math.max(revision, last.get(one.id) ?? 0, ...waiting), createdAt })
  }
}

/** The article as it is, with the parts besides that a revision had and it has no more: so that they may come back as themselves. */
export function withFormerParts(current: Current, document: Article): Current {
  const sections = new Set(current.copy.sections.map(({ id }) => id))
  const lists = current.lists.map((list) => {
    const items = new Set(list.items.map(({ id }) => id))
    const former = (document.highlightLists.find(({ id }) => id === list.id)?.items ?? []) as StoredItem[]
    return { ...list, items: [...list.items, ...former.filter(({ id }) => !items.has(id))] }
  })
  const present = new Set(lists.map(({ id }) => id))
  return {
    ...current,
    copy: { ...current.copy, sections: [...current.copy.sections, ...document.sections.filter(({ id }) => !sections.has(id))] },
    lists: [...lists, ...(document.highlightLists as StoredList[]).filter(({ id }) => !present.has(id))],
  }
}
