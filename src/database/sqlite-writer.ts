import { setTimeout as delay } from 'node:timers/promises'
import type Sqlite from 'better-sqlite3'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely'
import type { ChangeConnection, Counts } from './engine.ts'
import type { LogKeeper } from './sqlite-checkpoint.ts'
import { SqliteConnection } from './sqlite-connection.ts'

type Waiting = { resolve: () => void; reject: (error: unknown) => void }

/** A change that waits for its turn, until so long. */
type Queued = Waiting & { deadline: number }

// No change waits for more of others than these, nor for more statements that are run before the commit: they all are run in one turn.
const mostTogether = 200
const mostLate = 16
// So long, in milliseconds, changes follow each other before the event loop looks at what else there is.
const turn = 1

// While the event loop is at other work, so long a commit waits for other changes to share it with, in milliseconds. It is at other work
// where it comes back to a commit so late. Where none came, ever more of the next ones don't, up to so many.
const gathers = 10
const atWork = 0.2
const rests = 20
// So long it waits at the most where changes keep coming.
const latest = 25

// How often another process's lock is asked for, in milliseconds: SQLite's own wait would block the event loop.
const askedEvery = 10

/** A change has waited too long for its turn, and nothing of it was done. */
export class WaitedTooLongError extends Error {}

/** SQLite took the whole transaction back: all changes that share it have failed. */
export class RolledBackError extends Error {}

/** A statement that is run before the shared commit, on a row of a full-text index. */
type Late = { table: string; row: number; text: string; parameters: readonly unknown[] }

/**
 * One table after the other, each in the order of its rows: FTS5 writes out what it has gathered, as a segment of its own, where another
 * table is written to, and where a row comes whose number is lower than the last one’s.
 */
function runLate(connection: SqliteConnection, late: readonly Late[]): void {
  for (const own of Map.groupBy(late, ({ table }) => table).values())
    for (const { text, parameters } of own.sort((one, other) => one.row - other.row)) connection.execute(text, parameters)
}

/** A transaction's handle of the one connection. */
class Member implements DatabaseConnection, ChangeConnection {
  readonly connection: SqliteConnection
  isInside = false
  /** Whether nothing else is in the transaction yet that it shares. */
  isFirst = false
  /** How many statements of others were to be run before the commit when it began. */
  lateBefore = 0
  readonly #late: Late[]

  constructor(connection: SqliteConnection, late: Late[]) {
    this.connection = connection
    this.#late = late
  }

  mark(): () => void {
    const length = this.#late.length
    return () => {
      this.#late.length = length
    }
  }

  async confirm(): Promise<void> {}

  runLate(): void {
    runLate(this.connection, this.#late.splice(this.lateBefore))
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.connection.query(query.sql, query.parameters)
  }

  send(text: string, parameters: readonly unknown[]): void {
    this.connection.execute(text, parameters)
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    return this.connection.streamQuery()
  }
}

/**
 * The one connection that writes. Transactions run one after the other, each but the first behind a savepoint of its own; those that
 * end soon after each other share a commit, and so one wait for the disk. None is done before that commit: nobody is answered earlier,
 * and when it fails, all of them have failed.
 */
export class SqliteWriter implements Driver {
  readonly #open: () => Sqlite.Database
  readonly #onCommit: () => void
  readonly #isBusy: (error: unknown) => boolean
  readonly #waitsAtMost: number
  readonly #log: LogKeeper
  #connection: SqliteConnection | undefined
  #isBegun = false
  /** Whether a change is in the transaction that has begun. */
  #isShared = false
  #isHeld = false
  #isFlushDue = false
  // Whether the next commit has waited for others, how many don't, and how many didn't the last time.
  #hasGathered = false
  #resting = 0
  #rested = 0
  readonly #waiting: Queued[] = []
  #finished: Waiting[] = []
  readonly #late: Late[] = []
  readonly #counts: Counts

  /**
   * @param onCommit is called before anyone is answered
   * @param isBusy whether an error says that another process holds the lock
   * @param waitsAtMost how long a change waits for that lock, in milliseconds
   * @param log what keeps the WAL short, so that no change does it, and with it blocks the event loop
   * @param counts where its statements are counted
   */
  constructor(open: () => Sqlite.Database, onCommit: () => void, isBusy: (error: unknown) => boolean, waitsAtMost: number, log: LogKeeper, counts: Counts) {
    this.#open = open
    this.#onCommit = onCommit
    this.#isBusy = isBusy
    this.#waitsAtMost = waitsAtMost
    this.#log = log
    this.#counts = counts
  }

  // How long changes have taken in this turn of the event loop, and when the one that is under way began.
  #taken = 0
  #grantedAt = 0
  #isTurnDue = false

  /** How many changes wait for their turn. */
  get waiting(): number {
    return this.#waiting.length
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#connection) {
      this.#log.open()
      this.#connection = new SqliteConnection(this.#open(), this.#counts)
    }
    return new Member(this.#connection, this.#late)
  }

  async releaseConnection(): Promise<void> {}

  /** The rows of a query of the transaction that is under way, which has the connection. */
  readonly rowsAtOnce = (text: string, parameters: readonly unknown[]): unknown[] => (this.#connection as SqliteConnection).query(text, parameters).rows

  /**
   * Runs a statement when the change that is under way commits, with those of the changes that share the commit; in the transaction
   * its effect isn't seen. @param table the only one that it is about @param row the only row of it, by its number
   */
  readonly beforeCommit = (table: string, row: number, text: string, parameters: readonly unknown[]): void =>
    void this.#late.push({ table, row, text, parameters })

  async beginTransaction(member: Member, { accessMode }: TransactionSettings): Promise<void> {
    const deadline = performance.now() + this.#waitsAtMost
    if (this.#isHeld || this.#taken >= turn || this.#waiting.length > 0)
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ resolve, reject, deadline })
        this.#lookAtWaiting()
      })
    this.#isHeld = true
    this.#grantedAt = performance.now()
    // Those who are done don’t wait for one that takes long, as it says by this.
    if (accessMode === 'read write') this.#flush()
    try {
      if (!this.#isBegun) await this.#begin(member.connection, deadline)
      // What fails of the first is taken back with the whole.
      member.isFirst = !this.#isShared
      if (!member.isFirst) member.connection.execute('savepoint change')
      this.#isShared = true
      member.isInside = true
      member.lateBefore = this.#late.length
    } catch (error) {
      this.#isBegun = member.connection.isInTransaction
      this.#letNext()
      throw error
    }
  }

  /** Begins the transaction that changes share: one of them waits for other processes, and all others for it. */
  async #begin(connection: SqliteConnection, deadline: number): Promise<void> {
    await this.#log.beforeTransaction()
    for (;;) {
      try {
        connection.execute('begin immediate')
        this.#isBegun = true
        return
      } catch (error) {
        if (!this.#isBusy(error) || performance.now() >= deadline) throw error
      }
      await delay(1 + Math.random() * askedEvery)
    }
  }

  async commitTransaction(member: Member): Promise<void> {
    if (!member.isFirst) member.connection.execute('release change')
    member.isInside = false
    const committed = new Promise<void>((resolve, reject) => this.#finished.push({ resolve, reject }))
    if (this.#finished.length >= mostTogether || this.#late.length >= mostLate) this.#flush()
    else this.#flushSoon()
    this.#letNext()
    return committed
  }

  async rollbackTransaction(member: Member): Promise<void> {
    // A change whose shared commit failed is rolled back already.
    if (!member.isInside) return
    member.isInside = false
    try {
      // Some errors, such as a full disk, take back the whole transaction.
      if (!member.connection.isInTransaction) this.#fail(new RolledBackError('the database rolled back the transaction'))
      else if (member.isFirst) {
        member.connection.execute('rollback')
        this.#end()
      } else {
        member.connection.execute('rollback to change')
        member.connection.execute('release change')
        this.#late.length = member.lateBefore
      }
      this.#flushSoon()
    } catch (error) {
      this.#abandon(error)
      throw error
    } finally {
      this.#letNext()
    }
  }

  /** Ends a change's hold of the connection. The next one has it now, or in the next turn of the event loop where this one is used up. */
  #letNext(): void {
    this.#isHeld = false
    this.#taken += performance.now() - this.#grantedAt
    if (this.#taken < turn) this.#grant()
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    setImmediate(() => {
      this.#isTurnDue = false
      this.#taken = 0
      if (!this.#isHeld) this.#grant()
    })
  }

  #grant(): void {
    const next = this.#waiting.shift()
    if (!next) return
    this.#isHeld = true
    next.resolve()
  }

  #isLooking = false

  /** Refuses those that have waited too long for one that takes long; they come in the order of their deadlines. */
  #lookAtWaiting(): void {
    const [first] = this.#waiting
    if (!first || this.#isLooking) return
    this.#isLooking = true
    setTimeout(
      () => {
        this.#isLooking = false
        const now = performance.now()
        while (this.#waiting[0] && this.#waiting[0].deadline <= now) this.#waiting.shift()?.reject(new WaitedTooLongError('other changes took too long'))
        this.#lookAtWaiting()
      },
      Math.max(1, first.deadline - performance.now()),
    ).unref()
  }

  #flushSoon(since = performance.now()): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    const asked = performance.now()
    setImmediate(() => {
      this.#isFlushDue = false
      if (!this.#isBegun) return
      const now = performance.now()
      const isMoreToCome = this.#waiting.length > 0 && now - since < latest
      const gathersNow = !isMoreToCome && this.#resting === 0 && now - asked > atWork && now - since < gathers
      this.#hasGathered ||= gathersNow
      // Who is in the middle of a change brings it with the next commit.
      if (this.#isHeld || isMoreToCome || gathersNow) this.#flushSoon(since)
      else this.#flush()
    })
  }

  #flush(): void {
    if (!this.#isBegun || !this.#connection) return
    try {
      runLate(this.#connection, this.#late)
      this.#connection.execute('commit')
    } catch (error) {
      this.#abandon(error)
      return
    }
    const finished = this.#end()
    if (this.#hasGathered) {
      this.#rested = finished.length > 1 ? 0 : Math.min(rests, 2 * this.#rested + 1)
      this.#resting = this.#rested
    } else if (this.#resting > 0) this.#resting--
    this.#hasGathered = false
    this.#onCommit()
    this.#log.afterCommit()
    for (const { resolve } of finished) resolve()
  }

  /** Nothing is under way any more. @returns who waited for the commit */
  #end(): Waiting[] {
    const finished = this.#finished
    this.#isBegun = false
    this.#isShared = false
    this.#finished = []
    this.#late.length = 0
    return finished
  }

  /** Gives up what is not committed; a connection that can't even do that is closed, and the next change opens another. */
  #abandon(error: unknown): void {
    const connection = this.#connection
    try {
      if (connection?.isInTransaction) connection.execute('rollback')
    } catch {
      this.#connection = undefined
      connection?.close()
    }
    this.#fail(error)
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#end()) reject(error)
  }

  async destroy(): Promise<void> {
    if (this.#isBegun && !this.#isHeld) this.#flush()
    await this.#log.close()
    this.#connection?.close()
    this.#connection = undefined
  }
}
