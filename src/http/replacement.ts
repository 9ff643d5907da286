import type { FastifyRequest } from 'fastify'
import { depthFaults, jsonSize, tooLarge } from './body.ts'
import { requireMatch } from './conditional.ts'
import { noteFaults } from './faults.ts'
import { mediaTypeOf } from './media-types.ts'
import { jsonPatch, mergePatch, type Operation } from './patches.ts'
import type { Named } from './schemas.ts'
import { bodyFaults, refuse } from './validation.ts'

/** What a PUT or PATCH wants a resource to be. */
export type Replacement<T> = {
  input: T
  /** A PUT keeps some of what it leaves out; what a patch removes takes its default. */
  isPatch: boolean
  /** Whether the request itself speaks of a property. */
  names: (property: string) => boolean
}

const touches = (operations: Operation[], property: string) =>
  operations.some(
    ({ op, path, from }) =>
      op !== 'test' && [path, op === 'move' ? (from ?? '') : ''].some((pointer) => pointer === `/${property}` || pointer.startsWith(`/${property}/`)),
  )

function patched(request: FastifyRequest, current: { revision: number }): { result: unknown; names: (property: string) => boolean } {
  const { body } = request
  if (mediaTypeOf(request) !== 'application/json-patch+json') {
    const patch = body as Record<string, unknown>
    requireMatch(request, current.revision, patch.revision)
    return { result: mergePatch(current, patch), names: (property) => Object.hasOwn(patch, property) }
  }
  const operations = body as Operation[]
  const namesRevision = operations.some(({ path }) => path === '/revision')
  requireMatch(request, current.revision, namesRevision ? current.revision : undefined)
  const result = jsonPatch(current, operations, request.bodyLimit)
  const revision = (result as { revision?: unknown } | null)?.revision
  if (typeof revision === 'number') requireMatch(request, current.revision, revision)
  return { result, names: (property) => operations.some(({ path }) => path === '') || touches(operations, property) }
}

const transforms = new WeakMap<FastifyRequest, (current: object) => object>()

/** Lets a request be a PATCH by what makes of the resource what it is to be, rather than by a body. */
export function patchBy(request: FastifyRequest, transform: (current: object) => object): void {
  transforms.set(request, transform)
}

function transformed(current: object, transform: (current: object) => object): ReturnType<typeof patched> {
  const result = transform(current) as Record<string, unknown>
  return { result, names: (property) => result[property] !== (current as Record<string, unknown>)[property] }
}

/**
 * Reads a PUT or PATCH against what the resource is now, as `GET` with `copy=working` gives it.
 * @throws Problem 412 or 428 by its precondition, 409 for a patch that doesn't fit, 413 and 400 for what it would make.
 */
export function replacementFrom<T>(request: FastifyRequest, current: { revision: number }, schema: Named): Replacement<T> {
  if (request.method !== 'PATCH') {
    const body = request.body as Record<string, unknown>
    requireMatch(request, current.revision, body.revision)
    return { input: body as T, isPatch: false, names: (property) => Object.hasOwn(body, property) }
  }
  const transform = transforms.get(request)
  const { result, names } = transform ? transformed(current, transform) : patched(request, current)
  refuse(depthFaults(result))
  if (jsonSize(result) > request.bodyLimit) throw tooLarge(request.bodyLimit, 'What the patch would make')
  const faults = bodyFaults(request.server.validator(schema), result)
  if (faults.some((fault) => 'pointer' in fault && fault.pointer === '')) refuse(faults)
  return { input: noteFaults(request, faults, result) as T, isPatch: true, names }
}
