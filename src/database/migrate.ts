import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { Engine, Read } from './engine.ts'
import type { Database, Write } from './handles.ts'

type Step = (db: Kysely<unknown>, engine: Engine) => Promise<void>
type Migration = { up: Step; down: Step; checksum: string }

/** The database is not as this version's migrations make it; its message says how. */
export class MigrationError extends Error {}

const folder = new URL('../../migrations/', import.meta.url)
const nobody = { actor: null, requestId: null }

async function migrations(): Promise<Map<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const found = new Map<string, Migration>()
  for (const name of names) {
    const url = new URL(name, folder)
    // Some checkouts have other line ends.
    const checksum = hash('sha256', (await readFile(url, 'utf8')).replaceAll('\r\n', '\n'), 'hex')
    found.set(name, { ...((await import(url.href)) as Record<'up' | 'down', Step>), checksum })
  }
  return found
}

async function makeTables(tx: Write): Promise<void> {
  const { text } = tx.engine.columns
  for (const [table, column] of [
    ['migrations', 'applied_at'],
    ['migration_checksums', 'checksum'],
  ] as const)
    await tx.schema
      .createTable(table)
      .ifNotExists()
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn(column, text, (c) => c.notNull())
      .execute()
}

async function appliedNames(read: Read, known: ReadonlyMap<string, Migration>): Promise<string[]> {
  const applied = (await read.selectFrom('migrations').select('name').orderBy('name').execute()).map((row) => row.name)
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new MigrationError(`the database was made by a newer version: unknown migrations ${unknown.join(', ')}`)
  return applied
}

/**
 * Compares the migrations that were applied with what they are now; those of before checksums were stored get theirs.
 * @throws MigrationError where one was changed afterwards: the database isn't what the code believes
 */
async function checkSums(tx: Write, known: ReadonlyMap<string, Migration>, applied: readonly string[]): Promise<void> {
  const stored = new Map((await tx.read.selectFrom('migration_checksums').selectAll().execute()).map(({ name, checksum }) => [name, checksum]))
  const changed = applied.filter((name) => stored.has(name) && stored.get(name) !== known.get(name)?.checksum)
  if (changed.length > 0)
    throw new MigrationError(
      `migrations were changed after they had been applied to this database: ${changed.join(', ')}. Restore them, and add a new one instead.`,
    )
  for (const name of applied) if (!stored.has(name)) await storeSum(tx, name, known.get(name)?.checksum as string)
}

async function storeSum(tx: Write, name: string, checksum: string): Promise<void> {
  await tx.insertInto('migration_checksums').values({ name, checksum }).execute()
}

/** Whether a database that can only be read now has all migrations, so that it can be served. */
export async function isMigrated(read: Read): Promise<boolean> {
  const known = await migrations()
  return (await appliedNames(read, known)).length === known.size
}

/**
 * Brings the database to the newest migration. All steps and `prepare`, which gets whether the database was new,
 * are one transaction: a start that dies halfway leaves nothing, and several processes starting at once migrate once.
 * @returns the migrations that were applied now
 * @throws MigrationError when the database has a migration that this version doesn't know, or another form of one.
 */
export async function migrate(database: Database, prepare: (tx: Write, isNew: boolean) => Promise<void> = async () => {}): Promise<string[]> {
  const known = await migrations()
  return database.alone(() =>
    database.transaction(nobody, async (tx) => {
      await tx.engine.liftTimeouts(tx)
      await makeTables(tx)
      const applied = await appliedNames(tx.read, known)
      await checkSums(tx, known, applied)
      const missing = [...known].filter(([name]) => !applied.includes(name))
      for (const [name, { up, checksum }] of missing) {
        await up(tx as unknown as Kysely<unknown>, tx.engine)
        await tx.insertInto('migrations').values({ name, applied_at: tx.now }).execute()
        await storeSum(tx, name, checksum)
      }
      await prepare(tx, applied.length === 0)
      return missing.map(([name]) => name)
    }),
  )
}

/** Rolls the newest applied migration back. @returns its name, or null where there is none */
export async function revertLast(database: Database): Promise<string | null> {
  const known = await migrations()
  return database.alone(() =>
    database.transaction(nobody, async (tx) => {
      await tx.engine.liftTimeouts(tx)
      await makeTables(tx)
      const name = (await appliedNames(tx.read, known)).at(-1)
      if (name === undefined) return null
      await known.get(name)?.down(tx as unknown as Kysely<unknown>, tx.engine)
      for (const table of ['migrations', 'migration_checksums'] as const) await tx.deleteFrom(table).where('name', '=', name).execute()
      return name
    }),
  )
}

/** Every migration, with the time it was applied, or null. */
export async function migrationStatus(database: Database): Promise<{ name: string; appliedAt: string | null }[]> {
  const known = await migrations()
  return database.transaction(nobody, async (tx) => {
    await makeTables(tx)
    await appliedNames(tx.read, known)
    const rows = await tx.read.selectFrom('migrations').selectAll().execute()
    return [...known.keys()].map((name) => ({ name, appliedAt: rows.find((row) => row.name === name)?.applied_at ?? null }))
  })
}
