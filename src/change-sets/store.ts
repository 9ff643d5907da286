import { sql } from 'kysely'
import type { Read } from '../database/engine.ts'
import { fetchPage, type PageRequest, type Rows } from '../database/pages.ts'
import type { ChangeSetTable, EventTable } from '../database/tables.ts'
import { groupBy, inPieces } from '../database/values.ts'
import { isInForce, type Lineage } from './lineage.ts'

/** A change set as lists show it; its `id` is its name. */
export const rowOf = ({ name, created_at, updated_at, events }: ChangeSetTable) => ({ id: name, name, createdAt: created_at, updatedAt: updated_at, events })

const columns: Record<string, 'created_at' | 'updated_at' | 'name'> = { createdAt: 'created_at', updatedAt: 'updated_at', id: 'name' }

/** A page of change sets. */
export async function pageOfChangeSets(read: Read, page: PageRequest): Promise<Rows<ReturnType<typeof rowOf>>> {
  const found = await fetchPage(read.selectFrom('change_sets'), columns[page.sort.name] ?? 'updated_at', 'name', page)
  const names = found.data.map(({ id }) => id)
  const rows = names.length > 0 ? await read.selectFrom('change_sets').selectAll().where('name', 'in', names).execute() : []
  const byName = new Map(rows.map((row) => [row.name, rowOf(row)]))
  return { ...found, data: names.flatMap((name) => byName.get(name) ?? []) }
}

/** A change set, if there is one of this name. */
export async function loadChangeSet(read: Read, name: string): Promise<ChangeSetTable | undefined> {
  return read.selectFrom('change_sets').selectAll().where('name', '=', name).executeTakeFirst()
}

/** Who made the changes of a set, and how many there are of each type and in all. */
export async function summaryOf(read: Read, name: string) {
  const own = () => read.selectFrom('events').where('change_set', '=', name)
  const types = await own()
    .select(['type', sql<number>`count(*)`.as('count')])
    .groupBy('type')
    .orderBy('type')
    .execute()
  const actors = await own()
    .select(['actor', ({ fn }) => fn.min('seq').as('first')])
    .where('actor', 'is not', null)
    .groupBy('actor')
    .orderBy('first')
    .execute()
  const { resources } = await eventsOfWholes(read)
    .select(sql<number>`count(distinct subject_id)`.as('resources'))
    .where('change_set', '=', name)
    .executeTakeFirstOrThrow()
  return {
    resources: Number(resources),
    actors: actors.map(({ actor }) => JSON.parse(actor as string)),
    types: Object.fromEntries(types.map(({ type, count }) => [type, Number(count)])),
  }
}

export type LoggedChange = Pick<EventTable, 'type' | 'at' | 'data' | 'revision_before'> & { seq: number }

/** What a set changed of one thing, in order. */
export type Changed = { kind: string; id: string; changes: LoggedChange[] }

/** Whether a set made a thing. */
export const isMade = ({ changes: [first] }: Changed): boolean => first?.revision_before === null

/** The revision of before all changes. */
export const revisionBefore = ({ changes }: Changed): number | null => changes.find(({ revision_before }) => revision_before !== null)?.revision_before ?? null

const columnsOfLog = ['seq', 'type', 'subject_type', 'subject_id', 'at', 'data', 'revision_before', 'change_set'] as const

type LoggedRow = Omit<Pick<EventTable, (typeof columnsOfLog)[number]>, 'seq'> & { seq: number }

/** Events, but those of parts: what changes a part changes the article, and says so. */
const eventsOfWholes = (read: Read) =>
  read.selectFrom('events').where((where) => where.or([where('article_id', 'is', null), where('subject_type', 'not in', ['section', 'highlight-list'])]))

/**
 * What of a thing's changes is to be undone: since the set was last taken back and then used again, what it did before that is over.
 * @param changes by the set and its family, in order
 * @param since where the set reverts another: when that was last written to
 */
function lastRound(changes: readonly LoggedRow[], name: string, lineage: Lineage, since: number): LoggedRow[] {
  const isOwnState = (changeSet: string | null) => isInForce(lineage.of(changeSet ?? '')) === isInForce(lineage.of(name))
  const own = changes.filter(({ change_set, seq }) => change_set === name && seq > since)
  const last = own.at(-1)
  const takenBack = changes.findLastIndex(({ change_set, seq }) => last && seq < last.seq && !isOwnState(change_set))
  // Of what reverts another set, what is between is told by when that was written to.
  return takenBack === -1 || since > 0 ? own : changes.slice(takenBack + 1)
}

/** The last change of the set that one of these names reverts, by its number; 0 where it reverts none. */
async function lastWritten(read: Read, name: string, lineage: Lineage): Promise<number> {
  const { root } = lineage.of(name)
  if (root === name) return 0
  const row = await read.selectFrom('events').select('seq').where('change_set', '=', root).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.seq ?? 0
}

/** What a set changed, by ids, the last changed first. */
export async function idsIn(read: Read, name: string): Promise<string[]> {
  const { max } = read.fn
  const query = eventsOfWholes(read)
    .select(['subject_id', max('seq').as('last')])
    .where('change_set', '=', name)
  const rows = await query.groupBy('subject_id').orderBy('last', 'desc').execute()
  return rows.map(({ subject_id }) => subject_id)
}

/** What a set changed of some things, in their order; parts of articles are the article's. Those of which nothing is to be undone are left out. */
export async function changedIn(read: Read, name: string, lineage: Lineage, ids: readonly string[]): Promise<Changed[]> {
  const since = await lastWritten(read, name, lineage)
  return inPieces(ids, async (piece): Promise<Changed[]> => {
    const query = eventsOfWholes(read).select(columnsOfLog).where('subject_id', 'in', piece)
    // An expression, so that they are found by their subjects: a set may have very many.
    const rows = await query.where(sql`coalesce(change_set, '')`, 'in', lineage.family(name)).orderBy('seq').execute()
    const byId = groupBy(rows, ({ subject_id }) => subject_id)
    return piece.flatMap((id) => {
      const own = byId.get(id) ?? []
      const changes = lastRound(own, name, lineage, since)
      return changes.length > 0 ? [{ kind: own[0]?.subject_type as string, id, changes }] : []
    })
  })
}

type Other = Pick<EventTable, 'type' | 'actor' | 'at' | 'change_set'>

// So many changes of one thing are looked through.
const mostOthers = 1000

/**
 * The last change of a thing since its first one in a set that stands in the way: of nobody's set, or of another one that wasn't
 * reverted. What was done and undone since then leaves the thing as it was.
 */
export async function othersSince(read: Read, id: string, first: number, name: string, lineage: Lineage): Promise<Other | undefined> {
  const rows = await read
    .selectFrom('events')
    .select(['type', 'actor', 'at', 'change_set'])
    .where('subject_id', '=', id)
    .where('seq', '>', first)
    .where((where) => where.or([where('change_set', 'is', null), where('change_set', 'not in', lineage.family(name))]))
    .orderBy('seq', 'desc')
    .limit(mostOthers)
    .execute()
  if (rows.length === mostOthers) return rows[0]
  const sets = groupBy(
    rows.flatMap(({ change_set }) => (change_set === null ? [] : [lineage.of(change_set)])),
    ({ root }) => root,
  )
  const isUndone = (changeSet: string) => {
    const own = sets.get(lineage.of(changeSet).root) ?? []
    const [last, first] = [own[0], own.at(-1)]
    // The last change comes first: a set is in force after it, or not, and was before the first one what that isn’t.
    return last !== undefined && first !== undefined && isInForce(last) !== isInForce(first)
  }
  return rows.find(({ change_set }) => change_set === null || !isUndone(change_set))
}

/** Whether a thing was changed in one of some sets. */
export async function isChangedIn(read: Read, id: string, names: readonly string[]): Promise<boolean> {
  const query = read.selectFrom('events').select('seq').where('subject_id', '=', id).where('change_set', 'in', names).limit(1)
  return (await query.executeTakeFirst()) !== undefined
}

/** Whether what a set changed of a thing was reverted, and not brought back since. @param first the number of its first change in the set */
export async function isReverted(read: Read, id: string, first: number, name: string, lineage: Lineage): Promise<boolean> {
  const since = read.selectFrom('events').select('change_set').where('subject_id', '=', id).where('seq', '>=', first).orderBy('seq', 'desc').limit(1)
  const families = lineage.family(name)
  const row = await since.where('change_set', 'in', families).executeTakeFirst()
  const latest = await since.executeTakeFirst()
  // Another set may have reverted the reverting one, under a name of its own: that is for the others to say.
  if (latest?.change_set && !families.includes(latest.change_set)) return false
  return isInForce(lineage.of(row?.change_set ?? name)) !== isInForce(lineage.of(name))
}

const publicTypes = ['article.published', 'article.unpublished', 'article.trashed']

// So often something that isn’t public goes to the trash and comes back, at the most.
const mostTrashed = 100

/** The last event before a number that decided whether, and why not, the public has an article, if it is in the log. */
export async function publicEventBefore(read: Read, id: string, seq: number) {
  const rows = await read
    .selectFrom('events')
    .select(['type', 'data'])
    .where('subject_id', '=', id)
    .where('seq', '<', seq)
    .where('type', 'in', publicTypes)
    .orderBy('seq', 'desc')
    .limit(mostTrashed)
    .execute()
  // What was taken down already says in the trash what it said before.
  return rows.find(({ type, data }) => type !== 'article.trashed' || (JSON.parse(data) as { wasPublic?: boolean }).wasPublic) ?? rows[0]
}

/** The number of the last edition that was published before an event; undefined where none is in the log. */
export async function editionPublishedBefore(read: Read, id: string, seq: number): Promise<number | undefined> {
  const query = read.selectFrom('events').select('data').where('subject_id', '=', id).where('seq', '<', seq)
  // An expression, so that it is found by its subject: very many are of this type.
  const row = await query.where(sql`coalesce(type, '')`, '=', 'article.published').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row && (JSON.parse(row.data) as { edition?: number }).edition
}

/** What something had been merged into before a number, where that was the last that became of it. */
export async function mergedBefore(read: Read, id: string, seq: number): Promise<string | null> {
  const query = read.selectFrom('events').select(['type', 'data']).where('subject_id', '=', id).where('seq', '<', seq)
  const row = await query.orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.type.endsWith('.merged') ? (JSON.parse(row.data) as { into: string }).into : null
}

/** Whether an event decides what the public has. */
export const isPublicChange = ({ type }: LoggedChange) => publicTypes.includes(type)

/** Whether an event of a freestanding list changed what the public has of it. */
export const isPublicListChange = ({ type, data }: Pick<EventTable, 'type' | 'data'>) =>
  type !== 'highlight-list.scheduled' && (JSON.parse(data) as { copy?: string }).copy !== 'working'

// So many drafts are looked past for what was public before them.
const mostDrafts = 1000

/** The revision of a freestanding list that the public had before a number, if it had one. */
export async function publicListBefore(read: Read, id: string, seq: number): Promise<number | null> {
  const query = read.selectFrom('events').select(['type', 'data', 'revision_after']).where('subject_id', '=', id).where('seq', '<', seq)
  const rows = await query.orderBy('seq', 'desc').limit(mostDrafts).execute()
  const last = rows.find(isPublicListChange)
  // What goes out by a plan may be an earlier one than editors have.
  return last ? ((JSON.parse(last.data) as { revision?: number }).revision ?? last.revision_after) : null
}
