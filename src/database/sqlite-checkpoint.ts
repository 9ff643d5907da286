import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ConnectOptions } from './engine.ts'

/** Checkpoints the write-ahead log (WAL) of a SQLite file, in a thread of its own. */
export type Checkpointer = {
  /** Begins, unless it is at it; who writes meanwhile makes the log longer. @returns whether it did */
  start: () => boolean
  /** Waits until it isn't at it. */
  done: () => Promise<void>
  close: () => Promise<void>
}

/** Makes one; its thread starts with the first one that is begun. @param file the database's path */
export function checkpointer(file: string): Checkpointer {
  let worker: Worker | undefined
  let underWay: Promise<unknown> | null = null
  const startThread = () =>
    new Worker(new URL('./sqlite-checkpoint-thread.js', import.meta.url), {
      workerData: { file },
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    }).on('error', () => {
      worker = undefined
    })
  return {
    start() {
      if (underWay) return false
      worker ??= startThread()
      // A thread that fails harms nothing: what isn't checkpointed yet is safe in the WAL, and the next one begins with it.
      underWay = once(worker, 'message')
        .catch(() => {})
        .finally(() => {
          underWay = null
        })
      worker.postMessage('checkpoint')
      return true
    },
    async done() {
      await underWay
    },
    async close() {
      await underWay
      await worker?.terminate()
    },
  }
}

/**
 * How often the WAL is checkpointed. It restarts from its beginning, rather than grow, only if it is fully checkpointed when a transaction
 * begins: this often that is waited for. Both go by what was done since: where much is written in few transactions, by these, else by
 * statements.
 */
const often = { bulk: { every: 1, restartsEvery: 5 }, few: { every: 2000, restartsEvery: 16_000 } }

// So many checkpoints follow each other before one is waited for, each shorter by what the one before it has taken.
const approaches = 2

// In bytes: what a process that was killed has left in the WAL is checkpointed at once where it is more, since nobody has counted it.
const mostLeft = 8_000_000

/** Keeps the WAL of a file short, while its one writer goes on. */
export class LogKeeper {
  readonly #checkpoints: Checkpointer
  readonly #isBulk: boolean
  readonly #isEager: boolean
  readonly #walBytes: () => number
  readonly #statements: () => number
  #transactions = 0
  // What was done when the WAL was last checkpointed, and when it last restarted.
  #checkpointedAt = 0
  #restartedAt = 0
  // How many checkpoints began since the WAL is to restart, and whether it has what others have left.
  #approached = 0
  #hasLeft = false

  /**
   * @param options whether much is written in few transactions, and whether the thread begins with the first @param walBytes how large the WAL is
   * @param statements how many the writer has run
   */
  constructor(checkpoints: Checkpointer, { isBulk, isEager }: Pick<ConnectOptions, 'isBulk' | 'isEager'>, walBytes: () => number, statements: () => number) {
    this.#checkpoints = checkpoints
    this.#isBulk = isBulk
    this.#isEager = isEager
    this.#walBytes = walBytes
    this.#statements = statements
  }

  get #done(): number {
    return this.#isBulk ? this.#transactions : this.#statements()
  }

  get #often(): { every: number; restartsEvery: number } {
    return this.#isBulk ? often.bulk : often.few
  }

  /** Looks, before the writer opens the file, what others have left. */
  open(): void {
    const hasMuch = this.#walBytes() > mostLeft
    if (hasMuch || this.#isEager) this.#checkpoints.start()
    if (!hasMuch) return
    this.#restartedAt = Number.NEGATIVE_INFINITY
    this.#approached = approaches
    this.#hasLeft = true
  }

  get #isRestartDue(): boolean {
    return this.#done - this.#restartedAt >= this.#often.restartsEvery
  }

  /** Waits before a transaction, now and then, until nothing is in the WAL that isn't in the database, so that it begins that anew. */
  async beforeTransaction(): Promise<void> {
    this.#transactions++
    if (!this.#isRestartDue) return
    // Where much is written in few transactions, the one under way began with the last commit.
    if (this.#isBulk || this.#hasLeft) await this.#checkpoints.done()
    if (!this.#isBulk) {
      if (this.#approached < approaches || !this.#checkpoints.start()) return
      await this.#checkpoints.done()
    }
    this.#restartedAt = this.#done
    this.#approached = 0
    this.#hasLeft = false
  }

  /** Begins a checkpoint after a commit, where it is time. */
  afterCommit(): void {
    if (!this.#isBulk && this.#isRestartDue) {
      // The last one is begun by the transaction that waits for it.
      if (this.#approached < approaches && this.#checkpoints.start()) this.#approached++
      return
    }
    if (this.#done - this.#checkpointedAt < this.#often.every) return
    this.#checkpointedAt = this.#done
    this.#checkpoints.start()
  }

  close(): Promise<void> {
    return this.#checkpoints.close()
  }
}
