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

/**
 * Makes the sections of an article what `after` says, and appends their events.
 * @param moved the ones to count as moved; found by comparing where it is left out
 * @returns whether anything changed
 */
export async function saveSections(
  tx: Write,
  articleId: string,
  before: readonly Section[],
  after: readonly SectionContent[],
  moved = movedSections(before, after),
): Promise<boolean> {
  const earlier = new Map(before.map((section, place) => [section.id, { section, place }]))
  const staying = new Set(after.map(({ id }) => id))
  const appendSectionEvent = (verb: 'created' | 'updated' | 'deleted', id: string) =>
    tx.append({ type: `section.${verb}`, subject: { type: 'section', id }, data: { articleId } })
  let isChanged = false

  const gone = before.filter(({ id }) => !staying.has(id)).map(({ id }) => id)
  for (const ids of chunked(gone)) await tx.deleteFrom('sections').where('id', 'in', ids).execute()
  for (const id of gone) appendSectionEvent('deleted', id)
  isChanged ||= gone.length > 0

  // The unique index looks at each row by itself, so anchors that change hands are parked first.
  for (const { id, anchor } of after)
    if (earlier.has(id) && earlier.get(id)?.section.anchor !== anchor)
      await tx
        .updateTable('sections')
        .set({ anchor: `~${id}` })
        .where('id', '=', id)
        .execute()

  for (const content of after) {
    const known = earlier.get(content.id)
    const text = { anchor: content.anchor, heading: content.heading, body: JSON.stringify(content.body), word_count: content.wordCount }
    const place = { parent_id: content.parentId, position: content.position, place: content.place, depth: content.depth }
    if (!known) {
      await tx
        .insertInto('sections')
        .values({ id: content.id, revision: 1, article_id: articleId, ...text, ...place, created_at: tx.now, updated_at: tx.now })
        .execute()
      appendSectionEvent('created', content.id)
      isChanged = true
      continue
    }
    const { section } = known
    const stored = { anchor: section.anchor, heading: section.heading, word_count: section.wordCount }
    const isOwnChange = moved.has(content.id) || !isDeepStrictEqual(section.body, content.body) || differs<object>(text, stored)
    const isShifted = differs({ parent_id: section.parentId, position: section.position, place: known.place, depth: section.depth }, place)
    if (!isOwnChange && !isShifted) continue
    await tx
      .updateTable('sections')
      .set({ ...text, ...place, ...(isOwnChange ? { revision: section.revision + 1, updated_at: tx.now } : {}) })
      .where('id', '=', content.id)
      .execute()
    if (isOwnChange) appendSectionEvent('updated', content.id)
    isChanged = true
  }
  return isChanged
}
