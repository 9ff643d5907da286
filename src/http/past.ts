import type { FastifyRequest } from 'fastify'
import { currentTime } from '../database/clock.ts'
import type { Read } from '../database/engine.ts'
import { lastRevisionOfName, nameRevisionAt, type State } from '../database/name-revisions.ts'
import { noting } from './faults.ts'
import { normalTime } from './formats.ts'
import { badRequest, notFound } from './problems.ts'
import { described, TimeInput } from './schemas.ts'
import Type from './type.ts'

/** Asks for what something was at a time. */
export const atParameter = (description: string) => ({ at: Type.Optional(described(TimeInput, description)) })

/** The time that `at` asks for, as it is stored; undefined where it asks for none. @throws Problem 400 for one to come */
export function timeOfPast(request: FastifyRequest): string | undefined {
  const { at: given } = request.query as { at?: string }
  if (given === undefined) return undefined
  const at = normalTime(given)
  noting(request, () => {
    if (at > currentTime()) throw badRequest({ parameter: 'at', code: 'range', message: 'must not be in the future' })
  })
  return at
}

/**
 * What a thing was at a time, as it was kept then.
 * @param now what it is now, since when @throws Problem 404 where it wasn’t there
 */
export async function nameAt<T extends State>(read: Read, now: { state: T; changedAt: string }, at: string): Promise<T> {
  const row = await nameRevisionAt(read, now.state.id, at)
  if (row) return JSON.parse(row.document)
  // What didn’t change since revisions are kept has none.
  if (now.changedAt <= at && !(await lastRevisionOfName(read, now.state.id))) return now.state
  throw notFound('revision of that time')
}
