import type { Read } from '../database/engine.ts'
import { externalIdIn, ownersOfAnyKind } from '../database/external-ids.ts'
import type { PageRequest, Rows } from '../database/pages.ts'
import type { EventTable } from '../database/tables.ts'
import { purgedKeys } from '../http/cache-keys.ts'
import type { Condition } from '../http/filters.ts'
import type { Event } from './schemas.ts'
import { subjectOf } from './subject.ts'

type Shown = Event & { id: string }

function eventOf(row: Omit<EventTable, 'seq'> & { seq: number }, pending: (articleId: string) => string): Shown {
  const facts = { ...subjectOf(row), data: JSON.parse(row.data) }
  return {
    id: String(row.seq),
    seq: row.seq,
    type: facts.type,
    subject: facts.subject,
    actor: row.actor === null ? null : JSON.parse(row.actor),
    at: row.at,
    requestId: row.request_id,
    keys: purgedKeys(facts, pending),
    revision: { before: row.revision_before, after: row.revision_after },
    changeSet: row.change_set,
    data: facts.data,
  }
}

/** Which events: each is left out where it asks for nothing. */
export type EventFilters = {
  after?: number | undefined
  before?: number | undefined
  /** Ids, or `ext:` and ids elsewhere, whatever kind of thing has them. */
  subjects: readonly Condition[]
  /** The ids of tokens, or the name of the operator’s. */
  actors: readonly Condition[]
  changeSets: readonly Condition[]
  types: readonly Condition[]
}

/** The ids of what is asked for; what nobody has names no subject. */
async function subjectIds(read: Read, values: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const value of values) {
    const externalId = externalIdIn(value)
    const owners = externalId === null ? [value.toLowerCase()] : await ownersOfAnyKind(read, externalId)
    ids.push(...(owners.length > 0 ? owners : [value]))
  }
  return ids
}

/** A page of events by their number. @param pending the opaque key of an article that isn't shown */
export async function pageOfEvents(
  read: Read,
  { after, before, subjects, actors, changeSets, types }: EventFilters,
  { limit, sort, position, count }: PageRequest,
  pending: (articleId: string) => string,
): Promise<Rows<Shown>> {
  let query = read.selectFrom('events')
  if (after !== undefined) query = query.where('seq', '>', after)
  if (before !== undefined) query = query.where('seq', '<', before)
  for (const { isNone, values } of subjects) query = query.where('subject_id', isNone ? 'not in' : 'in', await subjectIds(read, values))
  // What nobody did by a token, or under a name, is none of those that are left out.
  for (const [column, conditions] of [
    ['actor_id', actors],
    ['change_set', changeSets],
  ] as const)
    for (const { isNone, values } of conditions)
      query = query.where((where) => (isNone ? where.or([where(column, 'not in', values), where(column, 'is', null)]) : where(column, 'in', values)))
  for (const { isNone, values } of types) query = query.where('type', isNone ? 'not in' : 'in', values)
  const isBackward = position?.isBackward ?? false
  const falls = sort.isDescending !== isBackward
  let page = query
  if (position) page = page.where('seq', falls ? '<' : '>', Number(position.value))
  const fetched = await page
    .selectAll()
    .orderBy('seq', falls ? 'desc' : 'asc')
    .limit(limit + 1)
    .execute()
  const data = fetched.slice(0, limit).map((row) => eventOf(row, pending))
  if (isBackward) data.reverse()
  const edge = (event: Event | undefined) => (event ? { value: event.seq, id: String(event.seq) } : position && { value: position.value, id: position.id })
  const hasMore = fetched.length > limit
  const total = count ? Number((await query.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total) : undefined
  return {
    data,
    next: isBackward || hasMore ? edge(data.at(-1)) : null,
    prev: (isBackward ? hasMore : position !== null) ? edge(data[0]) : null,
    ...(total === undefined ? {} : { total }),
  }
}
