import { commands } from './commands/index.ts'
import { nearest } from './copy/nearest.ts'
import { MigrationError } from './database/migrate.ts'
import { meansNoDatabase } from './database/urls.ts'
import { ConfigError, UsageError } from './usage.ts'

function help(): string {
  return ['broadsheet COMMAND', '', ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)].join('\n')
}

async function run([name = 'help', ...args]: string[]): Promise<void> {
  if (['help', '--help', '-h'].includes(name)) return console.log(help())
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const near = nearest(name, Object.keys(commands))
    throw new UsageError(`there is no command "${name}"${near ? `; did you mean ${near}?` : ''}\n\n${help()}`)
  }
  const execute = await command.load()
  return execute(args)
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is wrong:\n${error.message}`
  if (error instanceof UsageError || error instanceof MigrationError) return error.message
  if (!(error instanceof Error)) return String(error)
  const { code, message, stack } = error as NodeJS.ErrnoException
  if (code?.startsWith('ERR_PARSE_ARGS')) return message
  if (code && meansNoDatabase(code)) return `The database can’t be opened: ${message || code}. Set DATABASE_URL.`
  return stack ?? message
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}
