import { isDeepStrictEqual } from 'node:util'

export type Change = { op: 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string }

const escaped = (key: string | number) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether two elements of an array are the same one: by id, where they have one. */
const isSame = (a: unknown, b: unknown) => (isObject(a) && isObject(b) && 'id' in a && 'id' in b ? a.id === b.id : isDeepStrictEqual(a, b))

function arrayDiff(from: readonly unknown[], to: readonly unknown[], path: string): Change[] {
  let start = 0
  while (start < Math.min(from.length, to.length) && isSame(from[start], to[start])) start++
  let end = 0
  while (end < Math.min(from.length, to.length) - start && isSame(from[from.length - 1 - end], to[to.length - 1 - end])) end++
  const changes: Change[] = []
  const compare = (before: unknown, index: number) => {
    for (const change of diff(before, to[index], `${path}/${index}`)) changes.push(change)
  }
  const [middleFrom, middleTo] = [from.length - start - end, to.length - start - end]
  const common = Math.min(middleFrom, middleTo)
  // What stays at the beginning and at the end may have changed in itself.
  for (let index = 0; index < start + common; index++) compare(from[index], index)
  for (let index = start + middleFrom - 1; index >= start + common; index--) changes.push({ op: 'remove', path: `${path}/${index}` })
  for (let index = start + common; index < start + middleTo; index++) changes.push({ op: 'add', path: `${path}/${index}`, value: to[index] })
  for (let index = 1; index <= end; index++) compare(from[from.length - index], to.length - index)
  return changes
}

/**
 * What turns one JSON value into another, as a JSON Patch (RFC 6902): not the shortest there is, but short where texts,
 * properties or a few neighbouring elements changed. What becomes of another `type` is replaced whole, since its members have nothing in common.
 */
export function diff(from: unknown, to: unknown, path = ''): Change[] {
  if (isDeepStrictEqual(from, to)) return []
  if (Array.isArray(from) && Array.isArray(to)) return arrayDiff(from, to, path)
  if (!isObject(from) || !isObject(to) || from.type !== to.type) return [{ op: 'replace', path, value: to }]
  const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key))
  return [
    ...removed.map((key): Change => ({ op: 'remove', path: `${path}/${escaped(key)}` })),
    ...Object.entries(to).flatMap(([key, value]): Change[] =>
      Object.hasOwn(from, key) ? diff(from[key], value, `${path}/${escaped(key)}`) : [{ op: 'add', path: `${path}/${escaped(key)}`, value }],
    ),
  ]
}
