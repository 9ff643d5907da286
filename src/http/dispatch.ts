import type { FastifyRequest } from 'fastify'
import findMyWay from 'find-my-way'
import type { Write } from '../database/handles.ts'
import { Redirect } from './answers.ts'
import { jsonSize, tooLarge } from './body.ts'
import type { Dispatch, InnerRequest } from './inner-requests.ts'
import { KeptReply, type Route } from './kept-reply.ts'
import { admit, bodyLimitOf, faultsOfHeaders, readRequest } from './lifecycle.ts'
import type { Operation } from './operations.ts'
import { badRequest, conflict, type Fault, notFound, Problem } from './problems.ts'
import type { Limits } from './rate-limit.ts'
import type { App } from './server.ts'
import { refuse } from './validation.ts'

/** The media type of a body that doesn't say its own. */
function typeOf(method: string, body: unknown): string {
  if (typeof body === 'string') return 'text/plain'
  return method === 'PATCH' && Array.isArray(body) ? 'application/json-patch+json' : 'application/json'
}

// What is said once for all parts of a batch, where they don’t say otherwise.
const sharedHeaders = ['user-agent', 'x-change-set', 'x-change-note']

/** The request as a handler sees it: all but what it says itself is the outer one’s. */
function innerRequest(
  outer: FastifyRequest,
  { method, path, headers, body }: InnerRequest,
  route: Route,
  params: object,
  within: Write | null,
): FastifyRequest {
  // Node reads the bytes of headers as Latin-1, and so do those who read headers here.
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString('latin1')]))
  const shared = Object.fromEntries(sharedHeaders.flatMap((name) => (outer.headers[name] === undefined ? [] : [[name, outer.headers[name]]])))
  const own = { ...shared, ...(body === undefined ? {} : { 'content-type': typeOf(method, body) }), ...given }
  const values = {
    method,
    params,
    headers: own,
    raw: Object.create(outer.raw, { url: { value: path }, method: { value: method }, headers: { value: own } }),
    routeOptions: { url: route.url, config: { operation: route.operation } },
    rawBody: null,
    query: {},
    body: undefined,
    faults: [],
    needed: outer.needed,
    answerType: '',
    bodyLimit: bodyLimitOf(outer, route.operation),
    within,
  }
  return Object.create(outer, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, writable: true }])))
}

/** @throws Problem 400 for headers that aren't the operation's, or that HTTP wouldn't let through */
function requireHeaders(headers: Record<string, string>, operation: Operation): void {
  const known = [...Object.keys(operation.headers.properties), 'content-type', 'accept'].map((name) => name.toLowerCase())
  for (const [name, value] of Object.entries(headers)) {
    if (/[\0\r\n]/.test(value)) throw badRequest({ header: name, code: 'format', message: 'must be one line' })
    if (name.toLowerCase() === 'idempotency-key') throw badRequest({ header: name, code: 'value', message: 'is the whole batch’s' })
    if (!known.includes(name.toLowerCase())) throw badRequest({ header: name, code: 'unknown', message: 'is not known to this operation' })
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Learns the routes that come after it. @returns what does their operations for requests that stand in others */
export function installDispatch(app: App, limits: Limits): Dispatch {
  const router = findMyWay({ maxParamLength: 1000 })
  app.addHook('onRoute', ({ method, url, handler, config }) => {
    const operation = (config as { operation?: Operation } | undefined)?.operation
    if (!operation || operation.isProbe) return
    for (const one of [method].flat()) if (one !== 'HEAD') router.on(one as 'GET', url, () => {}, { url, handler, operation } satisfies Route)
  })

  return async (outer, inner, within) => {
    const { method, path, headers, body, isMade, faults, isCounted, onCounted } = inner
    const [address = ''] = path.split('?')
    if (!isDecodable(address)) throw badRequest({ parameter: '', code: 'encoding', message: 'is not percent-encoded UTF-8' })
    const found = router.find(method as 'GET', address)
    if (!found) throw notFound('operation at this address and with this method')
    const route: Route = found.store
    if (route.operation.isAlone) throw badRequest({ parameter: '', code: 'value', message: 'names an operation that is no part of a batch' })
    const request = innerRequest(outer, inner, route, found.params, within)
    const reply = new KeptReply()
    try {
      if (!isCounted) limits(request, reply.asReply)
      onCounted()
      requireHeaders(headers, route.operation)
      admit(request, route.operation)
      refuse(faults)
      // What is small as a whole has no part that is too large, but where something was put into it.
      const mayBeLarge = isMade || (outer.rawBody?.length ?? Number.POSITIVE_INFINITY) > request.bodyLimit
      if (mayBeLarge && body !== undefined && jsonSize(body) > request.bodyLimit) throw tooLarge(request.bodyLimit)
      readRequest(request, route.operation, app.validator, await faultsOfHeaders(request, route.operation, app.validator), { value: body })
      const { dryRun } = request.query as { dryRun?: boolean }
      if (dryRun && within) throw badRequest({ parameter: 'dryRun', code: 'combination', message: 'is the whole batch’s' })
      await route.handler.call(app as never, request as never, reply.asReply)
    } catch (error) {
      if (error instanceof Redirect) throw conflict({ parameter: '', code: 'conflict', message: `has an old slug; it is ${error.to} now` })
      // What is left of which share stands in the reply, which nobody sees.
      if (error instanceof Problem && error.status === 429 && reply.kept.ratelimit) Object.assign(error.headers, { ratelimit: reply.kept.ratelimit })
      throw error
    }
    return { status: reply.statusCode, headers: reply.kept, body: reply.body }
  }
}

/** A fault of an inner request at its place in the outer one’s body. @param place a pointer to the inner request */
function placedFault(fault: Fault, place: string): Fault {
  const { pointer, parameter, header, ...rest } = fault as { pointer?: string; parameter?: string; header?: string } & Fault
  const own = pointer !== undefined ? `/body${pointer}` : header !== undefined ? `/headers/${header}` : '/path'
  return { ...rest, message: parameter ? `${parameter}: ${fault.message}` : fault.message, pointer: `${place}${own}` }
}

/** The problem of an inner request as the outer one’s: it says which it was, from 0, and its faults have their places there. */
export function placedProblem(problem: Problem, index: number): Problem {
  const { errors, ...extras } = problem.extras
  const placed = errors?.map((fault) => placedFault(fault, `/operations/${index}`))
  const detail = `Operation ${index}: ${problem.message}`
  return new Problem(problem.type, detail, { ...extras, ...(placed ? { errors: placed } : {}), headers: problem.headers, operation: index })
}
