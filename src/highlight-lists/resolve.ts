import type { Write } from '../database/handles.ts'
import { newId } from '../database/ids.ts'
import { idsByReference } from '../database/slugs.ts'
import { chunked, groupBy } from '../database/values.ts'
import type { Fault } from '../http/problems.ts'
import { readOnlyFaults, wayOf } from '../http/references.ts'
import type { HighlightItemInput, NestedHighlightListInput, TargetInput } from './schemas.ts'
import type { ListContent, StoredItem, StoredList, StoredTarget } from './store.ts'

/** The sections that targets may name: those of the same article after the change, and the headings of those it removes. */
export type TargetSections = {
  byId: Map<string, { id: string; anchor: string }>
  byAnchor: Map<string, { id: string; anchor: string }>
  removed: Map<string, string | null>
}

type Pending = { target: TargetInput | null | undefined; pointer: string }

/** A target, resolved; `fallback` is the heading of a section that this very change removes. */
type Resolved = { target: StoredTarget | null; fallback: string | null }

/** How a path would name the article of a target. */
const referenceOf = ({ id, slug, externalId }: { id?: string; slug?: string; externalId?: string }) =>
  id ?? slug ?? (externalId === undefined ? undefined : `ext:${externalId}`)

/** Finds what targets name: articles by id, slug or external id, sections of the same article by id or anchor; what doesn't exist is a fault. */
export async function resolveTargets(tx: Write, pending: Pending[], sections: TargetSections | null, faults: Fault[]): Promise<Resolved[]> {
  const articles = pending.flatMap(({ target }) => (target?.type === 'article' ? [target] : []))
  const owners = new Map<string, string>()
  const named = articles.flatMap((target) => referenceOf(target) ?? [])
  for (const references of chunked(named)) for (const [reference, owner] of await idsByReference(tx.read, 'article', references)) owners.set(reference, owner)
  const known = new Set<string>()
  for (const ids of chunked([...new Set(owners.values())])) {
    // Others may lead there, too, but nobody deletes it meanwhile.
    tx.lock(
      ids.map((id) => `article:${id}`),
      true,
    )
    for (const row of await tx.read.selectFrom('articles').select('id').where('id', 'in', ids).execute()) known.add(row.id)
  }

  return pending.map(({ target, pointer }): Resolved => {
    const nothing = { target: null, fallback: null }
    const fault = (property: string, code: Fault['code'], message: string) => {
      faults.push({ pointer: `${pointer}${property}`, code, message })
      return nothing
    }
    if (!target) return nothing
    if (target.type === 'url') return { target: { type: 'url', url: target.url }, fallback: null }
    if (target.type === 'article') {
      const reference = referenceOf(target)
      if (reference === undefined) return fault('', 'required', 'needs an id, a slug or an externalId')
      const id = owners.get(reference)
      if (id === undefined || !known.has(id)) return fault(`/${wayOf(target)}`, 'not-found', 'names no article')
      return { target: { type: 'article', id }, fallback: null }
    }
    if (!sections) return fault('/type', 'value', 'sections are targets only in lists of their own article')
    if (target.id === undefined && target.anchor === undefined) return fault('', 'required', 'needs an id or an anchor')
    const id = target.id?.toLowerCase()
    const found = id !== undefined ? sections.byId.get(id) : sections.byAnchor.get(target.anchor as string)
    if (found) return { target: { type: 'section', id: found.id, anchor: found.anchor }, fallback: null }
    if (id !== undefined && sections.removed.has(id)) return { target: null, fallback: sections.removed.get(id) ?? null }
    return fault(id !== undefined ? '/id' : '/anchor', 'not-found', 'names no section of this article')
  })
}

/**
 * Who writes from a file knows no ids: what comes without one is the stored one that says the same, as long as nothing else names it.
 * @returns gives the id of the next stored one that says something
 */
function unnamed<T extends { id: string }>(stored: readonly T[], inputs: readonly { id?: string }[], says: (one: T) => string) {
  const named = new Set(inputs.flatMap(({ id }) => id?.toLowerCase() ?? []))
  const left = groupBy(
    stored.filter(({ id }) => !named.has(id)),
    says,
  )
  return (what: string): string | undefined => left.get(what)?.shift()?.id
}

const saysOf = ({ text, target }: Pick<StoredItem, 'text' | 'target'>) => JSON.stringify([text, target?.type, target?.type === 'url' ? target.url : target?.id])

/** Reads the items of a list. @param stored the items the list has now */
export async function resolveItems(
  tx: Write,
  inputs: readonly HighlightItemInput[],
  stored: readonly StoredItem[],
  sections: TargetSections | null,
  pointer: string,
  faults: Fault[],
): Promise<StoredItem[]> {
  const known = new Set(stored.map(({ id }) => id))
  const seen = new Set<string>()
  const alike = unnamed(stored, inputs, saysOf)
  const targets = await resolveTargets(
    tx,
    inputs.map(({ target }, index) => ({ target, pointer: `${pointer}/${index}/target` })),
    sections,
    faults,
  )
  return inputs.map((input, index) => {
    const id = input.id?.toLowerCase()
    if (id !== undefined && !known.has(id))
      faults.push({ pointer: `${pointer}/${index}/id`, code: 'not-found', message: 'names no item of this list; new ones have no id' })
    if (id !== undefined && seen.has(id)) faults.push({ pointer: `${pointer}/${index}/id`, code: 'duplicate', message: 'is there twice' })
    if (id !== undefined) seen.add(id)
    if (!input.text && !input.target) faults.push({ pointer: `${pointer}/${index}`, code: 'required', message: 'needs a text or a target' })
    const { target, fallback } = targets[index] as Resolved
    const text = input.text ?? fallback
    return { id: id ?? alike(saysOf({ text, target })) ?? newId(), text, target }
  })
}

/** Reads an article's array of highlight lists. @param stored the lists the article has now */
export async function resolveLists(
  tx: Write,
  inputs: readonly NestedHighlightListInput[],
  stored: readonly StoredList[],
  sections: TargetSections,
  pointer: string,
  faults: Fault[],
): Promise<ListContent[]> {
  const known = new Map(stored.map((list) => [list.id, list]))
  const seen = new Set<string>()
  const titled = unnamed(stored, inputs, ({ title }) => title ?? '')
  const contents: ListContent[] = []
  for (const [index, input] of inputs.entries()) {
    const place = `${pointer}/${index}`
    const id = input.id?.toLowerCase() ?? titled(input.title ?? '')
    const own = id === undefined ? undefined : known.get(id)
    if (id !== undefined && !own)
      faults.push({ pointer: `${place}/id`, code: 'not-found', message: 'names no highlight list of this article; new ones have no id' })
    else if (id !== undefined && seen.has(id)) faults.push({ pointer: `${place}/id`, code: 'duplicate', message: 'is there twice' })
    if (id !== undefined) seen.add(id)
    if (own || id === undefined) faults.push(...readOnlyFaults(input, own ?? null, place))
    const items = await resolveItems(tx, input.items ?? [], own?.items ?? [], sections, `${place}/items`, faults)
    contents.push({ id: id ?? newId(), title: input.title ?? null, style: input.style ?? 'bulleted', items })
  }
  return contents
}
