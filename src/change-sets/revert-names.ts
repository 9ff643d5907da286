import { plannedNaming } from '../articles/working/revisions.ts'
import { deleteAuthor, loadAuthor } from '../authors/store.ts'
import { appendMerged, articlesWith, endMerged, loadMerged, type MergedKind } from '../bulk/store.ts'
import type { Read } from '../database/engine.ts'
import { formerExternal } from '../database/external-ids.ts'
import type { Write } from '../database/handles.ts'
import { lastRevisionOfName, type NameKind, revisionOfName, type State } from '../database/name-revisions.ts'
import { usesOfName } from '../database/name-uses.ts'
import { type FormerSlug, giveBackSlugs, markSlugPublic, slugOwner } from '../database/slugs.ts'
import type { AuthorTable, TopicTable } from '../database/tables.ts'
import { deleteFreestanding, type ListPlan, loadFreestanding, planFreestanding } from '../freestanding-lists/store.ts'
import { restoreName } from '../names/restore.ts'
import { countRightUnder, deleteTopic, loadTopic } from '../topics/store.ts'
import { KeptError } from './kept.ts'
import { type Changed, isChangedIn, isMade, isPublicListChange, mergedBefore, publicListBefore, revisionBefore } from './store.ts'

/** The kinds that are made and deleted: the site was always there. */
type KindWithSlug = Exclude<NameKind, 'site'>

// So often what something was merged into was merged itself, at the most.
const mostMerges = 100

/** What something had been merged into before a number, or where that leads by now; null where it was not, or nothing is left of that. */
async function mergedInto(read: Read, kind: 'author' | 'topic', id: string, seq: number): Promise<string | null> {
  let into = await mergedBefore(read, id, seq)
  for (let count = 0; into !== null && count < mostMerges; count++) {
    if (kind === 'author' ? await loadAuthor(read, into) : await loadTopic(read, into)) return into
    into = await mergedBefore(read, into, Number.MAX_SAFE_INTEGER)
  }
  return null
}

/** Removes what was made; what came back from a merge is merged again, where what it was merged into is still there. */
async function removeName(tx: Write, kind: KindWithSlug, changed: Changed): Promise<void> {
  const {
    id,
    changes: [first],
  } = changed
  if (kind === 'highlight-list') {
    const list = await loadFreestanding(tx.read, id)
    if (list) await deleteFreestanding(tx, list)
    return
  }
  const found = await loadMerged(tx.read, kind, id)
  if (!found) return takeBackMerged(tx, kind, changed)
  if (kind === 'topic' && (await countRightUnder(tx.read, id)) > 0) throw new KeptError('it was made, and topics are under it')
  const into = await mergedInto(tx.read, kind, id, first?.seq ?? 0)
  // As by the first merge a revision that is planned and names it will name the other.
  if (into && (await articlesWith(tx.read, kind, id, 1)).length > 0) throw new KeptError('it came back from a merge, and articles name it')
  if (into) return endMerged(tx, kind, found.row, into)
  if ((await usesOfName(tx.read, kind, id, plannedNaming)).articles > 0) throw new KeptError('it was made, and articles name it')
  if (kind === 'author') await deleteAuthor(tx, found.row as AuthorTable)
  else await deleteTopic(tx, found.row as TopicTable)
}

/** Takes back the slug of something that was deleted where another thing that the same sets changed has it as an old one by now. */
async function takeBackSlug(tx: Write, kind: KindWithSlug, slug: string, sets: readonly string[]): Promise<void> {
  const held = await slugOwner(tx.read, kind, slug)
  if (held && !held.is_current && (await isChangedIn(tx.read, held.owner_id, sets)))
    tx.run(tx.deleteFrom('slugs').where('kind', '=', kind).where('slug', '=', slug))
}

/** What something that was merged leads to by now: what it was merged into may have been merged since. */
async function mergedIntoNow(read: Read, kind: KindWithSlug, slug: string, into: string): Promise<string> {
  const held = await slugOwner(read, kind, slug)
  return held && !held.is_current ? held.owner_id : into
}

/** Takes back the slug and the external id of something that was merged: what it was merged into has them as old ones. @returns whether the public had seen the slug */
async function takeBackNames(tx: Write, kind: KindWithSlug, { slug, externalId }: { slug: string; externalId: string | null }, into: string): Promise<boolean> {
  if (externalId !== null) tx.run(tx.deleteFrom('slugs').where('kind', '=', kind).where('slug', '=', formerExternal(externalId)).where('owner_id', '=', into))
  const row = await tx.read
    .selectFrom('slugs')
    .select('was_public')
    .where('kind', '=', kind)
    .where('slug', '=', slug)
    .where('owner_id', '=', into)
    .where('is_current', '=', 0)
    .executeTakeFirst()
  if (!row) return false
  tx.run(tx.deleteFrom('slugs').where('kind', '=', kind).where('slug', '=', slug))
  return Boolean(row.was_public)
}

/** What an event says of something that was merged, and whose names lead to the other since, or no longer. */
type Merged = { into?: string; formerSlugs?: FormerSlug[]; wasPublic?: boolean }

/** Takes from what a thing was merged into that the set had made the names that lead there: before there were none. */
async function takeBackMerged(tx: Write, kind: MergedKind, { id, changes }: Changed): Promise<void> {
  const ended = changes.find(({ type }) => type === `${kind}.merged`)
  const kept = await lastRevisionOfName(tx.read, id)
  if (!ended || !kept) return
  const document = JSON.parse(kept.document)
  const { into: first, formerSlugs = [] } = JSON.parse(ended.data) as Merged & { into: string }
  const into = await mergedIntoNow(tx.read, kind, document.slug, first)
  const held = await slugOwner(tx.read, kind, document.slug)
  if (held?.owner_id !== into || held.is_current) return
  const wasPublic = await takeBackNames(tx, kind, document, into)
  for (const { slug } of formerSlugs)
    tx.run(tx.deleteFrom('slugs').where('kind', '=', kind).where('slug', '=', slug).where('owner_id', '=', into).where('is_current', '=', 0))
  const data: Merged = { into, wasPublic, formerSlugs }
  const revision: [number, null] = [document.revision, null]
  if (kind === 'author') tx.append({ type: 'author.deleted', subject: { type: 'author', id }, data, revision })
  else tx.append({ type: 'topic.deleted', subject: { type: 'topic', id }, data, revision })
}

/** Lets the names of something that was merged lead to the other again. */
async function mergeAgain(
  tx: Write,
  kind: MergedKind,
  { id, changes: [first] }: Changed,
  document: State,
  { formerSlugs = [], wasPublic = false }: Merged,
): Promise<void> {
  const into = await mergedInto(tx.read, kind, id, first?.seq ?? 0)
  if (into === null) throw new KeptError('what it was merged into is gone')
  const { slug, externalId, revision } = document as State & { slug: string; externalId: string | null }
  const names = [{ slug, wasPublic }, ...formerSlugs, ...(externalId === null ? [] : [{ slug: formerExternal(externalId), wasPublic }])]
  await giveBackSlugs(tx, kind, into, names, null)
  appendMerged(tx, kind, { id, revision }, into, { formerSlugs })
}

/** Brings back the words of a list: those that editors had, and where the public got others those that it had. */
async function revertList(tx: Write, changed: Changed, document: State): Promise<void> {
  await revertListWords(tx, changed, document)
  const said = changed.changes.map(({ type, data }) => ({ type, was: (JSON.parse(data) as { was?: ListPlan | null }).was }))
  const planned = said.find(({ type, was }) => was !== undefined || type === 'highlight-list.scheduled')
  const list = planned && (await loadFreestanding(tx.read, changed.id))
  if (!planned || !list) return
  const plan = planned.was ?? null
  const isOver = plan !== null && plan.at <= tx.now
  if (isOver && planned.type !== 'highlight-list.deleted') throw new KeptError(`it was planned for ${plan.at}, which is over`)
  await planFreestanding(tx, list, isOver ? null : plan)
}

async function revertListWords(tx: Write, { id, changes }: Changed, document: State): Promise<void> {
  const [first] = changes
  if (changes.some(isPublicListChange)) {
    const revision = await publicListBefore(tx.read, id, first?.seq ?? 0)
    const kept = revision === null ? undefined : await revisionOfName(tx.read, id, revision)
    if (!kept) throw new KeptError('it was not public before, and a list can’t be taken down')
    await restoreName(tx, 'highlight-list', JSON.parse(kept.document))
    if (revision === document.revision) return
  }
  await restoreName(tx, 'highlight-list', document, { publishes: false })
}

/** Makes an author, a topic, a freestanding list or the site again what it was. @param sets the set that is reverted, and the one of the reverting changes @throws KeptError where it can't be that */
export async function revertName(tx: Write, changed: Changed, sets: readonly string[]): Promise<void> {
  const { id } = changed
  const kind = changed.kind as NameKind
  if (kind !== 'site' && isMade(changed)) return removeName(tx, kind, changed)
  const revision = revisionBefore(changed)
  const kept = revision === null ? await lastRevisionOfName(tx.read, id) : await revisionOfName(tx.read, id, revision)
  if (!kept) throw new KeptError('what it was before is not kept')
  const document = JSON.parse(kept.document)
  if (kind === 'site') return restoreName(tx, kind, document)
  const [deleted] = changed.changes
  const merged = (deleted?.type === `${kind}.deleted` ? JSON.parse(deleted.data) : {}) as Merged
  if (kind !== 'highlight-list' && merged.into !== undefined) return mergeAgain(tx, kind, changed, document, merged)
  const ended = changed.changes.find(({ type }) => type === `${kind}.merged` || type === `${kind}.deleted`)
  const { into: first = null, formerSlugs = [] } = JSON.parse(ended?.data ?? '{}') as { into?: string; formerSlugs?: FormerSlug[] }
  const into = first && (await mergedIntoNow(tx.read, kind, document.slug, first))
  const wasPublic = into !== null && (await takeBackNames(tx, kind, document, into))
  if (ended && into === null) await takeBackSlug(tx, kind, document.slug, sets)
  if (kind === 'highlight-list') await revertList(tx, changed, document)
  else await restoreName(tx, kind, document, { isWhole: true })
  await giveBackSlugs(tx, kind, id, formerSlugs, into)
  if (wasPublic) markSlugPublic(tx, kind, document.slug)
}
