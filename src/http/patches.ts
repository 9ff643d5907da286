import { isDeepStrictEqual } from 'node:util'
import type { Static } from 'typebox'
import { jsonSize, tooLarge } from './body.ts'
import { badRequest, conflict, type Fault, mostFaults, pointerKey, pointerKeys, quoted } from './problems.ts'
import { Enum, named } from './schemas.ts'
import { suggested } from './suggestions.ts'
import Type from './type.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const JsonPatch = named(
  'JsonPatch',
  Type.Array(
    Type.Object({
      op: Enum(['add', 'remove', 'replace', 'move', 'copy', 'test'], { description: 'What is done there.' }),
      path: Type.String({ maxLength: 20_000, pattern: '^(/([^~/]|~[01])*)*$', description: 'A JSON Pointer (RFC 6901) to what is changed.' }),
      from: Type.Optional(Type.String({ maxLength: 20_000, pattern: '^(/([^~/]|~[01])*)*$', description: 'With `move` and `copy`.' })),
      value: Type.Optional(Type.Unsafe<unknown>({ description: 'With `add`, `replace` and `test`.' })),
    }),
    {
      maxItems: 1000,
      description: 'A JSON Patch (RFC 6902).',
      examples: [
        [
          { op: 'test', path: '/headline', value: 'Old words' },
          { op: 'replace', path: '/headline', value: 'New words' },
        ],
      ],
    },
  ),
)

export type Operation = Static<typeof JsonPatch>[number]

const isObject = (value: unknown): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value)

// A key may be `__proto__`: an assignment would set the prototype instead.
function setKey(object: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Applies a merge patch (RFC 7396) and returns the result; nothing given is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setKey(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value) as Json)
  }
  return result
}

class Missing extends Error {}

function indexOf(list: Json[], key: string, most: number): number {
  if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) > most) throw new Missing(`${quoted(key)} is no position of an array of ${list.length}`)
  return Number(key)
}

function child(value: Json, key: string): Json {
  if (Array.isArray(value)) return value[indexOf(value, key, value.length - 1)] as Json
  if (isObject(value) && Object.hasOwn(value, key)) return value[key] as Json
  throw new Missing(`there is no "${quoted(key)}"`)
}

const find = (document: Json, pointer: string) => pointerKeys(pointer).reduce(child, document)

function edit(document: Json, pointer: string, change: (holder: Json[] | { [key: string]: Json }, key: string) => void): Json {
  const keys = pointerKeys(pointer)
  const last = keys.pop()
  const holder = keys.reduce(child, document)
  if (last === undefined || typeof holder !== 'object' || holder === null) throw new Missing('its parent is no object or array')
  change(holder, last)
  return document
}

function add(document: Json, pointer: string, value: Json): Json {
  if (pointer === '') return value
  return edit(document, pointer, (holder, key) => {
    if (Array.isArray(holder)) holder.splice(key === '-' ? holder.length : indexOf(holder, key, holder.length), 0, value)
    else setKey(holder, key, value)
  })
}

function remove(document: Json, pointer: string): Json {
  if (pointer === '') return null
  find(document, pointer)
  return edit(document, pointer, (holder, key) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  })
}

function replace(document: Json, pointer: string, value: Json): Json {
  if (pointer === '') return value
  find(document, pointer)
  return edit(document, pointer, (holder, key) => {
    if (Array.isArray(holder)) holder[Number(key)] = value
    else setKey(holder, key, value)
  })
}

/** Does one step of a JSON Patch to a document, which it changes; `test` is none. @throws where it doesn't fit */
export function patchStep(document: unknown, { op, path, from = '', value }: Operation): unknown {
  return apply(document as Json, { op, path, from, value })
}

function apply(document: Json, { op, path, from = '', value }: Operation): Json {
  switch (op) {
    case 'add':
      return add(document, path, structuredClone(value as Json))
    case 'remove':
      return remove(document, path)
    case 'replace':
      return replace(document, path, structuredClone(value as Json))
    case 'copy':
      return add(document, path, structuredClone(find(document, from)))
    case 'move': {
      const moved = find(document, from)
      return path === from ? document : add(remove(document, from), path, moved)
    }
    case 'test':
      return document
  }
}

/**
 * What is wrong with a JSON Patch in itself, and what it would make that the resource doesn't have: found before anything is read.
 * @param known the properties of the resource
 * @param formFaults those of the operations' form: such an operation isn't looked at any further
 */
export function patchFaults(operations: readonly Operation[], known: readonly string[], formFaults: readonly Fault[]): Fault[] {
  const faults: Fault[] = []
  const malformed = new Set(formFaults.map((fault) => ('pointer' in fault ? Number(fault.pointer.split('/')[1]) : -1)))
  for (const [index, operation] of operations.entries()) {
    if (faults.length >= mostFaults) break
    // Where there are very many faults, they aren't all known.
    const { op, path, from, ...rest } = Object(operation) as Operation
    if (malformed.has(index) || typeof path !== 'string') continue
    const required = (name: string) => faults.push({ pointer: `/${index}/${name}`, code: 'required', message: `is required with ${op}` })
    if (['move', 'copy'].includes(op) && from === undefined) required('from')
    if (['add', 'replace', 'test'].includes(op) && !('value' in rest)) required('value')
    if (op === 'move' && path.startsWith(`${from}/`)) faults.push({ pointer: `/${index}/path`, code: 'value', message: 'is inside what is moved' })
    // Pointers are into what the patch would make.
    const [key] = pointerKeys(path)
    if (key === undefined || known.includes(key) || !['add', 'move', 'copy'].includes(op)) continue
    const near = suggested(key, known)
    faults.push({ pointer: `/${pointerKey(key)}`, code: 'unknown', message: 'is not known here', ...(near ? { suggestion: near } : {}) })
  }
  return faults
}

function applied(target: unknown, operations: readonly Operation[], limit: number): unknown {
  let document = structuredClone(target) as Json
  // One budget for all copies, and what is removed again doesn't give any back: work is bounded, not only what comes of it.
  let copied = 0
  for (const [index, operation] of operations.entries()) {
    try {
      if (operation.op === 'test' && !isDeepStrictEqual(find(document, operation.path), operation.value))
        throw conflict({ pointer: `/${index}`, code: 'test-failed', message: `${quoted(operation.path) || 'the document'} has another value` })
      if (operation.op === 'copy') copied += jsonSize(find(document, operation.from ?? ''))
      if (copied > limit) throw tooLarge(limit, 'What the patch copies')
      document = apply(document, operation)
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      const place = [...(operation.from === undefined ? [] : [operation.from]), operation.path].map(quoted).join(' or ')
      throw conflict({ pointer: `/${index}`, code: 'missing-path', message: `${place} isn’t there: ${error.message}` })
    }
  }
  return document
}

/**
 * Applies a JSON Patch (RFC 6902) without faults and returns the result; nothing given is changed.
 * @param limit the most bytes that its operations may copy between them, as JSON
 * @throws Problem 413 past that; 409 for a failed `test` or a path that isn't there; 400 where it would nest too deep
 */
export function jsonPatch<T = unknown>(target: T, operations: readonly Operation[], limit: number): T {
  try {
    return applied(target, operations, limit) as T
  } catch (error) {
    // Copies of a value into itself nest deeper than any stack.
    if (error instanceof RangeError) throw badRequest({ pointer: '', code: 'syntax', message: 'would nest deeper than can be followed' })
    throw error
  }
}
