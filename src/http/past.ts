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

type Now<T> = { state: T; changedAt: string }

/** What a thing was at a time that has no revision, since it didn’t change while they are kept. @throws Problem 404 where it wasn’t there */
export async function sinceBeforeRevisions<T extends State>(read: Read, { state, changedAt }: Now<T>, at: string): Promise<T> {
  if (changedAt <= at && !(await lastRevisionOfName(read, state.id))) return state
  throw notFound('revision of that time')
}

/** What a thing was at a time, as it was kept then. @param now what it is now, since when @throws Problem 404 where it wasn’t there */
export async function nameAt<T extends State>(read: Read, now: Now<T>, at: string): Promise<T> {
  const row = await nameRevisionAt(read, now.state.id, at)
  return row ? JSON.parse(row.document) : sinceBeforeRevisions(read, now, at)
}
