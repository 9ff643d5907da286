import type { RowSet, Text } from './engine.ts'
import type { Write } from './handles.ts'
import type { Tables } from './tables.ts'

type Row = Record<string, unknown>

/** The string of a text. */
export function stringOf(text: Text): string {
  return typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()
}

/** Rows to insert, by table, in the order in which they refer to each other. */
export type TableRows = Map<keyof Tables, RowSet>

/** The values of a row by its columns. @throws TypeError where it has others */
function valuesOf(columns: readonly string[], row: Row): unknown[] {
  const values = columns.map((name) => row[name])
  if (values.includes(undefined) || Object.keys(row).length !== columns.length)
    throw new TypeError(`${columns.join(', ')} are wanted, and given are ${Object.keys(row).join(', ')}`)
  return values
}

/** Rows that are given by their columns' names. @throws TypeError where they don't have the same ones */
export function rowSet(rows: readonly object[]): RowSet {
  const columns = Object.keys(rows[0] ?? {})
  return { columns, rows: rows.map((row) => valuesOf(columns, row as Row)) }
}

/** Adds rows to those of their table. @param change what is made of each value @throws TypeError where they don't have the same columns */
export function addRows(tables: TableRows, table: keyof Tables, rows: readonly Row[], change: (value: unknown) => unknown = (value) => value): void {
  const [first] = rows
  if (!first) return
  let own = tables.get(table)
  if (!own) {
    own = { columns: Object.keys(first), rows: [] }
    tables.set(table, own)
  }
  for (const row of rows) own.rows.push(valuesOf(own.columns, row).map(change))
}

/** Inserts the rows of all tables. */
export function insertTables(tx: Write, tables: TableRows): void {
  for (const [table, own] of tables) tx.engine.insertRows(tx, table, own)
}
