// JavaScript, so that what the compile cache holds of the TypeScript is used: a thread doesn't begin with its process's.
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./reader.ts')
