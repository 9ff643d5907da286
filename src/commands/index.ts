import { exportContent } from './export.ts'
import { importContent } from './import.ts'
import { migrate } from './migrate.ts'
import { openapi } from './openapi.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

/** Every command, with the line that `help` shows. */
export const commands: Record<string, { summary: string; run: (args: string[]) => Promise<void> }> = {
  serve: { summary: 'answer over HTTP', run: serve },
  token: { summary: 'token create --scope SCOPE: make a token and print its secret', run: token },
  migrate: { summary: 'migrate status|up|down: look at the database’s migrations, or change them', run: migrate },
  export: { summary: 'write all content to standard output as NDJSON', run: exportContent },
  import: { summary: 'import [FILE]: read what export wrote, from a file or standard input', run: importContent },
  openapi: { summary: 'print the OpenAPI document', run: openapi },
}
