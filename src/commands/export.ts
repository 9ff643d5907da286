import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { migrate } from '../database/migrate.ts'
import { countRecords, kinds, recordsAfter, type TransferRecord } from '../transfer/records.ts'
import { command } from './command.ts'
import { progressBar } from './progress.ts'

const batch = 50

async function* allRecords(read: Read): AsyncGenerator<TransferRecord[]> {
  for (const kind of kinds)
    for (let after = ''; ; ) {
      const records = await recordsAfter(read, kind, after, batch)
      if (records.length > 0) yield records
      if (records.length < batch) break
      after = records.at(-1)?.id as string
    }
}

async function run(): Promise<void> {
  const config = readConfig(environmentWithFile())
  // Nobody waits for it, and it takes as long as it takes.
  const database = connect(config.DATABASE_URL, [], { isBulk: true })
  const { stdout } = process
  let isBroken = false
  // Who reads may have enough after some lines.
  stdout.on('error', () => {
    isBroken = true
  })
  try {
    await migrate(database)
    await database.snapshot(async (read) => {
      const progress = progressBar('exporting', process.stderr.isTTY ? await countRecords(read) : null)
      let done = 0
      for await (const records of allRecords(read)) {
        if (isBroken) break
        const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
        // Not before it is taken: so no more than a batch is ever in memory.
        await new Promise<void>((resolve) => stdout.write(text, () => resolve()))
        done += records.length
        progress.show(done)
      }
      progress.end()
    })
  } finally {
    await database.close()
  }
}

/** `export`: writes all content to standard output as NDJSON, by kind and id, as it is at one moment. */
export const exportContent = command({
  about:
    'Writes all content to standard output as NDJSON, as it is at one moment: articles with everything, comments, names, lists, slugs, and the hashes of tokens.',
  arguments: {},
  options: {},
  environment: ['DATABASE_URL'],
  example: 'export > content.ndjson',
  run,
})
