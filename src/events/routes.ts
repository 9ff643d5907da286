import { send } from '../http/answers.ts'
import { noting } from '../http/faults.ts'
import { conditionsOf, requireKnown } from '../http/filters.ts'
import { operation } from '../http/operations.ts'
import { collection, pageParameters, severalValues } from '../http/pagination.ts'
import { readSnapshot } from '../http/reads.ts'
import type { App } from '../http/server.ts'
import { pendingKey } from '../http/surrogate-keys.ts'
import Type from '../http/type.ts'
import { Event, EventPage, eventTypeNames } from './schemas.ts'
import { pageOfEvents } from './store.ts'

const sorts = ['seq'] as const

/** GET /v1/events: the audit trail. */
export function eventRoutes(app: App): void {
  app.get(
    '/v1/events',
    operation('GET', {
      id: 'listEvents',
      tag: 'Server',
      summary: 'List what happened',
      description:
        'Every committed change, in the order of commits, with whose token it was and in which request. Who has seen a number never finds a smaller one later.',
      scopes: ['events:read'],
      isPaged: true,
      query: {
        ...pageParameters(sorts, 'seq'),
        after: Type.Optional(
          Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, format: 'int64', description: 'Only events with a greater number.' }),
        ),
        before: Type.Optional(
          Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, format: 'int64', description: 'Only events with a smaller number.' }),
        ),
        subject: Type.Optional(
          Type.String({ minLength: 1, maxLength: 204, description: 'What they tell of: its id, or `ext:` and its id elsewhere, of whichever kind.' }),
        ),
        actor: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'The id of the token that did it, or `ADMIN_TOKEN`.' })),
        changeSet: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'What was gathered under this name.' })),
        type: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 20, description: `Of ${eventTypeNames.join(', ')}. ${severalValues}` })),
      },
      answer: EventPage,
    }),
    async (request, reply) => {
      const answer = await readSnapshot(request, async (read) => {
        const types = noting(request, () => conditionsOf(request.query, 'type')) ?? []
        noting(request, () => requireKnown(types, 'type', eventTypeNames))
        return collection(request, {
          sorts,
          initially: 'seq',
          keyType: 'number',
          properties: Object.keys(Event.properties),
          shown: ({ id: _, ...event }) => event,
          page: (page) => pageOfEvents(read, request.query, types, page, (id) => pendingKey(app.hashKey, id)),
        })
      })
      return send(request, reply, answer)
    },
  )
}
