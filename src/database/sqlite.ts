import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type Dialect, type Driver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { ConnectOptions, Counts, Engine, Watch, Watcher } from './engine.ts'
import { backupFile } from './sqlite-backup.ts'
import { checkpointer, LogKeeper } from './sqlite-checkpoint.ts'
import { SqliteReaders } from './sqlite-readers.ts'
import { sqliteSearch } from './sqlite-search.ts'
import { RolledBackError, SqliteWriter, WaitedTooLongError } from './sqlite-writer.ts'
import { TEMPORARY_DATABASE } from './urls.ts'
import { chunked } from './values.ts'

// SQLite's own waits block the event loop: a start may, a read hardly ever has to, and who writes waits by himself.
const startBusyTimeout = 5000
const readBusyTimeout = 50

// For each number of rows there is a prepared statement.
const mostRows = 24

// How soon a process sees what another one wrote, in milliseconds.
const watchedEvery = 15

class TransactionalSqliteAdapter extends SqliteAdapter {
  // The drivers see to it themselves that none gets in another's way.
  override get supportsMultipleConnections(): boolean {
    return true
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/**
 * Writes a place for a value as `+?`, which SQLite doesn’t look into as it plans: for `limit ?` and for most comparisons it would
 * prepare the statement again each time that it runs, which takes longer than many of them. So a condition by which a partial
 * index is found names its value in the statement.
 */
class StableSqliteCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}

function dialect(driver: Driver): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new StableSqliteCompiler(),
  }
}

const codeOf = (error: unknown) => (error instanceof Sqlite.SqliteError ? error.code : '')

const isBusy = (error: unknown) => error instanceof WaitedTooLongError || /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

/** The disk is full, can't be written or fails; there are no more file handles, or no memory; the file is no database. */
const isUnavailable = (error: unknown) =>
  error instanceof RolledBackError || /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL|NOLFS)/.test(codeOf(error))

/** Makes the file and its folder, where they aren't there yet, for their owner alone; SQLite gives its other files the same mode. */
function prepareFile(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    for (const own of [file, `${file}-wal`, `${file}-shm`]) {
      const found = statSync(own, { throwIfNoEntry: false })
      // Others lose what they could do; what the owner can't do stays so.
      if (found?.isFile() && found.mode & 0o177) chmodSync(own, found.mode & 0o600)
    }
  } catch {
    // Another's file, or one that can't be written: what SQLite makes of it is said when it is opened.
  }
}

/** Notifies of each commit of another connection, in whichever process, and when that is no longer possible. */
function watchFile(file: string, onCommit: () => void, { onChange, onLost, onBack }: Watcher): Watch {
  let database: Sqlite.Database | undefined
  let version: Sqlite.Statement | undefined
  let seen: unknown
  let isLost = false

  function look(): void {
    database ??= new Sqlite(file, { readonly: true, timeout: 0 })
    version ??= database.prepare('pragma data_version').pluck()
    const now = version.get()
    if (isLost) onBack()
    isLost = false
    if (now === seen) return
    const isFirst = seen === undefined
    seen = now
    if (isFirst) return
    onCommit()
    onChange(null)
  }

  function lookSafely(): void {
    try {
      look()
    } catch (error) {
      if (isBusy(error) || isLost) return
      isLost = true
      onLost()
    }
  }

  lookSafely()
  const timer = setInterval(lookSafely, watchedEvery).unref()
  return {
    async stop() {
      clearInterval(timer)
      database?.close()
      database = undefined
      version = undefined
    },
    read: null,
    look: lookSafely,
    peers: null,
  }
}

/**
 * SQLite through better-sqlite3: one connection that writes, a few that read.
 * @param url `sqlite:` and a path, or `sqlite::memory:`, which is a temporary file, since two connections can't share a real one.
 */
export function sqlite(url: string, { isBulk, isEager, mustExist, waitsAtMost }: ConnectOptions): Engine {
  const isTemporary = url === TEMPORARY_DATABASE
  const folder = isTemporary ? mkdtempSync(join(tmpdir(), 'broadsheet-')) : dirname(url.slice('sqlite:'.length))
  const file = isTemporary ? join(folder, 'broadsheet.db') : url.slice('sqlite:'.length)
  const removeTemporary = () => rmSync(folder, { recursive: true, force: true })
  if (isTemporary) process.once('exit', removeTemporary)
  if (mustExist && !existsSync(file)) throw new Error(`There is no database at ${file}.`)
  prepareFile(file)

  const open = (readonly: boolean) => {
    const database = new Sqlite(file, { readonly, timeout: startBusyTimeout })
    try {
      if (!readonly) {
        database.pragma('journal_mode = WAL')
        database.pragma('synchronous = FULL')
      }
      database.pragma('foreign_keys = ON')
      // In kB; those who only read are several, and have the system's own cache behind them.
      database.pragma(`cache_size = ${isBulk ? -128_000 : readonly ? -4000 : -16_000}`)
      // Where an index is missing, SQLite would make one of the whole table for each statement.
      if (readonly) database.pragma('automatic_index = OFF')
      else {
        database.pragma('wal_autocheckpoint = 0')
        // Of each savepoint SQLite keeps the pages as they were: past 64 kB in a file, and each of them a write.
        database.pragma('temp_store = MEMORY')
      }
      database.pragma(`busy_timeout = ${readonly ? readBusyTimeout : 0}`)
    } catch (error) {
      database.close()
      throw error
    }
    return database
  }

  const readers = new SqliteReaders(() => open(true), 4)
  const counts: Counts = { statements: 0, waits: 0 }
  const walBytes = () => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const log = new LogKeeper(checkpointer(file), { isBulk, isEager }, walBytes, () => counts.statements)
  const writer = new SqliteWriter(() => open(false), readers.refresh, isBusy, waitsAtMost, log, counts)
  return {
    ...sqliteSearch(writer.beforeCommit),
    write: dialect(writer),
    read: dialect(readers),
    readAtOnce: readers.rowsAtOnce,
    writeAtOnce: writer.rowsAtOnce,
    replicas: [],
    isRetryable: isBusy,
    isTooLong: () => false,
    isConflict: (error) => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID|FOREIGNKEY)$/.test(codeOf(error)),
    isBusy,
    isUnavailable,
    queues: () => ({ writersWaiting: writer.waiting }),
    counts,
    isPrivate: isTemporary,
    columns: { text: 'text', integer: 'integer', sequence: sql`integer primary key autoincrement` },
    // A transaction that writes has the whole database to itself.
    alone: (_db, work) => work(),
    lock() {},
    announce() {},
    async liftTimeouts() {},
    place: () => '?',
    unindexed: (column) => sql`+${column}`,
    insertRows(tx, table, { columns, rows }) {
      for (const piece of chunked(rows, mostRows)) {
        // Bytes are taken as the text that they are.
        const places = columns.map((_, index) => (piece.some((row) => row[index] instanceof Uint8Array) ? 'cast(? as text)' : '?'))
        const values = Array(piece.length)
          .fill(`(${places.join(', ')})`)
          .join(', ')
        tx.send(`insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) values ${values}`, piece.flat())
      }
    },
    async watch(watcher) {
      return watchFile(file, readers.refresh, watcher)
    },

    // In one snapshot, which nobody who writes waits for.
    async backup(target, onProgress) {
      const source = open(true)
      try {
        return await backupFile(source, target, onProgress)
      } finally {
        source.close()
      }
    },

    async close() {
      if (isTemporary) removeTemporary()
    },
  }
}
