import { runFolders } from '../support/tap.ts'

await runFolders('database')
