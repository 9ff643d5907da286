import { badRequest, type Fault, mostFaults, Problem, pointerKey } from './problems.ts'

const deepest = 64

/** Where the string of JSON that begins at a quotation mark ends. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === 92) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

/**
 * Goes through JSON before it is parsed.
 * @returns whether it may hold numbers that are too long or too large, and how deep it is nested
 * @throws Problem 400 where that is deeper than any parser should follow
 */
function scan(text: string, most: number): { hasRisky: boolean; levels: number } {
  let depth = 0
  let levels = 0
  let hasRisky = false
  // How long the number is by now, and its exponent.
  let [length, exponent] = [0, -1]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const isDigit = code >= 48 && code <= 57
    // E, e, and the signs + - .
    if (isDigit || code === 101 || code === 69 || (code >= 43 && code <= 46 && code !== 44)) {
      length++
      if (!isDigit && code > 57) exponent = 0
      else if (isDigit && exponent >= 0) exponent++
      if (length > 15 || exponent > 2) hasRisky = true
      continue
    }
    length = 0
    exponent = -1
    if (code === 34) index = endOfString(text, index)
    else if (code === 123 || code === 91) {
      if (++depth > most) throw badRequest({ pointer: '', code: 'syntax', message: tooDeep })
      if (depth > levels) levels = depth
    } else if (code === 125 || code === 93) depth--
  }
  return { hasRisky, levels }
}

/**
 * Goes through a value, keys and all, with a pointer to each place, until `mostFaults` faults were made. Not by recursion: what is
 * asked may be deep, when it comes of a patch.
 */
function faultsIn(value: unknown, faultsAt: (value: unknown, pointer: string, depth: number) => Fault[]): Fault[] {
  const faults: Fault[] = []
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value, pointer: '', depth: 0 }]
  for (let next = open.pop(); next && faults.length < mostFaults; next = open.pop()) {
    const { value, pointer, depth } = next
    const found = faultsAt(value, pointer, depth)
    if (found.length > 0) faults.push(...found)
    if (found.length > 0 || typeof value !== 'object' || value === null) continue
    const keys = Object.keys(value)
    // Backwards, since what is put there last is looked at first.
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] as string
      const child = (value as Record<string, unknown>)[key]
      if ((typeof child === 'string' && isOdd(child)) || (typeof child === 'object' && child !== null))
        open.push({ value: child, pointer: `${pointer}/${pointerKey(key)}`, depth: depth + 1 })
    }
  }
  return faults.slice(0, mostFaults)
}

const isOdd = (text: string) => text.includes('\0') || !text.isWellFormed()

function textFault(pointer: string, text: string): Fault[] {
  if (text.includes('\0')) return [{ pointer, code: 'encoding', message: 'must not contain NUL' }]
  return text.isWellFormed() ? [] : [{ pointer, code: 'encoding', message: 'must be well-formed Unicode: it has half of a surrogate pair' }]
}

function textFaultsAt(value: unknown, pointer: string): Fault[] {
  if (typeof value === 'string') return textFault(pointer, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const odd = Object.keys(value).find(isOdd)
  return odd === undefined ? [] : textFault(pointer, odd)
}

/** The strings of a value, keys included, that are not well-formed Unicode without NUL; at most 100. */
export function textFaults(value: unknown): Fault[] {
  return faultsIn(value, textFaultsAt)
}

const tooDeep = `is nested deeper than ${deepest} levels`

/** Where a value is nested deeper than any reader should have to follow. */
export function depthFaults(value: unknown): Fault[] {
  return faultsIn(value, (inner, pointer, depth) =>
    depth >= deepest && typeof inner === 'object' && inner !== null ? [{ pointer, code: 'syntax', message: tooDeep }] : [],
  ).slice(0, 1)
}

/** Decodes a body as UTF-8, strictly; a byte order mark is dropped. */
export function decodeText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw badRequest({ pointer: '', code: 'encoding', message: 'is not valid UTF-8' })
  }
}

// Strings, which are passed over, and numbers that may be too long or too large: all others are kept as they are.
const RISKY = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}|-?\d+(?:\.\d+)?[eE][+-]?\d{3,}/g

/** Whether a double keeps a number: it would come back as the same one. */
function isKept(source: string): boolean {
  const value = Number(source)
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(source.split(/e/i)[0] ?? ''))) return false
  if (!/^-?\d+$/.test(source)) return true
  // Longer ones can't be, and to read them as whole numbers takes the square of their length.
  return source.length <= 400 && BigInt(source) === BigInt(value)
}

// No string of a body has NUL, so none is this.
const unkept = '\0'

/** Numbers that a double can't keep: they would come back as others. @param text well-formed JSON */
function numberFaults(text: string): Fault[] {
  let count = 0
  const marked = text.replace(RISKY, (token) => {
    if (token.startsWith('"') || count >= mostFaults || isKept(token)) return token
    count++
    return '"\\u0000"'
  })
  if (count === 0) return []
  return faultsIn(JSON.parse(marked), (value, pointer) =>
    value === unkept ? [{ pointer, code: 'range', message: 'is a number that can’t be kept exactly (a double of IEEE 754); send it as a string' }] : [],
  )
}

const faultsByPart = new WeakMap<object, Fault[]>()

/** What is wrong with the body of an operation of a batch as JSON, with pointers into it. */
export const faultsOfPart = (operation: object): Fault[] => faultsByPart.get(operation) ?? []

// So deep a batch is read, to answer each of its operations.
const deepestOfBatches = 4 * deepest

/** Notes what is wrong in bodies of parts at these, which are answered each. @returns whether all of it is */
function noteAtParts(value: unknown, faults: readonly Fault[], isDeep: boolean): boolean {
  const operations = (value as { operations?: unknown } | null)?.operations
  const parts: unknown[] = Array.isArray(operations) ? operations : []
  const note = (part: unknown, own: Fault[]) => {
    if (typeof part === 'object' && part !== null && own.length > 0) faultsByPart.set(part, [...faultsOfPart(part), ...own])
  }
  for (const fault of faults) {
    const [, index, pointer] = ('pointer' in fault && /^\/operations\/(\d+)\/body(\/.*)?$/s.exec(fault.pointer ?? '')) || []
    if (index === undefined || parts.length <= Number(index)) return false
    note(parts[Number(index)], [{ ...fault, pointer: pointer ?? '' }])
  }
  if (isDeep) for (const part of parts) note(part, depthFaults((part as { body?: unknown } | null)?.body))
  return true
}

/**
 * Reads a JSON body (RFC 8259): UTF-8, at most 64 levels deep, strings well-formed without NUL.
 * @param hasParts whether it is a batch: what is wrong with the body of one operation is that one’s, as `faultsOfPart` has it
 */
export function parseJson(body: Buffer, hasParts = false): unknown {
  if (body.length === 0) throw badRequest({ pointer: '', code: 'required', message: 'a JSON body is required' })
  const text = decodeText(body)
  const { hasRisky, levels } = scan(text, hasParts ? deepestOfBatches : deepest)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw badRequest({ pointer: '', code: 'syntax', message: `is not JSON: ${(error as Error).message}` })
  }
  // Of a text that is well-formed, only what is escaped can be NUL or half of a pair.
  const faults = [...(text.includes('\\u') ? textFaults(value) : []), ...(hasRisky ? numberFaults(text) : [])]
  // Of very many some weren’t looked for.
  const isNoted = hasParts && faults.length < mostFaults && noteAtParts(value, faults, levels > deepest)
  if (faults.length > 0 && !isNoted) throw badRequest(faults)
  return value
}

/** Reads a plain-text body: UTF-8 without NUL. */
export function parseText(body: Buffer): string {
  const text = decodeText(body)
  const faults = textFaults(text)
  if (faults.length > 0) throw badRequest(faults)
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
