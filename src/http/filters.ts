import { nearest } from '../copy/nearest.ts'
import { badRequest } from './problems.ts'

// More than a path of the longest holds; a body may have more.
const mostValues = 2000

/** One filter: any of the values, or with `isNone` none of them. */
export type Condition = { isNone: boolean; values: string[] }

/**
 * Reads a filter: `a,b` is any of, a repeated parameter all of, a leading `-` none of.
 * @throws Problem 400 where `-` stands before some values only, or a value is empty, or where there are too many
 */
export function conditionsOf(query: Record<string, unknown>, parameter: string): Condition[] {
  const conditions = ((query[parameter] ?? []) as string[]).map((text) => {
    const parts = text.split(',').map((part) => part.trim())
    const isNone = text.trimStart().startsWith('-')
    const values = parts.map((part) => (isNone ? part.replace(/^-/, '') : part))
    if (values.some((value) => value === '')) throw badRequest({ parameter, code: 'value', message: 'has an empty value' })
    if (values.some((value) => value.startsWith('-')))
      throw badRequest({ parameter, code: 'combination', message: 'takes values, or - and values to leave out; for both it is given twice' })
    return { isNone, values: [...new Set(values)] }
  })
  if (conditions.reduce((sum, { values }) => sum + values.length, 0) > mostValues)
    throw badRequest({ parameter, code: 'length', message: `has more than ${mostValues} values` })
  return conditions
}

/** Checks the values of a filter against the known ones. @throws Problem 400 with the nearest */
export function requireKnown(conditions: readonly Condition[], parameter: string, known: readonly string[]): void {
  for (const { values } of conditions)
    for (const value of values) {
      if (known.includes(value)) continue
      const near = nearest(value, known)
      throw badRequest({ parameter, code: 'value', message: `must be of ${known.join(', ')}`, ...(near ? { suggestion: near } : {}) })
    }
}
