import { newId } from '../database/ids.ts'
import { groupBy } from '../database/values.ts'
import type { Fault } from '../http/problems.ts'
import { readOnlyFaults } from '../http/references.ts'
import type { NestedSectionInput, Section } from './schemas.ts'
import { anchorFor, arranged, bodyDepthFaults, type Node, type SectionContent, storedBody, wordsOf } from './tree.ts'

/** What was wrong with an array of children: in itself (400), or at odds with what is stored (409). */
export type Faults = { bad: Fault[]; conflicts: Fault[] }

/** Parents by order and depth: the nearest section before that is one less deep. */
function parentsOf(inputs: readonly NestedSectionInput[], ids: string[], pointer: string, faults: Faults): (string | null)[] {
  const open: string[] = []
  return inputs.map(({ depth = 0 }, index) => {
    if (depth > open.length)
      faults.bad.push({
        pointer: `${pointer}/${index}/depth`,
        code: 'range',
        message: `may be at most ${open.length} here, one deeper than the section before`,
      })
    open.length = Math.min(depth, open.length)
    const parent = open.at(-1) ?? null
    open.push(ids[index] as string)
    return parent
  })
}

function anchorsOf(
  inputs: readonly NestedSectionInput[],
  ids: readonly string[],
  known: ReadonlyMap<string, Section>,
  keepsAnchors: boolean,
  pointer: string,
  faults: Faults,
): string[] {
  const kept = inputs.map(({ id, anchor }, index) => {
    const own = keepsAnchors || !id ? known.get(ids[index] as string) : undefined
    return anchor === undefined ? own?.anchor : undefined
  })
  const taken = new Set(kept.filter((anchor) => anchor !== undefined))
  const given = new Set<string>()
  for (const [index, { anchor }] of inputs.entries()) {
    if (anchor === undefined) continue
    const place = `${pointer}/${index}/anchor`
    if (given.has(anchor)) faults.bad.push({ pointer: place, code: 'duplicate', message: 'is there twice' })
    else if (taken.has(anchor)) faults.conflicts.push({ pointer: place, code: 'conflict', message: 'belongs to another section' })
    given.add(anchor)
  }
  for (const anchor of given) taken.add(anchor)
  return inputs.map(({ anchor, heading = null }, index) => {
    const decided = anchor ?? kept[index] ?? anchorFor(heading, taken)
    taken.add(decided)
    return decided
  })
}

/**
 * Reads an article's array of sections: order and depth tell the tree; a known id, or without one the anchor, keeps its section.
 * @param stored the sections the article has now
 * @param keepsAnchors whether a known section without an anchor keeps its own (PUT) or gets a newly derived one (PATCH)
 */
export function resolveSections(
  inputs: readonly NestedSectionInput[],
  stored: readonly Section[],
  keepsAnchors: boolean,
  pointer: string,
  faults: Faults,
): SectionContent[] {
  const known = new Map(stored.map((section) => [section.id, section]))
  const named = new Set(inputs.flatMap(({ id }) => id?.toLowerCase() ?? []))
  const others = stored.filter(({ id }) => !named.has(id))
  const byAnchor = new Map(others.map(({ id, anchor }) => [anchor, id]))
  const givenAnchors = new Set(inputs.flatMap(({ anchor }) => anchor ?? []))
  const byHeading = groupBy(
    others.filter(({ anchor }) => !givenAnchors.has(anchor)),
    ({ heading }) => heading,
  )
  const seen = new Set<string>()
  const ids = inputs.map((input, index) => {
    const place = `${pointer}/${index}`
    // Who writes a story from a file knows no ids: the anchor tells which section it is, or else the heading.
    const alike = () => (input.anchor === undefined ? byHeading.get(input.heading ?? null)?.shift()?.id : byAnchor.get(input.anchor))
    const id = input.id?.toLowerCase() ?? alike()
    if (input.id === undefined && input.anchor !== undefined) byAnchor.delete(input.anchor)
    const own = id === undefined ? undefined : known.get(id)
    if (id !== undefined && !own)
      faults.bad.push({ pointer: `${place}/id`, code: 'not-found', message: 'names no section of this article; new ones have no id' })
    else if (id !== undefined && seen.has(id)) faults.bad.push({ pointer: `${place}/id`, code: 'duplicate', message: 'is there twice' })
    if (id !== undefined) seen.add(id)
    if (own || id === undefined) faults.bad.push(...readOnlyFaults(input, own ?? null, place))
    faults.bad.push(...bodyDepthFaults(input.body ?? [], `${place}/body`))
    return id ?? newId()
  })
  const parents = parentsOf(inputs, ids, pointer, faults)
  const anchors = anchorsOf(inputs, ids, known, keepsAnchors, pointer, faults)
  const nodes = inputs.map(({ heading = null, body }, index): Node => {
    const stored = storedBody(body)
    return { id: ids[index] as string, parentId: parents[index] ?? null, anchor: anchors[index] as string, heading, body: stored, wordCount: wordsOf(stored) }
  })
  return arranged(nodes)
}
