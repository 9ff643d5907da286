// `npm run example`: a server with a database of its own, the demonstration newsroom in it, and the site; Ctrl+C ends all of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSite } from './site.ts'

const { PORT = '4000', API_PORT = '4001' } = process.env
const siteUrl = `http://127.0.0.1:${PORT}`
const apiUrl = `http://127.0.0.1:${API_PORT}`
const scratch = mkdtempSync(join(tmpdir(), 'broadsheet-example-'))
const program = fileURLToPath(new URL('../../bin/broadsheet.js', import.meta.url))
const ADMIN_TOKEN = randomBytes(24).toString('hex')

const environment = {
  PATH: process.env.PATH,
  DATABASE_URL: `sqlite:${join(scratch, 'broadsheet.db')}`,
  ADMIN_TOKEN,
  PORT: API_PORT,
  LOG_LEVEL: 'warn',
  PUBLIC_SITE_URL: `${siteUrl}/story/{slug}`,
  PREVIEW_URL: `${siteUrl}/preview?token={token}`,
  // The site says whose comment it is that it hands on.
  TRUST_PROXY: '1',
}

/** The command line of Broadsheet, in the scratch folder. It isn’t ended by the terminal’s Ctrl+C: the site ends first. */
const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [program, ...args], { cwd: scratch, env: environment, stdio: ['ignore', 'pipe', 'inherit'], detached: true })

/** A draft’s preview, as an editor would send it round. */
async function preview(slug: string): Promise<string> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' }
  const answer = await fetch(`${apiUrl}/v1/articles/${slug}/preview-links`, { method: 'POST', headers, body: '{}' })
  return ((await answer.json()) as { url: string }).url
}

let child = run('seed', '--media', `${siteUrl}/media`)
const site = buildSite({ apiUrl, siteUrl })

let isStopping = false

async function stop(status = 0): Promise<void> {
  if (isStopping) return
  isStopping = true
  await site.close()
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(scratch, { recursive: true, force: true })
  process.exit(status)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())

const [failed] = await once(child, 'exit')
if (failed) await stop(1)
child = run('serve')
child.once('exit', () => stop(1))
await once(child.stdout as NodeJS.ReadableStream, 'data')
await site.listen({ host: '127.0.0.1', port: Number(PORT) })
console.log(`The site:    ${siteUrl}
A preview:   ${await preview('customs-house-buyer')}
The API:     ${apiUrl}, to try at ${apiUrl}/docs
Admin token: ${ADMIN_TOKEN}
Ctrl+C ends both; nothing is kept.`)
