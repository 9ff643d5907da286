import type { FastifyRequest } from 'fastify'
import type { Write } from '../database/handles.ts'
import { inTurns } from '../database/turns.ts'
import { invalidToken } from '../http/auth.ts'
import { faultsOfPart, tooLarge } from '../http/body.ts'
import type { InnerAnswer } from '../http/inner-requests.ts'
import { problemOf } from '../http/lifecycle.ts'
import { isJson, jsonType } from '../http/media-types.ts'
import { type Fault, Problem } from '../http/problems.ts'
import { type Allowance, type Answers, refers, resolved, resolvedPath } from './references.ts'
import type { BatchOperationInput } from './schemas.ts'

/** What an operation was answered: as it is for the batch’s answer, and its body as JSON. */
export type Done = { status: number; headers: Record<string, string>; body: string }

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

// So many bytes may the answers have that are given at once: twice as many as may be sent.
const mostAnswered = 64 * 1024 * 1024

/** What is known of operations that are done once more, since their transaction was taken back: those that were counted by limits, by their index. */
export type Counted = Set<number>

/**
 * Does operations one after the other in one transaction, in turns of the event loop.
 * @param answers the answers of earlier operations; those of these are added
 * @param options `isEach`: one that is refused is taken back alone and answered so; else it ends all. `kept`: what of an answer later
 * operations may refer to. `allowance`: what they may put into others, in all
 * @throws RefusedError
 */
export async function runOperations(
  request: FastifyRequest,
  tx: Write,
  operations: readonly BatchOperationInput[],
  answers: Answers,
  { isEach, kept, allowance, counted }: { isEach: boolean; kept: (done: Done) => Done; allowance: Allowance; counted: Counted },
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
  let answered = 0
  for (const [index, operation] of operations.entries()) {
    const { id, method, path, headers = {}, body } = operation
    // What was written before is found.
    if (method === 'GET') tx.runLate()
    const work = async () => {
      if (request.token && !asking.token) throw invalidToken()
      const isMade = refers(body)
      const inner = {
        method,
        path: resolvedPath(path, answers),
        headers,
        body: isMade ? resolved(body, answers, allowance) : body,
        isMade,
        faults: faultsOfPart(operation),
      }
      const one = doneOf(await dispatch(asking, { ...inner, isCounted: counted.has(index), onCounted: () => counted.add(index) }, tx))
      if (answered + one.body.length > mostAnswered) throw tooLarge(mostAnswered, 'With this one what is answered at once')
      return one
    }
    try {
      done.push(await (isEach ? tx.attempt(work) : work()))
    } catch (error) {
      const { engine } = database
      if (!(error instanceof Problem) && (!isEach || engine.isRetryable(error) || engine.isBusy(error) || engine.isUnavailable(error))) throw error
      if (!isEach) throw new RefusedError(index, error as Problem)
      done.push(refused(request, error as Error))
    }
    const last = done.at(-1) as Done
    answered += last.body.length
    if (id !== undefined) answers.set(id, last.status < 400 ? { json: kept(last).body } : null)
    if (request.token?.id && tx.waitingEvents(request.token.id).length > 0) await lookAgain()
    await afterEach()
  }
  return done
}
