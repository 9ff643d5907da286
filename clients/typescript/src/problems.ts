import type { components } from './schema.d.ts'

type Problem = components['schemas']['Problem']
type Fault = components['schemas']['Fault']

/** Every kind of problem that the server names; the list is closed. Each is a page of the server's, `/problems/{type}`. */
export type ProblemType =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'comments-closed'
  | 'banned'
  | 'edit-window-over'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'request-timeout'
  | 'conflict'
  | 'slug-taken'
  | 'external-id-taken'
  | 'alias-taken'
  | 'translation-taken'
  | 'in-use'
  | 'request-in-progress'
  | 'embargoed'
  | 'in-trash'
  | 'gone'
  | 'precondition-failed'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'idempotency-key-reused'
  | 'precondition-required'
  | 'too-many-requests'
  | 'headers-too-large'
  | 'unavailable-for-legal-reasons'
  | 'internal-error'
  | 'unavailable'

/** What an error can be of: a problem that the server names, or `about:blank` for an answer that is none, such as a proxy's own page. */
export type ErrorType = ProblemType | 'about:blank'

// Of the problems in the document those that can have the type, which is narrowed to it.
type WithType<One, Type extends string> = One extends { type: infer Known } ? (Type extends Known ? One & { type: Type } : never) : never

/** The body of a problem (RFC 9457) of one type; narrowed by its `type`. */
export type ProblemOf<T extends ErrorType> = T extends ProblemType
  ? WithType<Problem, `/problems/${T}`>
  : { type: 'about:blank'; title: string; status: number; detail: string; instance: string }

/** An answer that is no success: thrown by every call, and narrowed by `isProblem`. Its message is the problem's `detail`. */
export class ProblemError<T extends ErrorType = ErrorType> extends Error {
  /** Which kind of problem it is. */
  readonly type: T
  /** The status of the answer. */
  readonly status: number
  /** Every fault of the request with its place; empty where the problem lists none. */
  readonly errors: readonly Fault[]
  /** The problem as it was answered, with what is said of this type alone, such as `currentRevision`. */
  readonly problem: ProblemOf<T>
  /** The answer, whose body has been read. */
  readonly response: Response

  /**
   * @param problem the body of the answer
   * @param cause why an earlier try of the same call had no answer; that try may have done what was asked
   */
  constructor(problem: ProblemOf<T>, response: Response, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause })
    this.name = 'ProblemError'
    this.type = problem.type.replace('/problems/', '') as T
    this.status = response.status
    this.errors = (problem as { errors?: Fault[] }).errors ?? []
    this.problem = problem
    this.response = response
  }
}

/**
 * Whether an error is an answer of the server, and of one of these types; of any where none is named.
 *
 *     if (isProblem(error, 'precondition-failed')) console.log(error.problem.currentRevision)
 */
export function isProblem<T extends ErrorType = ErrorType>(error: unknown, ...types: T[]): error is ProblemError<T> {
  return error instanceof ProblemError && (types.length === 0 || types.includes(error.type as T))
}

function parsedProblem(response: Response, text: string): object | undefined {
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) return undefined
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && 'type' in body ? body : undefined
  } catch {
    return undefined
  }
}

/** The error of an answer that is no success. @param text the answer's body @param cause why an earlier try had no answer */
export function problemError(response: Response, text: string, cause: unknown): ProblemError {
  const { status, statusText } = response
  const bare = { type: 'about:blank', title: statusText, status, detail: `${status} ${statusText}`.trim(), instance: '' }
  return new ProblemError<ErrorType>((parsedProblem(response, text) ?? bare) as ProblemOf<ErrorType>, response, cause)
}
