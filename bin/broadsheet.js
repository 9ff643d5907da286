#!/usr/bin/env node
import { enableCompileCache, registerHooks } from 'node:module'
import { setFlagsFromString } from 'node:v8'

// What the server starts with isn’t what it needs: commands/heap.ts lets the young generation grow. As a flag of Node, V8 takes 2 for 1.
if (globalThis.gc) setFlagsFromString('--semi-space-growth-factor=1')
// What is compiled once, and stripped of its types, is kept for the next start: this file is plain JavaScript so that all else is.
enableCompileCache()
// A module that imports another by a relative address names its file: to look at the disk for each of several hundred, as Node
// does, takes a fifth of the start.
const own = new URL('../src/', import.meta.url).href
registerHooks({
  resolve: (specifier, { conditions, parentURL }, next) =>
    specifier.startsWith('.') && parentURL?.startsWith(own) && conditions.includes('import')
      ? { url: new URL(specifier, parentURL).href, shortCircuit: true }
      : next(specifier),
})
await import('../src/main.ts')
