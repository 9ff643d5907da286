import type { ColumnDataType, Dialect, Kysely, RawBuilder } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import type { Tables } from './tables.ts'

/** A text, or its UTF-8: bytes go from one thread to another, and to SQLite, without being copied into a string. */
export type Text = string | Uint8Array

/** Rows with the same columns; a value is a number, null or a text. */
export type RowSet = { columns: readonly string[]; rows: unknown[][] }

/** A handle that can only read: its own connection, or the connection of a transaction typed read-only. */
export type Read = ReadonlyKysely<Tables>

/** Which of an article's two sets of search rows. */
export type SearchCopy = 'public' | 'working'

/** A full-text index: of a copy of articles, or of comments. */
export type SearchIndex = SearchCopy | 'comments'

/** The three texts of an article that are searched, as folded words with spaces between. */
export type SearchTexts = { headline: Text; secondary: Text; body: Text }

/** Where a word is looked for: the tiers of relevance, each wider than the one before. */
export type SearchTier = 0 | 1 | 2

/** One condition of a query: the words in order are a phrase; `prefix` lets the last word go on. */
export type SearchTerm = { words: string[]; prefix: boolean }

/** A connection on which a change is made. */
export type ChangeConnection = {
  /**
   * Sends a statement whose rows nobody wants, behind those that were sent before; nobody waits for it. Where it fails, so does the
   * next read, or the commit.
   */
  send: (text: string, parameters: readonly unknown[]) => void
  /** Marks how far the change is. @returns drops what was sent or put off since then, and nobody has waited for */
  mark: () => () => void
  /** Waits until all that was sent has been done. @throws what it failed with */
  confirm: () => Promise<void>
  /** Does what was put off until the commit, which has less to do in one turn then. */
  runLate: () => void
}

/** The same of a change, for as long as it isn’t over. */
export type OpenChange = ChangeConnection & {
  /** @throws Error where the change is over: its connection is another’s */
  requireOpen: () => void
}

/** How much was done on the connections that write. */
export type Counts = {
  statements: number
  /** How often a change waited for the database's answer. */
  waits: number
}

/** The rows of a query, from a connection that answers at once; null where none does. */
export type RowsAtOnce = (text: string, parameters: readonly unknown[]) => unknown[] | null

type Column = ColumnDataType | RawBuilder<unknown>

/** What a search finds: rows of a table, with the numbers of their search rows, in whose order they come cheapest. */
export type Hits = { table: string; number: RawBuilder<number>; where: RawBuilder<boolean> }

/**
 * What to do when something was committed or told (with what was said and by which connection, where that comes along), when it can
 * no longer be told, and when it can again.
 */
export type Watcher = {
  onChange: (announced: string | null, from?: number) => void
  onLost: () => void
  onBack: () => void
  /** Whether it is one of the listeners, who acknowledge notifications. */
  acknowledges: boolean
}

/** The other processes that watch, by the numbers of their connections, and how to tell them something. */
export type Peers = { listeners: () => Promise<number[]>; tell: (text: string) => Promise<void> }

/** What watches; `read` is a connection of its own, which no other read keeps waiting, where there is one. */
export type Watch = {
  stop: () => Promise<void>
  read: Read | null
  /** Looks at once whether others committed something, and tells of it; null where they say it themselves. */
  look: (() => void) | null
  /** The others, where they are notified rather than poll. */
  peers: Peers | null
}

/** How a database is connected to; times are in milliseconds. */
export type ConnectOptions = {
  /** Whether much is to be written in few transactions, and nobody waits for the process: then nothing is bounded by time. */
  isBulk: boolean
  /** Whether what checkpoints a log is there from the first change on. */
  isEager: boolean
  /** Whether a file that isn't there is an error, and not a new database. */
  mustExist: boolean
  /** How long a change waits in all for other writers. */
  waitsAtMost: number
  /** How long a statement, and its wait for a lock, may take on a server. */
  statementTimeout: number
  lockTimeout: number
}

/** What waits, for those who watch the server. */
export type Queues = Record<string, number>

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
  /** True for an error that says a constraint was violated: what was to be unique is there, or what was referred to isn't. */
  isConflict: (error: unknown) => boolean
  /** A text is too long for an index. */
  isTooLong: (error: unknown) => boolean
  /** True for an error that says others were in the way for too long: nothing is wrong with the database. */
  isBusy: (error: unknown) => boolean
  /** True for an error that says the database is out of reach, or can't be read or written: a disk that is full, read-only or fails. */
  isUnavailable: (error: unknown) => boolean
  queues: () => Queues
  counts: Counts
  /** Whether what it holds can be reached by this connection alone. */
  isPrivate: boolean
  /** Column types for migrations: text compares by code point; an integer holds 2^53; a sequence is a primary key that numbers itself. */
  columns: { text: Column; integer: Column; sequence: Column }
  /** Runs work of which only one process may be in the middle; the others wait. */
  alone: <T>(db: Kysely<Tables>, work: () => Promise<T>) => Promise<T>
  /**
   * Makes other transactions that want one of the same locks wait until this one ends; those that share one only wait for
   * who wants it alone.
   */
  lock: (tx: OpenChange, keys: readonly string[], isShared: boolean) => void
  /** Notifies other processes, when the transaction commits, that events were appended. @param text the payload that watchers get */
  announce: (tx: OpenChange, text: string) => void
  /** Watches for changes of any process. */
  watch: (watcher: Watcher) => Promise<Watch>
  /** Lets a transaction take as long as it takes: migrations do. */
  liftTimeouts: (db: Kysely<Tables>) => Promise<void>
  /**
   * Copies the database to a file while it is used. @param onProgress is called with the share that is done
   * @returns how many rows there are, by table @throws Error that says what to use instead, or what went wrong
   */
  backup: (target: string, onProgress: (share: number) => void) => Promise<Record<string, number>>
  /** Makes the engine expect very many rows, or no more of them: then it plans by those that it has. */
  expectMany: (db: Kysely<Tables>, isMany: boolean) => Promise<void>
  /** How the place of a statement's value of this number, from 1, is written. */
  place: (number: number) => string
  /** Inserts rows of one table, in as few statements as they go into. */
  insertRows: (tx: OpenChange, table: keyof Tables, rows: RowSet) => void
  createSearchTable: (db: Kysely<unknown>, copy: SearchIndex) => Promise<void>
  /** Lets the words of a table’s rows go with them, by their `number`; or no more. */
  tieSearch: (db: Kysely<unknown>, copy: 'comments', isTied: boolean) => Promise<void>
  /** Rebuilds the full-text index, where its words aren't marked by their texts, or, on the way back, without marks. */
  markSearch: (db: Kysely<Tables>, isMarked: boolean) => Promise<void>
  /** Rebuilds the full-text index of a copy from `search_rows`. */
  rebuildSearch: (db: Kysely<Tables>, copy: SearchCopy) => Promise<void>
  /** Puts rows into a full-text index, in the place of those of the same numbers. */
  writeSearch: (tx: OpenChange, copy: SearchIndex, rows: ReadonlyMap<number, SearchTexts>) => void
  removeSearch: (tx: OpenChange, copy: SearchIndex, number: number) => void
  /** A column whose index a query isn't to begin with, for an engine that knows nothing of how many rows have which value. */
  unindexed: (column: RawBuilder<unknown>) => RawBuilder<unknown>
  /** Where all terms occur within the tier, and not within the narrower one. */
  hits: (copy: SearchIndex, terms: SearchTerm[], tier: SearchTier | 'any') => Hits
  close: () => Promise<void>
}
