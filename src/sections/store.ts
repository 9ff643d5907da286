import { isDeepStrictEqual } from 'node:util'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { movedIds } from '../database/moves.ts'
import type { SectionTable } from '../database/tables.ts'
import { chunked, differs, groupBy, inPieces } from '../database/values.ts'
import type { Section } from './schemas.ts'
import type { SectionContent } from './tree.ts'

export function sectionOf(row: SectionTable): Section {
  return {
    id: row.id,
    revision: row.revision,
    articleId: row.article_id,
    parentId: row.parent_id,
    position: row.position,
    depth: row.depth,
    anchor: row.anchor,
    heading: row.heading,
    body: JSON.parse(row.body),
    wordCount: row.word_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The sections of several articles, in document order. */
export async function sectionsOfArticles(read: Read, articleIds: readonly string[]): Promise<Map<string, Section[]>> {
  const rows = await inPieces(articleIds, (ids) =>
    read.selectFrom('sections').selectAll().where('article_id', 'in', ids).orderBy('article_id').orderBy('place').execute(),
  )
  return new Map([...groupBy(rows, (row) => row.article_id)].map(([id, own]) => [id, own.map(sectionOf)]))
}

/** The sections of one article, in document order. */
export async function sectionsOfArticle(read: Read, articleId: string): Promise<Section[]> {
  return (await sectionsOfArticles(read, [articleId])).get(articleId) ?? []
}

function movedSections(before: readonly Section[], after: readonly SectionContent[]): Set<string> {
  const parents = new Map(before.map(({ id, parentId }) => [id, parentId]))
  const moved = new Set(after.filter(({ id, parentId }) => parents.has(id) && parents.get(id) !== parentId).map(({ id }) => id))
  const stays = ({ id }: { id: string }) => !moved.has(id)
  const earlier = groupBy(before.filter(stays), ({ parentId }) => parentId)
  for (const [parentId, siblings] of groupBy(after.filter(stays), (section) => section.parentId))
    for (const id of movedIds(
      (earlier.get(parentId) ?? []).map((section) => section.id),
      siblings.map((section) => section.id),
    ))
      moved.add(id)
  return moved
}

/** A section as it is made. */
export function newSection(articleId: string, { place: _, id, formerRevision = 0, createdAt, ...content }: SectionContent, now: string): Section {
  return inOrder({ id, revision: formerRevision + 1, articleId, ...content, createdAt: createdAt ?? now, updatedAt: now })
}

/**
 * Makes the sections of an article what `after` says, and appends their events.
 * @param moved the ones to count as moved; found by comparing where it is left out
 * @returns them as they are now; those of before where nothing changed
 */
export function saveSections(
  tx: Write,
  articleId: string,
  before: readonly Section[],
  after: readonly SectionContent[],
  moved = movedSections(before, after),
): readonly Section[] {
  const earlier = new Map(before.map((section, place) => [section.id, { section, place }]))
  const staying = new Set(after.map(({ id }) => id))
  const appendSectionEvent = (verb: 'created' | 'updated' | 'deleted', id: string, former = 0) => {
    const revision = earlier.get(id)?.section.revision ?? null
    const after = verb === 'deleted' ? null : (revision ?? former) + 1
    tx.append({ type: `section.${verb}`, subject: { type: 'section', id }, data: { articleId }, revision: [revision, after] })
  }

  const gone = before.filter(({ id }) => !staying.has(id)).map(({ id }) => id)
  for (const ids of chunked(gone)) tx.run(tx.deleteFrom('sections').where('id', 'in', ids))
  for (const id of gone) appendSectionEvent('deleted', id)
  let isChanged = gone.length > 0

  // The unique index looks at each row by itself, so anchors that change hands are parked first.
  for (const { id, anchor } of after) if (earlier.has(id) && earlier.get(id)?.section.anchor !== anchor) tx.update('sections', ['id', id], { anchor: `~${id}` })

  const columnsOf = ({ anchor, heading, body, wordCount, parentId, position, place, depth }: SectionContent) => ({
    text: { anchor, heading, body: JSON.stringify(body), word_count: wordCount },
    place: { parent_id: parentId, position, place, depth },
  })
  const added = after.filter(({ id }) => !earlier.has(id))
  tx.insert(
    'sections',
    added.map((content) => {
      const { text, place } = columnsOf(content)
      const { id, formerRevision = 0, createdAt = tx.now } = content
      return { id, revision: formerRevision + 1, article_id: articleId, ...text, ...place, created_at: createdAt, updated_at: tx.now }
    }),
  )
  const sections = after.map((content): Section => {
    const known = earlier.get(content.id)
    const { place: _, id, formerRevision, createdAt: __, ...shown } = content
    if (!known) {
      appendSectionEvent('created', id, formerRevision)
      isChanged = true
      return newSection(articleId, content, tx.now)
    }
    const { section } = known
    const { text, place } = columnsOf(content)
    const stored = { anchor: section.anchor, heading: section.heading, word_count: section.wordCount }
    const isOwnChange = moved.has(id) || !isDeepStrictEqual(section.body, content.body) || differs<object>(text, stored)
    const storedPlace = { parent_id: section.parentId, position: section.position, place: known.place, depth: section.depth }
    const isShifted = differs(storedPlace, place)
    if (!isOwnChange && !isShifted) return section
    const own = isOwnChange ? { revision: section.revision + 1, updated_at: tx.now } : {}
    tx.update('sections', ['id', id], { ...text, ...place, ...own }, { ...stored, ...storedPlace })
    if (isOwnChange) appendSectionEvent('updated', id)
    isChanged = true
    return inOrder({ ...section, ...shown, ...(isOwnChange ? { revision: section.revision + 1, updatedAt: tx.now } : {}) })
  })
  return isChanged ? sections : before
}

/** A section with its properties in the order of an answer. */
function inOrder({ id, revision, articleId, parentId, position, depth, anchor, heading, body, wordCount, createdAt, updatedAt }: Section): Section {
  return { id, revision, articleId, parentId, position, depth, anchor, heading, body, wordCount, createdAt, updatedAt }
}
