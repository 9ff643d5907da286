import { findAuthors, makeAuthors, type NamedAuthor } from '../../authors/store.ts'
import type { Config } from '../../config.ts'
import type { Write } from '../../database/handles.ts'
import { idsByReference } from '../../database/slugs.ts'
import { presentIds } from '../../database/values.ts'
import { resolveLists, resolveTargets, type TargetSections } from '../../highlight-lists/resolve.ts'
import type { ListContent } from '../../highlight-lists/store.ts'
import { conflict, type Fault } from '../../http/problems.ts'
import { readOnlyFaults } from '../../http/references.ts'
import { refuse } from '../../http/validation.ts'
import { type Faults, resolveSections } from '../../sections/resolve.ts'
import type { Section } from '../../sections/schemas.ts'
import { type SectionContent, wordsOfSection } from '../../sections/tree.ts'
import { findTopics, makeTopics, type NamedTopic } from '../../topics/store.ts'
import { resolveAliases } from './aliases.ts'
import { writtenColumns } from './copies.ts'
import { aliasesOf, type Current } from './current.ts'
import type { WrittenColumns } from './fields.ts'
import type { ArticleInput, RelatedInput } from './input-schemas.ts'
import { loadRevision } from './revisions.ts'
import { pastScheduleFaults } from './schedule.ts'
import type { Article } from './schemas.ts'
import type { StoredRelated } from './store.ts'

/** A whole article as it is to be stored. */
export type Content = {
  columns: WrittenColumns
  authors: Article['authors']
  topics: Article['topics']
  related: StoredRelated[]
  sections: SectionContent[]
  lists: ListContent[]
  aliases: string[]
  /** The id of the story that it is to be a translation of. */
  translationOf: string | null
  /** The time of its last change, where an editor sets it. */
  updatedAt?: string | null
}

/** The same before the authors and topics of new names are made. */
export type Resolved = Omit<Content, 'authors' | 'topics'> & { authors: NamedAuthor[]; topics: NamedTopic[] }

/** Makes the authors and topics of new names. */
export async function makeNames(tx: Write, resolved: Resolved): Promise<Content> {
  return { ...resolved, authors: await makeAuthors(tx, resolved.authors), topics: await makeTopics(tx, resolved.topics) }
}

const largestCustom = 16 * 1024

/** What editors write in columns, checked. */
function checkedColumns(input: ArticleInput, current: Current | null, isPatch: boolean, now: string, config: Config, faults: Faults): WrittenColumns {
  const row = current?.row ?? null
  const columns = writtenColumns(input, row, isPatch, now, config)
  const { published_at: publishedAt } = columns
  // What is stored was checked when it came: another clock, or this one, may have been ahead.
  if (publishedAt !== null && publishedAt !== current?.copy.publishedAt && publishedAt > now)
    faults.bad.push({ pointer: '/publishedAt', code: 'range', message: 'must not be in the future' })
  if (publishedAt === null && row && row.edition_number !== null)
    faults.bad.push({ pointer: '/publishedAt', code: 'value', message: 'a published article has a date' })
  if (isPatch && input.commentPolicy === undefined) faults.bad.push({ pointer: '/commentPolicy', code: 'required', message: 'can’t be removed' })
  if (isPatch && input.status === undefined) faults.bad.push({ pointer: '/status', code: 'required', message: 'can’t be removed' })
  if (Buffer.byteLength(columns.custom) > largestCustom)
    faults.bad.push({ pointer: '/custom', code: 'length', message: `must not be larger than ${largestCustom} bytes as JSON` })
  return columns
}

/** A revision to publish must be there. */
async function scheduleFaults(tx: Write, { publish_revision }: WrittenColumns, current: Current | null): Promise<Fault[]> {
  if (publish_revision === null || publish_revision === current?.row.publish_revision) return []
  if (current && (await loadRevision(tx.read, current.row.id, publish_revision))) return []
  return [{ pointer: '/schedule/publish/revision', code: 'not-found', message: 'names no revision of this article' }]
}

/** The sections that targets may name after a change, and those it removes. */
function targetSections(before: readonly Section[], after: readonly { id: string; anchor: string }[]): TargetSections {
  const byId = new Map(after.map(({ id, anchor }) => [id, { id, anchor }]))
  return {
    byId,
    byAnchor: new Map(after.map(({ id, anchor }) => [anchor, { id, anchor }])),
    removed: new Map(before.filter(({ id }) => !byId.has(id)).map((section) => [section.id, wordsOfSection(section)])),
  }
}

async function resolveRelated(tx: Write, inputs: readonly RelatedInput[], faults: Faults): Promise<StoredRelated[]> {
  const targets = await resolveTargets(
    tx,
    inputs.map(({ target }, index) => ({ target, pointer: `/related/${index}/target` })),
    null,
    faults.bad,
  )
  return inputs.map(({ relation, text, target }, index) => {
    if (!text && !target) faults.bad.push({ pointer: `/related/${index}`, code: 'required', message: 'needs a text or a target' })
    return { relation, text: text ?? null, target: (targets[index]?.target ?? null) as StoredRelated['target'] }
  })
}

/** The story that one is to be a translation of, by its id; what is left out is kept by a PUT. */
async function resolveOriginal(tx: Write, { translationOf }: ArticleInput, current: Current | null, isPatch: boolean, faults: Faults): Promise<string | null> {
  const own = current?.copy.translationOf ?? null
  if (translationOf === undefined) return isPatch ? null : own
  if (translationOf === null || translationOf === own) return translationOf
  const pointer = '/translationOf'
  const id = (await idsByReference(tx.read, 'article', [translationOf])).get(translationOf)
  // Others may join it, too, but nobody deletes it meanwhile.
  if (id !== undefined) tx.lock([`article:${id}`], true)
  if (id === undefined || !(await presentIds(tx.read, 'articles', [id])).has(id)) faults.bad.push({ pointer, code: 'not-found', message: 'names no article' })
  else if (id === current?.row.id) faults.bad.push({ pointer, code: 'value', message: 'names the story itself' })
  return id ?? null
}

/**
 * Reads what an article is to be; nothing is written.
 * @param current the article as it is, null for a new one
 * @throws Problem 400 with every fault in itself, else 409 with what is at odds with what is stored
 */
export async function resolveArticle(tx: Write, input: ArticleInput, current: Current | null, isPatch: boolean, config: Config): Promise<Resolved> {
  const faults: Faults = { bad: readOnlyFaults(input, current?.copy ?? null), conflicts: [] }
  const before = current?.copy.sections ?? []
  const columns = checkedColumns(input, current, isPatch, tx.now, config, faults)
  const sections = resolveSections(input.sections ?? [], before, !isPatch, '/sections', faults)
  faults.bad.push(...(await scheduleFaults(tx, columns, current)), ...pastScheduleFaults(columns, current?.row, tx.now))
  const content = {
    columns,
    sections,
    authors: await findAuthors(tx, input.authors ?? [], '/authors', faults.bad),
    topics: await findTopics(tx, input.topics ?? [], '/topics', faults.bad),
    aliases: resolveAliases(input.aliases ?? (isPatch || !current ? [] : aliasesOf(current.copy)), faults.bad),
    translationOf: await resolveOriginal(tx, input, current, isPatch, faults),
    related: await resolveRelated(tx, input.related ?? [], faults),
    lists: await resolveLists(tx, input.highlightLists ?? [], current?.lists ?? [], targetSections(before, sections), '/highlightLists', faults.bad),
  }
  refuse(faults.bad)
  if (faults.conflicts.length > 0) throw conflict(faults.conflicts)
  return content
}
