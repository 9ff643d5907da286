import type { Static } from 'typebox'
import { Closed, Enum, Nullable, named, Prose, Time, TimeInput } from '../../http/schemas.ts'
import Type from '../../http/type.ts'

const Reason = Enum(['editorial', 'legal'], { description: 'Whether the public gets a 410 (`editorial`) or a 451 (`legal`).' })
const PinnedRevision = Type.Integer({ minimum: 1, description: 'The revision that goes out; the working copy as it is then where it is left out.' })
const Minor = Type.Boolean({ description: 'Whether the edition leaves `updatedAt` as it is.' })
const Notice = Type.Optional(Nullable(Prose))

export const Schedule = named(
  'Schedule',
  Type.Object(
    {
      publish: Nullable(Type.Object({ at: Time, revision: Nullable(Type.Integer()), minor: Type.Boolean() })),
      unpublish: Nullable(Type.Object({ at: Time, reason: Reason, notice: Nullable(Type.String()) })),
    },
    {
      description: 'When an article is to be published, and when taken down; `revision` is `null` where the working copy of that time goes out.',
      examples: [{ publish: { at: '2026-05-02T06:00:00.000Z', revision: null, minor: false }, unpublish: null }],
    },
  ),
)
export type Schedule = Static<typeof Schedule>

export const ScheduleInput = named(
  'ScheduleInput',
  Closed(
    {
      publish: Type.Optional(Nullable(Closed({ at: TimeInput, revision: Type.Optional(Nullable(PinnedRevision)), minor: Type.Optional(Nullable(Minor)) }))),
      unpublish: Type.Optional(Nullable(Closed({ at: TimeInput, reason: Type.Optional(Nullable(Reason)), notice: Notice }))),
    },
    {
      description: 'The times on the way in; one that has just passed means now, one over a minute past is a fault.',
      examples: [{ publish: { at: '2026-05-02T06:00:00Z' } }],
    },
  ),
)
export type ScheduleInput = Static<typeof ScheduleInput>

export const PublishInput = named(
  'PublishInput',
  Closed(
    { at: Type.Optional(Nullable(TimeInput)), revision: Type.Optional(Nullable(PinnedRevision)), minor: Type.Optional(Nullable(Minor)) },
    { description: 'Now, or `at` a time; one over a minute past is a fault.', examples: [{ at: '2026-05-02T06:00:00Z' }] },
  ),
)
export type PublishInput = Static<typeof PublishInput>

export const UnpublishInput = named(
  'UnpublishInput',
  Closed(
    { at: Type.Optional(Nullable(TimeInput)), reason: Type.Optional(Nullable(Reason)), notice: Notice },
    {
      description: 'Now, or `at` a time; the public is shown the notice.',
      examples: [{ reason: 'editorial', notice: 'This story was published by mistake.' }],
    },
  ),
)
export type UnpublishInput = Static<typeof UnpublishInput>
