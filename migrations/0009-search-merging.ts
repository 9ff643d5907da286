import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

/** Sets how SQLite's full-text index is merged: seldom enough for stories that are edited over and over. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await engine.expectMany(db as Kysely<Tables>, false)
}

/** Leaves it: an index is the same however it is merged. */
export async function down(): Promise<void> {}
