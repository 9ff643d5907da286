import type { Read } from '../database/engine.ts'
import type { PageRequest, Rows } from '../database/pages.ts'
import type { EventTable } from '../database/tables.ts'
import type { Event } from './schemas.ts'
import type { EventType } from './types.ts'

type Condition = { isNone: boolean; values: string[] }

function eventOf(row: Omit<EventTable, 'seq'> & { seq: number }): Event & { id: string } {
  return {
    id: String(row.seq),
    seq: row.seq,
    type: row.type as EventType,
    subject: { type: row.subject_type, id: row.subject_id },
    actor: row.actor === null ? null : JSON.parse(row.actor),
    at: row.at,
    requestId: row.request_id,
    data: JSON.parse(row.data),
  }
}

/** A page of events by their number. @param after only those with a greater one */
export async function pageOfEvents(
  read: Read,
  after: number | null,
  types: readonly Condition[],
  { limit, sort, position, count }: PageRequest,
): Promise<Rows<Event & { id: string }>> {
  let query = read.selectFrom('events')
  if (after !== null) query = query.where('seq', '>', after)
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
  const data = fetched.slice(0, limit).map(eventOf)
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
