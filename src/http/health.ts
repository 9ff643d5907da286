import { operation } from './operations.ts'
import { Problem } from './problems.ts'
import { Enum, named } from './schemas.ts'
import type { App } from './server.ts'
import Type from './type.ts'

export const Health = named(
  'Health',
  Type.Object(
    {
      status: Enum(['ok', 'degraded'], {
        description: '`degraded`: published stories can be read, but not all of the database answers, or it can’t be written.',
      }),
    },
    { description: 'How the server is.', examples: [{ status: 'ok' }] },
  ),
)

/** GET /health/live: the process answers. GET /health/ready: and the database too. */
export function healthRoutes(app: App): void {
  const declared = { tag: 'Server', answer: Health, isProbe: true } as const
  const noStore = { 'cache-control': 'no-store' }

  app.get(
    '/health/live',
    operation('GET', { ...declared, id: 'getLiveness', summary: 'Whether the process lives', description: 'Answers as long as the process does.' }),
    async (_request, reply) => reply.headers(noStore).send({ status: 'ok' }),
  )

  app.get(
    '/health/ready',
    operation('GET', {
      ...declared,
      id: 'getReadiness',
      summary: 'Whether the server can answer',
      description:
        'Asks the database, and its replicas where there are any; `degraded` also where changes can’t be written. 503 while the server is about to stop.',
    }),
    async (_request, reply) => {
      if (app.stopping.isStopping) throw new Problem('unavailable', 'The server is about to stop.', { headers: { 'retry-after': '5' } })
      const status = await app.database.health()
      if (status === 'down') throw new Problem('unavailable', 'The database does not answer.', { headers: { 'retry-after': '5' } })
      return reply.headers(noStore).send({ status })
    },
  )
}
