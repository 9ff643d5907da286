import { readdir } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { Database, Write } from './connect.ts'
import type { Engine, Read } from './engine.ts'

type Migration = { up: (db: Kysely<unknown>, engine: Engine) => Promise<void>; down: (db: Kysely<unknown>, engine: Engine) => Promise<void> }

const folder = new URL('../../migrations/', import.meta.url)
const nobody = { actor: null, requestId: null }

async function migrations(): Promise<Map<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const found = new Map<string, Migration>()
  for (const name of names) found.set(name, await import(new URL(name, folder).href))
  return found
}

async function makeTable(tx: Write): Promise<void> {
  const { text } = tx.engine.columns
  await tx.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', text, (c) => c.primaryKey())
    .addColumn('applied_at', text, (c) => c.notNull())
    .execute()
}

async function appliedNames(read: Read, known: ReadonlyMap<string, Migration>): Promise<string[]> {
  const applied = (await read.selectFrom('migrations').select('name').orderBy('name').execute()).map((row) => row.name)
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`the database was made by a newer version: unknown migrations ${unknown.join(', ')}`)
  return applied
}

/**
 * Brings the database to the newest migration. All steps and `prepare`, which is told whether the database was new,
 * are one transaction: a start that dies halfway leaves nothing, and several processes starting at once migrate once.
 * @returns the migrations that were applied now
 * @throws Error when the database has a migration that this version doesn't know.
 */
export async function migrate(database: Database, prepare: (tx: Write, isNew: boolean) => Promise<void> = async () => {}): Promise<string[]> {
  const known = await migrations()
  return database.alone(() =>
    database.transaction(nobody, async (tx) => {
      await makeTable(tx)
      const applied = await appliedNames(tx.read, known)
      const missing = [...known].filter(([name]) => !applied.includes(name))
      for (const [name, { up }] of missing) {
        await up(tx as unknown as Kysely<unknown>, tx.engine)
        await tx.insertInto('migrations').values({ name, applied_at: tx.now }).execute()
      }
      await prepare(tx, applied.length === 0)
      return missing.map(([name]) => name)
    }),
  )
}

/** Takes the newest applied migration back. @returns its name, or null where there is none */
export async function revertLast(database: Database): Promise<string | null> {
  const known = await migrations()
  return database.alone(() =>
    database.transaction(nobody, async (tx) => {
      await makeTable(tx)
      const name = (await appliedNames(tx.read, known)).at(-1)
      if (name === undefined) return null
      await known.get(name)?.down(tx as unknown as Kysely<unknown>, tx.engine)
      await tx.deleteFrom('migrations').where('name', '=', name).execute()
      return name
    }),
  )
}

/** Every migration, with the time it was applied, or null. */
export async function migrationStatus(database: Database): Promise<{ name: string; appliedAt: string | null }[]> {
  const known = await migrations()
  return database.transaction(nobody, async (tx) => {
    await makeTable(tx)
    await appliedNames(tx.read, known)
    const rows = await tx.read.selectFrom('migrations').selectAll().execute()
    return [...known.keys()].map((name) => ({ name, appliedAt: rows.find((row) => row.name === name)?.applied_at ?? null }))
  })
}
