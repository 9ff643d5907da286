import { createReadStream, statSync } from 'node:fs'
import { completeEditions } from '../articles/publish.ts'
import { environmentWithFile, readConfig } from '../config.ts'
import { connect, type Database } from '../database/connect.ts'
import { migrate } from '../database/migrate.ts'
import { linesOf } from '../transfer/lines.ts'
import { type Kind, kinds, type TransferRecord } from '../transfer/records.ts'
import { countComments, RecordError, writeRecords } from '../transfer/write.ts'
import { progressBar } from './progress.ts'
import { UsageError } from './usage.ts'

// Small pieces of a file come later than they are wanted.
const chunk = 256 * 1024
// Each commit waits for the disk.
const batch = 1000
const author = { actor: { tokenId: null, name: 'import' }, requestId: null }

function recordOf(line: string, number: number): TransferRecord {
  try {
    const record = JSON.parse(line) as TransferRecord
    if (kinds.includes(record.kind) && typeof record.id === 'string' && typeof record.data === 'object' && record.data !== null) return record
  } catch {
    // Fall through: it is no record.
  }
  throw new UsageError(`line ${number} is no record of an export`)
}

async function write(database: Database, kind: Kind, records: readonly TransferRecord[], lastLine: number): Promise<number> {
  try {
    return await database.transaction(author, (tx) => writeRecords(tx, kind, records))
  } catch (error) {
    const reason = error instanceof RecordError || (error instanceof Error && 'code' in error) ? error.message : null
    if (reason === null) throw error
    throw new UsageError(
      `lines ${lastLine - records.length + 1} to ${lastLine} could not be taken: ${reason}\nWhat came before them is in; run it again when that is mended.`,
    )
  }
}

/** `import [FILE]`: reads an export from a file or standard input, a transaction a thousand lines; it may be run again. */
export async function importContent(args: string[]): Promise<void> {
  const [file, ...more] = args
  if (more.length > 0) throw new UsageError('broadsheet import [FILE]')
  const config = readConfig(environmentWithFile())
  const size = file === undefined ? null : statSync(file).size
  const database = connect(config.DATABASE_URL, [], true)
  const expectMany = (isMany: boolean) => database.transaction(author, (tx) => tx.engine.expectMany(tx, isMany))
  try {
    await migrate(database)
    await expectMany(true)
    const input = file === undefined ? process.stdin : createReadStream(file, { highWaterMark: chunk })
    const progress = progressBar('importing', size)
    let [changed, number] = [0, 0]
    let pending: TransferRecord[] = []
    const children: TransferRecord[] = []
    const flush = async () => {
      const [first] = pending
      if (first) changed += await write(database, first.kind, pending, number)
      pending = []
    }
    // Topics whose parents came after them are looked at again.
    const linkTopics = async () => {
      for (; children.length > 0; ) await write(database, 'topic', children.splice(0, batch), number)
    }
    for await (const { text, end } of linesOf(input)) {
      if (text.trim() === '') continue
      const record = recordOf(text, number + 1)
      if (pending.length >= batch || (pending[0] && pending[0].kind !== record.kind)) await flush()
      if (record.kind !== 'topic') await linkTopics()
      number++
      if (record.kind === 'topic' && record.data.parent_id !== null) children.push(record)
      pending.push(record)
      progress.show(size === null ? number : end)
    }
    await flush()
    await linkTopics()
    await database.transaction(author, countComments)
    await database.transaction({ ...author, site: config.PUBLIC_SITE_URL }, completeEditions)
    progress.end()
    console.error(`${number} records read, ${changed} written`)
  } finally {
    // Also after a line that can't be taken: what is written later must not pile up.
    await expectMany(false)
    await database.close()
  }
}
