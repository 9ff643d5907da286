import type { Kysely } from 'kysely'
import type { Engine } from '../src/database/engine.ts'
import type { Tables } from '../src/database/tables.ts'

/** Makes the index of the full text anew, so that words of headlines are found without looking at all others. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await engine.markSearch(db as Kysely<Tables>, true)
}

/** Makes it as it was. */
export async function down(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await engine.markSearch(db as Kysely<Tables>, false)
}
