import { commands } from './commands/index.ts'
import { environmentWithFile } from './config.ts'
import { nearest } from './copy/nearest.ts'
import { MigrationError } from './database/migrate.ts'
import { reasonOf } from './database/reasons.ts'
import { CommandError, ConfigError, UsageError } from './usage.ts'

function help(): string {
  return [
    'Usage: broadsheet COMMAND',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`),
    `  ${'help'.padEnd(8)} say more of a command: broadsheet help COMMAND`,
  ].join('\n')
}

function entryOf(name: string) {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry) return entry
  const near = nearest(name, Object.keys(commands))
  throw new UsageError(`there is no command "${name}"${near ? `; did you mean ${near}?` : ''}\n\n${help()}`)
}

async function run([name = 'help', ...args]: string[]): Promise<void> {
  if (!['help', '--help', '-h'].includes(name)) return (await entryOf(name).load()).run(name, args)
  const about = args.find((argument) => !argument.startsWith('-'))
  console.log(about === undefined ? help() : (await entryOf(about).load()).help(about))
}

function isDebugging(): boolean {
  try {
    return ['debug', 'trace'].includes(environmentWithFile().LOG_LEVEL ?? '')
  } catch {
    return false
  }
}

/** Why it failed, in plain words: never a statement or a stack, unless `LOG_LEVEL` asks for it. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is wrong:\n${error.message}`
  if (error instanceof UsageError || error instanceof CommandError || error instanceof MigrationError) return error.message
  const reason = reasonOf(error) ?? `It failed unexpectedly: ${error instanceof Error ? error.message : String(error)} (LOG_LEVEL=debug shows where)`
  return isDebugging() && error instanceof Error ? `${reason}\n${error.stack}` : reason
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  console.error(explain(error))
  process.exit(error instanceof UsageError ? 2 : 1)
}
