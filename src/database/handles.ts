import type { CompiledQuery, Transaction } from 'kysely'
import type { Engine, OpenChange, Read } from './engine.ts'
import type { EventSubject } from './event-types.ts'
import type { CountedKind, TableName, Tables } from './tables.ts'

/**
 * Who makes a change, in which request, and why, where they say so: kept with its events and revisions. `site` is the pattern
 * of `PUBLIC_SITE_URL`, by which the addresses in a revision are made.
 */
export type Author = {
  actor: { tokenId: string | null; name: string } | null
  requestId: string | null
  note?: string | null
  site?: string | null
  /** Whether they may publish what they change. */
  mayPublish?: boolean
  /** Whether authors and topics of new names are made; so where it is left out. */
  makesNames?: boolean
  /** The name under which changes are gathered that may be undone together. */
  changeSet?: string | null
  /** Whether it takes so long that no other change should have to wait for its commit. */
  isLong?: boolean
  /** Where it is given, all is done and then taken back: what it would have appended is told here. */
  onDryRun?: (events: readonly NewEvent[]) => void
}

/** An event to append when the change commits. */
export type NewEvent = EventSubject & {
  data?: Record<string, unknown>
  /** The subject’s revision before, null where it was made, and after, null where it is gone; left out where it has none. */
  revision?: readonly [before: number | null, after: number | null]
}

/** A change of the stories that are public of a month, such as `2026-05`: by how many they became more. */
export type MonthChange = { month: string; stories: number }

/** The handle of one change: it writes, and through `read` it reads what it has written. */
export type Write = Transaction<Tables> &
  OpenChange & {
    /** The same of rows of one table, which have the same columns. */
    insert: (table: TableName, rows: readonly object[]) => void
    /**
     * The same of some columns of the row of a table that a column names: to build a query would take longer than to run this.
     * @param row what is known of it as it is: values that it has aren't set, since SQLite rewrites each index of a column that is
     */
    update: (table: TableName, key: readonly [column: string, value: string], values: object, row?: object) => void
    /** The same of a query. */
    run: (query: { compile: () => CompiledQuery }) => void
    readonly read: Read
    readonly engine: Engine
    /** The time of the change: RFC 3339, UTC, milliseconds. */
    readonly now: string
    /**
     * Makes the change's time no earlier than another, such as that of the last change to what it is about: another machine's
     * clock may be ahead, or this one's was set back.
     */
    notBefore: (time: string | null) => void
    readonly author: Author
    /** Does part of the change as another's, or nobody's: its events and revisions say so. */
    as: <T>(author: Author, work: () => Promise<T>) => Promise<T>
    /** Appends an event in this transaction, just before it commits. */
    append: (event: NewEvent) => void
    /** The events of a subject that wait for the commit, in order. */
    waitingEvents: (subjectId: string) => readonly NewEvent[]
    /**
     * Leaves out what waits for the commit of events about a subject, or about what is part of it: the subject is gone without a trace.
     * @param gathered how many of those that were appended, and are deleted now, were of which change set
     */
    forgetEvents: (subjectId: string, gathered: ReadonlyMap<string, number>) => void
    /**
     * Reads as if what waits for the commit were written: events and counts. It is written, read and taken back, so that no other
     * change waits meanwhile; the numbers of such events aren’t those that they will have.
     */
    asCommitted: <T>(read: () => Promise<T>) => Promise<T>
    /** Says that what is public of a month changes. It is written just before the commit, since changes that come together are of one month. */
    noteMonth: (change: MonthChange) => void
    /** Counts public articles with a value up or down, just before the transaction commits. */
    count: (kind: CountedKind, value: string, by: number) => void
    /** Does part of the change; where that fails, it alone is taken back, with its events, and the rest may go on. */
    attempt: <T>(part: () => Promise<T>) => Promise<T>
    /**
     * Keeps others off what the change is about to look at and decide by, such as `article:ID`, until it ends. To be called
     * before looking. @param isShared whether others may look, too, as long as none changes it
     */
    lock: (keys: readonly string[], isShared?: boolean) => void
  }

/** An event as it was appended. */
export type AppendedEvent = NewEvent & { seq: number }

/** Is told of a change that is committed. */
export type CommitListener = (events: readonly AppendedEvent[], author: Author) => void | Promise<void>

export type Database = {
  /** Who announces changes through it, among all processes. */
  id: string
  engine: Engine
  /** Whether some reads come from replicas, which may lag. */
  hasReplicas: boolean
  /** Tells of each change of this process as soon as it is committed; nobody is answered before that was heard. */
  onCommit: (listener: CommitListener) => void
  /** Tells those who are told of changes of one that another thread of this process has committed. */
  tell: CommitListener
  /** Reads what is committed, each statement by itself. */
  read: Read
  /** Reads several statements from one commit, of all that is committed. */
  snapshot: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  /** The same, where it may lag a little: from a replica, if there is one that answers, else as `snapshot`. */
  snapshotOfReplica: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  /**
   * Runs a change in one transaction with its events; only database work may be awaited in it. It is tried again with
   * jitter, for a bounded time, when another writer was in the way.
   * @throws TooBusyError when that time is over; nothing has changed then.
   */
  transaction: <T>(author: Author, work: (tx: Write) => Promise<T>) => Promise<T>
  /** Runs work of which only one process may be in the middle; the others wait. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  /** Whether the last change failed since the database can’t be written. */
  isFailing: () => boolean
  /** Takes that from another thread of this process, which has made a change, or couldn’t. */
  noteFailing: (isFailing: boolean) => void
  /** Whether all of it answers, some of it, or not enough to read from. */
  health: () => Promise<'ok' | 'degraded' | 'down'>
  close: () => Promise<void>
}
