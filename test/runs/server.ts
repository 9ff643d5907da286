import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { writeContent } from '../../bench/content.ts'
import { type Answer, type Ask, Connection } from './connection.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'bin/broadsheet.js')

export const adminToken = `runs_${'0'.repeat(32)}`
const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }

export type Server = {
  port: number
  pid: number
  /** Asks with the admin token. @throws where the answer is no 2xx */
  admin: (method: string, path: string, body?: unknown) => Promise<Answer>
  /** The same, whatever the answer. */
  ask: (ask: Ask) => Promise<Answer>
  /** Resident memory in MB. */
  resident: () => number
  /** Waits until it does nothing, half a minute at most. */
  quiet: () => Promise<void>
  stop: () => Promise<void>
}

/** How long a process has used a processor, in ticks. */
function used(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

const running = new Set<ChildProcess>()
const cleaning: (() => void)[] = []
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  for (const clean of cleaning) clean()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

/** A folder that is gone when the run ends. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'broadsheet-runs-'))
  cleaning.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The address of an empty database: of a SQLite file, or of a new schema of the PostgreSQL server at `url`. */
export async function emptyDatabase(url: string | null): Promise<{ url: string; drop: () => Promise<void> }> {
  if (url === null) return { url: `sqlite:${join(folder(), 'runs.db')}`, drop: async () => {} }
  const schema = `runs_${process.pid}_${Date.now().toString(36)}`
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  await query(`create schema ${schema}`)
  const options = `options=${encodeURIComponent(`-c search_path=${schema}`)}`
  return { url: `${url}${url.includes('?') ? '&' : '?'}${options}`, drop: () => query(`drop schema ${schema} cascade`) }
}

const environment = (database: string) => ({
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  PORT: '0',
  DATABASE_URL: database,
  ADMIN_TOKEN: adminToken,
  LOG_LEVEL: 'error',
  WRITE_RATE_LIMIT: 'off',
  COMMENT_RATES: 'off',
  WRITER_THREAD: process.env.WRITER_THREAD ?? 'off',
})

/** Puts so many published stories into an empty database: the same for the same number. */
export async function fill(database: string, articles: number, shape: 'full' | 'short' = 'full', comments = 0): Promise<void> {
  const file = join(folder(), 'content.ndjson')
  await writeContent(file, articles, shape, comments)
  execFileSync(process.execPath, [main, 'import', file], { cwd: root, env: environment(database), stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Starts a server by the start script of package.json, its flags included. */
export async function serve(database: string, given: Record<string, string> = {}): Promise<Server> {
  const { scripts, config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // As npm hands it to its scripts.
  const env = { npm_package_config_node_flags: config.node_flags, ...environment(database), ...given }
  const child = spawn('sh', ['-c', scripts.start], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.on('exit', () => running.delete(child))
  let text = ''
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      text += data
      const found = /answers on http:\/\/[^:]+:(\d+)/.exec(text)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', () => reject(new Error(`the server doesn’t start: ${text}`)))
  })
  const pid = child.pid as number
  const connection = new Connection(port)
  let last: Promise<unknown> = Promise.resolve()
  // One request at a time.
  const ask = (wanted: Ask): Promise<Answer> => {
    const answer = last.then(() => connection.ask(wanted))
    last = answer.catch(() => {})
    return answer
  }
  return {
    port,
    pid,
    ask,
    async admin(method, path, body) {
      const answer = await ask({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
      return answer
    },
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    async quiet() {
      for (let [before, calm, tries] = [used(pid), 0, 0]; calm < 3 && tries < 150; tries++) {
        await sleep(200)
        const now = used(pid)
        calm = now - before <= 2 ? calm + 1 : 0
        before = now
      }
    },
    async stop() {
      connection.close()
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The body of an answer, read. */
// biome-ignore lint/suspicious/noExplicitAny: what tests and runs read has many shapes.
export const jsonOf = ({ body }: Answer): any => JSON.parse(body.toString())

/** The load of the machine, which stands beside each figure. */
export const load = (): string => `load ${loadavg()[0]?.toFixed(2)}`

/** A value such that so much of them all is below it. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted.length === 0 ? Number.NaN : (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] as number)
}

export const shown = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))

/** Prints rows under each other. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? shown(cell) : cell)))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  for (const row of cells) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
}
