import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

// So many pages of 4 kB are copied at a time.
const pagesAtOnce = 2000

type Counts = Record<string, number>

function countsOf(database: Sqlite.Database): Counts {
  const tables = database.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and sql not like 'create virtual%'").pluck()
  const names = tables.all() as string[]
  return Object.fromEntries(
    names.map((name) => [
      name,
      database
        .prepare(`select count(*) from "${name.replaceAll('"', '""')}"`)
        .pluck()
        .get() as number,
    ]),
  )
}

/** @throws Error where a copy isn't whole */
function check(target: string, wanted: Counts): void {
  const copy = new Sqlite(target)
  try {
    const problems = copy.pragma('quick_check') as { quick_check: string }[]
    if (problems[0]?.quick_check !== 'ok') throw new Error(`The copy is damaged: ${problems[0]?.quick_check}`)
    const counts = countsOf(copy)
    for (const [table, count] of Object.entries(wanted))
      if (counts[table] !== count) throw new Error(`The copy has ${counts[table]} rows of ${table}, where there were ${count}`)
  } finally {
    copy.close()
  }
}

/**
 * Copies a database to a file of its own, as it was in the moment in which this began, by SQLite's online backup: within one
 * snapshot, so that whoever writes meanwhile neither waits nor makes it begin again. It is checked before it gets its name.
 * @param target a path where nothing is yet
 * @param onProgress is called with the share that is done, from 0 to 1
 * @returns how many rows there are, by table
 * @throws Error where the path is taken, or the copy isn't whole; nothing is left then
 */
export async function backupFile(source: Sqlite.Database, target: string, onProgress: (share: number) => void): Promise<Counts> {
  if (existsSync(target)) throw new Error(`${target} is there already; name a file that isn’t.`)
  const unfinished = `${target}.unfinished`
  const remove = () => {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${end}`, { force: true })
  }
  remove()
  try {
    // Its content is as secret as the database's.
    closeSync(openSync(unfinished, 'wx', 0o600))
    chmodSync(unfinished, 0o600)
    source.exec('begin')
    const counts = countsOf(source)
    if (!('articles' in counts)) throw new Error('This is not a database of Broadsheet: it has no table of articles.')
    await source.backup(unfinished, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages)
        return pagesAtOnce
      },
    })
    source.exec('commit')
    check(unfinished, counts)
    renameSync(unfinished, target)
    return counts
  } catch (error) {
    remove()
    throw error
  }
}
