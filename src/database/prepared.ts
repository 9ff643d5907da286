import { CompiledQuery, type Kysely } from 'kysely'
import type { Read, RowsAtOnce } from './engine.ts'
import type { Write } from './handles.ts'
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

/** Marks a query that is planned alike for all values, so that a server may keep its plan. */
export type Prepared = { isPrepared?: boolean }

const preparedQuery = (sql: string, parameters: readonly unknown[]): CompiledQuery & Prepared => ({
  ...CompiledQuery.raw(sql, [...parameters]),
  isPrepared: true,
})

const places = new Proxy({}, { get: (_, name) => new Place(String(name)) })

/**
 * A query that is written with Kysely once, and run often: only the first time on each engine is it put into SQL.
 * @param build writes it, with a place for each value
 * @example const find = prepared<{ id: string }>((db, { id }) => db.selectFrom('articles').selectAll().where('id', '=', id))
 */
export function prepared<V extends Values, Row = unknown>(build: Build<V>) {
  const compile = compiler(build)
  return async (db: Kysely<Tables> | Read, values: V): Promise<Row[]> => {
    const handle = db as Kysely<Tables>
    const { sql, parameters } = compile(handle, values)
    const rows = rowsAtOnce.get(handle)?.(sql, parameters) ?? (await handle.executeQuery<Row>(preparedQuery(sql, parameters))).rows
    return rows as Row[]
  }
}

// Longer lists are rare: for them there is no query that is kept.
const longest = 20

/** A query by a list of values, which is kept for each of the lengths that are frequent. @param build writes it, with a place for each value */
export function preparedList<Row>(build: (db: Kysely<Tables>, places: string[]) => Compilable) {
  const kept = Array.from({ length: longest + 1 }, (_, length) => {
    const names = Array.from({ length }, (_, index) => `value${index}`)
    return prepared<Record<string, string>, Row>((db, given) =>
      build(
        db,
        names.map((name) => given[name] as string),
      ),
    )
  })
  return async (db: Kysely<Tables> | Read, list: readonly string[]): Promise<Row[]> => {
    if (list.length === 0) return []
    if (list.length > longest)
      return (await (db as Kysely<Tables>).executeQuery<Row>(build(db as Kysely<Tables>, [...list]).compile() as CompiledQuery<Row>)).rows
    return (kept[list.length] as ReturnType<typeof prepared<Record<string, string>, Row>>)(
      db,
      Object.fromEntries(list.map((value, index) => [`value${index}`, value])),
    )
  }
}

/** The same of a statement whose rows nobody wants: it is sent, and nobody waits for it. */
export function preparedWrite<V extends Values>(build: Build<V>) {
  const compile = compiler(build)
  return (tx: Write, values: V): void => {
    const { sql, parameters } = compile(tx, values)
    tx.send(sql, parameters)
  }
}

type Build<V> = (db: Kysely<Tables>, places: V) => Compilable

function compiler<V extends Values>(build: Build<V>) {
  // Engines differ in how they write a place for a value.
  const compiled = new Map<unknown, CompiledQuery>()
  return (handle: Kysely<Tables>, values: V): Pick<CompiledQuery, 'sql' | 'parameters'> => {
    const engine = handle.getExecutor().adapter.constructor
    let query = compiled.get(engine)
    if (!query) {
      query = build(handle, places as V).compile()
      compiled.set(engine, query)
    }
    return { sql: query.sql, parameters: query.parameters.map((value) => (value instanceof Place ? values[value.name] : value)) }
  }
}
