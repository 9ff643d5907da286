import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A request of a load; they are sent in turn, over and over; each NUMBER in a body is another number every time. */
export type LoadRequest = { method: 'GET' | 'POST' | 'PATCH'; path: string; headers?: Record<string, string>; body?: string }

/** What a load measured: times in milliseconds, `errors` of answers other than 2xx and 304. */
export type Measured = { requestsPerSecond: number; p50: number; p99: number; requests: number; errors: number }

const has = (command: string) => spawnSync('which', [command]).status === 0

/** Pins a command to a core where `taskset` exists. */
export const pinned = (core: number, command: string[]): string[] => (has('taskset') ? ['taskset', '-c', String(core), ...command] : command)

/** Puts a command behind others on the same core, where `nice` exists. */
const behind = (isBehind: boolean): string[] => (isBehind && has('nice') ? ['nice', '-n', '19'] : [])

export const generator = has('wrk') ? 'wrk' : 'bench/generator.ts'

const quoted = (text: string) => JSON.stringify(text).replaceAll('\\u0000', '\\0')

/** A script for wrk that sends the requests in turn, and prints what it counted as JSON. */
function scriptOf(requests: readonly LoadRequest[]): string {
  const formatted = requests.map(({ method, path, headers = {}, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`)
    return `{${quoted(method)}, ${quoted(path)}, {${fields.join(',')}}, ${body === undefined ? 'nil' : quoted(body)}}`
  })
  return `
local list = {${formatted.join(',\n')}}
local made, n = {}, 0
init = function() for i, r in ipairs(list) do made[i] = wrk.format(r[1], r[2], r[3], r[4]) end end
request = function() n = n % #made + 1; return made[n] end
done = function(summary, latency)
  io.write(string.format('RESULT {"requests": %d, "duration": %d, "p50": %f, "p99": %f, "errors": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
`
}

/** Does work with a folder of its own, for what is too much for a command line. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function byWrk(url: string, requests: readonly LoadRequest[], connections: number, seconds: number, core: number): Promise<Measured> {
  return inFolder(async (folder) => {
    const script = join(folder, 'load.lua')
    writeFileSync(script, scriptOf(requests))
    const [command = '', ...args] = pinned(core, ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url])
    const { stdout } = await promisify(execFile)(command, args)
    const result = JSON.parse(/RESULT (.*)/.exec(stdout)?.[1] ?? '{}')
    return { ...result, requestsPerSecond: result.requests / (result.duration / 1e6) }
  })
}

async function byGenerator(
  url: string,
  requests: readonly LoadRequest[],
  connections: number,
  seconds: number,
  core: number,
  isBehind: boolean,
): Promise<Measured> {
  return inFolder(async (folder) => {
    const given = join(folder, 'load.json')
    writeFileSync(given, JSON.stringify({ port: Number(new URL(url).port), requests, connections, seconds, first: Date.now() * 1000 }))
    const [command = '', ...args] = pinned(core, [...behind(isBehind), process.execPath, join(import.meta.dirname, 'generator.ts'), given])
    const { stdout } = await promisify(execFile)(command, args)
    return JSON.parse(stdout)
  })
}

/**
 * Sends the requests in turn over so many connections for so many seconds, from a core of its own. Reads come from wrk where there is
 * one; it can't warm its connections, which shows in the p99 of what is slow.
 * @param isRead whether they come from there @param isBehind whether it waits for another load from the same core
 */
export function load(
  url: string,
  requests: readonly LoadRequest[],
  connections: number,
  seconds: number,
  core: number,
  isRead = requests.every(({ method }) => method === 'GET'),
  isBehind = false,
): Promise<Measured> {
  return generator === 'wrk' && isRead ? byWrk(url, requests, connections, seconds, core) : byGenerator(url, requests, connections, seconds, core, isBehind)
}
