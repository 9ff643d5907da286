import { runFiles } from '../support/tap.ts'

await runFiles('{batch,bulk,change-sets,highlight-lists,names,previews,revisions,sections,tokens,topics}/*.test.ts')
