import type { TObject, TProperties, TSchema } from 'typebox'
import type { Scope } from './auth.ts'
import { DryRunAnswer } from './dry-run.ts'
import { jsonType, problemType } from './media-types.ts'
import { JsonPatch } from './patches.ts'
import { problemUnion } from './problem-schemas.ts'
import { type ProblemType, problemTypes, statusName } from './problems.ts'
import { type Named, ref } from './schemas.ts'
import type { Tag } from './tags.ts'
import Type from './type.ts'

/** What an operation declares of itself: enough to check its requests and to write its part of the OpenAPI document. */
export type Operation = {
  /** The scopes of which a token must have one; empty: anyone may, and a token may get more. */
  scopes: Scope[]
  /** The schemas of bodies by media type; empty: no body is read. */
  bodies: Record<string, TSchema>
  /** No body is as good as an empty object. */
  isBodyOptional: boolean
  /** The most bytes that a body may have, where that is less than `BODY_LIMIT`. */
  bodyLimit: number
  /** The most bytes of a body that may be larger than `BODY_LIMIT`; null where none may. */
  largeBody: number | null
  query: TObject
  headers: TObject
  /** The media types that it answers with, besides problems. */
  produces: string[]
  /** Its address names the form of its answer, whatever `Accept` says. */
  namesForm: boolean
  /** Asked by machines that watch the server: without tokens, limits or conditions. */
  isProbe: boolean
  /** The media types of bodies that its handler reads itself, as they arrive. */
  streams: readonly string[]
  /** It is no part of a batch: it has transactions of its own. */
  isAlone: boolean
  /** It reverts a change set: the names of such sets are for that alone. */
  isReverting: boolean
  /** It does operations that each count as a request. */
  hasParts: boolean
  /** The headers that say that it is to go, none where it isn’t. */
  retirement: Record<string, string>
}

type Declaration<Q extends TProperties> = {
  /** The operation's id in the document, in camelCase. */
  id: string
  tag: Tag
  summary: string
  description: string
  scopes?: Scope[]
  /** A token isn't needed, but gets more. */
  isOpen?: boolean
  query?: Q
  headers?: TProperties
  bodies?: Record<string, TSchema>
  isBodyOptional?: boolean
  /** Where less than `BODY_LIMIT` is enough. */
  bodyLimit?: number
  /** Where more than `BODY_LIMIT` is taken. */
  largeBody?: number
  /** The answer's body; null for 204. */
  answer: Named | TSchema | null
  /** The media type of its answer, where its address names that; default JSON. */
  answerType?: string
  /** The header `Last-Modified` comes with its answer. */
  isDated?: boolean
  /** Search engines are told not to list it. */
  isUnlisted?: boolean
  /** The schemas of other media types that it answers with where `Accept` wants them. */
  produces?: Record<string, TSchema>
  /** Default: 201 for a POST, 204 without a body, else 200. */
  status?: number
  answerDescription?: string
  /** A PUT that makes what nobody has yet at an address by `ext:`: 201, and `If-None-Match: *` only makes. */
  makes?: boolean
  /** It takes `If-Match`, since it changes what has a revision. */
  isConditional?: boolean
  /** It takes `Idempotency-Key`: each POST and PATCH does. */
  isIdempotent?: boolean
  /** The path has a slug, and an old one redirects; or what it redirects to, in words. */
  redirects?: boolean | string
  isPaged?: boolean
  isProbe?: boolean
  /** The media types of bodies that its handler reads itself, as they arrive. */
  streams?: readonly string[]
  /** It is no part of a batch: it has transactions of its own. */
  isAlone?: boolean
  /** Whether it reverts a change set: the names of such sets are for that alone. */
  isReverting?: boolean
  /** It does operations that each count as a request. */
  hasParts?: boolean
  /** Since when it is deprecated, and from when on it may be gone (RFC 3339). It must not be among `plainReads`, which ask nothing of it. */
  deprecated?: { since: string; sunset?: string }
  /** Operations that its answer leads to, by name: a parameter of each is the id in the answer. */
  links?: Record<string, [operationId: string, parameter: string]>
  /** The problems besides those that follow from the rest. */
  problems?: readonly ProblemType[]
}

const headerTexts: Record<string, string> = {
  ETag: 'A strong entity tag (RFC 9110): the revision, if there is one, and a digest.',
  'Cache-Control': 'Public answers may be stored and are revalidated; all else is `private, no-store`.',
  Vary: 'What the answer depends on.',
  'Last-Modified': 'When what it says last changed (RFC 9110).',
  'Surrogate-Key': 'The keys of everything shown, with spaces between. On public answers.',
  'Cache-Tag': 'The same keys with commas between. On public answers.',
  Link: '`next` and `prev` (RFC 8288), where there are such pages.',
  Location: 'The path of what was made, or of where it is now.',
  'X-Request-Id': 'The request’s id, as in the log and in `instance`.',
  'Idempotency-Replayed': '`true` where this is the first answer again.',
  'Dry-Run': '`true` where nothing was changed: the answer is what it would have been.',
  'Retry-After': 'In seconds.',
  Deprecation: 'Since when the operation is deprecated (RFC 9745).',
  Sunset: 'From when on the operation may be gone (RFC 8594).',
  'WWW-Authenticate': 'RFC 6750.',
  'Accept-Post': 'The media types that a POST or PUT takes here.',
  'Accept-Patch': 'The media types that a PATCH takes here (RFC 5789).',
  RateLimit: 'What is left of the client’s share, where the operator set a limit.',
  'RateLimit-Policy': 'What the client’s share is, where the operator set a limit.',
  'X-Robots-Tag': '`noindex`: search engines don’t list it.',
}

const headersOf = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string', description: headerTexts[name] }]))

// Where the operator set a limit every answer says what is left.
const shareHeaders = ['RateLimit', 'RateLimit-Policy']

const problemHeaders: Record<number, string[]> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  409: ['Retry-After'],
  415: ['Accept-Post', 'Accept-Patch'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

/** The answer that is one of these problems, all of one status. */
function problemAnswer(types: ProblemType[]) {
  const [status] = problemTypes[types[0] as ProblemType]
  const meanings = types.map((type) => `[${problemTypes[type][1]}](/problems/${type})`)
  const description = `${statusName(status)}: ${meanings.join('; ')}.`
  return {
    description,
    headers: headersOf('X-Request-Id', 'Cache-Control', 'Vary', ...shareHeaders, ...(problemHeaders[status] ?? [])),
    content: { [problemType]: { schema: problemUnion(types, description) } },
  }
}

const readable = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' or ')

/** Who may, in words. */
function whoMay({ scopes = [], isOpen = false, isProbe = false }: Pick<Declaration<TProperties>, 'scopes' | 'isOpen' | 'isProbe'>): string {
  if (scopes.length > 0) return `**Who may:** a token with ${readable(scopes)}, or with a scope that includes it.`
  if (isOpen) return '**Who may:** anyone, and a token may see or do more.'
  return `**Who may:** anyone${isProbe ? ', without any limit' : ''}.`
}

/** What an answer is, in words, by what it answers. */
function answerText(method: string, status: number, answer: Named | TSchema | null): string {
  if (!answer) return 'It is done; there is nothing more to say.'
  const { description = '' } = answer as { description?: string }
  const what = description.charAt(0).toLowerCase() + description.slice(1)
  if (status === 201) return `Made: ${what}`
  return method === 'GET' ? description : `As it is now: ${what}`
}

const idempotencyKey = Type.String({ minLength: 1, maxLength: 255, description: 'The same key with the same request replays its first answer for 24 hours.' })

/** So many characters has the name of a change set at the most. */
export const longestChangeSet = 100

const named = {
  pattern: `^[A-Za-z0-9][A-Za-z0-9._:-]{0,${longestChangeSet - 1}}$`,
  description:
    'Gathers the change under this name, with all others of it: `/v1/change-sets` lists and reverts them. `.revert` ends the names of what reverts others, and only of that.',
  examples: ['retag-harbour'],
}

/** The name of a change set. */
export const changeSetName = Type.String(named)

// What else stood under such a name would seem to be reverted.
const ordinaryChangeSetName = Type.String({ ...named, format: 'change-set' })

const dryRunParameter = {
  dryRun: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Whether to do it with all checks and then take it back: the answer is what it would have been, with `Dry-Run: true` and `dryRun`. Needs a token.',
    }),
  ),
}

const linksOf = (links: Record<string, [operationId: string, parameter: string]>) =>
  Object.fromEntries(
    Object.entries(links).map(([name, [operationId, parameter]]) => [name, { operationId, parameters: { [parameter]: '$response.body#/id' } }]),
  )

/** Where the answers of operations lead, by their ids. */
export const linksByOperation = new Map<string, object>()

/** What tells clients that an operation is to go (RFC 9745, RFC 8594). */
function retirementOf(deprecated: Declaration<TProperties>['deprecated']): Record<string, string> {
  if (!deprecated) return {}
  const { since, sunset } = deprecated
  return { Deprecation: `@${Date.parse(since) / 1000}`, ...(sunset ? { Sunset: new Date(sunset).toUTCString() } : {}) }
}

/** The ids of the operations that take a request without its body. */
export const optionalBodies = new Set<string>()

/**
 * Declares an operation: gives Fastify the schemas that its document is made of, and the request's lifecycle what it checks.
 * Everything that follows from the kind of operation (conditional requests, idempotency, the problems it can answer) is added here.
 */
export function operation<Q extends TProperties = {}>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', declaration: Declaration<Q>) {
  const { id, tag, summary, description, scopes = [], query, bodies = {}, answer, redirects = false, isPaged = false, isProbe = false } = declaration
  const { makes = false, isBodyOptional = false, bodyLimit = Number.POSITIVE_INFINITY } = declaration
  if (isBodyOptional) optionalBodies.add(id)
  if (declaration.links) linksByOperation.set(id, linksOf(declaration.links))
  const { isConditional = ['PUT', 'PATCH', 'DELETE'].includes(method), isIdempotent = ['POST', 'PATCH'].includes(method) } = declaration
  const status = declaration.status ?? (answer === null ? 204 : method === 'POST' ? 201 : 200)
  const isRead = method === 'GET' && !isProbe
  const takesBody = Object.keys(bodies).length > 0
  const needsToken = scopes.length > 0
  const isGuarded = needsToken || declaration.isOpen === true
  const headers = {
    ...(isRead ? { 'If-None-Match': Type.Optional(Type.String({ description: 'Entity tags: 304 when the answer has one of them.' })) } : {}),
    ...(method === 'GET' ? {} : { 'X-Change-Set': Type.Optional(declaration.isReverting ? changeSetName : ordinaryChangeSetName) }),
    ...(isConditional
      ? {
          'If-Match': Type.Optional(
            Type.String({
              description: 'Entity tags, compared by their revision: 412 when none is of the current one. `"17"` is enough.',
              examples: ['"17"'],
            }),
          ),
        }
      : {}),
    ...(makes ? { 'If-None-Match': Type.Optional(Type.String({ description: '`*` only makes: 412 where it is there already.', examples: ['*'] })) } : {}),
    ...(isIdempotent ? { 'Idempotency-Key': Type.Optional(idempotencyKey) } : {}),
    ...declaration.headers,
  }
  const namesForm = declaration.answerType !== undefined && !declaration.produces
  const problems = new Set<ProblemType>([
    'bad-request',
    ...(namesForm ? [] : (['not-acceptable'] as const)),
    'headers-too-large',
    'request-timeout',
    'internal-error',
    'unavailable',
    ...(declaration.problems ?? []),
  ])
  const also = (...types: ProblemType[]) => {
    for (const type of types) problems.add(type)
  }
  // A bad token is a 401 everywhere, also where none is needed.
  if (!isProbe) also('unauthorized', 'too-many-requests')
  if (isGuarded) also('forbidden')
  // A body that nothing is made of is read all the same.
  if (method !== 'GET') also('payload-too-large')
  if (takesBody) also('unsupported-media-type')
  if (isConditional) also('precondition-failed', 'precondition-required')
  if (isIdempotent) also('conflict', 'request-in-progress', 'gone', 'idempotency-key-reused')

  // What needs a token is for nobody else.
  const cacheHeaders = isRead && !needsToken ? ['Surrogate-Key', 'Cache-Tag'] : []
  const unlisted = declaration.isUnlisted ? ['X-Robots-Tag'] : []
  const answerHeaders = [
    'X-Request-Id',
    'Cache-Control',
    ...(isProbe ? [] : ['Vary', ...shareHeaders]),
    ...(answer && !isProbe ? ['ETag'] : []),
    ...(declaration.isDated ? ['Last-Modified'] : []),
    ...unlisted,
    ...(status === 201 ? ['Location'] : []),
    ...(isPaged ? ['Link'] : []),
  ]
  const retirement = retirementOf(declaration.deprecated)
  answerHeaders.push(...Object.keys(retirement))
  if (method !== 'GET') answerHeaders.push('Dry-Run')
  answerHeaders.push(...cacheHeaders)
  if (isIdempotent) answerHeaders.push('Idempotency-Replayed')
  const schema = '$id' in (answer ?? {}) ? ref(answer as Named) : answer
  const produced: Record<string, TSchema> = { [declaration.answerType ?? jsonType]: schema ?? Type.Null(), ...declaration.produces }
  const content = schema ? { content: Object.fromEntries(Object.entries(produced).map(([type, body]) => [type, { schema: body }])) } : { type: 'null' }
  const responses: Record<string, unknown> = {
    [status]: { description: declaration.answerDescription ?? answerText(method, status, answer), headers: headersOf(...answerHeaders), ...content },
    ...(answer === null && method !== 'GET'
      ? {
          200: {
            description: 'What would have come of it, with `dryRun=true`.',
            headers: headersOf('X-Request-Id', 'Cache-Control', 'Vary', ...shareHeaders, 'ETag', 'Dry-Run'),
            content: { [jsonType]: { schema: ref(DryRunAnswer) } },
          },
        }
      : {}),
    ...(makes ? { 201: { description: answerText(method, 201, answer), headers: headersOf(...answerHeaders, 'Location'), ...content } } : {}),
    ...(isRead
      ? {
          304: {
            description: 'The client has this already.',
            headers: headersOf(...answerHeaders),
            type: 'null',
          },
        }
      : {}),
    ...(redirects
      ? {
          308: {
            description: redirects === true ? 'The slug is an old one: the same address with the current slug.' : redirects,
            headers: headersOf('Location', 'Cache-Control', 'Vary', ...(redirects === true ? [] : cacheHeaders), ...unlisted, ...shareHeaders, 'X-Request-Id'),
            type: 'null',
          },
        }
      : {}),
  }
  const inOrder = (Object.keys(problemTypes) as ProblemType[]).filter((type) => problems.has(type))
  for (const [code, types] of Map.groupBy(inOrder, (type) => problemTypes[type][0])) responses[code] = problemAnswer(types)

  const querystring = Type.Object({ ...query, ...(method === 'GET' ? {} : dryRunParameter) } as unknown as Q, { additionalProperties: false })
  const headerSchema = Type.Object(headers)
  const config: { operation: Operation } = {
    operation: {
      scopes,
      bodies,
      isBodyOptional,
      bodyLimit,
      largeBody: declaration.largeBody ?? null,
      query: querystring,
      headers: headerSchema,
      produces: Object.keys(produced),
      namesForm,
      isProbe,
      streams: declaration.streams ?? [],
      isAlone: declaration.isAlone ?? false,
      isReverting: declaration.isReverting ?? false,
      hasParts: declaration.hasParts ?? false,
      retirement,
    },
  }
  return {
    config,
    schema: {
      operationId: id,
      ...(declaration.deprecated ? { deprecated: true } : {}),
      tags: [tag],
      summary,
      description: `${description}\n\n${whoMay(declaration)}`,
      security: (needsToken ? scopes.map((scope) => ({ token: [scope] })) : declaration.isOpen ? [{}, { token: [] }] : [{}]) as Record<string, string[]>[],
      querystring,
      headers: headerSchema,
      ...(takesBody
        ? { body: { content: Object.fromEntries(Object.entries(bodies).map(([type, body]) => [type, { schema: '$id' in body ? ref(body as Named) : body }])) } }
        : {}),
      response: responses,
    },
  }
}

/** The bodies of a PATCH: a merge patch (RFC 7396) of this schema, or a JSON Patch (RFC 6902). */
export function patchBodies(patch: Named): Record<string, TSchema> {
  return { 'application/merge-patch+json': patch, 'application/json': patch, 'application/json-patch+json': JsonPatch }
}

/** The header of writes that make a revision. */
export const noteHeader = {
  'X-Change-Note': Type.Optional(
    Type.String({ maxLength: 4000, description: 'Kept with the revision: why it was changed. At most 1,000 characters of UTF-8.' }),
  ),
}

/** Bodies that only say a few words: enough for each of them. */
export const smallBody = 64 * 1024

/** Bodies of names with all that is said of them. */
export const mediumBody = 256 * 1024

/** The one body of most writes. */
export const jsonBody = (schema: Named): Record<string, TSchema> => ({ 'application/json': schema })
