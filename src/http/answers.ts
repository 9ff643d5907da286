import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { entityTag, isNotModified } from './conditional.ts'
import { jsonType, problemType } from './media-types.ts'
import { badRequest, type Problem } from './problems.ts'
import { keyHeaders, pendingKey } from './surrogate-keys.ts'

/** What an operation answers, before it is bytes. */
export type Answer = {
  /** Default 200. */
  status?: number
  /** Left out for 204; of another type than JSON its text, or what is to be JSON. */
  body?: unknown
  /** The media type of the body, of those that the operation produces. Default JSON. */
  type?: string
  /** Arrays of the body that are JSON already: it has them empty. */
  raw?: Record<string, string>
  /** The same as it is kept for an `Idempotency-Key`, where that is less. */
  keptRaw?: Record<string, string>
  /** Public answers may be cached by anyone; all else by no one. */
  isPublic?: boolean
  /** At this address a token would get more. */
  variesByToken?: boolean
  /** The revision in the tag; left out for collections. */
  revision?: number
  /** Something is left out or shown as null because it isn't public. */
  isPartial?: boolean
  /** The keys of everything shown, by which caches are purged. */
  keys?: string[]
  /** The article whose comments the body counts in its `commentCount`, and that is all that it shows of them. */
  counts?: string | undefined
  /** The keys of what isn't shown but would be if it were public, for our own cache. */
  dependsOn?: string[]
  /** The ids of articles that it leaves out since they aren't public: caches outside have an opaque key for each. */
  hidden?: readonly string[]
  /** The same request goes on with what is left: the answer isn’t kept for its `Idempotency-Key`. */
  isUnfinished?: boolean
  /** The article that it discloses: it is replayed to who may not read working copies only while that is public. */
  articleId?: string
  /** What a page may load (`Content-Security-Policy`), where it is more than style within it. */
  policy?: string
  /** Search engines are told not to list it. */
  isUnlisted?: boolean
  /** When what it says last changed (RFC 3339). */
  lastModified?: string
  /** A path. */
  location?: string
  /** A `Link` header (RFC 8288). */
  link?: string
}

/** An answer as it is sent and, for idempotency, stored. */
export type Sent = { status: number; headers: Record<string, string>; body: Buffer<ArrayBuffer> }

/** Of 204 and 304. */
export const noBody = Buffer.alloc(0)

function cacheControl({ CACHE_S_MAXAGE, CACHE_STALE_WHILE_REVALIDATE }: Config): string {
  return [
    'public, max-age=0',
    ...(CACHE_S_MAXAGE === null ? [] : [`s-maxage=${CACHE_S_MAXAGE}`]),
    ...(CACHE_STALE_WHILE_REVALIDATE === null ? [] : [`stale-while-revalidate=${CACHE_STALE_WHILE_REVALIDATE}`]),
    'must-revalidate',
  ].join(', ')
}

/** The text of an object, with JSON in place of an array that it has empty. */
function filled(text: string, name: string, json: string): string {
  // Inside a string the quotes would be escaped, so what is found is the property.
  const empty = `"${name}":[]`
  const at = text.indexOf(empty)
  return at === -1 ? text : `${text.slice(0, at)}"${name}":${json}${text.slice(at + empty.length)}`
}

/** Makes an answer's bytes and headers, once. */
export function render(request: FastifyRequest, answer: Answer): Sent {
  if (request.faults.length > 0) throw badRequest(request.faults)
  const { operation } = request.routeOptions.config
  const produces = operation?.produces ?? []
  const sent = rendered(request.server, { ...answer, type: answer.type ?? produces[0] ?? jsonType }, produces.length > 1)
  // With the others, since they are kept with the answer.
  Object.assign(sent.headers, operation?.retirement)
  return sent
}

const unlisted = { 'x-robots-tag': 'noindex' }

/** The same, for an answer to which nothing of its request matters. @param variesByType whether its address answers with several media types */
export function rendered({ config, hashKey }: { config: Config; hashKey: string }, answer: Answer, variesByType = false): Sent {
  const {
    status = 200,
    body,
    isPublic = false,
    variesByToken = false,
    keys,
    hidden = [],
    location,
    link,
    policy,
    raw,
    type = jsonType,
    lastModified,
    isUnlisted,
  } = answer
  let text = body === undefined ? '' : typeof body === 'string' && type !== jsonType ? body : JSON.stringify(body)
  for (const name in raw) text = filled(text, name, raw[name] as string)
  const bytes = Buffer.from(text)
  return {
    status,
    body: bytes,
    headers: {
      'cache-control': isPublic ? cacheControl(config) : 'private, no-store',
      vary: [...(variesByType ? ['Accept'] : []), 'Accept-Encoding', ...(variesByToken || !isPublic ? ['Authorization'] : [])].join(', '),
      ...(body === undefined ? {} : { 'content-type': `${type}; charset=utf-8`, etag: entityTag(bytes, answer.revision, answer.isPartial ?? false) }),
      ...(isPublic && keys ? keyHeaders([...keys, ...hidden.map((id) => pendingKey(hashKey, id))]) : {}),
      ...(lastModified ? { 'last-modified': new Date(lastModified).toUTCString() } : {}),
      ...(location ? { location } : {}),
      ...(link ? { link } : {}),
      ...(isUnlisted ? unlisted : {}),
      ...(policy ? { 'content-security-policy': policy } : {}),
    },
  }
}

function addVary(reply: FastifyReply, value: string): void {
  const present = String(reply.getHeader('vary') ?? '')
  if (present === '' || present === value) {
    if (value !== '') reply.header('vary', value)
    return
  }
  const names = [...new Set([...present.split(/,\s*/), ...value.split(/,\s*/)].filter(Boolean))]
  reply.header('vary', names.join(', '))
}

/** Sends an answer. */
export function sendRendered(reply: FastifyReply, { status, headers: { vary, ...headers }, body }: Sent): FastifyReply {
  addVary(reply, vary ?? '')
  reply.code(status).headers(headers)
  return body.length === 0 ? reply.send() : reply.send(body)
}

/** Answers a read; 304 when the client has it (RFC 9110, 13.1.2). */
export function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const sent = render(request, answer)
  if (sent.headers.etag && isNotModified(request.headers['if-none-match'], sent.headers.etag)) {
    const { 'content-type': _, ...headers } = sent.headers
    return sendRendered(reply, { status: 304, headers, body: noBody })
  }
  return sendRendered(reply, sent)
}

/** Answers with a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  addVary(reply, 'Accept-Encoding, Authorization')
  return reply
    .code(problem.status)
    .headers({ ...problem.headers, 'cache-control': 'private, no-store', 'content-type': `${problemType}; charset=utf-8` })
    .send(Buffer.from(JSON.stringify(problem.toBody(request.id))))
}

/** Sends who opens a preview to what is public by now. */
export const sendPublished = (reply: FastifyReply, location: string): FastifyReply =>
  reply
    .code(308)
    .headers({ location, 'cache-control': 'private, no-store', vary: 'Accept-Encoding', ...unlisted })
    .send()

/** An old slug leads to the same path and query with the current one (308, RFC 9110). */
export class Redirect extends Error {
  readonly from: string
  readonly to: string

  constructor(from: string, to: string) {
    super('moved')
    this.from = from
    this.to = to
  }
}

export function sendRedirect(request: FastifyRequest, reply: FastifyReply, { from, to }: Redirect): FastifyReply {
  const [path = '', query] = request.raw.url?.split(/\?(.*)/s) ?? []
  const moved = path
    .split('/')
    .map((segment) => (decodeURIComponent(segment) === from ? to : segment))
    .join('/')
  addVary(reply, 'Authorization')
  return reply
    .code(308)
    .headers({ location: query === undefined ? moved : `${moved}?${query}`, 'cache-control': 'max-age=60' })
    .send()
}
