import { runFiles } from '../support/tap.ts'

await runFiles('articles/*.test.ts')
