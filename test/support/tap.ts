import { globSync } from 'node:fs'
import tap, { type Base, type Test } from 'tap'
import { milliseconds, moveClock } from '../../src/database/clock.ts'

/** What a test file adds its tests to: tap's root where the file has a process of its own, and else a test of the file's own. */
export let t: Test = tap

// An error that nothing catches ends the process, which fails its file as loudly as tap's own domains would:
// these follow each promise by an async hook, a third of the time of the tests.
function withoutDomain(test: Base): void {
  tap.hook.onDestroy?.()
  test.hookDomain.destroy()
  test.on('subtestAdd', (added) => withoutDomain(added as Base))
}
withoutDomain(tap)

const tests = new URL('../', import.meta.url)

/** The next file begins at the time that it is: exactly, since the server's clock must not be behind. */
function resetClock(): void {
  let [now, ahead] = [0, 0]
  do {
    now = Date.now()
    ahead = milliseconds() - now
  } while (Date.now() !== now)
  moveClock(-ahead)
}

/** Runs test files (patterns below `test/`) one after the other in this process, which loads and compiles once what they all use. */
export async function runFiles(...patterns: string[]): Promise<void> {
  // Each file has the time that it would have alone.
  tap.setTimeout(600_000)
  for (const file of globSync(patterns, { cwd: tests.pathname }).sort()) {
    await tap.test(file, { timeout: 120_000 }, async (own) => {
      t = own
      await import(new URL(file, tests).href)
    })
    resetClock()
  }
  tap.end()
  // A connection that a test has left open doesn't keep the process.
  setTimeout(() => {
    console.error('left open:', process.getActiveResourcesInfo().join(' '))
    process.exit()
  }, 10_000).unref()
}
