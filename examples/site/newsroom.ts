import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSite } from './site.ts'

const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url))

/** A site with the server that it reads from. */
export type Newsroom = { siteUrl: string; apiUrl: string; token: string; previewUrl: string; stop: () => Promise<void> }

/**
 * Starts a server with a database of its own, puts the demonstration newsroom into it, and starts the site before it, at `PORT`
 * and `API_PORT` of the environment.
 * @param onEnd called when the server ends by itself
 */
export async function startNewsroom(onEnd: () => void): Promise<Newsroom> {
  const { PORT = '4000', API_PORT = '4001', PATH } = process.env
  const siteUrl = `http://127.0.0.1:${PORT}`
  const apiUrl = `http://127.0.0.1:${API_PORT}`
  const token = randomBytes(24).toString('hex')
  const scratch = mkdtempSync(join(tmpdir(), 'broadsheet-example-'))
  const env = {
    PATH,
    DATABASE_URL: `sqlite:${join(scratch, 'broadsheet.db')}`,
    ADMIN_TOKEN: token,
    PORT: API_PORT,
    LOG_LEVEL: 'warn',
    PUBLIC_SITE_URL: `${siteUrl}/story/{slug}`,
    PREVIEW_URL: `${siteUrl}/preview?token={token}`,
    // The site says whose comment it is that it hands on.
    TRUST_PROXY: '1',
    // Who tries a form is quick with it.
    COMMENT_RULES: 'too-fast=flag',
  }
  // Ctrl+C in a terminal isn't for it: the site ends first.
  const run = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [program, ...args], { cwd: scratch, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })

  let child = run('seed', '--media', `${siteUrl}/media`)
  const site = buildSite({ apiUrl, siteUrl })

  async function stop(): Promise<void> {
    child.removeAllListeners('exit')
    await site.close()
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(scratch, { recursive: true, force: true })
  }

  try {
    child.stdout?.resume()
    const [failed] = await once(child, 'exit')
    if (failed) throw new Error('The newsroom could not be made.')
    child = run('serve')
    child.once('exit', onEnd)
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('The server could not start.'))),
    ])
    await site.listen({ host: '127.0.0.1', port: Number(PORT) })
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const preview = await fetch(`${apiUrl}/v1/articles/customs-house-buyer/preview-links`, { method: 'POST', headers, body: '{}' })
    return { siteUrl, apiUrl, token, previewUrl: ((await preview.json()) as { url: string }).url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
