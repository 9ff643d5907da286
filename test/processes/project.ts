import { runFiles } from '../support/tap.ts'

await runFiles('{architecture,arrows,breaks,config,desk-day,docs,examples,openapi,published,readme}.test.ts', '{client,example}/*.test.ts')
