import type { FastifyRequest } from 'fastify'
import { badRequest, type Fault, mostFaults, Problem, pointerKeys } from './problems.ts'

type Holder = Record<string, unknown>

/**
 * Takes out of a body what a fault is about, so that the rest can still be looked at: a property at the top, or one of an
 * element of an array there.
 */
function prune(body: unknown, pointer: string): void {
  const [first, index, property] = pointerKeys(pointer)
  if (typeof body !== 'object' || body === null || first === undefined) return
  const value = (body as Holder)[first]
  const element = Array.isArray(value) ? value[Number(index)] : undefined
  if (property !== undefined && typeof element === 'object' && element !== null) delete (element as Holder)[property]
  else delete (body as Holder)[first]
}

/**
 * Notes faults of a request that is to be looked at to the end, so that all are listed at once; it fails whatever follows.
 * @returns the body without what is wrong in it: a copy then, since the request may be done a second time
 */
export function noteFaults<T>(request: FastifyRequest, faults: readonly Fault[], body?: T): T {
  addFaults(request, faults)
  const pointers = faults.flatMap((fault) => ('pointer' in fault ? [fault.pointer] : []))
  if (pointers.length === 0) return body as T
  const copy = structuredClone(body)
  for (const pointer of pointers) prune(copy, pointer)
  return copy as T
}

function addFaults(request: FastifyRequest, faults: readonly Fault[]): void {
  for (const fault of faults) if (request.faults.length < mostFaults) request.faults.push(fault)
}

const isSamePlace = (one: Fault, other: Fault) =>
  (['pointer', 'parameter', 'header'] as const).every((kind) => (one as Record<string, unknown>)[kind] === (other as Record<string, unknown>)[kind])

/** Those of some faults that say more than what is known: they are at other places, and don't come of what was taken out. */
function news(known: readonly Fault[], faults: readonly Fault[]): Fault[] {
  return faults
    .slice(0, mostFaults)
    .filter(
      (fault) =>
        !known.some((other) => isSamePlace(other, fault) || ('pointer' in fault && 'pointer' in other && other.pointer.startsWith(`${fault.pointer}/`))),
    )
}

/** Runs a check; faults that it throws are noted. @returns undefined then */
export function noting<T>(request: FastifyRequest, check: () => T): T | undefined {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'bad-request') throw error
    addFaults(request, news(request.faults, error.extras.errors ?? []))
    return undefined
  }
}

/** The same of one that takes its time. */
export async function notingLater<T>(request: FastifyRequest, check: Promise<T>): Promise<T | undefined> {
  try {
    return await check
  } catch (error) {
    return noting(request, () => {
      throw error
    })
  }
}

function all({ faults }: FastifyRequest, more: readonly Fault[]): Problem {
  return badRequest([...faults, ...news(faults, more)])
}

/**
 * Does a request's work. One with noted faults is worked on only to find the rest of them, and always ends as a 400:
 * the caller's transaction is rolled back.
 */
export async function withFaults<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    if (request.faults.length === 0) throw error
    // Whatever else went wrong, went wrong with half a request.
    throw all(request, error instanceof Problem && error.type === 'bad-request' ? (error.extras.errors ?? []) : [])
  }
  if (request.faults.length > 0) throw all(request, [])
  return result
}
