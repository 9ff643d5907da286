import { runFiles } from '../support/tap.ts'

await runFiles('commands/{backup,commands,export-files,help,seed}.test.ts')
