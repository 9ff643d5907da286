import { readdir } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import type { Database, Write } from './connect.ts'
import type { Engine } from './engine.ts'

type Migration = { up: (db: Kysely<unknown>, engine: Engine) => Promise<void> }

const folder = new URL('../../migrations/', import.meta.url)

/**
 * Brings the database to the newest migration. All steps and `prepare`, which is told whether the database was new,
 * are one transaction: a start that dies halfway leaves nothing, and several processes starting at once migrate once.
 * @throws Error when the database has a migration that this version doesn't know.
 */
export async function migrate(database: Database, prepare: (tx: Write, isNew: boolean) => Promise<void>): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const migrations = new Map<string, Migration>()
  for (const name of names) migrations.set(name, await import(new URL(name, folder).href))
  await database.transaction({ actor: null, requestId: null }, async (tx) => {
    const { text } = tx.engine.columns
    await tx.schema
      .createTable('migrations')
      .ifNotExists()
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn('applied_at', text, (c) => c.notNull())
      .execute()
    const applied = (await tx.read.selectFrom('migrations').select('name').orderBy('name').execute()).map((row) => row.name)
    const unknown = applied.filter((name) => !migrations.has(name))
    if (unknown.length > 0) throw new Error(`the database was made by a newer version: unknown migrations ${unknown.join(', ')}`)
    for (const [name, migration] of migrations) {
      if (applied.includes(name)) continue
      await migration.up(tx as unknown as Kysely<unknown>, tx.engine)
      await tx.insertInto('migrations').values({ name, applied_at: tx.now }).execute()
    }
    await prepare(tx, applied.length === 0)
  })
}

/** Throws where the database can't be read. */
export async function ping(database: Database): Promise<void> {
  await database.read.selectFrom('migrations').select(sql<number>`1`.as('one')).limit(1).execute()
}
