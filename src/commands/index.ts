type Command = { summary: string; load: () => Promise<(args: string[]) => Promise<void>> }

/** Every command, with the line that `help` shows; only the one that is run is loaded. */
export const commands: Record<string, Command> = {
  serve: { summary: 'serve [--workers N]: answer over HTTP', load: async () => (await import('./serve.ts')).serve },
  token: { summary: 'token create --scope SCOPE: make a token and print its secret', load: async () => (await import('./token.ts')).token },
  migrate: { summary: 'migrate status|up|down: look at the database’s migrations, or change them', load: async () => (await import('./migrate.ts')).migrate },
  export: { summary: 'write all content to standard output as NDJSON', load: async () => (await import('./export.ts')).exportContent },
  import: { summary: 'import [FILE]: read what export wrote, from a file or standard input', load: async () => (await import('./import.ts')).importContent },
  backup: { summary: 'backup FILE: copy the database while it is served', load: async () => (await import('./backup.ts')).backup },
  openapi: { summary: 'print the OpenAPI document', load: async () => (await import('./openapi.ts')).openapi },
}
