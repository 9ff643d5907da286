// Imported, it would make Node load its client for WebSockets, too, which costs the start as much as Ajv does.
/** The names of the status codes (RFC 9110, 15). */
export const { STATUS_CODES } = process.getBuiltinModule('node:http')

/**
 * Every kind of problem that an answer can name (RFC 9457): the last part of its `type`, its status and title, and the
 * text of its page under `/problems/`. The list is closed.
 */
export const problemTypes = {
  'bad-request': [
    400,
    'The request is wrong in itself',
    'Something in the body, the query or the headers is malformed, of the wrong type, unknown, or names what doesn’t exist. `errors` lists every fault with its place.',
  ],
  unauthorized: [401, 'A valid token is needed', 'Send `Authorization: Bearer …` with a token that exists and has not expired.'],
  forbidden: [403, 'The token may not do this', 'The token is valid, but its scopes don’t cover the operation; `requiredScope` names the one that does.'],
  'comments-closed': [403, 'Comments are closed', 'The article’s comment policy is `closed`, or the time is over in which it took comments (`closedAt`).'],
  banned: [
    403,
    'Banned from commenting',
    'A moderator banned whoever sends this, by account, e-mail address or address; `until` says until when, where it ends by itself.',
  ],
  'edit-window-over': [403, 'The comment can no longer be edited', 'The time in which a writer may change or delete a comment is over; a moderator still can.'],
  'not-found': [404, 'There is nothing here', 'The address names nothing that exists, or nothing that you may see.'],
  'method-not-allowed': [405, 'The method is not allowed here', 'The address exists but doesn’t know this method; `Allow` lists those it knows.'],
  'not-acceptable': [406, 'No acceptable media type', '`Accept` leaves out every media type that this address can answer with.'],
  'request-timeout': [408, 'The request took too long', 'The request didn’t arrive whole in time.'],
  conflict: [
    409,
    'At odds with what is stored',
    'The request is well-formed, but contradicts the stored state: a slug or anchor that another has, a failed `test`, a patch path that isn’t there. `errors` says where.',
  ],
  'slug-taken': [409, 'The slug belongs to another', 'The given slug is in use, or kept for another’s redirect; `holder` names it.'],
  'external-id-taken': [409, 'The external id belongs to another', 'No two of a kind have the same `externalId`; `holder` names the one that has it.'],
  'alias-taken': [409, 'The address belongs to another', 'An address in `aliases` is another article’s; `holder` names it.'],
  'translation-taken': [
    409,
    'The language belongs to another',
    'Stories that are translations of each other have each language once; `holder` names the one that has it, be it in public or as editors have it.',
  ],
  'in-use': [409, 'Something still refers to this', 'It can’t be deleted while `count` others name it.'],
  'request-in-progress': [
    409,
    'The same request is being worked on',
    'A request with this `Idempotency-Key` has not been answered yet; ask again after `Retry-After`.',
  ],
  embargoed: [
    409,
    'It is under embargo',
    'It can’t be published, nor be planned to be, before `embargoUntil`; nor can the embargo be moved past a planned time, which `plannedAt` names.',
  ],
  'in-trash': [409, 'It is in the trash', 'What is in the trash can’t be changed: restore it first.'],
  gone: [
    410,
    'It was taken down',
    'It was public and is no more; `headline` says what it was, `notice` what the newsroom says about it. Or what the first request with an `Idempotency-Key` made was deleted since; of a batch each operation says that by itself.',
  ],
  'precondition-failed': [
    412,
    'It has changed meanwhile',
    '`If-Match` or `revision` names an older state; `currentRevision` is the one to read, merge with and send again.',
  ],
  'payload-too-large': [
    413,
    'Too large',
    'The body, what a patch copies, or what it would make, is larger than this operation takes: at most the server’s `BODY_LIMIT`, and 64 kB for a comment or without `content:write`.',
  ],
  'unsupported-media-type': [415, 'The media type is not taken here', '`Content-Type` is missing or not one of those this operation reads.'],
  'idempotency-key-reused': [
    422,
    'The key belongs to another request',
    'This `Idempotency-Key` was used with another body, media type, query or `Comment-Edit-Token`. Use a new key.',
  ],
  'precondition-required': [428, 'A precondition is needed', 'This server wants `If-Match`, or a `revision` in the body, on every change.'],
  'too-many-requests': [429, 'Too many requests', 'The client’s share of requests is used up; ask again after `Retry-After`.'],
  'headers-too-large': [431, 'The request’s headers are too large', 'The request line and headers together exceed what the server reads.'],
  'unavailable-for-legal-reasons': [451, 'It was taken down for legal reasons', 'It may not be shown (RFC 7725); `notice` is what the newsroom says about it.'],
  'internal-error': [500, 'Something went wrong here', 'The server failed; nothing about the request is to blame. Quote `instance` when you report it.'],
  unavailable: [
    503,
    'Not able to answer now',
    'The server has too much to do, or the database is busy, out of reach or can’t be written; nothing was changed. Ask again after `Retry-After`.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string, explanation: string]>

export type ProblemType = keyof typeof problemTypes

/** What can be wrong with one place of a request; the list is closed. */
export const faultCodes = [
  'required',
  'unknown',
  'type',
  'format',
  'value',
  'length',
  'range',
  'duplicate',
  'not-found',
  'read-only',
  'combination',
  'conflict',
  'missing-path',
  'test-failed',
  'syntax',
  'encoding',
] as const

export type FaultCode = (typeof faultCodes)[number]

/** One fault and its place: a JSON Pointer into the body (RFC 6901), a parameter, or a header. */
export type Fault = ({ pointer: string } | { parameter: string } | { header: string }) & {
  code: FaultCode
  message: string
  suggestion?: string
}

/** So many faults are made, and listed, at the most. */
export const mostFaults = 100

// What comes from outside may be as long as a body.
const longestValue = 200
const longestPlace = 500

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text
}

/** A value of the request's as a message quotes it: at most 200 characters. */
export const quoted = (value: string) => cut(value, longestValue)

const withShortPlace = (fault: Fault): Fault =>
  Object.fromEntries(Object.entries(fault).map(([name, text]) => [name, name === 'pointer' || name === 'parameter' ? cut(text, longestPlace) : text])) as Fault

type Extras = { errors?: Fault[]; headers?: Record<string, string> } & Record<string, unknown>

/** An answer that is a problem (RFC 9457); thrown anywhere, sent by the error handler. */
export class Problem extends Error {
  readonly type: ProblemType
  readonly status: number
  readonly extras: { errors?: Fault[] } & Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(type: ProblemType, detail: string, { headers = {}, ...extras }: Extras = {}) {
    super(detail)
    this.type = type
    this.status = problemTypes[type][0]
    this.extras = extras
    this.headers = headers
  }

  /** The problem's body. @param instance the request's id */
  toBody(instance: string) {
    const { errors, ...members } = this.extras
    return {
      type: `/problems/${this.type}`,
      title: problemTypes[this.type][1],
      status: this.status,
      detail: this.message,
      instance,
      ...members,
      ...(errors ? { errors: errors.slice(0, mostFaults).map(withShortPlace) } : {}),
    }
  }
}

/** The place of a fault, in words; of a long one its end. */
function placeNamed(fault: Fault): string {
  if ('parameter' in fault) return fault.parameter === '' ? 'The path' : `The parameter ${fault.parameter.slice(0, 100)}`
  if ('header' in fault) return `The header ${fault.header}`
  return fault.pointer === '' ? 'The body' : fault.pointer.length > 100 ? `…${fault.pointer.slice(-99)}` : fault.pointer
}

function described(faults: readonly Fault[]): string {
  const [first] = faults
  if (faults.length === 1 && first) return `${placeNamed(first)} ${first.message}${first.suggestion ? `; did you mean ${first.suggestion}?` : ''}`
  return `${faults.length < mostFaults ? faults.length : `${mostFaults} or more`} faults were found`
}

const listed = (faults: Fault | readonly Fault[]): Fault[] => (Array.isArray(faults) ? faults.slice(0, mostFaults) : [faults as Fault])

/** 400 with every fault, of at most 100. */
export function badRequest(faults: Fault | readonly Fault[]): Problem {
  const errors = listed(faults)
  return new Problem('bad-request', described(errors), { errors })
}

/** 409 with the places that are at odds with what is stored. */
export function conflict(faults: Fault | readonly Fault[]): Problem {
  const errors = listed(faults)
  return new Problem('conflict', described(errors), { errors })
}

/** 404, alike for what doesn't exist and what the reader may not see. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `There is no such ${what}.`)
}

/** The standard name of a status: the title in the document. */
export function statusName(status: number): string {
  return STATUS_CODES[status] ?? String(status)
}

/** Escapes a key for use in a JSON Pointer (RFC 6901). */
export function pointerKey(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The keys of a JSON Pointer (RFC 6901). */
export const pointerKeys = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
