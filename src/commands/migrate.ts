import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import { migrate as migrateUp, migrationStatus, revertLast } from '../database/migrate.ts'
import { UsageError } from '../usage.ts'

const usage = `broadsheet migrate status|up|down
  status  lists the migrations and when they were applied
  up      applies those that are missing; \`serve\` does so by itself
  down    takes the newest applied one back, with all that it holds`

/** `migrate status|up|down`: looks at the database's migrations, or changes which are applied. */
export async function migrate(args: string[]): Promise<void> {
  const [what, ...more] = args
  if (more.length > 0 || !['status', 'up', 'down'].includes(what ?? '')) throw new UsageError(usage)
  const config = readConfig(environmentWithFile())
  const database = connect(config.DATABASE_URL)
  try {
    if (what === 'up') {
      const applied = await migrateUp(database)
      console.log(applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'nothing to apply')
    } else if (what === 'down') {
      const name = await revertLast(database)
      console.log(name === null ? 'nothing to take back' : `took back ${name}`)
    } else for (const { name, appliedAt } of await migrationStatus(database)) console.log(`${name}  ${appliedAt ?? 'not applied'}`)
  } finally {
    await database.close()
  }
}
