import type { ArticleTable } from '../database/tables.ts'
import { conflict, Problem } from '../http/problems.ts'
import { normalTime } from '../http/validation.ts'
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

/** @throws Problem 409 that carries the embargo, where an article would be published before it. @param at the time of publishing, or null */
export function requireNoEmbargo(embargoUntil: string | null, at: string | null): void {
  if (embargoUntil === null || at === null || at >= embargoUntil) return
  throw new Problem('embargoed', `It is under embargo until ${embargoUntil}.`, { embargoUntil })
}
