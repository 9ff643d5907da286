import type { ArticleTable } from '../../database/tables.ts'
import { normalTime } from '../../http/formats.ts'
import { conflict, type Fault, Problem } from '../../http/problems.ts'
import type { Schedule, ScheduleInput } from './publication-schemas.ts'

export type ScheduleColumns = Pick<
  ArticleTable,
  'publish_at' | 'publish_revision' | 'publish_is_minor' | 'unpublish_at' | 'unpublish_reason' | 'unpublish_notice' | 'scheduled_at'
>

/** The time and manner of what is planned for an article. */
export function scheduleOf(row: ArticleTable): Schedule {
  return {
    publish: row.publish_at === null ? null : { at: row.publish_at, revision: row.publish_revision, minor: Boolean(row.publish_is_minor) },
    unpublish: row.unpublish_at === null ? null : { at: row.unpublish_at, reason: row.unpublish_reason ?? 'editorial', notice: row.unpublish_notice },
  }
}

/** A schedule as its columns. */
export function scheduleColumns({ publish, unpublish }: Schedule): ScheduleColumns {
  const times = [publish?.at, unpublish?.at].filter((time) => time !== undefined).sort()
  return {
    publish_at: publish?.at ?? null,
    publish_revision: publish?.revision ?? null,
    publish_is_minor: publish ? Number(publish.minor) : null,
    unpublish_at: unpublish?.at ?? null,
    unpublish_reason: unpublish?.reason ?? null,
    unpublish_notice: unpublish?.notice ?? null,
    scheduled_at: times[0] ?? null,
  }
}

export const scheduleColumnNames = Object.keys(scheduleColumns({ publish: null, unpublish: null })) as (keyof ScheduleColumns)[]

/** A schedule that came in, with its defaults. */
export function scheduleFrom(input: ScheduleInput | null): Schedule {
  const { publish, unpublish } = input ?? {}
  return {
    publish: publish ? { at: normalTime(publish.at), revision: publish.revision ?? null, minor: publish.minor ?? false } : null,
    unpublish: unpublish ? { at: normalTime(unpublish.at), reason: unpublish.reason ?? 'editorial', notice: unpublish.notice ?? null } : null,
  }
}

/**
 * A time to take down what the public won't have by then is a mistake.
 * @param before what was planned until now @throws Problem 409
 */
export function requireSense(wasPublic: number, columns: ScheduleColumns, before: ScheduleColumns | null): void {
  const { publish_at, unpublish_at } = columns
  if (wasPublic || unpublish_at === null || (publish_at !== null && publish_at < unpublish_at)) return
  if (before && unpublish_at === before.unpublish_at && publish_at === null) return
  throw conflict({ pointer: '/schedule/unpublish/at', code: 'conflict', message: 'comes before it is public: there would be nothing to take down' })
}

/**
 * @throws Problem 409 that carries the embargo, where an article would be published before it
 * @param at the time of publishing, or null @param pointer what in the body is at odds with the other
 * @param isPlanned whether that time is a plan that stands
 */
export function requireNoEmbargo(embargoUntil: string | null, at: string | null, pointer = '/embargoUntil', isPlanned = false): void {
  if (embargoUntil === null || at === null || at >= embargoUntil) return
  const detail = isPlanned
    ? `It is planned to be published at ${at}, before the embargo until ${embargoUntil}: reschedule it, or cancel the plan, first.`
    : `It is under embargo until ${embargoUntil}.`
  const message = isPlanned ? `is after the publication planned for ${at}` : `is before the embargo ends, at ${embargoUntil}`
  throw new Problem('embargoed', detail, { embargoUntil, ...(isPlanned ? { plannedAt: at } : {}), errors: [{ pointer, code: 'conflict', message }] })
}

// Clocks differ, and a request takes its time.
const mostPast = 60_000

/** The fault of a time at which something is to happen that is over a minute past. @param at RFC 3339, UTC, milliseconds */
export function pastFaults(at: string | null | undefined, now: string, pointer: string): Fault[] {
  if (!at || Date.parse(at) >= Date.parse(now) - mostPast) return []
  return [{ pointer, code: 'range', message: 'is over a minute past: leave it out to do it now; publishedAt is the story’s date' }]
}

/** The same of a schedule, as far as it isn't the one that stands. */
export function pastScheduleFaults(columns: ScheduleColumns, row: ScheduleColumns | undefined, now: string): Fault[] {
  const changed = (name: 'publish_at' | 'unpublish_at') => (columns[name] === row?.[name] ? null : columns[name])
  return [...pastFaults(changed('publish_at'), now, '/schedule/publish/at'), ...pastFaults(changed('unpublish_at'), now, '/schedule/unpublish/at')]
}
