import { runFiles } from '../support/tap.ts'

await runFiles('commands/{import*,transfer}.test.ts')
