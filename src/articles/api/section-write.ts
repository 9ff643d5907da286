import type { FastifyRequest } from 'fastify'
import type { Write } from '../../database/handles.ts'
import { isId } from '../../database/slugs.ts'
import { clearTargets } from '../../highlight-lists/clear.ts'
import { listsOfArticle } from '../../highlight-lists/store.ts'
import { conflict, type Fault, notFound } from '../../http/problems.ts'
import { parameter, readOnlyFaults } from '../../http/references.ts'
import { replacementFrom } from '../../http/replacement.ts'
import { refuse } from '../../http/validation.ts'
import { mostLevels, type Section, SectionInput } from '../../sections/schemas.ts'
import { saveSections } from '../../sections/store.ts'
import {
  anchorFor,
  arranged,
  bodyDepthFaults,
  type Node,
  placed,
  type SectionContent,
  storedBody,
  withDescendants,
  wordsOf,
  wordsOfSection,
} from '../../sections/tree.ts'
import type { Changing } from '../public/changing.ts'
import { currentEdition } from '../public/publish.ts'
import { recordChange } from '../public/record-change.ts'
import { assembled, partsOf } from '../working/current.ts'
import { correctedSections, forBoth, publishCorrection, requireSamePlaces } from './correct.ts'

/** The section that a path names, by id or anchor. */
export function sectionNamed(request: FastifyRequest, sections: readonly Section[]): Section | undefined {
  return sectionOfReference(sections, parameter(request, 'section'))
}

const sectionOfReference = (sections: readonly Section[], reference: string) =>
  sections.find((section) => (isId(reference) ? section.id === reference.toLowerCase() : section.anchor === reference))

/** The id of the parent that a body names by id or anchor: as it is where it names none. */
export function parentNamed(sections: readonly Section[], reference: string | null): string | null {
  return reference === null ? null : (sectionOfReference(sections, reference)?.id ?? reference)
}

/** Where a section goes, and the faults of that. @param own the section that moves, null for a new one */
export function place(sections: readonly Section[], own: Section | null, parentId: string | null, position: number | null): Fault[] {
  const parent = parentId === null ? null : sections.find(({ id }) => id === parentId)
  if (parent === undefined) return [{ pointer: '/parentId', code: 'not-found', message: 'names no section of this article' }]
  const moving = own ? withDescendants(sections, own.id) : new Set<string>()
  if (parent && moving.has(parent.id)) return [{ pointer: '/parentId', code: 'value', message: 'is the section itself or one under it' }]
  const faults: Fault[] = []
  const siblings = sections.filter((section) => section.parentId === parentId && section.id !== own?.id).length
  if (position !== null && (position < 0 || position > siblings)) faults.push({ pointer: '/position', code: 'range', message: `must be from 0 to ${siblings}` })
  const height = own ? sections.reduce((most, { id, depth }) => (moving.has(id) ? Math.max(most, depth - own.depth) : most), 0) : 0
  if ((parent ? parent.depth + 1 : 0) + height >= mostLevels)
    faults.push({ pointer: '/parentId', code: 'range', message: `sections nest no deeper than ${mostLevels} levels` })
  return faults
}

/**
 * The anchor that a section gets: the one given, its own where `keeps`, else one made of its heading.
 * @param own the section that is written, null for a new one @throws Problem 409 where another section has it
 */
export function decideAnchor(input: SectionInput, sections: readonly Section[], own: Section | null, keeps: boolean): string {
  const others = new Set(sections.filter(({ id }) => id !== own?.id).map(({ anchor }) => anchor))
  if (input.anchor === undefined) return keeps && own ? own.anchor : anchorFor(input.heading ?? null, others)
  if (others.has(input.anchor)) throw conflict({ pointer: '/anchor', code: 'conflict', message: 'belongs to another section of this article' })
  return input.anchor
}

/** A section as the tree takes it: its body in the form that is stored, and its words counted. */
export function nodeOf(id: string, parentId: string | null, anchor: string, input: SectionInput): Node {
  const body = storedBody(input.body)
  return { id, parentId, anchor, heading: input.heading ?? null, body, wordCount: wordsOf(body) }
}

/** Saves the sections of an article, lets go of those removed, and raises the article's revision where anything changed. */
export async function save(tx: Write, article: Changing, after: readonly SectionContent[], moved?: Set<string>): Promise<Changing> {
  const { row, copy, kept } = article
  const staying = new Set(after.map(({ id }) => id))
  let isCleared = false
  for (const section of copy.sections)
    if (!staying.has(section.id)) isCleared = (await clearTargets(tx, 'target_section_id', section.id, wordsOfSection(section))).length > 0 || isCleared
  const sections = saveSections(tx, row.id, copy.sections, after, moved)
  if (sections === copy.sections) return article
  const lists = isCleared ? await listsOfArticle(tx.read, row.id) : article.lists
  const changed = await assembled(tx.read, row, { ...partsOf(article), sections, lists }, tx.author.site ?? null, article)
  return recordChange(tx, { ...changed, kept })
}

type Changed = { after: SectionContent[]; moved: Set<string> }

/** What a PUT or PATCH of one section makes of all. */
export function changed(request: FastifyRequest, before: readonly Section[], own: Section): Changed {
  const { input, isPatch, names } = replacementFrom<SectionInput>(request, own, SectionInput)
  const faults = readOnlyFaults(input, own)
  if (isPatch)
    for (const name of ['parentId', 'position'] as const)
      if (input[name] === undefined) faults.push({ pointer: `/${name}`, code: 'required', message: 'can’t be removed' })
  const parentId = input.parentId === undefined ? own.parentId : parentNamed(before, input.parentId)
  // A patch of the parent alone leaves the old position in the result: under the new parent it means last.
  const stays = parentId === own.parentId
  const position = names('position') ? (input.position ?? null) : stays ? own.position : null
  refuse([...faults, ...bodyDepthFaults(input.body ?? [], '/body'), ...place(before, own, parentId, position)])
  const node = nodeOf(own.id, parentId, decideAnchor(input, before, own, !isPatch), input)
  const isMoved = parentId !== own.parentId || (position !== null && position !== own.position)
  return { after: arranged(placed(before, node, position)), moved: new Set(isMoved ? [own.id] : []) }
}

/**
 * Makes the same change to the public edition and to the working copy.
 * @returns the section as it is now in the latter @throws Problem 409 where it doesn't fit both
 */
export async function correct(tx: Write, request: FastifyRequest, article: Changing): Promise<Section> {
  const edition = currentEdition(article)
  const before = article.copy.sections
  const [id, revision] = sectionInEither(request, before, edition.sections)
  const [own, published] = [before.find((section) => section.id === id), edition.sections.find((section) => section.id === id)]
  if (!own || !published)
    throw conflict({ pointer: '', code: 'conflict', message: own ? 'is not in the public edition' : 'is not in the working copy any more' })
  const both = await forBoth(
    request,
    () => changed(request, before, own),
    () => changed(request, edition.sections, { ...published, revision }),
  )
  if (request.faults.length > 0) return own
  requireSamePlaces(request, own, published)
  article.kept.goesPublic = true
  const after = await save(tx, article, both.working.after, both.working.moved)
  const sections = correctedSections(both.edition.after, edition, after.copy.sections, tx.now)
  await publishCorrection(tx, request, after, { ...edition, sections })
  return sectionOf(after, id)
}

/** A section that an article has. */
export const sectionOf = ({ copy }: Changing, id: string) => copy.sections.find((section) => section.id === id) as Section

/** The section that a path names, in the working copy or else in public; its revision is that of the first. */
function sectionInEither(request: FastifyRequest, before: readonly Section[], published: readonly Section[]): [string, number] {
  const found = sectionNamed(request, before) ?? sectionNamed(request, published)
  if (!found) throw notFound('section')
  return [found.id, before.find(({ id }) => id === found.id)?.revision ?? found.revision]
}
