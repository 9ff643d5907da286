import type { Read } from './engine.ts'
import type { TableWithIds } from './tables.ts'

/** Those of the values that differ from what a row has. */
export function differing<T extends object>(row: T, values: Partial<T>): Partial<T> {
  const changed: Partial<T> = {}
  for (const name of Object.keys(values) as (keyof T)[]) if (row[name] !== values[name]) changed[name] = values[name]
  return changed
}

/** Whether any of the values differs from what a row has. */
export function differs<T extends object>(row: T, values: Partial<T>): boolean {
  return Object.keys(values).some((name) => row[name as keyof T] !== values[name as keyof T])
}

/** JSON as it is stored; null stays null. */
export function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}

/** What was stored as JSON; null stays null. */
export function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}

/** A list in pieces of at most `size`: databases bind only so many values a statement. */
export function chunked<T>(list: readonly T[], size = 500): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size))
  return pieces
}

/** The rows that a query gives for each piece of a list, all together. */
export async function inPieces<T, R>(list: readonly T[], query: (piece: T[]) => Promise<R[]>): Promise<R[]> {
  const rows: R[] = []
  for (const piece of chunked(list)) addAll(rows, await query(piece))
  return rows
}

/** Adds to a list; a call with very many arguments would overflow the stack. */
export function addAll<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one)
}

/** The rows of a list by one of their values. */
export function groupBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  return Map.groupBy(rows, key) as Map<K, T[]>
}

/** Which ids there are. */
export async function presentIds(read: Read, table: TableWithIds, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const piece of chunked(ids))
    for (const { id } of await read
      .selectFrom(table as 'articles')
      .select('id')
      .where('id', 'in', piece)
      .execute())
      found.add(id)
  return found
}

/** Some properties of an object, in this order; those that it lacks are left out. */
export function pick<T extends object, K extends keyof T>(value: T, ...names: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {}
  for (const name of names) if (name in value) picked[name] = value[name]
  return picked as Pick<T, K>
}

/** What is left of an object without some of its properties. */
export function without<T extends object, K extends keyof T>(value: T, ...names: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name as K))) as Omit<T, K>
}
