#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// What is compiled once, and stripped of its types, is kept for the next start: this file is plain JavaScript so that all else is.
enableCompileCache()
await import('../src/main.ts')
