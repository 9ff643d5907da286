import { setTimeout } from 'node:timers/promises'

// In milliseconds: looking costs what is looked at some work, too.
const every = 20

/**
 * Looks until something holds, for what doesn't say by itself that it has happened.
 * @param what names it, where it never comes
 * @param within in milliseconds
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, within = 60_000): Promise<void> {
  for (const end = Date.now() + within; Date.now() < end; await setTimeout(every)) if (await holds()) return
  throw new Error(`never: ${what}`)
}
