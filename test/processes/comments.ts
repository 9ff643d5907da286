import { runFolders } from '../support/tap.ts'

await runFolders('comments')
