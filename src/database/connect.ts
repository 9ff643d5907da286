import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, type Transaction } from 'kysely'
import type { EventType } from '../events/types.ts'
import type { Engine, Read } from './engine.ts'
import { sqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** Who makes a change, and in which request: kept with each of its events. */
export type Author = { actor: { tokenId: string | null; name: string } | null; requestId: string | null }

/** An event to append when the change commits. */
export type NewEvent = { type: EventType; subject: { type: string; id: string }; data?: Record<string, unknown> }

/** The handle of one change: it writes, and through `read` it reads what it has written. */
export type Write = Transaction<Tables> & {
  readonly read: Read
  readonly engine: Engine
  /** The time of the change: RFC 3339, UTC, milliseconds. */
  readonly now: string
  readonly author: Author
  /** Appends an event in this transaction, just before it commits. */
  append: (event: NewEvent) => void
}

export type Database = {
  engine: Engine
  /** Reads, each statement by itself. */
  read: Read
  /** Reads several statements from one commit. */
  snapshot: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  /**
   * Runs a change in one transaction with its events; only database work may be awaited in it. It is tried again, at most
   * eight times with jitter, when another writer was in the way.
   * @throws TooBusyError when all tries ran out; nothing has changed then.
   */
  transaction: <T>(author: Author, work: (tx: Write) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

/** A change whose bounded retries ran out. */
export class TooBusyError extends Error {}

const mostTries = 8

async function appendEvents(tx: Write, events: NewEvent[]): Promise<void> {
  for (const event of events) {
    await tx
      .insertInto('events')
      .values({
        type: event.type,
        subject_type: event.subject.type,
        subject_id: event.subject.id,
        actor: tx.author.actor ? JSON.stringify(tx.author.actor) : null,
        at: tx.now,
        request_id: tx.author.requestId,
        data: JSON.stringify(event.data ?? {}),
      })
      .execute()
  }
}

/** Opens the database that a `DATABASE_URL` names. */
export function connect(url: string): Database {
  const engine = sqlite(url)
  const write = new Kysely<Tables>({ dialect: engine.write })
  const reader = new Kysely<Tables>({ dialect: engine.read })
  const read = reader as unknown as Read

  async function attempt<T>(author: Author, work: (tx: Write) => Promise<T>): Promise<T> {
    return write.transaction().execute(async (transaction) => {
      const events: NewEvent[] = []
      const tx: Write = Object.assign(transaction, {
        read: transaction as unknown as Read,
        engine,
        now: new Date().toISOString(),
        author,
        append: (event: NewEvent) => void events.push(event),
      })
      const result = await work(tx)
      await appendEvents(tx, events)
      return result
    })
  }

  return {
    engine,
    read,
    snapshot: (work) => reader.transaction().execute((transaction) => work(transaction as unknown as Read)),
    async transaction(author, work) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(author, work)
        } catch (error) {
          if (!engine.isRetryable(error)) throw error
          if (tries === mostTries) throw new TooBusyError('the database stayed busy', { cause: error })
          await delay(Math.random() * 25 * 2 ** tries)
        }
      }
    },
    async close() {
      await write.destroy()
      await reader.destroy()
      await engine.close()
    },
  }
}
