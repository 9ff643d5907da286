import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database } from '../database/handles.ts'
import { reasonOf } from '../database/reasons.ts'
import { CommandError } from '../usage.ts'
import { command } from './command.ts'
import { progressBar } from './progress.ts'

function openExisting(url: string): Database {
  try {
    return connect(url, [], { isBulk: true, mustExist: true })
  } catch (error) {
    throw new CommandError(reasonOf(error) ?? (error as Error).message)
  }
}

async function run(file: string): Promise<void> {
  const { DATABASE_URL: url } = readConfig(environmentWithFile())
  const database = openExisting(url)
  const progress = progressBar('copying', 1)
  try {
    const counts = await database.engine.backup(file, progress.show)
    progress.end()
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    console.error(`${file}: ${rows} rows, ${counts.articles ?? 0} articles and ${counts.comments ?? 0} comments among them, checked`)
  } catch (error) {
    // Whatever kept the copy from being made, its message says so; what the file system says is about the copy.
    const isOfFile = error instanceof Error && 'syscall' in error
    throw new CommandError((isOfFile ? null : reasonOf(error)) ?? (error as Error).message)
  } finally {
    progress.end()
    await database.close()
  }
}

/** `backup FILE`: copies the database to a file while it is served, checks the copy, and says what is in it. */
export const backup = command({
  about:
    'Copies the database to a file while it is served: one moment of it, checked. Writers don’t wait. A database on a server has its own tools for that, which this names.',
  arguments: { file: { meaning: 'The copy; nothing may be there yet.' } },
  options: {},
  environment: ['DATABASE_URL'],
  example: 'backup backup.db',
  run: (_options, { file }) => run(file),
})
