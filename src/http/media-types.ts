import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { TSchema } from 'typebox'
import { badRequest, Problem } from './problems.ts'

/** What most answers are. */
export const jsonType = 'application/json'

/** A JSON value a line. */
export const ndjson = 'application/x-ndjson'

/** Whether what is of a media type is JSON (RFC 6839). */
export const isJson = (type: string) => /^application\/(?:.+\+)?json$/.test(type)

/** What problems are (RFC 9457). */
export const problemType = 'application/problem+json'

/** The media type of a `Content-Type`, without its parameters, in lower case. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

const token = "[\\w!#$%&'*+.^`|~-]+"
const mediaType = new RegExp(`^${token}/${token}$`)

/** Whether a text is a media type without parameters (RFC 9110, 8.3.1). */
export const isMediaType = (text: string): boolean => mediaType.test(text)

/**
 * The schema for the request's body by its media type.
 * @throws Problem 415 for another type, another charset than UTF-8 or a content coding; 400 where there is no body at all.
 */
export function bodySchema(request: FastifyRequest, bodies: Record<string, TSchema>): TSchema {
  const types = Object.keys(bodies)
  const type = mediaTypeOf(request)
  const headers = { [request.method === 'PATCH' ? 'accept-patch' : 'accept-post']: types.join(', ') }
  const unsupported = (detail: string) => new Problem('unsupported-media-type', detail, { headers })
  if (type === '' && !request.rawBody?.length) throw badRequest({ pointer: '', code: 'required', message: `a body is required (${types.join(' or ')})` })
  const schema = Object.hasOwn(bodies, type) ? bodies[type] : undefined
  if (!schema) throw unsupported(`This takes ${types.join(' or ')}${type === '' ? '; Content-Type is missing, or malformed' : `, not ${type.slice(0, 100)}`}.`)
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$|^us-ascii$/i.test(charset)) throw unsupported(`Bodies are UTF-8, not ${charset.slice(0, 100)}.`)
  const coding = request.headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') throw unsupported('Bodies are taken without a content coding.')
  return schema
}

// What a range asks for besides a type can't be given, and is no reason to give nothing: its parameters are ignored.
const parameters = /;(?!\s*q\s*=)(?:"(?:[^"\\]|\\.)*(?:"|$)|[^;,"])*/gi

/**
 * The type, of those that an address can answer with, that `Accept` (RFC 9110, 12.5.1) wants most; the first one where it doesn't say.
 * Problems come whatever was asked for, so who names these alone takes all.
 * @param namesForm the address names its form, and so has that alone (RFC 9110, 15.5.7): who asks for a feed rarely knows its type
 * @throws Problem 406 where it leaves out all of them
 */
export function acceptedType(request: FastifyRequest, produces: readonly string[], namesForm = false): string {
  const [first = ''] = produces
  const { accept } = request.headers
  if (namesForm) return first
  // A list may have empty elements (RFC 9110, 5.6.1).
  if (accept === undefined || /^[\s,]*$/.test(accept)) return first
  const negotiator = new Negotiator({ headers: { accept: accept.replaceAll(parameters, '') } })
  const [wanted] = negotiator.mediaTypes(produces)
  if (wanted !== undefined) return wanted
  if (accept.toLowerCase().includes(problemType) && negotiator.mediaTypes([problemType]).length > 0) return first
  throw new Problem('not-acceptable', `This answers with ${[...produces, problemType].join(' or ')}.`)
}
