import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type CompiledQuery, Kysely, sql, type Transaction } from 'kysely'
import { announcementOf } from './announcements.ts'
import { currentTime } from './clock.ts'
import type { ChangeConnection, ConnectOptions, Engine, Read } from './engine.ts'
import type { AppendedEvent, Author, CommitListener, Database, MonthChange, NewEvent, Write } from './handles.ts'
import { writeMonths } from './months.ts'
import { postgres } from './postgres.ts'
import { prepared, preparedWrite, rowsAtOnce } from './prepared.ts'
import { replicaSet } from './replicas.ts'
import { rowSet } from './rows.ts'
import { sqlite } from './sqlite.ts'
import type { CountedKind, EventTable, TableName, Tables } from './tables.ts'
import { type Tally, writeTallies } from './tallies.ts'
import { isSqliteUrl } from './urls.ts'
import { differing } from './values.ts'

/** What came of work that is to be taken back: not an error but the way out of its transaction, or of a part of it. */
class TakenBack extends Error {
  readonly result: unknown

  constructor(result: unknown) {
    super('taken back')
    this.result = result
  }
}

/** A change whose time for retries ran out. */
export class TooBusyError extends Error {}

const longestPause = 500
const mostTriesOfConflict = 3

const defaults: ConnectOptions = { isBulk: false, isEager: false, mustExist: false, waitsAtMost: 10_000, statementTimeout: 30_000, lockTimeout: 10_000 }

// In a failing database a write is tried at most so often, in milliseconds, to see whether it is well again.
const triedEvery = 1000
// A full disk may still have room for a few bytes.
const triedWith = 'x'.repeat(65_536)
const nobody: Author = { actor: null, requestId: null }

async function insertEvents(tx: Write, rows: Omit<EventTable, 'seq'>[]): Promise<number[]> {
  const [only] = rows
  if (only && rows.length === 1) return (await insertEvent(tx, only)).map(({ seq }) => seq)
  tx.insert('events', rows)
  // Nobody else appends meanwhile, so the last ones are these.
  return (await lastEvents(tx, { count: rows.length })).map(({ seq }) => seq)
}

/** Writes events, and gathers those of change sets. @returns them with their numbers, in order */
async function writeEvents(tx: Write, events: readonly (NewEvent & { author: Author })[]): Promise<AppendedEvent[]> {
  if (events.length === 0) return []
  const rows = events.map((event) => ({
    type: event.type,
    subject_type: event.subject.type,
    subject_id: event.subject.id,
    article_id: typeof event.data?.articleId === 'string' ? event.data.articleId : null,
    actor: event.author.actor ? JSON.stringify(event.author.actor) : null,
    at: tx.now,
    request_id: event.author.requestId,
    data: JSON.stringify(event.data ?? {}),
    actor_id: event.author.actor ? (event.author.actor.tokenId ?? event.author.actor.name) : null,
    change_set: event.author.changeSet ?? null,
    revision_before: event.revision?.[0] ?? null,
    revision_after: event.revision?.[1] ?? null,
  }))
  const sets = [...Map.groupBy(rows, ({ change_set }) => change_set ?? '')].sort(([one], [other]) => (one < other ? -1 : 1))
  for (const [name, own] of sets) if (name !== '') gather(tx, { name, at: tx.now, count: own.length })
  const numbers = await insertEvents(tx, rows)
  // Numbers rise with the rows.
  numbers.sort((a, b) => a - b)
  return events.map((event, index) => ({ ...event, seq: numbers[index] as number }))
}

/** Counts of change sets what was gathered in them of something that is gone without a trace; a set of which nothing is left is none. */
function forgetGathered(tx: Write, forgotten: ReadonlyMap<string, number>): void {
  for (const [name, count] of forgotten) {
    tx.run(
      tx
        .updateTable('change_sets')
        .set(({ eb }) => ({ events: eb('events', '-', count) }))
        .where('name', '=', name),
    )
    tx.run(tx.deleteFrom('change_sets').where('name', '=', name).where('events', '<=', 0))
  }
}

const lastEvents = prepared<{ count: number }, { seq: number }>((db, { count }) => db.selectFrom('events').select('seq').orderBy('seq', 'desc').limit(count))

const insertEvent = prepared<Omit<EventTable, 'seq'>, { seq: number }>((db, places) => {
  const { type, subject_type, subject_id, article_id, actor, at, request_id, data, actor_id, change_set, revision_before, revision_after } = places
  return db
    .insertInto('events')
    .values({ type, subject_type, subject_id, article_id, actor, at, request_id, data, actor_id, change_set, revision_before, revision_after })
    .returning('seq')
})

const gather = preparedWrite<{ name: string; at: string; count: number }>((db, { name, at, count }) =>
  db
    .insertInto('change_sets')
    .values({ name, created_at: at, updated_at: at, events: count })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((set) => ({ updated_at: set.ref('excluded.updated_at'), events: sql`change_sets.events + excluded.events` })),
    ),
)

const readOnly = (db: unknown) => db as Read

/** The connection that a transaction has. */
const connectionOf = (transaction: Transaction<Tables>) =>
  new Promise<ChangeConnection>((resolve, reject) => {
    transaction
      .getExecutor()
      .provideConnection(async (connection) => resolve(connection as unknown as ChangeConnection))
      .catch(reject)
  })

function snapshotFrom<T>(reader: Kysely<Tables>, work: (read: Read) => Promise<T>): Promise<T> {
  return reader
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((transaction) => work(readOnly(transaction)))
}

/** Whether a database can be read: one that is busy can. */
const answers = (reader: Kysely<Tables>, { isBusy }: Engine) =>
  reader
    .selectFrom('migrations')
    .select('name')
    .limit(1)
    .execute()
    .then(
      () => true,
      (error) => isBusy(error),
    )

/**
 * Opens the database that a `DATABASE_URL` names.
 * @param replicaUrls what `DATABASE_READ_URL` lists
 */
export function connect(url: string, replicaUrls: readonly string[] = [], given: Partial<ConnectOptions> = {}): Database {
  const options = { ...defaults, ...given }
  const engine = isSqliteUrl(url) ? sqlite(url, options) : postgres(url, replicaUrls, options)
  const writer = new Kysely<Tables>({ dialect: engine.write })
  const reader = new Kysely<Tables>({ dialect: engine.read })
  rowsAtOnce.set(reader, engine.readAtOnce)
  const replicas = engine.replicas.map((dialect) => new Kysely<Tables>({ dialect }))
  const throughReplicas = replicaSet(replicas, engine.isUnavailable, (error) => engine.isRetryable(error) || engine.isBusy(error))

  const id = randomUUID()
  const listeners: CommitListener[] = []

  async function tell(events: readonly AppendedEvent[], author: Author): Promise<void> {
    for (const listener of listeners) await listener(events, author)
  }

  async function attempt<T>(author: Author, work: (tx: Write) => Promise<T>): Promise<T> {
    let appended: AppendedEvent[] = []
    // One that says how it accesses the database shares no commit with those before it.
    const begun = author.isLong ? writer.transaction().setAccessMode('read write') : writer.transaction()
    const result = await begun.execute(async (transaction) => {
      rowsAtOnce.set(transaction, engine.writeAtOnce)
      const connection = await connectionOf(transaction)
      let isOver = false
      const requireOpen = () => {
        if (isOver) throw new Error('the change is over: its connection is another’s')
      }
      const send = (text: string, parameters: readonly unknown[]) => {
        requireOpen()
        connection.send(text, parameters)
      }
      // What is gathered until the commit.
      const gathered = <T>(list: T[], one: T) => {
        requireOpen()
        list.push(one)
      }
      const events: (NewEvent & { author: Author })[] = []
      const forgotten: { subjectId: string; before: number; gathered: ReadonlyMap<string, number> }[] = []
      const months: MonthChange[] = []
      const tallies: Tally[] = []
      const isForgotten = ({ subject, data }: NewEvent, index: number) =>
        forgotten.some(({ subjectId, before }) => index < before && (subject.id === subjectId || data?.articleId === subjectId))
      const remembered = () => (forgotten.length === 0 ? events : events.filter((event, index) => !isForgotten(event, index)))
      /** Writes what waits for the commit. */
      async function writeGathered(): Promise<AppendedEvent[]> {
        const own = remembered()
        writeTallies(tx, tallies)
        writeMonths(tx, own.length > 0 ? months : [])
        const written = await writeEvents(tx, own)
        for (const { gathered } of forgotten) forgetGathered(tx, gathered)
        return written
      }
      const tx: Write = Object.assign(transaction, {
        read: readOnly(transaction),
        engine,
        now: currentTime(),
        author,
        notBefore: (time: string | null) => {
          if (time !== null && time > tx.now) Object.assign(transaction, { now: time })
        },
        requireOpen,
        append: (event: NewEvent) => gathered(events, { ...event, author: tx.author }),
        waitingEvents: (subjectId: string) => events.filter(({ subject }) => subject.id === subjectId),
        forgetEvents: (subjectId: string, gatheredOf: ReadonlyMap<string, number>) =>
          gathered(forgotten, { subjectId, before: events.length, gathered: gatheredOf }),
        async asCommitted<T>(read: () => Promise<T>): Promise<T> {
          if (events.length + tallies.length === 0) return read()
          try {
            return await tx.attempt(async () => {
              await writeGathered()
              throw new TakenBack(await read())
            })
          } catch (error) {
            if (error instanceof TakenBack) return error.result as T
            throw error
          }
        },
        noteMonth: (change: MonthChange) => gathered(months, change),
        count: (kind: CountedKind, value: string, by: number) => gathered(tallies, { kind, value, by }),
        async attempt<T>(part: () => Promise<T>): Promise<T> {
          const [appendedBefore, notedBefore, countedBefore, dropSince] = [events.length, months.length, tallies.length, connection.mark()]
          const forgottenBefore = forgotten.length
          send('savepoint part', [])
          try {
            const result = await part()
            await connection.confirm()
            send('release savepoint part', [])
            return result
          } catch (error) {
            // The whole is to be tried again, or can't be.
            if (engine.isRetryable(error) || engine.isUnavailable(error) || engine.isBusy(error)) throw error
            dropSince()
            events.length = appendedBefore
            months.length = notedBefore
            tallies.length = countedBefore
            forgotten.length = forgottenBefore
            send('rollback to savepoint part', [])
            send('release savepoint part', [])
            await connection.confirm()
            throw error
          }
        },
        mark: () => {
          requireOpen()
          return connection.mark()
        },
        async confirm() {
          requireOpen()
          await connection.confirm()
        },
        runLate: () => {
          requireOpen()
          connection.runLate()
        },
        async as<T>(other: Author, part: () => Promise<T>): Promise<T> {
          Object.assign(transaction, { author: other })
          try {
            return await part()
          } finally {
            Object.assign(transaction, { author })
          }
        },
        lock: (keys: readonly string[], isShared = false) => {
          requireOpen()
          if (keys.length > 0) engine.lock(tx, keys, isShared)
        },
        send,
        insert: (table: TableName, rows: readonly object[]) => (rows.length > 0 ? engine.insertRows(tx, table, rowSet(rows)) : undefined),
        update: (table: TableName, [column, value]: readonly [string, string], values: object, row: object = {}) => {
          const entries = Object.entries(differing(row, values))
          if (entries.length === 0) return
          const set = entries.map(([name], index) => `"${name}" = ${engine.place(index + 1)}`).join(', ')
          send(`update "${table}" set ${set} where "${column}" = ${engine.place(entries.length + 1)}`, [...entries.map(([, own]) => own), value])
        },
        run: (query: { compile: () => CompiledQuery }) => {
          const { sql, parameters } = query.compile()
          send(sql, parameters)
        },
      })
      try {
        const result = await work(tx)
        if (author.onDryRun) {
          // What was sent and failed is known before it is taken back.
          await connection.confirm()
          author.onDryRun(remembered())
          throw new TakenBack(result)
        }
        if (events.length + tallies.length > 0) {
          // Until the commit, so that numbers come in the order of commits: who has seen one never finds a smaller one later.
          tx.lock(['events'])
          appended = await writeGathered()
          if (appended.length > 0) engine.announce(tx, announcementOf(id, appended))
        }
        return result
      } finally {
        // From now on the connection is another change's: Kysely throws for whoever still has the handle.
        rowsAtOnce.delete(transaction)
        isOver = true
      }
    })
    if (appended.length > 0) await tell(appended, author)
    return result
  }

  const snapshot: Database['snapshot'] = (work) =>
    snapshotFrom(reader, work).catch((error) => {
      if (!engine.isRetryable(error)) throw error
      return snapshotFrom(reader, work)
    })

  // Whether the last change failed since the database can't be written, and when that was last tried.
  let isFailing = false
  let triedAt = Number.NEGATIVE_INFINITY

  async function transaction<T>(author: Author, work: (tx: Write) => Promise<T>): Promise<T> {
    const deadline = performance.now() + options.waitsAtMost
    for (let tries = 1; ; tries++) {
      try {
        const result = await attempt(author, work)
        isFailing = false
        return result
      } catch (error) {
        if (error instanceof TakenBack) return error.result as T
        if (engine.isUnavailable(error)) {
          isFailing = true
          // What is small might be written where this couldn't be: it is tried later.
          triedAt = performance.now()
        }
        // What another change has just made may be seen, and said, the next time.
        if (!engine.isRetryable(error) && !(engine.isConflict(error) && tries < mostTriesOfConflict)) throw error
        if (performance.now() >= deadline) throw new TooBusyError('the database stayed busy', { cause: error })
        await delay(Math.random() * Math.min(longestPause, 10 * 2 ** tries))
      }
    }
  }

  /** Whether changes can be written, as far as is known: where the last one couldn't, another one is tried now and then. */
  async function isWritable(): Promise<boolean> {
    if (!isFailing || performance.now() - triedAt < triedEvery) return !isFailing
    triedAt = performance.now()
    const write = (value: string) =>
      transaction(nobody, async (tx) => {
        const row = { name: 'write-test', value }
        await tx
          .insertInto('settings')
          .values(row)
          .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
          .execute()
      })
    // What was written is taken back at once; each has to reach the disk.
    await write(triedWith)
      .then(() => write(''))
      .catch(() => {
        isFailing = true
      })
    return !isFailing
  }

  return {
    id,
    engine,
    hasReplicas: replicas.length > 0,
    onCommit: (listener) => void listeners.push(listener),
    tell,
    read: readOnly(reader),
    snapshot,
    snapshotOfReplica: (work) =>
      throughReplicas(
        (replica) => snapshotFrom(replica, work),
        () => snapshot(work),
      ),
    transaction,
    alone: (work) => engine.alone(writer, work),
    isFailing: () => isFailing,
    noteFailing(isNow) {
      if (isNow && !isFailing) triedAt = Number.NEGATIVE_INFINITY
      isFailing = isNow
    },
    async health() {
      const [primary, ...others] = await Promise.all([reader, ...replicas].map((handle) => answers(handle, engine)))
      if (primary && others.every(Boolean) && (await isWritable())) return 'ok'
      return primary || others.some(Boolean) ? 'degraded' : 'down'
    },
    async close() {
      // What writes is closed last: the last connection of all leaves one complete file.
      for (const handle of [reader, ...replicas, writer]) await handle.destroy()
      await engine.close()
    },
  }
}
