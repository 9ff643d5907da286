import { CompiledQuery, type Kysely } from 'kysely'
import type { Read, RowsAtOnce } from './engine.ts'
import type { Tables } from './tables.ts'

type Compilable = { compile: () => CompiledQuery }
type Values = Record<string, unknown>

class Place {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What answers a handle at once: Kysely's way to a connection costs as much as a small query. */
export const rowsAtOnce = new WeakMap<object, RowsAtOnce>()

const places = new Proxy({}, { get: (_, name) => new Place(String(name)) })

/**
 * A query that is written with Kysely once, and run often: only the first time on each engine is it put into SQL.
 * @param build writes it, with a place for each value
 * @example const find = prepared<{ id: string }>((db, { id }) => db.selectFrom('articles').selectAll().where('id', '=', id))
 */
export function prepared<V extends Values, Row = unknown>(build: (db: Kysely<Tables>, places: V) => Compilable) {
  // Engines differ in how they write a place for a value.
  const compiled = new Map<unknown, CompiledQuery>()
  return async (db: Kysely<Tables> | Read, values: V): Promise<Row[]> => {
    const handle = db as Kysely<Tables>
    const engine = handle.getExecutor().adapter.constructor
    let query = compiled.get(engine)
    if (!query) {
      query = build(handle, places as V).compile()
      compiled.set(engine, query)
    }
    const parameters = query.parameters.map((value) => (value instanceof Place ? values[value.name] : value))
    const rows = rowsAtOnce.get(handle)?.(query.sql, parameters) ?? (await handle.executeQuery<Row>(CompiledQuery.raw(query.sql, parameters))).rows
    return rows as Row[]
  }
}
