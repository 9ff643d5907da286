import type { Static } from 'typebox'
import { type EventType, eventTypes } from '../database/event-types.ts'
import { Enum, type Named, Nullable, named, PageOf, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const eventTypeNames = Object.keys(eventTypes) as EventType[]

const eventProperties = {
  seq: Type.Integer({ minimum: 1, description: 'Rises in the order of commits; it may have gaps.' }),
  type: Enum(eventTypeNames),
  subject: Type.Object({ type: Type.String(), id: Type.String() }),
  actor: Nullable(Type.Object({ tokenId: Nullable(Type.String()), name: Type.String() }, { description: 'Whose token it was.' })),
  at: Time,
  requestId: Nullable(Type.String()),
  keys: Type.Array(Type.String(), {
    description:
      'The surrogate keys that a cache must purge: of all that shows something else now, and (`pending:…`) of what left this out since it wasn’t public.',
  }),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description: 'What else there is to say, by type.' }),
}

export const Event = named(
  'Event',
  Type.Object(eventProperties, {
    description: 'What a committed change did.',
    examples: [
      {
        seq: 17,
        type: 'article.published',
        subject: { type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' },
        actor: { tokenId: null, name: 'ADMIN_TOKEN' },
        at: '2026-05-01T09:30:00.000Z',
        requestId: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c99',
        keys: [
          'article:01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
          'comments:01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55',
          'list',
          'pending:6b1f0a3c5501980b3e1c5f7c60a3f49b',
        ],
        data: {},
      },
    ],
  }),
)
export type Event = Static<typeof Event>

export const EventPage = named('EventPage', PageOf(Event))

export const EVENT_SCHEMAS = [Event, EventPage] as Named[]
