import { runFolders } from '../support/tap.ts'

await runFolders('around', 'copy', 'editions', 'events', 'feeds', 'redirects', 'renditions', 'site', 'sitemaps')
