import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely'
import type pg from 'pg'
import type { ChangeConnection, Counts } from './engine.ts'

/** An earlier statement of the transaction failed. */
const isAborted = (error: unknown) => error instanceof Error && 'code' in error && error.code === '25P02'

/**
 * A connection in pipeline mode: statements go out as they come, the server answers them in order. Those that nobody waits for are
 * checked with the next one that somebody does.
 */
class PipelinedConnection implements DatabaseConnection, ChangeConnection {
  readonly client: pg.PoolClient
  readonly #counts: Counts
  /** Whether it is to be closed rather than used again. */
  isBroken = false
  #sent: Promise<unknown>[] = []

  constructor(client: pg.PoolClient, counts: Counts) {
    this.client = client
    this.#counts = counts
  }

  send(text: string, parameters: readonly unknown[] = []): void {
    this.#counts.statements++
    const sent = this.client.query(text, [...parameters])
    // What went wrong is told to whoever waits next.
    sent.catch(() => {})
    this.#sent.push(sent)
  }

  mark(): () => void {
    return () => {
      this.#sent = []
    }
  }

  async confirm(): Promise<void> {
    await this.executeQuery({ sql: 'select 1', parameters: [] } as unknown as CompiledQuery)
  }

  runLate(): void {}

  /** @throws what the first of the statements that nobody waited for failed with */
  async #check(): Promise<void> {
    for (const sent of this.#sent.splice(0)) await sent
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    this.#counts.statements++
    this.#counts.waits++
    try {
      const { command, rowCount, rows } = await this.client.query(sql, [...parameters])
      await this.#check()
      const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
      return { ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}), rows: rows ?? [] }
    } catch (error) {
      if (isAborted(error)) await this.#check()
      throw error
    }
  }

  async commit(): Promise<void> {
    this.#counts.statements++
    this.#counts.waits++
    const { command } = await this.client.query('commit')
    await this.#check()
    if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: a statement of it failed')
  }

  async rollback(): Promise<void> {
    this.#sent = []
    try {
      await this.client.query('rollback')
    } catch (error) {
      this.isBroken = true
      throw error
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('queries are not streamed')
  }
}

/** Connections of a pool in pipeline mode. @param counts where their statements, and the waits for answers, are counted */
export class PipelinedDriver implements Driver {
  readonly #makePool: () => Promise<pg.Pool>
  readonly #counts: Counts
  #pool: pg.Pool | undefined

  constructor(makePool: () => Promise<pg.Pool>, counts: Counts) {
    this.#makePool = makePool
    this.#counts = counts
  }

  async init(): Promise<void> {
    this.#pool = await this.#makePool()
  }

  async acquireConnection(): Promise<PipelinedConnection> {
    const client = await (this.#pool as pg.Pool).connect()
    return new PipelinedConnection(client, this.#counts)
  }

  async beginTransaction(connection: PipelinedConnection, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    connection.send(['begin', ...(isolationLevel ? [`isolation level ${isolationLevel}`] : []), ...(accessMode ? [accessMode] : [])].join(' '))
  }

  commitTransaction(connection: PipelinedConnection): Promise<void> {
    return connection.commit()
  }

  rollbackTransaction(connection: PipelinedConnection): Promise<void> {
    return connection.rollback()
  }

  async releaseConnection({ client, isBroken }: PipelinedConnection): Promise<void> {
    client.release(isBroken)
  }

  async destroy(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.end()
  }
}
