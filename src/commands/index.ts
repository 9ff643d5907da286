import type { Command } from './command.ts'

type Entry = { summary: string; load: () => Promise<Command> }

/** Every command, with the line that `help` shows; only the one that is asked for is loaded. */
export const commands: Record<string, Entry> = {
  serve: { summary: 'answer over HTTP', load: async () => (await import('./serve.ts')).serve },
  token: { summary: 'make a token and print its secret', load: async () => (await import('./token.ts')).token },
  migrate: { summary: 'look at the database’s migrations, or change which are applied', load: async () => (await import('./migrate.ts')).migrate },
  export: { summary: 'write all content to standard output as NDJSON', load: async () => (await import('./export.ts')).exportContent },
  import: { summary: 'read what export wrote, from a file or standard input', load: async () => (await import('./import.ts')).importContent },
  backup: { summary: 'copy the database while it is served', load: async () => (await import('./backup.ts')).backup },
  seed: { summary: 'fill an empty newsroom with stories to look at', load: async () => (await import('./seed.ts')).seed },
  openapi: { summary: 'print the OpenAPI document', load: async () => (await import('./openapi.ts')).openapi },
}
