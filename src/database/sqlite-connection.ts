import type Sqlite from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { Counts } from './engine.ts'

/** A connection with its prepared statements. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()
  readonly #counts: Counts

  /** @param counts where its statements are counted */
  constructor(database: Sqlite.Database, counts: Counts = { statements: 0, waits: 0 }) {
    this.#database = database
    this.#counts = counts
  }

  #prepared(text: string): Sqlite.Statement {
    this.#counts.statements++
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#database.prepare(text)
      if (this.#statements.size >= 1000) this.#statements.clear()
      this.#statements.set(text, statement)
    }
    return statement
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.query(query.sql, query.parameters)
  }

  /** The same, at once. */
  query<Row>(text: string, parameters: readonly unknown[]): QueryResult<Row> {
    const statement = this.#prepared(text)
    const values = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value))
    if (statement.reader) return { rows: statement.all(values) as Row[] }
    const { changes, lastInsertRowid } = statement.run(values)
    return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, and no query here is streamed.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('queries are not streamed')
  }

  /** Runs a statement that gives no rows. */
  execute(command: string, parameters: readonly unknown[] = []): void {
    this.#prepared(command).run(parameters)
  }

  get isInTransaction(): boolean {
    return this.#database.inTransaction
  }

  close(): void {
    this.#database.close()
  }
}
