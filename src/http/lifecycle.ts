import { Readable } from 'node:stream'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { TooBusyError } from '../database/connect.ts'
import { newId } from '../database/ids.ts'
import { Redirect, sendProblem, sendRedirect, sendRendered } from './answers.ts'
import { authenticate, may, requireScope, type TokenFinder } from './auth.ts'
import { parseJson, parseText } from './body.ts'
import { replay } from './change.ts'
import { isExternalReference } from './external-ids.ts'
import { noteFaults } from './faults.ts'
import { acceptedType, bodySchema, isMediaType, mediaTypeOf } from './media-types.ts'
import { isSafe } from './methods.ts'
import { type Operation, smallBody } from './operations.ts'
import { mayBeOrdered, orderOf } from './orders.ts'
import { type Operation as PatchOperation, patchFaults } from './patches.ts'
import { badRequest, conflict, type Fault, mostFaults, Problem } from './problems.ts'
import { fixedHeaders, headersFor } from './public-headers.ts'
import type { Limits } from './rate-limit.ts'
import type { App } from './server.ts'
import { BrokenOffError, drain, isArriving, readBody } from './uploads.ts'
import { bodyFaults, headerFaults, queryFaults, refuse, type Validator } from './validation.ts'

/** The id that a request brings, where it is a harmless word. */
function givenRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:-]{1,100}$/.test(header) ? header : null
}

// A random number for each request would cost more than the rest of a quick answer.
const run = newId()
let count = 0

/** The request's own id, or a new one; traceparent's trace id goes with it into the log. */
export function requestId(header: string | string[] | undefined): string {
  return givenRequestId(header) ?? `${run}-${(count++).toString(36)}`
}

/** The trace id of a `traceparent` header (W3C Trace Context), or null. */
export function traceId(header: string | string[] | undefined): string | null {
  const match = typeof header === 'string' ? /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(header) : null
  return match?.[1] && !/^0+$/.test(match[1]) ? match[1] : null
}

/** The query's parameters, each with its values in order. @throws Problem 400 for what can't be decoded as UTF-8. */
function parseQuery(request: FastifyRequest): Record<string, string[]> {
  const [, text = ''] = request.raw.url?.split(/\?(.*)/s) ?? []
  const query: Record<string, string[]> = Object.create(null)
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const decode = (part: string) => {
      try {
        return decodeURIComponent(part.replaceAll('+', ' '))
      } catch {
        throw badRequest({ parameter: name.slice(0, 100), code: 'encoding', message: 'is not percent-encoded UTF-8' })
      }
    }
    const key = decode(name)
    const text = decode(value)
    if (text.includes('\0')) throw badRequest({ parameter: key.slice(0, 100), code: 'encoding', message: 'must not contain NUL' })
    query[key] ??= []
    query[key].push(text)
  }
  return query
}

/** A body as a part of a batch has it: read already. */
type Given = { value: unknown }

function parsedBody(request: FastifyRequest, operation: Operation, validator: Validator, faults: Fault[], given: Given | null): unknown {
  if (Object.keys(operation.bodies).length === 0) {
    const text = given ? JSON.stringify(given.value ?? {}) : request.method === 'POST' ? (request.rawBody?.toString().trim() ?? '') : ''
    // Some clients send an empty object where there is nothing to say.
    if (text !== '' && text !== '{}') faults.push({ pointer: '', code: 'unknown', message: 'is not taken here: this operation has no body' })
    return undefined
  }
  if (operation.isBodyOptional && (given ? given.value === undefined : !request.rawBody?.length)) return {}
  const schema = bodySchema(request, operation.bodies)
  if (operation.streams.includes(mediaTypeOf(request))) return undefined
  const bytes = request.rawBody ?? Buffer.alloc(0)
  const body = given ? given.value : (schema as { type?: string }).type === 'string' ? parseText(bytes) : parseJson(bytes, operation.hasParts)
  const found = bodyFaults(validator(schema), body)
  const patched = operation.bodies['application/merge-patch+json'] as { properties?: object } | undefined
  // A patch is either one, or nothing of it is looked at.
  if (patched && mediaTypeOf(request) === 'application/json-patch+json') {
    if (!Array.isArray(body)) refuse(found)
    refuse([...found, ...patchFaults(body as PatchOperation[], Object.keys(patched.properties ?? {}), found)].slice(0, mostFaults))
  }
  faults.push(...found)
  return body
}

/**
 * Gives every answer the request's id, whoever answers, and OPTIONS its `Allow`.
 * @returns the methods that an address takes; none where there is no such address
 */
export function installAddresses(app: App): (path: string) => string[] {
  const addresses = new Map<string, { pattern: RegExp; methods: string[] }>()
  const methodsAt = (path: string) => {
    const methods = [...addresses.values()].filter(({ pattern }) => pattern.test(path)).flatMap((address) => address.methods)
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])]
  }
  app.addHook('onRoute', ({ url, method }) => {
    // The address of every preflight is no address of ours.
    if (url === '*') return
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:[a-z]+/g, '[^/]+')}$`)
    const known = addresses.get(url)?.methods ?? []
    addresses.set(url, { pattern, methods: [...known, ...[method].flat()] })
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(fixedHeaders)
    reply.header('x-request-id', request.id)
    if (request.method !== 'OPTIONS') return
    const methods = methodsAt(pathOf(request))
    if (methods.length > 0) reply.header('allow', methods.join(', '))
  })
  return methodsAt
}

const pathOf = (request: FastifyRequest) => request.raw.url?.split('?')[0] ?? ''

/** Whether a request has more than one `Host` (RFC 9112, 3.2): caches and the server could each believe another. */
export function hasSeveralHosts({ rawHeaders }: { rawHeaders: readonly string[] }): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count > 1
}

/** The path and query of a request line, also where it names the whole URL (RFC 9112, 3.2.2). */
export function originForm(url: string): string {
  if (url.startsWith('/') || url === '*') return url
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1]
  return rest === undefined ? url : rest.startsWith('/') ? rest : `/${rest}`
}

/** Answers what Fastify refuses before any hook runs, such as a path that can't be decoded. It counts like any other request. */
export const frameworkErrors = (limits: Limits) => (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  reply.headers(headersFor(request.server.config, request.headers.origin, 'Accept-Encoding, Authorization'))
  let problem = problemOf(error, request)
  try {
    limits(request, reply)
  } catch (refused) {
    problem = problemOf(refused as Error, request)
  }
  sendProblem(request, reply.header('x-request-id', request.id), problem)
}

// File handles that run out, and a disk that fails, wherever they are met.
const outOfResources = /^(EMFILE|ENFILE|ENOSPC|EIO|EROFS|ENOMEM)$/

/** The problem that an error is answered with. */
export function problemOf(error: FastifyError | Error, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  const { engine } = request.server.database
  const code = 'code' in error ? String(error.code) : ''
  const unavailable = (message: string, detail: string, seconds: number) => {
    request.log.error({ err: error, req: request }, message)
    return new Problem('unavailable', detail, { headers: { 'retry-after': String(seconds) } })
  }
  if (error instanceof TooBusyError || engine.isBusy(error)) return unavailable('the database is too busy', 'The database is too busy; nothing was changed.', 1)
  if (engine.isUnavailable(error) || outOfResources.test(code))
    return unavailable(
      'the database is out of reach, or can’t be read or written',
      'The database is out of reach, or can’t be read or written; nothing was changed.',
      5,
    )
  if (engine.isConflict(error)) {
    request.log.warn({ err: error, req: request }, 'the database found a conflict that nobody had looked for')
    return conflict({ pointer: '', code: 'conflict', message: 'is at odds with what is stored; nothing was changed' })
  }
  if (engine.isTooLong(error))
    return badRequest({ pointer: '', code: 'length', message: 'has a headline, a genre or a name of more bytes than this database takes, some 2,600' })
  if (error instanceof BrokenOffError) {
    request.log.debug({ req: request }, error.message)
    return badRequest({ pointer: '', code: 'syntax', message: 'did not arrive whole' })
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return badRequest({ header: 'Content-Length', code: 'value', message: 'is not the body’s length' })
  if (code === 'FST_ERR_BAD_URL') return badRequest({ parameter: '', code: 'encoding', message: 'is not percent-encoded UTF-8' })
  request.log.error({ err: error, req: request }, 'unexpected error')
  return new Problem('internal-error', 'Something went wrong here; it is logged with this request’s id.')
}

/** The problem of an address that has nothing, or takes other methods. */
function notFoundAt(methods: readonly string[]): Problem {
  if (methods.length === 0) return new Problem('not-found', 'There is nothing at this address.')
  const allow = methods.join(', ')
  return new Problem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } })
}

/** Answers what a handler has thrown. */
export const sendError = (request: FastifyRequest, reply: FastifyReply, error: FastifyError | Error): FastifyReply =>
  error instanceof Redirect ? sendRedirect(request, reply, error) : sendProblem(request, reply, problemOf(error, request))

/** What comes in is checked here, and answers are made here: so that Fastify doesn't even load its compilers of schemas. */
export const compilersFactory = { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify } as never

/** The most bytes that a request’s body may have. */
export function bodyLimitOf(request: FastifyRequest, operation: Operation | undefined): number {
  // Who may not write content has nothing to say that is longer.
  const most = may(request, 'content:write') ? Number.POSITIVE_INFINITY : smallBody
  return operation?.largeBody ?? Math.min(request.server.config.BODY_LIMIT, operation?.bodyLimit ?? most, most)
}

/** Sees whether a request may have an operation done, and in which type it is answered. @throws Problem 400, 401, 403, 406 */
export function admit(request: FastifyRequest, operation: Operation): void {
  for (const [name, value] of Object.entries(request.params as Record<string, string>)) {
    if (value.includes('\0')) throw badRequest({ parameter: name, code: 'encoding', message: 'must not contain NUL' })
    if (value.startsWith('ext:') && !isExternalReference(value))
      throw badRequest({ parameter: name, code: 'format', message: 'must be ext: and an id of at most 200 letters, digits and :._/-' })
  }
  if (operation.scopes.length > 0 && !operation.scopes.some((scope) => may(request, scope)))
    requireScope(request, operation.scopes[0] as Operation['scopes'][0])
  // Where one of several will do, whoever needs more of them says so.
  if (operation.scopes.length === 1) request.needed.add(operation.scopes[0] as Operation['scopes'][0])
  request.answerType = acceptedType(request, operation.produces, operation.namesForm)
}

/**
 * Reads query and body, and notes their faults beside those of the headers.
 * @param given the body of a part of a batch; null where it is the request’s own
 */
export function readRequest(request: FastifyRequest, operation: Operation, validator: Validator, headers: readonly Fault[], given: Given | null = null): void {
  const { values, faults } = queryFaults(validator(operation.query), parseQuery(request))
  faults.push(...headers)
  for (const fault of faults) if ('parameter' in fault) delete values[fault.parameter]
  request.query = values
  request.body = parsedBody(request, operation, validator, faults, given)
  // The rest of the faults is found where the work is done; nothing of it is kept.
  if (operation.isProbe || faults.some((fault) => 'pointer' in fault && fault.pointer === '')) refuse(faults)
  request.body = noteFaults(request, faults, request.body)
}

/** What is wrong with a request’s headers. */
export async function faultsOfHeaders(request: FastifyRequest, operation: Operation, validator: Validator): Promise<Fault[]> {
  const faults = headerFaults(validator(operation.headers), request.headers)
  const { server, within } = request
  const name = request.headers['x-change-set']
  const isOrdinary = faults.length === 0 && typeof name === 'string' && !isSafe(request.method) && !operation.isReverting
  if (isOrdinary && (await server.isRevertingName(within?.read ?? server.database.read, name)))
    faults.push({ header: 'X-Change-Set', code: 'value', message: 'names changes that revert another set: no others may be under it' })
  return faults
}

/** Answers a request from the store, or reads it. @returns whether it is answered */
export async function replayOrRead(request: FastifyRequest, reply: FastifyReply, operation: Operation, validator: Validator): Promise<boolean> {
  const headers = await faultsOfHeaders(request, operation, validator)
  if (headers.length === 0 && (await replay(request, reply))) return true
  readRequest(request, operation, validator, headers)
  return false
}

/**
 * What every request goes through, in this order: token, share of requests, scope, `Accept`; the body's bytes; the replay of an
 * idempotent answer; media type and every fault of query, headers and body at once. Errors become problems.
 */
export function installLifecycle(app: App, validator: Validator, findToken: TokenFinder, limits: Limits, methodsAt: (path: string) => string[]): void {
  app.decorateRequest('token', null)
  app.decorateRequest('rawBody', null)
  app.decorateRequest('faults')
  app.decorateRequest('bodyLimit', 0)
  app.decorateRequest('answerType', '')
  app.decorateRequest('needed')
  app.decorateRequest('within', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    // What is sent to nowhere is not looked at, and what is streamed is read by its handler.
    const streams = request.routeOptions.config?.operation?.streams ?? []
    if (!request.is404 && !streams.includes(mediaTypeOf(request))) request.rawBody = await readBody(request.raw, request.bodyLimit)
  })

  app.addHook('onRequest', async (request, reply) => {
    const operation = request.routeOptions.config?.operation
    if (operation) reply.headers(operation.retirement)
    request.faults = []
    request.needed = new Set()
    // RFC 9112, 3.2; Node’s own answer would be bare.
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) throw badRequest({ header: 'Host', code: 'required', message: 'is required' })
    if (hasSeveralHosts(request.raw)) throw badRequest({ header: 'Host', code: 'duplicate', message: 'may be given once' })
    if (!operation?.isProbe) {
      // The documents, and what is nowhere, need no token; but whoever asks with a bad one is counted, too.
      const isOpen = !operation && !request.is404 && !request.routeOptions.config?.isGuarded
      request.token = isOpen
        ? null
        : await authenticate(request, findToken).catch((error) => {
            limits(request, reply)
            throw error
          })
      limits(request, reply)
    }
    // Fastify refuses what is no media type also where no body is taken, and doesn’t say what is.
    if (!isMediaType(mediaTypeOf(request))) delete request.raw.headers['content-type']
    // Who lacks the operation’s scope is refused before the body is read.
    request.bodyLimit = bodyLimitOf(request, operation)
    if (operation) admit(request, operation)
  })

  app.addHook('preValidation', async (request, reply) => {
    const operation = request.routeOptions.config?.operation
    if (!operation) return
    if (app.writer && mayBeOrdered(request, operation)) return sendRendered(reply, await app.writer.perform(orderOf(request, reply)))
    if (await replayOrRead(request, reply, operation, validator)) return reply
  })

  // Reads are many and alike, and the quick ones go around all hooks.
  app.addHook('onResponse', async (request, reply) => {
    const line = { res: reply, responseTime: reply.elapsedTime, req: request }
    app.metrics.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000)
    if (request.method === 'GET' || request.method === 'HEAD') request.log.debug(line, 'request completed')
    else request.log.info(line, 'request completed')
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    // What is streamed is read by its handler, while it answers.
    const isStreamed = payload instanceof Readable
    if (isArriving(request) && !isStreamed) drain(request, reply).then(() => done(null, payload), done)
    else done(null, payload)
  })

  // Of a method that takes a body Fastify wants a type of it (QUERY), also where nothing has that method.
  const isOfNoRoute = (error: FastifyError | Error) => 'code' in error && error.code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE'
  app.setErrorHandler((error: FastifyError | Error, request, reply) =>
    sendError(request, reply, isOfNoRoute(error) ? notFoundAt(methodsAt(pathOf(request))) : error),
  )

  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, notFoundAt(methodsAt(pathOf(request)))))
}
