// JavaScript, so that what the compile cache holds of the TypeScript is used, and no file is looked for that is named: both begin with a thread.
import { readlinkSync } from 'node:fs'
import { enableCompileCache, registerHooks } from 'node:module'
import { setPriority } from 'node:os'

enableCompileCache()
const own = new URL('../', import.meta.url).href
registerHooks({
  resolve: (specifier, { conditions, parentURL }, next) =>
    specifier.startsWith('.') && parentURL?.startsWith(own) && conditions.includes('import')
      ? { url: new URL(specifier, parentURL).href, shortCircuit: true }
      : next(specifier),
})
await import('./writer-thread.ts')

// Of the other thread, which answers from memory, nobody is to wait for this one where both have one core: it has a thirtieth of it then.
const nice = 15

try {
  setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), nice)
} catch {
  // Where threads have no priorities of their own, this one has its process's.
}
