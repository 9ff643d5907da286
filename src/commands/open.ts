import { randomBytes } from 'node:crypto'
import { completeEditions } from '../articles/public/publish.ts'
import { completeSitemaps } from '../articles/public/sitemap-columns.ts'
import { completeTextLinks } from '../articles/public/text-links.ts'
import { completeComments } from '../comments/counts.ts'
import type { Config } from '../config.ts'
import { connect } from '../database/connect.ts'
import type { Database, Write } from '../database/handles.ts'
import { isMigrated, migrate } from '../database/migrate.ts'
import { createToken } from '../tokens/store.ts'

const addressKeyName = 'address-key'

/** The key under which readers' addresses are hashed: made once a database. */
async function addressKey(tx: Write): Promise<string> {
  const row = await tx.read.selectFrom('settings').select('value').where('name', '=', addressKeyName).executeTakeFirst()
  if (row) return row.value
  const value = randomBytes(32).toString('hex')
  await tx.insertInto('settings').values({ name: addressKeyName, value }).execute()
  return value
}

/** Writes that the database was opened: one that can't be written says so at the start, not at the first change. */
export async function noteStart(tx: Write): Promise<void> {
  const row = { name: 'opened-at', value: tx.now }
  await tx
    .insertInto('settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute()
}

/** The key of a database that can be read but not written, where it has all that is to be served; else null. */
async function keyOfReadable(database: Database): Promise<string | null> {
  try {
    return await database.snapshotOfReplica(async (read) => {
      if (!(await isMigrated(read))) return null
      const row = await read.selectFrom('settings').select('value').where('name', '=', addressKeyName).executeTakeFirst()
      return row?.value ?? null
    })
  } catch {
    // What keeps it from being written is what there is to say.
    return null
  }
}

/** A database that was opened. */
export type Opened = {
  database: Database
  /** The key under which readers' addresses, and what isn't public, are hashed. */
  key: string
  /** The first admin token's secret, only where it was made just now. */
  firstSecret: string | null
  /** Why it can only be read now; null where it can be written. */
  readOnlySince: Error | null
}

/** Connects to the database of a configuration. @param isEager whether much is to be written from the start */
export const connectTo = ({ DATABASE_URL, DATABASE_READ_URL, STATEMENT_TIMEOUT, LOCK_TIMEOUT }: Config, isEager = false): Database =>
  connect(DATABASE_URL, DATABASE_READ_URL, { isEager, statementTimeout: STATEMENT_TIMEOUT * 1000, lockTimeout: LOCK_TIMEOUT * 1000 })

/**
 * Opens and migrates the database. One that can be read but not written (the primary is gone, the file is read-only) is served
 * as it is, where nothing is left to migrate.
 */
export async function openDatabase(config: Config): Promise<Opened> {
  const database = connectTo(config)
  let firstSecret: string | null = null
  let key = ''
  try {
    await migrate(database, async (tx, isNew) => {
      key = await addressKey(tx)
      await completeEditions(tx)
      await completeTextLinks(tx)
      await completeSitemaps(tx)
      await completeComments((work) => work(tx))
      await noteStart(tx)
      firstSecret = isNew && config.ADMIN_TOKEN === null ? (await createToken(tx, { name: 'First token', scopes: ['admin'] })).secret : null
    })
    return { database, key, firstSecret, readOnlySince: null }
  } catch (error) {
    const found = database.engine.isUnavailable(error) ? await keyOfReadable(database) : null
    if (found === null) {
      await database.close().catch(() => {})
      throw error
    }
    return { database, key: found, firstSecret: null, readOnlySince: error as Error }
  }
}
