import { readdirSync } from 'node:fs'
import tap, { type Test } from 'tap'
import { milliseconds, moveClock } from '../../src/database/clock.ts'

/** What a test file adds its tests to: tap's root where the file has a process of its own, and else a test of the file's own. */
export let t: Test = tap

const tests = new URL('../', import.meta.url)

/** Runs the test files of some folders one after the other in this process, which loads and compiles once what they all use. */
export async function runFolders(...folders: string[]): Promise<void> {
  // Each file has the time that it would have alone.
  tap.setTimeout(600_000)
  for (const folder of folders) {
    for (const file of readdirSync(new URL(folder, tests)).filter((name) => name.endsWith('.test.ts'))) {
      await tap.test(`${folder}/${file}`, { timeout: 120_000 }, async (own) => {
        t = own
        await import(new URL(`${folder}/${file}`, tests).href)
      })
      // The next file begins at the time that it is.
      moveClock(Date.now() - milliseconds())
    }
  }
  tap.end()
  // A connection that a test has left open doesn't keep the process.
  setTimeout(() => {
    console.error('left open:', process.getActiveResourcesInfo().join(' '))
    process.exit()
  }, 10_000).unref()
}
