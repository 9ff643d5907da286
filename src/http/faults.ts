import type { FastifyRequest } from 'fastify'
import { badRequest, type Fault, Problem } from './problems.ts'

type Holder = Record<string, unknown>

/**
 * Takes out of a body what a fault is about, so that the rest can still be looked at: a property at the top, or one of an
 * element of an array there.
 */
function prune(body: unknown, pointer: string): void {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const [first, index, property] = keys
  if (typeof body !== 'object' || body === null || first === undefined) return
  const value = (body as Holder)[first]
  const element = Array.isArray(value) ? value[Number(index)] : undefined
  if (property !== undefined && typeof element === 'object' && element !== null) delete (element as Holder)[property]
  else delete (body as Holder)[first]
}

/** Notes faults of a request that is to be looked at to the end, so that all are listed at once; it fails whatever follows. */
export function noteFaults(request: FastifyRequest, faults: readonly Fault[], body?: unknown): void {
  request.faults.push(...faults)
  for (const fault of faults) if ('pointer' in fault) prune(body, fault.pointer)
}

const placeOf = ({ code: _, message: __, suggestion: ___, ...place }: Fault) => JSON.stringify(place)

/** Whether a fault says more than what is known: it is at another place, and doesn't come of what was taken out. */
function isNews(known: readonly Fault[], fault: Fault): boolean {
  if (known.some((other) => placeOf(other) === placeOf(fault))) return false
  return !('pointer' in fault && known.some((other) => 'pointer' in other && other.pointer.startsWith(`${fault.pointer}/`)))
}

/** Runs a check; faults that it throws are noted. @returns undefined then */
export function noting<T>(request: FastifyRequest, check: () => T): T | undefined {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'bad-request') throw error
    request.faults.push(...(error.extras.errors ?? []).filter((fault) => isNews(request.faults, fault)))
    return undefined
  }
}

function all({ faults }: FastifyRequest, more: readonly Fault[]): Problem {
  return badRequest(...faults, ...more.filter((fault) => isNews(faults, fault)))
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
