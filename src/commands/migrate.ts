import { environmentWithFile, readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import { migrate as migrateUp, migrationStatus, revertLast } from '../database/migrate.ts'
import { command } from './command.ts'

async function run(what: 'status' | 'up' | 'down'): Promise<void> {
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

/** `migrate status|up|down`: looks at the database's migrations, or changes which are applied. */
export const migrate = command({
  about: 'Looks at the database’s migrations, or changes which are applied.',
  arguments: {
    what: {
      meaning: 'What to do.',
      choices: {
        status: 'Lists the migrations and when they were applied.',
        up: 'Applies those that are missing; `serve` does so by itself.',
        down: 'Rolls the newest applied one back, with the data that it holds.',
      },
    },
  },
  options: {},
  environment: ['DATABASE_URL'],
  example: 'migrate status',
  run: (_options, { what }) => run(what),
})
