import { badRequest, type Fault, Problem, pointerKey } from './problems.ts'

const deepest = 64

/** Throws a 400 where JSON is nested deeper than any parser should follow. */
function refuseDeep(text: string): void {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 92) index++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) {
      if (++depth > deepest) throw badRequest({ pointer: '', code: 'syntax', message: `is nested deeper than ${deepest} levels` })
    } else if (code === 125 || code === 93) depth--
  }
}

function textFault(pointer: string, text: string): Fault[] {
  if (text.includes('\0')) return [{ pointer, code: 'encoding', message: 'must not contain NUL' }]
  return text.isWellFormed() ? [] : [{ pointer, code: 'encoding', message: 'must be well-formed Unicode: it has half of a surrogate pair' }]
}

/** The strings of a value, keys included, that are not well-formed Unicode without NUL. */
export function textFaults(value: unknown, pointer = ''): Fault[] {
  if (typeof value === 'string') return textFault(pointer, value)
  if (Array.isArray(value)) return value.flatMap((item, index) => textFaults(item, `${pointer}/${index}`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const faults = textFault(pointer, key)
    return faults.length > 0 ? faults : textFaults(item, `${pointer}/${pointerKey(key)}`)
  })
}

/** Decodes a body as UTF-8, strictly; a byte order mark is dropped. */
export function decodeText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw badRequest({ pointer: '', code: 'encoding', message: 'is not valid UTF-8' })
  }
}

type Source = { source?: string }

/** Numbers that a double can't keep: they would come back as others. */
function numberFaults(text: string): Fault[] {
  if (!/\d{16}|[eE][+-]?\d{3}/.test(text)) return []
  const isKept = (value: number, { source = '' }: Source) =>
    Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(source.split(/e/i)[0] ?? '')) && (!/^-?\d+$/.test(source) || BigInt(source) === BigInt(value))
  const marked = JSON.parse(text, (_key, value: unknown, context?: Source) => (typeof value === 'number' && !isKept(value, context ?? {}) ? unkept : value))
  return placesOf(marked, unkept).map((pointer) => ({
    pointer,
    code: 'range',
    message: 'is a number that can’t be kept exactly (a double of IEEE 754); send it as a string',
  }))
}

const unkept = Symbol('a number that a double can’t keep')

function placesOf(value: unknown, wanted: symbol, pointer = ''): string[] {
  if (value === wanted) return [pointer]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => placesOf(item, wanted, `${pointer}/${pointerKey(key)}`))
}

/** Reads a JSON body (RFC 8259): UTF-8, at most 64 levels deep, strings well-formed without NUL. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw badRequest({ pointer: '', code: 'required', message: 'a JSON body is required' })
  const text = decodeText(body)
  refuseDeep(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw badRequest({ pointer: '', code: 'syntax', message: `is not JSON: ${(error as Error).message}` })
  }
  const faults = [...textFaults(value), ...numberFaults(text)]
  if (faults.length > 0) throw badRequest(...faults)
  return value
}

/** Reads a plain-text body: UTF-8 without NUL. */
export function parseText(body: Buffer): string {
  const text = decodeText(body)
  const faults = textFaults(text)
  if (faults.length > 0) throw badRequest(...faults)
  return text
}

/** The size of a value as JSON, in bytes of UTF-8. */
export function jsonSize(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}

/** A 413. @param limit the most bytes allowed */
export function tooLarge(limit: number, what = 'The body'): Problem {
  return new Problem('payload-too-large', `${what} is larger than ${limit} bytes.`)
}
