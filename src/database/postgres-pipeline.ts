import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely'
import type pg from 'pg'
import type { ChangeConnection, Counts } from './engine.ts'
import type { Prepared } from './prepared.ts'

// So many statements, of at most so many characters, a connection keeps prepared.
const [mostPrepared, longestPrepared] = [300, 10_000]

const names = new Map<string, string>()
const seenOnce = new Set<string>()
let named = 0

/** A statement that comes often by a name under which the server keeps it: to plan it takes longer than to run it. */
function prepared(text: string, parameters: readonly unknown[]): pg.QueryConfig {
  const values = [...parameters]
  const name = names.get(text)
  if (name !== undefined) return { name, text, values }
  if (values.length > 0 && text.length <= longestPrepared && names.size < mostPrepared) {
    if (seenOnce.delete(text)) names.set(text, `broadsheet_${++named}`)
    else if (seenOnce.size < mostPrepared) seenOnce.add(text)
    else seenOnce.clear()
  }
  return { text, values }
}

/**
 * Whether a statement can't be run as the server keeps it: a table has other columns now, or it isn't kept any more. It can be run
 * again, after the transaction that it failed in.
 */
export const isOutdated = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '26000' || (error.code === '0A000' && /cached plan/.test(error.message)))

/** What failed so is prepared anew, under other names. */
function forgetOutdated(error: unknown): void {
  if (isOutdated(error)) names.clear()
}

/** An earlier statement of the transaction failed. */
const isAborted = (error: unknown) => error instanceof Error && 'code' in error && error.code === '25P02'

/**
 * A connection in pipeline mode: statements go out as they come, the server answers them in order. Those that nobody waits for are
 * checked with the next one that somebody does.
 */
class PipelinedConnection implements DatabaseConnection, ChangeConnection {
  readonly client: pg.PoolClient
  readonly #counts: Counts
  readonly #isWriter: boolean
  /** Whether it is to be closed rather than used again. */
  isBroken = false
  isInTransaction = false
  #sent: Promise<unknown>[] = []

  constructor(client: pg.PoolClient, counts: Counts, isWriter: boolean) {
    this.client = client
    this.#counts = counts
    this.#isWriter = isWriter
  }

  send(text: string, parameters: readonly unknown[] = []): void {
    this.#counts.statements++
    const sent = this.client.query(prepared(text, parameters))
    // What went wrong is told to whoever waits next.
    sent.catch(forgetOutdated)
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

  async executeQuery<Row>(query: CompiledQuery & Prepared): Promise<QueryResult<Row>> {
    const { sql, parameters, isPrepared = this.#isWriter } = query
    this.#counts.statements++
    this.#counts.waits++
    try {
      const { command, rowCount, rows } = await this.client.query(isPrepared ? prepared(sql, parameters) : { text: sql, values: [...parameters] })
      await this.#check()
      const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
      return { ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}), rows: rows ?? [] }
    } catch (error) {
      forgetOutdated(error)
      if (isOutdated(error) && !this.isInTransaction) return this.executeQuery(query)
      if (isAborted(error)) await this.#check()
      throw error
    }
  }

  async commit(): Promise<void> {
    this.isInTransaction = false
    this.#counts.statements++
    this.#counts.waits++
    const { command } = await this.client.query('commit')
    await this.#check()
    if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: a statement of it failed')
  }

  async rollback(): Promise<void> {
    this.isInTransaction = false
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

/**
 * Connections of a pool in pipeline mode.
 * @param counts where their statements, and the waits for answers, are counted
 * @param isWriter whether the server keeps all their statements prepared; else it plans those by the values that they come with
 */
export class PipelinedDriver implements Driver {
  readonly #makePool: () => Promise<pg.Pool>
  readonly #counts: Counts
  readonly #isWriter: boolean
  #pool: pg.Pool | undefined

  constructor(makePool: () => Promise<pg.Pool>, counts: Counts, isWriter: boolean) {
    this.#makePool = makePool
    this.#counts = counts
    this.#isWriter = isWriter
  }

  async init(): Promise<void> {
    this.#pool = await this.#makePool()
  }

  async acquireConnection(): Promise<PipelinedConnection> {
    const client = await (this.#pool as pg.Pool).connect()
    return new PipelinedConnection(client, this.#counts, this.#isWriter)
  }

  async beginTransaction(connection: PipelinedConnection, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    connection.isInTransaction = true
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
