import type { Read } from '../database/engine.ts'
import { idsByReference } from '../database/slugs.ts'
import { groupBy, inPieces } from '../database/values.ts'
import type { Fault } from '../http/problems.ts'
import { wayOf } from '../http/references.ts'
import {
  mostItems,
  mostLevels,
  type NamedType,
  type NavigationItem,
  type NavigationItemInput,
  type NavigationMenu,
  type NavigationMenuInput,
  type NavigationTarget,
  type NavigationTargetInput,
  namedTypes,
} from './navigation-schemas.ts'

/** Where an item leads, as it is stored. */
export type StoredTarget = { type: NamedType; id: string } | { type: 'url'; url: string }
export type StoredItem = { label: string | null; target: StoredTarget | null; items: StoredItem[] }
export type StoredMenu = { name: string; label: string | null; items: StoredItem[] }

type Shown = Exclude<NavigationTarget, { type: 'url' }>

/** What targets lead to: as readers know it where it is public, else as editors do. */
type Known = Map<string, { target: Shown; isPublic: boolean }>

const slugKinds = { topic: 'topic', article: 'article', list: 'highlight-list', author: 'author' } as const

async function namesOf(read: Read, type: 'topic' | 'author', ids: readonly string[]): Promise<[Shown, boolean][]> {
  // Both kinds have such tables; their types can't be told from a name that varies.
  const inPublic = `public_article_${type}s` as 'public_article_topics'
  const rows = await inPieces(ids, (piece) =>
    read
      .selectFrom(`${type}s` as 'topics')
      .select(['id', 'slug', 'name'])
      .select(({ exists, selectFrom }) =>
        exists(
          selectFrom(inPublic)
            .select('article_id')
            .whereRef(`${type}_id` as 'topic_id', '=', `${type}s.id` as 'topics.id'),
        ).as('is_public'),
      )
      .where('id', 'in', piece)
      .execute(),
  )
  return rows.map(({ is_public, ...words }) => [{ type, ...words }, Boolean(is_public)])
}

async function articlesOf(read: Read, ids: readonly string[]): Promise<[Shown, boolean][]> {
  const rows = await inPieces(ids, (piece) =>
    read
      .selectFrom('articles')
      .leftJoin('public_articles', 'article_id', 'id')
      .select(['id', 'articles.slug', 'public_slug', 'articles.headline', 'public_articles.headline as public_headline'])
      .where('id', 'in', piece)
      .execute(),
  )
  return rows.map(({ id, slug, public_slug, headline, public_headline }) => [
    { type: 'article', id, slug: public_slug ?? slug, headline: public_headline ?? headline },
    public_slug !== null,
  ])
}

async function listsOf(read: Read, ids: readonly string[]): Promise<[Shown, boolean][]> {
  const rows = await inPieces(ids, (piece) =>
    read.selectFrom('highlight_lists').select(['id', 'slug', 'title', 'is_public']).where('article_id', 'is', null).where('id', 'in', piece).execute(),
  )
  return rows.map(({ id, slug, title, is_public }) => [{ type: 'list', id, slug: slug as string, title }, Boolean(is_public)])
}

const keyOf = ({ type, id }: { type: string; id: string }) => `${type}:${id}`

async function known(read: Read, ids: (type: NamedType) => string[]): Promise<Known> {
  const found = [
    ...(await namesOf(read, 'topic', ids('topic'))),
    ...(await namesOf(read, 'author', ids('author'))),
    ...(await articlesOf(read, ids('article'))),
    ...(await listsOf(read, ids('list'))),
  ]
  return new Map(found.map(([target, isPublic]) => [keyOf(target), { target, isPublic }]))
}

function eachTarget(items: readonly StoredItem[], visit: (target: StoredTarget) => void): void {
  for (const { target, items: under } of items) {
    if (target) visit(target)
    eachTarget(under, visit)
  }
}

/** What menus lead to that has a slug. */
function namedTargets(menus: readonly StoredMenu[]) {
  const targets: Exclude<StoredTarget, { type: 'url' }>[] = []
  for (const { items } of menus)
    eachTarget(items, (target) => {
      if (target.type !== 'url') targets.push(target)
    })
  return targets
}

/** Whether what menus show follows from what else there is. */
export const leadsElsewhere = (menus: readonly StoredMenu[]) => namedTargets(menus).length > 0

/**
 * Menus as the API shows them. What is gone is no target any more; for the public, an item whose target isn't public is left out, unless
 * it has a label and heads others. An item that is left with nothing to say is left out with all that is under it; editors keep it
 * where something is.
 */
export async function presentMenus(read: Read, menus: readonly StoredMenu[], seesAll: boolean): Promise<{ menus: NavigationMenu[]; isPartial: boolean }> {
  const byType = groupBy(namedTargets(menus), ({ type }) => type)
  const names = await known(read, (type) => [...new Set((byType.get(type) ?? []).map(({ id }) => id))])
  let isPartial = false
  const present = ({ label, target: stored, items }: StoredItem): NavigationItem[] => {
    const found = stored && stored.type !== 'url' ? names.get(keyOf(stored)) : undefined
    const isHidden = found !== undefined && !found.isPublic && !seesAll
    isPartial ||= isHidden
    const target = stored?.type === 'url' ? stored : found && !isHidden ? found.target : null
    const under = items.flatMap(present)
    const isKept = target !== null || (label !== null ? !isHidden || under.length > 0 : seesAll && under.length > 0)
    return isKept ? [{ label, target, items: under }] : []
  }
  const shown = menus.map(({ name, label, items }) => ({ name, label, items: items.flatMap(present) }))
  return { menus: shown, isPartial }
}

type Pending = { target: NavigationTargetInput; pointer: string }

/** Finds what targets name, by their pointers; what doesn't exist is a fault. */
async function resolveTargets(read: Read, pending: readonly Pending[], faults: Fault[]): Promise<Map<string, StoredTarget>> {
  const resolved = new Map<string, StoredTarget>()
  const byType = new Map<NamedType, { reference: string; way: string; pointer: string }[]>(namedTypes.map((type) => [type, []]))
  for (const { target, pointer } of pending) {
    if (target.type === 'url') {
      resolved.set(pointer, { type: 'url', url: target.url })
      continue
    }
    const way = wayOf(target) as 'id' | 'slug' | 'externalId' | undefined
    if (way === undefined) faults.push({ pointer, code: 'required', message: 'needs an id, a slug or an externalId' })
    else byType.get(target.type)?.push({ reference: `${way === 'externalId' ? 'ext:' : ''}${target[way]}`, way, pointer })
  }
  const owners = new Map<NamedType, Map<string, string>>()
  for (const [type, references] of byType)
    owners.set(
      type,
      new Map(
        await inPieces([...new Set(references.map(({ reference }) => reference))], async (piece) => [...(await idsByReference(read, slugKinds[type], piece))]),
      ),
    )
  const present = await known(read, (type) => [...new Set(owners.get(type)?.values())])
  for (const [type, references] of byType)
    for (const { reference, way, pointer } of references) {
      const id = owners.get(type)?.get(reference)
      if (id !== undefined && present.has(keyOf({ type, id }))) resolved.set(pointer, { type, id })
      else faults.push({ pointer: `${pointer}/${way}`, code: 'not-found', message: `names no ${type === 'list' ? 'freestanding list' : type}` })
    }
  return resolved
}

/** Menus as they are to be stored. What is wrong with them is added to the faults. */
export async function resolveMenus(read: Read, menus: readonly NavigationMenuInput[], pointer: string, faults: Fault[]): Promise<StoredMenu[]> {
  const pending: Pending[] = []
  let count = 0
  const visit = (items: readonly NavigationItemInput[], place: string, depth: number): void => {
    if (items.length > 0 && depth > mostLevels) {
      faults.push({ pointer: place, code: 'range', message: `is nested deeper than ${mostLevels} levels` })
      return
    }
    for (const [index, { label, target, items: under = [] }] of items.entries()) {
      count++
      if (!label && !target && under.length === 0) faults.push({ pointer: `${place}/${index}`, code: 'required', message: 'needs a label, a target, or items' })
      if (target) pending.push({ target, pointer: `${place}/${index}/target` })
      visit(under, `${place}/${index}/items`, depth + 1)
    }
  }
  for (const [index, { items = [] }] of menus.entries()) visit(items, `${pointer}/${index}/items`, 1)
  for (const [index, { name }] of menus.entries())
    if (menus.findIndex((menu) => menu.name === name) < index)
      faults.push({ pointer: `${pointer}/${index}/name`, code: 'duplicate', message: 'is the name of another menu' })
  if (count > mostItems) {
    faults.push({ pointer, code: 'length', message: `has ${count} items in all: at most ${mostItems}` })
    return []
  }
  const targets = await resolveTargets(read, pending, faults)
  const stored = (items: readonly NavigationItemInput[], place: string): StoredItem[] =>
    items.map(({ label = null, items: under = [] }, index) => ({
      label,
      target: targets.get(`${place}/${index}/target`) ?? null,
      items: stored(under, `${place}/${index}/items`),
    }))
  return menus.map(({ name, label = null, items = [] }, index) => ({ name, label, items: stored(items, `${pointer}/${index}/items`) }))
}

/** Menus that lead to another where they led to something that was merged into it. */
export function renamedMenus(menus: readonly StoredMenu[], type: NamedType, from: string, into: string): StoredMenu[] {
  const renamed = (items: readonly StoredItem[]): StoredItem[] =>
    items.map(({ target, items: under, ...item }) => ({
      ...item,
      target: target && target.type === type && target.id === from ? { type, id: into } : target,
      items: renamed(under),
    }))
  return menus.map((menu) => ({ ...menu, items: renamed(menu.items) }))
}
