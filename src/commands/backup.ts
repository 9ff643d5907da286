import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database } from '../database/handles.ts'
import { UsageError } from '../usage.ts'
import { progressBar } from './progress.ts'

function openExisting(url: string): Database {
  try {
    return connect(url, [], { isBulk: true, mustExist: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** `backup FILE`: copies the database to a file while it is served, checks the copy, and says what is in it. */
export async function backup(args: string[]): Promise<void> {
  const [file, ...more] = args
  if (file === undefined || more.length > 0) throw new UsageError('broadsheet backup FILE')
  const { DATABASE_URL: url } = readConfig(environmentWithFile())
  const database = openExisting(url)
  const progress = progressBar('copying', 1)
  try {
    const counts = await database.engine.backup(file, progress.show)
    progress.end()
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    console.error(`${file}: ${rows} rows, ${counts.articles ?? 0} articles and ${counts.comments ?? 0} comments among them, checked`)
  } catch (error) {
    // Whatever kept the copy from being made, its message says so.
    throw new UsageError((error as Error).message)
  } finally {
    progress.end()
    await database.close()
  }
}
