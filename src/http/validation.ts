import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { isId } from '../database/slugs.ts'
import { nearest } from './nearest.ts'
import { badRequest, type Fault, pointerKey } from './problems.ts'
import type { Named } from './schemas.ts'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A time of RFC 3339 whose day exists, and that still has four digits of year in UTC. */
function isTime(text: string): boolean {
  const match = rfc3339.exec(text)
  if (!match) return false
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number]
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  if (month < 1 || month > 12 || date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return false
  const time = Date.parse(text.replace(/:60/, ':59'))
  // Leap seconds come at the end of a day in UTC.
  if (match[5] === '60' && new Date(time).toISOString().slice(11, 19) !== '23:59:59') return false
  return time >= Date.parse('0001-01-01T00:00:00Z') && time <= Date.parse('9999-12-31T23:59:59.999Z')
}

/** The time that a text valid by `isTime` means, as it is stored: UTC, milliseconds. A leap second is the second before. */
export function normalTime(text: string): string {
  return new Date(text.toUpperCase().replace(/:60/, ':59')).toISOString()
}

function isWebUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#\\]+[^\s\\<>"{}|^`]*$/i.test(text)) return false
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && !/^[^/?#]*@/.test(text.slice(text.indexOf('//') + 2))
}

function isLanguage(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

/** The one validator of everything that comes in; it changes nothing that it looks at. */
export function createValidator(shared: Named[]): Ajv {
  const ajv = new Ajv({ allErrors: true, discriminator: true, verbose: true, strict: false, ownProperties: true, meta: false, validateSchema: false })
  addFormats.default(ajv, ['uuid', 'email'])
  ajv.addFormat('date-time', isTime)
  ajv.addFormat('uri', isWebUrl)
  ajv.addFormat('language', isLanguage)
  ajv.addFormat('slug', (text: string) => !isId(text))
  for (const schema of shared) ajv.addSchema(schema)
  return ajv
}

const formatMessages: Record<string, string> = {
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  'date-time': 'must be a time of RFC 3339 with an offset, such as 2026-05-01T09:30:00Z',
  uri: 'must be an absolute http or https URL without user or password',
  language: 'must be a BCP 47 language tag, such as en or pt-BR',
  slug: 'must not have the form of a UUID',
}

function suggestion(given: unknown, known: readonly unknown[]): { suggestion?: string } {
  const near = nearest(String(given), known.map(String))
  return near === undefined ? {} : { suggestion: near }
}

type Place = (path: string) => { pointer: string } | { parameter: string } | { header: string }

function faultOf(error: ErrorObject, place: Place): Fault {
  const { keyword, params, instancePath, parentSchema, data } = error
  const message = error.message ?? 'is wrong'
  switch (keyword) {
    case 'required':
      return { ...place(`${instancePath}/${pointerKey(params.missingProperty)}`), code: 'required', message: 'is required' }
    case 'additionalProperties': {
      const name: string = params.additionalProperty
      const known = Object.keys(parentSchema?.properties ?? {})
      return { ...place(`${instancePath}/${pointerKey(name)}`), code: 'unknown', message: 'is not known here', ...suggestion(name, known) }
    }
    case 'discriminator': {
      const tags = (parentSchema?.['x-tags'] ?? []) as string[]
      if (params.tagValue === undefined) return { ...place(`${instancePath}/${params.tag}`), code: 'required', message: 'is required' }
      return { ...place(`${instancePath}/${params.tag}`), code: 'value', message: `must be one of ${tags.join(', ')}`, ...suggestion(params.tagValue, tags) }
    }
    case 'enum':
      return { ...place(instancePath), code: 'value', message: `must be one of ${params.allowedValues.join(', ')}`, ...suggestion(data, params.allowedValues) }
    case 'const':
      return { ...place(instancePath), code: 'value', message: `must be ${JSON.stringify(params.allowedValue)}` }
    case 'type':
      return { ...place(instancePath), code: 'type', message: `must be ${[params.type].flat().join(' or ')}` }
    case 'format':
      return { ...place(instancePath), code: 'format', message: formatMessages[params.format] ?? message }
    case 'pattern':
      return { ...place(instancePath), code: 'format', message: params.pattern === '\\S' ? 'must not be blank' : `must match ${params.pattern}` }
    case 'minimum':
    case 'maximum':
      return { ...place(instancePath), code: 'range', message }
    case 'uniqueItems':
      return { ...place(`${instancePath}/${Math.max(params.i, params.j)}`), code: 'duplicate', message: 'is there twice' }
    default:
      return {
        ...place(instancePath),
        code: 'length',
        message: message.replace('must NOT have more than', 'must have at most').replace('must NOT have fewer than', 'must have at least'),
      }
  }
}

/**
 * Turns Ajv's errors into faults. A value that may also be null fails both branches of its union: what is said of
 * the null branch, and of the union itself, helps nobody and is left out.
 */
function faultsOf(errors: ErrorObject[], place: Place): Fault[] {
  const unions = new Set(errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath))
  const telling = errors.filter(
    (error) => error.keyword !== 'anyOf' && !(error.keyword === 'type' && error.params.type === 'null' && unions.has(error.instancePath)),
  )
  const faults = telling.map((error) => faultOf(error, place))
  // One fault a place: what else is said of it follows from the first.
  const seen = new Set<string>()
  return faults.filter(({ code: _, message: __, suggestion: ___, ...at }) => {
    const key = JSON.stringify(at)
    return !seen.has(key) && seen.add(key)
  })
}

/** The faults of a body, with pointers. */
export function bodyFaults(validate: ValidateFunction, body: unknown): Fault[] {
  return validate(body) ? [] : faultsOf(validate.errors ?? [], (path) => ({ pointer: path }))
}

/** Splits a JSON Pointer's first key off. */
function firstKey(path: string): string {
  return (path.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
}

export type ParameterSchema = TSchema & { properties: Record<string, { type?: string; items?: unknown }>; required?: string[] }

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
export function queryFaults(validate: ValidateFunction, query: Record<string, string[]>): { values: Record<string, unknown>; faults: Fault[] } {
  const schema = validate.schema as ParameterSchema
  const faults: Fault[] = []
  // Names come from outside, and may be `__proto__`.
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, texts] of Object.entries(query)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    if (property?.type === 'array') values[name] = texts
    else if (texts.length > 1 && property) faults.push({ parameter: name, code: 'duplicate', message: 'may be given once' })
    else values[name] = coerced(texts[0] ?? '', property?.type)
  }
  if (!validate(values)) faults.push(...faultsOf(validate.errors ?? [], (path) => ({ parameter: firstKey(path) })))
  return { values, faults }
}

/** The faults of the headers that a route knows; others are none of its business. */
export function headerFaults(validate: ValidateFunction, headers: Record<string, unknown>): Fault[] {
  const names = Object.keys((validate.schema as ParameterSchema).properties)
  const known = Object.fromEntries(names.flatMap((name) => (headers[name.toLowerCase()] === undefined ? [] : [[name, headers[name.toLowerCase()]]])))
  return validate(known) ? [] : faultsOf(validate.errors ?? [], (path) => ({ header: firstKey(path) }))
}

/** Throws a 400 when there is any fault. */
export function refuse(faults: Fault[]): void {
  if (faults.length > 0) throw badRequest(...faults)
}
