import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'
import { freePort } from '../support/ports.ts'

const folder = new URL('../../examples/site/', import.meta.url).pathname

/** Starts a program of the example, until it prints its site’s address. Ends with the test. */
async function start(t: Test, program: string, environment: Record<string, string>): Promise<{ child: ChildProcess; output: string }> {
  const child = spawn(process.execPath, [folder + program], { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  })
  let text = ''
  await new Promise<void>((resolve, reject) => {
    const look = (data: Buffer) => {
      text += data
      if (/site is at|Ctrl\+C/.test(text)) resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', () => reject(new Error(`it ended: ${text}`)))
  })
  return { child, output: text }
}

export type Example = { url: string; api: string; preview: string; token: string; child: ChildProcess }

/** What `npm run example` starts. */
export async function startExample(t: Test): Promise<Example> {
  const [port, apiPort] = [await freePort(), await freePort()]
  const { child, output } = await start(t, 'start.ts', { PORT: String(port), API_PORT: String(apiPort) })
  const printed = (name: string) => new RegExp(`${name}: +(\\S+)`).exec(output)?.[1] ?? ''
  return { url: `http://127.0.0.1:${port}`, api: `http://127.0.0.1:${apiPort}`, preview: printed('A preview'), token: printed('Admin token'), child }
}

/** The site alone. @returns its address */
export async function startSite(t: Test, apiUrl: string): Promise<string> {
  const port = await freePort()
  await start(t, 'server.ts', { PORT: String(port), API_URL: apiUrl })
  return `http://127.0.0.1:${port}`
}
