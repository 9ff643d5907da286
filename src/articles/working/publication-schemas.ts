import type { Static } from 'typebox'
import { Closed, described, Enum, type Named, Nullable, named, nullable, Prose, Revision, ref, Time, TimeInput } from '../../http/schemas.ts'
import Type from '../../http/type.ts'

export const TakedownReason = named(
  'TakedownReason',
  Enum(['editorial', 'legal'], { description: 'Whether the public gets a 410 (`editorial`) or a 451 (`legal`).' }),
)
const PinnedRevision = described(Revision, 'The revision that goes out; the working copy as it is then where it is left out.')
const Minor = Type.Boolean({ description: 'Whether the edition leaves `updatedAt` as it is.' })
const Notice = Type.Optional(Nullable(described(Prose, 'What the public is told.')))
const At = described(TimeInput, 'When; one over a minute past is a fault.')

export const PlannedPublication = named(
  'PlannedPublication',
  Type.Object(
    {
      at: described(Time, 'When it goes out.'),
      revision: Nullable(described(Revision, 'The revision that goes out; `null` where it is the working copy of that time.')),
      minor: Minor,
    },
    { description: 'A publication that is planned.', examples: [{ at: '2026-05-02T06:00:00.000Z', revision: null, minor: false }] },
  ),
)
export const PlannedTakedown = named(
  'PlannedTakedown',
  Type.Object(
    { at: described(Time, 'When it is taken down.'), reason: ref(TakedownReason), notice: Nullable(Type.String({ description: 'What the public is told.' })) },
    { description: 'A take-down that is planned.', examples: [{ at: '2026-06-01T06:00:00.000Z', reason: 'editorial', notice: null }] },
  ),
)
const PlannedPublicationInput = named(
  'PlannedPublicationInput',
  Closed(
    { at: At, revision: Type.Optional(Nullable(PinnedRevision)), minor: Type.Optional(Nullable(Minor)) },
    { description: 'A publication to plan.', examples: [{ at: '2099-05-02T06:00:00Z' }] },
  ),
)
const PlannedTakedownInput = named(
  'PlannedTakedownInput',
  Closed(
    { at: At, reason: Type.Optional(nullable(TakedownReason)), notice: Notice },
    { description: 'A take-down to plan.', examples: [{ at: '2099-06-01T06:00:00Z' }] },
  ),
)

export const Schedule = named(
  'Schedule',
  Type.Object(
    {
      publish: nullable(PlannedPublication),
      unpublish: nullable(PlannedTakedown),
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
      publish: Type.Optional(nullable(PlannedPublicationInput)),
      unpublish: Type.Optional(nullable(PlannedTakedownInput)),
    },
    {
      description: 'The times, as input; one that has just passed means now, one over a minute past is a fault.',
      examples: [{ publish: { at: '2099-05-02T06:00:00Z' } }],
    },
  ),
)
export type ScheduleInput = Static<typeof ScheduleInput>

export const PublishInput = named(
  'PublishInput',
  Closed(
    { at: Type.Optional(Nullable(At)), revision: Type.Optional(Nullable(PinnedRevision)), minor: Type.Optional(Nullable(Minor)) },
    { description: 'Now, or `at` a time; one over a minute past is a fault.', examples: [{ minor: false }] },
  ),
)
export type PublishInput = Static<typeof PublishInput>

export const UnpublishInput = named(
  'UnpublishInput',
  Closed(
    { at: Type.Optional(Nullable(At)), reason: Type.Optional(nullable(TakedownReason)), notice: Notice },
    {
      description: 'Now, or `at` a time; the public is shown the notice.',
      examples: [{ reason: 'editorial', notice: 'This story was published by mistake.' }],
    },
  ),
)
export type UnpublishInput = Static<typeof UnpublishInput>

export const PUBLICATION_SCHEMAS = [
  TakedownReason,
  PlannedPublication,
  PlannedTakedown,
  PlannedPublicationInput,
  PlannedTakedownInput,
  Schedule,
  ScheduleInput,
  PublishInput,
  UnpublishInput,
] as Named[]
