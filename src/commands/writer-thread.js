// JavaScript, so that what the compile cache holds of the TypeScript is used: a thread doesn't begin with its process's.
import { readlinkSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { setPriority } from 'node:os'

enableCompileCache()
await import('./writer-thread.ts')

// Of the other thread, which answers from memory, nobody is to wait for this one where both have one core: it has a thirtieth of it then.
const nice = 15

try {
  setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), nice)
} catch {
  // Where threads have no priorities of their own, this one has its process's.
}
