import type { FastifyRequest } from 'fastify'
import type { Write } from '../database/handles.ts'
import { inTurns } from '../database/turns.ts'
import { invalidToken } from '../http/auth.ts'
import type { InnerAnswer } from '../http/inner-requests.ts'
import { problemOf } from '../http/lifecycle.ts'
import { isJson, jsonType } from '../http/media-types.ts'
import { badRequest, type Fault, Problem, pointerKey, pointerKeys } from '../http/problems.ts'
import type { BatchOperationInput } from './schemas.ts'

/** What an operation was answered: as it is for the batch’s answer, and its body as JSON. */
export type Done = { status: number; headers: Record<string, string>; body: string }

/** What may be referred to of earlier answers, by the ids of their operations, null of those that were refused: parsed where one is asked for. */
export type Answers = Map<string, { body: unknown } | { json: string } | null>

function valueAt(answers: Answers, reference: string, place: { pointer: string } | { parameter: string }): unknown {
  const [id = '', path = ''] = reference.split(/#(.*)/s)
  const fault = (message: string) => badRequest({ ...place, code: 'not-found', message })
  const answer = answers.get(id)
  if (answer === undefined) throw fault(`refers to "${id.slice(0, 100)}", which no earlier operation has as its id`)
  if (answer === null) throw fault(`refers to "${id}", which failed`)
  const body = 'body' in answer ? answer.body : JSON.parse(answer.json)
  answers.set(id, { body })
  let value = body
  for (const key of pointerKeys(path))
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  if (value === undefined) throw fault(`names nothing in the answer of "${id}"`)
  return value
}

/** Whether any part of a body is to be a value of an earlier answer. */
function refers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(refers)
  return Object.hasOwn(value, '$ref') || Object.values(value).some(refers)
}

/** A copy of a body with the values of earlier answers in the place of references to them. @throws Problem 400 for what refers to nothing */
function resolved(value: unknown, answers: Answers, pointer = ''): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one, index) => resolved(one, answers, `${pointer}/${index}`))
  const { $ref } = value as { $ref?: unknown }
  if (typeof $ref === 'string' && Object.keys(value).length === 1) return valueAt(answers, $ref, { pointer })
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, resolved(own, answers, `${pointer}/${pointerKey(key)}`)]))
}

/** A path with values of earlier answers in it. @throws Problem 400 for what refers to nothing, or to no id */
function resolvedPath(path: string, answers: Answers): string {
  return path.replaceAll(/\{([^{}#]*#[^{}]*)\}/g, (_, reference: string) => {
    const value = valueAt(answers, reference, { parameter: '' })
    if (typeof value !== 'string' && typeof value !== 'number')
      throw badRequest({ parameter: '', code: 'value', message: `has "${reference}" in it, which is no text` })
    return encodeURIComponent(value)
  })
}

function doneOf({ status, headers, body }: InnerAnswer): Done {
  const { location, etag, 'content-type': type = jsonType } = headers
  const isText = body.length > 0 && !isJson(type.split(';')[0] as string)
  const text = body.toString()
  return {
    status,
    headers: { ...(location ? { Location: location } : {}), ...(etag ? { ETag: etag } : {}), ...(isText ? { 'Content-Type': type } : {}) },
    body: isText ? JSON.stringify(text) : text || 'null',
  }
}

/** When to come again, where an operation was one too many. */
function waitingHeaders({ headers }: Problem): Record<string, string> {
  const { 'retry-after': after, ratelimit } = headers
  return { ...(after ? { 'Retry-After': after } : {}), ...(ratelimit ? { RateLimit: ratelimit } : {}) }
}

/** What a refused operation is answered. */
function refused(request: FastifyRequest, error: Error): Done {
  const problem = problemOf(error, request)
  const { errors, ...rest } = problem.toBody(request.id) as { errors?: Fault[] }
  // What is wrong with the path itself, and with none of its parameters.
  const named = errors?.map((fault) => ('parameter' in fault && fault.parameter === '' ? { ...fault, parameter: 'path' } : fault))
  return { status: problem.status, headers: waitingHeaders(problem), body: JSON.stringify({ ...rest, ...(named ? { errors: named } : {}) }) }
}

/** An operation of a batch that was refused. */
export class RefusedError extends Error {
  readonly index: number
  override readonly cause: Problem

  constructor(index: number, cause: Problem) {
    super(cause.message)
    this.index = index
    this.cause = cause
  }
}

/**
 * Does operations one after the other in one transaction, in turns of the event loop.
 * @param answers the answers of earlier operations; those of these are added
 * @param options `isEach`: one that is refused is taken back alone and answered so; else it ends all. `kept`: what of an answer later
 * operations may refer to
 * @throws RefusedError
 */
export async function runOperations(
  request: FastifyRequest,
  tx: Write,
  operations: readonly BatchOperationInput[],
  answers: Answers,
  { isEach, kept }: { isEach: boolean; kept: (done: Done) => Done },
): Promise<Done[]> {
  const { dispatch, database, tokenNow } = request.server
  const done: Done[] = []
  // Who asks may do less by now, or nothing: a stream goes on for long, and an operation may change tokens.
  const asking: FastifyRequest = Object.create(request, { token: { value: request.token, writable: true } })
  const lookAgain = async () => {
    asking.token = request.token && (await tokenNow(tx.read, request.token))
  }
  await lookAgain()
  if (request.token && !asking.token) throw invalidToken()
  const afterEach = inTurns(tx, 16)
  for (const [index, { id, method, path, headers = {}, body }] of operations.entries()) {
    // What was written before is found.
    if (method === 'GET') tx.runLate()
    const work = async () => {
      if (request.token && !asking.token) throw invalidToken()
      return dispatch(asking, { method, path: resolvedPath(path, answers), headers, body: refers(body) ? resolved(body, answers) : body }, tx)
    }
    try {
      done.push(doneOf(await (isEach ? tx.attempt(work) : work())))
    } catch (error) {
      const { engine } = database
      if (!(error instanceof Problem) && (!isEach || engine.isRetryable(error) || engine.isBusy(error) || engine.isUnavailable(error))) throw error
      if (!isEach) throw new RefusedError(index, error as Problem)
      done.push(refused(request, error as Error))
    }
    const last = done.at(-1) as Done
    if (id !== undefined) answers.set(id, last.status < 400 ? { json: kept(last).body } : null)
    if (request.token?.id && tx.waitingEvents(request.token.id).length > 0) await lookAgain()
    await afterEach()
  }
  return done
}
