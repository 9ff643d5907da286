import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type Dialect, type Driver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { Engine } from './engine.ts'
import { checkpointer } from './sqlite-checkpoint.ts'
import { SqliteReaders } from './sqlite-readers.ts'
import { sqliteSearch } from './sqlite-search.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import { TEMPORARY_DATABASE } from './urls.ts'

// Longer than a commit of a neighbour, shorter than anyone notices: SQLite's own wait blocks the event loop.
const busyTimeout = 50

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

function dialect(driver: Driver): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/**
 * SQLite through better-sqlite3: one connection that writes, a few that read.
 * @param url `sqlite:` and a path, or `sqlite::memory:`, which is a temporary file, since two connections can't share a real one.
 * @param isBulk whether much is to be written in few transactions
 */
export function sqlite(url: string, isBulk = false): Engine {
  const isTemporary = url === TEMPORARY_DATABASE
  const folder = isTemporary ? mkdtempSync(join(tmpdir(), 'broadsheet-')) : dirname(url.slice('sqlite:'.length))
  const file = isTemporary ? join(folder, 'broadsheet.db') : url.slice('sqlite:'.length)
  const removeTemporary = () => rmSync(folder, { recursive: true, force: true })
  if (isTemporary) process.once('exit', removeTemporary)
  else mkdirSync(folder, { recursive: true })

  const open = (readonly: boolean) => {
    const database = new Sqlite(file, { readonly, timeout: busyTimeout })
    if (!readonly) {
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
    }
    database.pragma('foreign_keys = ON')
    // In kB; those who only read are several, and have the system's own cache behind them.
    database.pragma(`cache_size = ${isBulk ? -128_000 : readonly ? -4000 : -16_000}`)
    // In pages of 4 kB: seldom enough that the same page is written home once for many changes.
    if (!readonly) database.pragma(`wal_autocheckpoint = ${isBulk ? 0 : 2000}`)
    return database
  }

  const readers = new SqliteReaders(() => open(true), 4)
  const writer = new SqliteWriter(() => open(false), readers.refresh, isBulk ? checkpointer(file) : null)
  return {
    ...sqliteSearch,
    write: dialect(writer),
    read: dialect(readers),
    readAtOnce: readers.rowsAtOnce,
    writeAtOnce: writer.rowsAtOnce,
    replicas: [],
    isRetryable: (error) => error instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code),
    isUnavailable: () => false,
    columns: { text: 'text', integer: 'integer', sequence: sql`integer primary key autoincrement` },
    // A transaction that writes has the whole database to itself.
    alone: (_db, work) => work(),
    async lock() {},
    async announce() {},
    // One prepared statement, many times: as fast as one of many rows, and never too long.
    async insertRows(_db, table, { columns, rows }) {
      // Bytes are taken as the text that they are.
      const places = columns.map((_, index) => (rows.some((row) => row[index] instanceof Uint8Array) ? 'cast(? as text)' : '?'))
      const statement = `insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) values (${places.join(', ')})`
      writer.runEach(statement, rows)
    },
    async watch({ onChange }) {
      const database = new Sqlite(file, { readonly: true })
      // Changes with each commit of another connection, in whichever process.
      const version = () => database.pragma('data_version', { simple: true })
      let seen = version()
      const timer = setInterval(() => {
        const now = version()
        if (now === seen) return
        seen = now
        readers.refresh()
        onChange()
      }, watchedEvery).unref()
      return async () => {
        clearInterval(timer)
        database.close()
      }
    },

    async close() {
      if (isTemporary) removeTemporary()
    },
  }
}
