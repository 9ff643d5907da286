import { depthFaults, jsonSize, tooLarge } from '../http/body.ts'
import { badRequest, pointerKey, pointerKeys } from '../http/problems.ts'
import { longestPath } from './schemas.ts'

/** What may be referred to of earlier answers, by the ids of their operations, null of those that were refused: parsed where one is asked for. */
export type Answers = Map<string, { body: unknown } | { json: string } | null>

type Place = { pointer: string } | { parameter: string }

const asIndex = /^(?:0|[1-9]\d*)$/

/** What a key of a JSON Pointer names in a value (RFC 6901, 4); undefined where that is nothing. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Array.isArray(value) && !asIndex.test(key) ? undefined : (value as Record<string, unknown>)[key]
}

function valueAt(answers: Answers, reference: string, place: Place): unknown {
  const [, id = '', path = ''] = /^([^#]*)#((?:\/.*)?)$/s.exec(reference) ?? []
  const fault = (message: string) => badRequest({ ...place, code: 'not-found', message })
  if (id === '') throw badRequest({ ...place, code: 'format', message: 'must be the id of an operation, # and a JSON Pointer: opId#/id' })
  const answer = answers.get(id)
  if (answer === undefined) throw fault(`refers to "${id.slice(0, 100)}", which no earlier operation has as its id`)
  if (answer === null) throw fault(`refers to "${id}", which failed`)
  const body = 'body' in answer ? answer.body : JSON.parse(answer.json)
  answers.set(id, { body })
  const value = pointerKeys(path).reduce(memberOf, body)
  if (value === undefined) throw fault(`names nothing in the answer of "${id}"`)
  return value
}

/** Whether any part of a body is to be a value of an earlier answer. */
export function refers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(refers)
  return Object.hasOwn(value, '$ref') || Object.values(value).some(refers)
}

/** How many bytes values of earlier answers may put into the bodies of a request’s operations: as many as could be sent. */
export type Allowance = { left: number; readonly most: number }

/**
 * A copy of a body with the values of earlier answers in the place of references to them.
 * @throws Problem 400 for what refers to nothing, or makes it nested too deep; 413 where the allowance is used up
 */
export function resolved(body: unknown, answers: Answers, allowance: Allowance): unknown {
  const within = (value: unknown, pointer: string): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one, index) => within(one, `${pointer}/${index}`))
    const { $ref } = value as { $ref?: unknown }
    if (typeof $ref === 'string' && Object.keys(value).length === 1) {
      const found = valueAt(answers, $ref, { pointer })
      allowance.left -= jsonSize(found)
      if (allowance.left < 0) throw tooLarge(allowance.most, 'What operations refer to')
      return found
    }
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, within(own, `${pointer}/${pointerKey(key)}`)]))
  }
  const made = within(body, '')
  const faults = depthFaults(made)
  if (faults.length > 0) throw badRequest(faults)
  return made
}

/** A path with values of earlier answers in it. @throws Problem 400 for what refers to nothing, or to no id */
export function resolvedPath(path: string, answers: Answers): string {
  const made = path.replaceAll(/\{([^{}#]*#[^{}]*)\}/g, (_, reference: string) => {
    const value = valueAt(answers, reference, { parameter: '' })
    if ((typeof value !== 'string' && typeof value !== 'number') || String(value).length > longestPath)
      throw badRequest({ parameter: '', code: 'value', message: `has "${reference}" in it, which is no text that fits into a path` })
    return encodeURIComponent(value)
  })
  if (made.length > longestPath) throw badRequest({ parameter: '', code: 'length', message: `must have at most ${longestPath} characters` })
  return made
}
