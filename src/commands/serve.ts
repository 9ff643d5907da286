import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { buildApp } from '../app.ts'
import { completeEditions } from '../articles/public/publish.ts'
import { completeSitemaps } from '../articles/public/sitemap-columns.ts'
import { completeTextLinks } from '../articles/public/text-links.ts'
import { completeComments } from '../comments/counts.ts'
import { type Config, environmentWithFile, readConfig, settings } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database, Write } from '../database/handles.ts'
import { isMigrated, migrate } from '../database/migrate.ts'
import { createToken } from '../tokens/store.ts'
import { CommandError, UsageError } from '../usage.ts'
import { command } from './command.ts'

const addressKeyName = 'address-key'

/** The key under which readers' addresses are hashed: made once a database. */
async function addressKey(tx: Write): Promise<string> {
  const row = await tx.read.selectFrom('settings').select('value').where('name', '=', addressKeyName).executeTakeFirst()
  if (row) return row.value
  const value = randomBytes(32).toString('hex')
  await tx.insertInto('settings').values({ name: addressKeyName, value }).execute()
  return value
}

/** Writes that the database was opened: one that can't be written says so at the start, not at the first change. */
async function noteStart(tx: Write): Promise<void> {
  const row = { name: 'opened-at', value: tx.now }
  await tx
    .insertInto('settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute()
}

/** The key of a database that can be read but not written, where it has all that is to be served; else null. */
async function keyOfReadable(database: Database): Promise<string | null> {
  try {
    return await database.snapshotOfReplica(async (read) => {
      if (!(await isMigrated(read))) return null
      const row = await read.selectFrom('settings').select('value').where('name', '=', addressKeyName).executeTakeFirst()
      return row?.value ?? null
    })
  } catch {
    // What keeps it from being written is what there is to say.
    return null
  }
}

/** A database that was opened. */
type Opened = {
  database: Database
  /** The key under which readers' addresses, and what isn't public, are hashed. */
  key: string
  /** The first admin token's secret, only where it was made just now. */
  firstSecret: string | null
  /** Why it can only be read now; null where it can be written. */
  readOnlySince: Error | null
}

/** How a configuration connects to its database. */
export const connectionOf = ({ DATABASE_URL, DATABASE_READ_URL, STATEMENT_TIMEOUT, LOCK_TIMEOUT }: Config): Parameters<typeof connect> => [
  DATABASE_URL,
  DATABASE_READ_URL,
  { statementTimeout: STATEMENT_TIMEOUT * 1000, lockTimeout: LOCK_TIMEOUT * 1000 },
]

/**
 * Opens and migrates the database. One that can be read but not written (the primary is gone, the file is read-only) is served
 * as it is, where nothing is left to migrate.
 */
export async function openDatabase(config: Config): Promise<Opened> {
  const database = connect(...connectionOf(config))
  let firstSecret: string | null = null
  let key = ''
  try {
    await migrate(database, async (tx, isNew) => {
      key = await addressKey(tx)
      await completeEditions(tx)
      await completeTextLinks(tx)
      await completeSitemaps(tx)
      await completeComments((work) => work(tx))
      await noteStart(tx)
      firstSecret = isNew && config.ADMIN_TOKEN === null ? (await createToken(tx, { name: 'First token', scopes: ['admin'] })).secret : null
    })
    return { database, key, firstSecret, readOnlySince: null }
  } catch (error) {
    const found = database.engine.isUnavailable(error) ? await keyOfReadable(database) : null
    if (found === null) {
      await database.close().catch(() => {})
      throw error
    }
    return { database, key: found, firstSecret: null, readOnlySince: error as Error }
  }
}

type Start = Pick<Opened, 'firstSecret' | 'readOnlySince'>

function banner(address: string, { firstSecret, readOnlySince }: Start): string {
  const lines = [`Broadsheet answers on ${address}`, `Docs:        ${address}/docs`]
  if (firstSecret) lines.push(`Admin token: ${firstSecret}`, '             (shown this once; only a hash of it is stored)')
  if (readOnlySince)
    lines.push(
      `The database can’t be written now (${readOnlySince.message || (readOnlySince as NodeJS.ErrnoException).code}): what is published is served, writes are answered 503.`,
    )
  return lines.join('\n')
}

function workersFrom(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new UsageError('--workers must be a whole number from 1 to 99')
  return Number(text)
}

const restartedAfter = 500

/** Starts workers that answer at one address, and another one for each that dies. */
async function supervise(config: Config, workers: number): Promise<void> {
  const { database, ...start } = await openDatabase(config)
  await database.close()
  let isStopping = false
  let isAnswering = false
  cluster.on('listening', (_worker, { address, port }) => {
    if (isAnswering) return
    isAnswering = true
    console.log(banner(`http://${address?.includes(':') ? `[${address}]` : address}:${port}`, start))
  })
  cluster.on('exit', (worker, code) => {
    if (isStopping) return
    // What keeps a worker from starting at all keeps the next one from it, too.
    if (!isAnswering) process.exit(code || 1)
    console.error(`worker ${worker.process.pid} ended; another one is started`)
    setTimeout(restartedAfter).then(() => !isStopping && cluster.fork())
  })
  for (let count = 0; count < workers; count++) cluster.fork()
  closeWithGrace({ delay: config.SHUTDOWN_DELAY * 1000 + 15_000, logger: false }, async () => {
    isStopping = true
    const running = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    await Promise.all(
      running.map((worker) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve))
        worker.process.kill('SIGTERM')
        return ended
      }),
    )
  })
}

async function run(workers: number): Promise<void> {
  const config = readConfig(environmentWithFile())
  if (workers > 1 && cluster.isPrimary) return supervise(config, workers)
  const { database, key, ...start } = await openDatabase(config)
  const app = await buildApp(config, database, key)
  closeWithGrace({ delay: config.SHUTDOWN_DELAY * 1000 + 10_000, logger: false }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an unexpected error')
    app.stopping.isStopping = true
    if (!err) await setTimeout(config.SHUTDOWN_DELAY * 1000)
    await app.close()
    await database.close()
  })
  const address = await app.listen({ host: config.HOST, port: config.PORT }).catch((error: Error) => {
    throw new CommandError(`Can’t listen: ${error.message}. Set PORT or HOST.`)
  })
  if (cluster.isPrimary) console.log(banner(address, start))
}

/** `serve [--workers N]`: answers over HTTP until it is told to stop; requests under way are finished first. */
export const serve = command({
  about:
    'Answers over HTTP until it is told to stop (SIGTERM, or Ctrl+C); requests under way are finished first. Makes the database where there is none, applies missing migrations, and prints an admin token the first time.',
  arguments: {},
  options: { workers: { type: 'string', value: 'N', default: '1', meaning: 'From how many processes it answers, from 1 to 99.' } },
  environment: Object.keys(settings) as (keyof typeof settings)[],
  failure: 'It could not start, or ended unexpectedly; standard error says why.',
  example: 'serve --workers 2',
  run: ({ workers }) => run(workersFrom(workers)),
})
