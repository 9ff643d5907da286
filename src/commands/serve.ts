import cluster from 'node:cluster'
import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { type Config, environmentWithFile, readConfig, settings } from '../config.ts'
import { CommandError, UsageError } from '../usage.ts'
import { command } from './command.ts'
import { tendHeap } from './heap.ts'
import { type Opened, openDatabase } from './open.ts'

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
  // Whoever asks for help alone, or supervises, doesn't wait for all of it to load.
  const [{ buildApp }, { startWriter }] = [await import('../app.ts'), await import('./writer.ts')]
  const app = await buildApp(config, database, key)
  tendHeap(() => database.engine.counts.statements + app.writerUsage.counts.statements)
  const endWriter = startWriter(app, key)
  closeWithGrace({ delay: config.SHUTDOWN_DELAY * 1000 + 10_000, logger: false }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an unexpected error')
    app.stopping.isStopping = true
    if (!err) await setTimeout(config.SHUTDOWN_DELAY * 1000)
    await app.close()
    await endWriter()
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
