import { runFiles } from '../support/tap.ts'

await runFiles('{around,copy,editions,events,feeds,redirects,renditions,site,sitemaps}/*.test.ts')
