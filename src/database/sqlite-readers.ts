import type Sqlite from 'better-sqlite3'
import type { DatabaseConnection, Driver, QueryResult } from 'kysely'
import { SqliteConnection } from './sqlite-connection.ts'

/** A connection that reads. Its single statements share a snapshot, of which it tells when it opens one. */
class Reader extends SqliteConnection {
  readonly #onOpen: (reader: Reader) => void
  // Whether a snapshot is open, its holder's or a shared one: to ask SQLite before each query takes longer.
  #isOpen = false
  /** Whether a snapshot couldn't be opened or ended: nothing more is asked of it. */
  isBroken = false

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
    this.#run('begin')
    this.#isOpen = true
  }

  end(command: 'commit' | 'rollback'): void {
    this.#isOpen = false
    // What goes wrong in a query may have ended it already.
    if (this.isInTransaction) this.#run(command)
  }

  #run(command: string): void {
    try {
      this.execute(command)
    } catch (error) {
      this.isBroken = true
      throw error
    }
  }
}

/**
 * Connections that read, handed out one holder at a time, so that no query lands in another's transaction. Single statements
 * of one turn of the event loop share a snapshot: to open one costs as much as a small query. A connection that fails is
 * closed, and another one takes its place.
 */
export class SqliteReaders implements Driver {
  readonly #open: () => Sqlite.Database
  readonly #most: number
  readonly #all = new Set<Reader>()
  readonly #idle: Reader[] = []
  readonly #waiting: { resolve: (connection: Reader) => void; reject: (error: unknown) => void }[] = []
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
    for (const reader of this.#shared)
      try {
        reader.end('commit')
      } catch {
        // Nobody waits for this; who asks next gets another connection.
        this.#discardIdle(reader)
      }
    this.#shared.clear()
  }

  #made(): Reader {
    const connection = new Reader(this.#open(), this.#share)
    this.#all.add(connection)
    return connection
  }

  #discard(reader: Reader): void {
    this.#all.delete(reader)
    this.#shared.delete(reader)
    try {
      reader.close()
    } catch {
      // It is not used any more, whatever becomes of it.
    }
  }

  #discardIdle(reader: Reader): void {
    const index = this.#idle.indexOf(reader)
    // One that is held is closed when it is given back.
    if (index < 0) return
    this.#idle.splice(index, 1)
    this.#discard(reader)
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (this.#all.size < this.#most) return this.#made()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The rows of a query by a connection that is idle; null where none is. */
  readonly rowsAtOnce = (text: string, parameters: readonly unknown[]): unknown[] | null => {
    const reader = this.#idle.at(-1)
    if (!reader) return null
    try {
      return reader.query(text, parameters).rows
    } catch (error) {
      if (reader.isBroken) this.#discardIdle(reader)
      throw error
    }
  }

  async releaseConnection(connection: Reader): Promise<void> {
    if (connection.isBroken) this.#discard(connection)
    const next = this.#waiting.shift()
    if (!next) {
      if (!connection.isBroken) this.#idle.push(connection)
      return
    }
    try {
      next.resolve(connection.isBroken ? this.#made() : connection)
    } catch (error) {
      next.reject(error)
    }
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
    for (const connection of this.#all) this.#discard(connection)
  }
}
