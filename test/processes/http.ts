import { runFiles } from '../support/tap.ts'

await runFiles('http/*.test.ts')
