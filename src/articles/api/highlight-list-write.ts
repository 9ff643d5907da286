import type { FastifyRequest } from 'fastify'
import type { Read } from '../../database/engine.ts'
import type { Write } from '../../database/handles.ts'
import { articlesOf, presentList } from '../../highlight-lists/present.ts'
import { resolveItems, type TargetSections } from '../../highlight-lists/resolve.ts'
import { type HighlightList, HighlightListInput } from '../../highlight-lists/schemas.ts'
import type { ListContent } from '../../highlight-lists/store.ts'
import { type StoredList, saveLists } from '../../highlight-lists/store.ts'
import { conflict, type Fault, notFound } from '../../http/problems.ts'
import { parameter, readOnlyFaults } from '../../http/references.ts'
import { replacementFrom } from '../../http/replacement.ts'
import { refuse } from '../../http/validation.ts'
import type { Changing } from '../public/changing.ts'
import { currentEdition } from '../public/publish.ts'
import { recordChange } from '../public/record-change.ts'
import { workingTargets } from '../working/cards.ts'
import { assembled, partsOf } from '../working/current.ts'
import { correctedLists, forBoth, publishCorrection, requireSamePlaces, withSharedIds } from './correct.ts'

/** The list that a path names. @throws Problem 404 */
export function findList<T extends { id: string }>(request: FastifyRequest, lists: readonly T[]): T {
  const found = lists.find(({ id }) => id === parameter(request, 'list').toLowerCase())
  if (!found) throw notFound('highlight list')
  return found
}

/** Lists as editors see them. */
export async function presented(read: Read, lists: readonly StoredList[]): Promise<HighlightList[]> {
  const articles = await workingTargets(
    read,
    lists.flatMap(({ items }) => articlesOf(items)),
  )
  return lists.map((list) => presentList(list, articles, false).value)
}

/** The sections that items may lead to. */
export function targetsAmong(sections: readonly { id: string; anchor: string }[]): TargetSections {
  return {
    byId: new Map(sections.map((section) => [section.id, section])),
    byAnchor: new Map(sections.map((section) => [section.anchor, section])),
    removed: new Map(),
  }
}

/** Saves the lists of an article, and raises its revision where anything changed. */
export async function save(tx: Write, article: Changing, after: readonly ListContent[], moved: ReadonlySet<string>): Promise<Changing> {
  const { row, kept } = article
  const lists = saveLists(tx, row.id, article.lists, after, moved)
  if (lists === article.lists) return article
  const changed = await assembled(tx.read, row, { ...partsOf(article), lists }, tx.author.site ?? null, article)
  return recordChange(tx, { ...changed, kept })
}

/** A list that an article has, as editors see it. */
export const listOf = ({ copy }: Changing, id: string) => copy.highlightLists.find((list) => list.id === id) as HighlightList

/** What is wrong with the place of a list among others. @param others how many there are */
export function positionFaults(position: number | undefined | null, others: number): Fault[] {
  return typeof position === 'number' && (position < 0 || position > others)
    ? [{ pointer: '/position', code: 'range', message: `must be from 0 to ${others}` }]
    : []
}

type Changed = { after: ListContent[]; moved: Set<string> }

/** What a PUT or PATCH of one list makes of all. @param copy the list as editors see it */
export async function changed(
  tx: Write,
  request: FastifyRequest,
  before: readonly StoredList[],
  own: StoredList,
  copy: HighlightList,
  sections: TargetSections,
): Promise<Changed> {
  const { input, isPatch } = replacementFrom<HighlightListInput>(request, copy, HighlightListInput)
  const faults = [...readOnlyFaults(input, own), ...positionFaults(input.position, before.length - 1)]
  if (isPatch && input.position === undefined) faults.push({ pointer: '/position', code: 'required', message: 'can’t be removed' })
  const items = await resolveItems(tx, input.items ?? [], own.items, sections, '/items', faults)
  refuse(faults)
  const content: ListContent = { id: own.id, title: input.title ?? null, style: input.style ?? 'bulleted', items }
  const position = input.position ?? own.position
  const others: ListContent[] = before.filter(({ id }) => id !== own.id)
  const after = others.toSpliced(position, 0, content)
  return { after, moved: new Set(position === own.position ? [] : [own.id]) }
}

/**
 * Makes the same change to the public edition and to the working copy.
 * @returns the list as it is now in the latter @throws Problem 409 where it doesn't fit both
 */
export async function correct(tx: Write, request: FastifyRequest, article: Changing): Promise<HighlightList> {
  const edition = currentEdition(article)
  const before = article.lists
  const published = edition.highlightLists as StoredList[]
  const { id } = findList(request, [...before, ...published])
  const [own, publicOne] = [before.find((list) => list.id === id), edition.highlightLists.find((list) => list.id === id)]
  if (!own || !publicOne)
    throw conflict({ pointer: '', code: 'conflict', message: own ? 'is not in the public edition' : 'is not in the working copy any more' })
  const copy = listOf(article, id)
  const both = await forBoth(
    request,
    () => changed(tx, request, before, own, copy, targetsAmong(article.copy.sections)),
    () => changed(tx, request, published, publicOne as StoredList, { ...publicOne, revision: own.revision }, targetsAmong(edition.sections)),
  )
  if (request.faults.length > 0) return copy
  requireSamePlaces(request, copy, publicOne)
  const { after, moved } = both.working
  const corrected = both.edition.after
  const shared = withSharedIds(
    corrected,
    { sections: [], lists: corrected },
    { sections: [], lists: published },
    { sections: [], lists: after },
    { sections: [], lists: before },
  )
  article.kept.goesPublic = true
  const changedArticle = await save(tx, article, after, moved)
  await publishCorrection(tx, request, changedArticle, {
    ...edition,
    highlightLists: correctedLists(shared, edition, changedArticle.copy.highlightLists, tx.now),
  })
  return listOf(changedArticle, id)
}
