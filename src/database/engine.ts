import type { ColumnDataType, Dialect, Kysely, RawBuilder } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import type { RowSet, Text } from './rows.ts'
import type { Tables } from './tables.ts'

/** A handle that can only read: its own connection, or the connection of a transaction typed read-only. */
export type Read = ReadonlyKysely<Tables>

/** Which of an article's two sets of search rows. */
export type SearchCopy = 'public' | 'working'

/** The three texts of an article that are searched, as folded words with spaces between. */
export type SearchTexts = { headline: Text; secondary: Text; body: Text }

/** Where a word is looked for: the tiers of relevance, each wider than the one before. */
export type SearchTier = 0 | 1 | 2

/** One condition of a query: the words in order are a phrase; `prefix` lets the last word go on. */
export type SearchTerm = { words: string[]; prefix: boolean }

/** The rows of a query, from a connection that answers at once; null where none does. */
export type RowsAtOnce = (text: string, parameters: readonly unknown[]) => unknown[] | null

type Column = ColumnDataType | RawBuilder<unknown>

/** What a search finds: rows of a table, with the numbers of their search rows, in whose order they come cheapest. */
export type Hits = { table: string; number: RawBuilder<number>; where: RawBuilder<boolean> }

/** What to do when something was committed, when it can no longer be told, and when it can again. */
export type Watcher = { onChange: () => void; onLost: () => void; onBack: () => void }

/** What differs between database engines; nothing else of the code asks which engine it runs on. */
export type Engine = {
  /** The dialects of the handle that writes, of the one that reads what was just written, and of the replicas that may lag. */
  write: Dialect
  read: Dialect
  /** What answers the handle that reads, and a transaction that writes, at once. */
  readAtOnce: RowsAtOnce
  writeAtOnce: RowsAtOnce
  replicas: Dialect[]
  /** True for an error after which the same transaction may be tried again: another one was in the way. */
  isRetryable: (error: unknown) => boolean
  /** True for an error that says the database is out of reach. */
  isUnavailable: (error: unknown) => boolean
  /** Column types for migrations: text compares by code point; an integer holds 2^53; a sequence is a primary key that numbers itself. */
  columns: { text: Column; integer: Column; sequence: Column }
  /** Runs work of which only one process may be in the middle; the others wait. */
  alone: <T>(db: Kysely<Tables>, work: () => Promise<T>) => Promise<T>
  /**
   * Makes other transactions that want one of the same locks wait until this one ends; those that share one only wait for
   * who wants it alone.
   */
  lock: (db: Kysely<Tables>, keys: readonly string[], isShared: boolean) => Promise<void>
  /** Tells other processes, when the transaction commits, that events were appended. */
  announce: (db: Kysely<Tables>) => Promise<void>
  /**
   * Watches for changes of any process.
   * @returns stops it
   */
  watch: (watcher: Watcher) => Promise<() => Promise<void>>
  /** Makes search expect very many rows, or no more of them. */
  expectMany: (db: Kysely<Tables>, isMany: boolean) => Promise<void>
  /** Inserts many rows, in few steps. */
  insertRows: (db: Kysely<Tables>, table: keyof Tables, rows: RowSet) => Promise<void>
  createSearchTable: (db: Kysely<unknown>, copy: SearchCopy) => Promise<void>
  /** Makes the index of the full text anew, where its words aren't marked by their texts, or, on the way back, without marks. */
  markSearch: (db: Kysely<Tables>, isMarked: boolean) => Promise<void>
  writeSearch: (db: Kysely<Tables>, copy: SearchCopy, number: number, texts: SearchTexts | null) => Promise<void>
  /** Where all terms occur within the tier, and not within the narrower one. */
  hits: (copy: SearchCopy, terms: SearchTerm[], tier: SearchTier | 'any') => Hits
  close: () => Promise<void>
}
