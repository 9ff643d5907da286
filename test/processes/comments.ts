import { runFiles } from '../support/tap.ts'

await runFiles('comments/*.test.ts')
