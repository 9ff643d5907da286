import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

const project = new URL('../../', import.meta.url).pathname

export type Running = {
  child: ChildProcess
  /** Both its outputs, as they came. */
  output: () => string
  stdout: () => string
  stderr: () => string
  sees: (pattern: RegExp) => Promise<RegExpExecArray>
  ends: Promise<number | null>
}

type RunOptions = { cwd?: string; env?: Record<string, string>; uid?: number; root?: string }

/** Runs the command line as a process of its own, in a folder and with an environment of its own. @param root where the code is, if not here */
export function run(t: Test, args: string[], { cwd, env = {}, uid, root = project }: RunOptions = {}): Running {
  const own = mkdtempSync(join(tmpdir(), 'broadsheet-run-'))
  const child = spawn(process.execPath, [join(root, 'bin/broadsheet.js'), ...args], {
    cwd: cwd ?? own,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let text = ''
  const apart = { stdout: '', stderr: '' }
  const waiting: (() => void)[] = []
  const add = (name: keyof typeof apart) => (data: Buffer) => {
    text += data
    apart[name] += data
    for (const look of waiting) look()
  }
  child.stdout.on('data', add('stdout'))
  child.stderr.on('data', add('stderr'))
  const ends = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      resolve(code)
      for (const look of waiting) look()
    })
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ends
    rmSync(own, { recursive: true, force: true })
  })
  const sees = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text)
        if (found) resolve(found)
        else if (child.exitCode !== null || child.signalCode !== null) reject(new Error(`it ended without ${pattern}: ${text}`))
      }
      waiting.push(look)
      look()
    })
  return { child, output: () => text, stdout: () => apart.stdout, stderr: () => apart.stderr, sees, ends }
}
