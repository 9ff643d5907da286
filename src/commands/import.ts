import { createReadStream, statSync } from 'node:fs'
import { completeEditions } from '../articles/public/publish.ts'
import { completeComments } from '../comments/counts.ts'
import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database } from '../database/handles.ts'
import { migrate } from '../database/migrate.ts'
import { reasonOf } from '../database/reasons.ts'
import { disqusFile, wordPressFile } from '../transfer/comment-files.ts'
import { importForeignComments } from '../transfer/comments.ts'
import { type BatchRead, batchesOf, LineError } from '../transfer/reader.ts'
import { RecordError, writeRecords } from '../transfer/write.ts'
import { CommandError, UsageError } from '../usage.ts'
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

const sources = { disqus: disqusFile, 'wxr-comments': wordPressFile }

/** Reads comments from elsewhere, and says what came of them. */
async function runComments(source: keyof typeof sources, file: string): Promise<void> {
  const config = readConfig(environmentWithFile())
  const size = sizeOf(file)
  const database = connect(config.DATABASE_URL, [], { isBulk: true })
  try {
    await migrate(database)
    const progress = progressBar('importing', size)
    const foreign = sources[source](createReadStream(file), (bytes) => progress.show(bytes))
    const { read, created, unchanged, pings, orphans, failures, lostPages } = await importForeignComments(database, config, author, foreign)
    progress.end()
    const lost = [...lostPages.values()].reduce((sum, count) => sum + count, 0)
    console.error(
      `${read} comments read, ${created} written, ${unchanged} there already, ${lost} without a story, ${failures.length} not taken; ${pings} pings left out`,
    )
    if (orphans > 0) console.error(`${orphans} answer a comment that isn’t there, and stand alone`)
    for (const [page, count] of lostPages) console.error(`no story for ${page}: ${count} ${count === 1 ? 'comment' : 'comments'}`)
    for (const { externalId, reason } of failures.slice(0, 100)) console.error(`${externalId} not taken: ${reason}`)
  } finally {
    await database.close()
  }
}

/** `import [FILE]`: reads an export from a file or standard input, a transaction a thousand lines; `import disqus|wxr-comments FILE` reads comments from elsewhere. Each may be run again. */
export const importContent = command({
  about:
    'Reads what `export` wrote, also into a database of the other engine. It may be run again: what is there already and says the same is left alone. A server that runs meanwhile shows what came in. Comments from elsewhere find their stories by external id, canonical or old address, or the slug in the address; pings are left out, and what had no story is said.',
  arguments: {
    source: {
      meaning: 'An export; standard input where it is left out. Or whose comments come: `disqus` (its XML), or `wxr-comments` (an export of WordPress).',
      isOptional: true,
    },
    file: { meaning: 'With `disqus` and `wxr-comments`: the file.', isOptional: true },
  },
  options: {},
  environment: ['DATABASE_URL', 'PUBLIC_SITE_URL'],
  failure: 'Some lines could not be taken, or nothing could; standard error names the lines and says why. What came before them is in.',
  example: 'import content.ndjson',
  async run(_options, { source, file }) {
    if (file === undefined) {
      if (source !== undefined && Object.hasOwn(sources, source)) throw new UsageError(`import ${source} needs a file`)
      return run(source)
    }
    if (!source || !Object.hasOwn(sources, source))
      throw new UsageError(`import takes one file; comments come from ${Object.keys(sources).join(' or ')}, not ${source}`)
    return runComments(source as keyof typeof sources, file)
  },
})
