import { statSync } from 'node:fs'
import { completeEditions } from '../articles/public/publish.ts'
import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database } from '../database/handles.ts'
import { migrate } from '../database/migrate.ts'
import { type BatchRead, batchesOf, LineError } from '../transfer/reader.ts'
import { RecordError, writeRecords } from '../transfer/write.ts'
import { UsageError } from '../usage.ts'
import { progressBar } from './progress.ts'

const author = { actor: { tokenId: null, name: 'import' }, requestId: null }

async function write(database: Database, batch: BatchRead): Promise<number> {
  try {
    return await database.transaction(author, (tx) => writeRecords(tx, batch))
  } catch (error) {
    const reason = error instanceof RecordError || error instanceof TypeError || (error instanceof Error && 'code' in error) ? error.message : null
    if (reason === null) throw error
    throw new UsageError(
      `lines ${batch.firstLine} to ${batch.lastLine} could not be taken: ${reason}\nWhat came before them is in; run it again when that is mended.`,
    )
  }
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`there is no file ${file}`)
  if (found.isDirectory()) throw new UsageError(`${file} is a folder`)
  return found.size
}

/** `import [FILE]`: reads an export from a file or standard input, a transaction a thousand lines; it may be run again. */
export async function importContent(args: string[]): Promise<void> {
  const [file, ...more] = args
  if (more.length > 0) throw new UsageError('broadsheet import [FILE]')
  const config = readConfig(environmentWithFile())
  const size = file === undefined ? null : sizeOf(file)
  const database = connect(config.DATABASE_URL, [], { isBulk: true })
  const expectMany = (isMany: boolean) => database.transaction(author, (tx) => tx.engine.expectMany(tx, isMany))
  try {
    await migrate(database)
    await expectMany(true)
    const progress = progressBar('importing', size)
    let [changed, count] = [0, 0]
    const topics: BatchRead[] = []
    for await (const batch of batchesOf(file)) {
      // Topics whose parents came after them are looked at again.
      if (batch.kind !== 'topic') for (const again of topics.splice(0)) await write(database, again)
      else topics.push(batch)
      changed += await write(database, batch)
      count += batch.records.size
      progress.show(size === null ? count : batch.end)
    }
    for (const again of topics) await write(database, again)
    await database.transaction({ ...author, site: config.PUBLIC_SITE_URL }, completeEditions)
    progress.end()
    console.error(`${count} records read, ${changed} written`)
  } catch (error) {
    throw error instanceof LineError ? new UsageError(error.message) : error
  } finally {
    // Also after a line that can't be taken: what is written later must not pile up. Where even that fails, the first error tells why.
    await expectMany(false).catch(() => {})
    await database.close()
  }
}
