import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, type Transaction } from 'kysely'
import type { EventType } from '../events/types.ts'
import type { Engine, Read } from './engine.ts'
import { postgres } from './postgres.ts'
import { prepared, rowsAtOnce } from './prepared.ts'
import { replicaSet } from './replicas.ts'
import { rowSet } from './rows.ts'
import { sqlite } from './sqlite.ts'
import type { EventTable, Tables } from './tables.ts'
import { isSqliteUrl } from './urls.ts'

/**
 * Who makes a change, in which request, and why, where they say so: kept with its events and revisions. `site` is the pattern
 * of `PUBLIC_SITE_URL`, by which the addresses in a revision are made.
 */
export type Author = { actor: { tokenId: string | null; name: string } | null; requestId: string | null; note?: string | null; site?: string | null }

/** An event to append when the change commits. */
export type NewEvent = { type: EventType; subject: { type: string; id: string }; data?: Record<string, unknown> }

/** The handle of one change: it writes, and through `read` it reads what it has written. */
export type Write = Transaction<Tables> & {
  readonly read: Read
  readonly engine: Engine
  /** The time of the change: RFC 3339, UTC, milliseconds. */
  readonly now: string
  readonly author: Author
  /** Does part of the change as another's, or nobody's: its events and revisions say so. */
  as: <T>(author: Author, work: () => Promise<T>) => Promise<T>
  /** Appends an event in this transaction, just before it commits. */
  append: (event: NewEvent) => void
  /**
   * Keeps others off what the change is about to look at and decide by, such as `article:ID`, until it ends. To be called
   * before looking. @param isShared whether others may look, too, as long as none changes it
   */
  lock: (keys: readonly string[], isShared?: boolean) => Promise<void>
}

/** An event as it was appended. */
export type AppendedEvent = NewEvent & { seq: number }

export type Database = {
  engine: Engine
  /** Whether some reads come from replicas, which may lag. */
  hasReplicas: boolean
  /** Tells of each change of this process as soon as it is committed, before anyone is answered. */
  onCommit: (listener: (events: readonly AppendedEvent[]) => void) => void
  /** Reads what is committed, each statement by itself. */
  read: Read
  /** Reads several statements from one commit, of all that is committed. */
  snapshot: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  /** The same, where it may lag a little: from a replica, if there is one that answers, else as `snapshot`. */
  snapshotOfReplica: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  /**
   * Runs a change in one transaction with its events; only database work may be awaited in it. It is tried again, a
   * bounded number of times with jitter, when another writer was in the way.
   * @throws TooBusyError when all tries ran out; nothing has changed then.
   */
  transaction: <T>(author: Author, work: (tx: Write) => Promise<T>) => Promise<T>
  /** Runs work of which only one process may be in the middle; the others wait. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  /** Whether all of it answers, some of it, or not enough to read from. */
  health: () => Promise<'ok' | 'degraded' | 'down'>
  close: () => Promise<void>
}

/** A change whose bounded retries ran out. */
export class TooBusyError extends Error {}

const mostTries = 10
const longestWait = 500

async function insertEvents(tx: Write, rows: Omit<EventTable, 'seq'>[]): Promise<number[]> {
  const [only] = rows
  if (only && rows.length === 1) return (await insertEvent(tx, only)).map(({ seq }) => seq)
  await tx.engine.insertRows(tx, 'events', rowSet(rows))
  // Nobody else appends meanwhile, so the last ones are these.
  const last = await tx.read.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(rows.length).execute()
  return last.map(({ seq }) => seq)
}

async function appendEvents(tx: Write, events: (NewEvent & { author: Author })[]): Promise<AppendedEvent[]> {
  if (events.length === 0) return []
  // Until the commit, so that numbers come in the order of commits: who has seen one never finds a smaller one later.
  await tx.lock(['events'])
  const rows = events.map((event) => ({
    type: event.type,
    subject_type: event.subject.type,
    subject_id: event.subject.id,
    actor: event.author.actor ? JSON.stringify(event.author.actor) : null,
    at: tx.now,
    request_id: event.author.requestId,
    data: JSON.stringify(event.data ?? {}),
  }))
  const numbers = await insertEvents(tx, rows)
  await tx.engine.announce(tx)
  // Numbers rise with the rows.
  numbers.sort((a, b) => a - b)
  return events.map((event, index) => ({ ...event, seq: numbers[index] as number }))
}

const insertEvent = prepared<Omit<EventTable, 'seq'>, { seq: number }>((db, { type, subject_type, subject_id, actor, at, request_id, data }) =>
  db.insertInto('events').values({ type, subject_type, subject_id, actor, at, request_id, data }).returning('seq'),
)

const readOnly = (db: unknown) => db as Read

function snapshotFrom<T>(reader: Kysely<Tables>, work: (read: Read) => Promise<T>): Promise<T> {
  return reader
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((transaction) => work(readOnly(transaction)))
}

const answers = (reader: Kysely<Tables>) =>
  reader
    .selectFrom('migrations')
    .select('name')
    .limit(1)
    .execute()
    .then(
      () => true,
      () => false,
    )

/**
 * Opens the database that a `DATABASE_URL` names.
 * @param replicaUrls what `DATABASE_READ_URL` lists
 * @param isBulk whether much is to be written in few transactions, and nobody waits for the process
 */
export function connect(url: string, replicaUrls: readonly string[] = [], isBulk = false): Database {
  const engine = isSqliteUrl(url) ? sqlite(url, isBulk) : postgres(url, replicaUrls)
  const writer = new Kysely<Tables>({ dialect: engine.write })
  const reader = new Kysely<Tables>({ dialect: engine.read })
  rowsAtOnce.set(reader, engine.readAtOnce)
  const replicas = engine.replicas.map((dialect) => new Kysely<Tables>({ dialect }))
  const throughReplicas = replicaSet(replicas, engine.isUnavailable, engine.isRetryable)

  const listeners: ((events: readonly AppendedEvent[]) => void)[] = []

  async function attempt<T>(author: Author, work: (tx: Write) => Promise<T>): Promise<T> {
    let appended: AppendedEvent[] = []
    const result = await writer.transaction().execute(async (transaction) => {
      rowsAtOnce.set(transaction, engine.writeAtOnce)
      const events: (NewEvent & { author: Author })[] = []
      const tx: Write = Object.assign(transaction, {
        read: readOnly(transaction),
        engine,
        now: new Date().toISOString(),
        author,
        append: (event: NewEvent) => void events.push({ ...event, author: tx.author }),
        async as<T>(other: Author, part: () => Promise<T>): Promise<T> {
          Object.assign(transaction, { author: other })
          try {
            return await part()
          } finally {
            Object.assign(transaction, { author })
          }
        },
        lock: (keys: readonly string[], isShared = false) => (keys.length > 0 ? engine.lock(transaction, keys, isShared) : Promise.resolve()),
      })
      const result = await work(tx)
      appended = await appendEvents(tx, events)
      return result
    })
    if (appended.length > 0) for (const listener of listeners) listener(appended)
    return result
  }

  const snapshot: Database['snapshot'] = (work) => snapshotFrom(reader, work)

  return {
    engine,
    hasReplicas: replicas.length > 0,
    onCommit: (listener) => void listeners.push(listener),
    read: readOnly(reader),
    snapshot,
    snapshotOfReplica: (work) =>
      throughReplicas(
        (replica) => snapshotFrom(replica, work),
        () => snapshot(work),
      ),
    async transaction(author, work) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(author, work)
        } catch (error) {
          if (!engine.isRetryable(error)) throw error
          if (tries === mostTries) throw new TooBusyError('the database stayed busy', { cause: error })
          await delay(Math.random() * Math.min(longestWait, 10 * 2 ** tries))
        }
      }
    },
    alone: (work) => engine.alone(writer, work),
    async health() {
      const [primary, ...others] = await Promise.all([reader, ...replicas].map(answers))
      if (primary && others.every(Boolean)) return 'ok'
      return primary || others.some(Boolean) ? 'degraded' : 'down'
    },
    async close() {
      for (const handle of [writer, reader, ...replicas]) await handle.destroy()
      await engine.close()
    },
  }
}
