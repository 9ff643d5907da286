import type { Static } from 'typebox'
import { type EventType, eventTypes } from '../database/event-types.ts'
import { Actor, described, type Named, Nullable, named, nullable, PageOf, RevisionChange, ref, Time } from '../http/schemas.ts'
import Type from '../http/type.ts'

export const eventTypeNames = Object.keys(eventTypes) as EventType[]

export const EventTypeName = named(
  'EventType',
  Type.Unsafe<EventType>({ type: 'string', description: 'What kind of change it was; there may be more kinds.', 'x-extensible-enum': eventTypeNames }),
)
export const EventSubject = named(
  'EventSubject',
  Type.Object(
    { type: Type.String({ description: 'What kind of thing it is.' }), id: Type.String({ description: 'Its id.' }) },
    { description: 'What changed.', examples: [{ type: 'article', id: '01980b3e-1c5f-7c60-a3f4-9b1d5f0a3c55' }] },
  ),
)

const eventProperties = {
  seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, format: 'int64', description: 'Rises in the order of commits; it may have gaps.' }),
  type: ref(EventTypeName),
  subject: ref(EventSubject),
  actor: nullable(Actor),
  at: described(Time, 'When it was committed.'),
  requestId: Nullable(Type.String({ description: 'The id of the request that did it; `null` where none did, as with a plan.' })),
  keys: Type.Array(Type.String({ description: 'A surrogate key.' }), {
    description:
      'The surrogate keys that a cache must purge: of all that shows something else now, and (`pending:…`) of what left this out since it wasn’t public.',
  }),
  revision: RevisionChange,
  changeSet: Nullable(Type.String({ description: 'The name under which it was gathered with others (`X-Change-Set`).' })),
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
        revision: { before: 3, after: 3 },
        changeSet: null,
        data: {},
      },
    ],
  }),
)
export type Event = Static<typeof Event>

export const EventPage = PageOf('EventPage', Event)

export const EVENT_SCHEMAS = [EventTypeName, EventSubject, Event, EventPage] as Named[]
