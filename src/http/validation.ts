import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { nearest } from '../copy/nearest.ts'
import { addAll } from '../database/values.ts'
import { asUri, formats } from './formats.ts'
import { badRequest, type Fault, mostFaults, pointerKey } from './problems.ts'
import type { Named } from './schemas.ts'
import { suggested } from './suggestions.ts'

/** Checks values against one schema. @returns Ajv's errors: none where all is well, else those of at least a hundred faults, if there are */
export type Check = { schema: TSchema; errors: (value: unknown) => readonly ErrorObject[] }

/** Makes the check of a schema, known by its name or not; it is compiled when first used. */
export type Validator = (schema: TSchema) => Check

function ajvWith(allErrors: boolean, shared: readonly Named[]): Ajv {
  const ajv = new Ajv({ allErrors, discriminator: true, verbose: true, strict: false, ownProperties: true, meta: false, validateSchema: false })
  addFormats.default(ajv, ['uuid', 'email'])
  for (const [name, isOfIt] of Object.entries(formats)) ajv.addFormat(name, isOfIt)
  // Bounds say what these mean.
  for (const name of ['int32', 'int64']) ajv.addFormat(name, true)
  ajv.addKeyword({ keyword: 'x-encoded', type: 'string', modifying: true, validate: encode })
  for (const schema of shared) ajv.addSchema(schema)
  return ajv
}

/** Puts a URI (RFC 3986) in the place of an address that was written as browsers show it. */
function encode(
  _isOn: boolean,
  text: string,
  _schema?: unknown,
  place?: { parentData: Record<string, unknown>; parentDataProperty: string | number },
): boolean {
  if (place && formats['web-address']?.(text)) place.parentData[place.parentDataProperty] = asUri(text)
  return true
}

// Arrays and objects of which faults are looked for: no schema lets an array have more, and so much is looked at in all.
const [longestLooked, mostLooked] = [1001, 5000]

/**
 * What is looked at of a value to find its faults: level by level, the beginnings of its arrays and objects. Ajv takes the square of
 * the faults' number to collect them.
 * @param known names of properties that no object loses, so that none seems to be missing
 */
function beginningOf(value: unknown, known: ReadonlySet<string>): unknown {
  let left = mostLooked
  const trimmed = (whole: unknown): unknown => {
    if (typeof whole !== 'object' || whole === null) return whole
    const most = Math.max(0, Math.min(longestLooked, left))
    if (Array.isArray(whole)) {
      left -= Math.min(whole.length, most)
      return whole.slice(0, most)
    }
    let unknown = 0
    const entries = Object.entries(whole).filter(([name]) => known.has(name) || unknown++ < Math.min(most, 2 * mostFaults))
    left -= entries.length
    return Object.fromEntries(entries)
  }
  const root = trimmed(value)
  const open = [root]
  for (const holder of open) {
    if (typeof holder !== 'object' || holder === null) continue
    for (const [key, inner] of Object.entries(holder)) {
      if (typeof inner !== 'object' || inner === null) continue
      const beginning = trimmed(inner)
      Object.defineProperty(holder, key, { value: beginning, enumerable: true, writable: true, configurable: true })
      open.push(beginning)
    }
  }
  return root
}

function namesIn(schema: unknown, names: Set<string>): Set<string> {
  if (typeof schema !== 'object' || schema === null) return names
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(inner as object)) names.add(name)
    namesIn(inner, names)
  }
  return names
}

/** The one validator of everything that comes in; it changes nothing that it looks at, but for addresses (`x-encoded`). */
export function createValidator(shared: Named[]): Validator {
  // Nearly all that comes in is right; for what isn't all faults are listed.
  const quick = ajvWith(false, shared)
  let thorough: Ajv | undefined
  let names: Set<string> | undefined
  const checks = new Map<unknown, Check>()

  function made(schema: TSchema): Check {
    const { $id, ...rest } = schema as { $id?: string }
    // A named schema is known already, by its name.
    const source = $id ? { $ref: `${$id}#` } : rest
    let isRight: ValidateFunction | undefined
    let all: ValidateFunction | undefined
    return {
      schema,
      errors(value) {
        isRight ??= quick.compile(source)
        if (isRight(value)) return []
        const first = isRight.errors ?? []
        thorough ??= ajvWith(true, shared)
        all ??= thorough.compile(source)
        names ??= namesIn([shared, source], new Set())
        return all(beginningOf(value, names)) ? first : (all.errors ?? first)
      },
    }
  }

  return (schema) => {
    const key = (schema as { $id?: string }).$id ?? schema
    let check = checks.get(key)
    if (!check) {
      check = made(schema)
      checks.set(key, check)
    }
    return check
  }
}

const formatMessages: Record<string, string> = {
  'site-path': 'must be a path from / on, such as /2014/05/story.html?p=7, without a host, a fragment, white space or a backslash',
  'web-address': 'must be an absolute http or https URL without user or password, or a path of the site from / on',
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  'date-time': 'must be a time of RFC 3339 with an offset, such as 2026-05-01T09:30:00Z',
  uri: 'must be an absolute http or https URL without user or password',
  language: 'must be a BCP 47 language tag, such as en or pt-BR',
  slug: 'must not have the form of a UUID',
  'change-set': 'must not end with .revert, as only the name of what reverts a set does',
  line: 'must be one line without control characters',
  visible: 'must not be blank',
  'visible-line': 'must be one line without control characters, and not blank',
  title: 'must be one line without control characters or bidi overrides',
  name: 'must be one line without control characters or bidi overrides, and not blank',
}

function suggestion(given: unknown, known: readonly unknown[]): { suggestion?: string } {
  const near = typeof given === 'string' ? nearest(given, known.map(String)) : undefined
  return near === undefined ? {} : { suggestion: near }
}

const longestShape = 200

/** What a text or a list is meant to be instead, where that is an object or a list: by its name, else by the schema's example. */
function shapeOf(schema: ErrorObject['parentSchema'], data: unknown): string {
  if (typeof data === 'object' && data !== null && !Array.isArray(data) && schema?.type !== 'array') return ''
  const isNamed = typeof data === 'string' && schema?.properties?.name !== undefined
  const shape = isNamed ? { name: data } : schema?.type === 'object' || schema?.type === 'array' ? schema.examples?.[0] : undefined
  const text = shape === undefined ? '' : JSON.stringify(shape)
  return text === '' || text.length > longestShape ? '' : `, such as ${text}`
}

type Place = (path: string) => { pointer: string } | { parameter: string } | { header: string }

function faultOf({ keyword, params, parentSchema, data, message = 'is wrong' }: ErrorObject, at: string, place: Place): Fault {
  const fault = (code: Fault['code'], text: string, more: { suggestion?: string } = {}): Fault => ({ ...place(at), code, message: text, ...more })
  switch (keyword) {
    case 'required':
      return fault('required', 'is required')
    case 'additionalProperties': {
      const meant = suggested(params.additionalProperty, Object.keys(parentSchema?.properties ?? {}))
      return fault('unknown', 'is not known here', meant === undefined ? {} : { suggestion: meant })
    }
    case 'discriminator': {
      const tags = (parentSchema?.['x-tags'] ?? []) as string[]
      if (params.tagValue === undefined) return fault('required', 'is required')
      return fault('value', `must be one of ${tags.join(', ')}`, suggestion(params.tagValue, tags))
    }
    case 'enum':
      return fault('value', `must be one of ${params.allowedValues.join(', ')}`, suggestion(data, params.allowedValues))
    case 'const':
      return fault('value', `must be ${JSON.stringify(params.allowedValue)}`)
    case 'type':
      return fault('type', `must be ${[params.type].flat().join(' or ')}${shapeOf(parentSchema, data)}`)
    case 'format':
      return fault('format', formatMessages[params.format] ?? message)
    case 'pattern':
      return fault('format', params.pattern === '\\S' ? 'must not be blank' : `must match ${params.pattern}`)
    case 'minimum':
    case 'maximum':
      return fault('range', message)
    case 'uniqueItems':
      return fault('duplicate', 'is there twice')
    default:
      return fault('length', message.replace('must NOT have more than', 'must have at most').replace('must NOT have fewer than', 'must have at least'))
  }
}

/**
 * Turns Ajv's errors into faults, of which the first hundred are made. A value that may also be null fails both branches of its
 * union: what is said of the null branch, and of the union itself, helps nobody and is left out.
 */
function faultsOf(errors: readonly ErrorObject[], place: Place): Fault[] {
  const unions = new Set<string>()
  // What is a list of a union that takes one is wrong in what it holds.
  const lists = new Set<string>()
  // Of a union of a type and of words the words say more.
  const words = new Map<string, ErrorObject>()
  for (const error of errors) {
    if (error.keyword === 'anyOf') {
      unions.add(error.instancePath)
      if (Array.isArray(error.data) && (error.schema as { type?: string }[]).some(({ type }) => type === 'array')) lists.add(error.instancePath)
    }
    if (error.keyword === 'enum' && typeof error.data === 'string') words.set(error.instancePath, error)
  }
  const faults: Fault[] = []
  // One fault a place: what else is said of it follows from the first.
  const seen = new Set<string>()
  for (const error of errors) {
    if (faults.length >= mostFaults) break
    const { keyword, instancePath, params } = error
    if (keyword === 'anyOf') continue
    if (keyword === 'type' && ((params.type === 'null' && unions.has(instancePath)) || lists.has(instancePath))) continue
    const at = placeOf(error)
    if (seen.has(at)) continue
    seen.add(at)
    const named = keyword === 'type' && unions.has(instancePath) ? words.get(instancePath) : undefined
    const fault = faultOf(named ?? error, at, place)
    faults.push(named ? { ...fault, message: `must be ${params.type}, or ${named.params.allowedValues.join(', ')}` } : fault)
  }
  return faults
}

/** The path of the place that an error is about. */
function placeOf({ keyword, params, instancePath }: ErrorObject): string {
  if (keyword === 'required') return `${instancePath}/${pointerKey(params.missingProperty)}`
  if (keyword === 'additionalProperties') return `${instancePath}/${pointerKey(params.additionalProperty)}`
  if (keyword === 'discriminator') return `${instancePath}/${params.tag}`
  return keyword === 'uniqueItems' ? `${instancePath}/${Math.max(params.i, params.j)}` : instancePath
}

/** The faults of a body, with pointers. */
export function bodyFaults(check: Check, body: unknown): Fault[] {
  return faultsOf(check.errors(body), (path) => ({ pointer: path }))
}

/** Splits a JSON Pointer's first key off. */
function firstKey(path: string): string {
  return (path.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
}

export type ParameterSchema = TSchema & { properties: Record<string, { type?: string; items?: unknown; anyOf?: { type?: string }[] }>; required?: string[] }

/** Reads one text as what its schema says; a text that isn't one stays a text, and validation says so. */
function coerced(text: string, type: string | undefined): unknown {
  if (type === 'integer' && /^-?(0|[1-9]\d*)$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/**
 * Checks a query (each name with its values, in order) against the schema of its parameters: one that isn't an array may
 * come once. `values` holds what the texts mean.
 */
export function queryFaults(check: Check, query: Record<string, string[]>): { values: Record<string, unknown>; faults: Fault[] } {
  const schema = check.schema as ParameterSchema
  const faults: Fault[] = []
  // Names come from outside, and may be `__proto__`.
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, texts] of Object.entries(query)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    if (property?.type === 'array') values[name] = texts
    else if (texts.length > 1 && property) faults.push({ parameter: name, code: 'duplicate', message: 'may be given once' })
    else values[name] = coerced(texts[0] ?? '', property?.type ?? (property?.anyOf?.some(({ type }) => type === 'boolean') ? 'boolean' : undefined))
  }
  addAll(
    faults,
    faultsOf(check.errors(values), (path) => ({ parameter: firstKey(path) })),
  )
  return { values, faults: faults.slice(0, mostFaults) }
}

/** The faults of the headers that a route knows; others are none of its business. */
export function headerFaults(check: Check, headers: Record<string, unknown>): Fault[] {
  const names = Object.keys((check.schema as ParameterSchema).properties)
  const known = Object.fromEntries(names.flatMap((name) => (headers[name.toLowerCase()] === undefined ? [] : [[name, headers[name.toLowerCase()]]])))
  return faultsOf(check.errors(known), (path) => ({ header: firstKey(path) }))
}

/** Throws a 400 when there is any fault. */
export function refuse(faults: Fault[]): void {
  if (faults.length > 0) throw badRequest(faults)
}
