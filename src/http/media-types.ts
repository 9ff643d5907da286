import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { badRequest, Problem } from './problems.ts'

/** The media type of a `Content-Type`, without its parameters, in lower case. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

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
  if (!schema) throw unsupported(`This takes ${types.join(' or ')}${type === '' ? '; Content-Type is missing' : `, not ${type.slice(0, 100)}`}.`)
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$|^us-ascii$/i.test(charset)) throw unsupported(`Bodies are UTF-8, not ${charset.slice(0, 100)}.`)
  const coding = request.headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') throw unsupported('Bodies are taken without a content coding.')
  return schema
}

function isAccepted(accept: string, produced: string): boolean {
  let best: { specificity: number; isWanted: boolean } | null = null
  const [type] = produced.split('/')
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const specificity = [`*/*`, `${type}/*`, produced].indexOf(name)
    if (specificity < 0) continue
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    if (!best || specificity >= best.specificity) best = { specificity, isWanted: quality === undefined || Number(quality.slice(2)) > 0 }
  }
  return best?.isWanted ?? false
}

/** @throws Problem 406 where `Accept` (RFC 9110, 12.5.1) leaves out all that the address can answer with. */
export function requireAcceptable(request: FastifyRequest, produces: string[]): void {
  const { accept } = request.headers
  if (accept === undefined || accept.trim() === '' || produces.some((type) => isAccepted(accept, type))) return
  throw new Problem('not-acceptable', `This answers with ${produces.join(' or ')}.`)
}
