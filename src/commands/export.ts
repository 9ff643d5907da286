import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, environmentWithFile, readConfig } from '../config.ts'
import { nearest } from '../copy/nearest.ts'
import { connect } from '../database/connect.ts'
import type { Read } from '../database/engine.ts'
import { migrate } from '../database/migrate.ts'
import { storyFiles } from '../renditions/files.ts'
import { type Format, formats } from '../renditions/formats.ts'
import { countRecords, kinds, recordsAfter, type TransferRecord } from '../transfer/records.ts'
import { CommandError, UsageError } from '../usage.ts'
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

async function writeRecords(read: Read): Promise<void> {
  const { stdout } = process
  let isBroken = false
  // Who reads may have enough after some lines.
  stdout.on('error', () => {
    isBroken = true
  })
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
}

async function writeFiles(read: Read, format: Format, folder: string, config: Config): Promise<void> {
  const failed = (error: Error) => {
    throw new CommandError(`${folder} can’t be written to: ${error.message}`)
  }
  await mkdir(folder, { recursive: true }).catch(failed)
  const progress = progressBar('exporting', null)
  let done = 0
  for (let after = ''; ; ) {
    const files = await storyFiles(read, format, after, batch, config)
    for (const { name, text } of files) await writeFile(join(folder, name), text).catch(failed)
    done += files.length
    progress.show(done)
    const last = files.at(-1)
    if (!last) break
    after = last.id
  }
  progress.end()
  console.log(`${done} stories are in ${folder}`)
}

/** The form that is asked for; null for all content as records. */
function formatOf(name: string | undefined, folder: string | undefined): Format | null {
  if (name === undefined) {
    if (folder !== undefined) throw new UsageError('DIR goes with --format')
    return null
  }
  const names = Object.keys(formats)
  const near = nearest(name, names)
  if (!names.includes(name)) throw new UsageError(`--format is one of ${names.join(', ')}${near ? `; did you mean ${near}?` : ''}`)
  if (folder === undefined) throw new UsageError('--format needs DIR, the folder to write to')
  return formats[name as keyof typeof formats]
}

async function run({ format: name }: { format: string | undefined }, { dir }: { dir: string | undefined }): Promise<void> {
  const format = formatOf(name, dir)
  const config = readConfig(environmentWithFile())
  // Nobody waits for it, and it takes as long as it takes.
  const database = connect(config.DATABASE_URL, [], { isBulk: true })
  try {
    await migrate(database)
    await database.snapshot((read) => (format ? writeFiles(read, format, dir as string, config) : writeRecords(read)))
  } finally {
    await database.close()
  }
}

/** `export`: writes all content to standard output as NDJSON, by kind and id, or public stories into a folder, as it is at one moment. */
export const exportContent = command({
  about:
    'Writes all content to standard output as NDJSON, as it is at one moment: articles with everything, comments, names, lists, slugs, and the hashes of tokens. With --format it writes each public story into a file of its own instead, named by its slug.',
  arguments: {
    dir: { meaning: 'With --format: the folder to write to; it is made where it isn’t there, and files of the same names are replaced.', isOptional: true },
  },
  options: { format: { type: 'string', value: 'FORMAT', meaning: `The form of public stories: ${Object.keys(formats).join(', ')}.` } },
  environment: ['DATABASE_URL', 'PUBLIC_SITE_URL', 'EMBED_HOSTS', 'DEFAULT_LANGUAGE'],
  example: 'export > content.ndjson',
  run,
})
