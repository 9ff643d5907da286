import { statSync } from 'node:fs'
import { completeEditions } from '../articles/public/publish.ts'
import { completeComments } from '../comments/counts.ts'
import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database } from '../database/handles.ts'
import { migrate } from '../database/migrate.ts'
import { reasonOf } from '../database/reasons.ts'
import { type BatchRead, batchesOf, LineError } from '../transfer/reader.ts'
import { RecordError, writeRecords } from '../transfer/write.ts'
import { CommandError } from '../usage.ts'
import { command } from './command.ts'
import { progressBar } from './progress.ts'

const author = { actor: { tokenId: null, name: 'import' }, requestId: null }

async function write(database: Database, batch: BatchRead): Promise<number> {
  try {
    return await database.transaction(author, (tx) => writeRecords(tx, batch))
  } catch (error) {
    const isConflict = database.engine.isConflict(error)
    const reason = error instanceof RecordError || error instanceof TypeError || isConflict ? (error as Error).message : reasonOf(error)
    if (reason === null) throw error
    throw new CommandError(
      `lines ${batch.firstLine} to ${batch.lastLine} could not be taken: ${reason}\nWhat came before them is in; run it again when that is mended.`,
    )
  }
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) throw new CommandError(`there is no file ${file}`)
  if (found.isDirectory()) throw new CommandError(`${file} is a folder`)
  return found.size
}

async function run(file: string | undefined): Promise<void> {
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
    await completeComments((work) => database.transaction(author, work))
    progress.end()
    console.error(`${count} records read, ${changed} written`)
  } catch (error) {
    throw error instanceof LineError ? new CommandError(error.message) : error
  } finally {
    // Also after a line that can't be taken: what is written later must not pile up. Where even that fails, the first error tells why.
    await expectMany(false).catch(() => {})
    await database.close()
  }
}

/** `import [FILE]`: reads an export from a file or standard input, a transaction a thousand lines; it may be run again. */
export const importContent = command({
  about:
    'Reads what `export` wrote, also into a database of the other engine. It may be run again: what is there already and says the same is left alone. A server that runs meanwhile shows what came in.',
  arguments: { file: { meaning: 'An export; standard input where it is left out.', isOptional: true } },
  options: {},
  environment: ['DATABASE_URL', 'PUBLIC_SITE_URL'],
  failure: 'Some lines could not be taken, or nothing could; standard error names the lines and says why. What came before them is in.',
  example: 'import content.ndjson',
  run: (_options, { file }) => run(file),
})
