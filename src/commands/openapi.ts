import { readConfig } from '../config.ts'
import { connect } from '../database/connect.ts'
import { TEMPORARY_DATABASE } from '../database/urls.ts'
import { documentText } from '../http/openapi.ts'
import { command } from './command.ts'

/** The document that the routes give. */
export async function documentOfRoutes(): Promise<string> {
  const config = readConfig({ DATABASE_URL: TEMPORARY_DATABASE, LOG_LEVEL: 'silent' })
  const database = connect(config.DATABASE_URL)
  const { buildApp } = await import('../app.ts')
  const app = await buildApp(config, database, '', true)
  const text = documentText(app)
  await app.close()
  await database.close()
  return text
}

/** `openapi`: prints the document that the routes give, as it is committed. */
export const openapi = command({
  about: 'Prints the OpenAPI document that the routes give, as a server has it at /openapi.json. It needs no database.',
  arguments: {},
  options: {},
  environment: [],
  example: 'openapi > openapi.json',
  run: async () => void process.stdout.write(await documentOfRoutes()),
})
