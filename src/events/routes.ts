import { send } from '../http/answers.ts'
import { noting } from '../http/faults.ts'
import { conditionsOf, requireKnown } from '../http/filters.ts'
import { operation } from '../http/operations.ts'
import { collection, filter, pageParameters } from '../http/pagination.ts'
import { readCommitted } from '../http/reads.ts'
import type { App } from '../http/server.ts'
import { pendingKey } from '../http/surrogate-keys.ts'
import Type from '../http/type.ts'
import { Event, EventPage, eventTypeNames } from './schemas.ts'
import { type EventFilters, pageOfEvents } from './store.ts'

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
        subject: filter('What they tell of: ids, or `ext:` and ids elsewhere, of whichever kind.'),
        actor: filter('The ids of the tokens that did it, or `ADMIN_TOKEN`.'),
        changeSet: filter('What was gathered under these names.'),
        type: filter(`Of ${eventTypeNames.join(', ')}.`),
      },
      answer: EventPage,
    }),
    async (request, reply) => {
      const answer = await readCommitted(request, async (read) => {
        const conditions = (name: string) => noting(request, () => conditionsOf(request.query, name)) ?? []
        const { after, before } = request.query
        const filters: EventFilters = {
          after,
          before,
          subjects: conditions('subject'),
          actors: conditions('actor'),
          changeSets: conditions('changeSet'),
          types: conditions('type'),
        }
        noting(request, () => requireKnown(filters.types, 'type', eventTypeNames))
        return collection(request, {
          sorts,
          initially: 'seq',
          keyType: 'number',
          properties: Object.keys(Event.properties),
          shown: ({ id: _, ...event }) => event,
          page: (page) => pageOfEvents(read, filters, page, (id) => pendingKey(app.hashKey, id)),
        })
      })
      return send(request, reply, answer)
    },
  )
}
