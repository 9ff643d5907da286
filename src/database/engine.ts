import type { ColumnDataType, Dialect, Kysely, RawBuilder } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import type { Tables } from './tables.ts'

/** A handle that can only read: its own connection, or the connection of a transaction typed read-only. */
export type Read = ReadonlyKysely<Tables>

/** Which of an article's two sets of search rows. */
export type SearchCopy = 'public' | 'working'

/** The three texts of an article that are searched, as folded words with spaces between. */
export type SearchTexts = { headline: string; secondary: string; body: string }

/** Where a word is looked for: the tiers of relevance, each wider than the one before. */
export type SearchTier = 0 | 1 | 2

/** One condition of a query: the words in order are a phrase; `prefix` lets the last word go on. */
export type SearchTerm = { words: string[]; prefix: boolean }

/** What differs between database engines; nothing else of the code asks which engine it runs on. */
export type Engine = {
  /** The dialect of the handle that writes, and that of the handle that reads. */
  write: Dialect
  read: Dialect
  /** True for an error after which the same transaction may be tried again. */
  isRetryable: (error: unknown) => boolean
  /** True for an error that says a unique index already has the value. */
  isUniqueViolation: (error: unknown) => boolean
  /** Column types for migrations: text compares by code point. */
  columns: { text: ColumnDataType | RawBuilder<unknown>; integer: ColumnDataType; sequence: ColumnDataType }
  createSearchTable: (db: Kysely<unknown>, copy: SearchCopy) => Promise<void>
  writeSearch: (db: Kysely<Tables>, copy: SearchCopy, rowid: number, texts: SearchTexts | null) => Promise<void>
  /** A condition on a search row's number: all terms occur within the tier, and not within the narrower one. */
  matches: (copy: SearchCopy, terms: SearchTerm[], tier: SearchTier | 'any') => RawBuilder<boolean>
  close: () => Promise<void>
}
