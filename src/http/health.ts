import Type from 'typebox'
import { ping } from '../database/migrate.ts'
import { operation } from './operations.ts'
import { Problem } from './problems.ts'
import { Enum, named } from './schemas.ts'
import type { App } from './server.ts'

export const Health = named('Health', Type.Object({ status: Enum(['ok']) }, { examples: [{ status: 'ok' }] }))

const noStore = { 'cache-control': 'no-store' }

/** GET /health/live: the process answers. GET /health/ready: and the database too. */
export function healthRoutes(app: App): void {
  const declared = { tag: 'Server', answer: Health } as const
  const schemaOf = (id: string, summary: string, description: string) => {
    const { schema } = operation('GET', { ...declared, id, summary, description })
    // Probes ask without tokens, conditions or limits: the route stays out of the lifecycle.
    const { 200: ok, 500: failed, 503: unavailable } = schema.response as Record<string, { content?: unknown }>
    const headers = { 'X-Request-Id': { type: 'string', description: 'The request’s id.' }, 'Cache-Control': { type: 'string', description: '`no-store`.' } }
    return { operationId: id, tags: schema.tags, summary, description, security: [{}], response: { 200: { ...ok, headers }, 500: failed, 503: unavailable } }
  }

  app.get('/health/live', { schema: schemaOf('getLiveness', 'Whether the process lives', 'Answers as long as the process does.') }, async (_request, reply) =>
    reply.headers(noStore).send({ status: 'ok' }),
  )

  app.get('/health/ready', { schema: schemaOf('getReadiness', 'Whether the server can answer', 'Also asks the database.') }, async (request, reply) => {
    try {
      await ping(app.database)
    } catch (error) {
      request.log.error({ err: error }, 'the database does not answer')
      throw new Problem('unavailable', 'The database does not answer.', { headers: { 'retry-after': '5' } })
    }
    return reply.headers(noStore).send({ status: 'ok' })
  })
}
