import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { settings } from '../../src/config.ts'

const main = new URL('../../bin/broadsheet.js', import.meta.url).pathname

export const adminToken = `hostile_${'0'.repeat(32)}`

/** Processor time in milliseconds: of the thread that runs the event loop, and of all threads. */
export type Usage = { loop: number; all: number }

export type Server = {
  port: number
  isRunning: () => boolean
  usage: () => Usage
  /** Waits until the process does nothing, a few seconds at most. */
  quiet: () => Promise<void>
  /** Starts to watch how long the event loop doesn't answer. */
  watch: () => void
  /** The longest it didn't since, in milliseconds. */
  watched: () => Promise<number>
  stop: (signal?: NodeJS.Signals) => Promise<void>
  /** What it wrote since the last time. */
  log: () => string
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

const nanoseconds = (file: string) => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6

function usageOf(pid: number): Usage {
  const tasks = `/proc/${pid}/task`
  let all = 0
  for (const task of existsSync(tasks) ? readdirSync(tasks) : []) {
    try {
      all += nanoseconds(join(tasks, task, 'schedstat'))
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return { loop: all === 0 ? 0 : nanoseconds(join(tasks, String(pid), 'schedstat')), all }
}

async function addressOf(child: ChildProcess, output: () => string): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const found = /answers on http:\/\/[^:]+:(\d+)/.exec(output())
    if (found) return Number(found[1])
    if (child.exitCode !== null) break
    await sleep(50)
  }
  throw new Error(`the server doesn’t start: ${output()}`)
}

/** Starts the server as a process of its own, on a database in a folder. */
export async function startServer(folder: string): Promise<Server> {
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'hostile.db')}`,
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'error',
    ...('WRITE_RATE_LIMIT' in settings ? { WRITE_RATE_LIMIT: 'off' } : {}),
    ...('COMMENT_RATES' in settings ? { COMMENT_RATES: 'off' } : {}),
  }
  const child = spawn(process.execPath, [main, 'serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.on('exit', () => running.delete(child))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data))
  const port = await addressOf(child, () => text)
  text = ''
  const pid = child.pid as number
  const pinger = new Worker(new URL('./ping.ts', import.meta.url), { workerData: { port } })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    port,
    isRunning,
    usage: () => usageOf(pid),
    async quiet() {
      let before = usageOf(pid).all
      for (let calm = 0, tries = 0; calm < 3 && tries < 100; tries++) {
        await sleep(30)
        const now = usageOf(pid).all
        // The questions themselves take a little.
        calm = now - before < 6 ? calm + 1 : 0
        before = now
      }
    },
    watch: () => pinger.postMessage('begin'),
    async watched() {
      const answer = once(pinger, 'message')
      pinger.postMessage('end')
      return (await answer)[0] as number
    },
    async stop(signal = 'SIGTERM') {
      await pinger.terminate()
      if (!isRunning()) return
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    },
    log() {
      const since = text
      text = ''
      return since
    },
  }
}
