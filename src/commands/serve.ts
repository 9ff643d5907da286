import { randomBytes } from 'node:crypto'
import closeWithGrace from 'close-with-grace'
import { buildApp } from '../app.ts'
import { completeEditions } from '../articles/publish.ts'
import { type Config, environmentWithFile, readConfig } from '../config.ts'
import { connect, type Database, type Write } from '../database/connect.ts'
import { migrate } from '../database/migrate.ts'
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

/** Opens and migrates the database. @returns with it the first admin token's secret, only where it was made just now */
export async function openDatabase(config: Config): Promise<{ database: Database; key: string; firstSecret: string | null }> {
  const database = connect(config.DATABASE_URL, config.DATABASE_READ_URL)
  let firstSecret: string | null = null
  let key = ''
  await migrate(database, async (tx, isNew) => {
    key = await addressKey(tx)
    await completeEditions(tx)
    firstSecret = isNew && config.ADMIN_TOKEN === null ? (await createToken(tx, { name: 'First token', scopes: ['admin'] })).secret : null
  })
  return { database, key, firstSecret }
}

/** `serve`: answers over HTTP until it is told to stop; requests under way are finished first. */
export async function serve(): Promise<void> {
  const config = readConfig(environmentWithFile())
  const { database, key, firstSecret } = await openDatabase(config)
  const app = await buildApp(config, database, key)
  closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an unexpected error')
    await app.close()
    await database.close()
  })
  const address = await app.listen({ host: config.HOST, port: config.PORT })
  const lines = [`Broadsheet answers on ${address}`, `Docs:        ${address}/docs`]
  if (firstSecret) lines.push(`Admin token: ${firstSecret}`, '             (shown this once; only a hash of it is stored)')
  console.log(lines.join('\n'))
}
