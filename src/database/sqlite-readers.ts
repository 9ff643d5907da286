import type Sqlite from 'better-sqlite3'
import type { DatabaseConnection, Driver, QueryResult } from 'kysely'
import { SqliteConnection } from './sqlite-connection.ts'

/** A connection that reads. Its single statements share a snapshot, of which it tells when it opens one. */
class Reader extends SqliteConnection {
  readonly #onOpen: (reader: Reader) => void
  // Whether a snapshot is open, its holder's or a shared one: to ask SQLite before each query takes longer.
  #isOpen = false

  constructor(database: Sqlite.Database, onOpen: (reader: Reader) => void) {
    super(database)
    this.#onOpen = onOpen
  }

  override query<Row>(text: string, parameters: readonly unknown[]): QueryResult<Row> {
    if (!this.#isOpen) {
      this.begin()
      this.#onOpen(this)
    }
    return super.query(text, parameters)
  }

  begin(): void {
    this.execute('begin')
    this.#isOpen = true
  }

  end(command: 'commit' | 'rollback'): void {
    this.#isOpen = false
    // What goes wrong in a query may have ended it already.
    if (this.isInTransaction) this.execute(command)
  }
}

/**
 * Connections that read, handed out one holder at a time, so that no query lands in another's transaction. Single statements
 * of one turn of the event loop share a snapshot: to open one costs as much as a small query.
 */
export class SqliteReaders implements Driver {
  readonly #open: () => Sqlite.Database
  readonly #most: number
  readonly #all: Reader[] = []
  readonly #idle: Reader[] = []
  readonly #waiting: ((connection: Reader) => void)[] = []
  readonly #shared = new Set<Reader>()

  constructor(open: () => Sqlite.Database, most: number) {
    this.#open = open
    this.#most = most
  }

  async init(): Promise<void> {}

  readonly #share = (reader: Reader): void => {
    if (this.#shared.size === 0) setImmediate(this.refresh)
    this.#shared.add(reader)
  }

  /** Ends the snapshots that are shared: what was committed meanwhile is seen from now on. */
  readonly refresh = (): void => {
    for (const reader of this.#shared) reader.end('commit')
    this.#shared.clear()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (this.#all.length < this.#most) {
      const connection = new Reader(this.#open(), this.#share)
      this.#all.push(connection)
      return connection
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** The rows of a query by a connection that is idle; null where none is. */
  readonly rowsAtOnce = (text: string, parameters: readonly unknown[]): unknown[] | null => this.#idle.at(-1)?.query(text, parameters).rows ?? null

  async releaseConnection(connection: Reader): Promise<void> {
    const next = this.#waiting.shift()
    if (next) next(connection)
    else this.#idle.push(connection)
  }

  async beginTransaction(connection: Reader): Promise<void> {
    if (this.#shared.delete(connection)) connection.end('commit')
    connection.begin()
  }

  async commitTransaction(connection: Reader): Promise<void> {
    connection.end('commit')
  }

  async rollbackTransaction(connection: Reader): Promise<void> {
    connection.end('rollback')
  }

  async destroy(): Promise<void> {
    this.refresh()
    for (const connection of this.#all) connection.close()
    this.#all.length = 0
  }
}
