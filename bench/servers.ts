import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { pinned } from './load.ts'

/** A process under load, with those that it started. */
export type Served = { url: string; cpuSeconds: () => number; residentMegabytes: () => number; stop: () => Promise<void> }

const ticks = 100

function statOf(pid: number): string[] {
  // The command's name may hold spaces; it ends with the last bracket.
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
}

/** A process and all under it. */
function family(pid: number): number[] {
  const children = readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && Number(statOf(Number(name))[1]) === pid ? family(Number(name)) : []
    } catch {
      return []
    }
  })
  return [pid, ...children]
}

/** Starts a program, and waits until it says where it answers. @param core the core to pin it to, null for any */
export async function start(args: string[], env: Record<string, string> = {}, core: number | null = 0): Promise<Served> {
  const [command = '', ...rest] = core === null ? [process.execPath, ...args] : pinned(core, [process.execPath, ...args])
  const child: ChildProcess = spawn(command, rest, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data) => {
      text += data
      const found = /answers on (\S+)/.exec(text)
      if (found?.[1]) resolve(found[1])
    })
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${text}`)))
  })
  const pid = child.pid as number
  return {
    url,
    cpuSeconds: () => family(pid).reduce((sum, one) => sum + (Number(statOf(one)[11]) + Number(statOf(one)[12])) / ticks, 0),
    residentMegabytes: () =>
      family(pid).reduce((sum, one) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0) / 1024, 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      process.off('exit', kill)
    },
  }
}
