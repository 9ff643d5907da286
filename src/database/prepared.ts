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

// Lists of other lengths name their last value again, up to the next of these. Longer ones are rare: for them no query is kept.
const lengths = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** A query by a list of values, in any order. @param build writes it, with a place for each value: to name one twice must change nothing */
export function preparedList<Row>(build: (db: Kysely<Tables>, places: string[]) => Compilable) {
  const kept = lengths.map((length) => {
    const names = Array.from({ length }, (_, index) => String(index))
    const query = prepared<Record<string, string>, Row>((db, given) =>
      build(
        db,
        names.map((name) => given[name] as string),
      ),
    )
    return { length, query }
  })
  return async (db: Kysely<Tables> | Read, list: readonly string[]): Promise<Row[]> => {
    const [last] = list.slice(-1)
    if (last === undefined) return []
    const fitting = kept.find(({ length }) => length >= list.length)
    if (!fitting) return (await (db as Kysely<Tables>).executeQuery<Row>(build(db as Kysely<Tables>, [...list]).compile() as CompiledQuery<Row>)).rows
    const { length, query } = fitting
    return query(db, Object.fromEntries([...list, ...Array<string>(length - list.length).fill(last)].entries()))
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
