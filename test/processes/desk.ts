import { runFolders } from '../support/tap.ts'

await runFolders('batch', 'bulk', 'change-sets', 'highlight-lists', 'names', 'previews', 'revisions', 'sections', 'tokens', 'topics')
